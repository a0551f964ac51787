/** One writer, several readers, each of which gets every event from its first read on, or SLOW_CONSUMER. */
import { MailboxError } from '../errors.ts'
import { watchBufferMax, watchesMax } from '../limits.ts'
import { untilAborted } from './abort.ts'
import { Bell } from './bell.ts'

interface Reader<T> {
  /** Not read yet; bounded by watchBufferMax. */
  waiting: T[]
  slow: boolean
}

export class News<T> {
  /** Bounded by watchesMax. */
  readonly #readers = new Set<Reader<T>>()
  readonly #bell = new Bell()

  tell(event: T): void {
    for (const reader of this.#readers) {
      if (reader.waiting.length < watchBufferMax) reader.waiting.push(event)
      else reader.slow = true
    }
    this.#bell.ring()
  }

  /**
   * What `first` gives, then each event told since the first read, until `signal` aborts.
   * @throws MailboxError QUOTA (watchesMax), SLOW_CONSUMER, and what `first` throws
   */
  async *read(first: () => AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
    if (this.#readers.size >= watchesMax)
      throw new MailboxError('QUOTA', `An outbox has at most ${watchesMax} watches at a time.`, { limit: 'watchesMax' })
    const reader: Reader<T> = { waiting: [], slow: false }
    this.#readers.add(reader)
    try {
      for await (const event of first()) {
        if (signal.aborted) return
        yield event
      }
      while (!signal.aborted) {
        const rung = this.#bell.next
        const events = reader.waiting
        reader.waiting = []
        yield* events
        if (reader.slow) throw slow()
        if (events.length === 0) await untilAborted(rung, signal)
      }
    } finally {
      this.#readers.delete(reader)
    }
  }
}

const slow = (): MailboxError =>
  new MailboxError(
    'SLOW_CONSUMER',
    `More than ${watchBufferMax} changes waited for the reader of this watch; watch again, which begins with what there is.`,
    { limit: 'watchBufferMax' }
  )
