/** Records, as relays and recipients read them. The first byte says how the rest is used. */
import assert from 'node:assert/strict'
import { open } from '../../../src/identity/envelope.ts'
import { decodeInner, decodeSigned, encodeInner, encodeSigned, pad, unpad } from '../../../src/identity/inner.ts'
import { decodeProof, gateProof, stampProof, verifyGateProof } from '../../../src/identity/proof.ts'
import { stampBits, stampPrefix } from '../../../src/identity/stamp.ts'
import { checkRecord, decodeHeader, recordId } from '../../../src/identity/record.ts'
import { openTextileBox, sealTextileBox, textileBoxRandomBytes } from '../../../src/identity/textile.ts'
import { recordIn } from '../../../src/relay/held.ts'
import { readContent, textileContentType } from '../../../src/textile/content.ts'
import { Inner, Record } from '../../../src/wire/messages.js'
import { decodeRequest } from '../../../src/relay/answer.ts'
import { alice, bob, fixedBytes, hex, nowHour, prekeyOf } from '../../vectors/fixed.ts'
import { sealReference, type Steps } from '../../vectors/reference.ts'
import { joined } from '../mutate.ts'
import { requestsAndAnswers } from '../samples.ts'
import { gate, recordOf } from '../signed.ts'
import type { Target } from '../target.ts'

const prekeys = await Promise.all([prekeyOf('bob', 1), prekeyOf('bob', 2)])
const held = new Map(prekeys.map(key => [hex(key.keyId), key]))
const [classical] = prekeys

/** Ways to use an input. */
const ways = { record: 0, header: 1, plaintext: 2, inner: 3, fields: 4 } as const

const tagged = (way: number, bytes: Uint8Array): Uint8Array => joined([Uint8Array.of(way), bytes])

async function sampleOf(name: string): Promise<Uint8Array> {
  const found = (await requestsAndAnswers()).find(([known]) => known === name)
  assert(found !== undefined)
  return found[1]
}

export const records: Target = {
  name: 'records',
  reads: 'headers and records, and what is sealed in them (§3)',
  codes: ['RECORD', 'VERSION', 'SIZE', 'EXPIRED', 'MALFORMED', 'SEAL', 'PADDING', 'SIGNATURE'],
  head: 1,
  seeds: async () => [
    tagged(ways.record, Record.encode(await recordOf(1, 'a message'))),
    tagged(ways.record, Record.encode(await recordOf(2, 'a message'))),
    tagged(ways.header, (await recordOf(1, 'a message')).header),
    tagged(ways.plaintext, pad(await sampleOf('Inner'))),
    tagged(ways.inner, await sampleOf('Inner')),
    tagged(ways.fields, await sampleOf('ToBeSigned'))
  ],
  run: async input => {
    const way = input[0]
    const rest = input.subarray(1)
    if (way === ways.header) {
      const header = decodeHeader(rest)
      assert.equal(header.mailbox.length, 32)
    } else if (way === ways.plaintext) await sealedAndOpened({ pad: () => rest })
    else if (way === ways.inner) await sealedAndOpened({ inner: () => rest })
    else if (way === ways.fields) await signedAndOpened(rest)
    else await readRecord(rest)
  },
  // an id is made of what is sealed, and plaintexts are looked at byte for byte
  work: { base: 60_000, perByte: 400 }
}

async function readRecord(bytes: Uint8Array): Promise<void> {
  const record = decodeRequest(Record, bytes)
  const header = checkRecord(record, { nowHour })
  const id = recordId(record)
  assert.deepEqual(recordId(decodeRequest(Record, Record.encode(record))), id, 'another id for the same fields')
  const opened = await open(record, { mailbox: bob.key, keys: held })
  if (opened !== undefined) assert.deepEqual([opened.id, opened.expiresHour], [id, header.expiresHour])
}

async function sealedAndOpened(steps: Pick<Steps, 'pad' | 'inner' | 'input' | 'sign'>): Promise<void> {
  const padTo = (inner: Uint8Array): Uint8Array => pad(inner)
  const { record } = await sealReference({ mailbox: bob.key, key: classical, pad: padTo, ...steps })
  const opened = await open(record, { mailbox: bob.key, keys: held })
  assert(opened !== undefined)
}

/** What a sender signs, whatever it is: without a right signature nothing is read of it, with one it is all or nothing. */
async function signedAndOpened(tbs: Uint8Array): Promise<void> {
  const inner = (sealed: { auth: Uint8Array }): Uint8Array => encodeInner(alice.key, sealed.auth, tbs)
  await assert.rejects(sealedAndOpened({ inner, sign: async () => new Uint8Array(64) }), { code: 'SIGNATURE' })
  const fields = decodeSigned(tbs)
  assert.deepEqual(
    decodeSigned(encodeSigned(fields)),
    fields,
    'fields that mean something else when they are written again'
  )
  assert.deepEqual(
    decodeInner(unpad(pad(Inner.encode({ sender: alice.key, authType: 1, auth: new Uint8Array(64), tbs })))).tbs,
    tbs
  )
}

/** What a store gives back under a key of a record. */
export const storedRecords: Target = {
  name: 'stored',
  reads: 'a stored record, as a survey judges it (§9.11)',
  codes: [],
  head: 4,
  seeds: async () => [joined([Uint8Array.of(0, 7, 0x7d, 0x90), await sampleOf('StoredRecord')])],
  run: async input => {
    const said = recordIn(input)
    if (said !== undefined) assert.equal(said.mailbox.length, 32)
  }
}

export const boxes: Target = {
  name: 'textile-box',
  reads: "Textile's sealed boxes (§10.11)",
  codes: ['SEAL'],
  seeds: async () => [
    sealTextileBox(bob.key, new TextEncoder().encode('old mail'), fixedBytes('box', textileBoxRandomBytes)),
    sealTextileBox(bob.key, new Uint8Array(0), fixedBytes('empty box', textileBoxRandomBytes))
  ],
  run: async input => {
    const { length } = readContent({ contentType: textileContentType, body: input })
    assert(length <= input.length)
    const plaintext = openTextileBox(bob.seed, input)
    assert.equal(plaintext.length, input.length - 72)
  }
}

/** Proofs beside a record. */
export const proofs: Target = {
  name: 'proof',
  reads: 'proofs of admission (§7.6)',
  codes: ['MALFORMED'],
  seeds: async () => [
    await gateProof(gate, bob.key, fixedBytes('record id', 32)),
    stampProof(fixedBytes('nonce', 8)),
    new Uint8Array(0)
  ],
  run: async input => {
    const id = fixedBytes('record id', 32)
    const proof = decodeProof(input)
    if (proof.kind === 'gate') {
      const { publicKey } = gate
      if (await verifyGateProof(publicKey, bob.key, id, proof.signature))
        assert.deepEqual(decodeProof(await gateProof(gate, bob.key, id)).kind, 'gate')
      // a key of no use opens nothing
      assert(!(await verifyGateProof(proof.signature.subarray(0, 32), bob.key, id, proof.signature)))
    } else if (proof.kind === 'stamp') {
      assert.deepEqual(decodeProof(stampProof(proof.nonce)), proof)
      assert(stampBits(stampPrefix('record', bob.key, id), proof.nonce) <= 256)
    }
  }
}
