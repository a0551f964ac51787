/**
 * Invitations: a `mailbox:` URI with all that first contact needs, signed by the inviter, so that nobody else can put a
 * name, relays or a term beside its address (SPEC §4.8). Pure: text in, text out.
 */
import { base32 } from 'multiformats/bases/base32'
import { msPerHour } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { clockSkewHours, invitationCharsMax, invitationHoursMax, invitationRelaysMax } from '../limits.ts'
import { Invitation as InvitationMessage, type InvitationRelay } from '../wire/messages.js'
import { domains, payloadTypes } from './domains.ts'
import { gateSeedBytes, tokenBytes } from './inner.ts'
import type { Identity, IdentityKey } from './keys.ts'
import type { LocatorRelay } from './locator.ts'
import { checkedName } from './name.ts'
import { multiaddrBytes, multiaddrText } from './multiaddr.ts'
import { isInlinePeer, peerBytes, peerText } from './peer.ts'
import { openDescriptor, sealDescriptor } from './signed.ts'
import { addressLength, bareTextBytes, publicText } from './text.ts'

/** Peer id text, Ed25519, and multiaddr texts. */
export type InvitingRelay = Pick<LocatorRelay, 'id' | 'addresses'>

export interface InvitationFields {
  /** 16 random bytes, known to whoever has seen the invitation. */
  readonly token: Uint8Array
  /** Unix hours. */
  readonly expiresHour: number
  /** What the inviter calls itself. */
  readonly name?: string
  /** Relays to ask where the inviter's mailbox is; the first address of each counts. */
  readonly relays: readonly InvitingRelay[]
  /** Seed of a gate of the inviter's, 32 bytes: whoever has seen the invitation may deposit through it (SPEC §4.9). */
  readonly gate?: Uint8Array
}

export interface Invitation extends InvitationFields {
  readonly inviter: IdentityKey
  readonly address: string
}

const prefix = 'mailbox:1.'
const again = 'Ask whoever invited you to send it again.'

/**
 * Signs and writes an invitation. Relays that do not fit (over `invitationRelaysMax`, without an address, or past
 * `invitationCharsMax`) are left out, the last ones first, and named.
 * @throws MailboxError CONTACT for a name that cannot be one, DESCRIPTOR or KEY for a relay that is none
 */
export async function signInvitation(
  identity: Identity,
  fields: InvitationFields
): Promise<{ uri: string; leftOut: InvitingRelay[] }> {
  const named = { ...fields, ...(fields.name === undefined ? {} : { name: checkedName(fields.name) }) }
  const usable = fields.relays.filter(relay => relay.addresses.length > 0).slice(0, invitationRelaysMax)
  for (let count = usable.length; ; count--) {
    const relays = usable.slice(0, count)
    const uri = await write(identity, { ...named, relays })
    // without relays it always fits: key, signature, token and the longest name are 510 characters
    if (uri.length <= invitationCharsMax || count === 0)
      return { uri, leftOut: fields.relays.filter(relay => !relays.includes(relay)) }
  }
}

async function write(identity: Identity, fields: InvitationFields): Promise<string> {
  const { token, expiresHour, name, gate } = fields
  const relays = fields.relays.map(({ id, addresses: [address = ''] }) => ({
    peerId: peerBytes(id),
    address: multiaddrBytes(address)
  }))
  const payload = InvitationMessage.encode({
    version: 1,
    token,
    expiresHour,
    relays,
    ...(name === undefined ? {} : { name }),
    ...(gate === undefined ? {} : { gate })
  })
  const signed = await sealDescriptor(identity, domains.invitation, payloadTypes.invitation, payload)
  return prefix + base32.baseEncode(signed)
}

/**
 * Reads an invitation as somebody pasted it: spaces and line ends make no difference, and neither does upper case
 * throughout, which makes smaller QR codes (SPEC §4.8 checks 1 to 6).
 * @throws MailboxError INVITATION: not an invitation, for another version, damaged, or expired. The message never
 *   repeats the text.
 */
export async function openInvitation(text: string, o: { nowMs: number }): Promise<Invitation> {
  const signed = bytesOf(text)
  const { key, payload } = await refusing(async () => {
    return await openDescriptor(signed, domains.invitation, payloadTypes.invitation)
  })
  const message = decode(payload)
  // SPEC §4.8 check 4
  if (message.version !== 1) throw otherVersion(message.version)
  const { token, expiresHour, gate } = message
  // SPEC §4.8 check 5
  if (token.length !== tokenBytes || (gate !== undefined && gate.length !== gateSeedBytes)) throw damaged()
  const name = message.name === undefined ? {} : { name: nameFrom(message.name) }
  const relays = message.relays.map(relayFrom)
  // SPEC §4.8 check 6
  checkTerm(expiresHour, o.nowMs)
  return {
    inviter: key,
    address: publicText(key),
    token,
    expiresHour,
    ...name,
    relays,
    ...(gate === undefined ? {} : { gate })
  }
}

/** SPEC §4.8 checks 1 and 2. */
function bytesOf(text: string): Uint8Array {
  // a line of a mail program has 76 characters, so wrapping adds little
  if (text.length > 2 * invitationCharsMax) throw notAnInvitation(text.slice(0, addressLength + 1))
  const line = text.replaceAll(/\s/g, '')
  const lower = line === line.toUpperCase() ? line.toLowerCase() : line
  if (!lower.startsWith(prefix)) {
    const [, version] = /^mailbox:(\d{1,9})\./.exec(lower) ?? []
    throw version === undefined ? notAnInvitation(line) : otherVersion(Number(version))
  }
  const bytes = lower.length > invitationCharsMax ? undefined : bareTextBytes(lower.slice(prefix.length))
  if (bytes === undefined) throw damaged()
  return bytes
}

function checkTerm(expiresHour: number, nowMs: number): void {
  if (expiresHour * msPerHour <= nowMs) {
    const ended = new Date(expiresHour * msPerHour).toISOString().slice(0, 16)
    throw new MailboxError('INVITATION', `This invitation expired at ${ended} UTC. Ask for a new one.`)
  }
  if (expiresHour * msPerHour > nowMs + (invitationHoursMax + clockSkewHours) * msPerHour)
    throw new MailboxError(
      'INVITATION',
      `This invitation claims to be good for more than ${invitationHoursMax} hours, which none is: ask for a new one, and check this machine's clock.`
    )
}

function relayFrom({ peerId, address }: InvitationRelay): InvitingRelay {
  if (!isInlinePeer(peerId)) throw damaged()
  try {
    return { id: peerText(peerId), addresses: [multiaddrText(address)] }
  } catch (cause) {
    throw damaged(cause)
  }
}

function decode(payload: Uint8Array): InvitationMessage {
  try {
    return InvitationMessage.decode(payload)
  } catch (cause) {
    throw damaged(cause)
  }
}

function nameFrom(text: string): string {
  try {
    return checkedName(text)
  } catch (cause) {
    throw new MailboxError('INVITATION', 'This invitation carries a name that no inviter can have: do not use it.', {
      cause
    })
  }
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (isMailboxError(cause)) throw damaged(cause)
    throw cause
  }
}

function notAnInvitation(line: string): MailboxError {
  const address = line.length === addressLength && line.startsWith('bbaarei')
  return new MailboxError(
    'INVITATION',
    address
      ? 'This is an address, not an invitation: send to it, or add it to the contacts.'
      : `This is not an invitation: one begins with ${prefix} and has at most ${invitationCharsMax} characters. Paste the whole of it.`
  )
}

const otherVersion = (version: number): MailboxError =>
  new MailboxError('INVITATION', `This invitation is for version ${version} of the protocol; this program knows 1.`)

const damaged = (cause?: unknown): MailboxError =>
  new MailboxError('INVITATION', `This invitation is damaged: a part is missing or was changed. ${again}`, { cause })
