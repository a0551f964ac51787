/** Acceptance cases of Textile's own suites for keys and boxes, and what they never tested. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { base32 } from 'multiformats/bases/base32'
import { concat } from 'uint8arrays/concat'
import {
  decrypt,
  encrypt,
  extractPublicKeyBytes,
  type Identity,
  PrivateKey,
  privateKeyBytesToString,
  privateKeyFromString,
  privateKeyToString,
  PublicKey,
  publicKeyBytesFromString,
  publicKeyBytesToString,
  publicKeyToString
} from '../../../src/textile/index.ts'
import published from '../../vectors/textile.json' with { type: 'json' }
import js from '../../vectors/textile-js.json' with { type: 'json' }
import { alice, bob, fixedBytes, hex, unhex } from '../../vectors/fixed.ts'

const text = new TextEncoder()
const legacyText = base32.encode(unhex(published.private_key))

/** A key of libp2p as an identity of the door. */
async function libp2pIdentity(type: 'Ed25519' | 'RSA'): Promise<Identity> {
  const key = await (type === 'RSA' ? generateKeyPair('RSA', 2048) : generateKeyPair('Ed25519'))
  return {
    sign: async data => await key.sign(data),
    public: {
      verify: async (data, signature) => await key.publicKey.verify(data, signature),
      bytes: publicKeyToProtobuf(key.publicKey)
    }
  }
}

test('textile 8.4: keys of libp2p fit the interfaces; of those only an Ed25519 key has an address', async () => {
  const message = text.encode('teststring')
  const [fitting, other] = [await libp2pIdentity('Ed25519'), await libp2pIdentity('RSA')]
  for (const identity of [fitting, other])
    assert.ok(await identity.public.verify(message, await identity.sign(message)))
  assert.equal(publicKeyToString(fitting.public), base32.encode(fitting.public.bytes))
  // theirs takes the first 32 bytes of any key for an Ed25519 key
  assert.throws(() => extractPublicKeyBytes(other.public), { code: 'ADDRESS' })
  assert.throws(() => PublicKey.fromString(base32.encode(other.public.bytes)), { code: 'ADDRESS' })
})

test('textile 8.4: a private key as text and back is the same key', () => {
  const key = PrivateKey.fromRandom()
  const back = PrivateKey.fromString(key.toString())
  assert.deepEqual(back, key)
  assert.equal(hex(back.seed), hex(key.seed))
  assert.equal(key.toString().length, 110)
  assert.match(key.toString(), /^bbaareq/)
  assert.notDeepEqual(PrivateKey.fromRandom(), key)
})

test('textile 8.4: what a key signs, its public key verifies', async () => {
  const key = PrivateKey.fromRandom()
  const signature = await key.sign(text.encode('teststring'))
  assert.equal(signature.length, 64)
  assert.equal(await key.public.verify(text.encode('teststring'), signature), true)
})

test('textile 8.4: what is encrypted to a key pair, it decrypts', async () => {
  const key = PrivateKey.fromRandom()
  const box = await key.public.encrypt(text.encode('teststring'))
  assert.equal(box.length, 'teststring'.length + 72)
  assert.deepEqual(await key.decrypt(box), text.encode('teststring'))
})

test('textile 8.4: encryption by the free functions, to a public key that travelled as text', async () => {
  const key = PrivateKey.fromRandom()
  const recipient = PublicKey.fromString(key.public.toString())
  const box = await encrypt(text.encode('howdy!'), recipient.pubKey)
  assert.deepEqual(await decrypt(box, key.privKey), text.encode('howdy!'))
})

test('textile 8.4: the same by the methods of the classes', async () => {
  const key = PrivateKey.fromRandom()
  const box = await PublicKey.fromString(key.public.toString()).encrypt(text.encode('howdy!'))
  assert.deepEqual(await key.decrypt(box), text.encode('howdy!'))
})

test('textile 8.4: the ciphertext that Textile published opens with its 96-byte private key', async () => {
  assert.equal(unhex(published.private_key).length, 4 + 96)
  const key = PrivateKey.fromString(legacyText)
  assert.equal(new TextDecoder().decode(await key.decrypt(unhex(published.ciphertext))), published.plaintext)
  assert.equal(
    new TextDecoder().decode(await decrypt(unhex(published.ciphertext), unhex(published.private_key).subarray(4))),
    published.plaintext
  )
  assert.equal(key.toString(), PrivateKey.fromString(key.toString()).toString())
  assert.equal(key.toString().length, 110)
})

test('textile 8.4: a ciphertext that is cut short or damaged is SEAL', async () => {
  const key = PrivateKey.fromString(legacyText)
  await assert.rejects(key.decrypt(unhex(published.damaged_ciphertext)), { code: 'SEAL' })
  const whole = unhex(published.ciphertext)
  for (const length of [0, 24, 56, 72, whole.length - 1])
    await assert.rejects(key.decrypt(whole.subarray(0, length)), { code: 'SEAL' }, `${length} bytes`)
})

/** NaCl's box between two X25519 keys, with noble only. */
function naclBox(secret: Uint8Array, point: Uint8Array, nonce: Uint8Array): ReturnType<typeof xsalsa20poly1305> {
  const words = (bytes: Uint8Array): Uint32Array => new Uint32Array(new Uint8Array(bytes).buffer)
  const key = new Uint32Array(8)
  const shared = x25519.getSharedSecret(secret, point)
  hsalsa(words(text.encode('expand 32-byte k')), words(shared), new Uint32Array(4), key)
  return xsalsa20poly1305(new Uint8Array(key.buffer), nonce)
}

test('textile 8.4: another implementation opens what is made here, and this one what is made there', async () => {
  const key = PrivateKey.fromRawEd25519Seed(bob.seed)
  const plaintext = fixedBytes('plaintext', 300)
  const here = await key.public.encrypt(plaintext)
  const secret = ed25519.utils.toMontgomerySecret(bob.seed)
  const opened = naclBox(secret, here.subarray(24, 56), here.subarray(0, 24)).decrypt(here.subarray(56))
  assert.equal(hex(opened), hex(plaintext))
  const [nonce, ephemeral] = [fixedBytes('nonce', 24), fixedBytes('ephemeral', 32)]
  const sealed = naclBox(ephemeral, ed25519.utils.toMontgomery(bob.key), nonce).encrypt(plaintext)
  const there = concat([nonce, x25519.getPublicKey(ephemeral), sealed])
  assert.equal(hex(await key.decrypt(there)), hex(plaintext))
})

test('textile never: cross-language message: keys, box and signature that their JavaScript made are read here', async () => {
  const [from, to] = [PublicKey.fromString(js.from_public_text), PrivateKey.fromString(js.to_private_text)]
  assert.equal(to.public.toString(), js.to_public_text)
  assert.equal(PrivateKey.fromString(js.from_private_text).public.toString(), js.from_public_text)
  const [body, signature] = [unhex(js.body), unhex(js.signature)]
  assert.equal(await from.verify(body, signature), true)
  assert.equal(new TextDecoder().decode(await to.decrypt(body)), js.plaintext)
  const own = await PrivateKey.fromString(js.from_private_text).decrypt(unhex(js.own_body))
  assert.equal(new TextDecoder().decode(own), js.plaintext)
  // Ed25519 is deterministic: the same signature comes from here
  assert.equal(hex(await PrivateKey.fromString(js.from_private_text).sign(body)), js.signature)
})

test('textile never: wrong key decrypt: a box for another is SEAL', async () => {
  const box = await PrivateKey.fromRawEd25519Seed(alice.seed).public.encrypt(text.encode('for Alice'))
  await assert.rejects(PrivateKey.fromRawEd25519Seed(bob.seed).decrypt(box), { code: 'SEAL' })
})

test('textile never: tampered body or signature: any byte changed, and verify says false without an error', async () => {
  const key = PrivateKey.fromRawEd25519Seed(alice.seed)
  const body = await key.public.encrypt(text.encode('as it was'))
  const signature = await key.sign(body)
  for (const at of [0, 30, 60, body.length - 1]) {
    const changed = body.with(at, (body[at] ?? 0) ^ 1)
    assert.equal(await key.public.verify(changed, signature), false)
    await assert.rejects(key.decrypt(changed), { code: 'SEAL' })
  }
  for (const at of [0, 32, 63])
    assert.equal(await key.public.verify(body, signature.with(at, (signature[at] ?? 0) ^ 1)), false)
  for (const length of [0, 63, 65]) assert.equal(await key.public.verify(body, new Uint8Array(length)), false)
})

test('accessors and free functions of a key have the sizes and forms of Textile', () => {
  const key = PrivateKey.fromRawEd25519Seed(bob.seed)
  assert.deepEqual([key.seed.length, key.privKey.length, key.pubKey.length, key.bytes.length], [32, 64, 32, 68])
  assert.equal(key.public.bytes.length, 36)
  assert.equal(key.canSign(), true)
  assert.equal(key.type, 'ed25519')
  assert.equal(key.toString(), bob.toText())
  assert.equal(privateKeyToString(key), bob.toText())
  assert.equal(privateKeyBytesToString(key.bytes), bob.toText())
  assert.equal(hex(privateKeyFromString(bob.toText())), hex(bob.seed))
  assert.equal(key.public.toString(), bob.address)
  assert.equal(publicKeyToString(key.public), bob.address)
  assert.equal(publicKeyBytesToString(key.public.bytes), bob.address)
  assert.equal(hex(publicKeyBytesFromString(bob.address)), hex(bob.key))
  assert.equal(hex(extractPublicKeyBytes(key.public)), hex(bob.key))
})

test('a key that is not one is refused with a sentence that does not repeat it', async () => {
  assert.throws(() => new PrivateKey(new Uint8Array(31)), { code: 'KEY' })
  assert.throws(() => new PrivateKey(bob.seed, 'rsa'), { code: 'KEY' })
  assert.throws(() => new PublicKey(bob.key, 'secp256k1'), { code: 'KEY' })
  assert.throws(() => new PublicKey(new Uint8Array(32)), { code: 'KEY' })
  await assert.rejects(encrypt(bob.key, bob.key, 'rsa'), { code: 'KEY' })
  await assert.rejects(decrypt(bob.key, bob.seed, 'rsa'), { code: 'KEY' })
  await assert.rejects(decrypt(bob.key, bob.seed.subarray(1)), { code: 'KEY' })
  for (const parse of [(text: string) => PrivateKey.fromString(text), (text: string) => PublicKey.fromString(text)]) {
    for (const secret of [bob.toText().slice(0, -1), `${bob.toText()}a`]) {
      assert.throws(
        () => parse(secret),
        (error: Error) => !error.message.includes(secret.slice(20, 60))
      )
    }
  }
})

test('D15: printing or serialising a private key shows no secret', () => {
  const key = PrivateKey.fromRawEd25519Seed(bob.seed)
  const secret = [...bob.seed.subarray(0, 4)]
  for (const shown of [inspect(key, { depth: 5 }), inspect(key, { showHidden: true }), JSON.stringify(key)]) {
    assert.match(shown, /pubKey/)
    assert.ok(!shown.includes(hex(bob.seed)))
    assert.doesNotMatch(shown, new RegExp(secret.join('\\D+')))
  }
})
