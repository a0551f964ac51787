/** The primitives of `port.ts` by Node's native crypto. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  hash,
  hkdfSync,
  randomBytes as randomNative,
  sign as signNative,
  verify as verifyNative,
  webcrypto,
  type KeyObject
} from 'node:crypto'
import type { Signer, Verifier } from './port.ts'

/** DER before the raw key: SubjectPublicKeyInfo of Ed25519, PKCS #8 of Ed25519, X25519 and ML-KEM-768 in its seed form. */
const ed25519Spki = Buffer.from('302a300506032b6570032100', 'hex')
const ed25519Pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const x25519Pkcs8 = Buffer.from('302e020100300506032b656e04220420', 'hex')
const mlkemPkcs8 = Buffer.from('3054020100300b060960864801650304040204428040', 'hex')

export function sha256(...parts: (Uint8Array | string)[]): Uint8Array {
  const [only] = parts
  const input = parts.length === 1 && only !== undefined ? only : joined(parts)
  // in one call: a hash object costs more than the hashing; a copy, because what natives give is part of a pool
  return new Uint8Array(hash('sha256', input, 'buffer'))
}

function joined(parts: readonly (Uint8Array | string)[]): Buffer {
  return Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : part)))
}

export function hkdf(secret: Uint8Array, info: Uint8Array, bytes: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), info, bytes))
}

export function randomBytes(bytes: number): Uint8Array {
  return new Uint8Array(randomNative(bytes))
}

export function signer(seed: Uint8Array): Signer {
  const native = privateKey(ed25519Pkcs8, seed)
  return { publicKey: rawPublic(native, 32), sign: message => new Uint8Array(signNative(null, message, native)) }
}

export function verifier(publicKey: Uint8Array): Verifier {
  const native = createPublicKey({ key: Buffer.concat([ed25519Spki, publicKey]), format: 'der', type: 'spki' })
  let inPool: webcrypto.CryptoKey | undefined
  const aside: Verifier['aside'] = async (message, signature) => {
    inPool ??= native.toCryptoKey('Ed25519', false, ['verify'])
    return await webcrypto.subtle.verify('Ed25519', inPool, signature, message)
  }
  const now = (message: Uint8Array, signature: Uint8Array): boolean => verifyNative(null, message, native, signature)
  return Object.assign(now, { aside })
}

export function x25519PublicKey(scalar: Uint8Array): Uint8Array {
  return rawPublic(privateKey(x25519Pkcs8, scalar), 32)
}

export function mlkem768X25519PublicKey(seed: Uint8Array): Uint8Array {
  // draft-irtf-cfrg-concrete-hybrid-kems: seed → SHAKE256, 96 bytes: ML-KEM-768 seed (64) ‖ X25519 scalar (32)
  const expanded = createHash('shake256', { outputLength: 96 }).update(seed).digest()
  const mlkem = rawPublic(privateKey(mlkemPkcs8, expanded.subarray(0, 64)), 1_184)
  return new Uint8Array(Buffer.concat([mlkem, x25519PublicKey(expanded.subarray(64))]))
}

function privateKey(prefix: Uint8Array, secret: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([prefix, secret]), format: 'der', type: 'pkcs8' })
}

/** The last `bytes` bytes of the SubjectPublicKeyInfo are the raw public key. */
function rawPublic(key: KeyObject, bytes: number): Uint8Array {
  return new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-bytes))
}
