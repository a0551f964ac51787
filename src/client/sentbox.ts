/** The messages that this client sent and that were stored, with the copies kept here. */
import { throwIfAborted } from './abort.ts'
import type { Depositor } from './depositor.ts'
import { checkedLimit } from './inbox.ts'
import type { ListOptions, SentMessage } from './message.ts'
import { sentMessageOf } from './message.ts'
import type { SentRow } from './rows.ts'
import type { LocalStore } from './store.ts'

export interface SentboxInit {
  readonly store: LocalStore
  readonly depositor: Depositor
  readonly address: string
}

export class Sentbox {
  readonly #init: SentboxInit

  constructor(init: SentboxInit) {
    this.#init = init
  }

  /** By the time they were stored. @throws MailboxError SIZE when `limit` is over `listLimitMax`, STORE */
  async *list(o: ListOptions = {}): AsyncGenerator<SentMessage> {
    const { store } = this.#init
    for await (const [, id] of store.sentbox.entries({ limit: checkedLimit(o.limit), reverse: o.order !== 'oldest' })) {
      throwIfAborted(o.signal)
      const row = await store.sent.get(id)
      if (row !== undefined) yield this.#message(id, row)
    }
  }

  async get(id: string): Promise<SentMessage | undefined> {
    const row = await this.#init.store.sent.get(id)
    return row?.storedMs === undefined ? undefined : this.#message(id, row)
  }

  #message(id: string, row: SentRow): SentMessage {
    const { depositor, address } = this.#init
    return sentMessageOf(
      id,
      address,
      row,
      (row.receipts ?? []).map(encoded => depositor.note(encoded))
    )
  }
}
