/** The span of an open mailbox: every call ends with it, and closing waits for the calls that still write (G12). */
import { anyOf, throwIfAborted } from './abort.ts'
import { MailboxError } from '../errors.ts'

export class Life {
  readonly #end = new AbortController()
  /** Bounded by the application's calls in flight. */
  readonly #work = new Set<Promise<unknown>>()

  /** Aborts when the mailbox closes. */
  get closed(): AbortSignal {
    return this.#end.signal
  }

  /** @throws MailboxError CLOSED, ABORTED, or what `work` throws */
  async run<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const either = anyOf(this.closed, signal)
    throwIfAborted(either)
    const running = work(either)
    this.track(running)
    return await running
  }

  /** For what runs on its own: closing waits for it. */
  track(running: Promise<unknown>): void {
    this.#work.add(running)
    const forget = (): void => {
      this.#work.delete(running)
    }
    running.then(forget, forget)
  }

  /** Aborts everything and resolves when it has ended. */
  async end(): Promise<void> {
    this.#end.abort(new MailboxError('CLOSED', 'The mailbox has been closed.'))
    await Promise.allSettled(this.#work)
  }
}
