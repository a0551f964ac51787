/** The locator: the owner's signed word on which relays hold its mailbox (SPEC §4.2, §4.6). */
import { compare } from 'uint8arrays/compare'
import { sha256 } from '../crypto/primitives.ts'
import { MailboxError } from '../errors.ts'
import {
  locatorBytesMax,
  locatorValidHoursMax,
  relayAddressesMax,
  relaysActiveMax,
  relaysStandbyMax
} from '../limits.ts'
import { Locator as LocatorMessage, type LocatorRelay as RelayMessage } from '../wire/messages.js'
import { domains, payloadTypes } from './domains.ts'
import type { Identity, IdentityKey } from './keys.ts'
import { multiaddrBytes, multiaddrText } from './multiaddr.ts'
import { isInlinePeer, peerBytes, peerText } from './peer.ts'
import { openDescriptor, recallDescriptor, sealDescriptor } from './signed.ts'

export interface LocatorRelay {
  /** libp2p peer id text, Ed25519. */
  id: string
  /** Multiaddr texts, at most `relayAddressesMax`. */
  addresses: readonly string[]
  role: 'active' | 'standby'
}

export interface LocatorFields {
  seq: number
  issuedHour: number
  validUntilHour: number
  relays: readonly LocatorRelay[]
  /** W: this many receipts make a message stored. 0 in a closed locator. */
  writeQuorum: number
  /** A bundle with a lower seq is refused. */
  bundleMinSeq: number
  /** The mailbox takes no more mail; such a locator lists no relays. */
  closed: boolean
}

export interface Locator extends LocatorFields {
  readonly mailbox: IdentityKey
  /** The signed envelope. */
  readonly bytes: Uint8Array
  /** SHA-256 of the signed payload: the envelope around it can be written in more than one way. */
  readonly digest: Uint8Array
}

const roles = { active: 1, standby: 2 } as const

/**
 * Signs a locator.
 * @throws MailboxError DESCRIPTOR, SIZE as `openLocator` would; KEY or DESCRIPTOR for a peer id or address that is none
 */
export async function signLocator(identity: Identity, fields: LocatorFields): Promise<Locator> {
  const payload = LocatorMessage.encode({ version: 1, ...fields, relays: fields.relays.map(relayMessage) })
  const bytes = await sealDescriptor(identity, domains.locator, payloadTypes.locator, payload)
  return await openLocator(bytes, { mailbox: identity.key, nowHour: fields.issuedHour })
}

/**
 * Opens a locator (SPEC §4.2 checks 1 to 7).
 * @throws MailboxError SIZE, DESCRIPTOR, VERSION, EXPIRED (past its validity, or valid too far ahead)
 */
export async function openLocator(
  bytes: Uint8Array,
  // without nowHour: what was taken before, and checked then
  o: { mailbox?: Uint8Array | undefined; nowHour?: number | undefined }
): Promise<Locator> {
  // SPEC §4.2 check 1
  if (bytes.length > locatorBytesMax) {
    throw new MailboxError('SIZE', `A locator has at most ${locatorBytesMax} bytes, not ${bytes.length}.`, {
      limit: 'locatorBytesMax'
    })
  }
  // SPEC §4.2 check 2
  const { key, payload } = await openDescriptor(bytes, domains.locator, payloadTypes.locator, o.mailbox)
  // SPEC §4.2 check 3
  const message = decode(payload)
  if (message.version !== 1) throw new MailboxError('VERSION', `Locator version ${message.version} is not known.`)
  // SPEC §4.2 checks 4 to 7
  const relays = message.relays.map(relayFrom)
  const { seq, issuedHour, validUntilHour, writeQuorum, bundleMinSeq, closed } = message
  const fields = { seq, issuedHour, validUntilHour, relays, writeQuorum, bundleMinSeq, closed }
  checkFields(fields)
  if (o.nowHour !== undefined) checkValidity(fields, o.nowHour, 'locator')
  return { mailbox: key, ...fields, bytes, digest: sha256(payload) }
}

/**
 * Reads a locator back from our own store, where only verified ones are: the check costs a quarter of a millisecond.
 * Never for bytes that come from elsewhere. @throws MailboxError DESCRIPTOR
 */
export function recallLocator(bytes: Uint8Array): Pick<Locator, 'relays' | 'closed'> {
  const message = decode(recallDescriptor(bytes))
  return { relays: message.relays.map(relayFrom), closed: message.closed }
}

/** True when `a` replaces `b`: the higher seq, at a tie the larger digest (SPEC §4.6). For bundles and configs too. */
export function supersedes(a: { seq: number; digest: Uint8Array }, b: { seq: number; digest: Uint8Array }): boolean {
  return a.seq === b.seq ? compare(a.digest, b.digest) > 0 : a.seq > b.seq
}

/**
 * The validity of a locator or bundle against the clock (SPEC §4.6).
 * @throws MailboxError EXPIRED
 */
export function checkValidity(fields: { validUntilHour: number }, nowHour: number, what: string): void {
  // SPEC §4.2 check 7, §4.3 check 7
  if (fields.validUntilHour <= nowHour) throw new MailboxError('EXPIRED', `The ${what} is past its validity.`)
  if (fields.validUntilHour > nowHour + locatorValidHoursMax) {
    throw new MailboxError('EXPIRED', `The ${what} claims to be valid for more than ${locatorValidHoursMax} hours.`)
  }
}

function checkFields(fields: LocatorFields): void {
  const active = fields.relays.filter(relay => relay.role === 'active').length
  // SPEC §4.2 check 5
  require(Number.isSafeInteger(fields.seq) && fields.seq > 0, 'The seq of a locator is not a positive integer.')
  require(Number.isSafeInteger(fields.bundleMinSeq), 'The bundle_min_seq of a locator is not an integer.')
  require(fields.issuedHour < fields.validUntilHour, 'A locator ends before it begins.')
  require(new Set(fields.relays.map(relay => relay.id)).size === fields.relays.length, 'A locator names a relay twice.')
  // SPEC §4.2 check 6
  if (fields.closed) {
    require(fields.relays.length === 0 && fields.writeQuorum === 0, 'A closed locator names relays or a quorum.')
    return
  }
  require(active >= 1 && active <= relaysActiveMax, `A locator names 1 to ${relaysActiveMax} active relays.`)
  require(fields.relays.length - active <=
    relaysStandbyMax, `A locator names at most ${relaysStandbyMax} standby relays.`)
  require(fields.writeQuorum >= Math.floor(active / 2) + 1 &&
    fields.writeQuorum <=
      active, 'The write quorum of a locator is not a majority of its active relays, or more than there are.')
}

function relayMessage(relay: LocatorRelay): RelayMessage {
  return { peerId: peerBytes(relay.id), addresses: relay.addresses.map(multiaddrBytes), role: roles[relay.role] }
}

function relayFrom(message: RelayMessage): LocatorRelay {
  // SPEC §4.2 check 4
  require(isInlinePeer(message.peerId), 'A relay of a locator has no Ed25519 peer id.')
  require(message.role === roles.active || message.role === roles.standby, 'A relay of a locator has an unknown role.')
  require(message.addresses.length <=
    relayAddressesMax, `A relay of a locator has more than ${relayAddressesMax} addresses.`)
  return {
    id: peerText(message.peerId),
    addresses: message.addresses.map(multiaddrText),
    role: message.role === roles.active ? 'active' : 'standby'
  }
}

function decode(payload: Uint8Array): LocatorMessage {
  try {
    return LocatorMessage.decode(payload)
  } catch (cause) {
    throw new MailboxError('DESCRIPTOR', 'The payload of a locator cannot be read.', { cause })
  }
}

function require(condition: boolean, otherwise: string): void {
  if (!condition) throw new MailboxError('DESCRIPTOR', otherwise)
}
