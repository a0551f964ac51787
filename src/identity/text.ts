/**
 * Text forms of keys: multibase base32 (lower case, prefix `b`) of the libp2p key protobuf `{1: type, 2: data}` with
 * type 1, Ed25519. They are the forms Textile used, so keys move both ways (SPEC §2.2).
 */
import { base32 } from 'multiformats/bases/base32'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'

/** `08 01` type Ed25519, `12 n` data of n bytes. */
const publicPrefix = Uint8Array.of(0x08, 0x01, 0x12, 0x20)
const privatePrefix = Uint8Array.of(0x08, 0x01, 0x12, 0x40)
/** Keys written before 2019 repeat the public half. */
const legacyPrefix = Uint8Array.of(0x08, 0x01, 0x12, 0x60)

export const addressLength = 59
export const privateTextLength = 110

/** Text of a 32-byte public key: 59 characters, `bbaarei…`. */
export function publicText(key: Uint8Array): string {
  return base32.encode(concat([publicPrefix, key]))
}

/** Text of a private key: 110 characters, `bbaareq…`. */
export function privateText(seed: Uint8Array, key: Uint8Array): string {
  return base32.encode(concat([privatePrefix, seed, key]))
}

/** Bytes as multibase base32. */
export function bytesText(bytes: Uint8Array): string {
  return base32.encode(bytes)
}

/** The bytes of a text form, or undefined when it is not exactly what the encoder writes. */
export function textBytes(text: string): Uint8Array | undefined {
  try {
    const bytes = base32.decode(text)
    return base32.encode(bytes) === text ? bytes : undefined
  } catch {
    // the decoder's message would repeat the text, which may be a private key: the caller says what was expected
    return undefined
  }
}

/** As `textBytes`, of a text without the multibase prefix, which stands behind one of its own. */
export function bareTextBytes(text: string): Uint8Array | undefined {
  return textBytes(base32.prefix + text)
}

/** The 32 bytes inside a public key protobuf. */
export function publicData(bytes: Uint8Array): Uint8Array | undefined {
  return after(bytes, publicPrefix, 32)
}

/** The 64 or, in the legacy form, 96 bytes inside a private key protobuf. */
export function privateData(bytes: Uint8Array): Uint8Array | undefined {
  return after(bytes, privatePrefix, 64) ?? after(bytes, legacyPrefix, 96)
}

function after(bytes: Uint8Array, prefix: Uint8Array, length: number): Uint8Array | undefined {
  if (bytes.length !== prefix.length + length || !equals(bytes.subarray(0, prefix.length), prefix)) return undefined
  return bytes.subarray(prefix.length)
}

/** One character for each byte: the name of a few bytes in a map. */
export function binary(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}
