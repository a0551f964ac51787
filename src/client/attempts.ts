/**
 * Attempts to have queued messages stored: when each is due, one at a time for each message, a few at a time in all
 * (SPEC §10.2).
 */
import { fromString } from 'uint8arrays'
import type { Environment, Log } from '../environment.ts'
import { chanceOf, noLongerAwaited, pause } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { parseAddress } from '../identity/address.ts'
import { outboxAtOnce, outboxFinishedMax, outboxRetryMsMax, outboxRetryMsMin } from '../limits.ts'
import { anyOf, bounded, untilAborted } from './abort.ts'
import { Admitter } from './admitter.ts'
import { Bell } from './bell.ts'
import type { Consignment, Depositor, Outcome } from './depositor.ts'
import type { OutboxEvent, Stamping } from './entry.ts'
import { entryOf, terminal } from './entry.ts'
import type { Life } from './life.ts'
import type { Admissible, Proofs } from './proofs.ts'
import type { Place, Queue } from './queue.ts'
import { isSealed } from './queue.ts'
import type { AttemptRow, OutboxRow } from './rows.ts'
import { begun, expired, hasExpired, mustSay, recovered, settled, unreadable } from './schedule.ts'
import type { Sealer } from './sealer.ts'

export interface AttemptsInit {
  readonly queue: Queue
  readonly sealer: Sealer
  readonly depositor: Depositor
  readonly proofs: Proofs
  readonly env: Environment
  readonly log: Log
  readonly life: Life
  /** Called after each change that is on disk. */
  readonly tell: (event: OutboxEvent) => void
}

interface Turn {
  readonly work: Promise<void>
  readonly stop: AbortController
}

export class Attempts {
  readonly #init: AttemptsInit
  readonly #admitter: Admitter
  /** Messages that wait for an attempt, by key, and when. Bounded by `outboxMessagesMax`. */
  readonly #due = new Map<string, number>()
  /** Keys of messages that failed or expired, the first to end first. Bounded by `outboxFinishedMax`. */
  readonly #finished = new Set<string>()
  /** What is being done with a message now: one thing at a time. */
  readonly #turns = new Map<string, Turn>()
  /** Rung when a message is due before the loop meant to wake. */
  readonly #sooner = new Bell()
  #wakeMs = Infinity

  constructor(init: AttemptsInit) {
    this.#init = init
    this.#admitter = new Admitter(init)
  }

  /** Reads what a former process left and goes on with it. @throws MailboxError STORE */
  async start(): Promise<void> {
    const { queue, env, life } = this.#init
    const ended: Array<{ key: string; endedMs: number }> = []
    for await (const found of queue.places()) {
      const place = 'damaged' in found ? (await this.#salvage(found.damaged)).place : found
      if (place === undefined) continue
      const { key, row } = place
      if (terminal(row.state)) {
        ended.push({ key, endedMs: row.endedMs ?? 0 })
        continue
      }
      const now = recovered(row, env.now())
      if (now !== row) await queue.put({ ...place, row: now }, [])
      this.schedule(key, now.nextMs)
    }
    for (const { key } of ended.toSorted((a, b) => a.endedMs - b.endedMs)) this.#finished.add(key)
    await this.#makeRoom()
    life.track(this.#run())
  }

  /** Messages that are not stored, failed and expired ones included. */
  get size(): number {
    return this.#due.size + this.#finished.size
  }

  /** Keys of the messages that wait. */
  get waiting(): readonly string[] {
    return [...this.#due.keys()]
  }

  /** Of a message that is being stamped, by key. */
  stampingOf(key: string): Stamping | undefined {
    return this.#admitter.stampingOf(key)
  }

  /**
   * What is in the place of an entry that could not be read; undefined: it was set aside, and is in the outbox no more.
   * @throws MailboxError STORE
   */
  async mend(id: string): Promise<Place | undefined> {
    const { place, wasDamaged } = await this.#salvage(id)
    if (wasDamaged) await this.#replace(id, place)
    return place
  }

  async #salvage(key: string): Promise<{ place: Place | undefined; wasDamaged: boolean }> {
    const { queue, env, log } = this.#init
    const found = await queue.mend(key, env.now())
    if (found.wasDamaged) log('warn', 'outbox_damaged', { record: key, state: found.place?.row.state ?? 'aside' })
    return found
  }

  async #replace(key: string, place: Place | undefined): Promise<void> {
    this.forget(key)
    if (place === undefined) this.#init.tell({ type: 'damaged', id: key })
    else if (terminal(place.row.state)) await this.#end(place)
    else {
      this.schedule(place.key, place.row.nextMs)
      this.#init.tell({ type: 'state', entry: entryOf(place.id, place.row) })
    }
  }

  /** A clock that was ahead does not make a message wait longer than the longest pause. */
  schedule(key: string, nextMs: number): void {
    const atMs = Math.min(nextMs, this.#init.env.now() + outboxRetryMsMax)
    this.#due.set(key, atMs)
    if (atMs < this.#wakeMs) this.#sooner.ring()
  }

  /** The message is in the outbox no more. */
  forget(key: string): void {
    this.#due.delete(key)
    this.#finished.delete(key)
  }

  /** One attempt now, unless one runs already: then that one, which goes on when `signal` aborts. */
  async attempt(key: string, signal: AbortSignal): Promise<void> {
    const running = this.#turns.get(key)
    if (running !== undefined) await untilAborted(running.work, signal)
    else await this.#turn(key, async stop => await this.#attemptWhole(key, anyOf(signal, stop)))
  }

  /** What cannot be read of a message ends it, and no other. */
  async #attemptWhole(key: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#attempt(key, signal)
    } catch (error) {
      if (!isMailboxError(error, 'DAMAGED')) throw error
      const { place, wasDamaged } = await this.#salvage(key)
      if (wasDamaged) await this.#replace(key, place)
      else if (place !== undefined) await this.settle(place, unreadable(place.row, error.message, this.#init.env.now()))
    }
  }

  /** Stops an attempt that runs, and does `work` before there is another. */
  async exclusively(key: string, work: () => Promise<void>): Promise<void> {
    for (let turn = this.#turns.get(key); turn !== undefined; turn = this.#turns.get(key)) {
      turn.stop.abort(new MailboxError('ABORTED', 'Stopped by the caller.'))
      await Promise.allSettled([turn.work])
    }
    await this.#turn(key, work)
  }

  async #turn(key: string, work: (stop: AbortSignal) => Promise<void>): Promise<void> {
    const stop = new AbortController()
    const running = work(stop.signal).finally(() => {
      this.#turns.delete(key)
      // the loop may have looked while this ran
      if ((this.#due.get(key) ?? Infinity) < this.#wakeMs) this.#sooner.ring()
    })
    this.#turns.set(key, { work: running, stop })
    await running
  }

  /** Tries what is due, waits for what is not; ends when the mailbox closes. */
  async #run(): Promise<void> {
    const {
      env,
      life: { closed }
    } = this.#init
    while (!closed.aborted) {
      const sooner = this.#sooner.next
      const waiting = [...this.#due].filter(([key]) => !this.#turns.has(key))
      const due = waiting.filter(([, nextMs]) => nextMs <= env.now()).map(([key]) => key)
      this.#wakeMs = Math.min(env.now() + outboxRetryMsMax, ...waiting.map(([, nextMs]) => nextMs))
      if (due.length > 0)
        await bounded(due, outboxAtOnce, async key => {
          await this.#retry(key)
        })
      else await this.#sleep(this.#wakeMs - env.now(), sooner)
    }
  }

  async #retry(key: string): Promise<void> {
    const {
      env,
      life: { closed },
      log
    } = this.#init
    if (closed.aborted) return
    try {
      await this.attempt(key, closed)
    } catch (error) {
      // The local store failed: the entry is as it was, and its time comes again.
      log('error', 'outbox_attempt_failed', { record: key, code: isMailboxError(error) ? error.code : String(error) })
      if (this.#due.has(key)) this.schedule(key, env.now() + outboxRetryMsMax)
    }
  }

  async #sleep(ms: number, sooner: Promise<unknown>): Promise<void> {
    const {
      env,
      life: { closed }
    } = this.#init
    const woken = new AbortController()
    const slept = pause(env, Math.max(1, ms), AbortSignal.any([closed, woken.signal]))
    await Promise.race([slept, sooner])
    woken.abort(noLongerAwaited)
    await slept
  }

  async #attempt(key: string, signal: AbortSignal): Promise<void> {
    const { queue, env, life } = this.#init
    const place = await queue.find(key)
    if (place === undefined || terminal(place.row.state)) {
      await this.#catchUp(key, place)
      return
    }
    if (hasExpired(place.row, env.now())) {
      await this.settle(place, expired(place.row, env.now()))
      return
    }
    const either = anyOf(signal, life.closed)
    const sealed = isSealed(place) ? place : await this.#seal(place, either)
    if (sealed !== undefined) await this.#deposit(sealed, either)
  }

  /** It waits no more, though nobody was told: the batch that said so has failed, and is on the disk all the same. */
  async #catchUp(key: string, place: Place | undefined): Promise<void> {
    const { queue, tell } = this.#init
    if (!this.#due.has(key)) return
    const stored = place === undefined ? await queue.stored(key) : undefined
    if (place !== undefined) await this.#end(place)
    this.#due.delete(key)
    if (stored !== undefined) tell({ type: 'stored', ...stored })
  }

  /** Says on disk that bytes are about to leave. */
  async #begin(place: Place): Promise<Place> {
    if (!mustSay(place.row)) return place
    const begins = { ...place, row: begun(place.row) }
    await this.#init.queue.put(begins, [])
    return begins
  }

  /** Undefined when it is not sealed after this. */
  async #seal(place: Place, signal: AbortSignal): Promise<Place | undefined> {
    const { queue, sealer } = this.#init
    const draft = await queue.draft(place.id)
    if (draft === undefined) throw new MailboxError('STORE', `The message ${place.id} is not in the local store.`)
    try {
      const sealing = await sealer.seal(draft, signal)
      if ('sealed' in sealing) {
        const row = sealing.sealed.stampable ? place.row : begun(place.row)
        return await queue.seal({ ...place, row }, sealing.sealed)
      }
      await this.#record(place, this.#without('failed', sealing.refusal))
    } catch (error) {
      if (!isMailboxError(error) || error.code === 'STORE') throw error
      await this.#record(place, this.#without(error.code === 'NO_MAILBOX' ? 'no-mailbox' : 'queued', error))
    }
    return undefined
  }

  /** What came of an attempt that has asked no relay to take anything. */
  #without(state: Outcome['state'], error: MailboxError): Outcome {
    const notes = [{ atMs: this.#init.env.now(), code: error.code }]
    return { state, error, notes, receipts: [], writeQuorum: 1, asked: false, definite: true }
  }

  async #deposit(sealed: Place, signal: AbortSignal): Promise<void> {
    const { queue, depositor } = this.#init
    const { id, row } = sealed
    const record = await queue.record(id)
    if (record === undefined) throw new MailboxError('STORE', `The record ${id} is not in the local store.`)
    const { expiresHour, receipts } = row
    const what = { mailbox: parseAddress(row.to), id: fromString(id, 'hex'), record, expiresHour }
    const admitted = await this.#admit(sealed, what, signal)
    if (admitted === undefined) return
    let place = await this.#begin(admitted.place)
    const prove: Consignment['prove'] = async (o, stop) => {
      const again = await this.#admitter.prove(place, what, { ...o, signal: stop })
      place = again.place
      return again.proving
    }
    const outcome = await depositor.deposit({ ...what, receipts, proof: admitted.proof, prove }, signal)
    await this.#record(place, outcome)
  }

  /** Undefined when nothing leaves after this. */
  async #admit(
    place: Place,
    what: Admissible,
    signal: AbortSignal
  ): Promise<{ place: Place; proof: Uint8Array | undefined } | undefined> {
    try {
      const admitted = await this.#admitter.prove(place, what, { signal })
      if (!('refusal' in admitted.proving)) return { place: admitted.place, proof: admitted.proving.proof }
      await this.#record(place, this.#sealedOutcome(place, 'failed', admitted.proving.refusal))
    } catch (error) {
      if (!isMailboxError(error) || error.code === 'STORE') throw error
      await this.#record(
        place,
        this.#sealedOutcome(place, error.code === 'NO_MAILBOX' ? 'no-mailbox' : 'queued', error)
      )
    }
    return undefined
  }

  /** As `#without`, of a record that relays may have from an earlier attempt. */
  #sealedOutcome({ row }: Place, state: Outcome['state'], error: MailboxError): Outcome {
    return { ...this.#without(state, error), receipts: row.receipts, definite: false }
  }

  async #record(place: Place, outcome: Outcome): Promise<void> {
    const { queue, env, log, tell } = this.#init
    const { key, id, row } = place
    if (outcome.state === 'stored') {
      await queue.store(place, outcome)
      this.forget(key)
      tell({ type: 'stored', id, to: row.to, ...(row.handle === undefined ? {} : { handle: row.handle }) })
      return
    }
    const now = settled(row, outcome, env.now(), chanceOf(env))
    log('info', 'deposit_waits', { record: id, state: now.state, code: now.code ?? '', attempts: now.attempts })
    await this.settle(place, now, outcome.notes)
  }

  /** Records what has become of a message that is not stored. */
  async settle(place: Place, row: OutboxRow, notes: readonly AttemptRow[] = []): Promise<void> {
    const { queue, tell } = this.#init
    await queue.put({ ...place, row }, notes)
    if (terminal(row.state)) {
      await this.#end({ ...place, row })
      return
    }
    this.schedule(place.key, row.nextMs)
    tell({ type: 'state', entry: entryOf(place.id, row) })
  }

  /** No attempt follows. */
  async #end({ key, id, row }: Place): Promise<void> {
    this.#due.delete(key)
    this.#finished.add(key)
    this.#init.tell({ type: 'state', entry: entryOf(id, row) })
    await this.#makeRoom()
  }

  /** Of those that ended only so many are kept. What fails here is made up for by the next start. */
  async #makeRoom(): Promise<void> {
    const { queue, tell } = this.#init
    while (this.#finished.size > outboxFinishedMax) {
      const [first = ''] = this.#finished
      // before anything is awaited: several may end at one time
      this.#finished.delete(first)
      const place = await queue.find(first)
      if (place === undefined) continue
      await queue.forget(place)
      tell({ type: 'deleted', entry: entryOf(place.id, place.row) })
    }
  }

  /** For whoever adds a message and tries it at once: the loop would come by later. */
  get firstMs(): number {
    return this.#init.env.now() + outboxRetryMsMin
  }
}
