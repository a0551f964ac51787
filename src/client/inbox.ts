/** The messages that were left for this mailbox: fetched from its relays, kept here, taken off the relays by ack. */
import type { Environment, Log } from '../environment.ts'
import { hourOf } from '../environment.ts'
import type { ErrorCode } from '../errors.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { parseAddress } from '../identity/address.ts'
import { anyOf, bounded, throwIfAborted } from './abort.ts'
import type { Acks } from './acks.ts'
import type { Change } from './change.ts'
import type { Collector } from './collector.ts'
import type { Conversation, ConversationItem, ConversationOptions, Conversations } from './conversations.ts'
import type { Former } from './former.ts'
import type { FailedRecord } from './intake.ts'
import type { Leaving } from './leaving.ts'
import type { Life } from './life.ts'
import type { Ledger } from './ledger.ts'
import type { Page, RangeOptions, Source } from './listing.ts'
import { listed, oneOf, paged } from './listing.ts'
import { listName } from './lists.ts'
import { idsOf, mark, remove, statesIn } from './marks.ts'
import type { InboxItem, ListOptions, Message } from './message.ts'
import type { Mover } from './mover.ts'
import type { RegistrationState, SourceRelay } from './registration.ts'
import type { StateRow } from './rows.ts'
import { sweepSeen } from './seen.ts'
import type { MessageReader } from './reader.ts'
import type { Standings, Waiting } from './standing.ts'
import type { LocalStore } from './store.ts'
import { orderKey } from './store.ts'
import type { WatchEvent, Watcher } from './watch.ts'

export interface RelayReport {
  readonly id: string
  /** True: it gave everything it holds. */
  readonly answered: boolean
  /** Why not. */
  readonly code?: ErrorCode
}

export interface PullReport {
  /** Messages that are new in the inbox. */
  readonly received: number
  /** Messages that are new among the requests. */
  readonly requests: number
  /** Records that did not open, with the reason; they stay on the relays until they expire. */
  readonly failed: readonly FailedRecord[]
  /** Requests that were left on the relays for want of room (SPEC §10.10); absent: none. */
  readonly waiting?: Waiting
  /** True: nothing that was stored for this mailbox can be missing (SPEC §8.9). Never while requests wait. */
  readonly complete: boolean
  readonly relays: readonly RelayReport[]
  /** Relays of this mailbox that say they are leaving, and what came of it (SPEC §10.8). */
  readonly leaving: readonly Leaving[]
}

export interface AckReport {
  /** Relays that have confirmed; the others are told at the next contact. */
  readonly confirmed: readonly string[]
  readonly pending: readonly string[]
}

export interface InboxInit {
  readonly store: LocalStore
  readonly state: RegistrationState
  readonly collector: Collector
  readonly former: Former
  readonly mover: Mover
  readonly acks: Acks
  readonly watcher: Watcher
  readonly ledger: Ledger
  readonly reader: MessageReader
  readonly conversations: Conversations
  readonly standings: Standings
  readonly env: Environment
  readonly log: Log
  readonly life: Life
}

interface Drained extends RelayReport {
  readonly received: number
  readonly requests: number
  readonly failed: readonly FailedRecord[]
}

export class Inbox {
  readonly #init: InboxInit

  constructor(init: InboxInit) {
    this.#init = init
  }

  /**
   * Fetches what the relays hold.
   * @throws MailboxError NOT_REGISTERED, NO_RELAY when no relay gave everything it holds (what one gave before it
   * failed is kept), ABORTED, CLOSED, STORE. Fewer relays than needed is `complete: false`.
   */
  async pull(o: { signal?: AbortSignal } = {}): Promise<PullReport> {
    return await this.#init.life.run(o.signal, async signal => await this.#pull(signal))
  }

  async #pull(signal: AbortSignal): Promise<PullReport> {
    const { state, store, ledger, env, former, mover, standings } = this.#init
    state.required()
    const { relays } = state
    const looks = await standings.looks()
    const [answers, told] = await Promise.all([
      bounded(relays, relays.length, async relay => await this.#drain(relay, signal)),
      former.tell(signal)
    ])
    throwIfAborted(signal)
    const drained = answers.filter(answer => answer.answered)
    if (drained.length === 0) {
      const codes = answers.map(answer => `${answer.id} ${answer.code ?? ''}`)
      throw new MailboxError('NO_RELAY', `None of the mailbox's relays gave an answer (${codes.join(', ')}).`)
    }
    const waiting = await standings.waiting()
    // a request that waits is not here, and what was read before there was room for it says nothing about it
    const taken = waiting === undefined && looks === (await standings.looks())
    const complete = taken && state.isComplete(new Set(drained.map(({ id }) => id)))
    if (complete) await state.completed(hourOf(env.now()))
    // counts from the next pull on: what they took before they knew may have come after they were asked
    await state.told(told)
    await this.#flush(
      relays.filter((_, at) => answers[at]?.answered === true),
      signal
    )
    await sweepSeen(store, env)
    await ledger.change(async change => {
      await change.sweep()
    })
    const { leaving } = await mover.settle(signal)
    return {
      received: answers.reduce((sum, answer) => sum + answer.received, 0),
      requests: answers.reduce((sum, answer) => sum + answer.requests, 0),
      failed: distinct(answers.flatMap(answer => answer.failed)),
      ...(waiting === undefined ? {} : { waiting }),
      complete,
      relays: answers.map(({ id, answered, code }) => (code === undefined ? { id, answered } : { id, answered, code })),
      leaving
    }
  }

  /**
   * Messages here, without asking any relay, read as the caller takes them. One that cannot be read is listed with its
   * error, and hides no other.
   * @throws MailboxError SIZE (limit), NOT_FOUND (seek), ADDRESS (from), ABORTED, STORE
   */
  list(o: ListOptions = {}): AsyncGenerator<InboxItem, void, void> {
    return listed(this.#init.store, this.#source(o), o)
  }

  /** @throws MailboxError as `list` */
  async page(o: ListOptions = {}): Promise<Page<InboxItem>> {
    return await paged(this.#init.store, this.#source(o), o)
  }

  /** Undefined: there is no such message in the inbox. @throws MailboxError DAMAGED, STORE */
  async get(id: string): Promise<Message | undefined> {
    return await this.#init.reader.get(id, 'inbox')
  }

  /** Of all, or of those from one address; kept, not counted. @throws MailboxError ADDRESS, STORE */
  async counts(o: { from?: string; signal?: AbortSignal } = {}): Promise<{ all: number; unread: number }> {
    throwIfAborted(o.signal)
    if (o.from !== undefined) parseAddress(o.from)
    const lists = [listName('inbox', o.from), listName('unread', o.from)]
    const [all = 0, unread = 0] = await this.#init.store.counts.getMany(lists)
    return { all, unread }
  }

  /** What came from `peer` and what was sent there, by arrival here. @throws MailboxError as `list`, ADDRESS (peer) */
  conversation(peer: string, o: ConversationOptions = {}): AsyncGenerator<ConversationItem, void, void> {
    return this.#init.conversations.list(peer, o)
  }

  /** @throws MailboxError as `conversation` */
  async conversationPage(peer: string, o: ConversationOptions = {}): Promise<Page<ConversationItem>> {
    return await this.#init.conversations.page(peer, o)
  }

  /** Who there are conversations with, by their last messages; `seek` is an address. @throws MailboxError as `list` */
  async conversations(o: RangeOptions = {}): Promise<Page<Conversation>> {
    return await this.#init.conversations.peers(o)
  }

  /**
   * Marks messages as read. Those that are stay as they are.
   * @throws MailboxError NOT_FOUND when an id is not in this inbox, SIZE over `idsPerCallMax` of them (then nothing is
   * marked), ABORTED, CLOSED, STORE
   */
  async read(ids: string | readonly string[], o: { signal?: AbortSignal } = {}): Promise<void> {
    const readMs = this.#init.env.now()
    await this.#each(ids, o.signal, (change, id, state) => {
      mark(change, id, state, readMs)
    })
  }

  /** Marks messages as not read. @throws MailboxError as `read` */
  async unread(ids: string | readonly string[], o: { signal?: AbortSignal } = {}): Promise<void> {
    await this.#each(ids, o.signal, (change, id, state) => {
      mark(change, id, state, undefined)
    })
  }

  /**
   * Deletes the copies here, and has the relays drop theirs. Durable when it resolves, without the relays: those that
   * have to be told are told at the next contact. A deleted message does not come back.
   * @throws MailboxError as `read`
   */
  async delete(ids: string | readonly string[], o: { signal?: AbortSignal } = {}): Promise<void> {
    const { life, state, acks } = this.#init
    const untold: string[] = []
    await this.#each(ids, o.signal, (change, id, row) => {
      if (row.ackedMs === undefined) {
        untold.push(id)
        change.put(...acks.drop(state.relays, id, row.expiresHour))
      }
      remove(change, this.#init.store, id, row)
    })
    if (untold.length > 0 && !life.closed.aborted) life.track(this.#tell(state.relays))
  }

  async #tell(relays: readonly SourceRelay[]): Promise<void> {
    try {
      await this.#flush(relays, this.#init.life.closed)
    } catch (error) {
      // durable all the same: told at the next contact
      this.#init.log('warn', 'tombstone_failed', { code: isMailboxError(error) ? error.code : String(error) })
    }
  }

  /** One change of messages that are all in this inbox. */
  async #each(
    ids: string | readonly string[],
    signal: AbortSignal | undefined,
    work: (change: Change, id: string, state: StateRow) => void
  ): Promise<void> {
    const { life, ledger, store } = this.#init
    const wanted = idsOf(ids)
    await life.run(signal, async () => {
      await ledger.change(async change => {
        for (const [id, state] of await statesIn(store, wanted, 'inbox')) work(change, id, state)
      })
    })
  }

  #source({ from, status = 'all' }: ListOptions): Source<InboxItem> {
    const { reader } = this.#init
    if (from !== undefined) parseAddress(from)
    oneOf('status', status, ['all', 'read', 'unread'])
    const list = listName(status === 'all' ? 'inbox' : status, from)
    return {
      list,
      placeOf: async id => await reader.placeOf(id, 'this inbox', ['received'], list),
      read: reader.received
    }
  }

  /**
   * Takes messages off the relays; the copies here stay. Durable when it resolves: relays that cannot be reached now
   * are told later, until the records have expired.
   * @throws MailboxError NOT_FOUND when an id is not in this inbox (then nothing is acked), NOT_REGISTERED, ABORTED, STORE
   */
  async ack(ids: readonly string[], o: { signal?: AbortSignal } = {}): Promise<AckReport> {
    return await this.#init.life.run(o.signal, async signal => await this.#ack(ids, signal))
  }

  async #ack(ids: readonly string[], signal: AbortSignal): Promise<AckReport> {
    const { store, state, env, ledger, acks } = this.#init
    state.required()
    const { relays } = state
    await ledger.change(async change => {
      for (const [id, row] of await statesIn(store, ids, 'inbox')) {
        if (row.ackedMs === undefined) {
          change.put(...acks.drop(state.relays, id, row.expiresHour))
          change.received(id, row, { ...row, ackedMs: env.now() })
        }
        change.put(store.fresh.del(orderKey(row.order)))
      }
    })
    const told = await this.#flush(relays, signal)
    const confirmed = relays.filter((_, at) => told[at] === true).map(relay => relay.id)
    return { confirmed, pending: relays.map(relay => relay.id).filter(id => !confirmed.includes(id)) }
  }

  /** Of the last event there is: a watch after it tells what happens from here on. */
  get cursor(): string {
    const { ledger } = this.#init
    return ledger.cursor('received', ledger.span('received').last)
  }

  /**
   * The backlog, one `drained`, then what happens, until `signal` aborts: see `WatchEvent`. Survives relays that come and
   * go. With `after`, the cursor of an event, the backlog is everything that happened after it.
   * @throws MailboxError NOT_REGISTERED, CURSOR (list what is here, and watch without), SLOW_CONSUMER (call again, after
   * the last cursor: nothing is lost), STORE, QUOTA
   */
  watch(o: { after?: string; signal?: AbortSignal } = {}): AsyncGenerator<WatchEvent, void, undefined> {
    return this.#init.watcher.watch(o.after, anyOf(this.#init.life.closed, o.signal))
  }

  async #drain(relay: SourceRelay, signal: AbortSignal): Promise<Drained> {
    const { id } = relay
    try {
      return { id, answered: true, ...(await this.#init.collector.drain(relay, signal)) }
    } catch (error) {
      if (!isMailboxError(error) || error.code === 'STORE') throw error
      // SPEC §10.7: one that was left, or was asked and has not taken the mailbox, has nothing of it
      if (relay.role === 'former' && error.code === 'NO_MAILBOX')
        return { id, answered: true, received: 0, requests: 0, failed: [] }
      this.#init.log('info', 'pull_failed', { relay: id, code: error.code })
      return { id, answered: false, code: error.code, received: 0, requests: 0, failed: [] }
    }
  }

  /** Tells relays what to drop; true for each that has confirmed. What fails is retried at the next contact. */
  async #flush(relays: readonly SourceRelay[], signal: AbortSignal): Promise<boolean[]> {
    return await bounded(relays, relays.length, async relay => {
      try {
        await this.#init.acks.flush(relay, signal)
        return true
      } catch (error) {
        if (!isMailboxError(error) || error.code === 'STORE') throw error
        this.#init.log('info', 'tombstone_failed', { relay: relay.id, code: error.code })
        return false
      }
    })
  }
}

/** The same record fails at every relay: said once. Records without an id cannot be told apart. */
function distinct(failed: readonly FailedRecord[]): FailedRecord[] {
  const ids = new Set<string>()
  return failed.filter(({ id }) => id === '' || (!ids.has(id) && ids.add(id)))
}
