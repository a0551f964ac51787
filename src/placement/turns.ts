/** A bounded number of pieces of work at once, a bounded number waiting, first come first served. */
import { MailboxError } from '../errors.ts'

export class Turns {
  readonly #atOnce: number
  readonly #waitingMax: number
  #running = 0
  /** Bounded by `waitingMax`. */
  readonly #waiting: Array<() => void> = []

  constructor(o: { atOnce: number; waitingMax: number }) {
    this.#atOnce = o.atOnce
    this.#waitingMax = o.waitingMax
  }

  /**
   * Runs `work` when its turn comes. An abort while waiting gives the turn to the next.
   * @throws MailboxError BUSY when too many wait, ABORTED when `signal` aborts before the turn comes
   */
  async take<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#enter(signal)
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  async #enter(signal: AbortSignal | undefined): Promise<void> {
    throwIfAborted(signal)
    if (this.#running < this.#atOnce) {
      this.#running++
      return
    }
    if (this.#waiting.length >= this.#waitingMax) throw new MailboxError('BUSY', 'too many lookups are waiting')
    const turn = Promise.withResolvers<undefined>()
    const start = (): void => {
      turn.resolve(undefined)
    }
    const giveUp = (): void => {
      const place = this.#waiting.indexOf(start)
      // not in the line any more: the turn has come, and the work sees the abort itself
      if (place === -1) return
      this.#waiting.splice(place, 1)
      turn.reject(aborted(signal))
    }
    this.#waiting.push(start)
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      await turn.promise
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
  }

  /** The place passes to the next in line, or becomes free. */
  #leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#running--
    else next()
  }
}

/** One piece of work at a time for each name, in the order they came. */
export class OneAtATime {
  /** An entry leaves when the last work of its name is done; bounded by the requests in flight. */
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs `work` after all earlier work of `name` has ended, however it ended. */
  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(name) ?? Promise.resolve()).then(work, work)
    this.#last.set(name, turn)
    try {
      return await turn
    } finally {
      if (this.#last.get(name) === turn) this.#last.delete(name)
    }
  }
}

/** @throws MailboxError ABORTED when `signal` has aborted */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted(signal)
}

function aborted(signal: AbortSignal | undefined): MailboxError {
  return new MailboxError('ABORTED', 'stopped by the caller', { cause: signal?.reason })
}
