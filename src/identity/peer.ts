/** libp2p peer ids as bytes, text and key. Relays have Ed25519 ids, so the key is inside (SPEC §2.2). */
import { peerIdFromMultihash, peerIdFromString } from '@libp2p/peer-id'
import * as Digest from 'multiformats/hashes/digest'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { MailboxError } from '../errors.ts'
import { parseIdentityKey, type IdentityKey } from './keys.ts'

/** Identity multihash (`00`) of 36 bytes (`24`): the public key protobuf, type Ed25519, 32 bytes of data. */
const inlinePrefix = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20)
const textLengthMax = 128
const inlineBytes = inlinePrefix.length + 32

/** True when these are the 38 multihash bytes of an Ed25519 peer id. */
export function isInlinePeer(multihash: Uint8Array): boolean {
  return multihash.length === inlineBytes && equals(multihash.subarray(0, inlinePrefix.length), inlinePrefix)
}

/**
 * Multihash bytes → text.
 * @throws MailboxError KEY when they are not a peer id
 */
export function peerText(multihash: Uint8Array): string {
  try {
    return peerIdFromMultihash(Digest.decode(multihash)).toString()
  } catch (cause) {
    throw new MailboxError('KEY', 'Not the bytes of a libp2p peer id.', { cause })
  }
}

/**
 * Text → multihash bytes.
 * @throws MailboxError KEY when it is not a peer id
 */
export function peerBytes(text: string): Uint8Array {
  // base58 takes the square of the length; the longest that libp2p writes has half of this
  if (text.length > textLengthMax) throw new MailboxError('KEY', 'Not a libp2p peer id: it is too long.')
  try {
    return peerIdFromString(text).toMultihash().bytes
  } catch (cause) {
    throw new MailboxError('KEY', 'Not a libp2p peer id.', { cause })
  }
}

/** The multihash bytes of the peer id whose key this is. */
export function peerOfKey(key: Uint8Array): Uint8Array {
  return concat([inlinePrefix, key])
}

/**
 * The key inside an Ed25519 peer id, strictly parsed.
 * @throws MailboxError KEY unless the id is Ed25519 with the key inline
 */
export function peerKey(multihash: Uint8Array): IdentityKey {
  if (!isInlinePeer(multihash)) throw new MailboxError('KEY', 'Not an Ed25519 peer id.')
  return parseIdentityKey(multihash.subarray(inlinePrefix.length))
}
