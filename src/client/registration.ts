/** What this owner's client knows of its own mailbox: the locator and bundle in force, and until when relays keep it. */
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import type { IdentityKey } from '../identity/keys.ts'
import type { Locator, LocatorRelay } from '../identity/locator.ts'
import { openLocator, supersedes } from '../identity/locator.ts'
import { cacheHours, clockSkewHours, formerLocatorsMax, ttlHoursMax } from '../limits.ts'
import type { PeerAddress } from '../wire/port.ts'
import type { FormerRow, RegistrationRow } from './rows.ts'
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

/** A relay that may hold mail of this mailbox; `former`: the locator in force does not list it any more. */
export interface SourceRelay extends PeerAddress {
  readonly role: 'active' | 'standby' | 'former'
}

interface Former {
  readonly row: FormerRow
  readonly locator: Locator
}

export class RegistrationState {
  readonly #store: LocalStore
  readonly #mailbox: IdentityKey
  readonly #env: Environment
  #row: RegistrationRow | undefined
  #locator: Locator | undefined
  /** Bounded by formerLocatorsMax. */
  #former: readonly Former[] = []

  private constructor(store: LocalStore, mailbox: IdentityKey, env: Environment) {
    this.#store = store
    this.#mailbox = mailbox
    this.#env = env
  }

  static async open(store: LocalStore, mailbox: IdentityKey, env: Environment): Promise<RegistrationState> {
    const state = new RegistrationState(store, mailbox, env)
    const row = await store.registration.get('')
    if (row !== undefined) await state.saved(row, await openLocator(row.locator, { mailbox, nowHour: row.locatorHour }))
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

  /** Every relay that may hold mail: those of the locator, active ones first, then former ones. */
  get relays(): readonly SourceRelay[] {
    const sources = new Map<string, SourceRelay>()
    for (const relay of this.#locator?.relays ?? []) sources.set(relay.id, relay)
    for (const { locator } of this.#former) {
      for (const { id, addresses } of locator.relays) {
        if (!sources.has(id)) sources.set(id, { id, addresses, role: 'former' })
      }
    }
    return [...sources.values()]
  }

  /** SPEC §8.9, for the locator in force and for each that was in force before (§10.7). */
  isComplete(drained: ReadonlySet<string>): boolean {
    const locators = this.#locator === undefined ? [] : [this.#locator, ...this.#former.map(({ locator }) => locator)]
    return locators.length > 0 && locators.every(locator => meetsEveryQuorum(locator, drained))
  }

  /** Relays of former locators that may not know the one in force. */
  get untold(): readonly SourceRelay[] {
    const untold = new Set(
      this.#former.flatMap(({ row, locator }) =>
        locator.relays.flatMap(({ id }) => (row.told.includes(id) ? [] : [id]))
      )
    )
    return this.relays.filter(({ id }) => untold.has(id))
  }

  /**
   * The former locators after `next` has taken the place of `present`.
   * @param told relays that hold `next`: they take no more records under an older one
   * @throws MailboxError INCOMPLETE when too many wait to be collected from
   */
  formerAfter(
    next: Locator,
    present: Locator | undefined = this.#locator,
    told: ReadonlySet<string> = new Set()
  ): readonly FormerRow[] {
    const rows = this.#former.map(({ row, locator }) => toldToo(row, locator, told))
    if (present === undefined || sameRelays(present.relays, next.relays)) return rows
    if (rows.length >= formerLocatorsMax) {
      throw new MailboxError(
        'INCOMPLETE',
        `The relays were changed ${formerLocatorsMax} times and mail may still be on former ones: collect it first.`,
        { limit: 'formerLocatorsMax' }
      )
    }
    const changedHour = hourOf(this.#env.now())
    const row = { locator: present.bytes, locatorHour: present.issuedHour, changedHour, told: [] }
    return [...rows, toldToo(row, present, told)]
  }

  /** The batch that makes `row` the state in force. Follow with `saved`. */
  save(row: RegistrationRow): Operation[] {
    return [this.#store.registration.put('', row)]
  }

  async saved(row: RegistrationRow, locator: Locator): Promise<void> {
    const mailbox = this.#mailbox
    const former: Former[] = []
    for (const one of row.former ?? []) {
      former.push({ row: one, locator: await openLocator(one.locator, { mailbox, nowHour: one.locatorHour }) })
    }
    this.#row = row
    this.#locator = locator
    this.#former = former
  }

  /** These relays know the locator in force, or do not keep the mailbox any more. */
  async told(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    const told = new Set(ids)
    await this.#change(row => ({
      ...row,
      former: this.#former.map(former => toldToo(former.row, former.locator, told))
    }))
  }

  /**
   * A pull was complete at this hour (SPEC §8.9): replaced prekeys may be erased some time after (SPEC §4.7), and a
   * former locator under which nothing more can have been stored since that pull began is done with (§10.7).
   */
  async completed(hour: number): Promise<void> {
    const left = this.#former.filter(former => !isOver(former, hour))
    if (this.#row?.completeHour === hour && left.length === this.#former.length) return
    await this.#change(row => ({ ...row, completeHour: hour, former: left.map(former => former.row) }))
  }

  async #change(change: (row: RegistrationRow) => RegistrationRow): Promise<void> {
    if (this.#row === undefined || this.#locator === undefined) return
    const row = change(this.#row)
    await this.#store.commit(this.save(row))
    await this.saved(row, this.#locator)
  }

  /**
   * Takes over a newer locator that another client of the same owner signed (MOVED, or found in the neighbourhood).
   * SPEC §4.6: never an older one.
   */
  async adopt(bytes: Uint8Array): Promise<boolean> {
    if (this.#row === undefined || this.#locator === undefined) return false
    const locator = await openLocator(bytes, { mailbox: this.#mailbox, nowHour: hourOf(this.#env.now()) })
    if (!supersedes(locator, this.#locator)) return false
    const row = { ...this.#row, locator: bytes, locatorHour: locator.issuedHour, former: this.formerAfter(locator) }
    await this.#store.commit(this.save(row))
    await this.saved(row, locator)
    return true
  }
}

/** SPEC §8.9: L − W + 1 of the L listed relays, so that every set of W relays that stored a message is met. */
function meetsEveryQuorum({ relays, writeQuorum }: Locator, met: ReadonlySet<string>): boolean {
  const count = relays.filter(({ id }) => met.has(id)).length
  return relays.length > 0 && count >= relays.length - writeQuorum + 1
}

function toldToo(row: FormerRow, { relays }: Locator, ids: ReadonlySet<string>): FormerRow {
  const told = relays.flatMap(({ id }) => (ids.has(id) && !row.told.includes(id) ? [id] : []))
  return told.length === 0 ? row : { ...row, told: [...row.told, ...told] }
}

/** SPEC §10.7: too few of its relays are left to store anything under it, or all that could be stored has expired. */
function isOver({ row, locator }: Former, nowHour: number): boolean {
  if (meetsEveryQuorum(locator, new Set(row.told))) return true
  return row.changedHour + cacheHours + ttlHoursMax + 2 * clockSkewHours <= nowHour
}

export function sameRelays(a: readonly LocatorRelay[], b: readonly LocatorRelay[]): boolean {
  const text = (relays: readonly LocatorRelay[]): string =>
    JSON.stringify(relays.map(relay => [relay.id, relay.role, relay.addresses]))
  return text(a) === text(b)
}
