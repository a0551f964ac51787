/** Messages of senders that this owner does not know, until it decides about each of them (SPEC §10.10). */
import { MailboxError } from '../errors.ts'
import { parseAddress } from '../identity/address.ts'
import { throwIfAborted } from './abort.ts'
import type { Contact, Contacts } from './contacts.ts'
import type { Ledger } from './ledger.ts'
import type { Life } from './life.ts'
import type { Page, RangeOptions, Source } from './listing.ts'
import { listed, paged } from './listing.ts'
import { listName } from './lists.ts'
import { idsOf, statesIn } from './marks.ts'
import type { InboxItem, Message } from './message.ts'
import type { MessageReader } from './reader.ts'
import type { Standings, Waiting } from './standing.ts'
import type { LocalStore } from './store.ts'

export interface RequestOptions extends RangeOptions {
  /** Address of a sender. */
  readonly from?: string
}

export interface RequestsInit {
  readonly store: LocalStore
  readonly ledger: Ledger
  readonly reader: MessageReader
  readonly standings: Standings
  readonly contacts: Contacts
  readonly life: Life
}

interface Signalled {
  readonly signal?: AbortSignal
}

export class Requests {
  readonly #init: RequestsInit

  constructor(init: RequestsInit) {
    this.#init = init
  }

  /** As `Inbox.list`. @throws MailboxError SIZE (limit), NOT_FOUND (seek), ADDRESS (from), ABORTED, STORE */
  list(o: RequestOptions = {}): AsyncGenerator<InboxItem, void, void> {
    return listed(this.#init.store, this.#source(o), o)
  }

  /** @throws MailboxError as `list` */
  async page(o: RequestOptions = {}): Promise<Page<InboxItem>> {
    return await paged(this.#init.store, this.#source(o), o)
  }

  /** Undefined: there is no such message among the requests. @throws MailboxError DAMAGED, STORE */
  async get(id: string): Promise<Message | undefined> {
    return await this.#init.reader.get(id, 'requests')
  }

  /** Of all, or of those from one address. @throws MailboxError ADDRESS, STORE */
  async counts(o: { from?: string } & Signalled = {}): Promise<{ all: number }> {
    throwIfAborted(o.signal)
    if (o.from !== undefined) parseAddress(o.from)
    return { all: (await this.#init.store.counts.get(listName('requests', o.from))) ?? 0 }
  }

  /** Requests that were left on the relays for want of room, as the last pulls have found them. @throws MailboxError STORE */
  async waiting(): Promise<Waiting | undefined> {
    return await this.#init.standings.waiting()
  }

  /**
   * This sender is known from now on, with `name` as a contact: its requests come into the inbox as new messages, in the
   * order in which they came.
   * @throws MailboxError ADDRESS, CONTACT (the sender is blocked; `name` is another contact's, or cannot be one), QUOTA,
   * ABORTED, CLOSED, STORE
   */
  async accept(address: string, o: { name?: string } & Signalled = {}): Promise<Contact | undefined> {
    const { contacts, standings, ledger, life } = this.#init
    parseAddress(address)
    return await life.run(o.signal, async signal => {
      throwIfAborted(signal)
      const contact = await ledger.change(async change => {
        if ((await standings.of(change, address)) === 'blocked')
          throw new MailboxError('CONTACT', 'This sender is blocked: unblock it first.')
        if (o.name !== undefined) return await contacts.put(change, address, o.name)
        await standings.know(change, address, 'otherwise')
        return undefined
      })
      await standings.settle()
      return contact
    })
  }

  /**
   * Deletes requests, here and from the relays. Their sender stays unknown.
   * @throws MailboxError NOT_FOUND when an id is not among the requests, SIZE over `idsPerCallMax` of them (then nothing
   * is deleted), ABORTED, CLOSED, STORE
   */
  async delete(ids: string | readonly string[], o: Signalled = {}): Promise<void> {
    const { store, standings, ledger, life } = this.#init
    const wanted = idsOf(ids)
    await life.run(o.signal, async () => {
      await ledger.change(async change => {
        for (const [id] of await statesIn(store, wanted, 'requests')) await standings.discard(change, id)
        await standings.lookAgain(change)
      })
    })
  }

  /** Deletes the requests of this sender and takes no more from it: see `Contacts.block`. */
  async block(address: string, o: Signalled = {}): Promise<void> {
    parseAddress(address)
    await this.#init.contacts.block(address, o)
  }

  #source({ from }: RequestOptions): Source<InboxItem> {
    const { reader } = this.#init
    if (from !== undefined) parseAddress(from)
    const list = listName('requests', from)
    return {
      list,
      placeOf: async id => await reader.placeOf(id, 'the requests', ['received'], list),
      read: reader.received
    }
  }
}
