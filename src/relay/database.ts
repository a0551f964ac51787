/**
 * What a relay uses of the database it is given: any abstract-level store fits, LevelDB in a daemon, memory in tests.
 * Keys and values are bytes, and every write is synced before it counts (SPEC §9.2).
 */
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

export const readOne = async (db: Database, key: Uint8Array): Promise<Uint8Array | undefined> => await db.get(key, view)
/** Few keys that are in memory, as counters and absent entries are, cost less read at once than through a thread. */
const readAtOnceMax = 64

export const readNow = (db: Database, keys: Uint8Array[]): Array<Uint8Array | undefined> | undefined =>
  keys.length <= readAtOnceMax ? keys.map(key => db.getSync(key, view)) : undefined
export const readMany = async (db: Database, keys: Uint8Array[]): Promise<Array<Uint8Array | undefined>> =>
  await db.getMany(keys, view)
export const writeSynced = async (db: Database, writes: Write[]): Promise<void> => {
  await db.batch(writes, { ...view, sync: true })
}
export const scan = (db: Database, range: Range): Cursor =>
  db.iterator({ ...view, ...range, highWaterMarkBytes: readAheadBytes })
