/** Wakes those who wait for "something has changed"; they then look for themselves. Holds nothing, so it is bounded. */
import { abortable } from './abort.ts'

export class Bell {
  #next = Promise.withResolvers<void>()

  ring (): void {
    this.#next.resolve()
    this.#next = Promise.withResolvers<void>()
  }

  /** The next ring. Take it before looking, await it after: then no ring is missed. */
  get next (): Promise<void> {
    return this.#next.promise
  }

  async wait (signal: AbortSignal): Promise<void> {
    await abortable(this.#next.promise, signal)
  }
}
