/** kad-dht's routing table, which takes anybody that answers, made to take so many of one network (SPEC §6.1). */
import type { PeerId, PeerStore } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'
import type { Multiaddr } from '@multiformats/multiaddr'
import { LRUCache } from 'lru-cache'
import { isDiverse, wideNetworkOf, type DiversityLimits, type Placed } from './diversity.ts'

interface Contact {
  readonly kadId: Uint8Array
  readonly peerId: PeerId
}
type Leaf = { readonly peers: readonly Contact[] }
type Bucket = Leaf | { readonly left: Bucket; readonly right: Bucket }

/** The part of kad-dht's table that its types leave out. */
interface Table {
  readonly kb: {
    readonly root: Bucket
    readonly toIterable: () => Iterable<Contact>
    /** Asked before a contact comes in: whether it answers. */
    verify: (contact: Contact, options?: { signal?: AbortSignal }) => Promise<boolean>
  }
}

export interface TableComponents {
  readonly connectionManager: { getConnections: (peer: PeerId) => ReadonlyArray<{ remoteAddr: Multiaddr }> }
  readonly peerStore: Pick<PeerStore, 'get'>
}

/** More than a table has. */
const rememberedMax = 4_096
/** From a contact's check to its place in the table a few microtasks pass; what takes longer did not come in. */
const comingMs = 5_000

export function diversify(
  dht: KadDHT,
  { connectionManager, peerStore }: TableComponents,
  limits: DiversityLimits,
  now: () => number = () => performance.now()
): void {
  const { kb } = (dht as KadDHT & { routingTable: Table }).routingTable
  const networks = new LRUCache<string, string>({ max: rememberedMax })
  const coming = new LRUCache<string, { contact: Contact; atMs: number }>({ max: 64 })
  const answers = kb.verify.bind(kb)

  const networkOf = async (peer: PeerId): Promise<string | undefined> => {
    // where it is connected from is proved; what it says of itself is not
    const [connection] = connectionManager.getConnections(peer)
    if (connection !== undefined) return wideNetworkOf(connection.remoteAddr)
    const known = await peerStore.get(peer).catch(() => undefined)
    const address = known?.addresses[0]?.multiaddr
    return address === undefined ? undefined : wideNetworkOf(address)
  }

  function* entries(of: Contact): Generator<Placed> {
    const bucket = leafOf(kb.root, of.kadId)
    const seen = new Set<string>()
    for (const { peerId } of kb.toIterable()) {
      const id = peerId.toString()
      seen.add(id)
      yield { network: networks.get(id), inBucket: bucket.peers.some(other => other.peerId.equals(peerId)) }
    }
    for (const [id, { contact, atMs }] of [...coming.entries()]) {
      if (seen.has(id) || now() - atMs > comingMs) coming.delete(id)
      if (!coming.has(id) || id === of.peerId.toString()) continue
      yield { network: networks.get(id), inBucket: leafOf(kb.root, contact.kadId) === bucket }
    }
  }

  kb.verify = async (contact, options) => {
    if (!(await answers(contact, options))) return false
    const network = await networkOf(contact.peerId)
    if (!isDiverse(network, entries(contact), limits)) return false
    if (network === undefined) return true
    networks.set(contact.peerId.toString(), network)
    coming.set(contact.peerId.toString(), { contact, atMs: now() })
    return true
  }
}

/** The bucket in which an id belongs: kad-dht goes by its bits, highest first. */
function leafOf(root: Bucket, kadId: Uint8Array): Leaf {
  let bucket = root
  for (let bit = 0; !('peers' in bucket); bit++) {
    const isSet = ((kadId[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0
    bucket = isSet ? bucket.right : bucket.left
  }
  return bucket
}
