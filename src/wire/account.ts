/**
 * One account of what all remote ends make this node hold, in bytes: their connections, streams and requests at what
 * each costs, and everything received and not served, or answered and not sent. Pure but for the time it is given.
 *
 * It is taken by a census, not kept byte by byte: at most `censusBytes` move between two of them, so that nothing is
 * counted for each frame and the figure is still an upper bound (SPEC §5.6).
 */
import { MailboxError } from '../errors.ts'
import {
  accountPressedMs,
  censusBytes,
  connectionReservedBytesMax,
  memoryBytesMax,
  requestDeadlineMs
} from '../limits.ts'
import { remoteBytesOf } from './memory.ts'

/** How much is done for a peer before it is cut, least first. */
export const ranks = { stranger: 0, owner: 1, replica: 2 } as const
export type Rank = (typeof ranks)[keyof typeof ranks]

/** One connection. */
export interface Tenant {
  readonly group: string | undefined
  /** What it makes this node hold, now. */
  readonly bytes: () => number
  /** Answers that have not left this node. */
  readonly unsent: () => number
  readonly rank: () => Rank
  /** True: it reads no more requests, and a stranger opens no more streams, until it is told the contrary. */
  readonly hold: (on: boolean) => void
  /** Ends it. */
  readonly cut: (error: MailboxError) => void
}

interface Standing {
  bytes: number
  /** Room asked for by those who make answers, and not given back. */
  reserved: number
  held: boolean
}

interface Waiting {
  readonly bytes: number
  readonly sinceMs: number
  readonly enter: () => void
  readonly fail: (error: MailboxError) => void
}

interface Candidate {
  /** Lowest first. */
  readonly place: number
  readonly bytes: number
  readonly tenant: Tenant
}

/** Whoever leaves makes the group smaller that the next of it is measured by: groups come down to one level. */
function inOrder(candidates: readonly Candidate[]): Candidate[] {
  const groups = Map.groupBy(candidates, ({ place, tenant }) =>
    tenant.group === undefined ? tenant : `${place} ${tenant.group}`
  )
  const measured = [...groups.values()].flatMap(group => {
    let left = group.reduce((sum, { bytes }) => sum + bytes, 0)
    return group
      .toSorted((a, b) => b.bytes - a.bytes)
      .map(one => {
        const ofGroup = left
        left -= one.bytes
        return { ofGroup, one }
      })
  })
  return measured
    .sort((a, b) => a.one.place - b.one.place || b.ofGroup - a.ofGroup || b.one.bytes - a.one.bytes)
    .map(({ one }) => one)
}

/** Of the whole: from here on nobody holds more than a fair share, and the largest goes when that does not help. */
const pressedAt = 0.75
/** What is left when somebody had to be cut. */
const relaxedAt = 0.7

/** Of an owner or a relay at least: its largest answers, and as much again. */
const dueBytesMin = 2 * connectionReservedBytesMax

const gone = (): MailboxError => new MailboxError('ABORTED', 'The stream ended before there was room for the answer.')

export class Account {
  readonly #bytesMax: number
  readonly #now: () => number
  readonly #onCensus: () => void
  /** Bounded by the connections. */
  readonly #tenants = new Map<Tenant, Standing>()
  /** In the order they came; bounded by the requests in service. An entry goes with the last that waits. */
  readonly #waiting = new Map<Tenant, Set<Waiting>>()
  #counted = 0
  #moved = 0
  #reserved = 0
  #pressedSince: number | undefined

  /**
   * @param o.memoryBytesMax of the whole process (SPEC §5.6)
   * @param o.onCensus called whenever everything has been counted
   */
  constructor(o: { memoryBytesMax?: number; now?: () => number; onCensus?: (() => void) | undefined } = {}) {
    this.#onCensus = o.onCensus ?? (() => undefined)
    this.#bytesMax = remoteBytesOf(o.memoryBytesMax ?? memoryBytesMax)
    this.#now = o.now ?? (() => performance.now())
  }

  /** Upper bound of what is held now. */
  get bytes(): number {
    return this.#counted + this.#moved + this.#reserved
  }

  get bytesMax(): number {
    return this.#bytesMax
  }

  /** Of everybody alike. */
  get #share(): number {
    return (this.#bytesMax * pressedAt) / Math.max(1, this.#tenants.size)
  }

  get tenants(): ReadonlyMap<Tenant, unknown> {
    return this.#tenants
  }

  enter(tenant: Tenant): void {
    this.#tenants.set(tenant, { bytes: tenant.bytes(), reserved: 0, held: false })
    this.#counted += tenant.bytes()
  }

  leave(tenant: Tenant): void {
    const standing = this.#tenants.get(tenant)
    if (standing === undefined) return
    this.#tenants.delete(tenant)
    this.#counted = Math.max(0, this.#counted - standing.bytes)
    this.#reserved -= standing.reserved
    const queue = this.#waiting.get(tenant)
    this.#waiting.delete(tenant)
    // its streams end after this: what waits for room is not to be let in before that
    for (const { fail } of queue ?? []) fail(gone())
    this.#admit()
  }

  /** Bytes came in or were given to be sent. */
  moved(bytes: number): void {
    this.#moved += bytes
    if (this.#moved >= censusBytes) this.census()
  }

  /** Counts everything, and sees to it that it is less than the bound. */
  census(): void {
    this.#counted = 0
    this.#moved = 0
    for (const [tenant, standing] of this.#tenants) {
      standing.bytes = tenant.bytes()
      this.#counted += standing.bytes
    }
    if (this.bytes > this.#bytesMax) this.#cutTo(this.#bytesMax * relaxedAt)
    this.#press()
    this.#admit()
    this.#dismiss()
    this.#onCensus()
  }

  /**
   * Resolves when an answer of so many bytes may be made for the tenant. @returns to be called once it has been handed
   * over or given up
   * @throws MailboxError ABORTED, BUSY when there was no room for `requestDeadlineMs`: nobody waits for the answer then
   */
  async room(tenant: Tenant, bytes: number, signal: AbortSignal): Promise<() => void> {
    if (!this.#tenants.has(tenant)) throw gone()
    if (!this.#fits(tenant, bytes)) await this.#turn(tenant, bytes, signal)
    else this.#reserve(tenant, bytes)
    let given = false
    return () => {
      if (given) return
      given = true
      const standing = this.#tenants.get(tenant)
      if (standing === undefined) return
      standing.reserved -= bytes
      this.#reserved -= bytes
      this.moved(bytes)
      this.#admitFor(tenant)
    }
  }

  async #turn(tenant: Tenant, bytes: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const enter = (): void => {
      resolve(undefined)
    }
    const waiting: Waiting = { bytes, sinceMs: this.#now(), enter, fail: reject }
    const queue = this.#waiting.get(tenant) ?? new Set()
    this.#waiting.set(tenant, queue.add(waiting))
    const abort = (): void => {
      queue.delete(waiting)
      reject(gone())
    }
    signal.addEventListener('abort', abort, { once: true })
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  /** Who reads no answers gets no more of them made. */
  #fits(tenant: Tenant, bytes: number): boolean {
    const standing = this.#tenants.get(tenant)
    if (standing === undefined) return false
    const own = standing.reserved + tenant.unsent() + bytes
    return own <= connectionReservedBytesMax && this.bytes + bytes <= this.#bytesMax
  }

  #reserve(tenant: Tenant, bytes: number): void {
    const standing = this.#tenants.get(tenant)
    if (standing === undefined) return
    standing.reserved += bytes
    this.#reserved += bytes
  }

  /** Those who wait for room; one whose connection has enough does not hold up the others. */
  #admit(): void {
    for (const tenant of this.#waiting.keys()) this.#admitFor(tenant)
  }

  /** Longest first, and as many as fit. */
  #admitFor(tenant: Tenant): void {
    const queue = this.#waiting.get(tenant)
    if (queue === undefined) return
    for (const waiting of queue) {
      if (!this.#fits(tenant, waiting.bytes)) break
      this.#reserve(tenant, waiting.bytes)
      queue.delete(waiting)
      waiting.enter()
    }
    if (queue.size === 0) this.#waiting.delete(tenant)
  }

  #dismiss(): void {
    const untilMs = this.#now() - requestDeadlineMs
    for (const queue of this.#waiting.values()) {
      for (const waiting of queue) {
        if (waiting.sinceMs > untilMs) break
        queue.delete(waiting)
        waiting.fail(new MailboxError('BUSY', 'There was no room for it.', { limit: 'connectionReservedBytesMax' }))
      }
    }
  }

  #press(): void {
    const full = this.bytes > this.#bytesMax * pressedAt
    if (!full && this.#pressedSince === undefined) return
    this.#pressedSince = full ? (this.#pressedSince ?? this.#now()) : undefined
    const share = this.#share
    for (const [tenant, standing] of this.#tenants) {
      const hold = full && standing.bytes > share
      if (hold !== standing.held) tenant.hold((standing.held = hold))
    }
    const since = this.#pressedSince
    if (since !== undefined && this.#now() - since >= accountPressedMs) this.#cutTo(this.bytes - 1)
  }

  /**
   * Those who hold more than is due to them first, strangers before owners before relays; then the others in this order;
   * of these the group that makes this node hold most, and of a group the connection that does.
   */
  #cutTo(bytes: number): void {
    const share = this.#share
    const standings = [...this.#tenants].map(([tenant, standing]) => {
      const rank = tenant.rank()
      const due = rank === ranks.stranger ? share : Math.max(share, dueBytesMin)
      return { place: rank + (standing.bytes > due ? 0 : ranks.replica + 1), bytes: standing.bytes, tenant }
    })
    for (const { tenant } of inOrder(standings)) {
      if (this.bytes <= bytes) return
      this.leave(tenant)
      tenant.cut(new MailboxError('BUSY', 'This node holds too much for its peers.', { limit: 'memoryBytesMax' }))
    }
  }
}
