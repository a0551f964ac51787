/** What an operator may set, and what a relay tells whoever watches it. */
import { bytesPerMailboxMax, depositsPerSecondMax, mailboxesMax, recordsPerMailboxMax } from '../limits.ts'

export interface RelayLimits {
  readonly recordsPerMailbox: number
  readonly bytesPerMailbox: number
  readonly mailboxes: number
  /** Per stream of one sender; twice as many at once. */
  readonly depositsPerSecond: number
}

export const defaultLimits: RelayLimits = {
  recordsPerMailbox: recordsPerMailboxMax,
  bytesPerMailbox: bytesPerMailboxMax,
  mailboxes: mailboxesMax,
  depositsPerSecond: depositsPerSecondMax
}

/** Metrics a relay reports: a count to add or a value to observe, with at most one label from a closed set. */
export type Metric =
  | 'deposit'
  | 'refused'
  | 'commitOperations'
  | 'commitSyncMs'
  | 'pulled'
  | 'tombstoned'
  | 'expired'
  | 'repaired'
  | 'left'
  | 'repairFailed'
export type Observe = (metric: Metric, value: number, label?: string) => void
