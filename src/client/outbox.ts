/**
 * Messages that are sealed and not yet stored. What is here survives a crash and is deposited again, with identical
 * bytes, until W relays have confirmed it or it has expired; nothing leaves the outbox silently (SPEC §10.2).
 */
import { fromString } from 'uint8arrays'
import type { Environment, Log } from '../environment.ts'
import { backoffMs, hourOf } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { parseAddress } from '../identity/address.ts'
import { outboxAtOnce, outboxMessagesMax, outboxRetryMsMax, outboxRetryMsMin } from '../limits.ts'
import type { Record } from '../wire/messages.js'
import { abortable, anyOf, bounded, throwIfAborted } from './abort.ts'
import { Bell } from './bell.ts'
import type { OutboxEntry } from './entry.ts'
import { entryOf, failureOf, terminal } from './entry.ts'
import type { Depositor, Outcome } from './depositor.ts'
import type { Ledger } from './ledger.ts'
import type { Life } from './life.ts'
import type { ReceiptNote } from './message.ts'
import type { OutboxRow, SentRow } from './rows.ts'
import { enterSent } from './sentbox.ts'
import type { LocalStore } from './store.ts'

export type { OutboxEntry } from './entry.ts'

/** The relays that have signed for a stored message. */
export interface Receipts {
  readonly id: string
  readonly storedMs: number
  readonly writeQuorum: number
  readonly relays: readonly ReceiptNote[]
}

/** A sealed message with the copy that stays here. */
export interface Draft {
  readonly id: string
  readonly record: Record
  readonly sent: SentRow
}

export interface OutboxInit {
  readonly store: LocalStore
  readonly depositor: Depositor
  readonly ledger: Ledger
  readonly env: Environment
  readonly log: Log
  readonly life: Life
}

export class Outbox {
  readonly #init: OutboxInit
  /** Entries that wait for an attempt, and when. Bounded by `outboxMessagesMax`. */
  readonly #due = new Map<string, number>()
  /** Attempts that run; one per entry. */
  readonly #running = new Map<string, Promise<void>>()
  /** Rung when an attempt has ended. */
  readonly #changed = new Bell()
  /** Rung when an entry is due before the loop meant to wake. */
  readonly #sooner = new Bell()
  #wakeMs = Infinity
  #entries = 0

  private constructor(init: OutboxInit) {
    this.#init = init
  }

  /** Reads what a former process left and goes on with it. */
  static async open(init: OutboxInit): Promise<Outbox> {
    const outbox = new Outbox(init)
    for await (const [id, row] of init.store.outbox.entries({ limit: outboxMessagesMax })) {
      outbox.#entries++
      if (!terminal(row.state)) outbox.#schedule(id, row.nextMs)
    }
    init.life.track(outbox.#run())
    return outbox
  }

  /**
   * Makes a sealed message durable. Nothing has been sent when it resolves.
   * @throws MailboxError QUOTA when the outbox is full, STORE
   */
  async add(draft: Draft): Promise<void> {
    if (this.#entries >= outboxMessagesMax) {
      throw new MailboxError('QUOTA', `The outbox holds ${outboxMessagesMax} messages that are not stored.`, {
        limit: 'outboxMessagesMax'
      })
    }
    const { store, env } = this.#init
    const {
      id,
      record: { header, enc, ct },
      sent
    } = draft
    const { to, createdMs, expiresHour } = sent
    const nextMs = env.now()
    await store.commit([
      store.records.put(id, { header, enc, ct }),
      store.sent.put(id, sent),
      store.outbox.put(id, { to, createdMs, expiresHour, state: 'queued', attempts: 0, nextMs, receipts: [] })
    ])
    this.#entries++
    // should whoever added it not try it
    this.#schedule(id, nextMs + outboxRetryMsMin)
  }

  /** One attempt now, unless one runs already: then that one. Resolves with the entry, undefined once it is stored. */
  async attempt(id: string, signal: AbortSignal): Promise<OutboxEntry | undefined> {
    let running = this.#running.get(id)
    if (running === undefined) {
      running = this.#attempt(id, signal).finally(() => {
        this.#running.delete(id)
        this.#changed.ring()
      })
      this.#running.set(id, running)
      // the awaiting below, the loop or `ended` sees the failure
      running.catch(() => undefined)
    }
    await running
    return await this.get(id)
  }

  async get(id: string): Promise<OutboxEntry | undefined> {
    const row = await this.#init.store.outbox.get(id)
    return row === undefined ? undefined : entryOf(id, row)
  }

  /** Messages that are not stored, failed and expired ones included. */
  get size(): number {
    return this.#entries
  }

  /** Everything that is not stored, in no particular order; failed and expired messages too. */
  async *list(): AsyncGenerator<OutboxEntry> {
    for await (const [id, row] of this.#init.store.outbox.entries({ limit: outboxMessagesMax })) yield entryOf(id, row)
  }

  /**
   * Tries every waiting message now. Resolves with what is still not stored.
   * @throws MailboxError ABORTED, CLOSED, STORE
   */
  async flush(o: { signal?: AbortSignal } = {}): Promise<OutboxEntry[]> {
    return await this.#init.life.run(o.signal, async signal => await this.#flush(signal))
  }

  async #flush(signal: AbortSignal): Promise<OutboxEntry[]> {
    const entries = await bounded([...this.#due.keys()], outboxAtOnce, async id =>
      signal.aborted ? undefined : await this.attempt(id, signal)
    )
    throwIfAborted(signal)
    return entries.filter(entry => entry !== undefined)
  }

  /**
   * Resolves when W relays have confirmed the message.
   * @throws MailboxError the code that ended it (EXPIRED, POLICY, SIZE, …), NOT_FOUND, ABORTED, CLOSED, STORE
   */
  async stored(id: string, o: { signal?: AbortSignal } = {}): Promise<Receipts> {
    const signal = anyOf(this.#init.life.closed, o.signal)
    for (;;) {
      const changed = this.#changed.next
      const receipts = await this.receipts(id)
      if (receipts !== undefined) return receipts
      const entry = await this.get(id)
      if (entry === undefined && (await this.receipts(id)) === undefined)
        throw new MailboxError('NOT_FOUND', `No message ${id} was sent from here.`)
      if (entry !== undefined && terminal(entry.state)) throw failureOf(entry)
      await abortable(changed, signal)
    }
  }

  /** Undefined while the message is not stored. */
  async receipts(id: string): Promise<Receipts | undefined> {
    const row = await this.#init.store.sentStates.get(id)
    if (row === undefined) return undefined
    const { place: storedMs, writeQuorum, receipts } = row
    return { id, storedMs, writeQuorum, relays: receipts.map(encoded => this.#init.depositor.note(encoded)) }
  }

  /** Tries what is due, waits for what is not; ends when the mailbox closes. */
  async #run(): Promise<void> {
    const {
      env,
      life: { closed }
    } = this.#init
    while (!closed.aborted) {
      const sooner = this.#sooner.next
      const waiting = [...this.#due].filter(([id]) => !this.#running.has(id))
      const due = waiting.filter(([, nextMs]) => nextMs <= env.now()).map(([id]) => id)
      this.#wakeMs = Math.min(env.now() + outboxRetryMsMax, ...waiting.map(([, nextMs]) => nextMs))
      if (due.length > 0)
        await bounded(due, outboxAtOnce, async id => {
          await this.#retry(id)
        })
      else await this.#sleep(this.#wakeMs - env.now(), sooner)
    }
  }

  #schedule(id: string, nextMs: number): void {
    this.#due.set(id, nextMs)
    if (nextMs < this.#wakeMs) this.#sooner.ring()
  }

  async #retry(id: string): Promise<void> {
    const {
      env,
      life: { closed },
      log
    } = this.#init
    if (closed.aborted) return
    try {
      await this.attempt(id, closed)
    } catch (error) {
      // The local store failed: the entry is as it was, and its time comes again.
      log('error', 'outbox_attempt_failed', { record: id, code: isMailboxError(error) ? error.code : String(error) })
      this.#schedule(id, env.now() + outboxRetryMsMax)
    }
  }

  async #sleep(ms: number, sooner: Promise<unknown>): Promise<void> {
    const {
      env,
      life: { closed }
    } = this.#init
    const woken = new AbortController()
    const slept = env.delay(Math.max(1, ms), AbortSignal.any([closed, woken.signal])).catch((error: unknown) => {
      if (!closed.aborted && !woken.signal.aborted) throw error
    })
    await Promise.race([slept, sooner])
    woken.abort()
    await slept
  }

  async #attempt(id: string, signal: AbortSignal): Promise<void> {
    const { store, depositor, env } = this.#init
    const [row, record] = await Promise.all([store.outbox.get(id), store.records.get(id)])
    if (row === undefined || record === undefined || terminal(row.state)) {
      this.#due.delete(id)
      return
    }
    if (row.expiresHour <= hourOf(env.now())) {
      await this.#settle(id, {
        ...row,
        state: 'expired',
        code: 'EXPIRED',
        reason: 'It expired before enough relays had taken it.'
      })
      return
    }
    const outcome = await depositor.deposit(
      {
        mailbox: parseAddress(row.to),
        id: fromString(id, 'hex'),
        record,
        expiresHour: row.expiresHour,
        receipts: row.receipts
      },
      anyOf(signal, this.#init.life.closed)
    )
    await this.#record(id, row, outcome)
  }

  async #record(id: string, row: OutboxRow, outcome: Outcome): Promise<void> {
    const { store, ledger, env, log } = this.#init
    const { state, receipts, writeQuorum, error } = outcome
    if (state === 'stored') {
      const { to } = row
      await ledger.change(change => {
        change.put(store.outbox.del(id), store.records.del(id))
        enterSent(change, id, { to, receipts, writeQuorum })
      })
      this.#due.delete(id)
      this.#entries--
      return
    }
    const attempts = row.attempts + 1
    const nextMs = env.now() + backoffMs(env, row.attempts, outboxRetryMsMin, outboxRetryMsMax, error?.retryAfterMs)
    log('info', 'deposit_waits', { record: id, state, code: error?.code ?? '', attempts })
    const failure = error === undefined ? {} : { code: error.code, reason: error.message }
    await this.#settle(id, { ...row, state, attempts, nextMs, receipts, ...failure })
  }

  async #settle(id: string, row: OutboxRow): Promise<void> {
    const { store } = this.#init
    const operations = [store.outbox.put(id, row)]
    // The sealed bytes are of no more use; the copy in `sent` and the reason stay.
    if (terminal(row.state)) operations.push(store.records.del(id))
    await store.commit(operations)
    if (terminal(row.state)) this.#due.delete(id)
    else this.#schedule(id, row.nextMs)
  }
}
