/**
 * Who may be connected: so many connections, so many from one group and so often, places that strangers do not get, and
 * who leaves when there is none (SPEC §5.6). Pure but for the connections that it cuts.
 */
import { LRUCache } from 'lru-cache'
import { MailboxError } from '../errors.ts'
import {
  connectionIdleMs,
  connectionsMax,
  connectionsPerGroupMax,
  groupConnectionBurstMax,
  groupConnectionsPerSecondMax,
  groupsKnownMax,
  negotiationMs,
  ownerPlacesPercent,
  pendingConnectionsMax,
  replicaPlacesPercent
} from '../limits.ts'
import { ranks, type Rank } from './account.ts'
import { Budget } from './budget.ts'
import { Lobby, type Waiting } from './lobby.ts'

export interface PlaceLimits {
  /** Connections that are open, either way. */
  readonly connections: number
  /** Connections that are being negotiated. */
  readonly pending: number
  /** From one group, open or being negotiated. */
  readonly perGroup: number
  /** New ones from one group, averaged and at once. */
  readonly rate: { readonly perSecond: number; readonly burst: number }
}

export const defaultPlaceLimits: PlaceLimits = {
  connections: connectionsMax,
  pending: pendingConnectionsMax,
  perGroup: connectionsPerGroupMax,
  rate: { perSecond: groupConnectionsPerSecondMax, burst: groupConnectionBurstMax }
}

/** `rate`, `group`: nothing was negotiated. `full`: there is no place for a peer of its rank. */
export type Refusal = 'rate' | 'group' | 'full'
/** Why a connection that was taken was cut: for a newer one, or because nothing happened on it. */
export type Cut = 'pending' | 'displaced' | 'idle'

/** A connection of which nothing is known but where it comes from. */
export interface Caller extends Waiting {
  /** Undefined: not known, and no limit of a group applies. */
  readonly group: string | undefined
  readonly cut: (error: MailboxError) => void
}

/** A connection whose peer is known. */
export interface Guest extends Omit<Caller, 'said'> {
  readonly rank: () => Rank
  /** Open streams, either way. */
  readonly streams: () => number
  /** This node has dialled it: it belongs to no group, and leaves after those that came. */
  readonly isOurs: boolean
}

interface Standing {
  readonly openedMs: number
  /** When it last had a stream, as far as was looked. */
  busyMs: number
}

interface Candidate extends Standing {
  readonly guest: Guest
  readonly rank: Rank
  readonly idle: boolean
  readonly ofGroup: number
}

/** Who leaves first: strangers, who does nothing, who came, whose group has most connections, who is here longest. */
function before(a: Candidate, b: Candidate): number {
  return (
    a.rank - b.rank ||
    Number(b.idle) - Number(a.idle) ||
    Number(a.guest.isOurs) - Number(b.guest.isOurs) ||
    b.ofGroup - a.ofGroup ||
    a.openedMs - b.openedMs
  )
}

export class Places {
  readonly #limits: PlaceLimits
  readonly #onCut: (why: Cut) => void
  readonly #callers: Lobby<Caller>
  /** Bounded by `connections` and what this node dials. */
  readonly #guests = new Map<Guest, Standing>()
  /** Connections by group; an entry goes with its last one. */
  readonly #groups = new Map<string, number>()
  readonly #rates = new LRUCache<string, Budget>({ max: groupsKnownMax })

  constructor(limits: PlaceLimits = defaultPlaceLimits, onCut: (why: Cut) => void = () => undefined) {
    this.#limits = limits
    this.#callers = new Lobby(limits.pending)
    this.#onCut = onCut
  }

  get guests(): number {
    return this.#guests.size
  }

  get callers(): number {
    return this.#callers.size
  }

  /** A connection has come, and nothing has been said on it. */
  arrive(caller: Caller, nowMs: number): Refusal | undefined {
    const { group } = caller
    if (group !== undefined) {
      if (this.#rateOf(group, nowMs).take(nowMs) > 0) return 'rate'
      if (this.#ofGroup(group) >= this.#limits.perGroup) return 'group'
    }
    const leaves = this.#callers.enter(caller)
    if (leaves !== undefined) {
      this.#count(leaves.group, -1)
      this.#end(leaves, 'pending')
    }
    this.#count(group, 1)
    return undefined
  }

  /** The peer of a connection is known, and what it is to us: from now on it has a place. */
  seat(guest: Guest, nowMs: number): Refusal | undefined {
    const rank = guest.rank()
    for (const level of [ranks.stranger, ranks.owner, ranks.replica]) {
      if (level < rank) continue
      // bounded by the guests: each turn one of them goes
      while (this.#upTo(level) >= this.#placesOf(level)) {
        const leaves = this.#whoLeavesFor(guest, rank, level, nowMs)
        if (leaves === undefined) {
          if (guest.isOurs) break
          return 'full'
        }
        this.#cut(leaves, 'displaced')
      }
    }
    this.#guests.set(guest, { openedMs: nowMs, busyMs: nowMs })
    this.#count(guest.group, 1)
    return undefined
  }

  /** It has ended, or is a guest now. */
  leave(one: Caller | Guest): void {
    if (this.#callers.leave(one as Caller) || this.#guests.delete(one as Guest)) this.#count(one.group, -1)
  }

  /** Ends those that have had no stream for `connectionIdleMs`. */
  look(nowMs: number): void {
    for (const [guest, standing] of [...this.#guests]) {
      if (guest.streams() > 0) standing.busyMs = nowMs
      else if (nowMs - standing.busyMs >= connectionIdleMs) this.#cut(guest, 'idle')
    }
  }

  #rateOf(group: string, nowMs: number): Budget {
    const rate = this.#rates.get(group) ?? new Budget(this.#limits.rate, nowMs)
    this.#rates.set(group, rate)
    return rate
  }

  #ofGroup(group: string | undefined): number {
    return group === undefined ? 1 : (this.#groups.get(group) ?? 0)
  }

  #count(group: string | undefined, change: 1 | -1): void {
    if (group === undefined) return
    const now = (this.#groups.get(group) ?? 0) + change
    if (now > 0) this.#groups.set(group, now)
    else this.#groups.delete(group)
  }

  /** Places that guests up to this rank may have together. */
  #placesOf(rank: Rank): number {
    const { connections } = this.#limits
    const kept = (percent: number): number => Math.ceil((connections * percent) / 100)
    if (rank === ranks.replica) return connections
    const ofOwners = connections - kept(replicaPlacesPercent)
    return rank === ranks.owner ? ofOwners : ofOwners - kept(ownerPlacesPercent)
  }

  #upTo(rank: Rank): number {
    let count = 0
    for (const guest of this.#guests.keys()) if (guest.rank() <= rank) count++
    return count
  }

  /**
   * A stranger takes the place of another, since it may be an owner who has not proved it yet. Others take that of a
   * stranger, or of one of their own rank who does nothing or whose group has more than theirs.
   */
  #whoLeavesFor(guest: Guest, rank: Rank, level: Rank, nowMs: number): Guest | undefined {
    const own = this.#ofGroup(guest.group)
    let first: Candidate | undefined
    for (const [other, standing] of this.#guests) {
      const candidate = this.#candidate(other, standing, nowMs)
      if (candidate.rank > level || candidate.rank > rank) continue
      const isEqual = candidate.rank === rank && rank !== ranks.stranger
      if (isEqual && !candidate.idle && candidate.ofGroup <= own + 1) continue
      if (first === undefined || before(candidate, first) < 0) first = candidate
    }
    return first?.guest
  }

  #candidate(guest: Guest, standing: Standing, nowMs: number): Candidate {
    const streams = guest.streams()
    if (streams > 0) standing.busyMs = nowMs
    // who has just come has had no time for a stream
    const idle = streams === 0 && nowMs - standing.busyMs >= negotiationMs
    return { ...standing, guest, rank: guest.rank(), idle, ofGroup: this.#ofGroup(guest.group) }
  }

  #cut(one: Guest, why: Cut): void {
    this.leave(one)
    this.#end(one, why)
  }

  #end(one: Pick<Caller, 'cut'>, why: Cut): void {
    this.#onCut(why)
    one.cut(new MailboxError('BUSY', 'This node needs the place of this connection.', { limit: 'connectionsMax' }))
  }
}
