/**
 * Which other relays hold which of our mailboxes, from the locators of our own store (SPEC §9.5). Between two active
 * relays everything is kept equal. A standby, and a relay that the mailbox has left, give what they took to the active ones, and
 * are given no records.
 */
import type { Locator, LocatorRelay } from '../identity/locator.ts'
import { dialAddressesMax } from '../limits.ts'
import type { PeerAddress } from '../wire/port.ts'
import { nameOf } from './keys.ts'

type Listed = Pick<Locator, 'relays' | 'closed'>

interface Entry {
  readonly mailbox: Uint8Array
  /** Of the relay, as this mailbox's owner says. */
  readonly addresses: readonly string[]
}

interface Peer {
  /** Mailboxes to keep equal with this relay, and those of which it is to be given what we took for it. */
  readonly shared: Map<string, Entry>
  readonly handedOver: Map<string, Entry>
}

export class Replicas {
  readonly #self: string
  /** Bounded by `mailboxesMax` times the relays of a locator. */
  readonly #peers = new Map<string, Peer>()
  /** Bounded by `mailboxesMax`. */
  readonly #listing = new Set<string>()

  /** @param self peer id text of this relay */
  constructor(self: string) {
    this.#self = self
  }

  /** All of it, to be learnt again. */
  forget(): void {
    this.#peers.clear()
    this.#listing.clear()
  }

  /** Mailboxes whose locators list this relay. */
  get listing(): number {
    return this.#listing.size
  }

  /** A mailbox has a new locator, or its first. */
  change(mailbox: Uint8Array, before: Listed | undefined, after: Listed): void {
    const name = nameOf(mailbox)
    for (const { id } of before?.relays ?? []) {
      const peer = this.#peers.get(id)
      peer?.shared.delete(name)
      peer?.handedOver.delete(name)
      if (peer?.shared.size === 0 && peer.handedOver.size === 0) this.#peers.delete(id)
    }
    const own = this.#roleIn(after)
    if (own === undefined) this.#listing.delete(name)
    else this.#listing.add(name)
    for (const relay of this.othersOf(after)) {
      // a standby, and one that the mailbox has left, have something to give to active relays only
      if (own !== 'active' && relay.role === 'standby') continue
      const entry = { mailbox, addresses: relay.addresses }
      if (own === relay.role) this.#peerOf(relay.id).shared.set(name, entry)
      else if (own !== 'active') this.#peerOf(relay.id).handedOver.set(name, entry)
    }
  }

  /** The other relays of a locator. */
  othersOf({ relays }: Listed): LocatorRelay[] {
    return relays.filter(({ id }) => id !== this.#self)
  }

  /** True when records go from this relay to `id`, or the other way: they go to active relays only. */
  recordsGo(locator: Listed, id: string): { there: boolean; here: boolean } {
    const there = locator.relays.find(relay => relay.id === id)?.role === 'active'
    return { there, here: this.#roleIn(locator) === 'active' }
  }

  /** True for a peer that something is kept equal with or handed over to. */
  has(id: string): boolean {
    return this.#peers.has(id)
  }

  /** Relays that something is kept equal with or handed over to. */
  peers(): string[] {
    return [...this.#peers.keys()]
  }

  /**
   * How to dial a relay: the addresses that most owners name, at most dialAddressesMax, since any stranger may open a
   * mailbox and name others. None when nobody does: then the network's own knowledge serves.
   */
  addressOf(id: string): PeerAddress {
    const peer = this.#peers.get(id)
    const votes = new Map<string, number>()
    for (const { addresses } of [...(peer?.shared.values() ?? []), ...(peer?.handedOver.values() ?? [])]) {
      for (const address of addresses) votes.set(address, (votes.get(address) ?? 0) + 1)
    }
    const ranked = [...votes].sort(([, a], [, b]) => b - a).map(([address]) => address)
    return { id, addresses: ranked.slice(0, dialAddressesMax) }
  }

  sharedWith(id: string): Uint8Array[] {
    return [...(this.#peers.get(id)?.shared.values() ?? [])].map(({ mailbox }) => mailbox)
  }

  handedOverTo(id: string): Uint8Array[] {
    return [...(this.#peers.get(id)?.handedOver.values() ?? [])].map(({ mailbox }) => mailbox)
  }

  #roleIn({ relays }: Listed): LocatorRelay['role'] | undefined {
    return relays.find(({ id }) => id === this.#self)?.role
  }

  #peerOf(id: string): Peer {
    const known = this.#peers.get(id)
    if (known !== undefined) return known
    const peer: Peer = { shared: new Map(), handedOver: new Map() }
    this.#peers.set(id, peer)
    return peer
  }
}
