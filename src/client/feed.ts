/**
 * Where one watch is among the events of the inbox. The store is the buffer: a feed holds a place and two numbers.
 *
 * With a cursor: every event after it. Without: first the messages that no watch has handed out (or, under manual ack,
 * that are not acked), then every event from the beginning of the watch on (SPEC §10.5).
 */
import { MailboxError } from '../errors.ts'
import type { AckPolicy } from './intake.ts'
import type { Ledger } from './ledger.ts'
import type { InboxItem } from './message.ts'
import type { MessageReader, Told } from './reader.ts'
import type { LocalStore } from './store.ts'
import { orderKey } from './store.ts'

export interface FeedInit {
  readonly store: LocalStore
  readonly ledger: Ledger
  readonly reader: MessageReader
  readonly policy: AckPolicy
  /** Messages that may wait for a live consumer. */
  readonly lagMax: number
}

export class Feed {
  readonly #init: FeedInit
  /** True: without a cursor. Up to the number of the last event before the watch it is given by what is fresh. */
  readonly #fresh: boolean
  readonly #start: number
  #position: number
  /** Messages that had come when the last one was handed out. */
  #arrivals = 0
  #end: { readonly order: number; readonly arrivals: number } | undefined
  #live = false

  /** @throws MailboxError CURSOR */
  constructor(init: FeedInit, after: string | undefined) {
    this.#init = init
    this.#fresh = after === undefined
    this.#start = init.ledger.span('received').last
    this.#position = after === undefined ? 0 : init.ledger.orderOf('received', after)
  }

  get live(): boolean {
    return this.#live
  }

  /** Of the last event that was handed out. */
  get cursor(): string {
    return this.#init.ledger.cursor('received', this.#position)
  }

  /** What is here now is the last of the backlog. The first call counts. */
  backlogKnown(): void {
    const { last, arrivals } = this.#init.ledger.span('received')
    this.#end ??= { order: last, arrivals }
  }

  /** True, once: the backlog is known and was handed out. From then on the feed is live. */
  turnsLive(): boolean {
    if (this.#live || this.#end === undefined || this.#position < this.#end.order) return false
    this.#live = true
    this.#arrivals = Math.max(this.#arrivals, this.#end.arrivals)
    return true
  }

  /**
   * The next event, within the backlog while that lasts.
   * @throws MailboxError SLOW_CONSUMER, CURSOR (the events after the place are not kept any more), STORE
   */
  async next(): Promise<Told<InboxItem> | undefined> {
    const { ledger, reader, lagMax } = this.#init
    const { first, last, arrivals } = ledger.span('received')
    if (this.#live && arrivals - this.#arrivals > lagMax) {
      throw new MailboxError(
        'SLOW_CONSUMER',
        `More than ${lagMax} messages have come and were not taken; watch again, after the last cursor, to go on.`
      )
    }
    const end = this.#live ? last : (this.#end?.order ?? last)
    const message = this.#fresh ? await this.#nextFresh(Math.min(end, Math.max(this.#start, first - 1))) : undefined
    if (message !== undefined || this.#position >= end) return message
    if (this.#position + 1 < first) throw ledger.tooOld()
    this.#position++
    const told = await reader.event(this.#position)
    this.#arrivals = told.arrivals ?? this.#arrivals
    return told
  }

  /** The message of the event was handed out: no watch gives it from the beginning again. */
  async taken({ type, order }: Told<InboxItem>): Promise<void> {
    const { store, policy } = this.#init
    if (type === 'message' && policy === 'on-store') await store.note([store.fresh.del(orderKey(order))])
  }

  async #nextFresh(until: number): Promise<Told<InboxItem> | undefined> {
    const { store, reader } = this.#init
    if (this.#position >= until) return undefined
    for await (const [key, id] of store.fresh.entries({
      gt: orderKey(this.#position),
      lte: orderKey(until),
      limit: 1
    })) {
      this.#position = Number(key)
      const [item] = await reader.received([{ box: 'received', id, place: 0 }])
      return item === undefined ? undefined : { order: this.#position, type: 'message', item }
    }
    // what lies between was handed out by another watch, or acked
    this.#position = until
    return undefined
  }
}
