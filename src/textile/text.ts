/** Text and protobuf forms of keys, as the free functions of `@textile/crypto` (SPEC §2.2). */
import { base32 } from 'multiformats/bases/base32'
import { addressOf, parseAddress, parsePrivateKey, privateKeyText } from '../identity/address.ts'
import type { IdentityKey } from '../identity/keys.ts'

interface Encoded {
  /** A libp2p key protobuf. */
  readonly bytes: Uint8Array
}

/** The protobuf of a 32-byte public key: 36 bytes. */
export function publicKeyBytes(key: IdentityKey): Uint8Array {
  return base32.decode(addressOf(key))
}

/** The protobuf of a private key: 68 bytes. */
export function privateKeyBytes(seed: Uint8Array): Uint8Array {
  return base32.decode(privateKeyText(seed))
}

/** The address of a public key. Only what `parseAddress` takes is written: a key of another type has none. */
export function publicKeyToString(key: Encoded): string {
  return publicKeyBytesToString(key.bytes)
}

/** @throws MailboxError ADDRESS unless the protobuf is that of an Ed25519 public key */
export function publicKeyBytesToString(bytes: Uint8Array): string {
  const text = base32.encode(bytes)
  parseAddress(text)
  return text
}

/** The 32 bytes inside an address. @throws MailboxError ADDRESS */
export function publicKeyBytesFromString(text: string): IdentityKey {
  return parseAddress(text)
}

/** The 32 bytes of a public key of any library. @throws MailboxError ADDRESS unless it is an Ed25519 key */
export function extractPublicKeyBytes(key: Encoded): IdentityKey {
  return parseAddress(base32.encode(key.bytes))
}

/** The text of a private key: 110 characters. */
export function privateKeyToString(key: Encoded): string {
  return privateKeyBytesToString(key.bytes)
}

/** @throws MailboxError KEY unless the protobuf is that of an Ed25519 private key */
export function privateKeyBytesToString(bytes: Uint8Array): string {
  return parsePrivateKey(base32.encode(bytes)).toText()
}

/** The seed inside a private key text; the legacy form, with the public half twice, as well. @throws MailboxError KEY */
export function privateKeyFromString(text: string): Uint8Array {
  return parsePrivateKey(text).seed
}
