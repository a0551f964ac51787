/** The text by which a person names a relay. A file of its own: a command line reads it long before it opens a mailbox. */
import { multiaddr } from '@multiformats/multiaddr'
import { MailboxError } from '../errors.ts'
import { peerBytes, peerText } from '../identity/peer.ts'
import type { PeerAddress } from '../wire/port.ts'

/** @throws MailboxError CONFIG unless `text` is a multiaddr that ends in `/p2p/<peer id>` */
export function parseRelay(text: string): PeerAddress {
  try {
    const address = multiaddr(text)
    const last = address.getComponents().at(-1)
    if (last?.name === 'p2p' && last.value !== undefined) {
      const id = peerText(peerBytes(last.value))
      const rest = address.toString().slice(0, -`/p2p/${last.value}`.length)
      return { id, addresses: rest === '' ? [] : [rest] }
    }
  } catch (cause) {
    throw new MailboxError('CONFIG', `"${text}" is not a relay address.`, { cause })
  }
  throw new MailboxError('CONFIG', `"${text}" names no relay: it must end in /p2p/ and a peer id.`)
}
