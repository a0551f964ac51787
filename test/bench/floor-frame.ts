/** Frames of the floor, both ends; the layout is in floor.ts. */
export const floorOps = { deposit: 1, pull: 2, remove: 3 } as const

export interface FloorFrame {
  readonly op: number
  readonly request: number
  readonly mailbox: number
  /** A view of the received bytes. */
  readonly body: Buffer
}

const headBytes = 13

export function floorFrame(op: number, request: number, mailbox: number, body: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headBytes + body.byteLength)
  frame.writeUInt32BE(headBytes - 4 + body.byteLength, 0)
  frame[4] = op
  frame.writeUInt32BE(request, 5)
  frame.writeUInt32BE(mailbox, 9)
  frame.set(body, headBytes)
  return frame
}

/** Cuts what a socket delivers into frames. Both ends are ours: there is no limit on a frame. */
export class FloorReader {
  readonly #take: (frame: FloorFrame) => void
  #parts: Buffer[] = []
  #bytes = 0

  constructor(take: (frame: FloorFrame) => void) {
    this.#take = take
  }

  push(chunk: Buffer): void {
    this.#parts.push(chunk)
    this.#bytes += chunk.byteLength
    // joined only when a frame is complete, so that a frame in many chunks is copied once
    if (this.#bytes < this.#wanted()) return
    const bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts, this.#bytes)
    let at = 0
    while (bytes.byteLength - at >= 4) {
      const end = at + 4 + bytes.readUInt32BE(at)
      if (bytes.byteLength < end) break
      this.#take({
        op: bytes.readUInt8(at + 4),
        request: bytes.readUInt32BE(at + 5),
        mailbox: bytes.readUInt32BE(at + 9),
        body: bytes.subarray(at + headBytes, end)
      })
      at = end
    }
    this.#parts = at === bytes.byteLength ? [] : [bytes.subarray(at)]
    this.#bytes = bytes.byteLength - at
  }

  #wanted(): number {
    const first = this.#parts[0]
    return first === undefined || first.byteLength < 4 ? 4 : 4 + first.readUInt32BE(0)
  }
}
