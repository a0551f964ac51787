/**
 * Requests and responses over one long-lived stream, both ends (SPEC §5.2). The opener numbers its requests and may
 * have many in flight; the other end answers each once, in any order.
 */
import type { Stream } from '@libp2p/interface'
import { MailboxError } from '../errors.ts'
import {
  inFlightMax,
  readBufferBytesHigh,
  readBufferBytesLow,
  requestCostBytes,
  requestDeadlineMs,
  streamIdleMs
} from '../limits.ts'
import { checkFrameBody, encodeFrame, type Frame } from './frame.ts'
import { landlordOf, type Landlord } from './landlord.ts'
import type { CallOptions, Channel, Handler, Session } from './port.ts'
import { FrameStream } from './stream.ts'

interface Pending {
  readonly request: Uint8Array
  readonly resolve: (response: Uint8Array) => void
  readonly reject: (error: MailboxError) => void
  /** Forgets the deadline and the caller's signal. */
  done: () => void
  /** 0 while it waits for a slot. */
  id: number
}

/** Calls that may wait for a slot; beyond it a caller is told BUSY. */
const waitingMax = 16 * inFlightMax

/** The requesting end. */
export class StreamChannel implements Channel {
  readonly localPeer: Uint8Array
  readonly remotePeer: Uint8Array
  readonly #frames: FrameStream
  readonly #closed = new AbortController()
  /** Bounded by inFlightMax. */
  readonly #pending = new Map<number, Pending>()
  /** Bounded by waitingMax. */
  readonly #waiting = new Set<Pending>()
  #lastId = 0

  constructor(stream: Stream, peers: { localPeer: Uint8Array; remotePeer: Uint8Array }) {
    this.localPeer = peers.localPeer
    this.remotePeer = peers.remotePeer
    this.#frames = new FrameStream(stream, {
      frame: frame => {
        this.#answer(frame)
      },
      end: error => {
        this.#end(error)
      }
    })
  }

  get closed(): AbortSignal {
    return this.#closed.signal
  }

  async call(request: Uint8Array, options: CallOptions = {}): Promise<Uint8Array> {
    if (this.#closed.signal.aborted) throw new MailboxError('DISCONNECTED', 'The stream has ended.')
    if (options.signal?.aborted === true)
      throw new MailboxError('ABORTED', 'The call was aborted before it was sent.', { cause: options.signal.reason })
    checkFrameBody(request)
    return await new Promise<Uint8Array>((resolve, reject) => {
      const isFull = this.#pending.size >= inFlightMax
      if (isFull && this.#waiting.size >= waitingMax) {
        reject(
          new MailboxError('BUSY', `More than ${waitingMax} calls wait for this stream.`, { limit: 'inFlightMax' })
        )
        return
      }
      const call: Pending = { request, resolve, reject, done: () => undefined, id: 0 }
      // the time spent waiting for a slot is part of the call
      call.done = this.#arm(call, options)
      if (isFull) this.#waiting.add(call)
      else this.#start(call)
    })
  }

  async close(signal: AbortSignal): Promise<void> {
    await this.#frames.close(signal)
  }

  abort(error: MailboxError): void {
    this.#frames.abort(error)
  }

  #start(call: Pending): void {
    this.#lastId = this.#lastId === 0xffffffff ? 1 : this.#lastId + 1
    call.id = this.#lastId
    this.#pending.set(call.id, call)
    this.#frames.send(encodeFrame(call.id, call.request))
  }

  /** Ends a call at its deadline or abort. The request may have been served: the caller decides what that means. */
  #arm(call: Pending, options: CallOptions): () => void {
    const give = (error: MailboxError): void => {
      this.#release(call)
      call.reject(error)
    }
    const deadlineMs = options.deadlineMs ?? requestDeadlineMs
    const timer = setTimeout(() => {
      give(new MailboxError('TIMEOUT', `No answer within ${deadlineMs} ms.`))
    }, deadlineMs)
    const onAbort = (): void => {
      give(new MailboxError('ABORTED', 'The call was aborted.', { cause: options.signal?.reason }))
    }
    options.signal?.addEventListener('abort', onAbort, { once: true })
    return () => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
    }
  }

  #answer(frame: Frame): void {
    const pending = this.#pending.get(frame.id)
    if (pending !== undefined) {
      this.#release(pending)
      pending.resolve(frame.body)
    } else if (frame.id === 0 || frame.id > this.#lastId) {
      this.#frames.abort(new MailboxError('MALFORMED', 'An answer to a request that was never sent.'))
    }
    // else: an answer that came after its deadline
  }

  /** Its slot, if it had one, goes to the call that has waited longest. */
  #release(call: Pending): void {
    call.done()
    this.#waiting.delete(call)
    if (!this.#pending.delete(call.id) || this.#closed.signal.aborted) return
    const [next] = this.#waiting
    if (next === undefined) return
    this.#waiting.delete(next)
    this.#start(next)
  }

  #end(error: MailboxError | undefined): void {
    const reason = error ?? new MailboxError('DISCONNECTED', 'The stream ended before the answer came.')
    this.#closed.abort(reason)
    for (const call of [...this.#pending.values(), ...this.#waiting]) {
      this.#release(call)
      call.reject(reason)
    }
  }
}

/** The answering end of one stream. Reading stops while `inFlightMax` requests or too many bytes are being served. */
export class StreamResponder {
  readonly #frames: FrameStream
  readonly #handler: Handler
  readonly #session: Session
  readonly #ended = new AbortController()
  readonly #onError: (error: unknown) => void
  readonly #landlord: Landlord | undefined
  #inFlight = 0
  #bytesInFlight = 0
  #idleSince: number | undefined = performance.now()

  constructor(
    stream: Stream,
    peers: Pick<Session, 'localPeer' | 'remotePeer' | 'group'>,
    handler: Handler,
    onError: (error: unknown) => void
  ) {
    this.#handler = handler
    this.#onError = onError
    const landlord = (this.#landlord = landlordOf(stream))
    const signal = this.#ended.signal
    this.#session = {
      ...peers,
      signal,
      state: new Map(),
      ...(landlord === undefined
        ? {}
        : { room: async bytes => await landlord.room(bytes, signal), vouch: landlord.vouch })
    }
    this.#frames = new FrameStream(stream, {
      frame: frame => {
        this.#serve(frame)
        if (this.#full()) this.#frames.pause()
      },
      end: error => {
        this.#end(error)
      },
      flushed: () => {
        this.#next()
      },
      tick: () => {
        this.#checkIdle()
      }
    })
    landlord?.holders.add(this)
  }

  /** What this end makes the node hold, besides the stream's own buffers. */
  get heldBytes(): number {
    // a request that is decoded is there twice
    return this.#frames.heldBytes + 2 * this.#bytesInFlight + this.#inFlight * requestCostBytes
  }

  get queuedBytes(): number {
    return this.#frames.queuedBytes
  }

  abort(error: MailboxError): void {
    this.#frames.abort(error)
  }

  /** Reads on after this node held too much. */
  proceed(): void {
    this.#next()
  }

  #full(): boolean {
    return (
      this.#inFlight >= inFlightMax ||
      this.#bytesInFlight + this.#frames.unsentBytes >= readBufferBytesHigh ||
      this.#landlord?.holding === true
    )
  }

  #serve(frame: Frame): void {
    this.#inFlight++
    this.#bytesInFlight += frame.body.byteLength
    this.#idleSince = undefined
    this.#handler(frame.body, this.#session)
      .then(response => {
        this.#frames.send(encodeFrame(frame.id, response))
      })
      .catch((error: unknown) => {
        this.#onError(error)
        this.#frames.abort(new MailboxError('UNAVAILABLE', 'A request could not be served.', { cause: error }))
      })
      .finally(() => {
        this.#inFlight--
        this.#bytesInFlight -= frame.body.byteLength
        this.#next()
      })
  }

  #next(): void {
    if (this.#inFlight === 0) this.#idleSince ??= performance.now()
    if (this.#full()) return
    if (this.#bytesInFlight + this.#frames.unsentBytes <= readBufferBytesLow) this.#frames.resume()
    else this.#frames.proceed()
  }

  #checkIdle(): void {
    if (this.#idleSince === undefined || performance.now() - this.#idleSince < streamIdleMs) return
    this.#frames.abort(new MailboxError('TIMEOUT', 'The stream was idle.'))
  }

  #end(error: MailboxError | undefined): void {
    this.#landlord?.holders.delete(this)
    this.#ended.abort(error ?? new MailboxError('DISCONNECTED', 'The stream ended.'))
  }
}
