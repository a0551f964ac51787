/**
 * Where other people's mail goes: their locators and key bundles, found in the network, verified, kept in the store
 * for a day, never replaced by older ones (SPEC §4.6, §7.5). Past the day a locator serves when nobody gives one.
 */
import { LRUCache } from 'lru-cache'
import { equals, fromString, toString } from 'uint8arrays'
import type { Environment, Log } from '../environment.ts'
import { hourOf, msPerHour } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { addressOf } from '../identity/address.ts'
import type { KeyBundle } from '../identity/bundle.ts'
import { openBundle } from '../identity/bundle.ts'
import type { IdentityKey } from '../identity/keys.ts'
import type { Locator, LocatorRelay } from '../identity/locator.ts'
import { openLocator, supersedes } from '../identity/locator.ts'
import { cachedMailboxesMax, cacheHours, contactsMax } from '../limits.ts'
import type { Neighbourhood } from '../placement/neighbourhood.ts'
import { OneAtATime } from '../placement/turns.ts'
import { DepositRequest, DepositResponse } from '../wire/messages.js'
import type { Network, PeerAddress } from '../wire/port.ts'
import { protocols } from '../wire/port.ts'
import { throwIfAborted } from './abort.ts'
import { parseAnswer, refusalOf } from './answer.ts'
import { shuffled } from './chance.ts'
import type { LocalStore } from './store.ts'

export interface Recipient {
  readonly locator: Locator
  readonly bundle: KeyBundle
  /** When it came from a relay. */
  readonly bundleMs: number
  /** Zero bits that the relay asked of strangers then; 0: it said nothing. */
  readonly powBits: number
}

export interface RecipientsInit {
  readonly store: LocalStore
  readonly network: Network
  readonly neighbourhood: Neighbourhood
  readonly env: Environment
  readonly log: Log
  /** Relays to ask where an address's mailbox is when the neighbourhood has no answer (SPEC §10.10). */
  readonly hints: (address: string) => Promise<readonly PeerAddress[]>
}

interface Known {
  readonly locator?: Locator
  readonly locatorMs: number
  readonly bundle?: KeyBundle
  readonly bundleMs: number
  readonly powBits: number
}

/** Nobody said where a mailbox is: somebody else may know. */
const noAnswer = new Set<string>(['NO_RELAY', 'TOO_FEW_RELAYS', 'BOOTSTRAP', 'TIMEOUT', 'DISCONNECTED'])

/** Opened ones in memory; the store holds more. */
const openedMax = 1_000

export class Recipients {
  readonly #init: RecipientsInit
  readonly #known = new LRUCache<string, Known>({ max: openedMax })
  readonly #turns = new OneAtATime()

  constructor(init: RecipientsInit) {
    this.#init = init
  }

  /**
   * The newest locator known, from the network when the one here is older than a day or `fresh` is set.
   * @throws MailboxError NO_MAILBOX when nobody has opened this mailbox or its owner has closed it, NO_RELAY,
   * TOO_FEW_RELAYS, BOOTSTRAP, ABORTED, STORE
   */
  async locate(mailbox: IdentityKey, o: { fresh?: boolean; signal?: AbortSignal | undefined } = {}): Promise<Locator> {
    const { env } = this.#init
    const known = await this.#load(mailbox)
    if (o.fresh !== true && this.#isYoung(known) && known.locator !== undefined) return open(known.locator)
    const found = await this.#find(mailbox, { signal: o.signal, fresh: o.fresh === true })
    if (!(found instanceof MailboxError)) return open(await this.remember(mailbox, found))
    // Nobody gives one; a valid one that we hold is proof that there is one, and its relays know of a newer (G8).
    const { locator } = await this.#load(mailbox)
    if (locator !== undefined && locator.validUntilHour > hourOf(env.now())) return open(locator)
    throw found
  }

  /** What the neighbourhoods say, else what relays say that may know; why nobody says one. */
  async #find(
    mailbox: IdentityKey,
    o: { fresh: boolean; signal: AbortSignal | undefined }
  ): Promise<Locator | MailboxError> {
    let none = new MailboxError('NO_MAILBOX', 'Nobody has opened a mailbox for this address.')
    try {
      const found = await this.#init.neighbourhood.find(mailbox, o)
      if (found !== undefined) return found
    } catch (error) {
      if (!isMailboxError(error) || !noAnswer.has(error.code)) throw error
      this.#init.log('info', 'neighbourhood_failed', { code: error.code })
      none = error
    }
    return (await this.#hinted(mailbox, o.signal)) ?? none
  }

  /** Asked one after the other; bounded by `invitationRelaysMax` and the relays of one locator. */
  async #hinted(mailbox: IdentityKey, signal: AbortSignal | undefined): Promise<Locator | undefined> {
    const { hints, env, log } = this.#init
    for (const relay of [...(await hints(addressOf(mailbox))), ...(await this.#former(mailbox))]) {
      throwIfAborted(signal)
      try {
        const { locator } = await this.#info(relay, mailbox, signal)
        if (locator !== undefined) return await openLocator(locator, { mailbox, nowHour: hourOf(env.now()) })
      } catch (error) {
        if (!isMailboxError(error)) throw error
        log('info', 'hint_failed', { relay: relay.id, code: error.code })
      }
    }
    throwIfAborted(signal)
    return undefined
  }

  /** Relays of a locator that is past its validity: they say where the mailbox has gone. One that is valid is used itself. */
  async #former(mailbox: IdentityKey): Promise<readonly PeerAddress[]> {
    const { locator } = await this.#load(mailbox)
    return locator === undefined || locator.validUntilHour > hourOf(this.#init.env.now()) ? [] : this.#order(locator)
  }

  /**
   * Locator and key bundle; the bundle from one of the mailbox's relays when the one here is older than a day or older
   * than the locator wants.
   * @throws MailboxError as `locate`; NO_MAILBOX when relays answered and none keeps this mailbox, NO_RELAY when none
   * could be reached, DESCRIPTOR, EXPIRED
   */
  async keys(mailbox: IdentityKey, o: { fresh?: boolean; signal?: AbortSignal | undefined } = {}): Promise<Recipient> {
    const locator = await this.locate(mailbox, o)
    const known = await this.#load(mailbox)
    const bundle = o.fresh === true ? undefined : this.#usable(known, locator)
    if (bundle === undefined) return await this.#askKeys(mailbox, locator, o.signal)
    return { locator, bundle, bundleMs: known.bundleMs, powBits: known.powBits }
  }

  /** What `keys` would give without asking anybody; undefined when somebody has to be asked. @throws MailboxError STORE */
  async held(mailbox: IdentityKey): Promise<Recipient | undefined> {
    const known = await this.#load(mailbox)
    const { locator } = known
    if (locator === undefined || !this.#isYoung(known) || isClosed(locator)) return undefined
    const bundle = this.#usable(known, locator)
    return bundle === undefined ? undefined : { locator, bundle, bundleMs: known.bundleMs, powBits: known.powBits }
  }

  #usable({ bundle, bundleMs }: Known, locator: Locator): KeyBundle | undefined {
    const nowMs = this.#init.env.now()
    const usable =
      bundle !== undefined &&
      nowMs - bundleMs < cacheHours * msPerHour &&
      bundle.seq >= locator.bundleMinSeq &&
      bundle.validUntilHour > hourOf(nowMs)
    return usable ? bundle : undefined
  }

  /** A locator that came with MOVED or INFO: kept if it is its owner's and newer. The one in force comes back. */
  async adopt(mailbox: IdentityKey, bytes: Uint8Array): Promise<Locator | undefined> {
    try {
      return await this.remember(mailbox, await openLocator(bytes, { mailbox, nowHour: hourOf(this.#init.env.now()) }))
    } catch (error) {
      if (!isMailboxError(error) || error.code === 'STORE') throw error
      this.#init.log('warn', 'locator_refused', { code: error.code })
      return undefined
    }
  }

  /** SPEC §4.6: never an older one in place of a newer one. */
  async remember(mailbox: IdentityKey, locator: Locator): Promise<Locator> {
    return await this.#alone(mailbox, async known => {
      if (known.locator !== undefined && supersedes(known.locator, locator)) return known.locator
      this.#init.neighbourhood.remember(locator)
      await this.#save(mailbox, { ...known, locator, locatorMs: this.#init.env.now() })
      return locator
    })
  }

  /**
   * The locator that a message of `sender` carried, so that an answer needs no lookup (SPEC §7.5). One that is not the
   * sender's, is not valid, or is older than the one known changes nothing. Never rejects: it is a hint.
   * @param o.saidMs when the message was made, by its sender's clock: it may have waited for weeks
   * @param o.keep false: until this client closes, so that strangers fill no store
   */
  async hear(sender: IdentityKey, bytes: Uint8Array, o: { saidMs: number; keep: boolean }): Promise<void> {
    const { env, log } = this.#init
    try {
      const saidMs = Math.min(o.saidMs, env.now())
      await this.#alone(sender, async known => {
        const isSame = known.locator !== undefined && equals(known.locator.bytes, bytes)
        if (isSame && (saidMs <= known.locatorMs || this.#isYoung(known))) return
        const nowHour = hourOf(env.now())
        const locator = isSame ? known.locator : await openLocator(bytes, { mailbox: sender, nowHour })
        if (known.locator !== undefined && supersedes(known.locator, locator)) return
        await this.#save(sender, { ...known, locator, locatorMs: saidMs }, o.keep)
      })
    } catch (error) {
      if (!isMailboxError(error)) throw error
      log('warn', 'return_locator_refused', { code: error.code })
    }
  }

  #isYoung({ locatorMs }: Known): boolean {
    return this.#init.env.now() - locatorMs < cacheHours * msPerHour
  }

  async #askKeys(mailbox: IdentityKey, first: Locator, signal: AbortSignal | undefined): Promise<Recipient> {
    const failures: MailboxError[] = []
    let locator = first
    // Asked until one answers; a newer locator on the way replaces the list once.
    let relays = this.#order(locator)
    for (let asked = 0; asked < 2 * first.relays.length + 7; asked++) {
      const relay = relays.shift()
      if (relay === undefined) break
      throwIfAborted(signal)
      try {
        const answer = await this.#info(relay, mailbox, signal)
        const newer = answer.locator === undefined ? undefined : await this.adopt(mailbox, answer.locator)
        if (newer !== undefined && supersedes(newer, locator)) {
          locator = newer
          relays = this.#order(locator)
        }
        const refusal = refusalOf(answer, relay.id)
        if (refusal !== undefined) throw refusal
        return { locator: open(locator), ...(await this.#takeBundle(mailbox, locator, answer)) }
      } catch (error) {
        if (!isMailboxError(error) || error.code === 'STORE' || signal?.aborted === true) throw error
        failures.push(error)
      }
    }
    throw verdict(failures)
  }

  #order(locator: Locator): LocatorRelay[] {
    const of = (role: string): LocatorRelay[] => locator.relays.filter(relay => relay.role === role)
    const { env } = this.#init
    return [...shuffled(of('active'), env), ...shuffled(of('standby'), env)]
  }

  async #info(relay: PeerAddress, mailbox: IdentityKey, signal: AbortSignal | undefined): Promise<DepositResponse> {
    const channel = await this.#init.network.channel(relay, protocols.deposit, { signal })
    return parseAnswer(
      DepositResponse,
      await channel.call(DepositRequest.encode({ info: { mailbox } }), { signal }),
      relay.id
    )
  }

  /** SPEC §7.5: the owner's, valid, and not older than the locator or this client has seen. */
  async #takeBundle(
    mailbox: IdentityKey,
    locator: Locator,
    { bundle: bytes, powBits }: DepositResponse
  ): Promise<Omit<Recipient, 'locator'>> {
    if (bytes === undefined) throw new MailboxError('MALFORMED', 'The relay sent no key bundle.')
    const { env } = this.#init
    const bundle = await openBundle(bytes, { mailbox, nowHour: hourOf(env.now()) })
    if (bundle.seq < locator.bundleMinSeq)
      throw new MailboxError('EXPIRED', 'The relay serves a key bundle that its owner has replaced.')
    return await this.#alone(mailbox, async known => {
      const older = known.bundle !== undefined && supersedes(known.bundle, bundle)
      const bundleMs = env.now()
      if (!older) await this.#save(mailbox, { ...known, bundle, bundleMs, powBits })
      return { bundle: older ? known.bundle : bundle, bundleMs, powBits }
    })
  }

  /** What is known changes by one thing after the other: else one that is older could come to be written last (G8). */
  async #alone<T>(mailbox: IdentityKey, work: (known: Known) => Promise<T>): Promise<T> {
    return await this.#turns.take(toString(mailbox, 'hex'), async () => await work(await this.#load(mailbox)))
  }

  async #load(mailbox: IdentityKey): Promise<Known> {
    const key = toString(mailbox, 'hex')
    const held = this.#known.get(key)
    if (held !== undefined) return held
    const row = await this.#init.store.peers.get(key)
    const known = {
      locatorMs: row?.locatorMs ?? 0,
      bundleMs: row?.bundleMs ?? 0,
      powBits: row?.powBits ?? 0,
      // both were verified when they were kept: their own end is no reason to lose them, nor what their owner said of the time
      ...(row?.locator === undefined ? {} : { locator: await openLocator(row.locator, { mailbox }) }),
      ...(row?.bundle === undefined ? {} : { bundle: await openBundle(row.bundle, { mailbox }) })
    }
    // what has been learnt while the store was read counts
    const meanwhile = this.#known.get(key)
    if (meanwhile !== undefined) return meanwhile
    this.#known.set(key, known)
    return known
  }

  /** Not synced: after a power loss the network is asked again. `keep` false: in memory only. */
  async #save(mailbox: IdentityKey, known: Known, keep: boolean = true): Promise<void> {
    const { store } = this.#init
    const key = toString(mailbox, 'hex')
    const { locator, bundle, locatorMs, bundleMs, powBits } = known
    this.#known.set(key, known)
    if (!keep) return
    await store.note([
      store.peers.put(key, {
        locatorMs,
        bundleMs,
        powBits,
        ...(locator === undefined ? {} : { locator: locator.bytes }),
        ...(bundle === undefined ? {} : { bundle: bundle.bytes })
      })
    ])
  }

  /** Keeps the store's part bounded: the keys that sort first go, being as good as chance. What is a contact's stays. */
  async sweep(): Promise<void> {
    const { store } = this.#init
    const keys: string[] = []
    for await (const key of store.peers.keys({ limit: cachedMailboxesMax + contactsMax + 1_000 })) keys.push(key)
    const gone: string[] = []
    for (const key of keys) {
      if (keys.length - gone.length <= cachedMailboxesMax) break
      const address = addressOf(fromString(key, 'hex'))
      if ((await store.contacts.get(address)) === undefined) gone.push(key)
    }
    await store.note(gone.map(key => store.peers.del(key)))
  }
}

const isClosed = (locator: Locator): boolean => locator.closed || locator.relays.length === 0

/** @throws MailboxError NO_MAILBOX when its owner has closed it (SPEC §4.2) */
function open(locator: Locator): Locator {
  if (isClosed(locator)) throw new MailboxError('NO_MAILBOX', 'The owner has closed this mailbox.')
  return locator
}

/** What a row of failures amounts to: an answer says more than silence. */
function verdict(failures: readonly MailboxError[]): MailboxError {
  const silence = new Set(['NO_RELAY', 'TIMEOUT', 'DISCONNECTED', 'ABORTED'])
  const answer =
    failures.find(error => !silence.has(error.code) && error.code !== 'NO_MAILBOX') ??
    failures.find(error => error.code === 'NO_MAILBOX')
  return (
    answer ?? new MailboxError('NO_RELAY', "None of the mailbox's relays could be reached.", { cause: failures[0] })
  )
}
