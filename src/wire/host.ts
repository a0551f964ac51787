/** The IP address that a multiaddr begins with, for whoever tells networks apart. Pure. */
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'

/** Undefined: addresses come from strangers, and one that cannot be read says nothing about where a peer stands. */
export function readMultiaddr(text: string): Multiaddr | undefined {
  try {
    return multiaddr(text)
  } catch {
    return undefined
  }
}

/** 4 bytes or 16; undefined where the address is not over IP, or is a name. */
export function hostBytes(address: Multiaddr): Uint8Array | undefined {
  const host = address.getComponents().find(({ name }) => name !== 'ip6zone')
  if (host?.name !== 'ip4' && host?.name !== 'ip6') return undefined
  // one byte of protocol code, then the address
  return multiaddr(`/${host.name}/${host.value}`).bytes.subarray(1)
}

/** The 4 bytes of an IPv4 address that is written as IPv6, ::ffff:0:0/96; others as they are. */
export function unmapped(host: Uint8Array): Uint8Array {
  const isMapped = host.length === 16 && host.subarray(0, 10).every(byte => byte === 0)
  return isMapped && host[10] === 0xff && host[11] === 0xff ? host.subarray(12) : host
}
