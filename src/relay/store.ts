/**
 * A relay's store: reads here, writes through the one writer (SPEC §9). The store is owned by one process; its runs
 * name this very store, so that a cursor from another one is recognised (SPEC §9.4).
 */
import { MailboxError } from '../errors.ts'
import { hourOf, type Environment } from '../environment.ts'
import { quarantinedMax } from '../limits.ts'
import { begin, type Beginning } from './beginning.ts'
import { Rows, type Cursor, type Database, type Range } from './database.ts'
import { decodeCounters, type Counters } from './counters.ts'
import {
  decodeEntry,
  entryKey,
  kinds,
  mailboxIn,
  mailboxKey,
  mailboxOfKey,
  markKey,
  rangeOf,
  readU64,
  recordKey,
  tombstoneKey,
  u32,
  type Entry,
  type MailboxKind
} from './keys.ts'
import { asideIn, examine, keepingAside, type Examined, type Problem } from './examine.ts'
import { dropAll, sweepDue } from './expiry.ts'
import { afterSeq, pageOf, type PageLimits, type StoredPage } from './pages.ts'
import { epochBytes, honours, type Run } from './runs.ts'
import { Writer, type CommitReport, type Operation, type Totals, type WriterEvents } from './writer.ts'

export class RelayStore {
  readonly #rows: Rows
  readonly #env: Environment
  readonly #events: WriterEvents
  #runs: readonly Run[]
  #writer: Writer
  #totals = { records: 0, bytes: 0 }
  /** Rows set aside. */
  #aside = 0
  #onCorrupt: (mailbox: Uint8Array | undefined) => void = () => undefined
  #onDamage: (cause: unknown) => void = () => undefined
  #onFailure: () => void = () => undefined
  #onChange: (mailbox: Uint8Array) => void = () => undefined

  private constructor(rows: Rows, env: Environment, { runs, seq }: Beginning, committed: WriterEvents['committed']) {
    this.#rows = rows
    this.#env = env
    this.#events = {
      committed,
      failed: () => {
        this.#onFailure()
      }
    }
    this.#runs = runs
    this.#writer = new Writer(rows, seq, this.#events)
    rows.watch({
      corrupt: key => {
        this.#onCorrupt(mailboxIn(key))
      },
      damaged: cause => {
        this.#onDamage(cause)
      }
    })
  }

  /** @throws MailboxError STORE, STORE_VERSION for a store of another version */
  static async open(db: Database, env: Environment, onCommit?: (report: CommitReport) => void): Promise<RelayStore> {
    const rows = new Rows(db)
    await rows.open()
    const store = new RelayStore(rows, env, await begin(rows, env), onCommit)
    await store.#recount()
    return store
  }

  /**
   * Closes the database and opens it again after a failure: what was being written is then there as a whole, and on
   * disk, or not at all. Nothing is written before it is open and `opened` is done; reads fail meanwhile.
   * @throws MailboxError STORE, STORE_VERSION, and what the two throw; it may be tried again
   */
  async reopen(then: { closed: () => Promise<void>; opened: () => Promise<void> }): Promise<void> {
    await this.#writer.close()
    await this.#rows.close()
    await then.closed()
    await this.#rows.open()
    const { runs, seq } = await begin(this.#rows, this.#env)
    await this.#recount()
    await then.opened()
    this.#runs = runs
    this.#writer = new Writer(this.#rows, seq, this.#events)
  }

  async #recount(): Promise<void> {
    this.#totals = { records: 0, bytes: 0 }
    for await (const [, value] of this.list(kinds.counters)) this.#count(decodeCounters(value))
    this.#aside = 0
    for await (const [key] of this.list(kinds.quarantine)) if (key.byteLength > 0) this.#aside++
  }

  /** What of a mailbox is sound, while others write: a breach may be one of time. @throws MailboxError STORE */
  async examine(mailbox: Uint8Array): Promise<Examined> {
    return await examine(this.#rows, mailbox, { nowHour: hourOf(this.#env.now()) })
  }

  /** Makes what is known of a mailbox sound (SPEC §9.11). @returns what was wrong @throws MailboxError STORE, CLOSED */
  async mend(mailbox: Uint8Array): Promise<readonly Problem[]> {
    let wrong: readonly Problem[] = []
    await this.#writer.alone(async () => {
      const { problems, writes, before, after } = await this.examine(mailbox)
      wrong = problems
      const kept = keepingAside(writes, quarantinedMax - this.#aside)
      this.#aside += asideIn(kept)
      this.#count({ records: after.records - before.records, bytes: after.bytes - before.bytes })
      return kept
    })
    if (wrong.length > 0) this.changed(mailbox)
    return wrong
  }

  /** Every mailbox that has counters, from the one after `mailbox` on in the order of their keys. */
  async mailboxAfter(mailbox: Uint8Array | undefined): Promise<Uint8Array | undefined> {
    const { gte, lt } = rangeOf(kinds.counters)
    const from = mailbox === undefined ? { gte } : { gt: mailboxKey('counters', mailbox) }
    const [next] = await this.#some({ ...from, lt, values: false }, 1)
    return next === undefined ? undefined : mailboxOfKey(next[0])
  }

  /** Calls `listener` when a read has met a corrupt row, with its mailbox where it has one. */
  onCorrupt(listener: (mailbox: Uint8Array | undefined) => void): void {
    this.#onCorrupt = listener
  }

  /** Calls `listener` when the database could not read its own files. */
  onDamage(listener: (cause: unknown) => void): void {
    this.#onDamage = listener
  }

  /** No write is taken before the store has been opened again. */
  fail(cause: unknown): void {
    this.#writer.fail(cause)
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

  /** Calls `listener` when the store takes no more writes before it is opened again. */
  onFailure(listener: () => void): void {
    this.#onFailure = listener
  }

  /** Refuses new writes and resolves when the accepted ones are on disk. The database is its owner's to close. */
  async close(): Promise<void> {
    await this.#writer.close()
  }

  async read(kind: MailboxKind, mailbox: Uint8Array): Promise<Uint8Array | undefined> {
    return await this.#rows.get(mailboxKey(kind, mailbox))
  }

  async readAll(mailbox: Uint8Array, ...wanted: MailboxKind[]): Promise<Array<Uint8Array | undefined>> {
    return await this.#rows.getMany(wanted.map(kind => mailboxKey(kind, mailbox)))
  }

  async counters(mailbox: Uint8Array): Promise<Counters> {
    return decodeCounters(await this.read('counters', mailbox))
  }

  async entry(mailbox: Uint8Array, id: Uint8Array): Promise<Entry | undefined> {
    const bytes = await this.#rows.get(entryKey(mailbox, id))
    return bytes === undefined ? undefined : decodeEntry(bytes)
  }

  /** An encoded StoredRecord; undefined when the relay does not hold it (any more). */
  async record(mailbox: Uint8Array, id: Uint8Array): Promise<Uint8Array | undefined> {
    const entry = await this.entry(mailbox, id)
    if (entry?.live !== true) return undefined
    return (await this.#rows.get(recordKey(mailbox, entry.seq)))?.subarray(4)
  }

  /** A signed tombstone, by the digest of its body. */
  async tombstone(mailbox: Uint8Array, digest: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.#rows.get(tombstoneKey(mailbox, digest)))?.subarray(4)
  }

  async markOf(mailbox: Uint8Array, device: Uint8Array): Promise<number> {
    const bytes = await this.#rows.get(markKey(mailbox, device))
    return bytes === undefined ? 0 : readU64(bytes)
  }

  /** @throws MailboxError CURSOR when the cursor is of another store, or of a time that this one has not seen */
  seqAfter(cursor: { epoch: Uint8Array; seq: number } | undefined): number {
    if (cursor === undefined) return 0
    if (!honours(this.#runs, cursor)) throw new MailboxError('CURSOR', 'The cursor is of another store of this relay.')
    return cursor.seq
  }

  /** Records after arrival number `after`, never one whose expiry hour has come (SPEC §9.3). At least one if there is one. */
  async page(mailbox: Uint8Array, after: number, limits: PageLimits): Promise<StoredPage> {
    return await pageOf(this.#rows, { mailbox, after, limits })
  }

  /** Arrival time of the oldest (or newest) record held, milliseconds; 0 for an empty mailbox. */
  async edgeMs(mailbox: Uint8Array, newest: boolean, receivedMs: (stored: Uint8Array) => number): Promise<number> {
    const [entry] = await this.#some({ ...rangeOf(kinds.record, mailbox), reverse: newest }, 1)
    return entry === undefined ? 0 : receivedMs(entry[1].subarray(4))
  }

  /** How many records of a mailbox arrived after `seq`, and the arrival number of the newest. */
  async after(mailbox: Uint8Array, seq: number): Promise<{ unacked: number; headSeq: number }> {
    return await afterSeq(this.#rows, mailbox, seq)
  }

  /** Every entry of one kind (and mailbox), in key order, a bounded number at a time. */
  async *list(kind: number, mailbox?: Uint8Array): AsyncGenerator<[Uint8Array, Uint8Array]> {
    const cursor: Cursor = this.#rows.scan(rangeOf(kind, mailbox))
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
    return { records: await sweepDue(this, next[0]), more: true }
  }

  /** Removes everything held of a mailbox, slice by slice. @returns how many records @throws MailboxError STORE, BUSY, CLOSED */
  async drop(mailbox: Uint8Array): Promise<number> {
    return await dropAll(this, mailbox)
  }

  async #some(range: Range, limit: number): Promise<Array<[Uint8Array, Uint8Array]>> {
    const cursor = this.#rows.scan({ ...range, limit })
    try {
      return await cursor.nextv(limit)
    } finally {
      await cursor.close()
    }
  }
}
