/**
 * A relay's store: reads here, writes through the one writer (SPEC §9). The store is owned by one process; its runs
 * name this very store, so that a cursor from another one is recognised (SPEC §9.4).
 */
import { MailboxError } from '../errors.ts'
import type { Environment } from '../environment.ts'
import { expirySweepRecords } from '../limits.ts'
import { readMany, readOne, scan, writeSynced, type Cursor, type Database, type Range } from './database.ts'
import {
  decodeCounters,
  decodeEntry,
  entryKey,
  idOf,
  kinds,
  mailboxKey,
  markKey,
  metaKey,
  partsOfDueKey,
  rangeOf,
  readU32,
  readU64,
  recordKey,
  seqOfRecordKey,
  tombstoneKey,
  u32,
  type Counters,
  type Entry,
  type MailboxKind
} from './keys.ts'
import { drop, expire } from './operations.ts'
import { decodeRuns, encodeRuns, epochBytes, honours, withRun, type Run } from './runs.ts'
import { Writer, type CommitReport, type Operation, type Totals } from './writer.ts'

/** Of the layout in keys.ts; a store with a higher number is refused. */
export const storeVersion = 2

export interface StoredPage {
  /** Encoded StoredRecords, oldest arrival first. */
  readonly records: Uint8Array[]
  /** Arrival number of the last one looked at. */
  readonly lastSeq: number
  readonly more: boolean
}

export class RelayStore {
  readonly #runs: readonly Run[]
  readonly #db: Database
  readonly #writer: Writer
  readonly #totals = { records: 0, bytes: 0 }
  #onChange: (mailbox: Uint8Array) => void = () => undefined

  private constructor(db: Database, runs: readonly Run[], writer: Writer) {
    this.#db = db
    this.#runs = runs
    this.#writer = writer
  }

  /** @throws MailboxError STORE_VERSION for a store of a newer version */
  static async open(db: Database, env: Environment, onCommit?: (report: CommitReport) => void): Promise<RelayStore> {
    await db.open()
    const [version, held, seq] = await readMany(db, [metaKey('version'), metaKey('runs'), metaKey('seq')])
    if (version !== undefined && readU32(version) > storeVersion) {
      throw new MailboxError(
        'STORE_VERSION',
        `The store has format ${readU32(version)}; this program knows up to ${storeVersion}. Use a newer version.`
      )
    }
    const after = seq === undefined ? 0 : readU64(seq)
    const runs = withRun(decodeRuns(held), { epoch: env.random(epochBytes), after })
    await writeSynced(db, [
      { type: 'put', key: metaKey('version'), value: u32(storeVersion) },
      { type: 'put', key: metaKey('runs'), value: encodeRuns(runs) }
    ])
    const store = new RelayStore(db, runs, await Writer.open(db, onCommit))
    for await (const [, value] of store.list(kinds.counters)) store.#count(decodeCounters(value))
    return store
  }

  /** Of the cursors given from now on. */
  get epoch(): Uint8Array {
    return this.#runs.at(-1)?.epoch ?? new Uint8Array(epochBytes)
  }

  /** Records and bytes held, over all mailboxes. */
  get totals(): Totals {
    return { ...this.#totals }
  }

  #count(change: Totals): void {
    this.#totals.records += change.records
    this.#totals.bytes += change.bytes
  }

  get failure(): MailboxError | undefined {
    return this.#writer.failure
  }

  get queuedWrites(): number {
    return this.#writer.queued
  }

  /** @see Writer.submit */
  async write<T>(operation: Operation<T>): Promise<T> {
    const result = await this.#writer.submit(operation)
    if (operation.counts !== undefined) this.#count(operation.counts(result))
    if (operation.changes !== undefined) this.changed(operation.changes)
    return result
  }

  /** Says that what is known of a mailbox has changed besides what a write has said. */
  changed(mailbox: Uint8Array): void {
    this.#onChange(mailbox)
  }

  /** Calls `listener` with every mailbox whose records, tombstones or documents have changed, once that is on disk. */
  onChange(listener: (mailbox: Uint8Array) => void): void {
    this.#onChange = listener
  }

  /** Refuses new writes and resolves when the accepted ones are on disk. The database is its owner's to close. */
  async close(): Promise<void> {
    await this.#writer.close()
  }

  async read(kind: MailboxKind, mailbox: Uint8Array): Promise<Uint8Array | undefined> {
    return await readOne(this.#db, mailboxKey(kind, mailbox))
  }

  async readAll(mailbox: Uint8Array, ...wanted: MailboxKind[]): Promise<Array<Uint8Array | undefined>> {
    return await readMany(
      this.#db,
      wanted.map(kind => mailboxKey(kind, mailbox))
    )
  }

  async counters(mailbox: Uint8Array): Promise<Counters> {
    return decodeCounters(await this.read('counters', mailbox))
  }

  async entry(mailbox: Uint8Array, id: Uint8Array): Promise<Entry | undefined> {
    const bytes = await readOne(this.#db, entryKey(mailbox, id))
    return bytes === undefined ? undefined : decodeEntry(bytes)
  }

  /** An encoded StoredRecord; undefined when the relay does not hold it (any more). */
  async record(mailbox: Uint8Array, id: Uint8Array): Promise<Uint8Array | undefined> {
    const entry = await this.entry(mailbox, id)
    if (entry?.live !== true) return undefined
    return (await readOne(this.#db, recordKey(mailbox, entry.seq)))?.subarray(4)
  }

  /** A signed tombstone, by the digest of its body. */
  async tombstone(mailbox: Uint8Array, digest: Uint8Array): Promise<Uint8Array | undefined> {
    return (await readOne(this.#db, tombstoneKey(mailbox, digest)))?.subarray(4)
  }

  async markOf(mailbox: Uint8Array, device: Uint8Array): Promise<number> {
    const bytes = await readOne(this.#db, markKey(mailbox, device))
    return bytes === undefined ? 0 : readU64(bytes)
  }

  /** @throws MailboxError CURSOR when the cursor is of another store, or of a time that this one has not seen */
  seqAfter(cursor: { epoch: Uint8Array; seq: number } | undefined): number {
    if (cursor === undefined) return 0
    if (!honours(this.#runs, cursor)) throw new MailboxError('CURSOR', 'The cursor is of another store of this relay.')
    return cursor.seq
  }

  /** Records after arrival number `after`, never one whose expiry hour has come (SPEC §9.3). At least one if there is one. */
  async page(
    mailbox: Uint8Array,
    after: number,
    limits: { recordsMax: number; bytesMax: number; nowHour: number }
  ): Promise<StoredPage> {
    const cursor = scan(this.#db, { gt: recordKey(mailbox, after), lt: rangeOf(kinds.record, mailbox).lt })
    const records: Uint8Array[] = []
    let bytes = 0
    let lastSeq = after
    let want = limits.recordsMax + 1
    try {
      // bounded by what a mailbox may hold: expired records are passed over, however many
      for (;;) {
        const entries = await cursor.nextv(want)
        if (entries.length === 0) return { records, lastSeq, more: false }
        for (const [key, value] of entries) {
          const expired = readU32(value) <= limits.nowHour
          const full =
            records.length >= limits.recordsMax || (records.length > 0 && bytes + value.byteLength > limits.bytesMax)
          if (full && !expired) return { records, lastSeq, more: true }
          lastSeq = seqOfRecordKey(key)
          if (expired) continue
          records.push(value.subarray(4))
          bytes += value.byteLength
        }
        // as many as the page still holds if they are of the same size, and the one that shows whether there is more
        if (bytes > 0) want = 1 + Math.max(0, Math.floor(((limits.bytesMax - bytes) / bytes) * records.length))
        want = Math.min(want, limits.recordsMax + 1)
      }
    } finally {
      await cursor.close()
    }
  }

  /** Arrival time of the oldest (or newest) record held, milliseconds; 0 for an empty mailbox. */
  async edgeMs(mailbox: Uint8Array, newest: boolean, receivedMs: (stored: Uint8Array) => number): Promise<number> {
    const [entry] = await this.#some({ ...rangeOf(kinds.record, mailbox), reverse: newest }, 1)
    return entry === undefined ? 0 : receivedMs(entry[1].subarray(4))
  }

  /** How many records of a mailbox arrived after `seq`, and the arrival number of the newest. */
  async after(mailbox: Uint8Array, seq: number): Promise<{ unacked: number; headSeq: number }> {
    const cursor = scan(this.#db, { gt: recordKey(mailbox, seq), lt: rangeOf(kinds.record, mailbox).lt, values: false })
    let unacked = 0
    let headSeq = seq
    try {
      // bounded by recordsPerMailbox
      for (;;) {
        const entries = await cursor.nextv(256)
        const last = entries.at(-1)
        if (last === undefined) return { unacked, headSeq }
        unacked += entries.length
        headSeq = seqOfRecordKey(last[0])
      }
    } finally {
      await cursor.close()
    }
  }

  /** Every entry of one kind (and mailbox), in key order, a bounded number at a time. */
  async *list(kind: number, mailbox?: Uint8Array): AsyncGenerator<[Uint8Array, Uint8Array]> {
    const cursor: Cursor = scan(this.#db, rangeOf(kind, mailbox))
    try {
      for (;;) {
        const entries = await cursor.nextv(256)
        if (entries.length === 0) return
        yield* entries
      }
    } finally {
      await cursor.close()
    }
  }

  /**
   * One slice of the expiry sweep: the oldest mailbox and hour that are due. An hour falls due when it is over, so that
   * no deposit that was accepted within it can still be on its way to the disk. Resolves with whether more is due.
   */
  async sweep(nowHour: number): Promise<{ records: number; more: boolean }> {
    const [next] = await this.#some({ gte: rangeOf(kinds.due).gte, lt: rangeOf(kinds.due, u32(nowHour)).gte }, 1)
    if (next === undefined) return { records: 0, more: false }
    const { hour, mailbox } = partsOfDueKey(next[0])
    const ids = await this.#fallen(kinds.entry, mailbox, value => decodeEntry(value).expiresHour <= hour)
    const tombstones = await this.#fallen(kinds.tombstone, mailbox, value => readU32(value) <= hour)
    const all = ids.length < expirySweepRecords && tombstones.length < expirySweepRecords
    const { records } = await this.write(expire({ mailbox, hour, ids, tombstones, all }))
    return { records, more: true }
  }

  /** Removes everything held of a mailbox, slice by slice. @returns how many records @throws MailboxError STORE, BUSY, CLOSED */
  async drop(mailbox: Uint8Array): Promise<number> {
    let records = 0
    // ends: every slice removes what it found, and nothing is taken for a mailbox that has left (SPEC §9.9)
    for (;;) {
      const ids = await this.#fallen(kinds.entry, mailbox, () => true)
      const tombstones = await this.#fallen(kinds.tombstone, mailbox, () => true)
      if (ids.length + tombstones.length === 0) return records
      records += (await this.write(drop({ mailbox, ids, tombstones }))).records
    }
  }

  /** Ids of at most one slice of entries that are due. */
  async #fallen(kind: number, mailbox: Uint8Array, isDue: (value: Uint8Array) => boolean): Promise<Uint8Array[]> {
    const ids: Uint8Array[] = []
    for await (const [key, value] of this.list(kind, mailbox)) {
      if (isDue(value)) ids.push(idOf(key))
      if (ids.length === expirySweepRecords) break
    }
    return ids
  }

  async #some(range: Range, limit: number): Promise<Array<[Uint8Array, Uint8Array]>> {
    const cursor = scan(this.#db, { ...range, limit })
    try {
      return await cursor.nextv(limit)
    } finally {
      await cursor.close()
    }
  }
}
