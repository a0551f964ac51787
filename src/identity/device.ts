/** What an owner tells its relays: the host config, and certificates for devices that act for it (SPEC §4.4, §4.5). */
import { equals } from 'uint8arrays/equals'
import { sha256 } from '../crypto/primitives.ts'
import { MailboxError } from '../errors.ts'
import { clockSkewHours, configBytesMax, devicesMax, deviceValidHoursMax } from '../limits.ts'
import { DeviceCertificate as CertificateMessage, HostConfig as ConfigMessage } from '../wire/messages.js'
import { domains, payloadTypes } from './domains.ts'
import { parseIdentityKey, type Identity, type IdentityKey } from './keys.ts'
import { openDescriptor, sealDescriptor } from './signed.ts'

/** Bits of what a device, or a session, may do. */
export const scopes = { pull: 1, tombstone: 2, config: 4, all: 7 } as const

const serialBytes = 16
const revokedMax = 64

export interface HostConfigFields {
  seq: number
  issuedHour: number
  /** Signed certificates. */
  deviceCerts: readonly Uint8Array[]
  /** Serials of certificates that no longer count, 16 bytes each. */
  revoked: readonly Uint8Array[]
  /** Bytes the owner asks a relay to keep; 0: the relay's own limit. */
  quotaBytes: number
}

export interface HostConfig extends HostConfigFields {
  readonly mailbox: IdentityKey
  /** The signed envelope. */
  readonly bytes: Uint8Array
  /** SHA-256 of the signed payload. */
  readonly digest: Uint8Array
}

export interface DeviceCertificateFields {
  /** Ed25519 key of the device, 32 bytes. */
  device: Uint8Array
  scopes: number
  notBeforeHour: number
  notAfterHour: number
  /** 16 bytes. */
  serial: Uint8Array
}

export interface DeviceCertificate extends DeviceCertificateFields {
  readonly mailbox: IdentityKey
  readonly device: IdentityKey
  /** The signed envelope. */
  readonly bytes: Uint8Array
}

/**
 * Signs a host config.
 * @throws MailboxError DESCRIPTOR, SIZE as `openHostConfig` would
 */
export async function signHostConfig(identity: Identity, fields: HostConfigFields): Promise<HostConfig> {
  const payload = ConfigMessage.encode({
    version: 1,
    ...fields,
    deviceCerts: [...fields.deviceCerts],
    revoked: [...fields.revoked]
  })
  const bytes = await sealDescriptor(identity, domains.config, payloadTypes.config, payload)
  return await openHostConfig(bytes, { mailbox: identity.key })
}

/**
 * Opens a host config (SPEC §4.4).
 * @throws MailboxError SIZE, DESCRIPTOR, VERSION
 */
export async function openHostConfig(bytes: Uint8Array, o: { mailbox?: Uint8Array } = {}): Promise<HostConfig> {
  // SPEC §4.4 check 1
  if (bytes.length > configBytesMax)
    throw new MailboxError('SIZE', 'The host config is too large.', { limit: 'configBytesMax' })
  const { key, payload } = await openDescriptor(bytes, domains.config, payloadTypes.config, o.mailbox)
  const message = decodeWith(() => ConfigMessage.decode(payload), 'host config')
  if (message.version !== 1) throw new MailboxError('VERSION', `Host config version ${message.version} is not known.`)
  // SPEC §4.4 check 4
  checkConfig(message)
  const { seq, issuedHour, deviceCerts, revoked, quotaBytes } = message
  const digest = sha256(payload)
  return { mailbox: key, seq, issuedHour, deviceCerts, revoked, quotaBytes, bytes, digest }
}

function checkConfig(message: ConfigMessage): void {
  require(Number.isSafeInteger(message.seq) && message.seq > 0, 'The seq of a host config is not a positive integer.')
  require(Number.isSafeInteger(message.quotaBytes), 'The quota of a host config is not an integer.')
  require(message.deviceCerts.length <= devicesMax, 'Too many device certificates in a host config.')
  require(message.revoked.length <= revokedMax &&
    message.revoked.every(
      serial => serial.length === serialBytes
    ), 'The revoked serials of a host config are too many or not 16 bytes each.')
}

/**
 * Certifies a device.
 * @throws MailboxError DESCRIPTOR as `openDeviceCertificate` would
 */
export async function signDeviceCertificate(
  identity: Identity,
  fields: DeviceCertificateFields
): Promise<DeviceCertificate> {
  const payload = CertificateMessage.encode({ version: 1, ...fields })
  const bytes = await sealDescriptor(identity, domains.device, payloadTypes.device, payload)
  return await openDeviceCertificate(bytes, { mailbox: identity.key })
}

/**
 * Opens a device certificate; whether it is in force now is asked with `checkDevice` (SPEC §4.5 checks 1 to 4).
 * @throws MailboxError DESCRIPTOR, VERSION
 */
export async function openDeviceCertificate(
  bytes: Uint8Array,
  o: { mailbox?: Uint8Array } = {}
): Promise<DeviceCertificate> {
  const { key, payload } = await openDescriptor(bytes, domains.device, payloadTypes.device, o.mailbox)
  const message = decodeWith(() => CertificateMessage.decode(payload), 'device certificate')
  if (message.version !== 1) throw new MailboxError('VERSION', `Certificate version ${message.version} is not known.`)
  // SPEC §4.5 checks 3 and 4
  const { scopes: granted, notBeforeHour, notAfterHour, serial } = message
  require(granted > 0 && (granted & ~scopes.all) === 0, 'The scopes of a device certificate are not known.')
  require(notBeforeHour < notAfterHour &&
    notAfterHour - notBeforeHour <= deviceValidHoursMax, 'The validity of a device certificate is empty or too long.')
  require(serial.length === serialBytes, 'The serial of a device certificate has not 16 bytes.')
  return {
    mailbox: key,
    device: deviceKey(message.device),
    scopes: granted,
    notBeforeHour,
    notAfterHour,
    serial,
    bytes
  }
}

/**
 * The device that a certificate entitles (SPEC §4.5): in force now, all of `scopes` granted, not revoked.
 * @throws MailboxError AUTH
 */
export async function checkDevice(
  bytes: Uint8Array,
  o: { mailbox: Uint8Array; nowHour: number; scopes: number; revoked?: readonly Uint8Array[] | undefined }
): Promise<IdentityKey> {
  // SPEC §4.5 checks 1 to 4
  const certificate = await openOrRefuse(bytes, o.mailbox)
  // SPEC §4.5 check 5
  if (o.nowHour + clockSkewHours < certificate.notBeforeHour || o.nowHour >= certificate.notAfterHour) {
    throw new MailboxError('AUTH', 'The device certificate is not in force.')
  }
  // SPEC §4.5 check 6
  if ((certificate.scopes & o.scopes) !== o.scopes) {
    throw new MailboxError('AUTH', 'The device certificate does not grant this.')
  }
  // SPEC §4.5 check 7
  if (o.revoked?.some(serial => equals(serial, certificate.serial)) === true) {
    throw new MailboxError('AUTH', 'The device certificate has been revoked.')
  }
  return certificate.device
}

async function openOrRefuse(bytes: Uint8Array, mailbox: Uint8Array): Promise<DeviceCertificate> {
  try {
    return await openDeviceCertificate(bytes, { mailbox })
  } catch (cause) {
    throw new MailboxError('AUTH', 'The device certificate is not valid for this mailbox.', { cause })
  }
}

function deviceKey(bytes: Uint8Array): IdentityKey {
  try {
    return parseIdentityKey(bytes)
  } catch (cause) {
    throw new MailboxError('DESCRIPTOR', 'The device key of a certificate is not usable.', { cause })
  }
}

function decodeWith<T>(decode: () => T, what: string): T {
  try {
    return decode()
  } catch (cause) {
    throw new MailboxError('DESCRIPTOR', `The payload of a ${what} cannot be read.`, { cause })
  }
}

function require(condition: boolean, otherwise: string): void {
  if (!condition) throw new MailboxError('DESCRIPTOR', otherwise)
}
