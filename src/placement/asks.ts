import { equals } from 'uint8arrays/equals'
import { isMailboxError, MailboxError } from '../errors.ts'
import { supersedes, type Locator } from '../identity/locator.ts'
import { locatorAnswersWanted, locatorCopiesWanted } from '../limits.ts'
import type { PeerAddress } from '../wire/port.ts'

/** One neighbourhood of a mailbox's two, and what came of asking its relays. */
interface Place {
  /** Peer ids. Bounded by `neighbourhoodRelays`. */
  readonly relays: ReadonlySet<string>
  /** Those that have none, or took what was written. */
  bare: number
  /** Digests of the locators that came. */
  readonly digests: Uint8Array[]
}

/** What the relays of the neighbourhoods said to one question; a relay of both is asked once and counts in both. */
export class Asks {
  /** Each relay once. */
  readonly peers: readonly PeerAddress[]
  /** Relays that answered as the protocol wants, with a locator or without. */
  answered = 0
  /** The locators among the answers, verified. */
  readonly locators: Locator[] = []
  readonly #places: readonly Place[]
  #best: Locator | undefined
  #reached = 0
  #open = true

  constructor(neighbourhoods: ReadonlyArray<readonly PeerAddress[]>) {
    const peers = new Map<string, PeerAddress>()
    for (const peer of neighbourhoods.flat()) if (!peers.has(peer.id)) peers.set(peer.id, peer)
    this.peers = [...peers.values()]
    this.#places = neighbourhoods.map(relays => ({
      relays: new Set(relays.map(({ id }) => id)),
      bare: 0,
      digests: []
    }))
  }

  get asked(): number {
    return this.peers.length
  }

  answer({ id }: PeerAddress, locator: Locator | undefined): void {
    if (!this.#open) return
    this.#reached++
    this.answered++
    if (locator !== undefined) this.locators.push(locator)
    if (locator !== undefined && (this.#best === undefined || supersedes(locator, this.#best))) this.#best = locator
    for (const place of this.#places) {
      if (!place.relays.has(id)) continue
      if (locator === undefined) place.bare++
      else place.digests.push(locator.digest)
    }
  }

  fail(error: unknown): void {
    if (
      this.#open &&
      !isMailboxError(error, 'NO_RELAY') &&
      !isMailboxError(error, 'TIMEOUT') &&
      !isMailboxError(error, 'DISCONNECTED')
    ) {
      this.#reached++
    }
  }

  /** Takes no more answers: what is counted stays as it is. */
  close(): this {
    this.#open = false
    return this
  }

  /** The newest locator has come from enough relays of each neighbourhood: 5, or all of a smaller one. */
  get agreed(): boolean {
    const best = this.#best
    if (best === undefined) return false
    return this.#places.every(({ relays, digests }) => {
      const copies = digests.filter(digest => equals(digest, best.digest)).length
      return copies >= Math.min(locatorAnswersWanted, Math.max(1, relays.size))
    })
  }

  /** In each neighbourhood enough relays said that they have none: 5, or most of a small one. */
  get sureOfNone(): boolean {
    return this.#places.every(({ relays, bare }) => bare >= Math.min(locatorAnswersWanted, majorityOf(relays)))
  }

  /** In one neighbourhood enough relays took what was written: 8, or most of a small one. Readers ask both. */
  get isWritten(): boolean {
    return this.#places.some(({ relays, bare }) => bare >= Math.min(locatorCopiesWanted, majorityOf(relays)))
  }

  failure(): MailboxError {
    if (this.#reached === 0) return new MailboxError('NO_RELAY', `none of ${this.asked} relays answered`)
    return new MailboxError(
      'TOO_FEW_RELAYS',
      `only ${this.answered} of ${this.asked} relays gave an answer that can be used`
    )
  }
}

/** At least 1: of a neighbourhood in which nobody was found nothing is known. */
const majorityOf = (relays: ReadonlySet<string>): number => Math.floor(relays.size / 2) + 1
