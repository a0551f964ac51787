/** Peers spread over networks: whoever has many addresses in one network is one of many all the same. Pure. SPEC §6.2. */
import { readMultiaddr } from '../wire/host.ts'
import type { PeerAddress } from '../wire/port.ts'
import { wideNetworkOf } from './diversity.ts'

/** A peer, and where it was connected to when that is known: addresses that others give may be invented. */
export interface Placed {
  readonly peer: PeerAddress
  readonly seenAt?: string | undefined
}

/**
 * The first `count` peers of which at most `perNetwork` stand in one network; where there are fewer, the first of those
 * that were passed over come after them. Peers whose network is not known, or private, count as apart.
 */
export function apart(placed: readonly Placed[], o: { count: number; perNetwork: number }): PeerAddress[] {
  const taken = new Map<string, number>()
  const chosen: PeerAddress[] = []
  const over: PeerAddress[] = []
  for (const { peer, seenAt } of placed) {
    const network = blockOf(seenAt === undefined ? peer.addresses : [seenAt])
    const before = network === undefined ? 0 : (taken.get(network) ?? 0)
    if (network !== undefined) taken.set(network, before + 1)
    if (before < o.perNetwork) chosen.push(peer)
    else over.push(peer)
  }
  return [...chosen, ...over].slice(0, o.count)
}

/** The network of an address that has one, the smallest of several: their order means nothing. */
function blockOf(addresses: readonly string[]): string | undefined {
  return addresses
    .map(readMultiaddr)
    .map(address => (address === undefined ? undefined : wideNetworkOf(address)))
    .filter(network => network !== undefined)
    .sort()[0]
}
