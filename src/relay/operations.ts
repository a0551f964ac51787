/**
 * Every write to a relay's store, as pure functions of the entries they read (SPEC §9). The writer groups them.
 */
import { MailboxError } from '../errors.ts'
import { clockSkewHours, diskRetryMs, tombstonesPerMailboxMax } from '../limits.ts'
import { countIn, countOut, decodeCounters, encodeCounters, strangersLane } from './counters.ts'
import {
  decodeEntry,
  dueKey,
  encodeEntry,
  entryKey,
  mailboxKey,
  markKey,
  readU32,
  readU64,
  recordKey,
  tombstoneKey,
  u32,
  u64,
  type Entry,
  type MailboxKind
} from './keys.ts'
import { checkRoom, laneId, quota, type Lane } from './lanes.ts'
import type { Operation, Totals } from './writer.ts'

const nothing = new Uint8Array(0)

export interface DepositInput {
  readonly mailbox: Uint8Array
  readonly id: Uint8Array
  readonly expiresHour: number
  /** Encoded StoredRecord; its received_ms is `receivedMs`. */
  readonly stored: Uint8Array
  readonly receivedMs: number
  /** The lane it comes in through, and what may be held there. */
  readonly lane: Lane
  /** Nothing new is kept; what is known is answered as ever (G6). */
  readonly diskFull?: boolean
}

/** What a deposit's receipt says; the same for a new, a repeated and an acked record (G6). */
export interface Kept {
  readonly receivedMs: number
  readonly keepUntilHour: number
  /** False when the record was known before. Never told to the depositor. */
  readonly fresh: boolean
  /** Of the stored value, when it is fresh. */
  readonly bytes: number
}

/** @throws MailboxError from the operation: QUOTA when its lane is full, POW when that asks for more bits than its stamp has */
export function deposit(input: DepositInput): Operation<Kept> {
  const entry = entryKey(input.mailbox, input.id)
  const counters = mailboxKey('counters', input.mailbox)
  return {
    reads: [entry, counters],
    bytes: input.stored.byteLength,
    changes: input.mailbox,
    counts: ({ fresh, bytes }) => ({ records: fresh ? 1 : 0, bytes }),
    apply: tx => {
      const known = tx.get(entry)
      if (known !== undefined) {
        // written as it was: an answer that did not wait for the disk would say that the record is known (G6)
        if (input.diskFull !== true) tx.put(entry, known)
        return { receivedMs: decodeEntry(known).receivedMs, keepUntilHour: input.expiresHour, fresh: false, bytes: 0 }
      }
      if (input.diskFull === true) throw diskFull()
      const count = decodeCounters(tx.get(counters))
      const bytes = 4 + input.stored.byteLength
      checkRoom(input.lane, count, bytes)
      const lane = laneId(input.lane)
      const seq = tx.nextSeq()
      tx.put(recordKey(input.mailbox, seq), joined(u32(input.expiresHour), input.stored))
      tx.put(
        entry,
        encodeEntry({ live: true, seq, receivedMs: input.receivedMs, expiresHour: input.expiresHour, bytes, lane })
      )
      tx.put(dueKey(input.expiresHour, input.mailbox), nothing)
      countIn(count, lane, bytes)
      tx.put(counters, encodeCounters(count))
      return { receivedMs: input.receivedMs, keepUntilHour: input.expiresHour, fresh: true, bytes }
    }
  }
}

/** What a relay says to whatever is new while its disk is nearly full (SPEC §9.10). */
export function diskFull(): MailboxError {
  return new MailboxError('QUOTA', "The relay's disk is nearly full.", {
    limit: 'diskFreeBytesMin',
    retryAfterMs: diskRetryMs
  })
}

export interface TombstoneInput {
  readonly mailbox: Uint8Array
  readonly ids: readonly Uint8Array[]
  readonly dropAfterHour: number
  readonly nowMs: number
  /** The signed tombstone, kept for co-replicas, under its digest. */
  readonly signed: Uint8Array
  readonly digest: Uint8Array
}

/**
 * Removes the records and remembers their ids until the last clock has passed their expiry (SPEC §8.7, §9.3; G5). A
 * tombstone takes a place of its own besides those of its ids: one that names nothing new costs its place too.
 */
export function tombstone(input: TombstoneInput): Operation<Totals> {
  const counters = mailboxKey('counters', input.mailbox)
  const own = tombstoneKey(input.mailbox, input.digest)
  const entries = input.ids.map(id => entryKey(input.mailbox, id))
  return {
    reads: [counters, own, ...entries],
    bytes: input.signed.byteLength + input.ids.length * 128,
    changes: input.mailbox,
    counts: lessBy,
    apply: tx => {
      const count = decodeCounters(tx.get(counters))
      const removed = { records: 0, bytes: 0 }
      const places = tx.get(own) === undefined ? 1 : 0
      // an id that was never held here costs its place for a month; what is held may always be removed
      const unknown = entries.filter(key => tx.get(key) === undefined).length
      const isLive = (key: Uint8Array): boolean => {
        const bytes = tx.get(key)
        return bytes !== undefined && decodeEntry(bytes).live
      }
      const isFull = count.tombstones + unknown + places > tombstonesPerMailboxMax
      if (isFull && (unknown > 0 || !entries.some(isLive))) throw quota('tombstonesPerMailboxMax')
      const dueHours = new Set<number>()
      let forgetHour = input.dropAfterHour + 2 * clockSkewHours
      for (const key of entries) {
        // as it is now: an id may be named twice
        const bytes = tx.get(key)
        const known = bytes === undefined ? undefined : decodeEntry(bytes)
        if (known !== undefined && !known.live) continue
        if (known !== undefined) {
          removed.records++
          removed.bytes += known.bytes
          countOut(count, known.lane, known.bytes)
          tx.del(recordKey(input.mailbox, known.seq))
        }
        // never forgotten before the record itself could no longer be accepted anywhere
        const forget = Math.max(input.dropAfterHour, known?.expiresHour ?? 0) + 2 * clockSkewHours
        forgetHour = Math.max(forgetHour, forget)
        dueHours.add(forget)
        const receivedMs = known?.receivedMs ?? input.nowMs
        tx.put(key, encodeEntry({ ...buried, receivedMs, expiresHour: forget }))
        count.tombstones++
      }
      if (places > 0) tx.put(own, joined(u32(forgetHour), input.signed))
      if (places > 0) dueHours.add(forgetHour)
      for (const hour of dueHours) tx.put(dueKey(hour, input.mailbox), nothing)
      count.tombstones += places
      tx.put(counters, encodeCounters(count))
      return removed
    }
  }
}

/** What an entry says of a record that is held no more. */
export const buried = { live: false, seq: 0, bytes: 0, lane: strangersLane } as const

const lessBy = (removed: Totals): Totals => ({ records: -removed.records, bytes: -removed.bytes })

/** What of one mailbox has fallen due at `hour`, as a scan found it. */
export interface Fallen {
  readonly mailbox: Uint8Array
  readonly hour: number
  /** Record ids of expired records, and of ids that need no longer be remembered. */
  readonly ids: readonly Uint8Array[]
  /** Digests of tombstones. */
  readonly tombstones: readonly Uint8Array[]
  /** False when there was more than one slice holds. */
  readonly all: boolean
}

/** Removes what has fallen due, and says how much; each is looked at again, for a scan may be overtaken (SPEC §9.3). */
export function expire(fallen: Fallen): Operation<Totals> {
  const { mailbox, hour } = fallen
  const removal = removalOf(fallen, entry => entry.expiresHour <= hour)
  const shelf = mailboxKey('shelf', mailbox)
  return {
    ...removal,
    reads: [...removal.reads, shelf],
    apply: tx => {
      const removed = removal.apply(tx)
      const shelved = tx.get(shelf)
      if (shelved !== undefined && readU32(shelved) <= hour) tx.del(shelf)
      if (fallen.all) tx.del(dueKey(hour, mailbox))
      return removed
    }
  }
}

/** Some of what a mailbox that has left the relay has here. */
export interface Dropped {
  readonly mailbox: Uint8Array
  /** Record ids, of records and of those that are remembered. */
  readonly ids: readonly Uint8Array[]
  readonly tombstones: readonly Uint8Array[]
}

/** Removes it, whenever it would expire (SPEC §9.9). What is due stays due and is found to be gone. */
export function drop(dropped: Dropped): Operation<Totals> {
  return removalOf(dropped, () => true)
}

function removalOf({ mailbox, ids, tombstones }: Dropped, mayGo: (entry: Entry) => boolean): Operation<Totals> {
  const entries = ids.map(id => entryKey(mailbox, id))
  const signed = tombstones.map(digest => tombstoneKey(mailbox, digest))
  const counters = mailboxKey('counters', mailbox)
  return {
    reads: [...entries, ...signed, counters],
    bytes: (ids.length + tombstones.length) * 128,
    changes: mailbox,
    counts: lessBy,
    apply: tx => {
      const count = decodeCounters(tx.get(counters))
      const removed = { records: 0, bytes: 0 }
      for (const key of entries) {
        const bytes = tx.get(key)
        const entry = bytes === undefined ? undefined : decodeEntry(bytes)
        if (entry === undefined || !mayGo(entry)) continue
        tx.del(key)
        if (entry.live) {
          tx.del(recordKey(mailbox, entry.seq))
          removed.records++
          removed.bytes += entry.bytes
          countOut(count, entry.lane, entry.bytes)
        } else {
          count.tombstones--
        }
      }
      for (const key of signed) {
        if (tx.get(key) === undefined) continue
        tx.del(key)
        count.tombstones--
      }
      if (entries.length + signed.length > 0) tx.put(counters, encodeCounters(count))
      return removed
    }
  }
}

export interface LeaseEntry {
  readonly untilHour: number
  readonly registeredMs: number
}

export function encodeLease(lease: LeaseEntry): Uint8Array {
  return joined(u32(lease.untilHour), u64(lease.registeredMs))
}

export function decodeLease(bytes: Uint8Array): LeaseEntry {
  return { untilHour: readU32(bytes), registeredMs: readU64(bytes, 4) }
}

/**
 * Stores what an owner signed, and what is known of the mailbox besides; the caller has checked that nothing newer is
 * replaced, and holds the mailbox's turn. An undefined value removes what is stored.
 */
export function keep(
  mailbox: Uint8Array,
  values: Partial<Record<MailboxKind, Uint8Array | undefined>>
): Operation<void> {
  const entries = Object.entries(values) as Array<[MailboxKind, Uint8Array | undefined]>
  return {
    reads: [],
    bytes: entries.reduce((sum, [, value]) => sum + (value?.byteLength ?? 0), 0),
    changes: mailbox,
    apply: tx => {
      for (const [kind, value] of entries) {
        if (value === undefined) tx.del(mailboxKey(kind, mailbox))
        else tx.put(mailboxKey(kind, mailbox), value)
      }
    }
  }
}

/** Puts a locator of the neighbourhood on the shelf until its validity ends (SPEC §6.3). */
export function shelve(mailbox: Uint8Array, locator: { bytes: Uint8Array; validUntilHour: number }): Operation<void> {
  return {
    reads: [],
    bytes: locator.bytes.byteLength,
    apply: tx => {
      tx.put(mailboxKey('shelf', mailbox), joined(u32(locator.validUntilHour), locator.bytes))
      tx.put(dueKey(locator.validUntilHour, mailbox), nothing)
    }
  }
}

/** Moves a device's mark forward, never back (SPEC §8.6). */
export function mark(mailbox: Uint8Array, device: Uint8Array, seq: number): Operation<void> {
  const key = markKey(mailbox, device)
  return {
    reads: [key],
    bytes: 128,
    apply: tx => {
      const held = tx.get(key)
      if (held === undefined || readU64(held) < seq) tx.put(key, u64(seq))
    }
  }
}

/** Forgets how far these devices have read. */
export function dropMarks(mailbox: Uint8Array, devices: readonly Uint8Array[]): Operation<void> {
  return {
    reads: [],
    bytes: devices.length * 128,
    apply: tx => {
      for (const device of devices) tx.del(markKey(mailbox, device))
    }
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.byteLength + b.byteLength)
  bytes.set(a, 0)
  bytes.set(b, a.byteLength)
  return bytes
}
