/** Peers spread over networks: whoever has many addresses in one network is one of many all the same. Pure. SPEC §6.2. */
import { isPrivate } from '@libp2p/utils'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { toString } from 'uint8arrays/to-string'
import type { PeerAddress } from '../wire/port.ts'

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

/** The IPv4 /16 or IPv6 /32 of a public address, the smallest of several: their order means nothing. */
function blockOf(addresses: readonly string[]): string | undefined {
  return addresses
    .map(text => blockOfAddress(parse(text)))
    .filter(block => block !== undefined)
    .sort()[0]
}

function blockOfAddress(address: Multiaddr | undefined): string | undefined {
  if (address === undefined) return undefined
  const host = address.getComponents().find(({ name }) => name === 'ip4' || name === 'ip6')
  if (host === undefined || isPrivate(address)) return undefined
  // the bytes of such an address are one byte of protocol code and the IP address
  const bytes = multiaddr(`/${host.name}/${host.value}`).bytes
  return host.name === 'ip4'
    ? `4 ${toString(bytes.subarray(1, 3), 'hex')}`
    : `6 ${toString(bytes.subarray(1, 5), 'hex')}`
}

function parse(text: string): Multiaddr | undefined {
  try {
    return multiaddr(text)
  } catch {
    // addresses come from strangers; one that cannot be parsed says nothing about where the peer stands
    return undefined
  }
}
