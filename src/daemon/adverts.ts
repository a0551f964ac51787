/** The adverts of a relay process: its own, and those of others that it passes on (SPEC §6.6). */
import type { GossipSub } from '@libp2p/gossipsub'
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import type { Environment, Log } from '../environment.ts'
import { AdvertGossip } from '../placement/gossip.ts'
import { advertise } from '../relay/advertise.ts'
import type { RelayLimits } from '../relay/options.ts'
import type { MailboxRelay } from '../relay/service.ts'
import { versionOf } from './version.ts'

export interface Adverts {
  /** Relays whose adverts count now. */
  readonly count: () => number
  /** Ends with the signal. */
  readonly ended: Promise<void>
}

const none: Adverts = { count: () => 0, ended: Promise.resolve() }

/** Begins to advertise, until `signal` aborts; nothing where the node has no gossip. */
export function startAdverts(
  libp2p: Libp2p<{ relay: MailboxRelay; pubsub?: GossipSub }>,
  o: { privateKey: PrivateKey; limits: RelayLimits; env: Environment; log: Log; signal: AbortSignal }
): Adverts {
  const { pubsub, relay } = libp2p.services
  if (pubsub === undefined) return none
  const gossip = new AdvertGossip({ pubsub, env: o.env, log: o.log })
  const advertising = advertise({
    ...o,
    gossip,
    peerId: libp2p.peerId,
    addresses: () => libp2p.getMultiaddrs(),
    stats: () => relay.stats(),
    program: `libp2p-mailbox/${versionOf()}`.slice(0, 32)
  })
  return {
    count: () => gossip.book.count(o.env.now()),
    ended: advertising
      .catch((error: unknown) => {
        // a relay without adverts serves all the same
        o.log('error', 'adverts_ended', { error: String(error) })
      })
      .finally(() => {
        gossip.stop()
      })
  }
}
