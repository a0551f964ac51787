/** What an owner signs when it opens a mailbox or renews it: locator and key bundle, together (SPEC §10.4). */
import { signBundle, type BundleKey, type KeyBundle } from '../identity/bundle.ts'
import type { Identity } from '../identity/keys.ts'
import { signLocator, type Locator, type LocatorRelay } from '../identity/locator.ts'
import { bundleValidHours, ladderBytes, locatorValidHours, ttlHoursMax } from '../limits.ts'
import type { Admission } from './strangers-lane.ts'

export interface DocumentFields {
  readonly relays: readonly LocatorRelay[]
  readonly keys: readonly BundleKey[]
  readonly admission: Admission
  readonly locatorSeq: number
  readonly bundleSeq: number
  readonly nowHour: number
}

/** @throws MailboxError as `signBundle` and `signLocator` */
export async function signDocuments(
  identity: Identity,
  { relays, keys, admission, locatorSeq, bundleSeq, nowHour }: DocumentFields
): Promise<{ locator: Locator; bundle: KeyBundle }> {
  const bundle = await signBundle(identity, {
    seq: bundleSeq,
    issuedHour: nowHour,
    validUntilHour: nowHour + bundleValidHours,
    keys,
    ...admission,
    classBytesMax: ladderBytes.at(-1) ?? 0,
    ttlHoursMax
  })
  const active = relays.filter(relay => relay.role === 'active').length
  const locator = await signLocator(identity, {
    seq: locatorSeq,
    issuedHour: nowHour,
    validUntilHour: nowHour + locatorValidHours,
    relays,
    writeQuorum: Math.floor(active / 2) + 1,
    bundleMinSeq: bundle.seq,
    closed: false
  })
  return { locator, bundle }
}
