/**
 * The group of a remote end: the part of its network address that costs money to change. An IPv4 address, or the /56 of
 * an IPv6 address, which one subscriber has whole (SPEC §9.12). Pure.
 */
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'

/**
 * As the text "203.0.113.7" or "2001:db8:1:aa00::/56". Undefined where the address is not the other end's own: relayed,
 * or not over IP.
 */
export function groupOf(address: Multiaddr): string | undefined {
  const components = address.getComponents()
  if (components.some(({ name }) => name === 'p2p-circuit')) return undefined
  const host = components.find(({ name }) => name !== 'ip6zone')
  if (host?.name !== 'ip4' && host?.name !== 'ip6') return undefined
  // one byte of protocol code, then the address
  const bytes = multiaddr(`/${host.name}/${host.value}`).bytes.subarray(1)
  if (host.name === 'ip4') return bytes.join('.')
  if (isMapped(bytes)) return bytes.subarray(12).join('.')
  const part = (at: number): string => (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16)
  const last = ((bytes[6] ?? 0) << 8).toString(16)
  return `${part(0)}:${part(2)}:${part(4)}:${last}::/56`
}

/** An IPv4 address as IPv6: ::ffff:0:0/96. */
function isMapped(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 10).every(byte => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
}
