import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { ed25519 } from '@noble/curves/ed25519.js'
import { addressOf, parseAddress, parsePrivateKey, privateKeyText } from '../../../src/identity/address.ts'
import {
  generateIdentity,
  identityFromSeed,
  parseIdentityKey,
  verify,
  verifyLasting
} from '../../../src/identity/keys.ts'
import { alice, bob, hex, unhex } from '../../vectors/fixed.ts'

const message = new TextEncoder().encode('a message')

test('a seed gives the key that noble derives from it', () => {
  assert.equal(hex(bob.key), hex(ed25519.getPublicKey(bob.seed)))
  assert.equal(hex(identityFromSeed(bob.seed).key), hex(bob.key))
})

test('a seed of another length is refused', () => {
  assert.throws(() => identityFromSeed(bob.seed.subarray(1)), { code: 'KEY' })
})

test('an identity is made from the randomness it is given', () => {
  assert.equal(
    generateIdentity(n => new Uint8Array(n).fill(7)).address,
    identityFromSeed(new Uint8Array(32).fill(7)).address
  )
  assert.notEqual(generateIdentity().address, generateIdentity().address)
})

test('a signature verifies for its message and key only, and under the strict rules of noble', async () => {
  const signature = await bob.sign(message)
  assert.ok(verify(bob.key, message, signature))
  assert.ok(ed25519.verify(signature, message, bob.key, { zip215: false }))
  assert.ok(!verify(alice.key, message, signature))
  assert.ok(!verify(bob.key, message.subarray(1), signature))
  assert.ok(!verify(bob.key, message, signature.subarray(1)))
})

test('what has verified before verifies again for its message, signature and key only, however much came between', async () => {
  const texts = Array.from({ length: 9 }, (_, n) => new TextEncoder().encode(`locator ${n}`))
  const signed = await Promise.all(texts.map(async text => ({ text, signature: await bob.sign(text) })))
  for (const { text, signature } of [...signed, ...signed, ...signed.toReversed()]) {
    assert.ok(verifyLasting(bob.key, text, signature))
    assert.ok(verifyLasting(bob.key, text, signature))
    assert.ok(!verifyLasting(alice.key, text, signature))
    assert.ok(!verifyLasting(bob.key, text.subarray(1), signature))
    assert.ok(!verifyLasting(bob.key, text, signature.with(3, 0xff & ~(signature[3] ?? 0))))
    // the same bytes, cut elsewhere
    const last = signature.subarray(63)
    assert.ok(!verifyLasting(bob.key, Uint8Array.of(...last, ...text), signature.subarray(0, 63)))
    assert.ok(!verifyLasting(bob.key, text.subarray(1), Uint8Array.of(...signature, text[0] ?? 0)))
  }
})

test('a parsed key is a copy of what was given', () => {
  const given = new Uint8Array(bob.key)
  const key = parseIdentityKey(given)
  given.fill(0)
  assert.equal(hex(key), hex(bob.key))
})

test('printing or serialising an identity shows no secret', () => {
  const shown = inspect(bob, { depth: 5, showHidden: true }) + JSON.stringify(bob)
  for (const secret of [hex(bob.seed), [...bob.seed.subarray(0, 4)].join(', '), bob.toText()]) {
    assert.ok(!shown.includes(secret))
  }
})

test('an address has 59 characters and a private key text 110, with the prefixes of Textile', () => {
  assert.match(bob.address, /^bbaarei[a-h][a-z2-7]{51}$/)
  assert.match(bob.toText(), /^bbaareq[a-h][a-z2-7]{102}$/)
  assert.equal(addressOf(parseAddress(bob.address)), bob.address)
})

test('a private key text reads back, and the text of its seed is the same', () => {
  assert.equal(hex(parsePrivateKey(bob.toText()).seed), hex(bob.seed))
  assert.equal(privateKeyText(bob.seed), bob.toText())
})

test('a refused address says what was wrong and never repeats a private key', () => {
  const errorOf = (text: string): string => {
    try {
      return parseAddress(text).toString()
    } catch (error) {
      return (error as Error).message
    }
  }
  assert.match(errorOf('bbaareia'), /59 characters.*this has 8 characters/)
  assert.match(errorOf(`c${bob.address.slice(1)}`), /begins otherwise/)
  assert.match(errorOf(`${bob.address.slice(0, -1)}1`), /contains an error/)
  assert.match(errorOf(bob.toText()), /private key/)
  assert.ok(!errorOf(bob.toText()).includes(bob.toText().slice(10, 20)))
})

test('a private key whose public half is of another seed is refused', () => {
  const bytes = Buffer.concat([unhex('08011240'), bob.seed, alice.key])
  const text = `b${base32(bytes)}`
  assert.throws(() => parsePrivateKey(text), { code: 'KEY' })
})

test('an address is not taken for a private key', () => {
  assert.throws(() => parsePrivateKey(bob.address), { code: 'KEY' })
})

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map(group => 'abcdefghijklmnopqrstuvwxyz234567'[parseInt(group.padEnd(5, '0'), 2)]).join('')
}
