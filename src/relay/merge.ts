/**
 * Takes what another replica gives. Everything that a deposit or an owner's call would check is checked again: a replica
 * cannot bring in what its senders could not (SPEC §9.7).
 */
import { equals } from 'uint8arrays/equals'
import { hourOf, type Environment, type Log } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import type { IdentityKey } from '../identity/keys.ts'
import { decodeProof } from '../identity/proof.ts'
import { checkRecord, recordId } from '../identity/record.ts'
import { ttlHoursMax } from '../limits.ts'
import { StoredRecord, type SyncItem } from '../wire/messages.js'
import { claimOf, type Admission } from './admission.ts'
import { decodeRequest } from './answer.ts'
import type { Arrivals } from './arrivals.ts'
import type { Directory } from './directory.ts'
import { itemKinds } from './inventory.ts'
import type { Disk, Observe, RelayLimits } from './options.ts'
import type { RelayStore } from './store.ts'
import { takeRecord, takeTombstone } from './taking.ts'

export interface MergeInit {
  readonly store: RelayStore
  readonly directory: Directory
  readonly admission: Admission
  readonly arrivals: Arrivals
  readonly disk: Disk
  readonly env: Environment
  readonly log: Log
  readonly limits: RelayLimits
  readonly observe: Observe
}

/** Documents before what they govern, tombstones before the records that they remove. Other kinds are refused. */
const order: readonly number[] = [
  itemKinds.locator,
  itemKinds.bundle,
  itemKinds.config,
  itemKinds.tombstone,
  itemKinds.record
]

export class Merge {
  readonly #init: MergeInit

  constructor(init: MergeInit) {
    this.#init = init
  }

  /** An item that is refused hides no other. @returns how many are held now @throws MailboxError NO_MAILBOX, STORE, CLOSED, BUSY */
  async take(mailbox: IdentityKey, items: readonly SyncItem[], from: string): Promise<number> {
    let taken = 0
    for (const kind of order) {
      // side by side, so that they share commits
      const ofKind = items.filter(item => item.kind === kind)
      const outcomes = await Promise.all(ofKind.map(async item => await this.#try(mailbox, item, from)))
      taken += outcomes.filter(isTaken => isTaken).length
    }
    this.#init.observe('repaired', taken)
    return taken
  }

  async #try(mailbox: IdentityKey, item: SyncItem, from: string): Promise<boolean> {
    try {
      await this.#one(mailbox, item)
      return true
    } catch (error) {
      if (!isMailboxError(error) || isOurs(error)) throw error
      this.#init.log('info', 'repair_refused', { relay: from, kind: item.kind, code: error.code })
      return false
    }
  }

  async #one(mailbox: IdentityKey, { kind, value }: SyncItem): Promise<void> {
    if (kind === itemKinds.record) await this.#record(mailbox, value)
    else if (kind === itemKinds.tombstone) await this.#tombstone(mailbox, value)
    else if (kind === itemKinds.locator) await this.#init.directory.configure(mailbox, { locator: value })
    else if (kind === itemKinds.bundle) await this.#init.directory.configure(mailbox, { bundle: value })
    else await this.#init.directory.configure(mailbox, { config: value })
  }

  async #record(mailbox: IdentityKey, value: Uint8Array): Promise<void> {
    const { directory, admission, env, limits } = this.#init
    const { receivedMs: claimedMs, header, enc, ct, proof } = decodeRequest(StoredRecord, value)
    const record = { header, enc, ct }
    const nowMs = env.now()
    const nowHour = hourOf(nowMs)
    const facts = checkRecord(record, { nowHour, ttlHoursMax })
    if (!equals(facts.mailbox, mailbox)) throw new MailboxError('MALFORMED', 'A record of another mailbox.')
    const shown = decodeProof(proof)
    const { bundle, locator } = await directory.need(mailbox)
    const replicas = Math.max(1, locator.relays.length)
    const claim = claimOf({ record, header: facts, proof: shown, bundle, nowHour, replicas }, limits)
    const id = recordId(record)
    const lane = await admission.prove(claim, id, { repair: true })
    // when it came is the first relay's word; it is never later than now
    const receivedMs = Number.isSafeInteger(claimedMs) ? Math.min(claimedMs, nowMs) : nowMs
    await takeRecord(this.#init, {
      record,
      proof: shown.kind === 'none' ? undefined : proof,
      lane,
      id,
      mailbox,
      expiresHour: facts.expiresHour,
      receivedMs
    })
  }

  async #tombstone(mailbox: IdentityKey, signed: Uint8Array): Promise<void> {
    await takeTombstone(this.#init, mailbox, await this.#init.directory.need(mailbox), signed)
  }
}

/** What is our own trouble, not the item's. MOVED: the document offered is older than ours, which is no trouble. */
function isOurs({ code }: MailboxError): boolean {
  return code === 'STORE' || code === 'CLOSED' || code === 'BUSY' || code === 'NO_MAILBOX'
}
