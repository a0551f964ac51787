/** One change of the lists while it is made: states in, one batch out (SPEC §10.9). */
import type { Environment } from '../environment.ts'
import { msPerHour } from '../environment.ts'
import { eventsHours, eventsMax } from '../limits.ts'
import type { Box, Entry } from './lists.ts'
import { entryKey, listName, listRange, listsOf, parseEntry, placeMax, sentListsOf } from './lists.ts'
import type { BooksRow, EventRow, EventType, SentStateRow, StateRow } from './rows.ts'
import type { LocalStore, Operation, Table } from './store.ts'
import { orderKey } from './store.ts'

/** Events that are looked at by one sweep; the next one goes on. */
const sweepMax = 1_000
const talkPrefix = listName('talk', '')

export interface ChangeInit {
  readonly store: LocalStore
  readonly env: Environment
  readonly address: string
  readonly books: BooksRow
}

export class Change {
  readonly #init: ChangeInit
  readonly #operations: Operation[] = []
  /** Key → the last of them. */
  readonly #latest = new Map<string, Operation>()
  /** List → by how much its counter changes. These and what follows are bounded by the messages of one change. */
  readonly #counts = new Map<string, number>()
  /** Peer → places that its conversation gains and loses. */
  readonly #talks = new Map<string, { added: Set<number>; removed: Set<number> }>()
  #books: BooksRow
  #told = false

  constructor(init: ChangeInit) {
    this.#init = init
    this.#books = init.books
  }

  /** As they are when the batch is committed. */
  get books(): BooksRow {
    return this.#books
  }

  /** True: it holds an event. */
  get told(): boolean {
    return this.#told
  }

  /** Anything else that belongs into the same batch. */
  put(...operations: readonly Operation[]): void {
    this.#operations.push(...operations)
    for (const operation of operations) this.#latest.set(operation.key, operation)
  }

  /** An entry as it will be when this change, so far, is committed. @throws MailboxError STORE, DAMAGED */
  async get<V>(table: Table<V>, key: string): Promise<V | undefined> {
    const put = this.#latest.get(table.del(key).key)
    return put === undefined ? await table.get(key) : table.valueOf(put)
  }

  /** How many messages a list will name then. @throws MailboxError STORE, DAMAGED */
  async count(list: string): Promise<number> {
    return ((await this.#init.store.counts.get(list)) ?? 0) + (this.#counts.get(list) ?? 0)
  }

  /** A place that no message had before, after all that were given: the time, or just after the last one. */
  place(): number {
    const place = Math.max(Math.floor(this.#init.env.now()), this.#books.place + 1)
    this.#books = { ...this.#books, place }
    return place
  }

  /** The number that the next event of `box` gets. */
  nextOrder(box: Box): number {
    return this.#books[box].last + 1
  }

  /** Sets the state of a message that came; `event` is told. */
  received(id: string, before: StateRow | undefined, after: StateRow, event?: EventType): void {
    const { store } = this.#init
    this.put(store.states.put(id, after))
    const lists = [before === undefined ? [] : listsOf(before), listsOf(after)] as const
    this.#relist(lists, { place: before?.place ?? 0, box: 'received', id }, { place: after.place, box: 'received', id })
    if (event === undefined) return
    const order = this.nextOrder('received')
    this.put(store.events.received.put(orderKey(order), this.#tell('received', id, event, after)))
  }

  /** Sets the state of a message that was sent; `event` is told. */
  sent(id: string, before: SentStateRow | undefined, after: SentStateRow, event?: EventType): void {
    const { store, address } = this.#init
    this.put(store.sentStates.put(id, after))
    const lists = [before === undefined ? [] : sentListsOf(before, address), sentListsOf(after, address)] as const
    this.#relist(lists, { place: before?.place ?? 0, box: 'sent', id }, { place: after.place, box: 'sent', id })
    if (event === undefined) return
    const order = this.nextOrder('sent')
    this.put(store.events.sent.put(orderKey(order), this.#tell('sent', id, event, after)))
  }

  #relist([from, to]: readonly [readonly string[], readonly string[]], old: Entry, now: Entry): void {
    const moved = old.place !== now.place
    for (const list of from) if (moved || !to.includes(list)) this.#list(list, old, -1)
    for (const list of to) if (moved || !from.includes(list)) this.#list(list, now, 1)
  }

  #list(list: string, entry: Entry, by: 1 | -1): void {
    const { lists } = this.#init.store
    const key = entryKey(list, entry)
    this.put(by === 1 ? lists.put(key, null) : lists.del(key))
    this.#counts.set(list, (this.#counts.get(list) ?? 0) + by)
    if (!list.startsWith(talkPrefix)) return
    const peer = list.slice(talkPrefix.length)
    const talk = this.#talks.get(peer) ?? { added: new Set(), removed: new Set() }
    const [here, gone] = by === 1 ? [talk.added, talk.removed] : [talk.removed, talk.added]
    // there and back is nothing
    if (!gone.delete(entry.place)) here.add(entry.place)
    this.#talks.set(peer, talk)
  }

  #tell<S>(box: Box, id: string, type: EventType, state: S): EventRow<S> {
    const { first, last, arrivals } = this.#books[box]
    const came = type === 'message' || type === 'request' ? arrivals + 1 : arrivals
    this.#books = { ...this.#books, [box]: { first, last: last + 1, arrivals: came } }
    this.#told = true
    return { type, id, atMs: this.#init.env.now(), state, arrivals: came }
  }

  /** The batch. @throws MailboxError STORE, DAMAGED */
  async operations(): Promise<Operation[]> {
    await this.#count()
    await this.#talk()
    for (const box of ['received', 'sent'] as const) {
      const { first, last } = this.#books[box]
      await this.#forget(box, Math.max(first, last - eventsMax + 1))
    }
    if (this.#books !== this.#init.books) this.put(this.#init.store.books.put('', this.#books))
    return this.#operations
  }

  /** Lets go of events that are older than `eventsHours`. */
  async sweep(): Promise<void> {
    const { store, env } = this.#init
    const before = env.now() - eventsHours * msPerHour
    for (const box of ['received', 'sent'] as const) {
      const { first, last } = this.#books[box]
      let next = first
      const count = Math.min(last - first + 1, sweepMax)
      const rows = await store.events[box].tryMany(Array.from({ length: count }, (_, n) => orderKey(first + n)))
      for (const [at, row] of rows.entries()) {
        // one that cannot be read is as old as the one after it
        if (row === undefined || row instanceof Error) continue
        if (row.atMs > before) break
        next = first + at + 1
      }
      await this.#forget(box, next)
    }
  }

  async #count(): Promise<void> {
    const { counts } = this.#init.store
    const lists = [...this.#counts.keys()]
    const held = await counts.getMany(lists)
    for (const [at, list] of lists.entries()) {
      const before = held[at] ?? 0
      const after = before + (this.#counts.get(list) ?? 0)
      if (after !== before) this.put(after === 0 ? counts.del(list) : counts.put(list, after))
    }
  }

  /** The conversation with a peer is where its last message is. */
  async #talk(): Promise<void> {
    const { talks, talkOrder } = this.#init.store
    const peers = [...this.#talks.keys()]
    const held = await talks.getMany(peers)
    for (const [at, peer] of peers.entries()) {
      const before = held[at]
      const { added, removed } = this.#talks.get(peer) ?? { added: new Set<number>(), removed: new Set<number>() }
      const stays = before !== undefined && !removed.has(before)
      // a place that is given now is after every other
      const after = added.size > 0 ? Math.max(...added) : stays ? before : await this.#lastPlace(peer, removed)
      if (after === before) continue
      if (before !== undefined) this.put(talkOrder.del(orderKey(before)))
      if (after === undefined) this.put(talks.del(peer))
      else this.put(talks.put(peer, after), talkOrder.put(orderKey(after), peer))
    }
  }

  async #lastPlace(peer: string, removed: ReadonlySet<number>): Promise<number | undefined> {
    const range = listRange(listName('talk', peer), 0, placeMax)
    for await (const key of this.#init.store.lists.keys({ ...range, reverse: true, limit: removed.size + 1 })) {
      const { place } = parseEntry(key)
      if (!removed.has(place)) return place
    }
    return undefined
  }

  /** Keeps events from number `next` on. A message that was deleted goes with the event that says so. */
  async #forget(box: Box, next: number): Promise<void> {
    const { store } = this.#init
    const { first, ...span } = this.#books[box]
    if (next <= first) return
    const keys = Array.from({ length: next - first }, (_, n) => orderKey(first + n))
    const rows = await store.events[box].tryMany(keys)
    for (const [at, key] of keys.entries()) {
      const row = rows[at]
      this.put(store.events[box].del(key))
      if (row === undefined || row instanceof Error || row.type !== 'deleted') continue
      if (box === 'received') this.put(store.messages.del(row.id), store.states.del(row.id))
      else this.#forgetSent(row.id, row.state)
    }
    this.#books = { ...this.#books, [box]: { first: next, ...span } }
  }

  #forgetSent(id: string, state: StateRow | SentStateRow): void {
    const { sent, sentStates, history, handles } = this.#init.store
    this.put(sent.del(id), sentStates.del(id), history.del(id))
    if ('handle' in state) this.put(handles.del(state.handle))
  }
}
