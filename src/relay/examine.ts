/**
 * What of one mailbox in a relay's store is sound, and what has to be written so that all of it is (SPEC §9.11). What is
 * not sound is set aside, never served and never taken for a deletion: the next repair brings it from another replica.
 */
import { equals } from 'uint8arrays/equals'
import { clockSkewHours, leaseHours } from '../limits.ts'
import { corrupt, unsealed, type Rows, type Write } from './database.ts'
import { recordIn, tombstoneIn, type Held } from './held.ts'
import { countersBytesMin, countIn, decodeCounters, encodeCounters, noCounters, type Counters } from './counters.ts'
import {
  decodeEntry,
  dueKey,
  encodeEntry,
  entryBytes,
  entryKey,
  idOf,
  kinds,
  mailboxKey,
  nameOf,
  quarantineKey,
  rangeOf,
  readU32,
  seqOfRecordKey,
  type Entry
} from './keys.ts'
import { buried, encodeLease } from './operations.ts'

/** What may be wrong with a row, or lack beside it. */
export const problems = [
  'corrupt',
  'record lost',
  'record not indexed',
  'record removed',
  'removal not indexed',
  'expiry not indexed',
  'lease lost',
  'document lost',
  'counters wrong',
  'arrival numbers wrong',
  'signature wrong',
  'unreadable'
] as const
export type Problem = (typeof problems)[number]

export interface Examined {
  readonly problems: Problem[]
  /** What makes it sound, all of it or nothing. */
  readonly writes: Write[]
  /** There is a lease. */
  readonly isHosted: boolean
  readonly before: Counters
  readonly after: Counters
  readonly lastSeq: number
  /** Bytes of its records. */
  readonly bytesRead: number
}

/** Throws when what a document says is not signed by the mailbox. */
export type CheckDocument = (kind: number, mailbox: Uint8Array, bytes: Uint8Array) => Promise<unknown>

interface Row {
  readonly key: Uint8Array
  /** As stored. */
  readonly bytes: Uint8Array
  readonly value: Uint8Array
}

/** Key lengths: a mailbox, and for some kinds what it has several of. */
const keyBytes = (kind: number): number => {
  if (kind === kinds.record) return 1 + 32 + 8
  return kind === kinds.entry || kind === kinds.tombstone || kind === kinds.mark ? 1 + 32 + 32 : 1 + 32
}

/** Shortest value of a kind that has numbers at fixed places. */
const valueBytesMin = new Map<number, number>([
  [kinds.record, 4],
  [kinds.entry, entryBytes],
  [kinds.tombstone, 4],
  [kinds.shelf, 4],
  [kinds.counters, countersBytesMin]
])

const documentKinds = [kinds.lease, kinds.locator, kinds.bundle, kinds.config, kinds.left, kinds.shelf, kinds.mark]

export interface ExamineOptions {
  readonly nowHour: number
  /** Absent: signatures are taken as they were checked when they came. */
  readonly checkDocument?: CheckDocument
}

/** @throws MailboxError STORE when the database refuses to read */
export async function examine(rows: Rows, mailbox: Uint8Array, o: ExamineOptions): Promise<Examined> {
  const examination = new Examination(rows, mailbox, o.nowHour)
  for (const kind of documentKinds) await examination.documents(kind, o.checkDocument)
  await examination.entries()
  await examination.tombstones()
  await examination.records()
  return await examination.end()
}

/** The writes without the copies for which there is no `room`: what is set aside is for whoever wants to look at it. */
export function keepingAside(writes: readonly Write[], room: number): Write[] {
  let left = room
  return writes.filter(({ type, key }) => type !== 'put' || key[0] !== kinds.quarantine || left-- > 0)
}

export const asideIn = (writes: readonly Write[]): number =>
  writes.filter(({ type, key }) => type === 'put' && key[0] === kinds.quarantine).length

class Examination {
  readonly #rows: Rows
  readonly #mailbox: Uint8Array
  readonly #nowHour: number
  readonly #problems: Problem[] = []
  readonly #writes: Write[] = []
  /** By name of the id. Bounded, as the next two are, by what a mailbox may hold. */
  readonly #entries = new Map<string, Entry>()
  readonly #removed = new Map<string, number>()
  /** Names of the ids of sound records. */
  readonly #held = new Set<string>()
  readonly #hours = new Set<number>()
  readonly #documents = new Map<number, Row>()
  #tombstones = 0
  #lastSeq = 0
  #bytesRead = 0

  constructor(rows: Rows, mailbox: Uint8Array, nowHour: number) {
    this.#rows = rows
    this.#nowHour = nowHour
    this.#mailbox = mailbox
  }

  async documents(kind: number, check: CheckDocument | undefined): Promise<void> {
    for await (const row of this.#sound(kind)) {
      const signed = kind === kinds.shelf ? row.value.subarray(4) : row.value
      if (kind === kinds.shelf) this.#hours.add(readU32(row.value))
      try {
        await check?.(kind, this.#mailbox, signed)
        this.#documents.set(kind, row)
      } catch {
        this.#setAside(row, 'signature wrong')
      }
    }
  }

  async entries(): Promise<void> {
    for await (const { key, value } of this.#sound(kinds.entry)) {
      const entry = decodeEntry(value)
      this.#entries.set(nameOf(idOf(key)), entry)
      this.#hours.add(entry.expiresHour)
    }
  }

  async tombstones(): Promise<void> {
    for await (const row of this.#sound(kinds.tombstone)) {
      const said = tombstoneIn(row.value)
      if (said === undefined || !equals(said.digest, idOf(row.key)) || !equals(said.mailbox, this.#mailbox)) {
        this.#setAside(row, 'corrupt')
        continue
      }
      this.#tombstones++
      this.#hours.add(readU32(row.value))
      const forgetHour = said.dropAfterHour + 2 * clockSkewHours
      // from then on an id may be forgotten before its tombstone, and no record that it names is alive anywhere
      if (forgetHour >= this.#nowHour) for (const id of said.ids) this.#removed.set(nameOf(id), forgetHour)
    }
  }

  async records(): Promise<void> {
    for await (const row of this.#sound(kinds.record)) {
      const seq = seqOfRecordKey(row.key)
      this.#lastSeq = Math.max(this.#lastSeq, seq)
      this.#bytesRead += row.bytes.byteLength
      const record = recordIn(row.value)
      if (record === undefined || !equals(record.mailbox, this.#mailbox)) this.#setAside(row, 'corrupt')
      else this.#record(row, seq, record)
    }
  }

  #record(row: Row, seq: number, { id, expiresHour, receivedMs, lane }: Held): void {
    const name = nameOf(id)
    const entry = this.#entries.get(name)
    if (entry?.live === false || this.#removed.has(name)) {
      this.#problem('record removed', { type: 'del', key: row.key })
    } else if (this.#held.has(name) || (entry !== undefined && entry.seq !== seq)) {
      // a second copy; the one that the entry names stands
      this.#setAside(row, 'record not indexed')
    } else {
      this.#held.add(name)
      const wanted = { live: true, seq, receivedMs, expiresHour, bytes: row.value.byteLength, lane }
      const isIndexed = entry?.bytes === wanted.bytes && entry.expiresHour === expiresHour
      if (isIndexed && equals(entry.lane, lane)) return
      this.#entry(id, wanted, 'record not indexed')
    }
  }

  /** What only shows when everything has been read. */
  async end(): Promise<Examined> {
    for (const [name, entry] of this.#entries) {
      const forgetHour = this.#removed.get(name)
      if (!entry.live || this.#held.has(name)) continue
      const id = Buffer.from(name, 'latin1')
      if (forgetHour !== undefined) this.#bury(id, Math.max(forgetHour, entry.expiresHour + 2 * clockSkewHours))
      else {
        // it would otherwise say that the record is held, and no replica would be asked for it
        this.#problem('record lost', { type: 'del', key: entryKey(this.#mailbox, id) })
        this.#entries.delete(name)
      }
    }
    for (const [name, forgetHour] of this.#removed) {
      if (!this.#entries.has(name)) this.#bury(Buffer.from(name, 'latin1'), forgetHour)
    }
    this.#lease()
    await this.#dues()
    const { before, after } = await this.#counters()
    return {
      problems: this.#problems,
      writes: this.#writes,
      isHosted: this.#documents.has(kinds.lease),
      before,
      after,
      lastSeq: this.#lastSeq,
      bytesRead: this.#bytesRead
    }
  }

  /** Without its lease a mailbox would not be repaired; with a document lacking it is opened again by its owner. */
  #lease(): void {
    const lease = this.#documents.get(kinds.lease)
    const isOpen = this.#documents.has(kinds.locator) && this.#documents.has(kinds.bundle)
    if (lease !== undefined && !isOpen) this.#setAside(lease, 'document lost')
    if (lease !== undefined || !isOpen) return
    const value = encodeLease({ untilHour: this.#nowHour + leaseHours, registeredMs: 0 })
    this.#problem('lease lost', { type: 'put', key: mailboxKey('lease', this.#mailbox), value })
  }

  #bury(id: Uint8Array, expiresHour: number): void {
    this.#entry(id, { ...buried, receivedMs: 0, expiresHour }, 'removal not indexed')
  }

  #entry(id: Uint8Array, entry: Entry, problem: Problem): void {
    this.#entries.set(nameOf(id), entry)
    this.#hours.add(entry.expiresHour)
    this.#problem(problem, { type: 'put', key: entryKey(this.#mailbox, id), value: encodeEntry(entry) })
  }

  async #dues(): Promise<void> {
    const keys = [...this.#hours].map(hour => dueKey(hour, this.#mailbox))
    for (const [at, value] of (await this.#rows.lookAll(keys)).entries()) {
      const key = keys[at]
      if (key !== undefined && (value === undefined || value === corrupt))
        this.#problem('expiry not indexed', { type: 'put', key, value: new Uint8Array(0) })
    }
  }

  async #counters(): Promise<{ before: Counters; after: Counters }> {
    const key = mailboxKey('counters', this.#mailbox)
    let before = noCounters()
    for await (const { value } of this.#sound(kinds.counters)) before = decodeCounters(value)
    const after = { ...noCounters(), tombstones: this.#tombstones }
    for (const { live, bytes, lane } of this.#entries.values()) {
      if (live) countIn(after, lane, bytes)
      else after.tombstones++
    }
    if (!equals(encodeCounters(before), encodeCounters(after))) {
      // what else was wrong changes them as well; they are wrong themselves when nothing else was
      if (this.#problems.length === 0) this.#problems.push('counters wrong')
      this.#writes.push({ type: 'put', key, value: encodeCounters(after) })
    }
    return { before, after }
  }

  /** Rows of this mailbox that are what was written; the others are set aside. */
  async *#sound(kind: number): AsyncGenerator<Row> {
    const cursor = this.#rows.scanRaw(rangeOf(kind, this.#mailbox))
    const shortest = valueBytesMin.get(kind) ?? 0
    try {
      for (;;) {
        const found = await cursor.nextv(256)
        if (found.length === 0) return
        for (const [key, bytes] of found) {
          const value = unsealed(key, bytes)
          if (value === corrupt || key.byteLength !== keyBytes(kind) || value.byteLength < shortest)
            this.#setAside({ key, bytes }, 'corrupt')
          else yield { key, bytes, value }
        }
      }
    } finally {
      await cursor.close()
    }
  }

  #setAside({ key, bytes }: Pick<Row, 'key' | 'bytes'>, problem: Problem): void {
    this.#problem(problem, { type: 'del', key }, { type: 'put', key: quarantineKey(key), value: bytes })
  }

  #problem(problem: Problem, ...writes: readonly Write[]): void {
    this.#problems.push(problem)
    this.#writes.push(...writes)
  }
}
