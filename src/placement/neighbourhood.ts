/**
 * The asking side of the locator neighbourhoods: finds and publishes the locator of a mailbox at the 20 relays closest
 * to each of two keys, so that whoever stands next to one of them hides nothing. No single relay is believed or waited
 * for. SPEC §6.2, §6.4.
 */
import { toString } from 'uint8arrays/to-string'
import { sha256 } from '../crypto/primitives.ts'
import { hourOf, msPerHour, noLongerAwaited, pause, silent, type Environment, type Log } from '../environment.ts'
import { isMailboxError, MailboxError, statusName } from '../errors.ts'
import { domains } from '../identity/domains.ts'
import type { IdentityKey } from '../identity/keys.ts'
import { openLocator, supersedes, type Locator } from '../identity/locator.ts'
import {
  cachedMailboxesMax,
  cacheHours,
  clockSkewHours,
  locatorAnswersWanted,
  locatorBytesMax,
  locatorGraceMs,
  locatorValidHoursMax,
  lookupsAtOnceMax,
  lookupsWaitingMax,
  neighbourhoodRelays
} from '../limits.ts'
import { LocatorRequest, type LocatorResponse } from '../wire/messages.js'
import type { Network, PeerAddress } from '../wire/port.ts'
import { askHolder } from './ask.ts'
import { Asks } from './asks.ts'
import type { Closest } from './dht.ts'
import { throwIfAborted, Turns } from './turns.ts'
import { lastUsed } from './cache.ts'

/** Where the locator of `mailbox` lives: SHA-256(`mailbox/1/locator-key` ‖ mailbox). SPEC §6.2. */
export function locatorKey(mailbox: Uint8Array): Uint8Array {
  return sha256(domains.locatorKey, mailbox)
}

/** Both keys of a mailbox's locator, each with a neighbourhood of its own; in a small network they are the same relays. */
export function locatorKeys(mailbox: Uint8Array): readonly [Uint8Array, Uint8Array] {
  return [locatorKey(mailbox), sha256(domains.locatorKey2, mailbox)]
}

export interface NeighbourhoodInit {
  network: Network
  closest: Closest
  env: Environment
  log?: Log
  /** Relays to ask besides, bootstrap relays for instance, where the DHT knows fewer than 5. */
  extra?: () => PeerAddress[]
}

interface Cached {
  readonly locator: Locator
  readonly readMs: number
}

export class Neighbourhood {
  readonly #network: Network
  readonly #closest: Closest
  readonly #env: Environment
  readonly #log: Log
  readonly #extra: () => PeerAddress[]
  readonly #turns = new Turns({ atOnce: lookupsAtOnceMax, waitingMax: lookupsWaitingMax })
  readonly #cache = lastUsed<Cached>(cachedMailboxesMax)

  constructor(o: NeighbourhoodInit) {
    this.#network = o.network
    this.#closest = o.closest
    this.#env = o.env
    this.#log = o.log ?? silent
    this.#extra = o.extra ?? (() => [])
  }

  /**
   * The newest locator of `mailbox` that can be found, from the cache when it was read within `cacheHours` and `fresh`
   * is not set. Undefined: enough relays of both neighbourhoods answered and none has one (SPEC §6.4).
   * @throws MailboxError NO_RELAY nobody answered, TOO_FEW_RELAYS too few answered to be sure that there is none,
   *   ABORTED, BUSY too many finds of this node are waiting
   */
  async find(
    mailbox: IdentityKey,
    o: { signal?: AbortSignal | undefined; fresh?: boolean } = {}
  ): Promise<Locator | undefined> {
    const { signal } = o
    const cached = this.#cached(mailbox)
    if (o.fresh !== true && cached !== undefined && !this.#isOver(cached.locator) && this.#isRecent(cached))
      return cached.locator
    const asks = await this.#turns.take(
      async () =>
        await this.#askAll(mailbox, signal, {
          ask: async (peer, stop) => await this.#get(peer, mailbox, stop),
          enough: asks => asks.agreed
        }),
      signal
    )
    for (const locator of asks.locators) this.remember(locator)
    if (asks.locators.length === 0 && !asks.sureOfNone) throw asks.failure()
    // The cache gives back what was remembered before, should all that came now be older (G8).
    const best = this.#cached(mailbox)?.locator
    if (best !== undefined && !this.#isOver(best)) return best
    if (asks.locators.length === 0) return undefined
    throw new MailboxError('EXPIRED', 'every locator found is older than one that has expired')
  }

  /**
   * Writes `locator` to both neighbourhoods of its mailbox; one that takes it is enough, since readers ask both.
   * @throws MailboxError NO_RELAY nobody answered, TOO_FEW_RELAYS in each fewer than `locatorCopiesWanted` took it (or
   *   than more than half of those asked, where that is fewer), MOVED the same because they hold a newer one: the error
   *   carries it, ABORTED, BUSY
   */
  async publish(
    locator: Locator,
    o: { signal?: AbortSignal | undefined } = {}
  ): Promise<{ accepted: number; asked: number }> {
    const { signal } = o
    const asks = await this.#turns.take(
      async () =>
        await this.#askAll(locator.mailbox, signal, {
          ask: async (peer, stop) => await this.#put(peer, locator, stop),
          enough: () => false
        }),
      signal
    )
    for (const newer of asks.locators) this.remember(newer)
    const accepted = asks.answered - asks.locators.length
    if (accepted > 0) this.remember(locator)
    // a dead relay among few must not keep its own successor from being announced
    if (asks.isWritten) return { accepted, asked: asks.asked }
    if (asks.locators.length > 0) {
      const newest = this.#cached(locator.mailbox)?.locator
      throw new MailboxError(
        'MOVED',
        'the neighbourhood holds a newer locator',
        newest === undefined ? {} : { locator: newest.bytes }
      )
    }
    if (accepted === 0) throw asks.failure()
    throw new MailboxError('TOO_FEW_RELAYS', `${accepted} of ${asks.asked} relays took the locator`)
  }

  /** Keeps a verified locator for later finds, unless a newer one of its mailbox is kept (G8). */
  remember(locator: Locator): void {
    const kept = this.#cached(locator.mailbox)
    if (kept !== undefined && supersedes(kept.locator, locator)) return
    this.#cache.set(cacheKey(locator.mailbox), { locator, readMs: this.#env.now() })
  }

  #cached(mailbox: Uint8Array): Cached | undefined {
    return this.#cache.get(cacheKey(mailbox))
  }

  #isOver(locator: Locator): boolean {
    return locator.validUntilHour <= hourOf(this.#env.now())
  }

  #isRecent(cached: Cached): boolean {
    return this.#env.now() - cached.readMs < cacheHours * msPerHour
  }

  /**
   * Asks every relay of both neighbourhoods at the same time; bounded by `neighbourhoodRelays` and `locatorCallMs`. Once
   * there is enough the others have `locatorGraceMs`: who answers first is not believed before those who are slower.
   */
  async #askAll(
    mailbox: Uint8Array,
    signal: AbortSignal | undefined,
    o: {
      ask: (peer: PeerAddress, stop: AbortSignal) => Promise<Locator | undefined>
      enough: (asks: Asks) => boolean
    }
  ): Promise<Asks> {
    const stop = new AbortController()
    const stopped = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
    const asks = new Asks(await this.#relaysOf(mailbox, stopped))
    throwIfAborted(signal)
    const done = Promise.withResolvers<undefined>()
    const end = (): void => {
      done.resolve(undefined)
    }
    stopped.addEventListener('abort', end, { once: true })
    void Promise.all(
      asks.peers.map(async peer => {
        try {
          asks.answer(peer, await o.ask(peer, stopped))
        } catch (error) {
          asks.fail(error)
          if (!stopped.aborted) this.#log('debug', 'locator.ask_failed', { relay: peer.id, code: codeOf(error) })
        }
        if (o.enough(asks)) void this.#grace(asks, o.enough, stopped, end)
      })
    ).then(end)
    await done.promise
    const result = asks.close()
    stop.abort(noLongerAwaited)
    throwIfAborted(signal)
    return result
  }

  /** Calls `end` when it is still enough after `locatorGraceMs`: a newer one may have come, and is not agreed upon yet. */
  async #grace(asks: Asks, enough: (asks: Asks) => boolean, stopped: AbortSignal, end: () => void): Promise<void> {
    if ((await pause(this.#env, locatorGraceMs, stopped)) && enough(asks)) end()
  }

  /** One neighbourhood for each key. */
  async #relaysOf(mailbox: Uint8Array, signal: AbortSignal): Promise<PeerAddress[][]> {
    return await Promise.all(
      locatorKeys(mailbox).map(async key => {
        const peers = new Map<string, PeerAddress>()
        for (const peer of await this.#closest(key, signal)) peers.set(peer.id, peer)
        if (peers.size < locatorAnswersWanted) {
          for (const peer of this.#extra()) if (!peers.has(peer.id)) peers.set(peer.id, peer)
        }
        return [...peers.values()].slice(0, neighbourhoodRelays)
      })
    )
  }

  /** The relay's locator, verified; undefined when it has none. */
  async #get(peer: PeerAddress, mailbox: IdentityKey, signal: AbortSignal): Promise<Locator | undefined> {
    const response = await this.#call(peer, LocatorRequest.encode({ get: { mailbox } }), signal)
    const status = statusName(response.status)
    if (status === 'NO_MAILBOX') return undefined
    if (status !== 'OK') throw new MailboxError(status === 'MOVED' ? 'MALFORMED' : status, 'the relay gave no locator')
    return await this.#open(response, mailbox)
  }

  /** Undefined when the relay took it, the relay's own when that is newer. */
  async #put(peer: PeerAddress, locator: Locator, signal: AbortSignal): Promise<Locator | undefined> {
    const response = await this.#call(peer, LocatorRequest.encode({ put: { locator: locator.bytes } }), signal)
    const status = statusName(response.status)
    if (status === 'OK') return undefined
    if (status !== 'MOVED') throw new MailboxError(status, 'the relay did not take the locator')
    const held = await this.#open(response, locator.mailbox)
    if (!supersedes(held, locator))
      throw new MailboxError('MALFORMED', 'the relay refused a newer locator than its own')
    return held
  }

  async #call(peer: PeerAddress, request: Uint8Array, signal: AbortSignal): Promise<LocatorResponse> {
    return (await askHolder({ network: this.#network, env: this.#env }, peer, request, signal)).response
  }

  async #open(response: LocatorResponse, mailbox: IdentityKey): Promise<Locator> {
    const { locator } = response
    if (locator === undefined) throw new MailboxError('MALFORMED', 'the answer carries no locator')
    if (locator.length > locatorBytesMax) throw new MailboxError('SIZE', 'the locator is larger than the limit')
    const nowHour = hourOf(this.#env.now())
    const opened = await openLocator(locator, { mailbox, nowHour })
    if (opened.validUntilHour > nowHour + locatorValidHoursMax + clockSkewHours) {
      throw new MailboxError('EXPIRED', 'the locator is valid for longer than the limit')
    }
    return opened
  }
}

function cacheKey(mailbox: Uint8Array): string {
  return toString(mailbox, 'base64')
}

function codeOf(error: unknown): string {
  return isMailboxError(error) ? error.code : String(error)
}
