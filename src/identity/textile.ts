/**
 * Textile's sealed box: `nonce (24) ‖ ephemeral X25519 key (32) ‖ NaCl box`, to the X25519 image of an Ed25519 key. For
 * old mail, and for applications written for Textile, whose own key opens what they are handed; no record is sealed that
 * way (SPEC §3.6).
 */
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { concat } from 'uint8arrays/concat'
import { MailboxError } from '../errors.ts'
import type { IdentityKey } from './keys.ts'

const nonceBytes = 24
const keyBytes = 32
const tagBytes = 16
/** What a box is longer than its plaintext. */
export const textileBoxOverhead = nonceBytes + keyBytes + tagBytes
/** Random bytes that one box takes: a nonce and the secret of an ephemeral key. */
export const textileBoxRandomBytes = nonceBytes + keyBytes
const sigma = new TextEncoder().encode('expand 32-byte k')

/**
 * The plaintext of a Textile box, with the identity's 32-byte seed.
 * @throws MailboxError SEAL when it does not open
 */
export function openTextileBox(seed: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const nonce = ciphertext.subarray(0, nonceBytes)
  const ephemeral = ciphertext.subarray(nonceBytes, nonceBytes + keyBytes)
  try {
    const shared = x25519.getSharedSecret(ed25519.utils.toMontgomerySecret(seed), ephemeral)
    return xsalsa20poly1305(boxKey(shared), nonce).decrypt(ciphertext.subarray(nonceBytes + keyBytes))
  } catch (cause) {
    throw new MailboxError('SEAL', 'Not a Textile ciphertext for this key, or it was changed.', { cause })
  }
}

/** The box of a plaintext for `key`; `random` has `textileBoxRandomBytes` bytes and is used for one plaintext and key. */
export function sealTextileBox(key: IdentityKey, plaintext: Uint8Array, random: Uint8Array): Uint8Array {
  const nonce = random.subarray(0, nonceBytes)
  const secret = random.subarray(nonceBytes, textileBoxRandomBytes)
  const shared = x25519.getSharedSecret(secret, ed25519.utils.toMontgomery(key))
  return concat([nonce, x25519.getPublicKey(secret), xsalsa20poly1305(boxKey(shared), nonce).encrypt(plaintext)])
}

/** `crypto_box_beforenm`: HSalsa20 of the shared point with a zero input. */
function boxKey(shared: Uint8Array): Uint8Array {
  const key = new Uint32Array(8)
  hsalsa(words(sigma), words(shared), new Uint32Array(4), key)
  return new Uint8Array(key.buffer)
}

/** A copy as 32-bit words, aligned. Salsa is little-endian, as is every platform Node runs on. */
function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(new Uint8Array(bytes).buffer)
}
