/** Both directions between this mailbox and one other, merged in the order of their places here (SPEC §10.9). */
import { parseAddress } from '../identity/address.ts'
import { throwIfAborted } from './abort.ts'
import type { Page, RangeOptions, Source } from './listing.ts'
import { checkedLimit, listed, oneOf, paged, placesOf } from './listing.ts'
import type { Entry } from './lists.ts'
import { listName, listRange, parseEntry, placeMax } from './lists.ts'
import { notFound } from './marks.ts'
import type { BadMessage, Message, SentMessage } from './message.ts'
import type { MessageReader } from './reader.ts'
import type { LocalStore } from './store.ts'
import { orderKey } from './store.ts'

export type ConversationItem =
  | (Message & { readonly direction: 'in' })
  | (SentMessage & { readonly direction: 'out' })
  | (BadMessage & { readonly direction: 'in' | 'out' })

export interface ConversationOptions extends RangeOptions {
  /** Default all. `read` and `unread` are of messages that came, so they leave out what was sent. */
  readonly status?: 'all' | 'read' | 'unread'
}

export interface Conversation {
  /** Address of the other. */
  readonly peer: string
  /** Messages in it, both directions. */
  readonly all: number
  readonly unread: number
  /** The newest of them. */
  readonly last: ConversationItem
}

export interface ConversationsInit {
  readonly store: LocalStore
  readonly reader: MessageReader
}

export class Conversations {
  readonly #init: ConversationsInit

  constructor(init: ConversationsInit) {
    this.#init = init
  }

  /** @throws MailboxError ADDRESS, SIZE (limit), NOT_FOUND (seek), ABORTED, STORE */
  list(peer: string, o: ConversationOptions = {}): AsyncGenerator<ConversationItem, void, void> {
    return listed(this.#init.store, this.#source(peer, o), o)
  }

  /** @throws MailboxError as `list` */
  async page(peer: string, o: ConversationOptions = {}): Promise<Page<ConversationItem>> {
    return await paged(this.#init.store, this.#source(peer, o), o)
  }

  /**
   * Who there are conversations with, by their last messages; `seek` is an address, the first of the page.
   * @throws MailboxError SIZE (limit), NOT_FOUND (seek), ABORTED, STORE
   */
  async peers(o: RangeOptions = {}): Promise<Page<Conversation>> {
    const { store } = this.#init
    const limit = checkedLimit(o.limit)
    const reverse = oneOf('order', o.order ?? 'newest', ['newest', 'oldest']) === 'newest'
    const seek = o.seek === undefined ? undefined : await this.#placeOf(o.seek)
    const { first, last } = placesOf(o, seek)
    const found: string[] = []
    if (first <= last) {
      const range = { gte: orderKey(first), lte: orderKey(last), limit: limit + 1, reverse }
      for await (const [, peer] of store.talkOrder.entries(range)) found.push(peer)
    }
    throwIfAborted(o.signal)
    const items = await this.#conversations(found.slice(0, limit))
    const next = found[limit]
    return next === undefined ? { items } : { items, next }
  }

  async #placeOf(peer: string): Promise<number> {
    const place = await this.#init.store.talks.get(peer)
    if (place === undefined) throw notFound(peer, 'the conversations')
    return place
  }

  async #conversations(peers: readonly string[]): Promise<Conversation[]> {
    const { store } = this.#init
    const counts = await store.counts.getMany(peers.flatMap(peer => [listName('talk', peer), listName('unread', peer)]))
    const lasts = await Promise.all(peers.map(async peer => await this.#last(peer)))
    return lasts.flatMap((last, at) => {
      const [all = 0, unread = 0] = counts.slice(2 * at)
      // it may have ended since the page was read
      return last === undefined ? [] : [{ peer: peers[at] ?? '', all, unread, last }]
    })
  }

  async #last(peer: string): Promise<ConversationItem | undefined> {
    const range = { ...listRange(listName('talk', peer), 0, placeMax), limit: 1, reverse: true }
    for await (const key of this.#init.store.lists.keys(range)) return (await this.#read([parseEntry(key)]))[0]
    return undefined
  }

  #source(peer: string, { status = 'all' }: ConversationOptions): Source<ConversationItem> {
    const { reader } = this.#init
    parseAddress(peer)
    oneOf('status', status, ['all', 'read', 'unread'])
    const list = listName(status === 'all' ? 'talk' : status, peer)
    return {
      list,
      placeOf: async id => await reader.placeOf(id, 'this conversation', ['received', 'sent'], list),
      read: this.#read
    }
  }

  readonly #read = async (entries: readonly Entry[]): Promise<ConversationItem[]> => {
    const { reader } = this.#init
    const [came, left] = await Promise.all([
      reader.received(entries.filter(({ box }) => box === 'received')),
      reader.sent(entries.filter(({ box }) => box === 'sent'))
    ])
    const [ins, outs] = [came.values(), left.values()]
    return entries.flatMap(({ box }): ConversationItem[] => {
      const next = box === 'received' ? ins.next() : outs.next()
      if (next.done === true) return []
      return [{ ...next.value, direction: box === 'received' ? 'in' : 'out' } as ConversationItem]
    })
  }
}
