import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat } from 'uint8arrays/concat'
import { openBundle, pickKey, signBundle, type BundleKey, type KeyBundle } from '../../../src/identity/bundle.ts'
import { domains, payloadTypes } from '../../../src/identity/domains.ts'
import { gateFromSeed } from '../../../src/identity/gate.ts'
import { openLocator, signLocator, supersedes } from '../../../src/identity/locator.ts'
import { peerBytes, peerKey, peerText } from '../../../src/identity/peer.ts'
import { lastResortPrekey } from '../../../src/identity/prekey.ts'
import { openDescriptor, sealDescriptor, signingInput } from '../../../src/identity/signed.ts'
import { bundleBytesMax, gatesMax } from '../../../src/limits.ts'
import { KeyBundle as BundleMessage, Locator as LocatorMessage } from '../../../src/wire/messages.js'
import { alice, bob, fixedBytes, hex, nowHour, nowMs, peerOf, prekeyOf } from '../../vectors/fixed.ts'
import { locatorAt } from '../../vectors/positive.ts'

const policy = {
  strangers: 'open',
  classBytesMax: 262_144,
  ttlHoursMax: 336,
  powBits: 0,
  strangersClassBytesMax: 4_096,
  strangersTtlHoursMax: 168,
  gates: []
} as const
const fields = { seq: 1, issuedHour: nowHour, validUntilHour: nowHour + 90 * 24 }

async function bundleOf(...keys: BundleKey[]): Promise<KeyBundle> {
  return await signBundle(bob, { ...fields, ...policy, keys })
}

test('a signing input is domain, type and payload, each with a varint length', () => {
  const input = signingInput('ab', Uint8Array.of(1), new Uint8Array(200))
  assert.equal(hex(input.subarray(0, 7)), '026162' + '0101' + 'c801')
  assert.equal(input.length, 7 + 200)
})

test('a signed envelope opens in its domain with its type and key only', async () => {
  const payload = Uint8Array.of(1, 2, 3)
  const bytes = await sealDescriptor(bob, domains.locator, payloadTypes.locator, payload)
  const opened = await openDescriptor(bytes, domains.locator, payloadTypes.locator, bob.key)
  assert.deepEqual([hex(opened.key), hex(opened.payload)], [hex(bob.key), '010203'])
  const wrong = [
    openDescriptor(bytes, domains.bundle, payloadTypes.locator, bob.key),
    openDescriptor(bytes, domains.locator, payloadTypes.bundle, bob.key),
    openDescriptor(bytes, domains.locator, payloadTypes.locator, alice.key)
  ]
  for (const attempt of wrong) await assert.rejects(attempt, { code: 'DESCRIPTOR' })
})

test('a locator reads back as it was signed, in at most 550 bytes for three relays with two addresses', async () => {
  const locator = await locatorAt(nowMs)
  const opened = await openLocator(locator.bytes, { mailbox: bob.key, nowHour })
  assert.deepEqual(opened, locator)
  assert.equal(opened.relays[1]?.addresses[0], '/ip4/192.0.2.2/tcp/4001')
  assert.ok(locator.bytes.length <= 550, `${locator.bytes.length} bytes`)
})

test('a single relay with a quorum of one is a legal locator', async () => {
  const relay = { id: peerText(peerOf(alice.key)), addresses: [], role: 'active' } as const
  const locator = await signLocator(bob, { ...fields, relays: [relay], writeQuorum: 1, bundleMinSeq: 0, closed: false })
  assert.equal(locator.writeQuorum, 1)
})

test('G8: a higher seq replaces, a lower does not, and at a tie exactly one of the two does', async () => {
  const [old, held] = [await locatorAt(1), await locatorAt(2)]
  assert.ok(supersedes(held, old) && !supersedes(old, held) && !supersedes(held, held))
  const tie = await signLocator(bob, { ...held, bundleMinSeq: 7 })
  assert.notEqual(supersedes(tie, held), supersedes(held, tie))
})

test('the digest is that of the payload: an extra field in the envelope leaves it unchanged', async () => {
  const locator = await locatorAt(1)
  const rewrapped = concat([locator.bytes, Uint8Array.of(0x7a, 1, 0xff)])
  const opened = await openLocator(rewrapped, { nowHour })
  assert.equal(hex(opened.digest), hex(locator.digest))
})

test('a bundle carries the public half of held prekeys and nothing of their secrets', async () => {
  const keys = [await prekeyOf('bob', 2), await lastResortPrekey(bob, 2, 0)]
  const bundle = await bundleOf(...keys)
  assert.deepEqual(
    bundle.keys.map(key => hex(key.keyId)),
    keys.map(key => hex(key.keyId))
  )
  for (const key of keys) assert.ok(!hex(bundle.bytes).includes(hex(key.secret)))
})

test('keys of a suite that is not known are left out, and a bundle of nothing else cannot be sealed to', async () => {
  const known = await prekeyOf('bob', 1)
  const unknown = { ...known, suite: 9, publicKey: Uint8Array.of(1) }
  assert.deepEqual(
    (await bundleOf(unknown, known)).keys.map(key => key.suite),
    [1]
  )
  const message = { version: 1, ...fields, ...policy, gates: [], keys: [unknown], strangers: 3 }
  const bytes = await sealDescriptor(bob, domains.bundle, payloadTypes.bundle, BundleMessage.encode(message))
  const bundle = await openBundle(bytes, { nowHour })
  assert.throws(() => pickKey(bundle, nowHour), { code: 'VERSION' })
})

test('the key picked is of the strongest suite, then the newest, and a last-resort key only without them', async () => {
  const [weak, strong, last] = [await prekeyOf('bob', 1), await prekeyOf('bob', 2), await lastResortPrekey(bob, 2, 0)]
  const older = { ...(await prekeyOf('older', 2)), notAfterHour: strong.notAfterHour - 1 }
  const bundle = await bundleOf(last, weak, older, strong)
  assert.equal(hex(pickKey(bundle, nowHour).keyId), hex(strong.keyId))
  assert.equal(hex(pickKey(await bundleOf(last, weak), nowHour).keyId), hex(weak.keyId))
  assert.equal(hex(pickKey(bundle, strong.notAfterHour).keyId), hex(last.keyId))
})

test('a bundle without a valid key is refused as expired', async () => {
  const key = await prekeyOf('bob', 1)
  const bundle = await bundleOf(key)
  assert.throws(() => pickKey(bundle, key.notAfterHour), { code: 'EXPIRED' })
  assert.throws(() => pickKey(bundle, bundle.validUntilHour), { code: 'EXPIRED' })
})

test('a peer id reads back from its text, and only an Ed25519 one has a key', () => {
  const bytes = peerOf(alice.key)
  assert.equal(hex(peerBytes(peerText(bytes))), hex(bytes))
  assert.equal(hex(peerKey(bytes)), hex(alice.key))
  const hashed = concat([Uint8Array.of(0x12, 0x20), alice.key])
  assert.equal(hex(peerBytes(peerText(hashed))), hex(hashed))
  assert.throws(() => peerKey(hashed), { code: 'KEY' })
  assert.throws(() => peerBytes('not a peer'), { code: 'KEY' })
  assert.throws(() => peerText(Uint8Array.of(1, 2, 3)), { code: 'KEY' })
})

test('a bundle carries what strangers may do and the public half of gates, and reads back as it was signed', async () => {
  const gate = gateFromSeed(fixedBytes('gate', 32))
  const revoked = gateFromSeed(fixedBytes('revoked gate', 32))
  const gates = [
    // with its seed in the same object, as an owner has it
    { seed: gate.seed, publicKey: gate.publicKey, id: gate.id, share: 50, revokedHour: 0 },
    { publicKey: revoked.publicKey, id: revoked.id, share: 100, revokedHour: nowHour }
  ]
  const before = { strangers: 'open', powBits: 0, untilHour: nowHour + 722 } as const
  const asked = { ...fields, ...policy, strangers: 'pow', powBits: 20, gates, before } as const
  const bundle = await signBundle(bob, { ...asked, keys: [await prekeyOf('bob', 2)] })
  assert.deepEqual(await openBundle(bundle.bytes, { mailbox: bob.key, nowHour }), bundle)
  const { strangers, powBits, strangersClassBytesMax, strangersTtlHoursMax } = bundle
  assert.deepEqual([strangers, powBits, strangersClassBytesMax, strangersTtlHoursMax], ['pow', 20, 4_096, 168])
  assert.deepEqual(bundle.before, before)
  assert.deepEqual(
    bundle.gates.map(({ id, share, revokedHour }) => [hex(id), share, revokedHour]),
    [
      [hex(gate.id), 50, 0],
      [hex(revoked.id), 100, nowHour]
    ]
  )
  assert.ok(!hex(bundle.bytes).includes(hex(gate.seed)))
  assert.equal((await bundleOf(await prekeyOf('bob', 2))).before, undefined)
})

test('a bundle with all the keys and gates that it may have is within its size', async () => {
  const keys = await Promise.all(Array.from({ length: 4 }, async (_, n) => await prekeyOf(`owner ${n}`, 2)))
  const gates = Array.from({ length: gatesMax }, (_, n) => {
    const { publicKey, id } = gateFromSeed(fixedBytes(`gate ${n}`, 32))
    return { publicKey, id, share: 50, revokedHour: nowHour }
  })
  const { bytes } = await signBundle(bob, { ...fields, ...policy, keys, gates })
  assert.ok(bytes.length <= bundleBytesMax, `${bytes.length} bytes`)
})

test('an address of 128 bytes is taken, and a longer one refused before text is made of it, in a locator', async () => {
  const dns = (length: number): Uint8Array => Uint8Array.of(54, length, ...new Uint8Array(length).fill(0x61))
  const locatorWith = async (address: Uint8Array): Promise<Uint8Array> => {
    const relays = [{ peerId: peerOf(alice.key), addresses: [address], role: 1 }]
    const message = { version: 1, ...fields, relays, writeQuorum: 1, bundleMinSeq: 0, closed: false }
    return await sealDescriptor(bob, domains.locator, payloadTypes.locator, LocatorMessage.encode(message))
  }
  const { relays } = await openLocator(await locatorWith(dns(126)), { nowHour })
  assert.equal(relays[0]?.addresses[0], `/dns4/${'a'.repeat(126)}`)
  const refused = openLocator(await locatorWith(dns(127)), { nowHour })
  await assert.rejects(refused, { code: 'DESCRIPTOR', limit: 'addressBytesMax' })
  // base58 of its 1,700 bytes would take longer than everything else together
  const peer = Uint8Array.of(0xa5, 0x03, 0xa4, 0x0d, ...new Uint8Array(1_700).fill(7))
  await assert.rejects(openLocator(await locatorWith(peer), { nowHour }), { limit: 'addressBytesMax' })
  assert.throws(() => peerBytes('1'.repeat(129)), { code: 'KEY' })
})
