/** What the commands that list have in common: how many, in what order, and how a message of a list is named. */
import type { Command } from 'commander'
import { MailboxError } from '../errors.ts'
import { listLimitDefault, listLimitMax } from '../limits.ts'
import type { Given } from './options.ts'

/** A message that is named by the beginning of its id is looked for among so many of the newest. */
const prefixSearchMax = 1_000
const idLength = 64
const prefixLengthMin = 4

export function addListOptions(command: Command): Command {
  return command
    .option('--limit <n>', `at most so many (default: ${listLimitDefault})`)
    .option('--order <order>', 'newest or oldest first (default: newest)')
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

export interface ListQuery {
  readonly limit: number
  readonly order: 'newest' | 'oldest'
}

/** @throws MailboxError USAGE, SIZE */
export function queryOf(given: Given): ListQuery {
  return { limit: limitOf(given), order: choiceOf(given, 'order', ['newest', 'oldest']) ?? 'newest' }
}

interface Named {
  readonly id: string
}

/** A list whose messages can be named. */
export interface Shelf<T extends Named> {
  readonly get: (id: string) => Promise<T | undefined>
  readonly list: (o: { limit: number; order: 'newest' }) => AsyncIterable<Named>
  /** Such as "this inbox". */
  readonly called: string
  /** The command that lists it. */
  readonly command: string
}

/**
 * The message that `text` names: its id, or the beginning of it.
 * @throws MailboxError NOT_FOUND, USAGE when it is no id or names several
 */
export async function find<T extends Named>(shelf: Shelf<T>, text: string): Promise<T> {
  const id = text.toLowerCase()
  const advice = `"${shelf.command}" lists them`
  if (!/^[0-9a-f]+$/.test(id) || id.length > idLength || id.length < prefixLengthMin)
    throw new MailboxError(
      'USAGE',
      `"${text}" is no message id; expected ${idLength} hex digits or the first of them, at least ${prefixLengthMin}: ${advice}.`
    )
  if (id.length === idLength)
    return found(await shelf.get(id), `There is no message ${id} in ${shelf.called}; ${advice}.`)
  const ids: string[] = []
  for await (const message of shelf.list({ limit: prefixSearchMax, order: 'newest' }))
    if (message.id.startsWith(id)) ids.push(message.id)
  const [first, second] = ids
  if (second !== undefined)
    throw new MailboxError('USAGE', `"${text}" names ${ids.length} messages in ${shelf.called}; give more of the id.`)
  const none = `There is no message ${id}… among the newest ${prefixSearchMax} in ${shelf.called}; ${advice}.`
  return found(first === undefined ? undefined : await shelf.get(first), none)
}

function found<T>(message: T | undefined, otherwise: string): T {
  if (message === undefined) throw new MailboxError('NOT_FOUND', otherwise)
  return message
}
