/**
 * The group of a remote end: the part of its network address that costs money to change. An IPv4 address, or the /56 of
 * an IPv6 address, which one subscriber has whole (SPEC §9.12). Pure.
 */
import type { Multiaddr } from '@multiformats/multiaddr'
import { hostBytes, unmapped } from './host.ts'

/**
 * As the text "203.0.113.7" or "2001:db8:1:aa00::/56". Undefined where the address is not the other end's own: relayed,
 * or not over IP.
 */
export function groupOf(address: Multiaddr): string | undefined {
  if (address.getComponents().some(({ name }) => name === 'p2p-circuit')) return undefined
  const host = hostBytes(address)
  if (host === undefined) return undefined
  const bytes = unmapped(host)
  if (bytes.length === 4) return bytes.join('.')
  const part = (at: number): string => (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16)
  const last = ((bytes[6] ?? 0) << 8).toString(16)
  return `${part(0)}:${part(2)}:${part(4)}:${last}::/56`
}
