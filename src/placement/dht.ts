/**
 * The private DHT: kad-dht for `getClosestPeers` and nothing else, its write surface shut. SPEC §6.1.
 */
import { kadDHT, passthroughMapper, type KadDHT, type KadDHTComponents, type QueryEvent } from '@libp2p/kad-dht'
import { NotFoundError, type PeerId, type PeerInfo, type PeerStore } from '@libp2p/interface'
import { compare } from 'uint8arrays/compare'
import { xor } from 'uint8arrays/xor'
import { sha256 } from '../crypto/primitives.ts'
import { MailboxError } from '../errors.ts'
import {
  dialAddressesMax,
  kadFrameBytesMax,
  kadFramesMax,
  locatorAcceptRelays,
  lookupTimeoutMs,
  neighbourhoodPerNetwork,
  neighbourhoodRelays,
  networkBucketEntriesMax,
  networkEntriesMax
} from '../limits.ts'
import type { PeerAddress } from '../wire/port.ts'
import { handling, instead, overlaid } from '../wire/overlay.ts'
import { meter } from '../wire/prefixed.ts'
import type { DiversityLimits } from './diversity.ts'
import { diversify } from './table.ts'
import { apart } from './apart.ts'

export const kadProtocol = '/mailbox/kad/1.0.0'

/** The relays closest to `key`, closest first, never the asking node. */
export type Closest = (key: Uint8Array, signal: AbortSignal) => Promise<PeerAddress[]>

/** Those that answered, closest first, among which the neighbourhood is chosen. */
const lookupCandidates = 5 * neighbourhoodRelays

type Datastore = KadDHTComponents['datastore']

/**
 * kad-dht as a libp2p service. Relays are servers, clients are not (`clientMode`).
 *
 * PUT_VALUE, ADD_PROVIDER and public key records fail before a byte is stored: the datastore that kad-dht sees holds
 * nothing and takes nothing, and no record type has a validator that passes. Wants `identify` and `ping` beside it.
 */
export function privateDht(o: {
  clientMode: boolean
  diversity?: DiversityLimits
}): (components: KadDHTComponents) => KadDHT {
  const create = kadDHT({
    protocol: kadProtocol,
    clientMode: o.clientMode,
    // Less than 20 misses relays that are truly closest.
    kBucketSize: neighbourhoodRelays,
    // The default drops private addresses, and with them every laboratory and company network.
    peerInfoMapper: passthroughMapper,
    // A peer that hangs costs a lookup this long each time, since kad-dht never forgets it.
    networkDialTimeout: { minTimeout: 300, maxTimeout: 1_500 },
    // No query runs before the first query for oneself. A relay waits a second so that it finds more than one peer;
    // a client stores nothing and is found by nobody.
    initialQuerySelfInterval: o.clientMode ? 50 : 1_000,
    validators: { pk: refuse }
  })
  const diversity = o.diversity ?? { tableMax: networkEntriesMax, bucketMax: networkBucketEntriesMax }
  return components => {
    const dht = create(guarded(components))
    diversify(dht, components, diversity)
    return dht
  }
}

function refuse(): never {
  throw new MailboxError('POLICY', 'the DHT stores nothing')
}

/** kad-dht passes no maximum to its readers; it ends a message that has not come within 10 s. */
const messages = { frameBytesMax: kadFrameBytesMax, framesMax: kadFramesMax }

/** What kad-dht sees of its node: a datastore that is shut, and streams that end when they announce too much. */
function guarded(components: KadDHTComponents): KadDHTComponents {
  const { registrar, connectionManager } = components
  return overlaid(components, {
    datastore: shutDatastore,
    registrar: handling(registrar, stream => meter(stream, messages)),
    connectionManager: instead(connectionManager, {
      openStream: async (...args) => meter(await connectionManager.openStream(...args), messages)
    })
  })
}

const nothing = async function* (): AsyncGenerator<never> {
  // ends at once: there is nothing to yield
}

/** Empty and closed: reads find nothing, writes are refused, deletes have nothing to do. */
const shutDatastore: Datastore = {
  put: refuse,
  putMany: refuse,
  batch: refuse,
  // kad-dht knows an absent entry by this error's name
  get: () => {
    throw new NotFoundError('the DHT stores nothing')
  },
  getMany: nothing,
  has: () => false,
  delete: () => undefined,
  deleteMany: nothing,
  query: nothing,
  queryKeys: nothing
}

/** Where a key or a peer stands in the DHT: kad-dht hashes both. */
export function kadPosition(bytes: Uint8Array): Uint8Array {
  return sha256(bytes)
}

/**
 * Lookups through the DHT: up to 20 relays that answered, the closest of which few stand in one network (`apart`). kad-dht
 * goes over three paths that share no peer, so what one of them is told by liars leaves the others. A lookup ends after `lookupTimeoutMs`, or when the caller's
 * signal aborts; what has been gathered until then comes back, since some relays are better than none.
 * @param seenAt where a peer is connected to, multiaddr text
 */
export function closestThrough(
  dht: KadDHT,
  peerStore?: PeerStore,
  seenAt?: (peer: string) => string | undefined
): Closest {
  return async (key, signal) => {
    const until = AbortSignal.any([signal, AbortSignal.timeout(lookupTimeoutMs)])
    const gathered = new Gathered(key)
    await gather(dht, key, until, gathered)
    const placed = gathered.closest().map(async info => {
      const peer = await dialable(info, peerStore)
      return { peer, seenAt: seenAt?.(peer.id) }
    })
    return apart(await Promise.all(placed), { count: neighbourhoodRelays, perNetwork: neighbourhoodPerNetwork })
  }
}

/** Relays that answered during one lookup; bounded by the lookup, which asks a bounded number of peers. */
class Gathered {
  readonly #target: Uint8Array
  readonly #peers = new Map<string, { peer: PeerInfo; distance: Uint8Array }>()
  /** Addresses that answers gave for peers which may answer later. */
  readonly #addresses = new Map<string, PeerInfo['multiaddrs']>()
  #self: string | undefined

  constructor(key: Uint8Array) {
    this.#target = kadPosition(key)
  }

  add(event: QueryEvent): void {
    if (event.name === 'PEER_RESPONSE') {
      for (const { id, multiaddrs } of event.closer)
        if (multiaddrs.length > 0) this.#addresses.set(id.toString(), multiaddrs)
      this.#answered({ id: event.from, multiaddrs: [] })
    } else if (event.name === 'FINAL_PEER') {
      this.#self = event.from.toString()
      this.#answered(event.peer)
    }
  }

  closest(): PeerInfo[] {
    return [...this.#peers.values()]
      .filter(({ peer }) => peer.id.toString() !== this.#self)
      .sort((a, b) => compare(a.distance, b.distance))
      .slice(0, lookupCandidates)
      .map(({ peer }) => peer)
  }

  #answered(peer: PeerInfo): void {
    const id = peer.id.toString()
    const multiaddrs = peer.multiaddrs.length > 0 ? peer.multiaddrs : (this.#addresses.get(id) ?? [])
    this.#peers.set(id, {
      peer: { id: peer.id, multiaddrs },
      distance: xor(kadPosition(peer.id.toMultihash().bytes), this.#target)
    })
  }
}

/** Runs one lookup until it ends, fails or `until` aborts: a query of kad-dht may take its time to notice an abort. */
async function gather(dht: KadDHT, key: Uint8Array, until: AbortSignal, into: Gathered): Promise<void> {
  if (until.aborted) return
  const events = dht.getClosestPeers(key, { signal: until })[Symbol.asyncIterator]()
  const stopped = Promise.withResolvers<undefined>()
  const stop = (): void => {
    stopped.resolve(undefined)
  }
  until.addEventListener('abort', stop, { once: true })
  try {
    // bounded by the lookup's own end and by `until`
    for (;;) {
      const next = await Promise.race([events.next(), stopped.promise])
      if (next === undefined || next.done === true) return
      into.add(next.value)
    }
  } catch {
    // A lookup fails when it is aborted or the DHT stops: whoever answered before that has answered.
    return
  } finally {
    until.removeEventListener('abort', stop)
  }
}

async function dialable(peer: PeerInfo, peerStore?: PeerStore): Promise<PeerAddress> {
  const id = peer.id.toString()
  const known = peer.multiaddrs.length > 0 ? peer.multiaddrs : await storedAddresses(peer.id, peerStore)
  return { id, addresses: known.slice(0, dialAddressesMax).map(address => address.toString()) }
}

async function storedAddresses(id: PeerId, peerStore?: PeerStore): Promise<PeerInfo['multiaddrs']> {
  try {
    const peer = await peerStore?.get(id)
    return peer?.addresses.map(({ multiaddr }) => multiaddr) ?? []
  } catch {
    // Not in the peer store: the relay comes back without addresses, and whoever is connected to it needs none.
    return []
  }
}

/** The part of kad-dht's routing table that its types leave out. */
interface Table {
  closestPeers: (kadId: Uint8Array, o: { count: number }) => PeerId[]
}

/**
 * What this node's own routing table knows: up to 40 relays, no network traffic, no addresses. A holder judges by it
 * whether a locator is its business (SPEC §6.3), which must not cost a lookup per question of a stranger.
 */
export function knownThrough(dht: KadDHT, self: PeerId): Closest {
  return async key => {
    const { routingTable } = dht as KadDHT & { routingTable: Table }
    return routingTable
      .closestPeers(kadPosition(key), { count: locatorAcceptRelays + 1 })
      .filter(peer => !peer.equals(self))
      .slice(0, locatorAcceptRelays)
      .map(peer => ({ id: peer.toString(), addresses: [] }))
  }
}
