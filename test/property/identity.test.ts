import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { openAdvert, peekAdvert } from '../../src/identity/advert.ts'
import { parseAddress, parsePrivateKey } from '../../src/identity/address.ts'
import { gateFromSeed } from '../../src/identity/gate.ts'
import { openBundle } from '../../src/identity/bundle.ts'
import { openDeviceCertificate, openHostConfig } from '../../src/identity/device.ts'
import { open, seal } from '../../src/identity/envelope.ts'
import { decodeInner, decodeSigned, pad, unpad } from '../../src/identity/inner.ts'
import { identityFromSeed, parseIdentityKey } from '../../src/identity/keys.ts'
import { openInvitation, signInvitation } from '../../src/identity/invitation.ts'
import { checkedName, foldedName } from '../../src/identity/name.ts'
import { openLocator } from '../../src/identity/locator.ts'
import { peerBytes, peerText } from '../../src/identity/peer.ts'
import { decodeProof, gateProof, stampProof, verifyGateProof } from '../../src/identity/proof.ts'
import { ReceiptVerifier, signReceipts } from '../../src/identity/receipt.ts'
import { checkRecord, decodeHeader, ladderFor } from '../../src/identity/record.ts'
import { openTextileBox } from '../../src/identity/textile.ts'
import { stampBits, stampPrefix } from '../../src/identity/stamp.ts'
import { openTombstone } from '../../src/identity/tombstone.ts'
import { MailboxError } from '../../src/errors.ts'
import { proofBytesMax } from '../../src/limits.ts'
import { Receipt } from '../../src/wire/messages.js'
import { parseSafetyNumber, safetyNumber } from '../../src/identity/safety.ts'
import { alice, bob, fixedBytes, hex, nowHour, nowMs, peerOf, prekeyOf, relays } from '../vectors/fixed.ts'
import { advertAt, locatorAt } from '../vectors/positive.ts'

const seed = fc.uint8Array({ minLength: 32, maxLength: 32 })
const relay = relays[0] as (typeof relays)[number]

test('G7: any body opens as it was sealed, in both suites', async () => {
  const body = fc.uint8Array({ minLength: 0, maxLength: 20_000, size: 'max' })
  await fc.assert(
    fc.asyncProperty(body, fc.constantFrom(1, 2), fc.string({ maxLength: 16 }), async (bytes, suite, contentType) => {
      const key = await prekeyOf('bob', suite)
      const message = { contentType, body: bytes, createdMs: nowMs }
      const o = { mailbox: bob.key, key, sender: alice, message, expiresHour: nowHour + 1 }
      const { record } = await seal({ ...o, random: n => fixedBytes('uid', n) })
      const opened = await open(record, { mailbox: bob.key, keys: new Map([[hex(key.keyId), key]]) })
      assert.deepEqual([hex(opened?.body ?? new Uint8Array(1)), opened?.contentType], [hex(bytes), contentType])
    }),
    { numRuns: 40 }
  )
})

test('G7: a record with any byte changed is never opened', async () => {
  const key = await prekeyOf('bob', 1)
  const message = { contentType: 'text/plain', body: fixedBytes('body', 50), createdMs: nowMs }
  const o = { mailbox: bob.key, key, sender: alice, message, expiresHour: nowHour + 1 }
  const { record } = await seal({ ...o, random: n => fixedBytes('uid', n) })
  const field = fc.constantFrom('header' as const, 'enc' as const, 'ct' as const)
  await fc.assert(
    fc.asyncProperty(field, fc.nat(), fc.integer({ min: 1, max: 255 }), async (name, place, flip) => {
      const at = place % record[name].length
      const changed = { ...record, [name]: record[name].with(at, (record[name][at] ?? 0) ^ flip) }
      const outcome = await attempt(() => open(changed, { mailbox: bob.key, keys: new Map([[hex(key.keyId), key]]) }))
      assert.ok(outcome === undefined || outcome instanceof MailboxError)
    }),
    { numRuns: 150 }
  )
})

test('the ladder is monotonic, holds what it is asked to hold, and wastes less than half above the floor', () => {
  const size = fc.integer({ min: 0, max: 262_144 })
  fc.assert(
    fc.property(size, size, (a, b) => {
      const [small, large] = [Math.min(a, b), Math.max(a, b)]
      assert.ok(ladderFor(small) <= ladderFor(large) && ladderFor(large) >= large)
      assert.ok(ladderFor(large) === 1024 || ladderFor(large) < 2 * large)
    })
  )
})

test('padding is undone to the byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000, size: 'max' }), bytes =>
      assert.equal(hex(unpad(pad(bytes))), hex(bytes))
    )
  )
})

test('addresses, private key texts and peer ids read back, for any seed', () => {
  fc.assert(
    fc.property(seed, bytes => {
      const identity = identityFromSeed(bytes)
      assert.equal(hex(parseAddress(identity.address)), hex(identity.key))
      assert.equal(hex(parsePrivateKey(identity.toText()).seed), hex(bytes))
      assert.equal(hex(peerBytes(peerText(peerOf(identity.key)))), hex(peerOf(identity.key)))
    }),
    { numRuns: 40 }
  )
})

test('an address with any one character changed is refused or is another address', () => {
  const letter = fc.constantFrom('a', 'h', 'i', 'z', '2', '7', '1', 'A', ' ', '-')
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 58 }), letter, (at, character) => {
      const text = bob.address.slice(0, at) + character + bob.address.slice(at + 1)
      fc.pre(text !== bob.address)
      try {
        assert.notEqual(hex(parseAddress(text)), hex(bob.key))
      } catch (error) {
        assert.ok(error instanceof MailboxError && error.code === 'ADDRESS')
      }
    }),
    { numRuns: 100 }
  )
})

test('receipts verify for any group, and none does with any byte changed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 70 }),
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (count, which, place, flip) => {
        const facts = Array.from({ length: count }, (_, index) => {
          return {
            mailbox: bob.key,
            recordId: fixedBytes(`id ${index}`, 32),
            receivedMs: nowMs,
            keepUntilHour: nowHour
          }
        })
        const receipts = await signReceipts(peerOf(relay.key), facts, message => relay.sign(message))
        const verifier = new ReceiptVerifier()
        for (const receipt of receipts) verifier.verify(receipt)
        const bytes = Receipt.encode(receipts[which % count] as Receipt)
        const at = place % bytes.length
        const changed = await attempt(() => Receipt.decode(bytes.with(at, (bytes[at] ?? 0) ^ flip)))
        if (!isReceipt(changed) || hex(Receipt.encode(changed)) === hex(bytes)) return
        assert.throws(() => verifier.verify(changed), { code: 'RECEIPT' })
      }
    ),
    { numRuns: 60 }
  )
})

test('whatever the bytes, reading them ends in an answer or in one of our errors', async () => {
  const locator = (await locatorAt(nowMs)).bytes
  const near = (signed: Uint8Array): fc.Arbitrary<Uint8Array> =>
    fc
      .tuple(fc.nat({ max: signed.length - 1 }), fc.integer({ min: 0, max: 255 }))
      .map(([at, byte]) => signed.with(at, byte))
  const advert = (await advertAt(nowMs)).bytes
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 300, size: 'max' }), near(locator), near(advert))
  const readers: ((input: Uint8Array) => unknown)[] = [
    parseIdentityKey,
    decodeHeader,
    decodeInner,
    decodeSigned,
    unpad,
    peerText,
    input => openTextileBox(bob.seed, input),
    input => openLocator(input, { nowHour }),
    input => openBundle(input, { nowHour }),
    input => openAdvert(input, { nowMs }),
    peekAdvert,
    input => openHostConfig(input),
    input => openDeviceCertificate(input),
    input => openTombstone(input, { nowHour }),
    input => checkRecord({ header: input, enc: input, ct: input }, { nowHour }),
    input =>
      new ReceiptVerifier().verify({ relay: input, body: input, index: 0, leaves: 1, path: [], signature: input }),
    input => parseAddress(Buffer.from(input).toString('latin1')),
    input => parsePrivateKey(Buffer.from(input).toString('latin1')),
    input => peerBytes(Buffer.from(input).toString('latin1'))
  ]
  await fc.assert(
    fc.asyncProperty(bytes, async input => {
      for (const read of readers) {
        const outcome = await attempt(() => read(input))
        if (outcome instanceof Error)
          assert.ok(outcome instanceof MailboxError, `${read.name || String(read)}: ${outcome.stack}`)
      }
    }),
    { numRuns: 120 }
  )
})

async function attempt(read: () => unknown): Promise<unknown> {
  try {
    return await read()
  } catch (error) {
    return error
  }
}

function isReceipt(value: unknown): value is Receipt {
  return typeof value === 'object' && value !== null && !(value instanceof Error)
}

test('an invitation reads back whatever its name, token, term and relays', async () => {
  const name = fc.option(fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }), { nil: undefined })
  const term = fc.integer({ min: 1, max: 2_160 })
  const token = fc.uint8Array({ minLength: 16, maxLength: 16 })
  const some = fc.array(fc.constantFrom(...relays), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(seed, token, term, name, some, async (from, bytes, hours, called, chosen) => {
      const named = called === undefined ? undefined : await attempt(() => checkedName(called))
      fc.pre(!(named instanceof MailboxError))
      const relay = chosen.map((one, at) => ({
        id: peerText(peerOf(one.key)),
        addresses: [`/ip4/192.0.2.${at}/tcp/1`]
      }))
      const fields = { token: bytes, expiresHour: nowHour + hours, relays: relay.slice(0, 3) }
      const identity = identityFromSeed(from)
      const { uri, leftOut } = await signInvitation(identity, {
        ...fields,
        relays: relay,
        ...(called === undefined ? {} : { name: called })
      })
      const { inviter, address, ...read } = await openInvitation(uri, { nowMs })
      assert.deepEqual([hex(inviter), address, leftOut], [hex(identity.key), identity.address, relay.slice(3)])
      assert.deepEqual(read, { ...fields, ...(called === undefined ? {} : { name: named }) })
    }),
    { numRuns: 50 }
  )
})

test('arbitrary text is no invitation, and nothing but an INVITATION error', async () => {
  const tail = fc.oneof(fc.string({ maxLength: 300 }), fc.stringMatching(/^[a-z2-7]{0,300}$/))
  const text = fc.oneof(
    tail,
    fc.tuple(fc.constantFrom('mailbox:1.', 'MAILBOX:1.', 'mailbox:2.', 'mailbox:'), tail).map(parts => parts.join(''))
  )
  await fc.assert(
    fc.asyncProperty(text, async any => {
      const outcome = await attempt(() => openInvitation(any, { nowMs }))
      assert.ok(outcome instanceof MailboxError && outcome.code === 'INVITATION')
    }),
    { numRuns: 300 }
  )
})

test('arbitrary text is a name that stays as it is when it is checked again, or a CONTACT error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 140, unit: 'binary' }), async any => {
      const name = await attempt(() => checkedName(any))
      if (name instanceof MailboxError) assert.equal(name.code, 'CONTACT')
      else
        assert.deepEqual(
          [checkedName(name as string), foldedName(foldedName(name as string))],
          [name, foldedName(name as string)]
        )
    }),
    { numRuns: 1_000 }
  )
})

test('a safety number is the same from both sides and reads back', () => {
  fc.assert(
    fc.property(seed, seed, (a, b) => {
      assert.equal(safetyNumber(a, b), safetyNumber(b, a))
      assert.equal(parseSafetyNumber(safetyNumber(a, b).replaceAll(' ', '')), safetyNumber(a, b))
    }),
    { numRuns: 10 }
  )
})

test('whatever the bytes, a proof is read or refused as MALFORMED, and read as what was written', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      try {
        const proof = decodeProof(bytes)
        assert.ok(proof.kind !== 'gate' || (proof.gate.length === 8 && proof.signature.length === 64))
        assert.ok(proof.kind !== 'stamp' || proof.nonce.length === 8)
        assert.ok(bytes.length <= proofBytesMax)
      } catch (error) {
        assert.equal((error as MailboxError).code, 'MALFORMED')
      }
    }),
    { numRuns: 500 }
  )
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), nonce => {
      assert.deepEqual(decodeProof(stampProof(nonce)), { kind: 'stamp', nonce })
    })
  )
})

test('G10: a gate proof with any bit of its signature, its record or its mailbox changed lets nothing in', async () => {
  const flipped = (bytes: Uint8Array, bit: number): Uint8Array =>
    bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
  const parts = fc.record({ secret: seed, mailbox: seed, recordId: seed, which: fc.nat({ max: 2 }), bit: fc.nat() })
  await fc.assert(
    fc.asyncProperty(parts, async ({ secret, mailbox, recordId, which, bit }) => {
      const gate = gateFromSeed(secret)
      const proof = decodeProof(await gateProof(gate, mailbox, recordId))
      assert.ok(proof.kind === 'gate')
      const signed = [mailbox, recordId, proof.signature] as const
      assert.ok(await verifyGateProof(gate.publicKey, ...signed))
      const [a, b, c] = signed.map((part, at) => (at === which ? flipped(part, bit % (8 * part.length)) : part))
      assert.ok(a !== undefined && b !== undefined && c !== undefined)
      assert.ok(!(await verifyGateProof(gate.publicKey, a, b, c)))
    }),
    { numRuns: 100 }
  )
})

test('a stamp has as many bits as its hash begins with zeros, read as a number', () => {
  fc.assert(
    fc.property(seed, fc.uint8Array({ minLength: 8, maxLength: 8 }), (part, nonce) => {
      const hash = createHash('sha256').update('mailbox/1/stamp').update(part).update(nonce).digest('hex')
      assert.equal(stampBits(stampPrefix('record', part), nonce), 256 - BigInt(`0x${hash}`).toString(2).length)
    }),
    { numRuns: 300 }
  )
})
