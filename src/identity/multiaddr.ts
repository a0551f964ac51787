/**
 * Addresses of relays as bytes and as text: multiaddrs, short ones. What reads a multiaddr makes text of it, base58 among
 * others, whose cost is the square of its length: measured, 50 ms for one that fills a locator (SPEC §4.2 check 4).
 */
import { multiaddr } from '@multiformats/multiaddr'
import { MailboxError } from '../errors.ts'
import { addressBytesMax } from '../limits.ts'

/** @throws MailboxError DESCRIPTOR when these bytes are no multiaddr, or more than `addressBytesMax` */
export function multiaddrText(bytes: Uint8Array): string {
  return checked(bytes.length, () => multiaddr(bytes).toString())
}

/** @throws MailboxError DESCRIPTOR when this text is no multiaddr, or one of more than `addressBytesMax` bytes */
export function multiaddrBytes(text: string): Uint8Array {
  const bytes = checked(0, () => multiaddr(text).bytes)
  return checked(bytes.length, () => bytes)
}

/** Can it be put into a locator, an advert, an invitation? */
export function isShortMultiaddr(text: string): boolean {
  try {
    return multiaddrBytes(text).length > 0
  } catch {
    // the question was whether
    return false
  }
}

function checked<T>(length: number, read: () => T): T {
  if (length > addressBytesMax) {
    throw new MailboxError('DESCRIPTOR', `An address of a relay has at most ${addressBytesMax} bytes.`, {
      limit: 'addressBytesMax'
    })
  }
  try {
    return read()
  } catch (cause) {
    throw new MailboxError('DESCRIPTOR', 'An address of a relay is not a multiaddr.', { cause })
  }
}
