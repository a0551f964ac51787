/** The network that a client stands on: its own small libp2p node, or one that the application has already. */
import type { KadDHT } from '@libp2p/kad-dht'
import type { Libp2p } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { createLibp2p } from 'libp2p'
import type { Environment, Log } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { dialTimeoutMs } from '../limits.ts'
import type { AdvertBook } from '../placement/adverts.ts'
import { closestThrough, privateDht, type Closest } from '../placement/dht.ts'
import { AdvertGossip, relayGossip } from '../placement/gossip.ts'
import { libp2pDefaults, Libp2pNetwork } from '../wire/libp2p.ts'
import type { Network, PeerAddress } from '../wire/port.ts'
import { protocols } from '../wire/port.ts'
import { bounded, throwIfAborted } from './abort.ts'

/** Bootstrap relays dialled at a time. */
const dialledAtOnce = 8

export interface ClientNode {
  readonly network: Network
  readonly closest: Closest
  readonly adverts?: AdvertBook
  /** Ends what was started for this client, and nothing else. */
  readonly stop: () => Promise<void>
}

/**
 * A libp2p node of one's own: no listening addresses, DHT in client mode. It dials when it is first needed.
 * @param o.gossip it hears what relays say of themselves, and passes it on
 */
export async function startNode(
  bootstrap: readonly PeerAddress[],
  o: { log: Log; env: Environment; gossip: boolean }
): Promise<ClientNode> {
  const defaults = libp2pDefaults()
  const libp2p = await createLibp2p({
    ...defaults,
    services: {
      ...defaults.services,
      ...(o.gossip ? { pubsub: relayGossip() } : {}),
      dht: privateDht({ clientMode: true })
    }
  })
  const network = new Libp2pNetwork(libp2p, o.log)
  const { dht } = libp2p.services
  const pubsub = o.gossip ? libp2p.services.pubsub : undefined
  const gossip = pubsub === undefined ? undefined : new AdvertGossip({ pubsub, env: o.env, log: o.log })
  return {
    network,
    closest: throughBootstrap(libp2p, network, bootstrap, closestThrough(dht, libp2p.peerStore, seenAt(libp2p))),
    ...(gossip === undefined ? {} : { adverts: gossip.book }),
    stop: async () => {
      gossip?.stop()
      await network.stop()
      await libp2p.stop()
    }
  }
}

/**
 * The application's node, with its connections and its DHT; it stays the application's to stop.
 * @throws MailboxError CONFIG when no service of it is the mailbox DHT
 */
export function joinNode(libp2p: Libp2p, bootstrap: readonly PeerAddress[], log: Log): ClientNode {
  const network = new Libp2pNetwork(libp2p, log)
  const services: Record<string, unknown> = { ...libp2p.services }
  const closest = Object.values(services)
    .map(service => closestOf(service, libp2p))
    .find(found => found !== undefined)
  if (closest === undefined) {
    throw new MailboxError(
      'CONFIG',
      'This libp2p node has no mailbox DHT: give it the service privateDht({ clientMode: true }) or mailboxRelay().'
    )
  }
  return {
    network,
    closest: throughBootstrap(libp2p, network, bootstrap, closest),
    stop: async () => {
      await network.stop()
    }
  }
}

/** Where a peer is connected to. */
function seenAt(libp2p: Libp2p): (peer: string) => string | undefined {
  return peer => libp2p.getConnections(peerIdFromString(peer))[0]?.remoteAddr.toString()
}

/** A relay service says what is closest itself; a kad-dht of our protocol can be asked. */
function closestOf(service: unknown, libp2p: Libp2p): Closest | undefined {
  if (typeof service !== 'object' || service === null) return undefined
  if ('closest' in service && typeof service.closest === 'function') return service.closest.bind(service) as Closest
  if (isMailboxDht(service)) return closestThrough(service, libp2p.peerStore, seenAt(libp2p))
  return undefined
}

function isMailboxDht(service: object): service is KadDHT {
  return 'getClosestPeers' in service && 'protocol' in service && service.protocol === '/mailbox/kad/1.0.0'
}

/** A lookup from a node that is connected to nobody starts by dialling the bootstrap relays. */
function throughBootstrap(
  libp2p: Libp2p,
  network: Network,
  bootstrap: readonly PeerAddress[],
  closest: Closest
): Closest {
  return async (key, signal) => {
    if (libp2p.getConnections().length === 0) await connect(network, bootstrap, signal)
    return await closest(key, signal)
  }
}

/** @throws MailboxError BOOTSTRAP when none of the bootstrap relays can be reached, ABORTED */
async function connect(network: Network, bootstrap: readonly PeerAddress[], signal: AbortSignal): Promise<void> {
  if (bootstrap.length === 0) return
  const reached = await bounded(bootstrap, dialledAtOnce, async peer => {
    try {
      await network.channel(peer, protocols.locator, { signal, deadlineMs: dialTimeoutMs })
      return true
    } catch (error) {
      if (!isMailboxError(error)) throw error
      return false
    }
  })
  throwIfAborted(signal)
  if (!reached.includes(true)) {
    const texts = bootstrap.map(peer => peer.addresses[0] ?? peer.id)
    throw new MailboxError('BOOTSTRAP', `None of the bootstrap relays could be reached: ${texts.join(', ')}.`)
  }
}
