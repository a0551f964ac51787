/** The libp2p node of a relay process. */
import type { PrivateKey } from '@libp2p/interface'
import { createLibp2p } from 'libp2p'
import { groupConnectionBurstMax, groupConnectionsPerSecondMax } from '../limits.ts'
import { privateDht } from '../placement/dht.ts'
import { relayGossip } from '../placement/gossip.ts'
import { defaultLimits, type RelayLimits } from '../relay/options.ts'
import {
  mailboxRelay,
  type MailboxRelay,
  type MailboxRelayComponents,
  type MailboxRelayInit
} from '../relay/service.ts'
import { Account, ranks, type Rank } from '../wire/account.ts'
import { Door, type WireObserve } from '../wire/door.ts'
import { libp2pDefaults } from '../wire/libp2p.ts'
import { defaultPlaceLimits, type PlaceLimits } from '../wire/places.ts'
import type { RelayConfig } from './config.ts'
import type { NodeDatastore } from './datastore.ts'

/** Of new connections of one group, beside a rate that an operator has set. */
const burstFactor = groupConnectionBurstMax / groupConnectionsPerSecondMax

export const createRelayNode = async (
  config: RelayConfig,
  privateKey: PrivateKey,
  datastore: NodeDatastore,
  init: MailboxRelayInit & { readonly onCensus?: (() => void) | undefined }
) => {
  const { listen, announce, memoryBytesMax, groupConnectionsPerSecondMax: perSecond } = config
  // the relay is made with the node that it is asked for
  const made: { relay?: MailboxRelay } = {}
  const rankOf = (peer: string): Rank => (made.relay?.sharesWith(peer) === true ? ranks.replica : ranks.stranger)
  const observe: WireObserve = (what, label) => init.observe?.(what, 1, label)
  const limits: PlaceLimits = {
    ...defaultPlaceLimits,
    connections: config.connectionsMax,
    perGroup: config.connectionsPerGroupMax,
    rate: { perSecond, burst: burstFactor * perSecond }
  }
  const door = new Door({ limits, rankOf, observe })
  const defaults = libp2pDefaults({
    listen,
    announce,
    account: new Account({ memoryBytesMax, onCensus: init.onCensus }),
    door,
    observe
  })
  return await createLibp2p({
    ...defaults,
    privateKey,
    datastore,
    services: {
      ...defaults.services,
      ...(config.gossip ? { pubsub: relayGossip() } : {}),
      dht: privateDht({ clientMode: false }),
      relay: (components: MailboxRelayComponents) => (made.relay = mailboxRelay(init)(components))
    }
  })
}

export type RelayLibp2p = Awaited<ReturnType<typeof createRelayNode>>

export const limitsOf = (config: RelayConfig): RelayLimits => ({
  ...defaultLimits,
  recordsPerMailbox: config.recordsPerMailboxMax,
  bytesPerMailbox: config.bytesPerMailboxMax,
  mailboxes: config.mailboxesMax,
  strangersRecords: config.strangersRecordsMax,
  strangersBytes: config.strangersBytesMax,
  depositsPerSecond: config.depositsPerSecondMax,
  peerDepositsPerSecond: config.peerDepositsPerSecondMax,
  groupDepositsPerSecond: config.groupDepositsPerSecondMax,
  mailboxDepositsPerSecond: config.mailboxDepositsPerSecondMax,
  peerBytesPerSecond: config.peerBytesPerSecondMax,
  requestsPerSecond: config.requestsPerSecondMax,
  registration: config.registration,
  registrationBits: config.registrationBits,
  registrationsPerHour: config.registrationsPerGroupMax
})
