/**
 * Keys and fixed-layout values of a relay's store (SPEC §9.1). One byte names the kind; every number is big-endian so
 * that byte order is numeric order. All kinds sort below '/', where libp2p's own data begins in the same database.
 */
export const kinds = {
  meta: 0x01,
  /** ‖ mailbox ‖ seq → u32 expires_hour ‖ StoredRecord */
  record: 0x02,
  /** ‖ mailbox ‖ record id → Entry */
  entry: 0x03,
  /** ‖ u32 hour ‖ mailbox → nothing: the mailbox has something that may go after that hour */
  due: 0x04,
  /** ‖ mailbox → Counters */
  counters: 0x05,
  /** ‖ mailbox → u32 lease until hour ‖ u64 registered ms */
  lease: 0x06,
  /** ‖ mailbox → signed bytes */
  locator: 0x07,
  bundle: 0x08,
  config: 0x09,
  /** ‖ mailbox ‖ device → u64 seq */
  mark: 0x0a,
  /** ‖ mailbox ‖ digest → u32 forget after hour ‖ signed tombstone */
  tombstone: 0x0b,
  /** ‖ mailbox → u32 valid until hour ‖ signed locator of the locator neighbourhood */
  shelf: 0x0c,
  /** ‖ mailbox → LeftMailbox */
  left: 0x0d,
  /** ‖ the key of a row that was not sound → its value as it was */
  quarantine: 0x0e,
  /** ‖ u32 hour ‖ id of an invite → nothing: it has opened a mailbox, and expires at that hour */
  invite: 0x0f
} as const

const mailboxBytes = 32

function key(kind: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 1
  for (const part of parts) length += part.byteLength
  const bytes = new Uint8Array(length)
  bytes[0] = kind
  let at = 1
  for (const part of parts) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes
}

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  setU32(bytes, 0, value)
  return bytes
}

const twoTo32 = 0x1_0000_0000

/** Of a whole number below 2^53. */
export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  setU64(bytes, 0, value)
  return bytes
}

export function setU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

export function setU64(bytes: Uint8Array, at: number, value: number): void {
  setU32(bytes, at, Math.floor(value / twoTo32))
  setU32(bytes, at + 4, value % twoTo32)
}

/** @throws RangeError when fewer than four bytes are left */
export function readU32(bytes: Uint8Array, at = 0): number {
  if (at + 4 > bytes.byteLength) throw new RangeError('a stored value is too short')
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
}

export function readU64(bytes: Uint8Array, at = 0): number {
  return readU32(bytes, at) * twoTo32 + readU32(bytes, at + 4)
}

const text = (name: string): Uint8Array => new TextEncoder().encode(name)

export const metaKey = (name: string): Uint8Array => key(kinds.meta, text(name))
export const recordKey = (mailbox: Uint8Array, seq: number): Uint8Array => key(kinds.record, mailbox, u64(seq))
export const entryKey = (mailbox: Uint8Array, id: Uint8Array): Uint8Array => key(kinds.entry, mailbox, id)
export const dueKey = (hour: number, mailbox: Uint8Array): Uint8Array => key(kinds.due, u32(hour), mailbox)
export const markKey = (mailbox: Uint8Array, device: Uint8Array): Uint8Array => key(kinds.mark, mailbox, device)
export const tombstoneKey = (mailbox: Uint8Array, digest: Uint8Array): Uint8Array =>
  key(kinds.tombstone, mailbox, digest)
export const inviteKey = (expiresHour: number, id: Uint8Array): Uint8Array => key(kinds.invite, u32(expiresHour), id)
export const inviteKeyBytes = 1 + 4 + 16
export const quarantineKey = (of: Uint8Array): Uint8Array => key(kinds.quarantine, of)
export type MailboxKind = 'counters' | 'lease' | 'locator' | 'bundle' | 'config' | 'shelf' | 'left'
export const mailboxKey = (kind: MailboxKind, mailbox: Uint8Array): Uint8Array => key(kinds[kind], mailbox)

export const seqOfRecordKey = (bytes: Uint8Array): number => readU64(bytes, 1 + mailboxBytes)

export function partsOfDueKey(bytes: Uint8Array): { hour: number; mailbox: Uint8Array } {
  return { hour: readU32(bytes, 1), mailbox: bytes.slice(1 + 4) }
}

/** The mailbox that follows the kind. */
export const mailboxOfKey = (bytes: Uint8Array): Uint8Array => bytes.slice(1, 1 + mailboxBytes)

/** True for a key that ends before a mailbox does: a row of a mailbox never has it. */
export const isCutShort = (bytes: Uint8Array): boolean => bytes.byteLength < 1 + mailboxBytes

/** The mailbox that a row of any kind belongs to; undefined for those that belong to none. */
export function mailboxIn(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] === kinds.due) return bytes.byteLength === 37 ? partsOfDueKey(bytes).mailbox : undefined
  const kind = bytes[0]
  if (kind === kinds.meta || kind === kinds.quarantine || kind === kinds.invite || bytes.byteLength < 33)
    return undefined
  return mailboxOfKey(bytes)
}

/** The id or digest that ends an entry or tombstone key. */
export const idOf = (bytes: Uint8Array): Uint8Array => bytes.slice(1 + mailboxBytes)

/** Half-open range of every key that starts with `kind ‖ prefix`. */
export function rangeOf(kind: number, prefix: Uint8Array = new Uint8Array(0)): { gte: Uint8Array; lt: Uint8Array } {
  const gte = key(kind, prefix)
  const lt = gte.slice()
  for (let i = lt.byteLength - 1; i >= 0; i--) {
    const byte = lt[i] ?? 0
    if (byte < 0xff) {
      lt[i] = byte + 1
      return { gte, lt: lt.slice(0, i + 1) }
    }
  }
  throw new RangeError('the last possible prefix has no upper bound')
}

/** What a relay remembers of a record id until it may forget it: the answer to a repeated deposit (G6). */
export interface Entry {
  readonly live: boolean
  /** 0 when the relay never held the record. */
  readonly seq: number
  readonly receivedMs: number
  readonly expiresHour: number
  /** Of the stored value. */
  readonly bytes: number
  /** 8 bytes: the gate that it came in through, zeros for the strangers lane and for what is not live. */
  readonly lane: Uint8Array
}

export const entryBytes = 33

export function encodeEntry(entry: Entry): Uint8Array {
  const bytes = new Uint8Array(entryBytes)
  bytes[0] = entry.live ? 1 : 0
  setU64(bytes, 1, entry.seq)
  setU64(bytes, 9, entry.receivedMs)
  setU32(bytes, 17, entry.expiresHour)
  setU32(bytes, 21, entry.bytes)
  bytes.set(entry.lane, 25)
  return bytes
}

export function decodeEntry(bytes: Uint8Array): Entry {
  return {
    live: bytes[0] === 1,
    seq: readU64(bytes, 1),
    receivedMs: readU64(bytes, 9),
    expiresHour: readU32(bytes, 17),
    bytes: readU32(bytes, 21),
    lane: bytes.slice(25, 33)
  }
}

/** Bytes as a name for maps: one character for each byte. */
export function nameOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
