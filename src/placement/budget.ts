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

  /** Takes one token; otherwise the milliseconds until there is one. */
  take(nowMs: number): number {
    const elapsed = Math.max(0, nowMs - this.#atMs)
    this.#atMs = nowMs
    this.#tokens = Math.min(this.#burst, this.#tokens + (elapsed * this.#perSecond) / 1_000)
    if (this.#tokens >= 1) {
      this.#tokens -= 1
      return 0
    }
    return Math.ceil(((1 - this.#tokens) * 1_000) / this.#perSecond)
  }
}
