/**
 * How often streams may be opened, by one connection and by one group of network addresses: an open costs a negotiation,
 * whatever is done with the stream, and a limit on open streams says nothing of streams that are closed at once. Pure.
 */
import { LRUCache } from 'lru-cache'
import {
  groupStreamOpenBurstMax,
  groupStreamOpensPerSecondMax,
  groupsKnownMax,
  muxerPingBurstMax,
  muxerPingsPerSecondMax,
  streamOpenBurstMax,
  streamOpenBurstMin,
  streamOpensPerSecondMax,
  streamOpensPerSecondMin,
  streamRefusalsMax
} from '../limits.ts'
import { Budget } from './budget.ts'

export interface OpenLimits {
  /** Streams that one connection may open, averaged and at once. */
  readonly perConnection: { readonly perSecond: number; readonly burst: number }
  /** Streams that the connections of one group may open together. */
  readonly perGroup: { readonly perSecond: number; readonly burst: number }
  /** Streams that a connection may open whatever the others of its group do. */
  readonly floor: { readonly perSecond: number; readonly burst: number }
  /** Opens of one connection that are refused before it is ended. */
  readonly refusals: number
}

export const defaultOpenLimits: OpenLimits = {
  perConnection: { perSecond: streamOpensPerSecondMax, burst: streamOpenBurstMax },
  perGroup: { perSecond: groupStreamOpensPerSecondMax, burst: groupStreamOpenBurstMax },
  floor: { perSecond: streamOpensPerSecondMin, burst: streamOpenBurstMin },
  refusals: streamRefusalsMax
}

/** `refuse`: the stream is reset before anything is negotiated. `end`: so is the connection. */
export type Verdict = 'open' | 'refuse' | 'end'

/** The connections of one node. What is known of a group outlives its connections: a new one brings no new burst. */
export class Opens {
  readonly #limits: OpenLimits
  readonly #groups = new LRUCache<string, Budget>({ max: groupsKnownMax })

  constructor(limits: OpenLimits = defaultOpenLimits) {
    this.#limits = limits
  }

  /** @param group of the other end; undefined where nothing is known of it, and no limit of a group applies */
  connection(group: string | undefined, nowMs: number): ConnectionOpens {
    return new ConnectionOpens(this.#limits, group === undefined ? undefined : this.#groupOf(group, nowMs), nowMs)
  }

  #groupOf(group: string, nowMs: number): Budget {
    const known = this.#groups.get(group) ?? new Budget(this.#limits.perGroup, nowMs)
    this.#groups.set(group, known)
    return known
  }
}

export class ConnectionOpens {
  readonly #own: Budget
  readonly #floor: Budget
  readonly #group: Budget | undefined
  readonly #pings: Budget
  readonly #refusalsMax: number
  #refusals = 0

  constructor(limits: OpenLimits, group: Budget | undefined, nowMs: number) {
    this.#own = new Budget(limits.perConnection, nowMs)
    this.#floor = new Budget(limits.floor, nowMs)
    this.#group = group
    this.#pings = new Budget({ perSecond: muxerPingsPerSecondMax, burst: muxerPingBurstMax }, nowMs)
    this.#refusalsMax = limits.refusals
  }

  /** The other end opens a stream. */
  take(nowMs: number): Verdict {
    if (this.#own.take(nowMs) === 0 && (this.#floor.take(nowMs) === 0 || (this.#group?.take(nowMs) ?? 0) === 0))
      return 'open'
    return this.refuse()
  }

  /** The other end opens a stream that it may not have for another reason. */
  refuse(): Exclude<Verdict, 'open'> {
    this.#refusals++
    return this.#refusals > this.#refusalsMax ? 'end' : 'refuse'
  }

  /** The other end asks the muxer for an answer. @returns false when it does so too often */
  ping(nowMs: number): boolean {
    return this.#pings.take(nowMs) === 0
  }
}
