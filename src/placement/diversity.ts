/**
 * Where the entries of a routing table may come from: whoever has many addresses of one network, which is cheap, shall
 * not have the table. SPEC §6.1. Pure.
 */
import { isPrivate } from '@libp2p/utils'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'

export interface DiversityLimits {
  /** Entries of one network in the table, and in one bucket of it. */
  readonly tableMax: number
  readonly bucketMax: number
}

/**
 * The /16 of an IPv4 address, the /32 of an IPv6 address. Undefined: private, loopback or not over IP, and nothing is
 * limited, so that laboratories and companies work.
 */
export function wideNetworkOf(address: Multiaddr): string | undefined {
  const host = address.getComponents().find(({ name }) => name !== 'ip6zone')
  if ((host?.name !== 'ip4' && host?.name !== 'ip6') || isPrivate(address)) return undefined
  const bytes = multiaddr(`/${host.name}/${host.value}`).bytes.subarray(1)
  const mapped = host.name === 'ip6' && bytes.subarray(0, 10).every(byte => byte === 0) && bytes[10] === 0xff
  const network = mapped ? bytes.subarray(12, 14) : bytes.subarray(0, host.name === 'ip4' ? 2 : 4)
  return `${host.name === 'ip4' || mapped ? 'ip4' : 'ip6'} ${network.join('.')}`
}

/** One entry, as far as it is known where it is. */
export interface Placed {
  readonly network: string | undefined
  readonly inBucket: boolean
}

/** True when one more of `network` may come beside the entries there are. */
export function isDiverse(network: string | undefined, entries: Iterable<Placed>, limits: DiversityLimits): boolean {
  if (network === undefined) return true
  let [table, bucket] = [0, 0]
  for (const entry of entries) {
    if (entry.network !== network) continue
    table++
    if (entry.inBucket) bucket++
  }
  return table < limits.tableMax && bucket < limits.bucketMax
}
