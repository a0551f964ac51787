/** Lists as callers read them: in order, from a message on, within times, a page or one after the other (SPEC §10.9). */
import { MailboxError } from '../errors.ts'
import { listLimitDefault, listLimitMax } from '../limits.ts'
import { throwIfAborted } from './abort.ts'
import type { Entry } from './lists.ts'
import { listRange, parseEntry, placeMax } from './lists.ts'
import type { LocalStore } from './store.ts'

/** Messages that are read from the store at a time: at most 16 MiB of bodies. */
const chunkMax = 64

export interface RangeOptions {
  /** Id of the message to begin with, which is the first of the list (inclusive). */
  readonly seek?: string
  /** 1 to 10,000; default 100. */
  readonly limit?: number
  /** By arrival here; default newest first. */
  readonly order?: 'newest' | 'oldest'
  /** From this time on, by arrival here; milliseconds. */
  readonly since?: number
  /** Before this time. */
  readonly until?: number
  readonly signal?: AbortSignal
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Where the next page begins: its `seek`. Absent on the last page. */
  readonly next?: string
}

/** One list, and how its entries are read. */
export interface Source<T> {
  readonly list: string
  /** Place of the message to begin with. @throws MailboxError NOT_FOUND */
  readonly placeOf: (id: string) => Promise<number>
  /** Something for every entry, in their order. */
  readonly read: (entries: readonly Entry[]) => Promise<readonly T[]>
}

/** @throws MailboxError SIZE */
export function checkedLimit(limit: number = listLimitDefault): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= listLimitMax) return limit
  throw new MailboxError('SIZE', `A list has 1 to ${listLimitMax} entries, not ${limit}.`, { limit: 'listLimitMax' })
}

/** Of those that are written, one. @throws TypeError */
export function oneOf<T extends string>(what: string, value: T, known: readonly T[]): T {
  if (known.includes(value)) return value
  throw new TypeError(`${what} is ${JSON.stringify(value)}; expected ${known.join(' or ')}.`)
}

/** @throws MailboxError SIZE, NOT_FOUND (seek), ABORTED, STORE */
export async function* listed<T>(store: LocalStore, source: Source<T>, o: RangeOptions): AsyncGenerator<T, void, void> {
  let chunk: Entry[] = []
  for await (const entry of entries(store, source, o, checkedLimit(o.limit))) {
    chunk.push(entry)
    if (chunk.length < chunkMax) continue
    yield* await source.read(chunk)
    chunk = []
  }
  if (chunk.length > 0) yield* await source.read(chunk)
}

/** @throws MailboxError as `listed` */
export async function paged<T>(store: LocalStore, source: Source<T>, o: RangeOptions): Promise<Page<T>> {
  const limit = checkedLimit(o.limit)
  const found: Entry[] = []
  // one more than the page has: it says where the next one begins
  for await (const entry of entries(store, source, o, limit + 1)) found.push(entry)
  const items: T[] = []
  for (let at = 0; at < Math.min(limit, found.length); at += chunkMax) {
    throwIfAborted(o.signal)
    items.push(...(await source.read(found.slice(at, Math.min(limit, at + chunkMax)))))
  }
  const next = found[limit]?.id
  return next === undefined ? { items } : { items, next }
}

async function* entries<T>(
  store: LocalStore,
  source: Source<T>,
  o: RangeOptions,
  limit: number
): AsyncGenerator<Entry> {
  const reverse = oneOf('order', o.order ?? 'newest', ['newest', 'oldest']) === 'newest'
  const { first, last } = placesOf(o, o.seek === undefined ? undefined : await source.placeOf(o.seek))
  if (first > last) return
  throwIfAborted(o.signal)
  for await (const key of store.lists.keys({ ...listRange(source.list, first, last), limit, reverse })) {
    throwIfAborted(o.signal)
    yield parseEntry(key)
  }
}

/** The first and the last place within `o`. @throws TypeError for times that are no numbers */
export function placesOf(o: RangeOptions, seek?: number): { first: number; last: number } {
  const since = placeFrom('since', o.since, 0)
  const until = placeFrom('until', o.until, placeMax + 1) - 1
  if (seek === undefined) return { first: since, last: until }
  if (o.order === 'oldest') return { first: Math.max(since, seek), last: until }
  return { first: since, last: Math.min(until, seek) }
}

function placeFrom(what: string, ms: number | undefined, otherwise: number): number {
  if (ms === undefined) return otherwise
  if (Number.isNaN(ms)) throw new TypeError(`${what} is not a number: milliseconds since 1970 are expected.`)
  return Math.min(Math.max(0, Math.ceil(ms)), placeMax + 1)
}
