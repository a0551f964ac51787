/**
 * Signing input and signed containers: libp2p signed envelopes, RFC 0002 (SPEC §2.3, §4.1). What is signed is the
 * payload's exact bytes; nothing is encoded again to be checked.
 */
import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import { RecordEnvelope } from '@libp2p/peer-record'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { MailboxError } from '../errors.ts'
import { parseIdentityKey, verifyLasting, type Identity, type IdentityKey } from './keys.ts'

export { domains, payloadTypes } from './domains.ts'

/** `LP(domain) ‖ LP(type) ‖ LP(payload)`, LP being an unsigned varint length prefix (SPEC §2.3). */
export function signingInput(domain: string, type: Uint8Array, payload: Uint8Array): Uint8Array {
  const name = new TextEncoder().encode(domain)
  return concat([uvarint(name.length), name, uvarint(type.length), type, uvarint(payload.length), payload])
}

function uvarint(value: number): Uint8Array {
  const bytes: number[] = []
  // at most five rounds: lengths are below 2^32
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80)
  return Uint8Array.from([...bytes, value])
}

/** Signs `payload` and wraps it: the bytes of a signed envelope. */
export async function sealDescriptor(
  identity: Identity,
  domain: string,
  type: Uint8Array,
  payload: Uint8Array
): Promise<Uint8Array> {
  const signature = await identity.sign(signingInput(domain, type, payload))
  const publicKey = publicKeyFromRaw(identity.key)
  return new RecordEnvelope({ publicKey, payloadType: type, payload, signature }).marshal()
}

/**
 * Opens a signed envelope (SPEC §4.1 checks 1 to 5).
 * @throws MailboxError DESCRIPTOR: not an envelope, not Ed25519, another payload type, another key than `expectedKey`,
 *   or a signature that does not verify
 */
export async function openDescriptor(
  bytes: Uint8Array,
  domain: string,
  type: Uint8Array,
  expectedKey?: Uint8Array
): Promise<{ key: IdentityKey; payload: Uint8Array }> {
  // SPEC §4.1 checks 1 to 3
  const envelope = decodeEnvelope(bytes)
  if (envelope.publicKey.type !== 'Ed25519')
    throw new MailboxError('DESCRIPTOR', 'Signed by a key that is not Ed25519.')
  if (!equals(envelope.payloadType, type)) throw new MailboxError('DESCRIPTOR', 'A signed object of another type.')
  // SPEC §4.1 check 4
  const raw = envelope.publicKey.raw
  if (expectedKey !== undefined && !equals(raw, expectedKey)) {
    throw new MailboxError('DESCRIPTOR', 'Signed by another key than the one expected.')
  }
  const payload = toBytes(envelope.payload)
  // SPEC §4.1 check 5
  const key = signerKey(raw)
  if (!verifyLasting(key, signingInput(domain, type, payload), envelope.signature)) {
    throw new MailboxError('DESCRIPTOR', 'The signature does not verify.')
  }
  return { key, payload }
}

/**
 * What an envelope says, without the check of its signature: only to drop it before that costs anything.
 * @throws MailboxError DESCRIPTOR
 */
export function peekDescriptor(bytes: Uint8Array): { raw: Uint8Array; payload: Uint8Array } {
  const envelope = decodeEnvelope(bytes)
  if (envelope.publicKey.type !== 'Ed25519')
    throw new MailboxError('DESCRIPTOR', 'Signed by a key that is not Ed25519.')
  return { raw: envelope.publicKey.raw, payload: toBytes(envelope.payload) }
}

/** The payload of an envelope that was verified before it was stored. @throws MailboxError DESCRIPTOR */
export function recallDescriptor(bytes: Uint8Array): Uint8Array {
  return toBytes(decodeEnvelope(bytes).payload)
}

function decodeEnvelope(bytes: Uint8Array): RecordEnvelope {
  try {
    return RecordEnvelope.createFromProtobuf(bytes)
  } catch (cause) {
    throw new MailboxError('DESCRIPTOR', 'Not a signed envelope.', { cause })
  }
}

function signerKey(raw: Uint8Array): IdentityKey {
  try {
    return parseIdentityKey(raw)
  } catch (cause) {
    throw new MailboxError('DESCRIPTOR', 'Signed by a key that is not usable.', { cause })
  }
}

function toBytes(payload: Uint8Array | { subarray: () => Uint8Array }): Uint8Array {
  return payload instanceof Uint8Array ? payload : payload.subarray()
}
