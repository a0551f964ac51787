/** The advert: what a relay says of itself, signed by the key of its peer id (SPEC §6.6). Never of a mailbox. */
import { msPerHour } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { advertBytesMax, advertValidMs, clockSkewHours, dialAddressesMax } from '../limits.ts'
import { RelayAdvert } from '../wire/messages.js'
import { domains, payloadTypes } from './domains.ts'
import type { Identity } from './keys.ts'
import { multiaddrBytes, multiaddrText } from './multiaddr.ts'
import { peerOfKey, peerText } from './peer.ts'
import { numberOfPolicy, policyOfNumber, type RegistrationPolicy } from './registration-policy.ts'
import { openDescriptor, peekDescriptor, sealDescriptor } from './signed.ts'

export interface AdvertFields {
  /** Unix milliseconds, whole seconds: of two adverts of a relay the later one counts. */
  issuedMs: number
  /** At most `advertValidMs` after `issuedMs`. */
  validUntilMs: number
  /** Multiaddr texts without the peer id, at most `dialAddressesMax`. */
  addresses: readonly string[]
  /** Name and version, at most 32 characters of ASCII. */
  program: string
  /** 0: no mailbox free; n: at least 2^(n − 1). Coarse, so that nobody counts registrations by it. */
  room: number
  recordsPerMailbox: number
  bytesPerMailbox: number
  classBytesMax: number
  ttlHoursMax: number
  /** Who may open a mailbox: anybody, whom its operator has invited, or whom it has listed. */
  registration: RegistrationPolicy
  /** Zero bits of the stamp that opens one; 0: none is asked for. */
  registrationBits: number
  draining: boolean
}

export interface Advert extends AdvertFields {
  /** Peer id text of the relay, whose key signed it. */
  readonly relay: string
  /** The signed envelope. */
  readonly bytes: Uint8Array
}

const roomMax = 32
const programPattern = /^[ -~]{1,32}$/

/** The coarse form of a number of free mailboxes. */
export const roomOf = (free: number): number => (free < 1 ? 0 : Math.min(roomMax, Math.floor(Math.log2(free)) + 1))

/**
 * Signs an advert with the key of the relay's peer id.
 * @throws MailboxError as `openAdvert` would; DESCRIPTOR for an address that is none
 */
export async function signAdvert(relay: Identity, fields: AdvertFields): Promise<Advert> {
  const addresses = fields.addresses.map(multiaddrBytes)
  const payload = RelayAdvert.encode({
    version: 1,
    ...fields,
    addresses,
    registration: numberOfPolicy(fields.registration)
  })
  const bytes = await sealDescriptor(relay, domains.advert, payloadTypes.advert, payload)
  return await openAdvert(bytes, { nowMs: fields.issuedMs })
}

/**
 * Whose advert it says it is and of when, without the check of the signature: enough to drop one that is old.
 * @throws MailboxError SIZE, DESCRIPTOR
 */
export function peekAdvert(bytes: Uint8Array): { readonly relay: string; readonly issuedMs: number } {
  checkSize(bytes)
  const { raw, payload } = peekDescriptor(bytes)
  return { relay: peerText(peerOfKey(raw)), issuedMs: decode(payload).issuedMs }
}

/**
 * Opens an advert (SPEC §6.6 checks 1 to 5).
 * @throws MailboxError SIZE, DESCRIPTOR, VERSION, EXPIRED (past its validity, or from the future)
 */
export async function openAdvert(bytes: Uint8Array, o: { nowMs: number }): Promise<Advert> {
  // SPEC §6.6 check 1
  checkSize(bytes)
  // SPEC §6.6 check 2
  const { key, payload } = await openDescriptor(bytes, domains.advert, payloadTypes.advert)
  // SPEC §6.6 check 3
  const message = decode(payload)
  if (message.version !== 1) throw new MailboxError('VERSION', `Advert version ${message.version} is not known.`)
  const policy = policyOfNumber(message.registration)
  if (policy === undefined)
    throw new MailboxError('VERSION', `Registration policy ${message.registration} is not known.`)
  // SPEC §6.6 check 4
  checkFields(message)
  // SPEC §6.6 check 5
  if (message.validUntilMs <= o.nowMs) throw new MailboxError('EXPIRED', 'The advert is past its validity.')
  if (message.issuedMs > o.nowMs + clockSkewHours * msPerHour)
    throw new MailboxError('EXPIRED', 'The advert is from the future.')
  return { ...fieldsOf(message, policy), relay: peerText(peerOfKey(key)), bytes }
}

function fieldsOf(message: RelayAdvert, registration: RegistrationPolicy): AdvertFields {
  const { issuedMs, validUntilMs, program, room, recordsPerMailbox, bytesPerMailbox, draining } = message
  const { classBytesMax, ttlHoursMax } = message
  const addresses = message.addresses.map(multiaddrText)
  const limits = { room, recordsPerMailbox, bytesPerMailbox, classBytesMax, ttlHoursMax }
  const { registrationBits } = message
  return { issuedMs, validUntilMs, addresses, program, ...limits, registration, registrationBits, draining }
}

function checkSize(bytes: Uint8Array): void {
  if (bytes.length > advertBytesMax) {
    throw new MailboxError('SIZE', `An advert has at most ${advertBytesMax} bytes, not ${bytes.length}.`, {
      limit: 'advertBytesMax'
    })
  }
}

function checkFields(message: RelayAdvert): void {
  const { issuedMs, validUntilMs, addresses, program, room, bytesPerMailbox } = message
  require(Number.isSafeInteger(issuedMs) && issuedMs > 0 && issuedMs % 1_000 === 0, 'An advert is not of a second.')
  require(validUntilMs > issuedMs && validUntilMs <= issuedMs + advertValidMs, 'An advert is valid for too long.')
  require(addresses.length <= dialAddressesMax, `An advert has more than ${dialAddressesMax} addresses.`)
  require(programPattern.test(program), 'An advert names no program.')
  require(room <= roomMax && Number.isSafeInteger(bytesPerMailbox), 'An advert has numbers that are not possible.')
}

function decode(payload: Uint8Array): RelayAdvert {
  try {
    return RelayAdvert.decode(payload)
  } catch (cause) {
    throw new MailboxError('DESCRIPTOR', 'The payload of an advert cannot be read.', { cause })
  }
}

function require(condition: boolean, otherwise: string): void {
  if (!condition) throw new MailboxError('DESCRIPTOR', otherwise)
}
