/**
 * The primitives of `port.ts` where there is no native crypto that answers at once: WebCrypto gives the randomness, noble
 * the rest.
 */
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { hkdf as hkdfNoble } from '@noble/hashes/hkdf.js'
import { sha256 as sha256Noble } from '@noble/hashes/sha2.js'
import { ml_kem768_x25519 as mlkem768X25519 } from '@noble/post-quantum/hybrid.js'
import type { Signer, Verifier } from './port.ts'

/** As much as WebCrypto gives at a time. */
const randomBytesMax = 65_536

export function sha256(...parts: (Uint8Array | string)[]): Uint8Array {
  const hash = sha256Noble.create()
  for (const part of parts) hash.update(typeof part === 'string' ? new TextEncoder().encode(part) : part)
  return hash.digest()
}

export function hkdf(secret: Uint8Array, info: Uint8Array, bytes: number): Uint8Array {
  return hkdfNoble(sha256Noble, secret, undefined, info, bytes)
}

export function randomBytes(bytes: number): Uint8Array {
  const random = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at += randomBytesMax) crypto.getRandomValues(random.subarray(at, at + randomBytesMax))
  return random
}

export function signer(seed: Uint8Array): Signer {
  const secret = new Uint8Array(seed)
  return { publicKey: ed25519.getPublicKey(secret), sign: message => ed25519.sign(message, secret) }
}

export function verifier(publicKey: Uint8Array): Verifier {
  const key = new Uint8Array(publicKey)
  const now = (message: Uint8Array, signature: Uint8Array): boolean =>
    ed25519.verify(signature, message, key, { zip215: false }) && isPrimeOrder(signature)
  return Object.assign(now, { aside: async (...of: Parameters<typeof now>) => await Promise.resolve(now(...of)) })
}

/**
 * noble checks 8·S·B = 8·R + 8·k·A. Both sides without the factor 8 are equal as well when R, like A, is in the
 * prime-order group, and native crypto, which compares R as bytes, takes no other (SPEC §2.1).
 */
function isPrimeOrder(signature: Uint8Array): boolean {
  return ed25519.Point.fromBytes(signature.subarray(0, 32), false).isTorsionFree()
}

export function x25519PublicKey(scalar: Uint8Array): Uint8Array {
  return x25519.getPublicKey(scalar)
}

export function mlkem768X25519PublicKey(seed: Uint8Array): Uint8Array {
  return mlkem768X25519.keygen(seed).publicKey
}
