/** One function for each `check` of negative.json: does with the input what the check's name says. */
import { openAdvert } from '../../src/identity/advert.ts'
import { parseAddress } from '../../src/identity/address.ts'
import { openBundle } from '../../src/identity/bundle.ts'
import { checkDevice } from '../../src/identity/device.ts'
import { open, seal } from '../../src/identity/envelope.ts'
import { keyIdOf } from '../../src/identity/bundle.ts'
import { identityFromSeed, parseIdentityKey } from '../../src/identity/keys.ts'
import { openKeyFile } from '../../src/identity/keyfile.ts'
import { openInvitation } from '../../src/identity/invitation.ts'
import { openLocator, supersedes } from '../../src/identity/locator.ts'
import { verifyOwnerAuth } from '../../src/identity/ownerauth.ts'
import { identityFromPhrase } from '../../src/identity/phrase.ts'
import type { Prekey } from '../../src/identity/prekey.ts'
import { decodeProof, verifyGateProof } from '../../src/identity/proof.ts'
import { ReceiptVerifier } from '../../src/identity/receipt.ts'
import { checkRecord, decodeHeader, recordId } from '../../src/identity/record.ts'
import { stampBits, stampPrefix, type StampPurpose } from '../../src/identity/stamp.ts'
import { openTombstone } from '../../src/identity/tombstone.ts'
import { Record, type AuthCall, type Receipt } from '../../src/wire/messages.js'
import { alice, fixedBytes, hex, nowHour, nowMs, unhex } from './fixed.ts'

interface RecordJson {
  header: string
  enc: string
  ct: string
}

/** Fields of every input; a check reads those that README.md lists for it. */
export interface CheckInput {
  key: string
  text: string
  passphrase: string
  suite: number
  public_key: string
  mailbox_seed: string
  held: { suite: number; secret: string }
  record: RecordJson
  now_hour: number
  now_ms: number
  mailbox: string
  bytes: string
  offered: string
  current: string
  a: string
  b: string
  scopes: number
  revoked: string[]
  receipt: { relay: string; body: string; index: number; leaves: number; path: string[]; signature: string }
  relay: string
  client: string
  nonce: string
  record_id: string
  signature: string
  purpose: StampPurpose
  parts: string[]
  bits: number
  call: { body: string; signature: string; device_cert?: string }
}

export function recordFrom(json: RecordJson): Record {
  return { header: unhex(json.header), enc: unhex(json.enc), ct: unhex(json.ct) }
}

export function receiptFrom(json: CheckInput['receipt']): Receipt {
  const { index, leaves } = json
  return {
    relay: unhex(json.relay),
    body: unhex(json.body),
    index,
    leaves,
    path: json.path.map(unhex),
    signature: unhex(json.signature)
  }
}

export function authCallFrom(json: CheckInput['call']): AuthCall {
  const deviceCert = json.device_cert === undefined ? {} : { deviceCert: unhex(json.device_cert) }
  return { body: unhex(json.body), signature: unhex(json.signature), ...deviceCert }
}

/** A held prekey under the key id that the record names, so that the check after it is the one that speaks. */
export function heldFor(record: Record, held: { suite: number; secret: string }): Map<string, Prekey> {
  const keyId = decodeHeader(record.header).keyId
  const secret = unhex(held.secret)
  const times = { notAfterHour: nowHour, createdHour: nowHour, lastResort: false }
  return new Map([[hex(keyId), { suite: held.suite, keyId, publicKey: new Uint8Array(0), secret, ...times }]])
}

export const checks: { readonly [name: string]: (input: CheckInput) => unknown } = {
  parseIdentityKey: input => parseIdentityKey(unhex(input.key)),
  parseAddress: input => parseAddress(input.text),
  openKeyFile: async input => await openKeyFile(input.text, input.passphrase),
  identityFromPhrase: input => identityFromPhrase(input.text),
  seal: async input => {
    const publicKey = unhex(input.public_key)
    const { suite } = input
    const key = { suite, publicKey, keyId: keyIdOf(suite, publicKey), notAfterHour: nowHour + 1, lastResort: false }
    const message = { contentType: 'text/plain', body: new Uint8Array(1), createdMs: nowMs }
    const random = (n: number): Uint8Array => fixedBytes('uid', n)
    return await seal({ mailbox: alice.key, key, sender: alice, message, expiresHour: nowHour + 1, random })
  },
  open: async input => {
    const record = recordFrom(input.record)
    return await open(record, {
      mailbox: identityFromSeed(unhex(input.mailbox_seed)).key,
      keys: heldFor(record, input.held)
    })
  },
  checkRecord: input => checkRecord(recordFrom(input.record), { nowHour: input.now_hour }),
  sameRecordId: input => {
    const [a, b] = [input.a, input.b].map(text => hex(recordId(Record.decode(unhex(text)))))
    return a === b
  },
  openLocator: async input =>
    await openLocator(unhex(input.bytes), { mailbox: unhex(input.mailbox), nowHour: input.now_hour }),
  openBundle: async input =>
    await openBundle(unhex(input.bytes), { mailbox: unhex(input.mailbox), nowHour: input.now_hour }),
  openAdvert: async input => await openAdvert(unhex(input.bytes), { nowMs: input.now_ms }),
  openInvitation: async input => await openInvitation(input.text, { nowMs: input.now_ms }),
  supersedes: async input => {
    const o = { nowHour: input.now_hour }
    return supersedes(await openLocator(unhex(input.offered), o), await openLocator(unhex(input.current), o))
  },
  checkDevice: async input => {
    const { now_hour: hour, scopes, revoked } = input
    return await checkDevice(unhex(input.bytes), {
      mailbox: unhex(input.mailbox),
      nowHour: hour,
      scopes,
      revoked: revoked.map(unhex)
    })
  },
  openTombstone: async input =>
    await openTombstone(unhex(input.bytes), { nowHour: input.now_hour, revoked: input.revoked.map(unhex) }),
  decodeProof: input => decodeProof(unhex(input.bytes)),
  verifyGateProof: async input =>
    await verifyGateProof(
      unhex(input.public_key),
      unhex(input.mailbox),
      unhex(input.record_id),
      unhex(input.signature)
    ),
  stamp: ({ purpose, parts, nonce, bits }) =>
    stampBits(stampPrefix(purpose, ...parts.map(unhex)), unhex(nonce)) >= bits,
  verifyReceipt: input => new ReceiptVerifier().verify(receiptFrom(input.receipt)),
  verifyOwnerAuth: async input =>
    await verifyOwnerAuth(authCallFrom(input.call), {
      relay: unhex(input.relay),
      client: unhex(input.client),
      nonce: unhex(input.nonce),
      nowHour: input.now_hour,
      revoked: input.revoked.map(unhex)
    })
}
