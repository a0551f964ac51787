/** Records that must not be stored or opened (SPEC §3.2, §3.4, §3.8). */
import { ed25519 } from '@noble/curves/ed25519.js'
import { concat } from 'uint8arrays/concat'
import { EnvelopeHeader, Inner, Record } from '../../src/wire/messages.js'
import { signingInput } from '../../src/identity/signed.ts'
import type { Prekey } from '../../src/identity/prekey.ts'
import { bob, carol, fixedBytes, hex, nowHour, prekeyOf } from './fixed.ts'
import type { NegativeVector } from './negative.ts'
import { headerOf, referenceInfo, referencePad, sealReference, type Steps } from './reference.ts'

export async function negativeRecords(): Promise<NegativeVector[]> {
  const opened = await Promise.all([1, 2].map(async suite => await openVectors(await prekeyOf('bob', suite))))
  const key = await prekeyOf('bob', 1)
  return [...opened.flat(), ...(await otherMailbox(key)), ...(await unopened(key)), ...(await sameId(key))]
}

function recordJson(record: Record): object {
  return { header: hex(record.header), enc: hex(record.enc), ct: hex(record.ct) }
}

function openVector(name: string, code: string, record: Record, key: Prekey): NegativeVector {
  const held = { suite: key.suite, secret: hex(key.secret) }
  return {
    name: `${name}, suite ${key.suite}`,
    check: 'open',
    code,
    input: { mailbox_seed: hex(bob.seed), held, record: recordJson(record) }
  }
}

/** Of each suite: what a relay, and what a sender with its own program, can do to a record. */
async function openVectors(key: Prekey): Promise<NegativeVector[]> {
  const steps: Steps = { mailbox: bob.key, key }
  const { record } = await sealReference(steps)
  const { record: second } = await sealReference({ ...steps, body: 'Another message.', expiresHour: nowHour + 48 })
  const cut = new Uint8Array(record.ct)
  cut[0] = (cut[0] as number) ^ 1
  const fromSteps: [string, string, Partial<Steps>][] = [
    ['padding with a byte that is not zero', 'PADDING', { pad: inner => referencePad(inner, 1024).with(1023, 1) }],
    ['inner length beyond the plaintext', 'PADDING', { pad: inner => referencePad(inner, 1024).with(2, 4) }],
    ['inner that is not a message', 'PADDING', { inner: () => Uint8Array.of(0x0a, 0xff) }],
    ['unknown auth_type', 'VERSION', { inner: inner => Inner.encode({ ...inner, authType: 2 }) }],
    ['constant signature (S = 0) of a small-order sender', 'SIGNATURE', { inner: constantSignature }],
    ['signature with S + L', 'SIGNATURE', { inner: inner => Inner.encode({ ...inner, auth: addOrder(inner.auth) }) }],
    ['sender signature of another domain', 'SIGNATURE', { input: wrongDomain }],
    ['sender key that did not sign', 'SIGNATURE', { inner: inner => Inner.encode({ ...inner, sender: carol.key }) }],
    ['HPKE info of another domain', 'SEAL', { info: referenceInfo(bob.key, 'mailbox/2/envelope') }]
  ]
  return [
    openVector('header swapped between two records', 'SEAL', { ...record, header: second.header }, key),
    openVector('enc swapped between two records', 'SEAL', { ...record, enc: second.enc }, key),
    openVector('ct with one bit changed', 'SEAL', { ...record, ct: cut }, key),
    openVector('ct that is not of a ladder length', 'SIZE', { ...record, ct: record.ct.subarray(1) }, key),
    openVector('enc that is one byte short', 'RECORD', { ...record, enc: record.enc.subarray(1) }, key),
    ...(await Promise.all(
      fromSteps.map(async ([name, code, change]) => {
        return openVector(name, code, (await sealReference({ ...steps, ...change })).record, key)
      })
    ))
  ]
}

/** R is the identity point and S is 0: verifies for every message under permissive rules with a small-order key. */
function constantSignature(inner: { tbs: Uint8Array }): Uint8Array {
  const identityPoint = new Uint8Array(32).with(0, 1)
  return Inner.encode({
    ...inner,
    sender: identityPoint,
    authType: 1,
    auth: concat([identityPoint, new Uint8Array(32)])
  })
}

function addOrder(signature: Uint8Array): Uint8Array {
  const little = [...signature.subarray(32)]
    .reverse()
    .map(byte => byte.toString(16).padStart(2, '0'))
    .join('')
  const s = BigInt(`0x${little}`) + ed25519.Point.Fn.ORDER
  return concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse()])
}

function wrongDomain(parts: { suite: number; tbs: Uint8Array }): Uint8Array {
  return signingInput('mailbox/1/tombstone', Uint8Array.of(parts.suite), parts.tbs)
}

/** Bob, who can open a message, seals its Inner again: for Carol, and for himself under a new enc. */
async function otherMailbox(key: Prekey): Promise<NegativeVector[]> {
  const { inner } = await sealReference({ mailbox: bob.key, key })
  const forCarol = await sealReference({ mailbox: carol.key, key: await prekeyOf('carol', 1), inner: () => inner })
  const again = await sealReference({ mailbox: bob.key, key, body: 'Another message.', inner: () => inner })
  const held = { suite: 1, secret: hex((await prekeyOf('carol', 1)).secret) }
  return [
    {
      name: 'the same Inner sealed again for another mailbox',
      check: 'open',
      code: 'SIGNATURE',
      input: { mailbox_seed: hex(carol.seed), held, record: recordJson(forCarol.record) }
    },
    openVector('the same Inner sealed again under another enc', 'SIGNATURE', again.record, key)
  ]
}

/** What a relay refuses without opening anything. */
async function unopened(key: Prekey): Promise<NegativeVector[]> {
  const steps: Steps = { mailbox: bob.key, key }
  const fields = EnvelopeHeader.decode(headerOf(steps))
  const header = (change: object): Uint8Array => EnvelopeHeader.encode({ ...fields, ...change })
  const { record } = await sealReference(steps)
  const changes: [string, string, object][] = [
    ['expired record', 'EXPIRED', { expiresHour: nowHour }],
    ['expiry beyond the longest time to live', 'EXPIRED', { expiresHour: nowHour + 720 + 2 }],
    ['record version 2', 'VERSION', { version: 2 }],
    ['record of suite 3', 'VERSION', { suite: 3 }],
    ['record of class 1', 'VERSION', { class: 1 }],
    ['key id of 7 bytes', 'RECORD', { keyId: fields.keyId.subarray(1) }],
    ['mailbox of 33 bytes', 'RECORD', { mailbox: concat([bob.key, Uint8Array.of(0)]) }],
    ['enc of the other suite', 'RECORD', { suite: 2 }]
  ]
  const check = (name: string, code: string, changed: Partial<Record>): NegativeVector => {
    return {
      name,
      check: 'checkRecord',
      code,
      input: { now_hour: nowHour, record: recordJson({ ...record, ...changed }) }
    }
  }
  return [
    ...changes.map(([name, code, change]) => check(name, code, { header: header(change) })),
    check('header that cannot be read', 'RECORD', { header: Uint8Array.of(0x0a) }),
    check('header over 128 bytes', 'RECORD', {
      header: concat([record.header, Uint8Array.of(0x3a, 100), new Uint8Array(100)])
    }),
    check('ct one byte over a ladder size', 'SIZE', { ct: concat([record.ct, Uint8Array.of(0)]) }),
    check('empty ct', 'SIZE', { ct: new Uint8Array(0) })
  ]
}

/** An extra field 15 in the outer message: other bytes, same record. */
async function sameId(key: Prekey): Promise<NegativeVector[]> {
  const { record } = await sealReference({ mailbox: bob.key, key })
  const plain = Record.encode(record)
  const extended = concat([plain, Uint8Array.of(0x7a, 8), fixedBytes('extra field', 8)])
  return [
    {
      name: 'extra field in the outer message leaves the record id unchanged',
      check: 'sameRecordId',
      result: true,
      input: { a: hex(plain), b: hex(extended) }
    }
  ]
}
