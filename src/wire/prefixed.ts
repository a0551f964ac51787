/**
 * Streams of varint-prefixed messages whose reader, another package's, is told no maximum: this reads the same bytes
 * beside it and ends the stream that announces too much. Pure but for `meter`.
 */
import type { Stream } from '@libp2p/interface'
import { MailboxError } from '../errors.ts'

export interface PrefixedLimits {
  /** Of one message. */
  readonly frameBytesMax: number
  /** Messages of one stream. */
  readonly framesMax: number
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

  constructor(limits: PrefixedLimits) {
    this.#limits = limits
  }

  /** @throws MailboxError MALFORMED, BUSY */
  feed(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.byteLength) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, chunk.byteLength - at)
        this.#left -= taken
        at += taken
      } else this.#prefix(chunk[at++] ?? 0)
    }
  }

  #prefix(byte: number): void {
    if (this.#bits >= lengthBitsMax) throw this.#tooLong('more than 28 bits')
    this.#length |= (byte & 0x7f) << this.#bits
    this.#bits += 7
    if ((byte & 0x80) !== 0) return
    if (this.#length > this.#limits.frameBytesMax) throw this.#tooLong(`${this.#length} bytes`)
    if (++this.#frames > this.#limits.framesMax)
      throw new MailboxError('BUSY', `More than ${this.#limits.framesMax} messages on one stream.`)
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

/** Before the stream is given to its reader. */
export function meter(stream: Stream, limits: PrefixedLimits): Stream {
  const meter = new PrefixedMeter(limits)
  stream.addEventListener('message', ({ data }) => {
    try {
      for (const chunk of data instanceof Uint8Array ? [data] : data) meter.feed(chunk)
    } catch (error) {
      stream.abort(error instanceof Error ? error : new MailboxError('MALFORMED', 'The stream cannot be read.'))
    }
  })
  return stream
}
