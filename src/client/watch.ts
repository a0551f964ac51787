/**
 * What happens to messages, as it happens, in three phases (SPEC §10.5).
 *
 * Backlog: what is here and was not handed out, or what happened after a cursor (feed.ts), joined by what the relays hold.
 * `drained`: once, after every listed relay was drained or failed for the first time. Live: what the relays announce, and
 * what is done with messages here, from then on.
 *
 * The store is the buffer: an event is committed before a watch can see it. A message counts as handed out when the
 * consumer comes back from it.
 */
import { backoffMs, pause, type Environment, type Log } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { outboxRetryMsMax, outboxRetryMsMin, subscribeWaitMsMax, watchesMax } from '../limits.ts'
import { untilAborted } from './abort.ts'
import type { Acks } from './acks.ts'
import { Bell } from './bell.ts'
import { sameOutcome, type Leaving } from './leaving.ts'
import type { Collector } from './collector.ts'
import { Feed, type FeedInit } from './feed.ts'
import type { Former } from './former.ts'
import type { Life } from './life.ts'
import { isBad, type BadMessage, type Message } from './message.ts'
import type { Mover } from './mover.ts'
import type { RegistrationState, SourceRelay } from './registration.ts'
import type { EventType } from './rows.ts'
import type { Renewer } from './renewer.ts'
import type { Standings } from './standing.ts'

/** What every event of a message carries. */
interface Placed {
  /** False: of the backlog. */
  readonly live: boolean
  /** A later watch goes on after this event: `watch({ after: cursor })`. Keep it with what was done with the event. */
  readonly cursor: string
}

export type WatchEvent =
  /**
   * A message came into the inbox, or among the requests; was marked as read or not read; was deleted. Always with the
   * whole message, as it was then.
   */
  | ({ readonly type: 'message' | 'request' | 'read' | 'unread' | 'deleted'; readonly message: Message } & Placed)
  /** An event whose message, or which itself, cannot be read from the store; the others follow. */
  | ({ readonly type: 'bad'; readonly of?: EventType; readonly bad: BadMessage } & Placed)
  /** The backlog is over; `complete`: nothing stored before can be missing (SPEC §8.9). */
  | { readonly type: 'drained'; readonly complete: boolean; readonly cursor: string }
  | { readonly type: 'online' | 'offline'; readonly relay: string }
  /** A relay of this mailbox is leaving: what came of it, each time that something else did (SPEC §10.8). */
  | ({ readonly type: 'leaving' } & Leaving)

export interface WatcherInit extends FeedInit {
  readonly state: RegistrationState
  readonly collector: Collector
  readonly former: Former
  readonly mover: Mover
  readonly renewer: Renewer
  readonly standings: Standings
  readonly acks: Acks
  readonly env: Environment
  readonly log: Log
  readonly life: Life
  /** Rung after every batch that holds events. */
  readonly bell: Bell
}

export class Watcher {
  readonly #init: WatcherInit
  #watches = 0

  constructor(init: WatcherInit) {
    this.#init = init
  }

  async *watch(after: string | undefined, signal: AbortSignal): AsyncGenerator<WatchEvent, void, undefined> {
    this.#init.state.required()
    if (this.#watches >= watchesMax) {
      throw new MailboxError('QUOTA', `A mailbox has at most ${watchesMax} watches at a time.`, { limit: 'watchesMax' })
    }
    const feed = new Feed(this.#init, after)
    this.#watches++
    const stop = new AbortController()
    const stopped = AbortSignal.any([signal, stop.signal])
    const watch = new Watch(this.#init, feed, stopped)
    try {
      this.#init.life.track(this.#tellFormer(stopped))
      watch.start()
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
  /** Relay → its loop. Bounded by those of formerLocatorsMax + 1 locators: a loop ends with the last that names it. */
  readonly #followed = new Map<string, SourceRelay>()
  /** Those of the beginning: the backlog is known when each was drained or has failed. */
  readonly #initial: readonly SourceRelay[]
  readonly #signal: AbortSignal
  /** Something for the consumer. */
  readonly #news = new Bell()
  /** Relay → state, and what the consumer was last told. Bounded by the listed relays. */
  readonly #online = new Map<string, boolean>()
  readonly #told = new Map<string, boolean>()
  /** How the first contact with each relay went; when all are in, the backlog is known. */
  readonly #first = new Map<string, boolean>()
  /** Relay → what the consumer is to be told next of its leaving, and what it was told. */
  readonly #leaving = new Map<string, Leaving>()
  readonly #toldLeaving = new Map<string, Leaving>()
  readonly #loops = new Set<Promise<void>>()
  readonly #feed: Feed
  #failure: Error | undefined

  constructor(init: WatcherInit, feed: Feed, signal: AbortSignal) {
    this.#init = init
    this.#feed = feed
    this.#initial = init.state.relays
    this.#signal = signal
  }

  start(): void {
    this.#run(this.#listen())
    this.#run(this.#tell())
    this.#run(this.#renew())
    this.#followAll()
  }

  async ended(): Promise<void> {
    await Promise.all(this.#loops)
  }

  #run(loop: Promise<void>): void {
    const running = loop.finally(() => this.#loops.delete(running))
    this.#loops.add(running)
    this.#init.life.track(running)
  }

  /** Ends with the signal; a store that fails is the consumer's to see. */
  async #renew(): Promise<void> {
    try {
      await this.#init.renewer.run(this.#signal)
    } catch (error) {
      this.#relayFailure(error)
    }
  }

  /** Those that are not followed yet: at first all, then who takes the place of one that is leaving. */
  #followAll(): void {
    for (const relay of this.#init.state.relays) {
      if (this.#followed.has(relay.id)) continue
      this.#followed.set(relay.id, relay)
      this.#run(this.#follow(relay))
    }
  }

  /** Ends when the signal aborts. */
  async *events(): AsyncGenerator<WatchEvent, void, undefined> {
    const { standings } = this.#init
    const looks = await standings.looks()
    while (!this.#signal.aborted) {
      const changed = this.#news.next
      this.#throwIfFailed()
      yield* this.#changes()
      if (yield* this.#messages()) continue
      if (this.#feed.turnsLive()) {
        // as in a pull: a request that waits is not here, and what was read before there was room says nothing of it
        const taken = (await standings.waiting()) === undefined && looks === (await standings.looks())
        const complete = taken && this.#complete
        yield { type: 'drained', complete, cursor: this.#feed.cursor }
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
    for (const [relay, leaving] of this.#leaving) {
      if (sameOutcome(this.#toldLeaving.get(relay), leaving)) continue
      this.#toldLeaving.set(relay, leaving)
      yield { type: 'leaving', ...leaving }
      // the last there is to say of this relay
      if (leaving.outcome === 'moved') for (const map of [this.#leaving, this.#toldLeaving]) map.delete(relay)
    }
  }

  /** Hands out the next event of a message, if there is one. */
  async *#messages(): AsyncGenerator<WatchEvent, boolean, undefined> {
    const told = await this.#feed.next()
    if (told === undefined) return false
    const { type, item } = told
    const { live, cursor } = this.#feed
    try {
      if (isBad(item)) yield { type: 'bad', ...(type === undefined ? {} : { of: type }), bad: item, live, cursor }
      else if (type !== undefined) yield { type, message: item, live, cursor }
    } finally {
      await this.#feed.taken(told)
    }
    return true
  }

  /** Drain, then SUBSCRIBE again and again; from the start after a failure. Ends with the signal. */
  async #follow(relay: SourceRelay): Promise<void> {
    const { collector, acks, env, log } = this.#init
    let failures = 0
    let idle = 0
    while (!this.#signal.aborted && this.#isListed(relay)) {
      try {
        await collector.drain(relay, this.#signal)
        failures = 0
        this.#report(relay.id, true)
        // ends by an error, the signal's abort being one
        while (this.#isListed(relay)) {
          await acks.flush(relay, this.#signal)
          await this.#settle(relay)
          idle = (await this.#isWorthwhile(relay)) ? 0 : idle + 1
          if (idle > 0) await pause(env, backoffMs(env, idle - 1, outboxRetryMsMin, subscribeWaitMsMax), this.#signal)
        }
      } catch (error) {
        const failure = this.#relayFailure(error)
        if (failure === undefined) return
        // SPEC §10.7: nothing is to be collected there
        if (relay.role === 'former' && failure.code === 'NO_MAILBOX') {
          this.#met(relay.id, true)
          break
        }
        log('info', 'watch_offline', { relay: relay.id, code: failure.code })
        this.#report(relay.id, false)
        await pause(
          env,
          backoffMs(env, failures++, outboxRetryMsMin, outboxRetryMsMax, failure.retryAfterMs),
          this.#signal
        )
      }
    }
    for (const map of [this.#followed, this.#online, this.#told]) map.delete(relay.id)
  }

  /** One SUBSCRIBE. False: the relay has answered at once, with nothing new: asked at once again it would go on so for ever. */
  async #isWorthwhile(relay: SourceRelay): Promise<boolean> {
    const { collector, env } = this.#init
    const startMs = env.now()
    const isNew = await collector.wait(relay, this.#signal)
    return isNew || env.now() - startMs >= outboxRetryMsMin
  }

  #isListed({ id }: SourceRelay): boolean {
    return this.#init.state.relays.some(relay => relay.id === id)
  }

  /** When this relay is leaving, another takes its place, and is followed from then on. */
  async #settle({ id }: SourceRelay): Promise<void> {
    const { mover } = this.#init
    if (!mover.pending.some(({ relay }) => relay === id)) return
    const { leaving } = await mover.settle(this.#signal)
    if (this.#signal.aborted) return
    for (const one of leaving) this.#leaving.set(one.relay, one)
    this.#followAll()
    this.#news.ring()
  }

  /**
   * Events of messages ring for the consumer too: a race of two bells, one of which is hardly ever rung, would keep
   * something of every wait. Ends with the signal.
   */
  async #listen(): Promise<void> {
    const { bell } = this.#init
    for (let stored = bell.next; !this.#signal.aborted; stored = bell.next) {
      await untilAborted(stored, this.#signal)
      this.#news.ring()
    }
  }

  /** What came by one relay is acked at the others too, without waiting for their next answer. Ends with the signal. */
  async #tell(): Promise<void> {
    const { acks, bell, log } = this.#init
    for (let stored = bell.next; !this.#signal.aborted;) {
      await untilAborted(stored, this.#signal)
      // what is stored during the calls below is told after them
      stored = bell.next
      const online = [...this.#followed.values()].filter(relay => this.#online.get(relay.id) === true)
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
    if (this.#initial.every(({ id }) => this.#first.has(id))) this.#feed.backlogKnown()
    this.#news.ring()
  }
}
