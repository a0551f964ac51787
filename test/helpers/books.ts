/** Whether the lists, counters, conversations and events of a client's store say the same as the states of its messages. */
import assert from 'node:assert/strict'
import type { Database } from '../../src/client/store.ts'
import { LocalStore, orderKey } from '../../src/client/store.ts'
import { entryKey, listsOf, sentListsOf } from '../../src/client/lists.ts'
import type { Box } from '../../src/client/lists.ts'
import type { EventRow, SentStateRow, StateRow } from '../../src/client/rows.ts'
import type { Identity } from '../../src/identity/keys.ts'
import { all } from './clients.ts'

/** As an auditor sees it: nothing is compared with what the program has in memory. */
export async function audit(database: Database, { key, address }: Pick<Identity, 'key' | 'address'>): Promise<void> {
  const store = await LocalStore.open(database, key)
  const states = await all(store.states.entries())
  const sent = await all(store.sentStates.entries())
  const named = [
    ...states.flatMap(([id, state]) =>
      listsOf(state).map(list => ({ list, place: state.place, box: 'received' as const, id }))
    ),
    ...sent.flatMap(([id, state]) =>
      sentListsOf(state, address).map(list => ({ list, place: state.place, box: 'sent' as const, id }))
    )
  ]
  const entries = named.map(entry => entryKey(entry.list, entry)).toSorted()
  assert.deepEqual((await all(store.lists.keys())).toSorted(), entries, 'the lists name what the states say')
  const counts = Map.groupBy(named, ({ list }) => list)
  assert.deepEqual(
    new Map(await all(store.counts.entries())),
    new Map([...counts].map(([list, { length }]) => [list, length] as const)),
    'the counters say how much that is'
  )
  await auditTalks(store, counts)
  await auditMessages(store, states, sent)
  await auditEvents(store, 'received', states)
  await auditEvents(store, 'sent', sent)
  await auditFresh(store, new Map(states))
}

async function auditTalks(
  store: LocalStore,
  lists: ReadonlyMap<string, ReadonlyArray<{ place: number }>>
): Promise<void> {
  const lasts = [...lists].flatMap(([list, of]) =>
    list.startsWith('talk/') ? [[list.slice('talk/'.length), Math.max(...of.map(({ place }) => place))] as const] : []
  )
  assert.deepEqual(new Map(await all(store.talks.entries())), new Map(lasts), 'a conversation is at its last message')
  assert.deepEqual(
    new Map(await all(store.talkOrder.entries())),
    new Map(lasts.map(([peer, place]) => [orderKey(place), peer] as const)),
    'and the conversations are in that order'
  )
}

async function auditMessages(
  store: LocalStore,
  states: ReadonlyArray<[string, StateRow]>,
  sent: ReadonlyArray<[string, SentStateRow]>
): Promise<void> {
  const ids = async (keys: AsyncIterable<string>): Promise<string[]> => await all(keys)
  assert.deepEqual(
    await ids(store.messages.keys()),
    states.map(([id]) => id),
    'every message has a state'
  )
  const outbox = await ids(store.outbox.keys())
  const stored = sent.map(([id]) => id)
  assert.deepEqual(
    outbox.filter(id => stored.includes(id)),
    [],
    'nothing is in the outbox and the sentbox'
  )
  const copies = await ids(store.sent.keys())
  assert.deepEqual(
    stored.filter(id => !copies.includes(id)),
    [],
    'every message of the sentbox has its copy'
  )
  const places = [...states, ...sent].map(([, { place }]) => place)
  assert.equal(new Set(places).size, places.length, 'no two messages have one place')
  const last = (await store.books.get(''))?.place ?? 0
  assert.ok(
    places.every(place => place <= last),
    'no place is after the last that was given'
  )
}

async function auditEvents(
  store: LocalStore,
  of: Box,
  states: ReadonlyArray<[string, StateRow | SentStateRow]>
): Promise<void> {
  const { first, last } = (await store.books.get(''))?.[of] ?? { first: 1, last: 0 }
  const events = await all<[string, EventRow<unknown>]>(store.events[of].entries())
  assert.deepEqual(
    events.map(([order]) => order),
    Array.from({ length: last - first + 1 }, (_, n) => orderKey(first + n)),
    'the events have the numbers that the books say'
  )
  const deleted = new Set(events.flatMap(([, { type, id }]) => (type === 'deleted' ? [id] : [])))
  for (const [id, state] of states) {
    assert.ok(state.order <= last, 'a message has an event')
    assert.equal(deleted.has(id), state.list === 'deleted', 'a deleted message is there as long as its event')
  }
}

async function auditFresh(store: LocalStore, states: ReadonlyMap<string, StateRow>): Promise<void> {
  for await (const [order, id] of store.fresh.entries()) {
    const state = states.get(id)
    assert.deepEqual([state?.list, orderKey(state?.order ?? 0)], ['inbox', order], 'what is fresh is in the inbox')
  }
}
