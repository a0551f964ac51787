/**
 * What is inside the seal: padding, the sender's signature and the message fields (SPEC §3.4, §3.5). Pure bytes; the
 * sealing is in envelope.ts.
 */
import { concat } from 'uint8arrays/concat'
import { sha256 } from '../crypto/primitives.ts'
import { MailboxError } from '../errors.ts'
import { bodyBytesMax, contentTypeBytesMax, ladderBytes, locatorBytesMax, subjectBytesMax } from '../limits.ts'
import { Inner, ToBeSigned } from '../wire/messages.js'
import { domains } from './domains.ts'
import { ladderFor } from './record.ts'
import { signingInput } from './signed.ts'

export type { Inner, ToBeSigned } from '../wire/messages.js'

/** `auth_type`: an Ed25519 signature. */
export const authEd25519 = 1

const lengthBytes = 4
export const uidBytes = 16
/** The token of an invitation (SPEC §4.8). */
export const tokenBytes = 16
/** The seed of a gate (SPEC §4.9). */
export const gateSeedBytes = 32

/** `u32be length ‖ inner ‖ zeros` up to the smallest ladder size (SPEC §3.4). @throws MailboxError SIZE */
export function pad(inner: Uint8Array): Uint8Array {
  const padded = new Uint8Array(ladderFor(lengthBytes + inner.length))
  new DataView(padded.buffer).setUint32(0, inner.length)
  padded.set(inner, lengthBytes)
  return padded
}

/**
 * Undoes `pad` (SPEC §3.8 check 6).
 * @throws MailboxError PADDING: length not on the ladder, inner length too large, a padding byte that is not zero
 */
export function unpad(padded: Uint8Array): Uint8Array {
  if (!ladderBytes.includes(padded.length)) throw new MailboxError('PADDING', 'The plaintext has no ladder length.')
  const view = new DataView(padded.buffer, padded.byteOffset, padded.byteLength)
  const end = lengthBytes + view.getUint32(0)
  if (end > padded.length) throw new MailboxError('PADDING', 'The inner length is more than there is.')
  if (padded.subarray(end).some(byte => byte !== 0)) throw new MailboxError('PADDING', 'The padding is not zero.')
  return padded.subarray(lengthBytes, end)
}

/**
 * What the sender signs (SPEC §3.5): this mailbox, this header, this KEM output and these fields, so that a signed
 * message cannot be sealed again for somebody else.
 */
export function senderAuthInput(o: {
  suite: number
  mailbox: Uint8Array
  sender: Uint8Array
  header: Uint8Array
  enc: Uint8Array
  tbs: Uint8Array
}): Uint8Array {
  const payload = concat([o.mailbox, o.sender, sha256(o.header), sha256(o.enc), sha256(o.tbs)])
  return signingInput(domains.senderAuth, Uint8Array.of(o.suite), payload)
}

/** Encodes the signed fields. @throws MailboxError SIZE: body, content type, subject or locator over its limit */
export function encodeSigned(fields: ToBeSigned): Uint8Array {
  atMost(fields.body.length, bodyBytesMax, 'bodyBytesMax')
  atMost(textBytes(fields.contentType), contentTypeBytesMax, 'contentTypeBytesMax')
  atMost(textBytes(fields.subject ?? ''), subjectBytesMax, 'subjectBytesMax')
  atMost(fields.returnLocator?.length ?? 0, locatorBytesMax, 'locatorBytesMax')
  return ToBeSigned.encode(fields)
}

/** Wraps the signed fields with the sender's key and signature. */
export function encodeInner(sender: Uint8Array, auth: Uint8Array, tbs: Uint8Array): Uint8Array {
  return Inner.encode({ sender, authType: authEd25519, auth, tbs })
}

/**
 * Reads what was inside the padding (SPEC §3.8 check 7).
 * @throws MailboxError PADDING: not an Inner, or a field of the wrong length; VERSION: auth_type unknown
 */
export function decodeInner(bytes: Uint8Array): Inner {
  const inner = decodeWith(() => Inner.decode(bytes))
  if (inner.authType !== authEd25519) throw new MailboxError('VERSION', `auth_type ${inner.authType} is not known.`)
  if (inner.sender.length !== 32 || inner.auth.length !== 64)
    throw new MailboxError('PADDING', 'The inner form is wrong.')
  return inner
}

/**
 * Reads the signed fields, after the signature over these bytes was verified (SPEC §3.8 check 9).
 * @throws MailboxError PADDING: a field is missing, over its limit, or no text
 */
export function decodeSigned(tbs: Uint8Array): ToBeSigned {
  const fields = decodeWith(() => ToBeSigned.decode(tbs))
  const lengths =
    fields.uid.length === uidBytes &&
    (fields.inReplyTo === undefined || fields.inReplyTo.length === 32) &&
    (fields.invitation === undefined || fields.invitation.length === tokenBytes) &&
    (fields.gate === undefined || fields.gate.length === gateSeedBytes) &&
    isText(fields.contentType, contentTypeBytesMax) &&
    isText(fields.subject ?? '', subjectBytesMax) &&
    (fields.returnLocator?.length ?? 0) <= locatorBytesMax &&
    fields.body.length <= bodyBytesMax
  if (!lengths || !Number.isSafeInteger(fields.createdMs)) {
    throw new MailboxError('PADDING', 'A signed field has a wrong length or is out of range.')
  }
  return fields
}

/** The protobuf reader makes lone surrogates of some bytes that are no UTF-8; no store gives those back as they came. */
function isText(text: string, bytesMax: number): boolean {
  return text.isWellFormed() && textBytes(text) <= bytesMax
}

function textBytes(text: string): number {
  return new TextEncoder().encode(text).length
}

function atMost(value: number, max: number, limit: string): void {
  if (value > max) throw new MailboxError('SIZE', `${value} bytes are more than the limit of ${max}.`, { limit })
}

function decodeWith<T>(decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    throw new MailboxError('PADDING', 'The inner form cannot be read.', { cause })
  }
}
