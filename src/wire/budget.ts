/** A token bucket; pure but for the time it is given. */
export class Budget {
  readonly #perSecond: number
  readonly #burst: number
  #tokens: number
  #atMs: number

  constructor(limits: { perSecond: number; burst: number }, nowMs: number) {
    this.#perSecond = limits.perSecond
    this.#burst = limits.burst
    this.#tokens = limits.burst
    this.#atMs = nowMs
  }

  /** Takes `tokens`, at most the burst; otherwise takes none and gives the milliseconds until there are that many. */
  take(nowMs: number, tokens = 1): number {
    const elapsed = Math.max(0, nowMs - this.#atMs)
    this.#atMs = nowMs
    this.#tokens = Math.min(this.#burst, this.#tokens + (elapsed * this.#perSecond) / 1_000)
    if (this.#tokens >= tokens) {
      this.#tokens -= tokens
      return 0
    }
    return Math.ceil(((tokens - this.#tokens) * 1_000) / this.#perSecond)
  }
}
