/**
 * Where the entries of a routing table may come from: whoever has many addresses of one network, which is cheap, shall
 * not have the table. SPEC §6.1. Pure.
 */
import { isPrivate } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import { hostBytes, unmapped } from '../wire/host.ts'

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
  const host = hostBytes(address)
  if (host === undefined || isPrivate(address)) return undefined
  const bytes = unmapped(host)
  return bytes.length === 4 ? `ip4 ${bytes.subarray(0, 2).join('.')}` : `ip6 ${bytes.subarray(0, 4).join('.')}`
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
