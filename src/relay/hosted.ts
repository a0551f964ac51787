/** A mailbox as a relay hosts it: until when, and what its owner has signed (SPEC §8.2, §8.3). */
import { MailboxError } from '../errors.ts'
import { openBundle, type KeyBundle } from '../identity/bundle.ts'
import { openHostConfig, type HostConfig } from '../identity/device.ts'
import { recallIdentityKey, type IdentityKey } from '../identity/keys.ts'
import { openLocator, supersedes, type Locator } from '../identity/locator.ts'
import { leaseGraceHours, leaseHours, leaseRenewHours } from '../limits.ts'
import { LeftMailbox } from '../wire/messages.js'
import { decodeLease, encodeLease, keep, type LeaseEntry } from './operations.ts'
import type { RelayStore } from './store.ts'

export interface HostedMailbox {
  readonly lease: LeaseEntry
  readonly locator: Locator
  readonly bundle: KeyBundle
  readonly config: HostConfig | undefined
  /** The locator in force does not list this relay any more. */
  readonly left: LeftMailbox | undefined
}

export type OwnerWord = Omit<HostedMailbox, 'lease' | 'left'>

/** What REGISTER and CONFIG carry. */
export interface OwnerDocuments {
  readonly locator?: Uint8Array | undefined
  readonly bundle?: Uint8Array | undefined
  readonly config?: Uint8Array | undefined
}

/** Whether something may be left there. */
export const isLeased = (lease: LeaseEntry, nowHour: number): boolean => lease.untilHour > nowHour

/** Whether its owner finds it here still; a mailbox that has left is not kept beyond its lease. */
export const isHeld = (lease: LeaseEntry, hasLeft: boolean, nowHour: number): boolean =>
  lease.untilHour + (hasLeft ? 0 : leaseGraceHours) > nowHour

/** Whether a pull makes its lease longer: it is in force, and enough of it is gone. */
export const isToRenew = ({ lease, left }: HostedMailbox, nowHour: number): boolean =>
  left === undefined && isLeased(lease, nowHour) && lease.untilHour + leaseRenewHours <= nowHour + leaseHours

/** What is held was checked when it was taken; a clock that has moved on must not hide it. @throws MailboxError STORE */
export async function readHosted(store: RelayStore, mailbox: Uint8Array): Promise<HostedMailbox | undefined> {
  const [lease, locator, bundle, config, left] = await store.readAll(
    mailbox,
    'lease',
    'locator',
    'bundle',
    'config',
    'left'
  )
  if (lease === undefined || locator === undefined || bundle === undefined) return undefined
  // its locator was verified under this key before it was stored
  recallIdentityKey(mailbox)
  const o = { mailbox }
  return {
    lease: decodeLease(lease),
    locator: await openLocator(locator, o),
    bundle: await openBundle(bundle, o),
    config: config === undefined ? undefined : await openHostConfig(config, o),
    left: left === undefined ? undefined : LeftMailbox.decode(left)
  }
}

/** All of it in one batch. */
export const keepHosted = (mailbox: Uint8Array, hosted: HostedMailbox): ReturnType<typeof keep> =>
  keep(mailbox, {
    lease: encodeLease(hosted.lease),
    locator: hosted.locator.bytes,
    bundle: hosted.bundle.bytes,
    ...(hosted.config === undefined ? {} : { config: hosted.config.bytes }),
    left: hosted.left === undefined ? undefined : LeftMailbox.encode(hosted.left)
  })

/** Nothing of it, in one batch. */
export const keepNothing = (mailbox: Uint8Array): ReturnType<typeof keep> => {
  const nothing = { lease: undefined, locator: undefined, bundle: undefined, config: undefined, left: undefined }
  return keep(mailbox, { ...nothing, counters: undefined })
}

/**
 * What is in force when these documents have come. Nothing older replaces something newer (G8).
 * @throws MailboxError DESCRIPTOR, SIZE, EXPIRED, VERSION, MOVED (a newer locator is held)
 */
export async function mergeWord(
  held: OwnerWord | undefined,
  documents: OwnerDocuments,
  o: { readonly mailbox: IdentityKey; readonly nowHour: number }
): Promise<OwnerWord> {
  const locator = newer(
    held?.locator,
    documents.locator === undefined ? undefined : await openLocator(documents.locator, o)
  )
  const bundle = newer(held?.bundle, documents.bundle === undefined ? undefined : await openBundle(documents.bundle, o))
  const config = newer(
    held?.config,
    documents.config === undefined ? undefined : await openHostConfig(documents.config, o)
  )
  if (locator === undefined || bundle === undefined)
    throw new MailboxError('DESCRIPTOR', 'A locator and a key bundle are needed to open a mailbox.')
  if (
    documents.locator !== undefined &&
    held !== undefined &&
    locator === held.locator &&
    !sameBytes(documents.locator, held.locator.bytes)
  ) {
    throw new MailboxError('MOVED', 'A newer locator is held.', { locator: held.locator.bytes })
  }
  return { locator, bundle, config }
}

interface Dated {
  readonly seq: number
  readonly digest: Uint8Array
}

function newer<T extends Dated>(held: T | undefined, offered: T | undefined): T | undefined {
  if (held === undefined || offered === undefined) return offered ?? held
  return supersedes(offered, held) ? offered : held
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
