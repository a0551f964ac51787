/** Messages read from the store by their entries in lists, each by itself: one that is not sound hides no other. */
import { MailboxError } from '../errors.ts'
import type { Box, Entry } from './lists.ts'
import { listRange, parseEntry, placeMax } from './lists.ts'
import type { BadMessage, InboxItem, Message, ReceiptNote, SentItem, SentMessage } from './message.ts'
import { badMessage, messageOf, sentMessageOf } from './message.ts'
import { notFound } from './marks.ts'
import type { EventType, MessageRow, SentRow, SentStateRow, StateRow } from './rows.ts'
import type { LocalStore } from './store.ts'
import { orderKey } from './store.ts'

export interface MessageReaderInit {
  readonly store: LocalStore
  readonly address: string
  /** The facts of a receipt that was kept. */
  readonly note: (encoded: Uint8Array) => ReceiptNote
}

/** What happened, and the message as it was then. */
export interface Told<T extends InboxItem | SentItem> {
  readonly order: number
  /** Undefined: the event cannot be read. */
  readonly type: EventType | undefined
  readonly item: T
  /** Messages that had come until then; undefined: not known. */
  readonly arrivals?: number
}

type Read<T> = T | MailboxError | undefined

export class MessageReader {
  readonly #init: MessageReaderInit

  constructor(init: MessageReaderInit) {
    this.#init = init
  }

  /** Messages that came, in the order of `entries`. */
  readonly received = async (entries: readonly Entry[]): Promise<readonly InboxItem[]> => {
    const { store } = this.#init
    const ids = entries.map(({ id }) => id)
    const [rows, states] = await Promise.all([store.messages.tryMany(ids), store.states.tryMany(ids)])
    return entries.map(({ id, place }, at) => this.#whole(id, place, rows[at], states[at]))
  }

  /** Messages that were sent. */
  readonly sent = async (entries: readonly Entry[]): Promise<readonly SentItem[]> => {
    const { store } = this.#init
    const ids = entries.map(({ id }) => id)
    const [rows, states] = await Promise.all([store.sent.tryMany(ids), store.sentStates.tryMany(ids)])
    return entries.map(({ id, place }, at) => this.#wholeSent(id, place, rows[at], states[at]))
  }

  /** @throws MailboxError DAMAGED, STORE */
  async get(id: string, list: StateRow['list']): Promise<Message | undefined> {
    const { store, address } = this.#init
    const state = await store.states.get(id)
    if (state?.list !== list) return undefined
    return messageOf(id, address, required(await store.messages.get(id)), state)
  }

  /** @throws MailboxError DAMAGED, STORE */
  async getSent(id: string): Promise<SentMessage | undefined> {
    const { store } = this.#init
    const state = await store.sentStates.get(id)
    return state?.list === 'sent' ? this.#sentMessage(id, required(await store.sent.get(id)), state) : undefined
  }

  /** An event of messages that came. @throws MailboxError STORE */
  async event(order: number): Promise<Told<InboxItem>> {
    const { store } = this.#init
    const [row] = await store.events.received.tryMany([orderKey(order)])
    if (row === undefined || row instanceof MailboxError) return unreadable(order, row)
    const { type, id, state, arrivals } = row
    const [message] = await store.messages.tryMany([id])
    return { order, type, item: this.#whole(id, 0, message, state), arrivals }
  }

  /** An event of messages that were sent. @throws MailboxError STORE */
  async sentEvent(order: number): Promise<Told<SentItem>> {
    const { store } = this.#init
    const [row] = await store.events.sent.tryMany([orderKey(order)])
    if (row === undefined || row instanceof MailboxError) return unreadable(order, row)
    const { type, id, state } = row
    const [message] = await store.sent.tryMany([id])
    return { order, type, item: this.#wholeSent(id, 0, message, state) }
  }

  /**
   * Where `list` begins when it begins with this message; one that was deleted lately is still known.
   * @throws MailboxError NOT_FOUND
   */
  async placeOf(id: string, where: string, boxes: readonly Box[], list: string): Promise<number> {
    const { store } = this.#init
    for (const box of boxes) {
      const [state] = await (box === 'received' ? store.states : store.sentStates).tryMany([id])
      const place = state instanceof MailboxError ? await this.#placeIn(list, id) : state?.place
      if (place !== undefined) return place
    }
    throw notFound(id, where)
  }

  /** Of a message whose state does not say it: the list is read until it is found. */
  async #placeIn(list: string, id: string): Promise<number | undefined> {
    for await (const key of this.#init.store.lists.keys(listRange(list, 0, placeMax))) {
      const entry = parseEntry(key)
      if (entry.id === id) return entry.place
    }
    return undefined
  }

  /** A message with its state, or what is wrong with them. */
  #whole(id: string, place: number, row: Read<MessageRow>, state: Read<StateRow>): InboxItem {
    return orBad(id, state, place, () => messageOf(id, this.#init.address, required(row), required(state)))
  }

  #wholeSent(id: string, place: number, row: Read<SentRow>, state: Read<SentStateRow>): SentItem {
    return orBad(id, state, place, () => this.#sentMessage(id, required(row), required(state)))
  }

  #sentMessage(id: string, row: SentRow, state: SentStateRow): SentMessage {
    const { address, note } = this.#init
    return sentMessageOf(id, address, row, state, state.receipts.map(note))
  }
}

function required<T>(value: Read<T>): T {
  if (value instanceof MailboxError) throw value
  if (value !== undefined) return value
  throw new MailboxError('DAMAGED', 'An entry of the local store is missing.')
}

/** Whatever a row that is not sound leads to stays with its message. */
function orBad<T>(id: string, state: Read<{ place: number }>, place: number, read: () => T): T | BadMessage {
  try {
    return read()
  } catch (cause) {
    const known = state === undefined || state instanceof MailboxError ? place : state.place
    return badMessage(id, known, cause)
  }
}

const unreadable = (order: number, cause: MailboxError | undefined): Told<BadMessage> => ({
  order,
  type: undefined,
  item: badMessage('', 0, cause)
})
