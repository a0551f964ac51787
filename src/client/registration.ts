/** What this owner's client knows of its own mailbox: the locator and bundle in force, and until when relays keep it. */
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import type { IdentityKey } from '../identity/keys.ts'
import type { Locator, LocatorRelay } from '../identity/locator.ts'
import { openLocator, supersedes } from '../identity/locator.ts'
import type { RegistrationRow } from './rows.ts'
import type { LocalStore, Operation } from './store.ts'

/** One relay's answer to REGISTER. */
export interface RelayLease {
  readonly id: string
  readonly role: 'active' | 'standby'
  /** Unix hours; absent when the relay did not grant one. */
  readonly leaseUntilHour?: number
  /** Error code, when it did not. */
  readonly code?: string
}

export interface Registration {
  readonly locator: Locator
  readonly relays: readonly RelayLease[]
  /** The first lease to end, unix hours: call `register` again well before. */
  readonly leaseUntilHour: number
  /** Relays that must have a message on disk before its sender calls it stored; 1 with a single relay. */
  readonly writeQuorum: number
  /** True when the mailbox had been opened before, by this client or another. */
  readonly alreadyOpen: boolean
}

export class RegistrationState {
  readonly #store: LocalStore
  readonly #mailbox: IdentityKey
  readonly #env: Environment
  #row: RegistrationRow | undefined
  #locator: Locator | undefined

  private constructor(store: LocalStore, mailbox: IdentityKey, env: Environment) {
    this.#store = store
    this.#mailbox = mailbox
    this.#env = env
  }

  static async open(store: LocalStore, mailbox: IdentityKey, env: Environment): Promise<RegistrationState> {
    const state = new RegistrationState(store, mailbox, env)
    state.#row = await store.registration.get('')
    if (state.#row !== undefined) {
      state.#locator = await openLocator(state.#row.locator, { mailbox, nowHour: state.#row.locatorHour })
    }
    return state
  }

  get row(): RegistrationRow | undefined {
    return this.#row
  }

  get locator(): Locator | undefined {
    return this.#locator
  }

  /** @throws MailboxError NOT_REGISTERED */
  required(): Locator {
    if (this.#locator === undefined)
      throw new MailboxError('NOT_REGISTERED', 'This identity has no mailbox yet: register first.')
    return this.#locator
  }

  /** Active relays first. At most `relaysActiveMax` + `relaysStandbyMax`. */
  get relays(): readonly LocatorRelay[] {
    return this.#locator?.relays ?? []
  }

  /** The batch that makes `row` the state in force. Follow with `saved`. */
  save(row: RegistrationRow): Operation[] {
    return [this.#store.registration.put('', row)]
  }

  saved(row: RegistrationRow, locator: Locator): void {
    this.#row = row
    this.#locator = locator
  }

  /** A pull was complete at this hour (SPEC §8.9); replaced prekeys may be erased some time after (SPEC §4.7). */
  async completed(hour: number): Promise<void> {
    if (this.#row === undefined || this.#locator === undefined || this.#row.completeHour === hour) return
    const row = { ...this.#row, completeHour: hour }
    await this.#store.commit(this.save(row))
    this.saved(row, this.#locator)
  }

  /**
   * Takes over a newer locator that another client of the same owner signed (MOVED, or found in the neighbourhood).
   * SPEC §4.6: never an older one.
   */
  async adopt(bytes: Uint8Array): Promise<boolean> {
    if (this.#row === undefined || this.#locator === undefined) return false
    const locator = await openLocator(bytes, { mailbox: this.#mailbox, nowHour: hourOf(this.#env.now()) })
    if (!supersedes(locator, this.#locator)) return false
    const row = { ...this.#row, locator: bytes, locatorHour: locator.issuedHour }
    await this.#store.commit(this.save(row))
    this.saved(row, locator)
    return true
  }
}

/** SPEC §8.9: L − W + 1 of the L listed relays, so that every set of W relays that stored a message is met. */
export const isComplete = (drained: number, listed: number, writeQuorum: number): boolean =>
  listed > 0 && drained >= listed - writeQuorum + 1
