/** libp2p-mailbox/relay: a relay as a service of your own libp2p node. */
export { mailboxRelay, MailboxRelay, type MailboxRelayComponents, type MailboxRelayInit } from './service.ts'
export type { Database } from './database.ts'
export { defaultLimits, diskLevels, type DiskLevel, type Metric, type Observe, type RelayLimits } from './options.ts'
export type { RelayStats } from './relay.ts'
export { advertise, type AdvertiseInit } from './advertise.ts'
export { AdvertBook, type Hint } from '../placement/adverts.ts'
export { AdvertGossip, relayGossip, type AdvertGossipInit } from '../placement/gossip.ts'
export { kadProtocol, knownThrough, privateDht, type Closest } from '../placement/dht.ts'
