/** Records as relays see them: header, id, legal sizes and expiry (SPEC §3.1 to §3.4, §7.2). Nothing here opens one. */
import { sha256 } from '../crypto/primitives.ts'
import { MailboxError } from '../errors.ts'
import { clockSkewHours, headerBytesMax, ladderBytes, tagBytes, ttlHoursMax as ttlHoursCeiling } from '../limits.ts'
import { EnvelopeHeader, type Record } from '../wire/messages.js'
import { domains } from './domains.ts'

export type { Record } from '../wire/messages.js'

export interface Header {
  version: number
  /** 32 bytes; not yet parsed as an identity key. */
  mailbox: Uint8Array
  suite: number
  /** 8 bytes. */
  keyId: Uint8Array
  /** Unix hours. */
  expiresHour: number
  class: number
}

/** Sizes in bytes of each suite's public key and KEM output (SPEC §3.6). */
export interface SuiteSizes {
  readonly publicKeyBytes: number
  readonly encBytes: number
}
export const suites: ReadonlyMap<number, SuiteSizes> = new Map([
  [1, { publicKeyBytes: 32, encBytes: 32 }],
  [2, { publicKeyBytes: 1_216, encBytes: 1_120 }]
])

/**
 * Reads a header (SPEC §3.2 checks 1 to 4).
 * @throws MailboxError RECORD: too long, not a header, wrong lengths inside; VERSION: version, suite or class unknown
 */
export function decodeHeader(header: Uint8Array): Header {
  // SPEC §3.2 check 1
  if (header.length > headerBytesMax) {
    throw new MailboxError('RECORD', `A header has at most ${headerBytesMax} bytes, not ${header.length}.`)
  }
  const decoded = decode(header)
  // SPEC §3.2 check 2
  if (decoded.version !== 1) throw new MailboxError('VERSION', `Record version ${decoded.version} is not known.`)
  // SPEC §3.2 check 3
  if (decoded.mailbox.length !== 32 || decoded.keyId.length !== 8) {
    throw new MailboxError('RECORD', 'The mailbox or key id of a header has the wrong length.')
  }
  // SPEC §3.2 check 4
  if (!suites.has(decoded.suite)) throw new MailboxError('VERSION', `Suite ${decoded.suite} is not known.`)
  if (decoded.class !== 0) throw new MailboxError('VERSION', `Record class ${decoded.class} is not known.`)
  return decoded
}

function decode(header: Uint8Array): Header {
  try {
    return EnvelopeHeader.decode(header)
  } catch (cause) {
    throw new MailboxError('RECORD', 'The header of a record cannot be read.', { cause })
  }
}

const recordDomain = new TextEncoder().encode(domains.record)
/** Where the input of a record id is put together, over and over: it is used up before anybody else comes. */
const scratch = new Uint8Array(64 * 1024)

/**
 * `SHA-256(domain ‖ LP(header) ‖ LP(enc) ‖ LP(ct))`, LP a u32be length prefix (SPEC §3.3). It covers the contents of
 * the fields and not the outer message, whose encoding anybody can vary.
 */
export function recordId(record: Record): Uint8Array {
  const { header, enc, ct } = record
  const length = recordDomain.length + 12 + header.length + enc.length + ct.length
  const bytes = length <= scratch.length ? scratch.subarray(0, length) : new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  bytes.set(recordDomain)
  let at = recordDomain.length
  for (const part of [header, enc, ct]) {
    view.setUint32(at, part.length)
    bytes.set(part, at + 4)
    at += 4 + part.length
  }
  return sha256(bytes)
}

/**
 * Everything about a record that can be checked without a key (SPEC §7.2): form, version, size, expiry, in that order.
 * @throws MailboxError RECORD, VERSION, SIZE, EXPIRED
 */
export function checkRecord(
  record: Record,
  limits: { nowHour: number; classBytesMax?: number; ttlHoursMax?: number }
): Header {
  const header = decodeHeader(record.header)
  checkSizes(record, header, limits.classBytesMax)
  checkExpiry(header.expiresHour, limits.nowHour, limits.ttlHoursMax ?? ttlHoursCeiling)
  return header
}

/**
 * The lengths of `enc` and `ct` (SPEC §3.4, §3.6).
 * @throws MailboxError RECORD, SIZE
 */
export function checkSizes(record: Record, header: Header, classBytesMax: number = Infinity): void {
  if (record.enc.length !== suites.get(header.suite)?.encBytes) {
    throw new MailboxError('RECORD', `The enc of a record of suite ${header.suite} has the wrong length.`)
  }
  const classBytes = record.ct.length - tagBytes
  if (!ladderBytes.includes(classBytes)) {
    throw new MailboxError('SIZE', `A record of ${record.ct.length} bytes is not one of the legal lengths.`)
  }
  if (classBytes > classBytesMax) {
    throw new MailboxError('SIZE', `Records of at most ${classBytesMax} bytes are taken here, this has ${classBytes}.`)
  }
}

function checkExpiry(expiresHour: number, nowHour: number, ttlHours: number): void {
  // SPEC §3.2: no grace
  if (expiresHour <= nowHour) throw new MailboxError('EXPIRED', 'The record is past its expiry.')
  if (expiresHour > nowHour + ttlHours + clockSkewHours) {
    throw new MailboxError('EXPIRED', `The expiry of the record is more than ${ttlHours} hours ahead.`)
  }
}

/**
 * The smallest ladder size that holds `bytes` (SPEC §3.4).
 * @throws MailboxError SIZE above the top of the ladder
 */
export function ladderFor(bytes: number): number {
  const size = ladderBytes.find(step => bytes <= step)
  if (size === undefined) throw new MailboxError('SIZE', `${bytes} bytes do not fit the largest record.`)
  return size
}
