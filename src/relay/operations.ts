/**
 * Every write to a relay's store, as pure functions of the entries they read (SPEC §9). The writer groups them.
 */
import { MailboxError } from '../errors.ts'
import { clockSkewHours } from '../limits.ts'
import {
  decodeCounters, decodeEntry, due, dueKey, encodeCounters, encodeEntry, entryKey, mailboxKey, markKey, partsOfDueKey, recordKey,
  tombstoneKey, u32, u64, readU32, readU64, type Entry, type MailboxKind
} from './keys.ts'
import type { Operation, Transaction } from './writer.ts'

export interface DepositInput {
  readonly mailbox: Uint8Array
  readonly id: Uint8Array
  readonly expiresHour: number
  /** Encoded StoredRecord; its received_ms is `receivedMs`. */
  readonly stored: Uint8Array
  readonly receivedMs: number
  readonly recordsMax: number
  readonly bytesMax: number
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

/** What an operation changed, for the relay's totals. */
export interface Removed {
  readonly records: number
  readonly bytes: number
}

/** @throws MailboxError QUOTA from the operation when the mailbox is full */
export function deposit (input: DepositInput): Operation<Kept> {
  const entry = entryKey(input.mailbox, input.id)
  const counters = mailboxKey('counters', input.mailbox)
  return {
    reads: [entry, counters],
    bytes: input.stored.byteLength,
    apply: tx => {
      const known = tx.get(entry)
      if (known !== undefined) return { receivedMs: decodeEntry(known).receivedMs, keepUntilHour: input.expiresHour, fresh: false, bytes: 0 }
      const count = decodeCounters(tx.get(counters))
      const bytes = 4 + input.stored.byteLength
      if (count.records + 1 > input.recordsMax) throw quota('recordsPerMailboxMax')
      if (count.bytes + bytes > input.bytesMax) throw quota('bytesPerMailboxMax')
      const seq = tx.nextSeq()
      tx.put(recordKey(input.mailbox, seq), joined(u32(input.expiresHour), input.stored))
      tx.put(entry, encodeEntry({ live: true, seq, receivedMs: input.receivedMs, expiresHour: input.expiresHour, bytes }))
      tx.put(dueKey(input.expiresHour, input.mailbox, input.id), Uint8Array.of(due.record))
      tx.put(counters, encodeCounters({ ...count, records: count.records + 1, bytes: count.bytes + bytes }))
      return { receivedMs: input.receivedMs, keepUntilHour: input.expiresHour, fresh: true, bytes }
    }
  }
}

function quota (limit: string): MailboxError {
  return new MailboxError('QUOTA', `The mailbox is full (${limit}).`, { limit, retryAfterMs: 60_000 })
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

/** Removes the records and remembers their ids until the last clock has passed their expiry (SPEC §8.7, §9.3; G5). */
export function tombstone (input: TombstoneInput): Operation<Removed> {
  const counters = mailboxKey('counters', input.mailbox)
  const entries = input.ids.map(id => entryKey(input.mailbox, id))
  return {
    reads: [counters, ...entries],
    bytes: input.signed.byteLength + input.ids.length * 128,
    apply: tx => {
      let count = decodeCounters(tx.get(counters))
      const removed = { records: 0, bytes: 0 }
      let forgetHour = input.dropAfterHour + 2 * clockSkewHours
      input.ids.forEach((id, i) => {
        const key = entries[i] as Uint8Array
        const bytes = tx.get(key)
        const known = bytes === undefined ? undefined : decodeEntry(bytes)
        if (known !== undefined && !known.live) return
        if (known !== undefined) {
          removed.records++
          removed.bytes += known.bytes
          removeRecord(tx, input.mailbox, id, known)
          count = { ...count, records: count.records - 1, bytes: count.bytes - known.bytes }
        }
        // never forgotten before the record itself could no longer be accepted anywhere
        const forget = Math.max(input.dropAfterHour, known?.expiresHour ?? 0) + 2 * clockSkewHours
        forgetHour = Math.max(forgetHour, forget)
        tx.put(key, encodeEntry({ live: false, seq: 0, receivedMs: known?.receivedMs ?? input.nowMs, expiresHour: forget, bytes: 0 }))
        tx.put(dueKey(forget, input.mailbox, id), Uint8Array.of(due.entry))
        count = { ...count, tombstones: count.tombstones + 1 }
      })
      tx.put(tombstoneKey(input.mailbox, input.digest), input.signed)
      tx.put(dueKey(forgetHour, input.mailbox, input.digest), Uint8Array.of(due.tombstone))
      tx.put(counters, encodeCounters(count))
      return removed
    }
  }
}

function removeRecord (tx: Transaction, mailbox: Uint8Array, id: Uint8Array, entry: Entry): void {
  tx.del(recordKey(mailbox, entry.seq))
  tx.del(dueKey(entry.expiresHour, mailbox, id))
}

/** Removes what has fallen due: expired records, and ids and tombstones that need no longer be remembered (SPEC §9.3). */
export function expire (keys: ReadonlyArray<{ key: Uint8Array, kind: number }>): Operation<Removed> {
  const items = keys.map(({ key, kind }) => ({ key, kind, ...partsOfDueKey(key) }))
  const reads = items.flatMap(({ kind, mailbox, id }) => kind === due.shelf
    ? [mailboxKey('shelf', mailbox)]
    : [entryKey(mailbox, id), mailboxKey('counters', mailbox)])
  return {
    reads,
    bytes: keys.length * 128,
    apply: tx => {
      const removed = { records: 0, bytes: 0 }
      for (const { key, kind, mailbox, id, hour } of items) {
        tx.del(key)
        if (kind === due.tombstone) {
          tx.del(tombstoneKey(mailbox, id))
          continue
        }
        if (kind === due.shelf) {
          const shelved = tx.get(mailboxKey('shelf', mailbox))
          // one that was replaced since stays until its own hour
          if (shelved !== undefined && readU32(shelved) <= hour) tx.del(mailboxKey('shelf', mailbox))
          continue
        }
        const bytes = tx.get(entryKey(mailbox, id))
        const entry = bytes === undefined ? undefined : decodeEntry(bytes)
        // a record tombstoned since is remembered longer, under a key of its own
        if (entry === undefined || entry.expiresHour !== hour) continue
        const counters = mailboxKey('counters', mailbox)
        const count = decodeCounters(tx.get(counters))
        tx.del(entryKey(mailbox, id))
        if (entry.live) {
          removed.records++
          removed.bytes += entry.bytes
          tx.del(recordKey(mailbox, entry.seq))
          tx.put(counters, encodeCounters({ ...count, records: count.records - 1, bytes: count.bytes - entry.bytes }))
        } else {
          tx.put(counters, encodeCounters({ ...count, tombstones: count.tombstones - 1 }))
        }
      }
      return removed
    }
  }
}

export interface LeaseEntry {
  readonly untilHour: number
  readonly registeredMs: number
}

export function encodeLease (lease: LeaseEntry): Uint8Array {
  return joined(u32(lease.untilHour), u64(lease.registeredMs))
}

export function decodeLease (bytes: Uint8Array): LeaseEntry {
  return { untilHour: readU32(bytes), registeredMs: readU64(bytes, 4) }
}

/** Stores what an owner signed; the caller has checked that nothing newer is replaced, and holds the mailbox's turn. */
export function keep (mailbox: Uint8Array, values: Partial<Record<MailboxKind, Uint8Array>>): Operation<void> {
  const entries = Object.entries(values) as Array<[MailboxKind, Uint8Array]>
  return {
    reads: [],
    bytes: entries.reduce((sum, [, value]) => sum + value.byteLength, 0),
    apply: tx => {
      for (const [kind, value] of entries) tx.put(mailboxKey(kind, mailbox), value)
    }
  }
}

/** Puts a locator of the neighbourhood on the shelf until its validity ends (SPEC §6.3). */
export function shelve (mailbox: Uint8Array, locator: { bytes: Uint8Array, digest: Uint8Array, validUntilHour: number }): Operation<void> {
  return {
    reads: [],
    bytes: locator.bytes.byteLength,
    apply: tx => {
      tx.put(mailboxKey('shelf', mailbox), joined(u32(locator.validUntilHour), locator.bytes))
      tx.put(dueKey(locator.validUntilHour, mailbox, locator.digest), Uint8Array.of(due.shelf))
    }
  }
}

/** Moves a device's mark forward, never back (SPEC §8.6). */
export function mark (mailbox: Uint8Array, device: Uint8Array, seq: number): Operation<void> {
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

function joined (a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.byteLength + b.byteLength)
  bytes.set(a, 0)
  bytes.set(b, a.byteLength)
  return bytes
}
