/** Invites that have opened a mailbox here: remembered until they have expired, so that each opens one (SPEC §8.2, §9.1). */
import { hourOf, type Environment } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { clockSkewHours, expirySweepRecords, invitesUsedMax } from '../limits.ts'
import { inviteKey, kinds, readU32 } from './keys.ts'
import type { RelayStore } from './store.ts'
import type { Operation } from './writer.ts'

export interface SpentInvite {
  readonly id: Uint8Array
  readonly expiresHour: number
}

export class UsedInvites {
  readonly #store: RelayStore
  readonly #env: Environment
  #count = 0

  constructor(o: { readonly store: RelayStore; readonly env: Environment }) {
    this.#store = o.store
    this.#env = o.env
  }

  /** Called before serving. @throws MailboxError STORE */
  async recount(): Promise<void> {
    let count = 0
    // bounded by invitesUsedMax
    for await (const [key] of this.#store.list(kinds.invite)) if (key.byteLength > 0) count++
    this.#count = count
  }

  /**
   * Writes what `then` does, and in the same batch that the invite is used.
   * @throws MailboxError POLICY: it was used before; QUOTA: no more are remembered; STORE, BUSY, CLOSED
   */
  async spend(invite: SpentInvite, then: Operation<void>): Promise<void> {
    if (this.#count >= invitesUsedMax)
      throw new MailboxError('QUOTA', 'No more used invites are remembered.', { limit: 'mailboxesMax' })
    await this.#store.write(spending(invite, then))
    this.#count++
  }

  /** Forgets those that nobody could use again, whichever clock is ahead. @throws MailboxError STORE, BUSY, CLOSED */
  async sweep(): Promise<void> {
    const nowHour = hourOf(this.#env.now())
    for (let found = expirySweepRecords; found === expirySweepRecords;) {
      const keys: Uint8Array[] = []
      // in the order of their ends
      for await (const [key] of this.#store.list(kinds.invite)) {
        if (readU32(key, 1) + 2 * clockSkewHours > nowHour || keys.length === expirySweepRecords) break
        keys.push(key)
      }
      if (keys.length > 0) await this.#store.write(forgetting(keys))
      this.#count -= keys.length
      found = keys.length
    }
  }
}

/** Two that come with the same invite at once are one after the other here. */
function spending({ expiresHour, id }: SpentInvite, then: Operation<void>): Operation<void> {
  const key = inviteKey(expiresHour, id)
  return {
    ...then,
    reads: [...then.reads, key],
    apply: tx => {
      if (tx.get(key) !== undefined) throw new MailboxError('POLICY', 'The invite has been used.')
      tx.put(key, new Uint8Array(0))
      then.apply(tx)
    }
  }
}

function forgetting(keys: readonly Uint8Array[]): Operation<void> {
  return {
    reads: [],
    bytes: keys.length * 32,
    apply: tx => {
      for (const key of keys) tx.del(key)
    }
  }
}
