/**
 * Frames (SPEC §5.1): u32be length ‖ u32be id ‖ body, length counting id and body. Pure: bytes in, frames out.
 */
import { MailboxError } from '../errors.ts'
import { frameBytesMax } from '../limits.ts'

export interface Frame {
  readonly id: number
  /** A view into the received bytes where the frame lay in one piece: copy it to keep it beyond the handling. */
  readonly body: Uint8Array
}

const prefixBytes = 4
const idBytes = 4
export const frameOverheadBytes = prefixBytes + idBytes
const empty = new Uint8Array(0)

/** @throws MailboxError SIZE when the body is over the frame limit */
export function checkFrameBody(body: Uint8Array): void {
  if (body.byteLength <= frameBytesMax) return
  throw new MailboxError('SIZE', `A frame of ${body.byteLength} bytes is over the limit of ${frameBytesMax}.`, {
    limit: 'frameBytesMax'
  })
}

/** One frame as bytes. @throws MailboxError SIZE when the body is over the frame limit */
export function encodeFrame(id: number, body: Uint8Array): Uint8Array {
  checkFrameBody(body)
  const frame = new Uint8Array(frameOverheadBytes + body.byteLength)
  writeUint32(frame, 0, idBytes + body.byteLength)
  writeUint32(frame, prefixBytes, id)
  frame.set(body, frameOverheadBytes)
  return frame
}

/**
 * Cuts a byte stream into frames, however it was split. What is kept between chunks grows with the bytes received,
 * never with the length announced, and never beyond one frame.
 */
export class FrameReader {
  #partial: Uint8Array = empty
  #filled = 0
  #chunk: Uint8Array = empty
  #at = 0
  #refusal: MailboxError | undefined

  /** Bytes of an unfinished frame. */
  get pendingBytes(): number {
    return this.#filled
  }

  /** Bytes that are held, unread ones included. */
  get heldBytes(): number {
    return this.#partial.byteLength + this.#chunk.byteLength - this.#at
  }

  /** Takes a chunk; what was taken before has been read by `next` until there was nothing more. */
  add(chunk: Uint8Array): void {
    this.#chunk = chunk
    this.#at = 0
  }

  /**
   * The next frame, or undefined when the rest of the chunk holds none; what is not asked for stays bytes.
   * @throws MailboxError MALFORMED when a length is over the limit or too short to hold an id
   */
  next(): Frame | undefined {
    if (this.#filled > 0) return this.#complete()
    const left = this.#chunk.byteLength - this.#at
    if (left >= prefixBytes) {
      const length = frameLength(this.#chunk, this.#at)
      if (left >= prefixBytes + length) {
        const frame = frameAt(this.#chunk, this.#at, length)
        this.#at += prefixBytes + length
        return frame
      }
    }
    this.#fill(left)
    return undefined
  }

  /** Why nothing more is read: the last `push` handed out the frames before it. */
  get refusal(): MailboxError | undefined {
    return this.#refusal
  }

  /**
   * The frames that these bytes complete. Those before a length that is refused come out first, so that what is served
   * does not depend on how the bytes were split; `refusal` then says why there are no more.
   * @throws MailboxError MALFORMED when a length is over the limit or too short to hold an id
   */
  push(chunk: Uint8Array): Frame[] {
    if (this.#refusal !== undefined) throw this.#refusal
    const frames: Frame[] = []
    try {
      this.add(chunk)
      for (let frame = this.next(); frame !== undefined; frame = this.next()) frames.push(frame)
    } catch (error) {
      if (!(error instanceof MailboxError)) throw error
      this.#refusal = error
      if (frames.length === 0) throw error
    }
    return frames
  }

  /** Adds to the unfinished frame what the chunk holds of it. */
  #complete(): Frame | undefined {
    if (this.#filled < prefixBytes) this.#fill(prefixBytes - this.#filled)
    if (this.#filled < prefixBytes) return undefined
    const length = frameLength(this.#partial, 0)
    this.#fill(prefixBytes + length - this.#filled)
    if (this.#filled < prefixBytes + length) return undefined
    const frame = frameAt(this.#partial, 0, length)
    this.#partial = empty
    this.#filled = 0
    return frame
  }

  /** Moves as many bytes of the chunk, or those that are left of it, to the unfinished frame. */
  #fill(bytes: number): void {
    const taken = Math.min(bytes, this.#chunk.byteLength - this.#at)
    if (taken > 0) {
      this.#reserve(this.#filled + taken)
      this.#partial.set(this.#chunk.subarray(this.#at, this.#at + taken), this.#filled)
      this.#filled += taken
      this.#at += taken
    }
    if (this.#at === this.#chunk.byteLength) {
      this.#chunk = empty
      this.#at = 0
    }
  }

  /** Doubles, so that a frame fed byte by byte costs a constant number of copies per byte. */
  #reserve(bytes: number): void {
    if (bytes <= this.#partial.byteLength) return
    const grown = new Uint8Array(Math.max(bytes, 2 * this.#partial.byteLength, 64))
    grown.set(this.#partial.subarray(0, this.#filled))
    this.#partial = grown
  }
}

function frameLength(bytes: Uint8Array, at: number): number {
  const length = readUint32(bytes, at)
  if (length < idBytes || length > idBytes + frameBytesMax) {
    throw new MailboxError(
      'MALFORMED',
      `A frame announces ${length} bytes; ${idBytes} to ${idBytes + frameBytesMax} are legal.`
    )
  }
  return length
}

function frameAt(bytes: Uint8Array, at: number, length: number): Frame {
  return {
    id: readUint32(bytes, at + prefixBytes),
    body: bytes.subarray(at + frameOverheadBytes, at + prefixBytes + length)
  }
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) * 0x1000000 + (((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0))
  )
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}
