/** Node's crypto and the browser's side by side: the same bytes, the same signatures refused, seals open across. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { CipherSuite, type KEMFactory } from 'hpke'
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js'
import * as hpkeBrowser from '../../src/crypto/hpke.browser.ts'
import * as hpkeNode from '../../src/crypto/hpke.ts'
import type { Primitives } from '../../src/crypto/port.ts'
import * as browserPrimitives from '../../src/crypto/primitives.browser.ts'
import * as nodePrimitives from '../../src/crypto/primitives.ts'
import { hex, unhex } from '../vectors/fixed.ts'

const node: Primitives = nodePrimitives
const browser: Primitives = browserPrimitives

const bytes = (o: fc.IntArrayConstraints): fc.Arbitrary<Uint8Array> => fc.uint8Array(o)
const secret = bytes({ minLength: 32, maxLength: 32 })

test('hashes and derived bytes are the same', () => {
  const part = fc.oneof(bytes({ maxLength: 300 }), fc.string({ unit: 'grapheme' }))
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), secret, bytes({ maxLength: 80 }), (parts, key, info) => {
      assert.equal(hex(browser.sha256(...parts)), hex(node.sha256(...parts)))
      assert.equal(hex(browser.hkdf(key, info, 77)), hex(node.hkdf(key, info, 77)))
    })
  )
})

test('randomness has the length that was asked for, beyond what WebCrypto gives at a time', () => {
  for (const length of [0, 1, 65_536, 200_000]) {
    const [a, b] = [browser.randomBytes(length), browser.randomBytes(length)]
    assert.equal(a.length, length)
    if (length > 16) assert.notEqual(hex(a.subarray(-16)), hex(b.subarray(-16)))
    assert.equal(node.randomBytes(length).length, length)
  }
})

test('secrets have the same public keys', () => {
  fc.assert(
    fc.property(secret, key => {
      assert.equal(hex(browser.signer(key).publicKey), hex(node.signer(key).publicKey))
      assert.equal(hex(browser.x25519PublicKey(key)), hex(node.x25519PublicKey(key)))
      assert.equal(hex(browser.mlkem768X25519PublicKey(key)), hex(node.mlkem768X25519PublicKey(key)))
    }),
    { numRuns: 20 }
  )
})

test('G7: signatures are the same, and one that was changed in any bit is refused by both', async () => {
  await fc.assert(
    fc.asyncProperty(secret, bytes({ maxLength: 200 }), fc.nat({ max: 511 }), async (key, message, bit) => {
      const signer = node.signer(key)
      const signature = signer.sign(message)
      assert.equal(hex(browser.signer(key).sign(message)), hex(signature))
      const changed = new Uint8Array(signature)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      for (const { verifier } of [node, browser]) {
        assert.ok(verifier(signer.publicKey)(message, signature))
        assert.ok(!verifier(signer.publicKey)(message, changed))
        assert.ok(await verifier(signer.publicKey).aside(message, signature))
        assert.ok(!(await verifier(signer.publicKey).aside(message, changed)))
      }
    }),
    { numRuns: 30 }
  )
})

const order = ed25519.Point.Fn.ORDER

/** A signature by the holder of `seed` whose R has the torsion part `torsion` added, and whose S is `times` orders larger. */
function crafted(seed: Uint8Array, message: Uint8Array, torsion: string, times: bigint): Uint8Array {
  const { scalar, prefix, pointBytes } = ed25519.utils.getExtendedPublicKey(seed)
  const r = bytesToNumberLE(sha512(new Uint8Array([...prefix, ...message]))) % order
  const point = ed25519.Point.BASE.multiply(r).add(ed25519.Point.fromHex(torsion))
  const commitment = point.toBytes()
  const k = bytesToNumberLE(sha512(new Uint8Array([...commitment, ...pointBytes, ...message]))) % order
  const s = ((r + k * scalar) % order) + times * order
  return new Uint8Array([...commitment, ...numberToBytesLE(s, 32)])
}

test('G7: a signature whose R has a torsion part, or whose S is not reduced, is refused by both', () => {
  const torsion = fc.constantFrom(...ED25519_TORSION_SUBGROUP)
  fc.assert(
    fc.property(secret, bytes({ maxLength: 100 }), torsion, fc.nat({ max: 7 }), (seed, message, point, times) => {
      const signature = crafted(seed, message, point, BigInt(times))
      const key = node.signer(seed).publicKey
      const proper = ed25519.Point.fromHex(point).is0() && times === 0
      assert.equal(node.verifier(key)(message, signature), proper)
      assert.equal(browser.verifier(key)(message, signature), proper)
      // what the further check of the browser is for: noble alone takes it
      assert.equal(ed25519.verify(signature, message, key, { zip215: false }), times === 0)
    }),
    { numRuns: 60 }
  )
})

const suitesOf = (parts: typeof hpkeNode | typeof hpkeBrowser): CipherSuite[] => {
  const { dhkemX25519, mlkem768X25519, hkdfSha256, chacha20Poly1305 } = parts as typeof hpkeNode
  return [dhkemX25519, mlkem768X25519].map(kem => new CipherSuite(kem as KEMFactory, hkdfSha256, chacha20Poly1305))
}

test('G7: what one seals the other opens, both suites and both ways, and neither opens what was changed', async () => {
  const places = [suitesOf(hpkeNode), suitesOf(hpkeBrowser)]
  const publicKeys = [node.x25519PublicKey, node.mlkem768X25519PublicKey]
  const input = fc.record({
    suite: fc.nat({ max: 1 }),
    from: fc.nat({ max: 1 }),
    secret,
    plaintext: bytes({ maxLength: 2_000 }),
    info: bytes({ maxLength: 40 }),
    aad: bytes({ maxLength: 40 }),
    flip: fc.nat()
  })
  await fc.assert(
    fc.asyncProperty(input, async o => {
      const [sender, recipient] = [places[o.from]?.[o.suite], places[1 - o.from]?.[o.suite]]
      assert.ok(sender !== undefined && recipient !== undefined)
      const key = await sender.DeserializePublicKey(publicKeys[o.suite]?.(o.secret) ?? unhex(''))
      const { encapsulatedSecret: enc, ciphertext } = await sender.Seal(key, o.plaintext, { info: o.info, aad: o.aad })
      const changed = [new Uint8Array(enc), new Uint8Array(ciphertext)] as const
      const at = o.flip % (enc.length + ciphertext.length)
      if (at < enc.length) changed[0][at] = (changed[0][at] ?? 0) ^ 1
      else changed[1][at - enc.length] = (changed[1][at - enc.length] ?? 0) ^ 1
      for (const suite of [sender, recipient]) {
        const own = await suite.DeserializePrivateKey(o.secret)
        const opened = await suite.Open(own, enc, ciphertext, { info: o.info, aad: o.aad })
        assert.equal(hex(opened), hex(o.plaintext))
        await assert.rejects(suite.Open(own, ...changed, { info: o.info, aad: o.aad }))
      }
    }),
    { numRuns: 40 }
  )
})

test('a public key that shares no secret, or has a coefficient over the modulus, is refused by both', async () => {
  const good = new Uint8Array(node.mlkem768X25519PublicKey(new Uint8Array(32).fill(7)))
  const bad: Array<[suite: number, key: Uint8Array]> = [
    [0, new Uint8Array(32)],
    [0, new Uint8Array(31).fill(9)],
    [1, new Uint8Array([...good.subarray(0, 1_184), ...new Uint8Array(32)])],
    [1, new Uint8Array([0xff, 0xff, 0xff, ...good.subarray(3)])],
    [1, good.subarray(1)]
  ]
  for (const suites of [suitesOf(hpkeNode), suitesOf(hpkeBrowser)])
    for (const [number, key] of bad) {
      const suite = suites[number]
      assert.ok(suite !== undefined)
      await assert.rejects(async () => suite.Seal(await suite.DeserializePublicKey(key), new Uint8Array(1)))
    }
})
