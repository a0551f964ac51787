/**
 * Messages as they come, in three phases (SPEC §10.5).
 *
 * Backlog: messages here that no watch has handed out (or, under manual ack, that are not acked), joined by what the
 * relays hold, in the order of their arrival here. `drained`: once, after every listed relay was drained or failed for
 * the first time. Live: what the relays announce from then on.
 *
 * The store is the buffer: a message is committed before a watch can see it, and a watch holds only its place in the
 * order. A message counts as handed out when the consumer comes back from it.
 */
import type { Environment, Log } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { outboxRetryMsMax, outboxRetryMsMin, watchesMax } from '../limits.ts'
import type { Acks } from './acks.ts'
import type { AckPolicy, Intake } from './intake.ts'
import { backoffMs } from './backoff.ts'
import { Bell } from './bell.ts'
import type { Collector } from './collector.ts'
import type { Former } from './former.ts'
import type { Life } from './life.ts'
import type { Message } from './message.ts'
import { messageOf } from './message.ts'
import type { RegistrationState, SourceRelay } from './registration.ts'
import type { LocalStore } from './store.ts'
import { orderKey } from './store.ts'

export type WatchEvent =
  /** `live` is false for the backlog. */
  | { readonly type: 'message'; readonly message: Message; readonly live: boolean }
  /** The backlog is over; `complete`: nothing stored before can be missing (SPEC §8.9). */
  | { readonly type: 'drained'; readonly complete: boolean }
  | { readonly type: 'online' | 'offline'; readonly relay: string }

export interface WatcherInit {
  readonly store: LocalStore
  readonly state: RegistrationState
  readonly collector: Collector
  readonly former: Former
  readonly intake: Intake
  readonly acks: Acks
  readonly policy: AckPolicy
  /** Messages that may wait for a live consumer. */
  readonly lagMax: number
  readonly address: string
  readonly env: Environment
  readonly log: Log
  readonly life: Life
  /** Rung after every batch that holds new messages. */
  readonly bell: Bell
}

export class Watcher {
  readonly #init: WatcherInit
  #watches = 0

  constructor(init: WatcherInit) {
    this.#init = init
  }

  async *watch(signal: AbortSignal): AsyncGenerator<WatchEvent, void, undefined> {
    this.#init.state.required()
    if (this.#watches >= watchesMax) {
      throw new MailboxError('QUOTA', `A mailbox has at most ${watchesMax} watches at a time.`, { limit: 'watchesMax' })
    }
    this.#watches++
    const stop = new AbortController()
    const stopped = AbortSignal.any([signal, stop.signal])
    const watch = new Watch(this.#init, this.#init.state.relays, stopped)
    try {
      this.#init.life.track(this.#tellFormer(stopped))
      this.#init.life.track(watch.start())
      yield* watch.events()
    } finally {
      this.#watches--
      stop.abort(new MailboxError('ABORTED', 'The watch has ended.'))
      await watch.ended()
    }
  }

  async #tellFormer(signal: AbortSignal): Promise<void> {
    const { former, state } = this.#init
    await state.told(await former.tell(signal))
  }
}

class Watch {
  readonly #init: WatcherInit
  readonly #relays: readonly SourceRelay[]
  readonly #signal: AbortSignal
  /** Something for the consumer other than a message. */
  readonly #news = new Bell()
  /** Relay → state, and what the consumer was last told. Bounded by the listed relays. */
  readonly #online = new Map<string, boolean>()
  readonly #told = new Map<string, boolean>()
  /** How the first contact with each relay went; when all are in, the backlog is known. */
  readonly #first = new Map<string, boolean>()
  #loops: Promise<unknown> = Promise.resolve()
  /** Arrival number of the last message of the backlog, once known. */
  #backlogEnd: number | undefined
  #drained = false
  #position = 0
  #failure: Error | undefined

  constructor(init: WatcherInit, relays: readonly SourceRelay[], signal: AbortSignal) {
    this.#init = init
    this.#relays = relays
    this.#signal = signal
  }

  /** Resolves when every loop of the watch has ended. */
  async start(): Promise<void> {
    this.#loops = Promise.all([
      this.#tell(),
      ...this.#relays.map(async relay => {
        await this.#follow(relay)
      })
    ])
    await this.#loops
  }

  async ended(): Promise<void> {
    await this.#loops
  }

  /** Ends when the signal aborts. */
  async *events(): AsyncGenerator<WatchEvent, void, undefined> {
    while (!this.#signal.aborted) {
      const changed = Promise.race([this.#init.bell.next, this.#news.next])
      this.#throwIfFailed()
      yield* this.#changes()
      if (yield* this.#messages()) continue
      // the place says how far the store has been read: the backlog may have grown meanwhile
      if (!this.#drained && this.#backlogEnd !== undefined && this.#position >= this.#backlogEnd) {
        this.#drained = true
        yield { type: 'drained', complete: this.#complete }
        continue
      }
      await untilAborted(changed, this.#signal)
    }
  }

  get #complete(): boolean {
    const drained = [...this.#first].flatMap(([relay, ok]) => (ok ? [relay] : []))
    return this.#init.state.isComplete(new Set(drained))
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  *#changes(): Generator<WatchEvent, void, undefined> {
    for (const [relay, online] of this.#online) {
      if (this.#told.get(relay) === online) continue
      this.#told.set(relay, online)
      yield { type: online ? 'online' : 'offline', relay }
    }
  }

  /** Hands out the next message, if there is one. */
  async *#messages(): AsyncGenerator<WatchEvent, boolean, undefined> {
    const { store, policy, address } = this.#init
    const next = await this.#next()
    if (next === undefined) return false
    const [key, id] = next
    const row = await store.messages.get(id)
    if (row === undefined) return true
    try {
      yield { type: 'message', message: messageOf(id, address, row), live: this.#drained }
    } finally {
      if (policy === 'on-store') await store.note([store.fresh.del(key)])
    }
    return true
  }

  /** Moves to the next message that was not handed out, within the backlog while that lasts. */
  async #next(): Promise<[string, string] | undefined> {
    const { store, intake, lagMax } = this.#init
    const newest = intake.lastOrder
    if (this.#drained && newest - this.#position > lagMax) {
      throw new MailboxError(
        'SLOW_CONSUMER',
        `More than ${lagMax} messages have come and were not taken; watch again to go on.`
      )
    }
    const end = this.#drained ? newest : (this.#backlogEnd ?? newest)
    for await (const entry of store.fresh.entries({ gt: orderKey(this.#position), lte: orderKey(end), limit: 1 })) {
      this.#position = Number(entry[0])
      return entry
    }
    // what lies between was handed out by another watch, or acked
    this.#position = Math.max(this.#position, end)
    return undefined
  }

  /** Drain, then SUBSCRIBE again and again; from the start after a failure. Ends with the signal. */
  async #follow(relay: SourceRelay): Promise<void> {
    const { collector, acks, env, log } = this.#init
    let failures = 0
    while (!this.#signal.aborted) {
      try {
        await collector.drain(relay, this.#signal)
        failures = 0
        this.#report(relay.id, true)
        // ends by an error, the signal's abort being one
        for (;;) {
          await acks.flush(relay, this.#signal)
          await collector.wait(relay, this.#signal)
        }
      } catch (error) {
        const failure = this.#relayFailure(error)
        if (failure === undefined) return
        // SPEC §10.7: nothing is to be collected there
        if (relay.role === 'former' && failure.code === 'NO_MAILBOX') {
          this.#met(relay.id, true)
          return
        }
        log('info', 'watch_offline', { relay: relay.id, code: failure.code })
        this.#report(relay.id, false)
        await this.#pause(backoffMs(env, failures++, outboxRetryMsMin, outboxRetryMsMax, failure.retryAfterMs))
      }
    }
  }

  /** What came by one relay is acked at the others too, without waiting for their next answer. Ends with the signal. */
  async #tell(): Promise<void> {
    const { acks, bell, log } = this.#init
    for (let stored = bell.next; !this.#signal.aborted; stored = bell.next) {
      await untilAborted(stored, this.#signal)
      const online = this.#relays.filter(relay => this.#online.get(relay.id) === true)
      await Promise.all(
        online.map(async relay => {
          try {
            await acks.flush(relay, this.#signal)
          } catch (error) {
            // the relay's own loop notices the same and tries again
            log('debug', 'tombstone_failed', { relay: relay.id, code: this.#relayFailure(error)?.code ?? 'STORE' })
          }
        })
      )
    }
  }

  /** Undefined when there is nothing to retry: the watch has ended, or the failure is the consumer's to see. */
  #relayFailure(error: unknown): MailboxError | undefined {
    if (this.#signal.aborted) return undefined
    if (isMailboxError(error) && error.code !== 'STORE') return error
    this.#failure = error instanceof Error ? error : new Error('The watch failed.', { cause: error })
    this.#news.ring()
    return undefined
  }

  #report(relay: string, online: boolean): void {
    this.#online.set(relay, online)
    this.#met(relay, online)
  }

  #met(relay: string, drained: boolean): void {
    if (!this.#first.has(relay)) this.#first.set(relay, drained)
    if (this.#first.size === this.#relays.length) this.#backlogEnd ??= this.#init.intake.lastOrder
    this.#news.ring()
  }

  async #pause(ms: number): Promise<void> {
    try {
      await this.#init.env.delay(ms, this.#signal)
    } catch (error) {
      if (!this.#signal.aborted) throw error
      // the loop looks at the signal next
    }
  }
}

/** Resolves with `work` or when `signal` aborts, whichever is first. */
async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const done = new AbortController()
  try {
    await Promise.race([
      work,
      new Promise<void>(resolve => {
        signal.addEventListener(
          'abort',
          () => {
            resolve()
          },
          { once: true, signal: done.signal }
        )
      })
    ])
  } finally {
    done.abort()
  }
}
