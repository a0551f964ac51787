/** What the relays hold of this owner's own bundle, for a client whose store does not know it (SPEC §10.12). */
import type { Log } from '../environment.ts'
import { isMailboxError } from '../errors.ts'
import { openBundle, type KeyBundle } from '../identity/bundle.ts'
import type { IdentityKey } from '../identity/keys.ts'
import { supersedes, type Locator, type LocatorRelay } from '../identity/locator.ts'
import { throwIfAborted, bounded } from './abort.ts'
import type { Owner } from './owner.ts'

/**
 * The newest one among those that the locator's relays give, each verified. Undefined: none of them gave one that is as
 * new as the locator wants. One that is older is no help: a gate that was revoked since would be in force again.
 * @throws MailboxError ABORTED
 */
export async function ownBundle(
  { owner, mailbox, log }: { readonly owner: Owner; readonly mailbox: IdentityKey; readonly log: Log },
  { relays, bundleMinSeq }: Locator,
  signal: AbortSignal | undefined
): Promise<KeyBundle | undefined> {
  const ask = async (relay: LocatorRelay): Promise<KeyBundle | undefined> => {
    try {
      const { mailbox: status } = await owner.call(relay, { status: { mailbox } }, { signal })
      if (status?.bundle === undefined) return undefined
      // its end is no matter: it says which gates were in force
      const bundle = await openBundle(status.bundle, { mailbox })
      return bundle.seq >= bundleMinSeq ? bundle : undefined
    } catch (error) {
      if (!isMailboxError(error)) throw error
      log('info', 'own_bundle_failed', { relay: relay.id, code: error.code })
      return undefined
    }
  }
  const bundles = await bounded(relays, Math.max(1, relays.length), ask)
  throwIfAborted(signal)
  const found = bundles.filter(bundle => bundle !== undefined)
  if (found.length === 0 && relays.length > 0) log('warn', 'own_bundle_unknown')
  return found.toSorted((a, b) => (supersedes(a, b) ? -1 : 1))[0]
}
