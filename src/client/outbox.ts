/**
 * Messages that are not stored yet. What is here survives a crash and is deposited again, with identical bytes once it is
 * sealed, until W relays have confirmed it, it has expired or its sender has cancelled it; nothing leaves the outbox
 * silently (SPEC §10.2).
 */
import { toString } from 'uint8arrays'
import type { Environment, Log } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { handleBytes, outboxAtOnce, outboxMessagesMax } from '../limits.ts'
import { abortable, anyOf, bounded, throwIfAborted } from './abort.ts'
import { Attempts } from './attempts.ts'
import { Bell } from './bell.ts'
import type { Depositor } from './depositor.ts'
import type { OutboxEntry, OutboxEvent, OutboxMessage, Receipts } from './entry.ts'
import { entryOf, failureOf, mayArrive, terminal } from './entry.ts'
import { about } from './message.ts'
import { News } from './news.ts'
import type { Attempt } from './history.ts'
import { attemptOf } from './history.ts'
import type { Ledger } from './ledger.ts'
import type { Life } from './life.ts'
import type { Proofs } from './proofs.ts'
import type { Place } from './queue.ts'
import { notFound, Queue } from './queue.ts'
import type { DraftRow, OutboxRow } from './rows.ts'
import { begun, cancelled } from './schedule.ts'
import type { SealedDraft, Sealer } from './sealer.ts'
import type { LocalStore } from './store.ts'

export type { OutboxEntry, OutboxEvent, OutboxMessage, Receipts } from './entry.ts'

export interface OutboxInit {
  readonly store: LocalStore
  readonly sealer: Sealer
  readonly depositor: Depositor
  readonly proofs: Proofs
  readonly ledger: Ledger
  readonly env: Environment
  readonly log: Log
  readonly life: Life
}

export class Outbox {
  readonly #init: OutboxInit
  readonly #queue: Queue
  readonly #attempts: Attempts
  /** Rung when something here has changed. */
  readonly #changed = new Bell()
  readonly #news = new News<OutboxEvent>()

  private constructor(init: OutboxInit) {
    this.#init = init
    this.#queue = new Queue(init.store, init.ledger)
    const tell = (event: OutboxEvent): void => {
      this.#tell(event)
    }
    this.#attempts = new Attempts({ ...init, queue: this.#queue, tell })
  }

  /** Reads what a former process left and goes on with it. @throws MailboxError STORE */
  static async open(init: OutboxInit): Promise<Outbox> {
    const outbox = new Outbox(init)
    await outbox.#attempts.start()
    return outbox
  }

  /**
   * Makes a message durable: sealed, when its recipient's keys are here, and otherwise as it is. Nothing has been sent
   * when it resolves. @returns its record id, or its handle
   * @throws MailboxError QUOTA when the outbox is full, STORE
   */
  async add(draft: DraftRow): Promise<string> {
    const { env, sealer } = this.#init
    this.#checkRoom()
    const sealed = await sealer.atOnce(draft)
    // whoever waited beside it may have come first
    this.#checkRoom()
    const { to, createdMs, expiresHour } = draft
    const nextMs = this.#attempts.firstMs
    const row: OutboxRow = { to, createdMs, expiresHour, state: 'queued', attempts: 0, nextMs, receipts: [] }
    const id = sealed?.id ?? toString(env.random(handleBytes), 'hex')
    // counts from now on; should whoever added it not try it, the loop does
    this.#attempts.schedule(id, Infinity)
    if (sealed === undefined) await this.#queue.addDraft(id, draft, row)
    else await this.#addSealed(sealed, { ...row, expiresHour: sealed.sent.expiresHour })
    this.#attempts.schedule(id, nextMs)
    const entry = await this.get(id)
    if (entry !== undefined) this.#tell({ type: 'state', entry })
    return id
  }

  /** What needs no stamp leaves at once. */
  async #addSealed(sealed: SealedDraft, row: OutboxRow): Promise<void> {
    await this.#queue.addSealed(sealed, sealed.stampable ? row : begun(row))
  }

  #checkRoom(): void {
    if (this.size < outboxMessagesMax) return
    throw new MailboxError('QUOTA', `The outbox holds ${outboxMessagesMax} messages that are not stored.`, {
      limit: 'outboxMessagesMax'
    })
  }

  /** One attempt now, unless one runs already: then that one. Resolves with the entry, undefined once it is stored. */
  async attempt(id: string, signal: AbortSignal): Promise<OutboxEntry | undefined> {
    const place = await this.#queue.find(id)
    if (place !== undefined) await this.#attempts.attempt(place.key, signal)
    return await this.get(id)
  }

  /** @param id record id or handle, here and in the other calls */
  async get(id: string): Promise<OutboxEntry | undefined> {
    const place = await this.#queue.find(id)
    return place === undefined ? undefined : this.#entryOf(place)
  }

  /** The message of an entry, also when it failed or expired. */
  async message(id: string): Promise<OutboxMessage | undefined> {
    const place = await this.#queue.find(id)
    const content = place === undefined ? undefined : await this.#queue.content(place)
    if (place === undefined || content === undefined) return undefined
    const { to, createdMs, contentType, body, expiresHour } = content
    return { id: place.id, to, createdMs, contentType, body, expiresHour, ...about(content) }
  }

  /** Messages that are not stored, failed and expired ones included. */
  get size(): number {
    return this.#attempts.size
  }

  /** Everything that is not stored, in no particular order; failed and expired messages too. */
  async *list(): AsyncGenerator<OutboxEntry> {
    for await (const found of this.#queue.places()) {
      const place = 'damaged' in found ? await this.#attempts.mend(found.damaged) : found
      if (place !== undefined) yield this.#entryOf(place)
    }
  }

  /** Entries of which nothing could be read, and when they were set aside. @throws MailboxError STORE */
  async damaged(): Promise<ReadonlyArray<{ readonly id: string; readonly atMs: number }>> {
    return await this.#queue.damaged()
  }

  #entryOf({ key, id, row }: Place): OutboxEntry {
    return entryOf(id, row, this.#attempts.stampingOf(key))
  }

  /**
   * What was tried, oldest first, at most `attemptsKeptMax`; also of a message that has been stored.
   * @throws MailboxError NOT_FOUND, STORE
   */
  async history(id: string): Promise<Attempt[]> {
    const rows = await this.#queue.history(id)
    if (rows.length === 0 && (await this.get(id)) === undefined && (await this.receipts(id)) === undefined)
      throw notFound(id)
    return rows.map(attemptOf)
  }

  /**
   * What is here, then every change of it as it happens, until `signal` aborts.
   * @throws MailboxError QUOTA (watchesMax), SLOW_CONSUMER, STORE
   */
  watch(o: { signal?: AbortSignal } = {}): AsyncGenerator<OutboxEvent, void, undefined> {
    const first = async function* (list: AsyncGenerator<OutboxEntry>): AsyncGenerator<OutboxEvent> {
      for await (const entry of list) yield { type: 'state', entry }
    }
    return this.#news.read(() => first(this.list()), anyOf(this.#init.life.closed, o.signal))
  }

  /**
   * Tries every waiting message now. Resolves with what is still not stored.
   * @throws MailboxError ABORTED, CLOSED, STORE
   */
  async flush(o: { signal?: AbortSignal } = {}): Promise<OutboxEntry[]> {
    return await this.#init.life.run(o.signal, async signal => await this.#flush(signal))
  }

  async #flush(signal: AbortSignal): Promise<OutboxEntry[]> {
    const entries = await bounded(this.#attempts.waiting, outboxAtOnce, async key =>
      signal.aborted ? undefined : await this.attempt(key, signal)
    )
    throwIfAborted(signal)
    return entries.filter(entry => entry !== undefined)
  }

  /**
   * Tries one message now, whatever its schedule. Resolves with its entry, undefined once it is stored.
   * @throws MailboxError what ended it, when it failed or expired; NOT_FOUND, ABORTED, CLOSED, STORE
   */
  async retry(id: string, o: { signal?: AbortSignal } = {}): Promise<OutboxEntry | undefined> {
    return await this.#init.life.run(o.signal, async signal => {
      const before = await this.get(id)
      if (before === undefined && (await this.receipts(id)) === undefined) throw notFound(id)
      if (before !== undefined && terminal(before.state)) throw failureOf(before)
      return await this.attempt(id, signal)
    })
  }

  /**
   * Takes a message back: no attempt follows, and it ends as `failed` with CANCELLED. `mayArrive`: bytes of it may have
   * reached a relay. A message that has ended already stays as it is.
   * @throws MailboxError STORED when it is stored already, NOT_FOUND, CLOSED, STORE
   */
  async cancel(id: string): Promise<{ mayArrive: boolean }> {
    return await this.#init.life.run(undefined, async () => {
      const found = await this.#find(id, 'it cannot be cancelled')
      await this.#attempts.exclusively(found.key, async () => {
        const place = await this.#queue.find(found.key)
        if (place !== undefined && !terminal(place.row.state))
          await this.#attempts.settle(place, cancelled(place.row, this.#init.env.now()))
      })
      return { mayArrive: mayArrive((await this.#find(id, 'it cannot be cancelled')).row) }
    })
  }

  /**
   * Removes a message that failed or expired, with its history.
   * @throws MailboxError PENDING while it waits, STORED when it is stored, NOT_FOUND, CLOSED, STORE
   */
  async delete(id: string): Promise<void> {
    await this.#init.life.run(undefined, async () => {
      const place = await this.#find(id, 'delete it from the sentbox')
      if (!terminal(place.row.state))
        throw new MailboxError('PENDING', `The message ${id} still waits to be stored; cancel it first.`)
      await this.#queue.forget(place)
      this.#attempts.forget(place.key)
      this.#tell({ type: 'deleted', entry: entryOf(place.id, place.row) })
    })
  }

  /** @throws MailboxError STORED, NOT_FOUND */
  async #find(id: string, otherwise: string): Promise<Place> {
    const place = await this.#queue.find(id)
    if (place !== undefined) return place
    if ((await this.receipts(id)) === undefined) throw notFound(id)
    throw new MailboxError('STORED', `The message ${id} is stored: ${otherwise}.`)
  }

  /**
   * Resolves when W relays have confirmed the message.
   * @throws MailboxError the code that ended it (EXPIRED, CANCELLED, POLICY, SIZE, …), NOT_FOUND, ABORTED, CLOSED, STORE
   */
  async stored(id: string, o: { signal?: AbortSignal } = {}): Promise<Receipts> {
    const signal = anyOf(this.#init.life.closed, o.signal)
    for (;;) {
      const changed = this.#changed.next
      // in this order: it leaves the outbox in the batch that stores it
      const entry = await this.get(id)
      const receipts = entry === undefined ? await this.receipts(id) : undefined
      if (receipts !== undefined) return receipts
      if (entry === undefined) throw notFound(id)
      if (terminal(entry.state)) throw failureOf(entry)
      await abortable(changed, signal)
    }
  }

  /** Undefined while the message is not stored. */
  async receipts(id: string): Promise<Receipts | undefined> {
    const recordId = await this.#queue.recordId(id)
    const row = await this.#init.store.sentStates.get(recordId)
    if (row === undefined) return undefined
    const { place: storedMs, writeQuorum, receipts } = row
    return { id: recordId, storedMs, writeQuorum, relays: receipts.map(encoded => this.#init.depositor.note(encoded)) }
  }

  #tell(event: OutboxEvent): void {
    this.#news.tell(event)
    this.#changed.ring()
  }
}
