/**
 * Which other relays hold which of our mailboxes, from the locators of our own store (SPEC §9.5). Between two active
 * relays everything is kept equal. A standby gives what it took to the active ones, and is given no records.
 */
import type { Locator, LocatorRelay } from '../identity/locator.ts'
import type { PeerAddress } from '../wire/port.ts'
import { nameOf } from './keys.ts'

type Listed = Pick<Locator, 'relays' | 'closed'>

interface Peer {
  address: PeerAddress
  /** Mailboxes to keep equal with this relay, and those of which it is to be given what we took for it. */
  readonly shared: Map<string, Uint8Array>
  readonly handedOver: Map<string, Uint8Array>
}

export class Replicas {
  readonly #self: string
  /** Bounded by `mailboxesMax` times the relays of a locator. */
  readonly #peers = new Map<string, Peer>()

  /** @param self peer id text of this relay */
  constructor(self: string) {
    this.#self = self
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
    if (own === undefined) return
    for (const relay of this.othersOf(after)) {
      if (own === 'standby' && relay.role === 'standby') continue
      const peer = this.#peerOf(relay)
      if (own === relay.role) peer.shared.set(name, mailbox)
      else if (own === 'standby') peer.handedOver.set(name, mailbox)
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

  /** Every relay that something is kept equal with or handed over to. */
  peers(): PeerAddress[] {
    return [...this.#peers.values()].map(({ address }) => address)
  }

  sharedWith(id: string): Uint8Array[] {
    return [...(this.#peers.get(id)?.shared.values() ?? [])]
  }

  handedOverTo(id: string): Uint8Array[] {
    return [...(this.#peers.get(id)?.handedOver.values() ?? [])]
  }

  #roleIn({ relays }: Listed): LocatorRelay['role'] | undefined {
    return relays.find(({ id }) => id === this.#self)?.role
  }

  #peerOf({ id, addresses }: LocatorRelay): Peer {
    const address = { id, addresses }
    const known = this.#peers.get(id)
    if (known !== undefined) {
      known.address = address
      return known
    }
    const peer: Peer = { address, shared: new Map(), handedOver: new Map() }
    this.#peers.set(id, peer)
    return peer
  }
}
