/**
 * Which arrival numbers a store gave between one opening and the next. A cursor names the run that gave it, so that a
 * store that was set back to a backup does not take a number for its own that it gave, or will give, to another record
 * (SPEC §9.4). Pure.
 */
import { equals } from 'uint8arrays/equals'
import { storeRunsMax } from '../limits.ts'
import { readU64, u64 } from './keys.ts'

/** From the opening of a store on. */
export interface Run {
  /** 16 random bytes. */
  readonly epoch: Uint8Array
  /** Its numbers are greater than this one. */
  readonly after: number
}

export const epochBytes = 16
const runBytes = epochBytes + 8

/** Oldest first. What has another length is no list of runs: then no cursor is honoured. */
export function decodeRuns(bytes: Uint8Array = new Uint8Array(0)): Run[] {
  if (bytes.byteLength % runBytes !== 0) return []
  return Array.from({ length: bytes.byteLength / runBytes }, (_, at) => ({
    epoch: bytes.slice(at * runBytes, at * runBytes + epochBytes),
    after: readU64(bytes, at * runBytes + epochBytes)
  }))
}

export function encodeRuns(runs: readonly Run[]): Uint8Array {
  const bytes = new Uint8Array(runs.length * runBytes)
  for (const [at, { epoch, after }] of runs.entries()) {
    bytes.set(epoch, at * runBytes)
    bytes.set(u64(after), at * runBytes + epochBytes)
  }
  return bytes
}

/** With one run more; only the last storeRunsMax are remembered. */
export function withRun(runs: readonly Run[], run: Run): Run[] {
  return [...runs.slice(1 - storeRunsMax), run]
}

/** False: the cursor is of another store, of a run too long ago, or of a time that this store has not seen. */
export function honours(runs: readonly Run[], cursor: { readonly epoch: Uint8Array; readonly seq: number }): boolean {
  const at = runs.findIndex(run => equals(run.epoch, cursor.epoch))
  if (at === -1) return false
  const next = runs[at + 1]
  return next === undefined || cursor.seq <= next.after
}
