/**
 * What a relay uses of the database it is given: any abstract-level store fits, LevelDB in a daemon, memory in tests.
 * Keys and values are bytes, and every write is synced before it counts (SPEC §9.2). LevelDB as Node has it checks no
 * checksum when it reads, and copies what has rotted under a new one: the check is here.
 */
import { crc32 } from 'node:zlib'
import { MailboxError } from '../errors.ts'
import { readU32 } from './keys.ts'

export type Write =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array }

const view = { keyEncoding: 'view', valueEncoding: 'view' }
type View = typeof view

export interface Range {
  readonly gt?: Uint8Array
  readonly gte?: Uint8Array
  readonly lt?: Uint8Array
  readonly limit?: number
  readonly reverse?: boolean
  /** False: keys only. */
  readonly values?: boolean
}

export interface Cursor {
  nextv: (size: number) => Promise<Array<[Uint8Array, Uint8Array]>>
  close: () => Promise<void>
}

export interface Database {
  open: () => Promise<void>
  close: () => Promise<void>
  get: (key: Uint8Array, options: View) => Promise<Uint8Array | undefined>
  /** Reads at once, on this thread. */
  getSync: (key: Uint8Array, options: View) => Uint8Array | undefined
  getMany: (keys: Uint8Array[], options: View) => Promise<Array<Uint8Array | undefined>>
  /** `sync` is classic-level's; stores without a disk ignore it. */
  batch: (writes: Write[], options: View & { sync: boolean }) => Promise<void>
  iterator: (options: View & Range & { highWaterMarkBytes?: number }) => Cursor
}

/** Bytes an iterator may read ahead. */
const readAheadBytes = 256 * 1024
/** Few keys that are in memory, as counters and absent entries are, cost less read at once than through a thread. */
const readAtOnceMax = 64
const checksumBytes = 4

/** In the place of a value that is not what was written under its key. */
export const corrupt = Symbol('corrupt')
export type Looked = Uint8Array | undefined | typeof corrupt

/** CRC-32 of key and value after the value: a key that has changed is found as well as a value (SPEC §9.1). */
export function sealed(key: Uint8Array, value: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(value.byteLength + checksumBytes)
  bytes.set(value, 0)
  bytes.writeUInt32BE(crc32(value, crc32(key)), value.byteLength)
  return bytes
}

export function unsealed(key: Uint8Array, bytes: Uint8Array): Uint8Array | typeof corrupt {
  const end = bytes.byteLength - checksumBytes
  if (end < 0) return corrupt
  const value = bytes.subarray(0, end)
  return readU32(bytes, end) === crc32(value, crc32(key)) ? value : corrupt
}

export interface RowsEvents {
  /** A read has met a row that is not what was written under its key. */
  readonly corrupt?: (key: Uint8Array) => void
  /** The database cannot read its own files. */
  readonly damaged?: (cause: unknown) => void
}

/** The rows of a relay's store: every value is checked when it is read, and every failure of the database is STORE. */
export class Rows {
  readonly #db: Database
  #events: RowsEvents = {}

  constructor(db: Database) {
    this.#db = db
  }

  watch(events: RowsEvents): void {
    this.#events = events
  }

  /** @throws MailboxError STORE */
  async open(): Promise<void> {
    try {
      await this.#db.open()
    } catch (cause) {
      throw new MailboxError('STORE', 'The store does not open.', { cause })
    }
  }

  /** @throws MailboxError STORE */
  async close(): Promise<void> {
    try {
      await this.#db.close()
    } catch (cause) {
      throw new MailboxError('STORE', 'The store does not close.', { cause })
    }
  }

  /** As stored, unchecked. @throws MailboxError STORE */
  async raw(key: Uint8Array): Promise<Uint8Array | undefined> {
    return await this.#reading(async () => await this.#db.get(key, view))
  }

  /** @throws MailboxError STORE, also when it is corrupt */
  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return sound(this.#looked(key, await this.raw(key)))
  }

  /** @throws MailboxError STORE, also when one is corrupt */
  async getMany(keys: Uint8Array[]): Promise<Array<Uint8Array | undefined>> {
    const values = await this.#reading(async () => await this.#db.getMany(keys, view))
    return keys.map((key, at) => sound(this.#looked(key, values[at])))
  }

  /** Values, absent ones, and `corrupt` in their places; few keys at once, on this thread. @throws MailboxError STORE */
  async look(keys: Uint8Array[]): Promise<Looked[]> {
    const values = this.#now(keys) ?? (await this.#reading(async () => await this.#db.getMany(keys, view)))
    return keys.map((key, at) => this.#looked(key, values[at]))
  }

  /** The same of any number of keys. What is corrupt is told to nobody. @throws MailboxError STORE */
  async lookAll(keys: Uint8Array[]): Promise<Looked[]> {
    const values = await this.#reading(async () => await this.#db.getMany(keys, view))
    return keys.map((key, at) => {
      const bytes = values[at]
      return bytes === undefined ? undefined : unsealed(key, bytes)
    })
  }

  /** Resolves when all of it is on disk. @throws MailboxError STORE: the outcome is unknown */
  async write(writes: readonly Write[]): Promise<void> {
    try {
      const rows = writes.map(write =>
        write.type === 'put' ? { ...write, value: sealed(write.key, write.value) } : write
      )
      await this.#db.batch(rows, { ...view, sync: true })
    } catch (cause) {
      throw new MailboxError('STORE', 'The store failed to write; what was in the write is unknown.', { cause })
    }
  }

  /** In the order of the keys, values as stored, unchecked. Its `nextv` throws MailboxError STORE. */
  scanRaw(range: Range): Cursor {
    let cursor: Cursor
    try {
      cursor = this.#db.iterator({ ...view, ...range, highWaterMarkBytes: readAheadBytes })
    } catch (cause) {
      throw this.#unread(cause)
    }
    return {
      nextv: async size => await this.#reading(async () => await cursor.nextv(size)),
      close: async () => {
        await cursor.close()
      }
    }
  }

  /** In the order of the keys, without what is corrupt. Its `nextv` throws MailboxError STORE. */
  scan(range: Range): Cursor {
    const cursor = this.scanRaw(range)
    const hasValues = range.values !== false
    return {
      nextv: async size => {
        // ends with the range: every turn takes from it
        for (;;) {
          const entries = await cursor.nextv(size)
          const good = hasValues ? entries.flatMap(([key, bytes]) => this.#row(key, bytes)) : entries
          if (good.length > 0 || entries.length === 0) return good
        }
      },
      close: cursor.close
    }
  }

  async #reading<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read()
    } catch (cause) {
      throw this.#unread(cause)
    }
  }

  /** Nothing is known of what is there (G11). */
  #unread(cause: unknown): MailboxError {
    if ((cause as { code?: unknown } | undefined)?.code === 'LEVEL_CORRUPTION') this.#events.damaged?.(cause)
    return new MailboxError('STORE', 'The store failed to read.', { cause })
  }

  #row(key: Uint8Array, bytes: Uint8Array): Array<[Uint8Array, Uint8Array]> {
    const value = this.#looked(key, bytes)
    return value === corrupt || value === undefined ? [] : [[key, value]]
  }

  #looked(key: Uint8Array, bytes: Uint8Array | undefined): Looked {
    const value = bytes === undefined ? undefined : unsealed(key, bytes)
    if (value === corrupt) this.#events.corrupt?.(key)
    return value
  }

  #now(keys: Uint8Array[]): Array<Uint8Array | undefined> | undefined {
    if (keys.length > readAtOnceMax) return undefined
    try {
      return keys.map(key => this.#db.getSync(key, view))
    } catch (cause) {
      throw this.#unread(cause)
    }
  }
}

function sound(value: Looked): Uint8Array | undefined {
  if (value === corrupt) throw new MailboxError('STORE', 'A row of the store is corrupt.')
  return value
}
