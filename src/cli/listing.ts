/** What the commands that list have in common: which entries, how many, and how a message of a list is named. */
import type { Command } from 'commander'
import type { Page } from '../client/listing.ts'
import { MailboxError } from '../errors.ts'
import { listLimitDefault, listLimitMax } from '../limits.ts'
import type { Given } from './options.ts'

/** A message that is named by the beginning of its id is looked for among so many of the newest. */
const prefixSearchMax = 1_000
/** Entries read at a time, with their bodies. */
const pageMax = 64
const idLength = 64
const prefixLengthMin = 4

const units = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

export function addListOptions(command: Command): Command {
  return command
    .option('--limit <n>', `at most so many (default: ${listLimitDefault})`)
    .option('--order <order>', 'newest or oldest first, by arrival here (default: newest)')
    .option('--seek <id>', 'begin with this message: its id, or the beginning of it')
    .option('--since <time>', 'from this time on: 2026-01-31, 2026-01-31T10:00Z, or how long ago: 30m, 12h, 7d, 2w')
    .option('--until <time>', 'before this time')
}

/** @throws MailboxError USAGE for what is no number, SIZE over the cap */
function limitOf({ limit }: Given): number {
  if (typeof limit !== 'string') return listLimitDefault
  if (!/^[1-9]\d{0,14}$/.test(limit))
    throw new MailboxError('USAGE', `--limit is "${limit}"; expected a whole number from 1 to ${listLimitMax}.`)
  if (Number(limit) <= listLimitMax) return Number(limit)
  throw new MailboxError('SIZE', `--limit is ${limit}; a list has at most ${listLimitMax} entries (listLimitMax).`, {
    limit: 'listLimitMax'
  })
}

/** @throws MailboxError USAGE */
export function choiceOf<T extends string>(given: Given, name: string, choices: readonly T[]): T | undefined {
  const value = given[name]
  if (typeof value !== 'string') return undefined
  const found = choices.find(choice => choice === value)
  if (found === undefined)
    throw new MailboxError('USAGE', `--${name} is "${value}"; expected one of ${choices.join(', ')}.`)
  return found
}

/** Milliseconds since 1970 of a date, or of a span before `nowMs`. Undefined: neither. */
export function parseTime(text: string, nowMs: number): number | undefined {
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? []
  if (count !== undefined) return nowMs - Number(count) * units[unit as keyof typeof units]
  const ms = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(ms) ? undefined : ms
}

/** @throws MailboxError USAGE */
function timeOf(given: Given, name: 'since' | 'until', nowMs: number): number | undefined {
  const text = given[name]
  if (typeof text !== 'string') return undefined
  const ms = parseTime(text, nowMs)
  if (ms === undefined)
    throw new MailboxError(
      'USAGE',
      `--${name} is "${text}"; expected a date such as 2026-01-31 or 2026-01-31T10:00Z, or a time ago such as 12h or 7d.`
    )
  return ms
}

export interface ListQuery {
  readonly limit: number
  readonly order: 'newest' | 'oldest'
  readonly seek?: string
  readonly since?: number
  readonly until?: number
}

/** @throws MailboxError USAGE, SIZE */
export function queryOf(given: Given): ListQuery {
  const nowMs = Date.now()
  const since = timeOf(given, 'since', nowMs)
  const until = timeOf(given, 'until', nowMs)
  return {
    limit: limitOf(given),
    order: choiceOf(given, 'order', ['newest', 'oldest']) ?? 'newest',
    ...(typeof given.seek === 'string' ? { seek: given.seek } : {}),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until })
  }
}

/**
 * Gives `each` the entries of a list, a page at a time, so that few bodies are in memory.
 * @returns where the rest begins
 */
export async function eachOf<T, Q extends ListQuery>(
  page: (query: Q) => Promise<Page<T>>,
  query: Q,
  each: (item: T) => Promise<void> | void
): Promise<string | undefined> {
  let left = query.limit
  let from: Q = query
  // bounded by the limit: every page but the last has an entry
  for (;;) {
    const { items, next } = await page({ ...from, limit: Math.min(left, pageMax) })
    for (const item of items) await each(item)
    left -= items.length
    if (next === undefined || left <= 0 || items.length === 0) return next
    from = { ...query, seek: next }
  }
}

interface Named {
  readonly id: string
}

/** A list whose messages can be named by the beginnings of their ids. */
export interface NamedList {
  readonly list: (o: { limit: number; order: 'newest' }) => AsyncIterable<Named>
  /** Such as "this inbox". */
  readonly called: string
  /** The command that lists it. */
  readonly command: string
}

export interface Shelf<T extends Named> extends NamedList {
  readonly get: (id: string) => Promise<T | undefined>
}

const advice = ({ command }: NamedList): string => `"${command}" lists them`

const missing = (shelf: NamedList, id: string): MailboxError =>
  new MailboxError('NOT_FOUND', `There is no message ${id} in ${shelf.called}; ${advice(shelf)}.`)

/**
 * The whole id of the message that `text` begins.
 * @throws MailboxError NOT_FOUND, USAGE when it is no id or begins several
 */
export async function idOf(shelf: NamedList, text: string): Promise<string> {
  const id = text.toLowerCase()
  if (!/^[0-9a-f]+$/.test(id) || id.length > idLength || id.length < prefixLengthMin)
    throw new MailboxError(
      'USAGE',
      `"${text}" is no message id; expected ${idLength} hex digits or the first of them, at least ${prefixLengthMin}: ${advice(shelf)}.`
    )
  if (id.length === idLength) return id
  const ids: string[] = []
  for await (const message of shelf.list({ limit: prefixSearchMax, order: 'newest' }))
    if (message.id.startsWith(id)) ids.push(message.id)
  const [first, second] = ids
  if (first === undefined) throw missing(shelf, `${id}… among the newest ${prefixSearchMax}`)
  if (second === undefined) return first
  throw new MailboxError(
    'USAGE',
    `"${text}" begins ${ids.length} ids in ${shelf.called}; give more of the one you mean.`
  )
}

/** The query with the whole id of the message that its list is to begin with. @throws MailboxError as `idOf` */
export async function sought<Q extends ListQuery>(shelf: NamedList, query: Q): Promise<Q> {
  return query.seek === undefined ? query : { ...query, seek: await idOf(shelf, query.seek) }
}

/** Those of several messages, each once. @throws MailboxError as `idOf` */
export async function idsOf(shelf: NamedList, texts: readonly string[]): Promise<string[]> {
  const ids = new Set<string>()
  for (const text of texts) ids.add(await idOf(shelf, text))
  return [...ids]
}

/** The message that `text` names. @throws MailboxError as `idOf`, DAMAGED */
export async function find<T extends Named>(shelf: Shelf<T>, text: string): Promise<T> {
  const id = await idOf(shelf, text)
  const message = await shelf.get(id)
  if (message === undefined) throw missing(shelf, id)
  return message
}
