/** Gates that others have given to this owner: with one its holder deposits in their mailboxes (SPEC §4.9, §10.12). */
import { equals } from 'uint8arrays'
import type { Environment } from '../environment.ts'
import { gateFromSeed, type Gate } from '../identity/gate.ts'
import type { Change } from './change.ts'
import type { LocalStore } from './store.ts'

export interface GivenGate {
  readonly gate: Gate
  /** When it came here. */
  readonly atMs: number
}

export interface GivenInit {
  readonly store: LocalStore
  readonly env: Environment
  /** This owner's own address, and a gate of its mailbox: it writes to itself as a contact would. */
  readonly address: string
  readonly own: () => Promise<Uint8Array | undefined>
}

export class GivenGates {
  readonly #init: GivenInit
  readonly #store: LocalStore

  constructor(init: GivenInit) {
    this.#init = init
    this.#store = init.store
  }

  /** The gate of this address's mailbox that is held here. @throws MailboxError STORE */
  async of(address: string): Promise<GivenGate | undefined> {
    const own = address === this.#init.address ? await this.#init.own() : undefined
    if (own !== undefined) return { gate: gateFromSeed(own), atMs: 0 }
    const row = await this.#store.given.get(address)
    return row === undefined ? undefined : { gate: gateFromSeed(row.seed), atMs: row.atMs }
  }

  /**
   * One gate for each address, the one that was given last. Only for those whom the owner knows, which bounds them.
   * @param givenMs when the giver says that it was
   */
  async keep(change: Change, address: string, seed: Uint8Array, givenMs: number): Promise<void> {
    const held = await change.get(this.#store.given, address)
    if (held !== undefined && (held.givenMs > givenMs || equals(held.seed, seed))) return
    change.put(this.#store.given.put(address, { seed, givenMs, atMs: this.#init.env.now() }))
  }

  /** Its owner has revoked it; one that came meanwhile stays. @throws MailboxError STORE */
  async forget(address: string, { id }: Gate): Promise<void> {
    const held = await this.of(address)
    if (held !== undefined && equals(held.gate.id, id)) await this.#store.commit([this.#store.given.del(address)])
  }
}
