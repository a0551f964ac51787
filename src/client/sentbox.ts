/** The messages that this client sent and that were stored, with the copies kept here (SPEC §10.9). */
import { parseAddress } from '../identity/address.ts'
import { anyOf, untilAborted } from './abort.ts'
import type { Bell } from './bell.ts'
import type { Change } from './change.ts'
import type { Ledger } from './ledger.ts'
import type { Life } from './life.ts'
import type { Page, Source } from './listing.ts'
import { listed, paged } from './listing.ts'
import { listName } from './lists.ts'
import { idsOf, notFound } from './marks.ts'
import type { BadMessage, SentItem, SentListOptions, SentMessage } from './message.ts'
import { isBad } from './message.ts'
import type { MessageReader } from './reader.ts'
import type { SentStateRow } from './rows.ts'
import type { LocalStore } from './store.ts'

export interface SentboxInit {
  readonly store: LocalStore
  readonly ledger: Ledger
  readonly reader: MessageReader
  readonly life: Life
  /** Rung after every change that told of an event. */
  readonly bell: Bell
}

export type SentEvent =
  /** A message was stored, or its copy here deleted; with the whole message. `cursor`: a later watch goes on after it. */
  | { readonly type: 'message' | 'deleted'; readonly message: SentMessage; readonly cursor: string }
  /** An event whose message, or which itself, cannot be read from the store; the others follow. */
  | { readonly type: 'bad'; readonly bad: BadMessage; readonly cursor: string }

/** For the change that takes a message out of the outbox: W relays have confirmed it. */
export function enterSent(
  change: Change,
  id: string,
  { to, ...signed }: { to: string } & Pick<SentStateRow, 'receipts' | 'writeQuorum' | 'handle'>
): void {
  const order = change.nextOrder('sent')
  const place = change.place()
  change.sent(id, undefined, { list: 'sent', place, peer: to, order, ...signed }, 'message')
}

export class Sentbox {
  readonly #init: SentboxInit

  constructor(init: SentboxInit) {
    this.#init = init
  }

  /**
   * By the time they were stored, read as the caller takes them.
   * @throws MailboxError SIZE (limit), NOT_FOUND (seek), ADDRESS (to), ABORTED, STORE
   */
  list(o: SentListOptions = {}): AsyncGenerator<SentItem, void, void> {
    return listed(this.#init.store, this.#source(o), o)
  }

  /** @throws MailboxError as `list` */
  async page(o: SentListOptions = {}): Promise<Page<SentItem>> {
    return await paged(this.#init.store, this.#source(o), o)
  }

  /** Undefined: there is no such message in the sentbox. @throws MailboxError DAMAGED, STORE */
  async get(id: string): Promise<SentMessage | undefined> {
    return await this.#init.reader.getSent(id)
  }

  /** @throws MailboxError ADDRESS, STORE */
  async counts(o: { to?: string; signal?: AbortSignal } = {}): Promise<{ all: number }> {
    if (o.to !== undefined) parseAddress(o.to)
    return { all: (await this.#init.store.counts.get(listName('sent', o.to))) ?? 0 }
  }

  /**
   * Deletes the copies here. What was sent stays sent: this recalls nothing.
   * @throws MailboxError NOT_FOUND when an id is not in the sentbox, SIZE (then nothing is deleted), ABORTED, CLOSED,
   * STORE
   */
  async delete(ids: string | readonly string[], o: { signal?: AbortSignal } = {}): Promise<void> {
    const { life, ledger, store } = this.#init
    const wanted = idsOf(ids)
    await life.run(o.signal, async () => {
      await ledger.change(async change => {
        const rows = await store.sentStates.getMany(wanted)
        for (const [at, id] of wanted.entries()) {
          const row = rows[at]
          if (row?.list !== 'sent') throw notFound(id, 'the sentbox')
          change.sent(id, row, { ...row, list: 'deleted' }, 'deleted')
        }
      })
    })
  }

  /** Of the last event there is: a watch after it tells what happens from here on. */
  get cursor(): string {
    const { ledger } = this.#init
    return ledger.cursor('sent', ledger.span('sent').last)
  }

  /**
   * What happens from now on, or what happened after a cursor and then, until `signal` aborts.
   * @throws MailboxError CURSOR (list what is here, and watch without; also when the consumer has let more events pass
   * than are kept), STORE
   */
  async *watch(o: { after?: string; signal?: AbortSignal } = {}): AsyncGenerator<SentEvent, void, undefined> {
    const { ledger, reader, bell, life } = this.#init
    const signal = anyOf(life.closed, o.signal)
    let position = o.after === undefined ? ledger.span('sent').last : ledger.orderOf('sent', o.after)
    while (!signal.aborted) {
      const changed = bell.next
      const { first, last } = ledger.span('sent')
      if (position >= last) {
        await untilAborted(changed, signal)
        continue
      }
      if (position + 1 < first) throw ledger.tooOld()
      const { type, item } = await reader.sentEvent(++position)
      const cursor = ledger.cursor('sent', position)
      if (isBad(item)) yield { type: 'bad', bad: item, cursor }
      else yield { type: type === 'deleted' ? 'deleted' : 'message', message: item, cursor }
    }
  }

  #source({ to }: SentListOptions): Source<SentItem> {
    const { reader } = this.#init
    if (to !== undefined) parseAddress(to)
    const list = listName('sent', to)
    return {
      list,
      placeOf: async id => await reader.placeOf(id, 'the sentbox', ['sent'], list),
      read: reader.sent
    }
  }
}
