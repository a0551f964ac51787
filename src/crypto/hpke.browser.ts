/**
 * The parts of HPKE (SPEC §3.6) that not every browser has in its WebCrypto, by noble: both KEMs and ChaCha20-Poly1305.
 * HKDF is everywhere.
 */
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { x25519 } from '@noble/curves/ed25519.js'
import { ml_kem768_x25519 as hybrid } from '@noble/post-quantum/hybrid.js'
import {
  concat,
  encode,
  I2OSP,
  KDF_HKDF_SHA256,
  LabeledExpand,
  LabeledExtract,
  type AEAD,
  type KEM,
  type Key,
  type KeyPair
} from 'hpke'
import { randomBytes } from './primitives.browser.ts'

export { KDF_HKDF_SHA256 as hkdfSha256 } from 'hpke'

export const chacha20Poly1305 = (): AEAD => ({
  id: 0x0003,
  type: 'AEAD',
  name: 'ChaCha20Poly1305',
  Nk: 32,
  Nn: 12,
  Nt: 16,
  Seal: async (key, nonce, aad, plaintext) => chacha20poly1305(key, nonce, aad).encrypt(plaintext),
  Open: async (key, nonce, aad, ciphertext) => chacha20poly1305(key, nonce, aad).decrypt(ciphertext)
})

/** A serialised key, in a private field: printing it shows no secret. */
class SerializedKey implements Key {
  readonly algorithm: { readonly name: string }
  readonly type: 'private' | 'public'
  readonly extractable = true
  readonly #bytes: Uint8Array

  constructor(name: string, type: 'private' | 'public', bytes: Uint8Array) {
    this.algorithm = { name }
    this.type = type
    this.#bytes = new Uint8Array(bytes)
  }

  get bytes(): Uint8Array {
    return this.#bytes
  }
}

interface Kem {
  id: number
  name: string
  /** Lengths in bytes: public key and KEM output. */
  publicKeyBytes: number
  encBytes: number
  publicKeyOf: (secret: Uint8Array) => Uint8Array
  encapsulate: (publicKey: Uint8Array) => Promise<{ shared: Uint8Array; enc: Uint8Array }>
  decapsulate: (enc: Uint8Array, secret: Uint8Array) => Promise<Uint8Array>
}

/** As `hpke` wants it. Secrets and private keys have 32 bytes in both KEMs. */
function kemOf(kem: Kem): KEM<SerializedKey> {
  const publicKey = (bytes: Uint8Array): SerializedKey => new SerializedKey(kem.name, 'public', bytes)
  const privateKey = (bytes: Uint8Array): SerializedKey => new SerializedKey(kem.name, 'private', bytes)
  const pairOf = (secret: Uint8Array): KeyPair<SerializedKey> => ({
    privateKey: privateKey(secret),
    publicKey: publicKey(kem.publicKeyOf(secret))
  })
  return {
    id: kem.id,
    type: 'KEM',
    name: kem.name,
    Nsecret: 32,
    Nenc: kem.encBytes,
    Npk: kem.publicKeyBytes,
    Nsk: 32,
    GenerateKeyPair: async () => pairOf(randomBytes(32)),
    DeriveKeyPair: async () => {
      throw new TypeError('Prekeys are not derived by HPKE (SPEC §4.7).')
    },
    SerializePublicKey: async key => key.bytes,
    DeserializePublicKey: async bytes => publicKey(bytes),
    SerializePrivateKey: async key => key.bytes,
    DeserializePrivateKey: async bytes => privateKey(bytes),
    Encap: async key => {
      const { shared, enc } = await kem.encapsulate(key.bytes)
      return { shared_secret: shared, enc }
    },
    Decap: async (enc, key) => await kem.decapsulate(enc, key.bytes)
  }
}

const x25519Id = 0x0020
const x25519Suite = concat(encode('KEM'), I2OSP(x25519Id, 2))

/** RFC 9180 §4.1, ExtractAndExpand. */
async function extractAndExpand(dh: Uint8Array, enc: Uint8Array, publicKey: Uint8Array): Promise<Uint8Array> {
  const kdf = KDF_HKDF_SHA256()
  const prk = await LabeledExtract(kdf, x25519Suite, new Uint8Array(0), encode('eae_prk'), dh)
  return await LabeledExpand(kdf, x25519Suite, prk, encode('shared_secret'), concat(enc, publicKey), 32)
}

/** `getSharedSecret` refuses a shared point that is all zero, as RFC 9180 §7.1.4 asks. */
export const dhkemX25519 = (): KEM<SerializedKey> =>
  kemOf({
    id: x25519Id,
    name: 'DHKEM(X25519, HKDF-SHA256)',
    publicKeyBytes: 32,
    encBytes: 32,
    publicKeyOf: secret => x25519.getPublicKey(secret),
    encapsulate: async publicKey => {
      const ephemeral = randomBytes(32)
      const enc = x25519.getPublicKey(ephemeral)
      const shared = await extractAndExpand(x25519.getSharedSecret(ephemeral, publicKey), enc, publicKey)
      return { shared, enc }
    },
    decapsulate: async (enc, secret) =>
      await extractAndExpand(x25519.getSharedSecret(secret, enc), enc, x25519.getPublicKey(secret))
  })

export const mlkem768X25519 = (): KEM<SerializedKey> =>
  kemOf({
    id: 0x647a,
    name: 'MLKEM768-X25519',
    publicKeyBytes: 1_216,
    encBytes: 1_120,
    publicKeyOf: secret => hybrid.keygen(secret).publicKey,
    encapsulate: async publicKey => {
      const { sharedSecret, cipherText } = hybrid.encapsulate(publicKey)
      return { shared: sharedSecret, enc: cipherText }
    },
    decapsulate: async (enc, secret) => hybrid.decapsulate(enc, secret)
  })
