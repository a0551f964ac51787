/**
 * A holder sees to it that the locators it holds are where readers look for them: it offers them, digest first, to the
 * relays that are closest to either key of each, once a day and when its neighbours have changed (SPEC §6.7).
 */
import { chanceOf, hourOf, pause, type Environment, type Log } from '../environment.ts'
import { isMailboxError, MailboxError, Status, statusName } from '../errors.ts'
import {
  haveItemsMax,
  neighbourhoodRelays,
  sweepBatchMax,
  sweepCheckMs,
  sweepEveryMs,
  sweepPauseMsMax,
  sweepPausesMax,
  sweepPutsPerRelayMax
} from '../limits.ts'
import { LocatorRequest, type LocatorResponse } from '../wire/messages.js'
import { patiently } from '../wire/patience.ts'
import type { Network, PeerAddress } from '../wire/port.ts'
import { askHolder } from './ask.ts'
import type { Closest } from './dht.ts'
import { standingOf, type LocatorHolder } from './holder.ts'
import { locatorKeys } from './neighbourhood.ts'

export interface LocatorSweepInit {
  /** What is held, signed bytes by mailbox, in any order. */
  readonly held: () => AsyncIterable<{ mailbox: Uint8Array; locator: Uint8Array }>
  readonly holder: Pick<LocatorHolder, 'take'>
  readonly network: Network
  /** This relay's own view, closest first, which costs no traffic. */
  readonly closest: Closest
  /** Peer id of this relay, multihash bytes. */
  readonly self: Uint8Array
  readonly env: Environment
  readonly log: Log
  /** Aborts when the relay stops. */
  readonly stopping: AbortSignal
}

/** What one sweep came to. */
export interface Swept {
  /** Locators that were offered. */
  readonly locators: number
  /** Copies that a relay wanted and took. */
  readonly placed: number
  /** Newer ones that relays had. */
  readonly learned: number
  /** Requests and answers, without what transports them. */
  readonly bytes: number
}

interface Offer {
  readonly mailbox: Uint8Array
  readonly locator: Uint8Array
  readonly seq: number
  readonly digest: Uint8Array
}

export class LocatorSweep {
  readonly #init: LocatorSweepInit
  #neighbours = ''

  constructor(init: LocatorSweepInit) {
    this.#init = init
  }

  /** Sweeps until the relay stops. Never rejects. */
  async run(): Promise<void> {
    const { env, log, stopping } = this.#init
    // half of it by chance, so that relays that started together do not sweep together
    const around = (ms: number): number => ms * (0.5 + chanceOf(env))
    let nextMs = env.now() + around(sweepEveryMs)
    while (await pause(env, around(sweepCheckMs), stopping)) {
      if (env.now() < nextMs && !(await this.#haveChanged())) continue
      try {
        const swept = await this.once(stopping)
        log('info', 'locators_swept', { ...swept })
      } catch (error) {
        if (stopping.aborted) return
        const code = isMailboxError(error) ? error.code : 'UNEXPECTED'
        log(code === 'UNEXPECTED' ? 'error' : 'warn', 'locator_sweep_failed', { code, error: String(error) })
      }
      nextMs = env.now() + around(sweepEveryMs)
    }
  }

  /** Offers everything once. @throws MailboxError STORE, ABORTED */
  async once(signal: AbortSignal): Promise<Swept> {
    const tally = new Tally()
    const batch: Offer[] = []
    const nowHour = hourOf(this.#init.env.now())
    this.#neighbours = await this.#around()
    for await (const { mailbox, locator } of this.#init.held()) {
      const { seq, digest, validUntilHour } = standingOf(locator)
      if (validUntilHour <= nowHour) continue
      batch.push({ mailbox, locator, seq, digest })
      if (batch.length === sweepBatchMax) await this.#offerAll(batch.splice(0), tally, signal)
    }
    await this.#offerAll(batch, tally, signal)
    return tally
  }

  async #haveChanged(): Promise<boolean> {
    return (await this.#around()) !== this.#neighbours
  }

  /** Who is closest to this relay. */
  async #around(): Promise<string> {
    const { closest, self, stopping } = this.#init
    const peers = (await closest(self, stopping)).slice(0, neighbourhoodRelays)
    return peers
      .map(({ id }) => id)
      .sort()
      .join()
  }

  async #offerAll(offers: readonly Offer[], tally: Tally, signal: AbortSignal): Promise<void> {
    tally.locators += offers.length
    // bounded by sweepBatchMax times both neighbourhoods
    const byPeer = new Map<string, { peer: PeerAddress; offers: Offer[] }>()
    for (const offer of offers) {
      for (const peer of await this.#near(offer.mailbox, signal)) {
        const known = byPeer.get(peer.id) ?? { peer, offers: [] }
        known.offers.push(offer)
        byPeer.set(peer.id, known)
      }
    }
    for (const { peer, offers: some } of byPeer.values()) await this.#try(peer, some, tally, signal)
  }

  /** The relays of both neighbourhoods, each once. */
  async #near(mailbox: Uint8Array, signal: AbortSignal): Promise<Iterable<PeerAddress>> {
    const near = new Map<string, PeerAddress>()
    for (const key of locatorKeys(mailbox)) {
      const peers = await this.#init.closest(key, signal)
      for (const peer of peers.slice(0, neighbourhoodRelays)) near.set(peer.id, peer)
    }
    return near.values()
  }

  /** A relay that cannot be reached, or refuses, is the next sweep's business. */
  async #try(peer: PeerAddress, offers: readonly Offer[], tally: Tally, signal: AbortSignal): Promise<void> {
    try {
      for (let at = 0; at < offers.length; at += haveItemsMax)
        await this.#offer(peer, offers.slice(at, at + haveItemsMax), tally, signal)
    } catch (error) {
      if (!isMailboxError(error) || error.code === 'STORE' || signal.aborted) throw error
      this.#init.log('debug', 'locator_not_offered', { relay: peer.id, code: error.code })
    }
  }

  async #offer(peer: PeerAddress, offers: readonly Offer[], tally: Tally, signal: AbortSignal): Promise<void> {
    const items = offers.map(({ mailbox, seq, digest }) => ({ mailbox, seq, digest }))
    const { want } = await this.#call(peer, { have: { items } }, tally, signal)
    const wanted = new Set(want.map(mailbox => Buffer.from(mailbox).toString('hex')))
    for (const { mailbox, locator } of offers) {
      // what was not offered is not sent, however much is wanted
      if (!wanted.has(Buffer.from(mailbox).toString('hex')) || tally.putTo(peer.id) >= sweepPutsPerRelayMax) continue
      await this.#place(peer, locator, tally, signal)
    }
  }

  async #place(peer: PeerAddress, locator: Uint8Array, tally: Tally, signal: AbortSignal): Promise<void> {
    tally.put(peer.id)
    try {
      await this.#call(peer, { put: { locator } }, tally, signal)
      tally.placed++
    } catch (error) {
      if (!isMailboxError(error, 'MOVED') || error.locator === undefined) throw error
      // checked as one that is PUT here (G8)
      await this.#init.holder.take(error.locator)
      tally.learned++
    }
  }

  /** A relay that asks for a pause is given it, `sweepPausesMax` times. @throws MailboxError the refusal */
  async #call(
    peer: PeerAddress,
    request: Parameters<typeof LocatorRequest.encode>[0],
    tally: Tally,
    signal: AbortSignal
  ): Promise<LocatorResponse> {
    const bytes = LocatorRequest.encode(request)
    const patience = { pausesMax: sweepPausesMax, pauseMsMax: sweepPauseMsMax, signal }
    const response = await patiently(this.#init.env, patience, async () => {
      const asked = await askHolder(this.#init, peer, bytes, signal)
      tally.bytes += asked.bytes
      return asked.response
    })
    if (response.status !== Status.OK) throw refusalOf(response)
    return response
  }
}

class Tally implements Swept {
  locators = 0
  placed = 0
  learned = 0
  bytes = 0
  /** Bounded by the relays that this one knows. */
  readonly #puts = new Map<string, number>()

  put(relay: string): void {
    this.#puts.set(relay, this.putTo(relay) + 1)
  }

  putTo(relay: string): number {
    return this.#puts.get(relay) ?? 0
  }
}

function refusalOf({ status, locator }: LocatorResponse): MailboxError {
  const code = statusName(status)
  return new MailboxError(code === 'OK' ? 'UNAVAILABLE' : code, 'the relay refused a locator', {
    ...(locator === undefined ? {} : { locator })
  })
}
