/**
 * One libp2p stream as frames in and frames out. What one event brought about leaves as one `send`; reading stops
 * while the consumer or the writer is behind. The traps this avoids are listed in SPEC §5.3.
 */
import type { Stream } from '@libp2p/interface'
import { concat } from 'uint8arrays/concat'
import { MailboxError } from '../errors.ts'
import { requestDeadlineMs, windowGrantBytes } from '../limits.ts'
import { FrameReader, type Frame } from './frame.ts'
import { afterEvent, every } from './platform.ts'

export interface FrameStreamEvents {
  frame: (frame: Frame) => void
  /** Once; `error` is absent after an orderly end. */
  end: (error?: MailboxError) => void
  /** The queue was handed to the transport. */
  flushed?: () => void
  /** Every few seconds, for deadlines of the caller's own. */
  tick?: () => void
}

/** How often a stream looks at its own deadlines. */
const watchMs = requestDeadlineMs / 4

export class FrameStream {
  readonly #stream: Stream
  readonly #events: FrameStreamEvents
  readonly #reader = new FrameReader()
  /** Bounded by the callers: a responder by its requests in flight, a requester by its slots. */
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #flushing = false
  #ended = false
  #partialSince: number | undefined
  #blockedSince: number | undefined
  readonly #unwatch: () => void

  constructor(stream: Stream, events: FrameStreamEvents) {
    this.#stream = stream
    this.#events = events
    this.#unwatch = every(watchMs, () => {
      this.#checkDeadlines()
    })
    grantLazily(stream)
    stream.addEventListener('message', event => {
      this.#receive(event.data)
    })
    stream.addEventListener('drain', () => {
      this.#drained()
    })
    // `end` comes after the last message was delivered; `remoteCloseWrite` may come before
    stream.addEventListener('end', () => {
      void this.close(AbortSignal.timeout(requestDeadlineMs))
    })
    stream.addEventListener('close', event => {
      this.#finish(
        event.error === undefined
          ? undefined
          : new MailboxError('DISCONNECTED', 'The stream was reset.', { cause: event.error })
      )
    })
  }

  /** Bytes accepted by `send` that have not been handed to the transport. */
  get queuedBytes(): number {
    return this.#queuedBytes
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Queues one encoded frame; all that is sent before the event being handled is done with leaves together. */
  send(frame: Uint8Array): void {
    if (this.#ended) return
    this.#queue.push(frame)
    this.#queuedBytes += frame.byteLength
    this.#scheduleFlush()
  }

  pause(): void {
    if (!this.#ended && this.#stream.readStatus === 'readable') this.#stream.pause()
  }

  resume(): void {
    if (this.#ended || this.#stream.readStatus !== 'paused') return
    // the rest of a frame could not be read meanwhile
    if (this.#partialSince !== undefined) this.#partialSince = performance.now()
    this.#stream.resume()
  }

  /** Resets the stream; the remote learns nothing but that it ended. */
  abort(error: MailboxError): void {
    this.#finish(error)
    this.#stream.abort(error)
  }

  /** Sends what is queued, then ends this side. */
  async close(signal: AbortSignal): Promise<void> {
    if (this.#ended) return
    this.#flush()
    this.#finish(undefined)
    try {
      await this.#stream.close({ signal })
    } catch (error) {
      this.#stream.abort(error instanceof Error ? error : new MailboxError('DISCONNECTED', 'The stream did not close.'))
    }
  }

  #receive(data: Uint8Array | Iterable<Uint8Array>): void {
    try {
      for (const chunk of data instanceof Uint8Array ? [data] : data) {
        for (const frame of this.#reader.push(chunk)) {
          if (this.#ended) return
          this.#partialSince = undefined
          this.#events.frame(frame)
        }
        if (this.#reader.refusal !== undefined) throw this.#reader.refusal
      }
      this.#partialSince = this.#reader.pendingBytes === 0 ? undefined : (this.#partialSince ?? performance.now())
    } catch (error) {
      this.abort(
        error instanceof MailboxError
          ? error
          : new MailboxError('UNAVAILABLE', 'Handling a frame failed.', { cause: error })
      )
    }
  }

  #scheduleFlush(): void {
    if (this.#flushing || this.#blockedSince !== undefined) return
    this.#flushing = true
    afterEvent(() => {
      this.#flushing = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#ended || this.#queue.length === 0 || this.#blockedSince !== undefined) return
    const bytes = this.#queue.length === 1 ? (this.#queue[0] as Uint8Array) : concat(this.#queue, this.#queuedBytes)
    this.#queue = []
    this.#queuedBytes = 0
    try {
      // the stream keeps what it cannot send; nothing more is given to it before its `drain` event
      if (!this.#stream.send(bytes)) this.#blockedSince = performance.now()
      this.#events.flushed?.()
    } catch (error) {
      this.#finish(new MailboxError('DISCONNECTED', 'The stream no longer takes data.', { cause: error }))
    }
  }

  #drained(): void {
    this.#blockedSince = undefined
    this.#scheduleFlush()
  }

  /** A frame left unfinished, or answers left unread, for longer than a request may take: the peer is stuck or hostile. */
  #checkDeadlines(): void {
    const limit = performance.now() - requestDeadlineMs
    const partialSince = this.#stream.readStatus === 'paused' ? undefined : this.#partialSince
    if ((partialSince ?? Infinity) < limit || (this.#blockedSince ?? Infinity) < limit) {
      this.abort(new MailboxError('TIMEOUT', 'The peer stopped in the middle of a frame or stopped reading.'))
      return
    }
    this.#events.tick?.()
  }

  #finish(error: MailboxError | undefined): void {
    if (this.#ended) return
    this.#ended = true
    this.#unwatch()
    this.#queue = []
    this.#queuedBytes = 0
    this.#events.end(error)
  }
}

/**
 * yamux answers every data frame with a window update, which costs both ends a frame to encrypt, write, read and decrypt
 * for each message. The window is given back in larger pieces instead, as the yamux specification allows.
 */
function grantLazily(stream: Stream): void {
  const yamux = stream as Stream & { sendWindowUpdate?: () => void; recvWindow: number; recvWindowCapacity: number }
  if (yamux.sendWindowUpdate === undefined) return
  const grant = yamux.sendWindowUpdate.bind(yamux)
  yamux.sendWindowUpdate = () => {
    // yamux takes a stream that was paused again while it resumed for a reading one: its buffer would overflow
    if (stream.readStatus === 'paused') return
    if (yamux.recvWindow - yamux.recvWindowCapacity >= windowGrantBytes) grant()
  }
}
