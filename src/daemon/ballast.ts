/**
 * A file that only takes up room beside a relay's store. On a full disk a database neither deletes nor opens: with this
 * file given up, acks and a start still work, and there is time to see to the disk.
 */
import { randomFillSync } from 'node:crypto'
import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isCode } from './file.ts'

const pieceBytes = 1024 * 1024

export class Ballast {
  readonly bytes: number
  readonly #path: string

  /** @param bytes 0: none is kept */
  constructor(directory: string, bytes: number) {
    this.#path = join(directory, 'ballast')
    this.bytes = bytes
  }

  /** True when it is there in full, or none is wanted. */
  async isWhole(): Promise<boolean> {
    return this.bytes === (await this.#size())
  }

  /** @returns whether there was something to give up */
  async release(): Promise<boolean> {
    const held = (await this.#size()) > 0
    await rm(this.#path, { force: true })
    return held
  }

  /** Writes it anew, all of it or nothing. @throws the system's error, such as ENOSPC */
  async fill(): Promise<void> {
    await this.release()
    if (this.bytes === 0) return
    try {
      const file = await open(this.#path, 'wx', 0o600)
      try {
        // no two pieces alike and nothing to compress: whatever the file system, the room is really taken
        const piece = Buffer.allocUnsafe(Math.min(pieceBytes, this.bytes))
        for (let left = this.bytes; left > 0; left -= piece.byteLength) {
          randomFillSync(piece)
          await file.writeFile(piece.subarray(0, Math.min(left, piece.byteLength)))
        }
        await file.sync()
      } finally {
        await file.close()
      }
    } catch (error) {
      await this.release()
      throw error
    }
  }

  async #size(): Promise<number> {
    try {
      return (await stat(this.#path)).size
    } catch (error) {
      if (isCode(error, 'ENOENT')) return 0
      throw error
    }
  }
}
