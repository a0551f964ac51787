/**
 * Streams of varint-prefixed messages whose reader, another package's, is told no maximum: this reads the bytes before
 * it, ends the stream that announces too much, and hands on whole messages. Pure but for `meter`.
 */
import { StreamMessageEvent, type Stream } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import { MailboxError } from '../errors.ts'
import { landlordOf } from './landlord.ts'
import { compact } from './pieces.ts'
import { every } from './platform.ts'

export interface PrefixedLimits {
  /** Of one message. */
  readonly frameBytesMax: number
  /** Messages of one stream; as many as come when absent. */
  readonly framesMax?: number
  /** Milliseconds that one message may take to come; its reader sees to that when absent. */
  readonly deadlineMs?: number
}

/** A length of five bytes is over any maximum. */
const lengthBitsMax = 28

export class PrefixedMeter {
  readonly #limits: PrefixedLimits
  #frames = 0
  #length = 0
  #bits = 0
  /** Bytes of the message that have not come. */
  #left = 0
  #unfinished = 0

  constructor(limits: PrefixedLimits) {
    this.#limits = limits
  }

  /** Bytes that have come of a message which has not come whole, its length included. */
  get unfinishedBytes(): number {
    return this.#unfinished
  }

  /** @throws MailboxError MALFORMED, BUSY */
  feed(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.byteLength) {
      const from = at
      if (this.#left > 0) {
        const taken = Math.min(this.#left, chunk.byteLength - at)
        this.#left -= taken
        at += taken
      } else this.#prefix(chunk[at++] ?? 0)
      this.#unfinished = this.#left === 0 && this.#bits === 0 ? 0 : this.#unfinished + at - from
    }
  }

  #prefix(byte: number): void {
    if (this.#bits >= lengthBitsMax) throw this.#tooLong('more than 28 bits')
    this.#length |= (byte & 0x7f) << this.#bits
    this.#bits += 7
    if ((byte & 0x80) !== 0) return
    if (this.#length > this.#limits.frameBytesMax) throw this.#tooLong(`${this.#length} bytes`)
    const { framesMax = Infinity } = this.#limits
    if (++this.#frames > framesMax) throw new MailboxError('BUSY', `More than ${framesMax} messages on one stream.`)
    this.#left = this.#length
    this.#length = 0
    this.#bits = 0
  }

  #tooLong(what: string): MailboxError {
    return new MailboxError(
      'MALFORMED',
      `A message announces ${what}; at most ${this.#limits.frameBytesMax} are legal.`
    )
  }
}

/** What has come of one message, until it is whole; counted for the connection (SPEC §5.6). */
class Held {
  readonly queuedBytes = 0
  readonly #stream: Stream
  readonly #meter: PrefixedMeter
  readonly #deadlineMs: number | undefined
  #bytes = new Uint8ArrayList()
  #endDeadline: (() => void) | undefined

  constructor(stream: Stream, limits: PrefixedLimits) {
    this.#stream = stream
    this.#meter = new PrefixedMeter(limits)
    this.#deadlineMs = limits.deadlineMs
  }

  get heldBytes(): number {
    return this.#bytes.byteLength
  }

  /** Its reader takes whatever comes. */
  readonly proceed = (): void => undefined

  /** @returns the messages that are whole now. @throws MailboxError MALFORMED, BUSY */
  take(data: Uint8Array | Uint8ArrayList): Uint8ArrayList {
    for (const chunk of data instanceof Uint8Array ? [data] : data) this.#meter.feed(chunk)
    const { unfinishedBytes } = this.#meter
    this.#bytes.append(data)
    // a message that began with these bytes has its own time
    if (unfinishedBytes < data.byteLength) this.#end()
    if (unfinishedBytes > 0) this.#begin()
    const whole = this.#bytes.byteLength - unfinishedBytes
    const messages = this.#bytes.sublist(0, whole)
    this.#bytes.consume(whole)
    compact(this.#bytes)
    return messages
  }

  drop(): void {
    this.#end()
    this.#bytes = new Uint8ArrayList()
  }

  #begin(): void {
    if (this.#deadlineMs === undefined) return
    this.#endDeadline ??= every(this.#deadlineMs, () => {
      this.#stream.abort(new MailboxError('TIMEOUT', 'The peer stopped in the middle of a message.'))
    })
  }

  #end(): void {
    this.#endDeadline?.()
    this.#endDeadline = undefined
  }
}

/**
 * Before the stream is given to its reader. It is no listener: a stream gives away what it has kept as soon as it has
 * one, and the reader is not there yet.
 */
export function meter(stream: Stream, limits: PrefixedLimits): Stream {
  const held = new Held(stream, limits)
  const holders = landlordOf(stream)?.holders
  holders?.add(held)
  stream.addEventListener('close', () => {
    held.drop()
    holders?.delete(held)
  })
  const dispatch = stream.dispatchEvent.bind(stream)
  stream.dispatchEvent = event => {
    if (!(event instanceof StreamMessageEvent)) return dispatch(event)
    try {
      const whole = held.take(event.data)
      return whole.byteLength === 0 || dispatch(new StreamMessageEvent(whole))
    } catch (error) {
      stream.abort(error instanceof Error ? error : new MailboxError('MALFORMED', 'The stream cannot be read.'))
      return false
    }
  }
  return stream
}
