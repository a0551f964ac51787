/** What is fuzzed: how one input is read, which refusals are documented, and what may not happen. */
import type { ErrorCode } from '../../src/errors.ts'
import type { Chance } from './chance.ts'

export interface Target {
  readonly name: string
  /** What it reads, for the table. */
  readonly reads: string
  /** Codes of the refusals that its documentation names; any other error is a finding. */
  readonly codes: readonly ErrorCode[]
  /** Inputs to begin with: legal ones, and what the vectors refuse. */
  readonly seeds: () => Promise<readonly Uint8Array[]>
  /**
   * Reads one input. Resolves when it was accepted, rejects with the refusal. What may not happen, such as another
   * meaning after another encoding, it throws as no MailboxError.
   */
  readonly run: (input: Uint8Array) => Promise<void>
  /** Bytes at the start that say how the rest is used, and are seldom changed. */
  readonly head?: number
  /** Of inputs that are not one message. */
  readonly mutate?: (input: Uint8Array, other: Uint8Array, chance: Chance) => Uint8Array
  /** Blocks that one execution may run: so many, and so many for each byte of input. */
  readonly work?: { readonly base: number; readonly perByte: number }
  /** Bytes that one execution may ask for, besides twice a frame. Fixed memory of a state, such as a relay. */
  readonly memoryBytes?: number
}
