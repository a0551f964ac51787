/** How fast something may be spent: on average, and at once. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/**
 * Token buckets by name, several kinds for each name, of which each is one number: when the bucket will be full again.
 * Pure but for the time it is given. A clock that jumps back costs nobody more than it takes to fill two bursts.
 */
export class Meters<K extends string> {
  readonly #rates: readonly Rate[]
  readonly #kinds: ReadonlyMap<K, number>
  readonly #namesMax: number
  /** In the order of last use. Bounded by `namesMax`; a name whose buckets are full is as good as one that is not here. */
  readonly #fullAtMs = new Map<string, Float64Array>()

  constructor(rates: Readonly<Record<K, Rate>>, namesMax: number) {
    const kinds = Object.keys(rates) as K[]
    this.#rates = kinds.map(kind => rates[kind])
    this.#kinds = new Map(kinds.map((kind, at) => [kind, at]))
    this.#namesMax = namesMax
  }

  get size(): number {
    return this.#fullAtMs.size
  }

  /** Milliseconds until `cost` may be taken, 0: now. What costs more than the burst waits for a full bucket. */
  waitMs(name: string, kind: K, nowMs: number, cost: number = 1): number {
    const { at, rate } = this.#of(kind)
    const full = this.#fullAt(name, at, rate, nowMs)
    const missing = Math.min(cost, rate.burst) - rate.burst
    return Math.max(0, Math.ceil(full - nowMs + (missing * 1_000) / rate.perSecond - roundingMs))
  }

  /** Takes `cost`, whatever there is: what was not there is owed, one burst at most. */
  take(name: string, kind: K, nowMs: number, cost: number = 1): void {
    const { at, rate } = this.#of(kind)
    const full = this.#fullAt(name, at, rate, nowMs) + (cost * 1_000) / rate.perSecond
    const entry = this.#fullAtMs.get(name) ?? new Float64Array(this.#rates.length)
    entry[at] = Math.min(full, nowMs + 2 * capacityMs(rate))
    // last used, last to go
    this.#fullAtMs.delete(name)
    this.#fullAtMs.set(name, entry)
    this.#prune(nowMs)
  }

  /** True while a whole burst is owed. */
  isOwing(name: string, kind: K, nowMs: number): boolean {
    const { at, rate } = this.#of(kind)
    return this.#fullAt(name, at, rate, nowMs) - nowMs > 2 * capacityMs(rate) - 1_000 / rate.perSecond
  }

  #of(kind: K): { at: number; rate: Rate } {
    const at = this.#kinds.get(kind) ?? -1
    const rate = this.#rates[at]
    if (rate === undefined) throw new TypeError(`no rate for ${kind}`)
    return { at, rate }
  }

  #fullAt(name: string, at: number, rate: Rate, nowMs: number): number {
    const full = this.#fullAtMs.get(name)?.[at] ?? 0
    return Math.min(Math.max(full, nowMs), nowMs + 2 * capacityMs(rate))
  }

  /** One name comes at a time, so two that go keep pace. */
  #prune(nowMs: number): void {
    let looked = 0
    for (const [name, entry] of this.#fullAtMs) {
      if (++looked > 2) return
      if (this.#fullAtMs.size > this.#namesMax || entry.every(full => full <= nowMs)) this.#fullAtMs.delete(name)
    }
  }
}

/** Sums of fractions of a millisecond, beside the time since 1970. */
const roundingMs = 0.01

/** From empty to full. */
const capacityMs = ({ perSecond, burst }: Rate): number => (burst * 1_000) / perSecond
