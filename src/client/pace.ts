/**
 * Keeps to the rate of a relay (SPEC §7.5): where one is used up, deposits to that relay go one after the other, each when
 * its time has come. Few wait here; the others wait in the outbox, and come by again.
 */
import { pause, type Environment } from '../environment.ts'
import { MailboxError, Status } from '../errors.ts'
import { cachedMailboxesMax, ratePauseMsMax, ratePausesMax, rateWaitingMax } from '../limits.ts'
import { OneAtATime } from '../placement/turns.ts'
import type { Answer } from './answer.ts'
import { lastUsed } from '../placement/cache.ts'

export class Pace {
  readonly #env: Environment
  /** Relay → deposits that wait for it. */
  readonly #waiting = lastUsed<number>(cachedMailboxesMax)
  readonly #turns = new OneAtATime()

  constructor(env: Environment) {
    this.#env = env
  }

  /**
   * Asks, and again while the relay says that a rate is used up for no longer than `ratePauseMsMax`.
   * @throws MailboxError BUSY when many wait for this relay already, and what `ask` throws
   */
  async through<T extends Answer>(relay: string, ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
    let pauseMs = 0
    if (this.#count(relay) === 0) {
      const answer = await ask()
      if (!isShort(answer)) return answer
      pauseMs = answer.retryAfterMs
    }
    if (this.#count(relay) >= rateWaitingMax)
      throw new MailboxError('BUSY', `Deposits wait for relay ${relay} already.`, { retryAfterMs: ratePauseMsMax })
    this.#waiting.set(relay, this.#count(relay) + 1)
    try {
      return await this.#turns.take(relay, async () => await this.#patiently(ask, pauseMs, signal))
    } finally {
      this.#waiting.set(relay, this.#count(relay) - 1)
    }
  }

  async #patiently<T extends Answer>(ask: () => Promise<T>, pauseMs: number, signal: AbortSignal): Promise<T> {
    if (pauseMs > 0) await pause(this.#env, pauseMs, signal)
    for (let pauses = 0; ; pauses++) {
      const answer = await ask()
      if (!isShort(answer) || pauses === ratePausesMax) return answer
      if (!(await pause(this.#env, answer.retryAfterMs, signal))) return answer
    }
  }

  #count(relay: string): number {
    return this.#waiting.get(relay) ?? 0
  }
}

function isShort({ status, retryAfterMs }: Answer): boolean {
  return status === Status.BUSY && retryAfterMs > 0 && retryAfterMs <= ratePauseMsMax
}
