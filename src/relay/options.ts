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

/** The disk under a relay's store, as whoever owns it knows it. */
export interface Disk {
  /** False: nearly full. New records, mailboxes and locators are refused, everything else goes on (SPEC §9.10). */
  readonly hasRoom: () => boolean
  /** Gives back what was set aside, before a store that has failed is opened again. The database is closed then. */
  readonly makeRoom: () => Promise<void>
  /** Makes a database that cannot read its own files readable again, without what cannot be read. It is closed then. */
  readonly salvage?: () => Promise<void>
}

/** Of a relay whose owner does not watch its disk. */
export const anyDisk: Disk = {
  hasRoom: () => true,
  makeRoom: async () => {
    await Promise.resolve()
  }
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
  | 'storeFailed'
  | 'corrupt'
export type Observe = (metric: Metric, value: number, label?: string) => void
