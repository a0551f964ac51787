/** Other implementations: @hpke/core for both suites, noble for Textile's boxes, @libp2p/crypto for keys. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import {
  privateKeyFromProtobuf,
  privateKeyFromRaw,
  privateKeyToProtobuf,
  publicKeyToProtobuf
} from '@libp2p/crypto/keys'
import { base32 } from 'multiformats/bases/base32'
import { concat } from 'uint8arrays/concat'
import { parseAddress, parsePrivateKey } from '../../../src/identity/address.ts'
import { open, seal } from '../../../src/identity/envelope.ts'
import { decodeInner, decodeSigned, unpad } from '../../../src/identity/inner.ts'
import { openTextileBox } from '../../../src/identity/textile.ts'
import { alice, bob, fixedBytes, hex, nowHour, nowMs, prekeyOf } from '../../vectors/fixed.ts'
import { referenceInfo, referenceSuite, sealReference } from '../../vectors/reference.ts'

const buffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

for (const suite of [1, 2]) {
  test(`suite ${suite} opens what @hpke/core seals`, async () => {
    const key = await prekeyOf('bob', suite)
    const { record } = await sealReference({ mailbox: bob.key, key, body: 'from the other side' })
    const opened = await open(record, { mailbox: bob.key, keys: new Map([[hex(key.keyId), key]]) })
    assert.equal(new TextDecoder().decode(opened?.body), 'from the other side')
  })

  test(`@hpke/core opens what suite ${suite} seals`, async () => {
    const key = await prekeyOf('bob', suite)
    const message = { contentType: 'text/plain', body: fixedBytes('body', 3000), createdMs: nowMs }
    const o = { mailbox: bob.key, key, sender: alice, message, expiresHour: nowHour + 1 }
    const { record } = await seal({ ...o, random: n => fixedBytes('uid', n) })
    const reference = referenceSuite(suite)
    const recipientKey = await reference.kem.importKey('raw', buffer(key.secret), false)
    const context = await reference.createRecipientContext({
      recipientKey,
      enc: buffer(record.enc),
      info: referenceInfo(bob.key)
    })
    const plaintext = new Uint8Array(await context.open(record.ct, record.header))
    const inner = decodeInner(unpad(plaintext))
    assert.equal(hex(decodeSigned(inner.tbs).body), hex(message.body))
    assert.equal(hex(inner.sender), hex(alice.key))
  })
}

/** Textile's box, written with noble only: nonce ‖ ephemeral key ‖ NaCl box. */
function textileBox(recipient: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const [nonce, secret] = [fixedBytes('nonce', 24), fixedBytes('ephemeral', 32)]
  const shared = x25519.getSharedSecret(secret, ed25519.utils.toMontgomery(recipient))
  const words = (bytes: Uint8Array): Uint32Array => new Uint32Array(new Uint8Array(bytes).buffer)
  const key = new Uint32Array(8)
  hsalsa(words(new TextEncoder().encode('expand 32-byte k')), words(shared), new Uint32Array(4), key)
  return concat([
    nonce,
    x25519.getPublicKey(secret),
    xsalsa20poly1305(new Uint8Array(key.buffer), nonce).encrypt(plaintext)
  ])
}

test('a Textile box made with noble opens, of any length', () => {
  for (const length of [0, 1, 14, 5000]) {
    const plaintext = fixedBytes('plaintext', length)
    const box = textileBox(bob.key, plaintext)
    assert.equal(box.length, length + 72)
    assert.equal(hex(openTextileBox(bob.seed, box)), hex(plaintext))
  }
})

test('a Textile box does not open with another seed, cut short, or with any part changed', () => {
  const box = textileBox(bob.key, fixedBytes('plaintext', 40))
  assert.throws(() => openTextileBox(alice.seed, box), { code: 'SEAL' })
  for (const length of [0, 23, 55, 71, box.length - 1]) {
    assert.throws(() => openTextileBox(bob.seed, box.subarray(0, length)), { code: 'SEAL' })
  }
  for (const at of [0, 30, 60, 90])
    assert.throws(() => openTextileBox(bob.seed, box.with(at, (box[at] ?? 0) ^ 1)), { code: 'SEAL' })
})

test('key texts are those of libp2p keys in base32, both ways', () => {
  const key = privateKeyFromRaw(concat([bob.seed, bob.key]))
  assert.equal(bob.toText(), base32.encode(privateKeyToProtobuf(key)))
  assert.equal(bob.address, base32.encode(publicKeyToProtobuf(key.publicKey)))
  assert.equal(hex(privateKeyFromProtobuf(base32.decode(bob.toText())).raw.subarray(0, 32)), hex(bob.seed))
  assert.equal(hex(parseAddress(base32.encode(publicKeyToProtobuf(key.publicKey)))), hex(bob.key))
})

test('textile 8.4: a legacy private key, with the public half twice, is the same identity', () => {
  const legacy = base32.encode(concat([Uint8Array.of(0x08, 0x01, 0x12, 0x60), bob.seed, bob.key, bob.key]))
  assert.equal(parsePrivateKey(legacy).address, bob.address)
  assert.equal(parsePrivateKey(legacy).toText(), bob.toText())
})
