/** Who waits for the next record of a mailbox: SUBSCRIBE's long polls (SPEC §8.8). */
import { nameOf } from './directory.ts'

export class Arrivals {
  /** Bounded by open streams × requests in flight; a waiter leaves when it is woken, times out or its stream ends. */
  readonly #waiters = new Map<string, Set<() => void>>()

  notify (mailbox: Uint8Array): void {
    const waiters = this.#waiters.get(nameOf(mailbox))
    if (waiters === undefined) return
    for (const wake of [...waiters]) wake()
  }

  /** Wakes everybody: the relay is stopping. */
  notifyAll (): void {
    for (const waiters of [...this.#waiters.values()]) for (const wake of [...waiters]) wake()
  }

  /** Starts listening at once, so that nothing that arrives between a read and the wait is missed. */
  listen (mailbox: Uint8Array): { arrived: (ms: number, signal: AbortSignal) => Promise<boolean>, stop: () => void } {
    const name = nameOf(mailbox)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const wake = (): void => { resolve(true) }
    const waiters = this.#waiters.get(name) ?? new Set()
    this.#waiters.set(name, waiters)
    waiters.add(wake)
    const stop = (): void => {
      waiters.delete(wake)
      if (waiters.size === 0 && this.#waiters.get(name) === waiters) this.#waiters.delete(name)
    }
    const arrived = async (ms: number, signal: AbortSignal): Promise<boolean> => {
      const timer = setTimeout(() => { resolve(false) }, ms)
      const onAbort = (): void => { resolve(false) }
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
      }
    }
    return { arrived, stop }
  }
}
