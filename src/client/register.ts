/**
 * Opening a mailbox, and keeping it open: choose relays, sign locator and bundle, ask every relay, publish. Nothing of
 * it becomes this client's state before enough relays have granted a lease (SPEC §8.2, §10.4).
 */
import type { Environment, Log } from '../environment.ts'
import { hourOf } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { openBundle } from '../identity/bundle.ts'
import type { KeyBundle } from '../identity/bundle.ts'
import type { Identity } from '../identity/keys.ts'
import type { Locator, LocatorRelay } from '../identity/locator.ts'
import { openLocator } from '../identity/locator.ts'
import { relaysActiveMax, relaysStandbyMax } from '../limits.ts'
import type { Neighbourhood } from '../placement/neighbourhood.ts'
import { OneAtATime } from '../placement/turns.ts'
import type { PeerAddress } from '../wire/port.ts'
import { Invites, type InviteBook } from './admittance.ts'
import { isRefused, tooFew, type Asker, type Asking } from './asker.ts'
import type { Chooser } from './chooser.ts'
import { signDocuments } from './documents.ts'
import type { Gates } from './gates.ts'
import type { Keyring, Rotation } from './keyring.ts'
import { ownBundle } from './own-bundle.ts'
import type { Owner } from './owner.ts'
import { sameRelays, type Registration, type RegistrationState, type RelayLease } from './registration.ts'
import type { StampProgress } from './stamper.ts'
import type { LocalStore } from './store.ts'
import { admissionOf, saysTheSame, type StrangersLane } from './strangers-lane.ts'

/** A locator or bundle older than this is signed anew at the next `register`. */
const refreshHours = 24

export interface RegisterOptions {
  /** Relays to use, as multiaddrs ending in `/p2p/<id>` or as addresses; the first `active` of them become active. */
  relays?: ReadonlyArray<string | PeerAddress>
  /** 1 to 5; default 3, or as many as there are. */
  active?: number
  /** 0 to 2. */
  standby?: number
  /** Invites that operators of relays have given out, as they are pasted; each is shown to the relay that signed it. */
  invites?: readonly string[]
  /** Told how far the stamp is that a relay asks for, while it is made. */
  progress?: StampProgress
  signal?: AbortSignal
}

export interface RegistrarInit {
  readonly store: LocalStore
  readonly identity: Identity
  readonly env: Environment
  readonly log: Log
  readonly neighbourhood: Neighbourhood
  readonly keyring: Keyring
  readonly state: RegistrationState
  readonly chooser: Chooser
  readonly gates: Gates
  readonly strangersLane: StrangersLane
  readonly asker: Asker
  readonly owner: Owner
  readonly invites: InviteBook
}

interface Known {
  readonly locator: Locator
  /** Highest bundle seq seen. */
  readonly bundleSeq: number
  readonly bundle?: KeyBundle
  /** True: the bundle has this client's own prekeys. */
  readonly isOwn: boolean
}

interface Choice {
  readonly relays: readonly LocatorRelay[]
  /** False: the owner listed them, or it is not known who did. */
  readonly automatic: boolean
  /** Relays without which nothing is changed. */
  readonly first?: readonly LocatorRelay[]
}

interface Documents {
  readonly locator: Locator
  readonly bundle: KeyBundle
  readonly rotation: Rotation
}

export class Registrar {
  readonly #init: RegistrarInit
  /** One registration at a time. */
  readonly #turns = new OneAtATime()
  /** Highest seq of an own locator that relays have shown. */
  #seenSeq = 0

  constructor(init: RegistrarInit) {
    this.#init = init
  }

  /**
   * @throws MailboxError TOO_FEW_RELAYS when fewer than W active relays granted a lease or the locator found too few
   * holders; INVITATION when an invite is none, or opens nothing any more; MOVED when another client of this owner signs
   * newer locators meanwhile; NO_RELAY, BOOTSTRAP, CONFIG (a relay's address does not parse, or too many were given),
   * ABORTED, STORE
   */
  async register(o: RegisterOptions = {}): Promise<Registration> {
    checkCounts(o)
    const invites = Invites.read(o.invites ?? [], this.#init.env)
    const asking = { invites, progress: o.progress, signal: o.signal }
    return await this.#turns.take('', async () => {
      if (invites.all.length > 0) await this.#init.invites.keep(invites)
      const choose = async (known: Known | undefined): Promise<Choice> => await this.#choice(o, known, invites)
      try {
        return await this.#attempt(choose, asking)
      } catch (error) {
        // Someone holds a newer locator of ours than we knew of. Once: its seq is now known (SPEC §4.6).
        if (!isMailboxError(error, 'MOVED') || !(await this.#learn(error.locator, o.signal))) throw error
        return await this.#attempt(choose, asking)
      }
    })
  }

  /**
   * Changes the mailbox from the relays of `from` to others, which the client has chosen. The new ones are asked first:
   * when one of them refuses, everything is as it was.
   * @throws MailboxError as `register`; what a new relay refuses with; MOVED when the relays have been changed meanwhile,
   * which is taken over when another client of the owner did it
   */
  async moveTo(relays: readonly LocatorRelay[], from: Locator, signal: AbortSignal): Promise<Registration> {
    return await this.#turns.take('', async () => {
      const { state } = this.#init
      if (state.locator !== from) throw new MailboxError('MOVED', 'The relays have been changed meanwhile.')
      const before = new Set(from.relays.map(({ id }) => id))
      const first = relays.filter(({ id }) => !before.has(id))
      const choose = async (): Promise<Choice> => await Promise.resolve({ relays, automatic: true, first })
      const asking = { invites: await this.#init.invites.held(), signal }
      try {
        return await this.#attempt(choose, asking)
      } catch (error) {
        if (isMailboxError(error, 'MOVED') && error.locator !== undefined) await state.adopt(error.locator)
        throw error
      }
    })
  }

  async #attempt(choose: (known: Known | undefined) => Promise<Choice>, asking: Asking): Promise<Registration> {
    const { signal } = asking
    const { asker } = this.#init
    const known = await this.#known(signal)
    const { relays, automatic, first = [] } = await choose(known)
    const documents = await this.#documents(relays, known, signal)
    // where mail may still be, before anybody is asked: a change too many is refused
    this.#init.state.formerAfter(documents.locator, known?.locator)
    const { locator, rotation } = documents
    await this.#init.keyring.stage(rotation)
    await this.#init.state.intend(locator, known?.locator)
    await this.#askFirst(documents, first, known, asking)
    const leases = await asker.all(documents, asking)
    const active = leases.filter(lease => lease.leaseUntilHour !== undefined && lease.role === 'active').length
    if (active < locator.writeQuorum) {
      const took = new Set(idsOf(first))
      const refused = leases.filter(lease => isRefused(lease) && !took.has(lease.id))
      await this.#init.state.failed(locator, idsOf(refused), known?.locator)
      throw tooFew(leases, locator.writeQuorum)
    }
    await this.#init.neighbourhood.publish(locator, { signal })
    const ends = await this.#commit({ ...documents, automatic }, leases, known?.locator)
    return {
      locator,
      relays: leases,
      leaseUntilHour: Math.min(...ends),
      writeQuorum: locator.writeQuorum,
      alreadyOpen: known !== undefined
    }
  }

  /** SPEC §10.4: the registration, and the keys that it made current, in one batch. */
  async #commit(
    { locator, bundle, rotation, automatic }: Documents & Pick<Choice, 'automatic'>,
    leases: readonly RelayLease[],
    present: Locator | undefined
  ): Promise<number[]> {
    const { store, state, keyring, invites } = this.#init
    const granted = leases.flatMap(({ id, leaseUntilHour }) =>
      leaseUntilHour === undefined ? [] : [[id, leaseUntilHour] as const]
    )
    const row = {
      ...state.row,
      locator: locator.bytes,
      locatorHour: locator.issuedHour,
      bundle: bundle.bytes,
      bundleHour: bundle.issuedHour,
      leases: Object.fromEntries(granted),
      automatic
    }
    const former = state.formerAfter(
      locator,
      present,
      granted.map(([id]) => id)
    )
    await store.commit([...state.save(row, former), ...keyring.settle(rotation)])
    await invites.used(granted.map(([id]) => id))
    await state.saved(row, locator, former)
    keyring.settled(rotation)
    return granted.map(([, hour]) => hour)
  }

  async #learn(bytes: Uint8Array | undefined, signal: AbortSignal | undefined): Promise<boolean> {
    if (bytes === undefined) return false
    const { identity, env } = this.#init
    const locator = await openLocator(bytes, { mailbox: identity.key, nowHour: hourOf(env.now()) })
    if (locator.seq <= this.#seenSeq) return false
    this.#seenSeq = locator.seq
    await this.#recover(locator, signal)
    return true
  }

  /**
   * The bundle that relays hold, where it is not this client's own: its gates are carried over, so that contacts who hold
   * one need no stamp and repair takes what they have left.
   */
  async #recover(locator: Locator, signal: AbortSignal | undefined): Promise<KeyBundle | undefined> {
    const { owner, identity, log, gates } = this.#init
    const bundle = await ownBundle({ owner, mailbox: identity.key, log }, locator, signal)
    if (bundle !== undefined) await gates.recover(bundle.gates)
    return bundle
  }

  /** This client's own state, else what the network still has of an earlier registration (a lost store). */
  async #known(signal: AbortSignal | undefined): Promise<Known | undefined> {
    const { state, identity, neighbourhood, log } = this.#init
    const { row, locator } = state
    if (row !== undefined && locator !== undefined) {
      const own = await openBundle(row.bundle, { mailbox: identity.key, nowHour: row.bundleHour })
      // another client of this owner has signed the locator, and a bundle with it
      const other = own.seq < locator.bundleMinSeq ? await this.#recover(locator, signal) : undefined
      const bundle = other ?? own
      return { locator, bundle, bundleSeq: Math.max(bundle.seq, locator.bundleMinSeq), isOwn: bundle === own }
    }
    try {
      const found = await neighbourhood.find(identity.key, { fresh: true, signal })
      if (found === undefined) return undefined
      const bundle = await this.#recover(found, signal)
      const bundleSeq = Math.max(found.bundleMinSeq, bundle?.seq ?? 0)
      return { locator: found, bundleSeq, isOwn: false, ...(bundle === undefined ? {} : { bundle }) }
    } catch (error) {
      // Nobody to ask: with relays given by the caller a first registration needs no answer.
      if (!isMailboxError(error) || error.code === 'ABORTED') throw error
      log('debug', 'register_find_failed', { code: error.code })
      return undefined
    }
  }

  async #choice(o: RegisterOptions, known: Known | undefined, invites: Invites): Promise<Choice> {
    const { chooser, state, identity } = this.#init
    if (o.relays !== undefined) return { relays: chooser.given(o.relays, o), automatic: false }
    if (known !== undefined && known.locator.relays.length > 0 && o.active === undefined && o.standby === undefined) {
      return { relays: known.locator.relays, automatic: state.row?.automatic ?? false }
    }
    return { relays: await chooser.choose(identity.key, o, invites), automatic: true }
  }

  async #documents(
    relays: readonly LocatorRelay[],
    known: Known | undefined,
    signal: AbortSignal | undefined
  ): Promise<Documents> {
    const { identity, keyring, state, env, gates, strangersLane } = this.#init
    const nowHour = hourOf(env.now())
    const rotation = await keyring.plan(state.row?.completeHour)
    const again = await this.#again(relays, known, rotation)
    if (again !== undefined) return again
    // another client of this owner may have published others meanwhile
    const held = known?.isOwn === true ? await this.#recover(known.locator, signal) : undefined
    const admission = admissionOf(strangersLane, await gates.published(), known?.bundle, nowHour)
    // SPEC §4.6: a seq above all seen, also when the local state was lost or the clock was set back
    const signed = await signDocuments(identity, {
      relays,
      keys: keyring.published(rotation),
      admission,
      locatorSeq: Math.max(1 + Math.max(known?.locator.seq ?? 0, this.#seenSeq, state.highestSeq), env.now()),
      bundleSeq: Math.max(1 + Math.max(known?.bundleSeq ?? 0, held?.seq ?? 0), env.now()),
      nowHour
    })
    return { ...signed, rotation }
  }

  /** Those of before, which relays have already: they are young, and would say the same. */
  async #again(
    relays: readonly LocatorRelay[],
    known: Known | undefined,
    rotation: Rotation
  ): Promise<Documents | undefined> {
    const { state, env, gates, strangersLane } = this.#init
    if (known?.bundle === undefined || !known.isOwn || rotation.changed) return undefined
    const { locator, bundle } = known
    const nowHour = hourOf(env.now())
    const isSame =
      saysTheSame(bundle, admissionOf(strangersLane, await gates.published(), bundle, nowHour)) &&
      this.#seenSeq < locator.seq &&
      state.highestSeq <= locator.seq &&
      sameRelays(locator.relays, relays) &&
      Math.min(locator.issuedHour, bundle.issuedHour) + refreshHours > nowHour
    return isSame ? { locator, bundle, rotation } : undefined
  }

  /** One after the other. @throws what a relay refuses with; when it is the first, nobody has taken the locator */
  async #askFirst(
    documents: Documents,
    relays: readonly LocatorRelay[],
    known: Known | undefined,
    asking: Asking
  ): Promise<void> {
    const { locator } = documents
    for (const [at, relay] of relays.entries()) {
      try {
        await this.#init.asker.one(documents, relay, asking)
      } catch (error) {
        const isRefusal = isMailboxError(error) && isRefused(error) && asking.signal?.aborted !== true
        if (at === 0 && isRefusal) await this.#init.state.failed(locator, idsOf(locator.relays), known?.locator)
        throw error
      }
    }
  }
}

const idsOf = (relays: ReadonlyArray<{ readonly id: string }>): string[] => relays.map(({ id }) => id)

function checkCounts({ active = 1, standby = 0 }: RegisterOptions): void {
  const whole = Number.isInteger(active) && Number.isInteger(standby)
  if (whole && active >= 1 && active <= relaysActiveMax && standby >= 0 && standby <= relaysStandbyMax) return
  throw new MailboxError(
    'CONFIG',
    `A mailbox has 1 to ${relaysActiveMax} active and at most ${relaysStandbyMax} standby relays.`
  )
}
