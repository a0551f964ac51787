/**
 * The books of the lists: one change at a time, each one synced batch that holds the states it sets, the entries of
 * lists that follow from them, the counters, the conversations' order and the events. A crash falls before all of it or
 * after all of it (SPEC §10.9).
 */
import { toString } from 'uint8arrays'
import type { Environment } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import type { Bell } from './bell.ts'
import { Change } from './change.ts'
import type { Box } from './lists.ts'
import type { BooksRow, EventSpan } from './rows.ts'
import type { LocalStore } from './store.ts'

const empty = { first: 1, last: 0, arrivals: 0 } as const

export interface LedgerInit {
  readonly store: LocalStore
  readonly env: Environment
  /** This mailbox's own. */
  readonly address: string
  /** Rung after every change that told of an event. */
  readonly bell: Bell
}

export class Ledger {
  readonly #init: LedgerInit
  #books: BooksRow
  /** Changes wait for each other; bounded by the calls in flight. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(init: LedgerInit, books: BooksRow) {
    this.#init = init
    this.#books = books
  }

  static async open(init: LedgerInit): Promise<Ledger> {
    const { store, env } = init
    const held = await store.books.get('')
    if (held !== undefined) return new Ledger(init, held)
    const books = { epoch: toString(env.random(8), 'hex'), place: 0, received: empty, sent: empty }
    // cursors carry the epoch: it has to be the same after a crash
    await store.commit([store.books.put('', books)])
    return new Ledger(init, books)
  }

  /**
   * Runs `work` while no other change runs, then commits what it has put and set as one batch. Nothing is written when
   * it throws. `work` must not call `change` again: it would wait for itself.
   * @throws what `work` throws; MailboxError STORE, DAMAGED
   */
  async change<T>(work: (change: Change) => T | Promise<T>): Promise<T> {
    const done = this.#turn.then(async () => await this.#change(work))
    this.#turn = done.then(
      () => undefined,
      () => undefined
    )
    return await done
  }

  async #change<T>(work: (change: Change) => T | Promise<T>): Promise<T> {
    const { store, env, address, bell } = this.#init
    await this.#look()
    const change = new Change({ store, env, address, books: this.#books })
    const result = await work(change)
    try {
      await store.commit(await change.operations())
    } catch (error) {
      await this.#look()
      throw error
    }
    this.#books = change.books
    if (change.told) bell.ring()
    return result
  }

  /** A batch that failed may be on the disk all the same, with events that nobody was told of. */
  async #look(): Promise<void> {
    const before = this.#books
    const books = (await this.#init.store.books.get('')) ?? before
    this.#books = books
    if (books.received.last > before.received.last || books.sent.last > before.sent.last) this.#init.bell.ring()
  }

  /** The events that are kept. */
  span(box: Box): EventSpan {
    return this.#books[box]
  }

  cursor(box: Box, order: number): string {
    return `${this.#books.epoch}.${box}.${order}`
  }

  /** The event number in a cursor. @throws MailboxError CURSOR when the events after it are not kept here */
  orderOf(box: Box, cursor: string): number {
    const [, epoch, of, digits] = /^([0-9a-f]{16})\.(received|sent)\.(\d{1,15})$/.exec(cursor) ?? []
    const order = Number(digits)
    const { first, last } = this.span(box)
    if (epoch !== this.#books.epoch || of !== box || order > last) {
      throw new MailboxError('CURSOR', `This cursor is not one of this store: ${anew}.`)
    }
    if (order < first - 1) throw this.tooOld()
    return order
  }

  tooOld(): MailboxError {
    return new MailboxError('CURSOR', `The events after this cursor are not kept any more: ${anew}.`)
  }
}

/** What someone does whose cursor is of no use. */
const anew = 'list what is here, and watch without a cursor'
