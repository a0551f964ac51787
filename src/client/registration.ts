/** What this owner's client knows of its own mailbox: the locator and bundle in force, and until when relays keep it. */
import { equals } from 'uint8arrays/equals'
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import type { IdentityKey } from '../identity/keys.ts'
import type { Locator, LocatorRelay } from '../identity/locator.ts'
import { openLocator, supersedes } from '../identity/locator.ts'
import { cacheHours, clockSkewHours, formerLocatorsMax, ttlHoursMax } from '../limits.ts'
import type { PeerAddress } from '../wire/port.ts'
import type { Leaving } from './leaving.ts'
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
  /** In words, where the relay's policy says why. */
  readonly reason?: string
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

/** A registration, and what came of relays of the mailbox that are leaving. */
export interface Registered extends Registration {
  readonly leaving: readonly Leaving[]
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
    const [row, former = []] = await Promise.all([store.registration.get(''), store.former.get('')])
    const locator = row === undefined ? undefined : await state.#open(row.locator)
    await state.saved(row, locator, former)
    return state
  }

  /** Without an hour: what was kept was valid when it was, whatever another client has said of its time. */
  async #open(bytes: Uint8Array, nowHour?: number): Promise<Locator> {
    return await openLocator(bytes, { mailbox: this.#mailbox, nowHour })
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
    for (const { row, locator } of this.#former) {
      for (const { id, addresses } of locator.relays) {
        if (!sources.has(id) && !row.without.includes(id)) sources.set(id, { id, addresses, role: 'former' })
      }
    }
    return [...sources.values()]
  }

  /** SPEC §8.9, for the locator in force and for each that was in force before (§10.7). */
  isComplete(drained: ReadonlySet<string>): boolean {
    if (this.#locator === undefined || !meetsEveryQuorum(this.#locator, drained)) return false
    return this.#former.every(({ row, locator }) => meetsEveryQuorum(locator, new Set([...drained, ...row.without])))
  }

  /** Relays of former locators that may not know the one in force. They cannot be told of an older one than theirs. */
  get untold(): readonly SourceRelay[] {
    const { seq } = this.required()
    const untold = new Set(
      this.#former
        .filter(({ locator }) => locator.seq < seq)
        .flatMap(({ row, locator }) => locator.relays.flatMap(({ id }) => (row.told.includes(id) ? [] : [id])))
    )
    return this.relays.filter(({ id }) => untold.has(id))
  }

  /** The highest seq of a locator that this client has signed or taken over; 0: none. */
  get highestSeq(): number {
    return Math.max(this.#locator?.seq ?? 0, ...this.#former.map(({ locator }) => locator.seq))
  }

  /**
   * The former locators after `next` has taken the place of `present`.
   * @param told relays that hold `next`: they take no more records under an older one
   * @throws MailboxError INCOMPLETE when too many wait to be collected from
   */
  formerAfter(
    next: Locator,
    present: Locator | undefined = this.#locator,
    told: readonly string[] = []
  ): readonly FormerRow[] {
    const known = new Map(told.map(id => [id, next.seq]))
    const rows = this.#former
      // what may be on the same relays is found with what `next` brings there
      .filter(({ locator }) => !sameRelays(locator.relays, next.relays))
      .map(former => toldToo(former, known))
    if (present === undefined || sameRelays(present.relays, next.relays)) return rows
    return bounded([...rows, toldToo({ row: this.#rowOf(present), locator: present }, known)])
  }

  /**
   * Notes, before any relay is asked to take it, that `next` may be in force from then on, whatever comes of it: a relay
   * that took it gives it to others.
   * @throws MailboxError INCOMPLETE as `formerAfter`, STORE
   */
  async intend(next: Locator, present: Locator | undefined): Promise<void> {
    if (present !== undefined && sameRelays(present.relays, next.relays)) return
    const others = this.#former.filter(({ locator }) => !sameRelays(locator.relays, next.relays))
    await this.#keep(bounded([...others.map(({ row }) => row), this.#rowOf(next)]))
  }

  /**
   * `next` was not registered. When no relay has taken it, it is as if it had not been. Else those that have not, and have
   * never been given the mailbox, cannot come to keep it by what others tell them.
   * @param refused relays that have said no, or could not be reached
   */
  async failed(next: Locator, refused: readonly string[], present: Locator | undefined): Promise<void> {
    const isNext = ({ locator }: Former): boolean => equals(locator.digest, next.digest)
    const earlier = [present, ...this.#former.filter(one => !isNext(one)).map(({ locator }) => locator)]
    const given = new Set(earlier.flatMap(locator => locator?.relays.map(({ id }) => id) ?? []))
    const without = new Map(refused.filter(id => !given.has(id)).map(id => [id, Infinity]))
    if (refused.length === 0 || !this.#former.some(isNext)) return
    // too few others are left to store anything under it
    const isFutile =
      next.relays.every(({ id }) => refused.includes(id)) || meetsEveryQuorum(next, new Set(without.keys()))
    const left = isFutile ? this.#former.filter(one => !isNext(one)) : this.#former
    await this.#keep(left.map(former => (isNext(former) ? toldToo(former, without) : former.row)))
  }

  #rowOf(locator: Locator): FormerRow {
    return {
      locator: locator.bytes,
      locatorHour: locator.issuedHour,
      changedHour: hourOf(this.#env.now()),
      told: [],
      without: []
    }
  }

  /** The batch that makes this the state in force. Follow with `saved`. */
  save(row: RegistrationRow, former: readonly FormerRow[]): Operation[] {
    return [this.#store.registration.put('', row), this.#store.former.put('', former)]
  }

  async saved(
    row: RegistrationRow | undefined,
    locator: Locator | undefined,
    former: readonly FormerRow[]
  ): Promise<void> {
    const opened = former.map(async one => ({ row: one, locator: await this.#open(one.locator) }))
    this.#former = await Promise.all(opened)
    this.#row = row
    this.#locator = locator
  }

  /** Relay → the seq up to which it takes no more records under a locator of this mailbox; Infinity: it has no mailbox. */
  async told(known: ReadonlyMap<string, number>): Promise<void> {
    if (known.size > 0) await this.#keep(this.#former.map(former => toldToo(former, known)))
  }

  /**
   * A pull was complete at this hour (SPEC §8.9): replaced prekeys may be erased some time after (SPEC §4.7), and a
   * former locator under which nothing more can have been stored since that pull began is done with (§10.7).
   */
  async completed(hour: number): Promise<void> {
    if (this.#row === undefined || this.#locator === undefined) return
    const { seq } = this.#locator
    const left = this.#former.filter(former => !isOver(former, seq, hour)).map(({ row }) => row)
    if (this.#row.completeHour === hour && left.length === this.#former.length) return
    const row = { ...this.#row, completeHour: hour }
    await this.#store.commit(this.save(row, left))
    await this.saved(row, this.#locator, left)
  }

  async #keep(former: readonly FormerRow[]): Promise<void> {
    await this.#store.commit([this.#store.former.put('', former)])
    await this.saved(this.#row, this.#locator, former)
  }

  /**
   * Takes over a newer locator that another client of the same owner signed (MOVED, or found in the neighbourhood).
   * SPEC §4.6: never an older one.
   */
  async adopt(bytes: Uint8Array): Promise<boolean> {
    if (this.#row === undefined || this.#locator === undefined) return false
    const locator = await this.#open(bytes, hourOf(this.#env.now()))
    if (!supersedes(locator, this.#locator)) return false
    const automatic = this.#row.automatic === true && sameRelays(this.#locator.relays, locator.relays)
    const row = { ...this.#row, automatic, locator: bytes, locatorHour: locator.issuedHour }
    const former = this.formerAfter(locator)
    await this.#store.commit(this.save(row, former))
    await this.saved(row, locator, former)
    return true
  }
}

/** @throws MailboxError INCOMPLETE */
function bounded(rows: readonly FormerRow[]): readonly FormerRow[] {
  if (rows.length <= formerLocatorsMax) return rows
  throw new MailboxError(
    'INCOMPLETE',
    `The relays were changed ${formerLocatorsMax} times and mail may still be on former ones: collect it first.`,
    { limit: 'formerLocatorsMax' }
  )
}

/** SPEC §8.9: L − W + 1 of the L listed relays, so that every set of W relays that stored a message is met. */
function meetsEveryQuorum({ relays, writeQuorum }: Locator, met: ReadonlySet<string>): boolean {
  const count = relays.filter(({ id }) => met.has(id)).length
  return relays.length > 0 && count >= relays.length - writeQuorum + 1
}

/** @param known relay → the seq up to which it takes no more records */
function toldToo({ row, locator }: Former, known: ReadonlyMap<string, number>): FormerRow {
  const { seq, relays } = locator
  const told = relays.flatMap(({ id }) => ((known.get(id) ?? 0) > seq && !row.told.includes(id) ? [id] : []))
  const without = told.filter(id => known.get(id) === Infinity)
  return told.length === 0 ? row : { ...row, told: [...row.told, ...told], without: [...row.without, ...without] }
}

/** SPEC §10.7: too few of its relays are left to store anything under it, or all that could be stored has expired. */
function isOver({ row, locator }: Former, seqInForce: number, nowHour: number): boolean {
  if (meetsEveryQuorum(locator, new Set(row.told))) return true
  // a newer one than the one in force may be followed for as long as it is valid
  const changedHour = locator.seq > seqInForce ? locator.validUntilHour : row.changedHour
  return changedHour + cacheHours + ttlHoursMax + 2 * clockSkewHours <= nowHour
}

export function sameRelays(a: readonly LocatorRelay[], b: readonly LocatorRelay[]): boolean {
  const text = (relays: readonly LocatorRelay[]): string =>
    JSON.stringify(relays.map(relay => [relay.id, relay.role, relay.addresses]))
  return text(a) === text(b)
}
