/** Who waits for the next record of a mailbox: SUBSCRIBE's long polls (SPEC §8.8). */
import { noLongerAwaited, type Environment } from '../environment.ts'
import { nameOf } from './keys.ts'

export class Arrivals {
  readonly #env: Environment
  /** Bounded by open streams × requests in flight; a waiter leaves when it is woken, times out or its stream ends. */
  readonly #waiters = new Map<string, Set<() => void>>()

  constructor(env: Environment) {
    this.#env = env
  }

  notify(mailbox: Uint8Array): void {
    const waiters = this.#waiters.get(nameOf(mailbox))
    if (waiters === undefined) return
    for (const wake of [...waiters]) wake()
  }

  /** Wakes everybody: the relay is stopping. */
  notifyAll(): void {
    for (const waiters of [...this.#waiters.values()]) for (const wake of [...waiters]) wake()
  }

  /** Starts listening at once, so that nothing that arrives between a read and the wait is missed. */
  listen(mailbox: Uint8Array): { arrived: (ms: number, signal: AbortSignal) => Promise<boolean>; stop: () => void } {
    const name = nameOf(mailbox)
    const { promise, resolve } = Promise.withResolvers<true>()
    const wake = (): void => {
      resolve(true)
    }
    const waiters = this.#waiters.get(name) ?? new Set()
    this.#waiters.set(name, waiters)
    waiters.add(wake)
    const stop = (): void => {
      waiters.delete(wake)
      if (waiters.size === 0 && this.#waiters.get(name) === waiters) this.#waiters.delete(name)
    }
    const arrived = async (ms: number, signal: AbortSignal): Promise<boolean> => {
      const settled = new AbortController()
      const late = this.#env.delay(ms, AbortSignal.any([settled.signal, signal])).then(
        () => false,
        () => false
      )
      try {
        return await Promise.race([promise, late])
      } finally {
        settled.abort(noLongerAwaited)
      }
    }
    return { arrived, stop }
  }
}
