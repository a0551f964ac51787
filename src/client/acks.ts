/**
 * Tombstones on their way: for each relay the record ids it has yet to confirm. Durable with the message or the ack
 * that caused them, retried at every contact, given up when no relay could hold the record any more (SPEC §8.7, §10.4).
 */
import { fromString } from 'uint8arrays'
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import type { Identity } from '../identity/keys.ts'
import { createTombstone } from '../identity/tombstone.ts'
import { recordsPerMailboxMax, tombstoneIdsMax } from '../limits.ts'
import type { PeerAddress } from '../wire/port.ts'
import type { Owner } from './owner.ts'
import { forgottenHour, recordKey, remember } from './seen.ts'
import type { LocalStore, Operation } from './store.ts'

/** Tombstones sent to one relay at one contact, at most: twice what a relay holds for a mailbox. */
const roundsMax = Math.ceil((2 * recordsPerMailboxMax) / tombstoneIdsMax)

export interface AcksInit {
  readonly store: LocalStore
  readonly identity: Identity
  readonly owner: Owner
  readonly env: Environment
}

export class Acks {
  readonly #init: AcksInit
  /** One flush per relay at a time; bounded by the relays of the locator. */
  readonly #running = new Map<string, Promise<void>>()

  constructor(init: AcksInit) {
    this.#init = init
  }

  /** For the batch that decides the ack: every one of `relays` is to drop the record, and it is not taken again. */
  drop(relays: ReadonlyArray<{ id: string }>, id: string, expiresHour: number): Operation[] {
    return [
      ...remember(this.#init.store, recordKey(id), { expiresHour, acked: true }),
      ...this.pending(relays, id, expiresHour)
    ]
  }

  /** For the same batch, of a record that is remembered already or by another row. */
  pending(relays: ReadonlyArray<{ id: string }>, id: string, expiresHour: number): Operation[] {
    return relays.map(relay => this.#init.store.acks.put(`${relay.id}/${id}`, expiresHour))
  }

  /** Sends what `relay` has not confirmed. What fails stays for the next contact. */
  async flush(relay: PeerAddress, signal: AbortSignal | undefined): Promise<void> {
    const before = this.#running.get(relay.id)
    // What became pending after that flush had read its list is this one's business.
    const run = (before ?? Promise.resolve()).then(
      async () => {
        await this.#flush(relay, signal)
      },
      async () => {
        await this.#flush(relay, signal)
      }
    )
    this.#running.set(relay.id, run)
    try {
      await run
    } finally {
      if (this.#running.get(relay.id) === run) this.#running.delete(relay.id)
    }
  }

  async #flush(relay: PeerAddress, signal: AbortSignal | undefined): Promise<void> {
    const { store, identity, owner, env } = this.#init
    for (let round = 0; round < roundsMax; round++) {
      const nowHour = hourOf(env.now())
      const done: Operation[] = []
      const ids: Uint8Array[] = []
      let dropAfterHour = 0
      for await (const [key, expiresHour] of store.acks.entries({
        gt: `${relay.id}/`,
        lt: `${relay.id}0`,
        limit: tombstoneIdsMax
      })) {
        done.push(store.acks.del(key))
        if (forgottenHour(expiresHour) <= nowHour) continue
        ids.push(fromString(key.slice(relay.id.length + 1), 'hex'))
        dropAfterHour = Math.max(dropAfterHour, expiresHour)
      }
      if (ids.length > 0) {
        const tombstone = await createTombstone(identity, { ids, dropAfterHour, issuedMs: env.now() })
        await owner.call(relay, { tombstone: { tombstone } }, { signal })
      }
      await store.commit(done)
      if (done.length < tombstoneIdsMax) return
    }
  }
}
