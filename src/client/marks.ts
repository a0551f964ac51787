/** What can happen to a message that came, each as a part of one change: it enters, moves, is marked, acked, deleted. */
import { MailboxError } from '../errors.ts'
import { idsPerCallMax } from '../limits.ts'
import type { Change } from './change.ts'
import type { MessageRow, StateRow } from './rows.ts'
import type { LocalStore } from './store.ts'
import { orderKey } from './store.ts'

/** A list that a message can come into. */
export type Destination = 'inbox' | 'requests'

/** It is new here. */
export function enter(
  change: Change,
  store: LocalStore,
  message: { id: string; row: MessageRow; list: Destination; ackedMs?: number }
): void {
  const { id, row, list, ackedMs } = message
  change.put(store.messages.put(id, row))
  const { from: peer, expiresHour } = row
  const state = { list, place: change.place(), peer, order: change.nextOrder('received'), expiresHour }
  place(change, store, id, undefined, ackedMs === undefined ? state : { ...state, ackedMs })
}

/** It comes into another list as a new message does there: after every other, unread, told by an event. */
export function move(change: Change, store: LocalStore, id: string, before: StateRow, list: Destination): void {
  if (before.list === 'inbox') change.put(store.fresh.del(orderKey(before.order)))
  place(change, store, id, before, {
    ...notRead(before),
    list,
    place: change.place(),
    order: change.nextOrder('received')
  })
}

function place(change: Change, store: LocalStore, id: string, before: StateRow | undefined, after: StateRow): void {
  change.received(id, before, after, after.list === 'inbox' ? 'message' : 'request')
  if (after.list === 'inbox') change.put(store.fresh.put(orderKey(after.order), id))
}

/** @param readMs undefined: it is unread. What is so already stays as it is, and nothing is told. */
export function mark(change: Change, id: string, before: StateRow, readMs: number | undefined): void {
  if ((before.readMs === undefined) === (readMs === undefined)) return
  if (readMs === undefined) change.received(id, before, notRead(before), 'unread')
  else change.received(id, before, { ...before, readMs }, 'read')
}

function notRead({ list, place, peer, order, expiresHour, ackedMs }: StateRow): StateRow {
  return { list, place, peer, order, expiresHour, ...(ackedMs === undefined ? {} : { ackedMs }) }
}

/** The copy here goes: from every list now, from the store with the event that says so. */
export function remove(change: Change, store: LocalStore, id: string, before: StateRow): void {
  change.put(store.fresh.del(orderKey(before.order)))
  change.received(id, before, { ...before, list: 'deleted' }, 'deleted')
}

/**
 * The ids that a caller has given, each once.
 * @throws MailboxError SIZE when there are more than one call takes
 */
export function idsOf(ids: string | readonly string[]): string[] {
  const list = typeof ids === 'string' ? [ids] : [...new Set(ids)]
  if (list.length <= idsPerCallMax) return list
  throw new MailboxError('SIZE', `One call takes ${idsPerCallMax} messages, not ${list.length}: call again for more.`, {
    limit: 'idsPerCallMax'
  })
}

/**
 * The states of messages that are in `list`.
 * @throws MailboxError NOT_FOUND when one is not, STORE, DAMAGED
 */
export async function statesIn(
  store: LocalStore,
  ids: readonly string[],
  list: Destination
): Promise<ReadonlyMap<string, StateRow>> {
  const rows = await store.states.getMany(ids)
  return new Map(
    ids.map((id, at) => {
      const row = rows[at]
      if (row?.list !== list) throw notFound(id, list === 'inbox' ? 'this inbox' : 'the requests')
      return [id, row]
    })
  )
}

export const notFound = (id: string, where: string): MailboxError =>
  new MailboxError('NOT_FOUND', `There is no message ${JSON.stringify(id)} in ${where}.`)
