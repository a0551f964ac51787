/** What has been received in small pieces is kept as one. Pure. */
import type { Uint8ArrayList } from 'uint8arraylist'

/** Pieces that are kept of what has not been read, besides one for so many bytes. */
const piecesMin = 64
const bytesPerPiece = 512

/**
 * Makes one piece of many small ones: a piece costs some 200 bytes besides its own, and may hold on to the chunk it came
 * in. For so many bytes that are copied a piece has come, so feeding byte by byte costs a constant number of copies.
 */
export function compact(buffer: Uint8ArrayList): void {
  const pieces = (buffer as unknown as { bufs: Uint8Array[] }).bufs
  if (pieces.length <= piecesMin + buffer.byteLength / bytesPerPiece) return
  const whole = buffer.slice()
  buffer.consume(buffer.byteLength)
  buffer.append(whole)
}
