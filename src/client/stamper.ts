/**
 * Stamps: proofs of work for those who hold no gate, and for opening a mailbox (SPEC §7.6, §8.2). One is solved at a time,
 * outside the event loop, and it ends at once when nobody wants it any more.
 */
import { MailboxError } from '../errors.ts'
import { stampBits } from '../identity/stamp.ts'
import { outboxMessagesMax, powBitsMax, stampTriesMax } from '../limits.ts'
import { Turns } from '../placement/turns.ts'
import { throwIfAborted } from './abort.ts'
import type { Solve } from './search.ts'
import { solve } from './solve.ts'

/** `hashes` so far, of `expected` on average: it may take a few times as many. */
export type StampProgress = (hashes: number, expected: number) => void

export interface Stamper {
  /**
   * A nonce of 8 bytes with which SHA-256(prefix ‖ nonce) begins with `bits` zero bits.
   * @throws MailboxError POW when more than `powBitsMax` bits are asked for, or none was found in `stampTriesMax` times
   * the hashes that are expected; BUSY when `outboxMessagesMax` others wait; ABORTED
   */
  stamp: (
    prefix: Uint8Array,
    bits: number,
    o: { readonly signal: AbortSignal; readonly progress?: StampProgress }
  ) => Promise<Uint8Array>
}

/** A stamper of this platform, or with another search. Holds nothing while it is idle. */
export function createStamper(search: Solve = solve): Stamper {
  const turns = new Turns({ atOnce: 1, waitingMax: outboxMessagesMax })
  return {
    stamp: async (prefix, bits, { signal, progress }) => {
      if (!Number.isInteger(bits) || bits < 0 || bits > powBitsMax)
        throw new MailboxError(
          'POW',
          `A stamp of ${bits} zero bits is asked for; more than ${powBitsMax} are not made.`
        )
      const expected = 2 ** bits
      const triesMax = expected * stampTriesMax
      const solving = async (): Promise<Uint8Array | undefined> => {
        throwIfAborted(signal)
        progress?.(0, expected)
        return await search({ prefix, bits, triesMax }, hashes => progress?.(hashes, expected), signal)
      }
      const nonce = await turns.take(solving, signal)
      if (nonce !== undefined && stampBits(prefix, nonce) >= bits) return nonce
      throw new MailboxError('POW', `No stamp of ${bits} zero bits was found.`)
    }
  }
}
