/** The peer id text of who asks on a stream, worked out once. */
import { peerText } from '../identity/peer.ts'
import type { Session } from '../wire/port.ts'

const textOf = Symbol('peer id text')

export function callerOf({ remotePeer, state }: Pick<Session, 'remotePeer' | 'state'>): string {
  const known = state.get(textOf)
  if (typeof known === 'string') return known
  const text = peerText(remotePeer)
  state.set(textOf, text)
  return text
}
