/**
 * One libp2p stream as frames in and frames out. What one event brought about leaves as one `send`; reading stops
 * while the consumer or the writer is behind. The traps this avoids are listed in SPEC §5.3.
 */
import type { Stream } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import { concat } from 'uint8arrays/concat'
import { MailboxError } from '../errors.ts'
import { requestDeadlineMs, unreadBytesMin, windowGrantBytes } from '../limits.ts'
import { FrameReader, type Frame } from './frame.ts'
import { compact } from './pieces.ts'
import { afterEvent, every } from './platform.ts'

export interface FrameStreamEvents {
  frame: (frame: Frame) => void
  /** Once; `error` is absent after an orderly end. */
  end: (error?: MailboxError) => void
  /** The queue was handed to the transport, or the transport to the other end. */
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
  /** Chunks not read yet: bounded by what one event brought, since the stream is paused while there are any. */
  #unread: Uint8Array[] = []
  #held = false
  #pumping = false
  #partialSince: number | undefined
  #blocked = false
  /** Bytes handed to the transport so far, and how many of them had left it at a time when not all had. */
  #handed = 0
  #unsentMark: { atMs: number; left: number } | undefined
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
    stream.addEventListener('idle', () => {
      if (this.#blocked) this.#drained()
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

  /** Bytes accepted by `send` that have not left this node as far as the stream knows. */
  get unsentBytes(): number {
    return this.#queuedBytes + this.#stream.writeBufferLength
  }

  /** Bytes that are held besides those in the stream's own buffers. */
  get heldBytes(): number {
    return this.#queuedBytes + this.#reader.heldBytes + this.#unread.reduce((sum, chunk) => sum + chunk.byteLength, 0)
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

  /** No frame is given out before `proceed` or `resume`; what comes meanwhile stays bytes, and soon the sender stops. */
  pause(): void {
    this.#held = true
  }

  /** Gives out what has been received; reading from the network stays as it is. */
  proceed(): void {
    if (this.#ended || !this.#held) return
    this.#held = false
    // the rest of a frame could not be read meanwhile
    if (this.#partialSince !== undefined) this.#partialSince = performance.now()
    this.#pump()
  }

  /** `proceed`, and reading goes on. */
  resume(): void {
    this.proceed()
    if (!this.#ended && !this.#held && this.#stream.readStatus === 'paused') this.#stream.resume()
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

  #receive(data: Uint8Array | Uint8ArrayList): void {
    if (data instanceof Uint8Array) this.#unread.push(data)
    else {
      compact(data)
      for (const chunk of data) this.#unread.push(chunk)
    }
    this.#pump()
    if (this.#held && !this.#ended && this.#stream.readStatus === 'readable') this.#stream.pause()
  }

  #pump(): void {
    // a frame that is handled may call `proceed`
    if (this.#pumping) return
    this.#pumping = true
    try {
      this.#read()
    } catch (error) {
      this.abort(
        error instanceof MailboxError
          ? error
          : new MailboxError('UNAVAILABLE', 'Handling a frame failed.', { cause: error })
      )
    } finally {
      this.#pumping = false
    }
  }

  #read(): void {
    while (!this.#held && !this.#ended) {
      const frame = this.#reader.next()
      if (frame !== undefined) {
        this.#partialSince = undefined
        this.#events.frame(frame)
        continue
      }
      const chunk = this.#unread.shift()
      if (chunk === undefined) {
        this.#partialSince = this.#reader.pendingBytes === 0 ? undefined : (this.#partialSince ?? performance.now())
        return
      }
      this.#reader.add(chunk)
    }
  }

  #scheduleFlush(): void {
    if (this.#flushing || this.#blocked) return
    this.#flushing = true
    afterEvent(() => {
      this.#flushing = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#ended || this.#queue.length === 0 || this.#blocked) return
    const bytes = this.#queue.length === 1 ? (this.#queue[0] as Uint8Array) : concat(this.#queue, this.#queuedBytes)
    this.#queue = []
    this.#queuedBytes = 0
    try {
      this.#handed += bytes.byteLength
      // the stream keeps what it cannot send; nothing more is given to it before its `drain` event
      if (!this.#stream.send(bytes)) this.#blocked = true
      this.#events.flushed?.()
    } catch (error) {
      this.#finish(new MailboxError('DISCONNECTED', 'The stream no longer takes data.', { cause: error }))
    }
  }

  #drained(): void {
    this.#blocked = false
    this.#scheduleFlush()
    // the stream hands on what it kept in a microtask of the same event
    queueMicrotask(() => {
      if (!this.#ended) this.#events.flushed?.()
    })
  }

  /** A frame left unfinished, or answers left unread, for longer than a request may take: the peer is stuck or hostile. */
  #checkDeadlines(): void {
    const now = performance.now()
    const partialSince = this.#held ? undefined : this.#partialSince
    if ((partialSince ?? Infinity) < now - requestDeadlineMs || this.#isUnread(now)) {
      this.abort(new MailboxError('TIMEOUT', 'The peer stopped in the middle of a frame or stopped reading.'))
      return
    }
    this.#events.tick?.()
  }

  /** True when of what the stream has kept for `requestDeadlineMs` less than `unreadBytesMin` has left it. */
  #isUnread(nowMs: number): boolean {
    const kept = this.#stream.writeBufferLength
    const left = this.#handed - kept
    if (kept === 0) this.#unsentMark = undefined
    else if (this.#unsentMark === undefined) this.#unsentMark = { atMs: nowMs, left }
    else if (nowMs - this.#unsentMark.atMs > requestDeadlineMs) {
      if (left - this.#unsentMark.left < unreadBytesMin) return true
      this.#unsentMark = { atMs: nowMs, left }
    }
    return false
  }

  #finish(error: MailboxError | undefined): void {
    if (this.#ended) return
    this.#ended = true
    this.#unwatch()
    this.#queue = []
    this.#queuedBytes = 0
    this.#unread = []
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
