/** The messages that were left for this mailbox: fetched from its relays, kept here, taken off the relays by ack. */
import type { Environment, Log } from '../environment.ts'
import { hourOf } from '../environment.ts'
import type { ErrorCode } from '../errors.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { listLimitDefault, listLimitMax } from '../limits.ts'
import { anyOf, bounded, throwIfAborted } from './abort.ts'
import type { Acks } from './acks.ts'
import type { FailedRecord } from './intake.ts'
import type { Collector } from './collector.ts'
import type { Leaving } from './leaving.ts'
import type { Life } from './life.ts'
import type { ListOptions, Message } from './message.ts'
import { messageOf } from './message.ts'
import type { Former } from './former.ts'
import type { Mover } from './mover.ts'
import type { RegistrationState, SourceRelay } from './registration.ts'
import { recordKey, remember, sweepSeen } from './seen.ts'
import type { LocalStore, Operation } from './store.ts'
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
  /** Messages that are new here. */
  readonly received: number
  /** Records that did not open, with the reason; they stay on the relays until they expire. */
  readonly failed: readonly FailedRecord[]
  /** True: nothing that was stored for this mailbox can be missing (SPEC §8.9). */
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
  readonly address: string
  readonly env: Environment
  readonly log: Log
  readonly life: Life
}

interface Drained extends RelayReport {
  readonly received: number
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
    const { state, store, env, former, mover } = this.#init
    state.required()
    const { relays } = state
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
    const complete = state.isComplete(new Set(drained.map(({ id }) => id)))
    if (complete) await state.completed(hourOf(env.now()))
    // counts from the next pull on: what they took before they knew may have come after they were asked
    await state.told(told)
    await this.#flush(
      relays.filter((_, at) => answers[at]?.answered === true),
      signal
    )
    await sweepSeen(store, env)
    const { leaving } = await mover.settle(signal)
    return {
      received: answers.reduce((sum, answer) => sum + answer.received, 0),
      failed: distinct(answers.flatMap(answer => answer.failed)),
      complete,
      relays: answers.map(({ id, answered, code }) => (code === undefined ? { id, answered } : { id, answered, code })),
      leaving
    }
  }

  /**
   * Messages here, without asking any relay. Read as the caller takes them.
   * @throws MailboxError SIZE when `limit` is over `listLimitMax`, STORE
   */
  async *list(o: ListOptions = {}): AsyncGenerator<Message> {
    const { store, address } = this.#init
    for await (const [, id] of store.inbox.entries({ limit: checkedLimit(o.limit), reverse: o.order !== 'oldest' })) {
      throwIfAborted(o.signal)
      const row = await store.messages.get(id)
      if (row !== undefined) yield messageOf(id, address, row)
    }
  }

  async get(id: string): Promise<Message | undefined> {
    const row = await this.#init.store.messages.get(id)
    return row === undefined ? undefined : messageOf(id, this.#init.address, row)
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
    const { store, state, acks, env } = this.#init
    state.required()
    const { relays } = state
    const operations: Operation[] = []
    const rows = await store.messages.getMany(ids)
    for (const [at, id] of ids.entries()) {
      const row = rows[at]
      if (row === undefined) throw new MailboxError('NOT_FOUND', `There is no message ${id} in this inbox.`)
      if (row.ackedMs === undefined) {
        const { expiresHour } = row
        operations.push(store.messages.put(id, { ...row, ackedMs: env.now() }))
        operations.push(...remember(store, recordKey(id), { expiresHour, acked: true }))
        operations.push(...acks.pending(relays, id, expiresHour))
      }
      operations.push(store.fresh.del(orderKey(row.order)))
    }
    await store.commit(operations)
    const told = await this.#flush(relays, signal)
    const confirmed = relays.filter((_, at) => told[at] === true).map(relay => relay.id)
    return { confirmed, pending: relays.map(relay => relay.id).filter(id => !confirmed.includes(id)) }
  }

  /**
   * The backlog, one `drained`, then what arrives, until `signal` aborts: see `WatchEvent`. Survives relays that come
   * and go.
   * @throws MailboxError NOT_REGISTERED, SLOW_CONSUMER (call again: nothing is lost), STORE, QUOTA
   */
  watch(o: { signal?: AbortSignal } = {}): AsyncGenerator<WatchEvent, void, undefined> {
    return this.#init.watcher.watch(anyOf(this.#init.life.closed, o.signal))
  }

  async #drain(relay: SourceRelay, signal: AbortSignal): Promise<Drained> {
    const { id } = relay
    try {
      return { id, answered: true, ...(await this.#init.collector.drain(relay, signal)) }
    } catch (error) {
      if (!isMailboxError(error) || error.code === 'STORE') throw error
      // SPEC §10.7: one that was left, or was asked and has not taken the mailbox, has nothing of it
      if (relay.role === 'former' && error.code === 'NO_MAILBOX') return { id, answered: true, received: 0, failed: [] }
      this.#init.log('info', 'pull_failed', { relay: id, code: error.code })
      return { id, answered: false, code: error.code, received: 0, failed: [] }
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

/** @throws MailboxError SIZE */
export function checkedLimit(limit: number = listLimitDefault): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= listLimitMax) return limit
  throw new MailboxError('SIZE', `A list has 1 to ${listLimitMax} entries, not ${limit}.`, { limit: 'listLimitMax' })
}

/** The same record fails at every relay: said once. Records without an id cannot be told apart. */
function distinct(failed: readonly FailedRecord[]): FailedRecord[] {
  const ids = new Set<string>()
  return failed.filter(({ id }) => id === '' || (!ids.has(id) && ids.add(id)))
}
