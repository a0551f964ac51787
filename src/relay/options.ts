/** What an operator may set, and what a relay tells whoever watches it. */
import type { RegistrationPolicy } from '../identity/registration-policy.ts'
import {
  bytesPerMailboxMax,
  depositsPerSecondMax,
  groupDepositsPerSecondMax,
  mailboxDepositsPerSecondMax,
  mailboxesMax,
  peerBytesPerSecondMax,
  peerDepositsPerSecondMax,
  recordsPerMailboxMax,
  registrationBitsDefault,
  registrationsPerHourMax,
  requestsPerSecondMax,
  strangersBytesMax,
  strangersRecordsMax
} from '../limits.ts'

export interface RelayLimits {
  readonly recordsPerMailbox: number
  readonly bytesPerMailbox: number
  readonly mailboxes: number
  /** Of all senders, of a peer, of a group of peers, and to a mailbox (SPEC §9.12). */
  readonly depositsPerSecond: number
  readonly peerDepositsPerSecond: number
  readonly groupDepositsPerSecond: number
  readonly mailboxDepositsPerSecond: number
  /** Bytes of the requests of one peer. */
  readonly peerBytesPerSecond: number
  /** Of one peer, by their cost; groups, owners and the relay have multiples of it. */
  readonly requestsPerSecond: number
  /** Of strangers in each mailbox, besides what contacts may leave. */
  readonly strangersRecords: number
  readonly strangersBytes: number
  readonly registration: RegistrationPolicy
  /** Zero bits of the stamp that opens a mailbox; 0: none is asked for. */
  readonly registrationBits: number
  /** Mailboxes that one group opens in an hour; as many at once. */
  readonly registrationsPerHour: number
}

export const defaultLimits: RelayLimits = {
  recordsPerMailbox: recordsPerMailboxMax,
  bytesPerMailbox: bytesPerMailboxMax,
  mailboxes: mailboxesMax,
  depositsPerSecond: depositsPerSecondMax,
  peerDepositsPerSecond: peerDepositsPerSecondMax,
  groupDepositsPerSecond: groupDepositsPerSecondMax,
  mailboxDepositsPerSecond: mailboxDepositsPerSecondMax,
  peerBytesPerSecond: peerBytesPerSecondMax,
  requestsPerSecond: requestsPerSecondMax,
  strangersRecords: strangersRecordsMax,
  strangersBytes: strangersBytesMax,
  registration: 'open',
  registrationBits: registrationBitsDefault,
  registrationsPerHour: registrationsPerHourMax
}

/** How full a disk is, by what is refused for it besides what the levels before refuse (SPEC §9.10). */
export const diskLevels = ['room', 'no-mailboxes', 'no-strangers', 'owners-only'] as const
export type DiskLevel = (typeof diskLevels)[number]

/** The disk under a relay's store, as whoever owns it knows it. */
export interface Disk {
  readonly level: () => DiskLevel
  /** Gives back what was set aside, before a store that has failed is opened again. The database is closed then. */
  readonly makeRoom: () => Promise<void>
  /** Makes a database that cannot read its own files readable again, without what cannot be read. It is closed then. */
  readonly salvage?: () => Promise<void>
}

/** Of a relay whose owner does not watch its disk. */
export const anyDisk: Disk = {
  level: () => 'room',
  makeRoom: async () => {
    await Promise.resolve()
  }
}

/** The level from which each is refused. Locators of the neighbourhood are refused with strangers. */
const refusedFrom = { mailboxes: 1, strangers: 2, contacts: 3 } as const

/** What owners do and what is known already has room at every level. */
export function hasRoom({ level }: Disk, what: keyof typeof refusedFrom): boolean {
  return diskLevels.indexOf(level()) < refusedFrom[what]
}

/** Metrics a relay reports: a count to add or a value to observe, with at most one label from a closed set. */
export type Metric =
  | 'deposit'
  | 'refused'
  | 'limited'
  | 'commitOperations'
  | 'commitSyncMs'
  | 'pulled'
  | 'tombstoned'
  | 'expired'
  | 'repaired'
  | 'left'
  | 'lapsed'
  | 'repairFailed'
  | 'storeFailed'
  | 'corrupt'
  | 'connectionRefused'
  | 'connectionCut'
  | 'streamRefused'
export type Observe = (metric: Metric, value: number, label?: string) => void
