/**
 * Invites: what the operator of a relay hands out so that somebody can open a mailbox there (SPEC §8.2). Signed by the
 * relay's own key, so that the relay needs to remember only those that were used. Pure: text in, text out.
 */
import { base32 } from 'multiformats/bases/base32'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { msPerHour } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { clockSkewHours, inviteHoursMax } from '../limits.ts'
import { domains, payloadTypes } from './domains.ts'
import { parseIdentityKey, verify, type Identity } from './keys.ts'
import { peerOfKey, peerText } from './peer.ts'
import { signingInput } from './signed.ts'
import { bareTextBytes } from './text.ts'

export interface Invite {
  /** Peer id text of the relay that signed it. */
  readonly relay: string
  /** 16 random bytes: it opens one mailbox, once. */
  readonly id: Uint8Array
  /** Unix hours. */
  readonly expiresHour: number
  /** As it travels. */
  readonly bytes: Uint8Array
}

export const inviteIdBytes = 16
const keyBytes = 32
const hourBytes = 4
const signatureBytes = 64
const inviteBytes = keyBytes + inviteIdBytes + hourBytes + signatureBytes

const prefix = 'relay-invite:1.'
/** Of its text: one paste, one line of a wide terminal. */
export const inviteLength = prefix.length + Math.ceil((inviteBytes * 8) / 5)
const again = "Ask the relay's operator to send it again."

/** Signs an invite with the key of the relay's peer id. @returns its text */
export async function signInvite(relay: Identity, o: { id: Uint8Array; expiresHour: number }): Promise<string> {
  const hour = new Uint8Array(hourBytes)
  new DataView(hour.buffer).setUint32(0, o.expiresHour)
  const said = concat([o.id, hour])
  const signature = await relay.sign(signingInput(domains.relayInvite, payloadTypes.relayInvite, said))
  return prefix + base32.baseEncode(concat([relay.key, said, signature]))
}

/**
 * Reads an invite as somebody pasted it: spaces and line ends make no difference. Its term is not looked at.
 * @throws MailboxError INVITATION: not an invite, of another version, or damaged. The message never repeats the text.
 */
export function readInvite(text: string): Invite {
  // a line of a mail program has 76 characters, so wrapping adds little
  const line = text.length > 2 * inviteLength ? '' : text.replaceAll(/\s/g, '')
  if (!line.startsWith(prefix)) throw otherwise(line)
  const bytes = bareTextBytes(line.slice(prefix.length))
  if (bytes === undefined) throw damaged()
  return openInvite(bytes)
}

/** @throws MailboxError INVITATION: damaged */
export function openInvite(bytes: Uint8Array): Invite {
  const { key, id, expiresHour, said, signature } = partsOf(bytes)
  try {
    const signer = parseIdentityKey(key)
    if (!verify(signer, signingInput(domains.relayInvite, payloadTypes.relayInvite, said), signature)) throw damaged()
    return { relay: peerText(peerOfKey(key)), id, expiresHour, bytes }
  } catch (cause) {
    if (isMailboxError(cause, 'INVITATION') || !isMailboxError(cause)) throw cause
    throw damaged(cause)
  }
}

/**
 * What a relay makes of an invite that comes with a registration, cheap before dear (SPEC §8.2).
 * @param self the relay's peer id, multihash bytes
 * @throws MailboxError POLICY: not an invite of this relay, damaged, or expired
 */
export function checkInvite(bytes: Uint8Array, o: { self: Uint8Array; nowHour: number }): Invite {
  try {
    const { key, expiresHour } = partsOf(bytes)
    if (!equals(peerOfKey(key), o.self)) throw new MailboxError('POLICY', 'The invite is of another relay.')
    if (expiresHour <= o.nowHour || expiresHour > o.nowHour + inviteHoursMax + clockSkewHours)
      throw new MailboxError('POLICY', 'The invite has expired, or is for too long.')
    return openInvite(bytes)
  } catch (cause) {
    if (isMailboxError(cause, 'INVITATION')) throw new MailboxError('POLICY', 'Not an invite of this relay.', { cause })
    throw cause
  }
}

/** For whoever holds it, when its hour has come; undefined while it is good. */
export function endOf({ expiresHour }: Invite, nowMs: number): string | undefined {
  if (expiresHour * msPerHour > nowMs) return undefined
  const ended = new Date(expiresHour * msPerHour).toISOString().slice(0, 16)
  return `its invite expired at ${ended} UTC: ask its operator for a new one`
}

interface Parts {
  readonly key: Uint8Array
  readonly id: Uint8Array
  readonly expiresHour: number
  /** What is signed. */
  readonly said: Uint8Array
  readonly signature: Uint8Array
}

function partsOf(bytes: Uint8Array): Parts {
  if (bytes.length !== inviteBytes) throw damaged()
  const said = bytes.subarray(keyBytes, inviteBytes - signatureBytes)
  return {
    key: bytes.subarray(0, keyBytes),
    id: said.subarray(0, inviteIdBytes),
    expiresHour: new DataView(said.buffer, said.byteOffset).getUint32(inviteIdBytes),
    said,
    signature: bytes.subarray(inviteBytes - signatureBytes)
  }
}

function otherwise(line: string): MailboxError {
  const [, version] = /^relay-invite:(\d{1,9})\./.exec(line) ?? []
  if (version !== undefined)
    return new MailboxError(
      'INVITATION',
      `This invite is for version ${version} of the protocol; this program knows 1.`
    )
  return new MailboxError(
    'INVITATION',
    line.startsWith('mailbox:')
      ? 'This is an invitation of a person, not an invite of a relay: accept it with "mailbox accept".'
      : `This is not an invite of a relay: one begins with ${prefix} and has ${inviteLength} characters. Paste the whole of it.`
  )
}

const damaged = (cause?: unknown): MailboxError =>
  new MailboxError('INVITATION', `This invite is damaged: a part is missing or was changed. ${again}`, { cause })
