/** The bytes of a reconciliation message: negentropy version 1 (SPEC §9.6). Pure. */
import { compare } from 'uint8arrays/compare'
import { MailboxError } from '../errors.ts'

/** Everything before it belongs to the range that it ends. `key` Infinity: no item is after it. */
export interface Bound {
  readonly key: number
  /** First bytes of an id, at most 32; those not given count as zero. */
  readonly prefix: Uint8Array
}

export const negentropyVersion = 0x61
const idBytes = 32

export class RangeWriter {
  #bytes = Buffer.allocUnsafe(256)
  #size = 0
  #lastKey = 0
  /** A skip is written only when something follows it: what a message does not end with is equal. */
  #skipped: Bound | undefined

  get size(): number {
    return this.#size
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.byteLength)
    this.#bytes.set(bytes, this.#size)
    this.#size += bytes.byteLength
  }

  /** Big-endian groups of seven bits, the high bit set on all but the last. */
  varint(value: number): void {
    const groups = [value % 128]
    // at most eight groups: values are below 2^53
    for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left % 128) | 128)
    this.bytes(Uint8Array.from(groups))
  }

  bound(bound: Bound): void {
    const skipped = this.#skipped
    if (skipped !== undefined) {
      this.#skipped = undefined
      this.bound(skipped)
      this.varint(0)
    }
    // infinity is 0; other keys are one more than their distance from the one before
    this.varint(bound.key === Infinity ? 0 : bound.key - this.#lastKey + 1)
    this.#lastKey = bound.key
    this.varint(bound.prefix.byteLength)
    this.bytes(bound.prefix)
  }

  skipTo(bound: Bound): void {
    this.#skipped = bound
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#size)
  }

  message(): Uint8Array {
    return Buffer.concat([Uint8Array.of(negentropyVersion), this.finish()])
  }

  #reserve(bytes: number): void {
    if (this.#size + bytes <= this.#bytes.byteLength) return
    const grown = Buffer.allocUnsafe(Math.max(2 * this.#bytes.byteLength, this.#size + bytes))
    grown.set(this.finish())
    this.#bytes = grown
  }
}

const malformed = (what: string): MailboxError => new MailboxError('MALFORMED', `A reconciliation message ${what}.`)

/** @throws MailboxError MALFORMED from every method for bytes that are not such a message */
export class RangeReader {
  readonly #message: Uint8Array
  #at = 1
  #last: Bound = { key: 0, prefix: new Uint8Array(0) }

  constructor(message: Uint8Array) {
    if (message[0] !== negentropyVersion) throw malformed('of another version')
    this.#message = message
  }

  get ended(): boolean {
    return this.#at === this.#message.byteLength
  }

  bytes(count: number): Uint8Array {
    if (this.#message.byteLength - this.#at < count) throw malformed('ends too early')
    this.#at += count
    return this.#message.subarray(this.#at - count, this.#at)
  }

  varint(): number {
    let value = 0
    // at most eight bytes: a longer number is over the limit
    for (;;) {
      const byte = this.bytes(1)[0] ?? 0
      value = value * 128 + (byte & 127)
      if (!Number.isSafeInteger(value)) throw malformed('holds a number of 2^53 or more')
      if (byte < 128) return value
    }
  }

  bound(): Bound {
    const distance = this.varint()
    const key = distance === 0 ? Infinity : this.#last.key + distance - 1
    const length = this.varint()
    if (length > idBytes) throw malformed('has a bound longer than an id')
    const bound = { key, prefix: this.bytes(length) }
    if (key < this.#last.key || (key === this.#last.key && compare(bound.prefix, this.#last.prefix) < 0))
      throw malformed('goes back')
    if (this.#last.key === Infinity) throw malformed('goes on after its end')
    this.#last = bound
    return bound
  }

  ids(): Uint8Array[] {
    const count = this.varint()
    const bytes = this.bytes(count * idBytes)
    return Array.from({ length: count }, (_, n) => bytes.subarray(n * idBytes, (n + 1) * idBytes))
  }
}
