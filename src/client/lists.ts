/**
 * The lists of messages. A list is a range of keys in the order of the messages' places; which lists name a message
 * follows from its state alone, so that a change of state says which entries come and go (SPEC §10.9).
 */
import type { SentStateRow, StateRow } from './rows.ts'
import type { KeyRange } from './store.ts'
import { orderKey } from './store.ts'

/** Messages that came, messages that were sent: the same id may be in both. */
export type Box = 'received' | 'sent'

export type ListKind = 'inbox' | 'unread' | 'read' | 'requests' | 'sent' | 'talk'

export interface Entry {
  readonly place: number
  readonly box: Box
  readonly id: string
}

/** The list of every message of a kind, or of those from or to one peer. */
export const listName = (kind: ListKind, peer?: string): string => (peer === undefined ? kind : `${kind}/${peer}`)

/** The lists that name a message that came. */
export function listsOf({ list, peer, readMs }: StateRow): string[] {
  if (list === 'deleted') return []
  if (list === 'requests') return [listName('requests'), listName('requests', peer)]
  const mark = readMs === undefined ? 'unread' : 'read'
  return [
    listName('inbox'),
    listName('inbox', peer),
    listName(mark),
    listName(mark, peer),
    // both directions, by place
    listName('talk', peer)
  ]
}

/** The lists that name a message that was sent. One to oneself is in the conversation once, as it came. */
export function sentListsOf({ list, peer }: SentStateRow, self: string): string[] {
  if (list === 'deleted') return []
  return [listName('sent'), listName('sent', peer), ...(peer === self ? [] : [listName('talk', peer)])]
}

const letters = { received: 'r', sent: 's' } as const

export const entryKey = (list: string, { place, box, id }: Entry): string =>
  `${list}\0${orderKey(place)}${letters[box]}${id}`

export function parseEntry(key: string): Entry & { readonly list: string } {
  const at = key.indexOf('\0') + 1
  const [place, letter, id] = [key.slice(at, at + 16), key.slice(at + 16, at + 17), key.slice(at + 17)]
  return { list: key.slice(0, at - 1), place: Number(place), box: letter === 's' ? 'sent' : 'received', id }
}

/** The entries of a list with places from `first` to `last`. */
export const listRange = (list: string, first: number, last: number): KeyRange => ({
  gte: `${list}\0${orderKey(first)}`,
  lt: `${list}\0${orderKey(last + 1)}`
})

/** No place is above this: a list to its end. */
export const placeMax = Number.MAX_SAFE_INTEGER - 1
