/**
 * Where an encrypted connection comes from: a muxer is given the encrypted stream alone, which knows neither the address
 * nor the peer at its other end.
 */
import type { MessageStream, MultiaddrConnection, PeerId } from '@libp2p/interface'
import { groupOf } from './group.ts'

export interface Origin {
  readonly peer: PeerId
  /** As `groupOf` has it; undefined: not known. */
  readonly group: string | undefined
  /** What carries the encrypted bytes. */
  readonly carrier: MessageStream
}

/** An entry goes with its connection. */
const origins = new WeakMap<MessageStream, Origin>()

export function rememberOrigin(secured: MessageStream, carrier: MessageStream, peer: PeerId): void {
  const { remoteAddr } = carrier as Partial<MultiaddrConnection>
  origins.set(secured, { peer, carrier, group: remoteAddr === undefined ? undefined : groupOf(remoteAddr) })
}

export function originOf(secured: MessageStream): Origin | undefined {
  return origins.get(secured)
}
