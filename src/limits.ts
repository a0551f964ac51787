/**
 * Every bound and default, with its unit in its name and its reason beside it. SPEC §11 and the README's table are
 * checked against this file by a test. What QUOTA and BUSY answers carry on the wire is in limitnames.ts.
 */
const KiB = 1024
const MiB = 1024 * KiB

// Records (SPEC §3)
/** Legal plaintext sizes: doubling ladder, so that a relay learns one of nine sizes and nothing finer. */
export const ladderBytes = [1, 2, 4, 8, 16, 32, 64, 128, 256].map(n => n * KiB) as readonly number[]
/** AEAD tag of ChaCha20-Poly1305. */
export const tagBytes = 16
/** Largest body of one message: the top of the ladder less room for the inner layout, a certificate and a locator (SPEC §3.5). */
export const bodyBytesMax = 252 * KiB
export const contentTypeBytesMax = 64
export const headerBytesMax = 128
export const subjectBytesMax = 1 * KiB
/** Sender's clock and relay's clock may differ by this much, one hour each way. */
export const clockSkewHours = 1
export const ttlHoursMin = 1
export const ttlHoursDefault = 14 * 24
export const ttlHoursMax = 30 * 24

// Admission (SPEC §7.6)
/** Largest record of a stranger, and its longest time to live, unless the owner says otherwise. */
export const strangersClassBytesMax = 4 * KiB
export const strangersTtlHoursMax = 7 * 24
/** Zero bits at the start of a stranger's stamp, unless the owner says otherwise: 2^20 hashes on average. */
export const powBitsDefault = 20
export const powBitsMax = 32
/** Bits that relays ask for beyond the owner's while the strangers lane fills. */
export const strangersRiseBitsMax = 4
/** Times the hashes that a stamp takes on average, after which its solver gives up: one in e^64 gets there. */
export const stampTriesMax = 64
/** Of the stamp that opens a mailbox where anybody may. */
export const registrationBitsDefault = 22
/** An encoded proof: a gate's id and signature, or a stamp. */
export const proofBytesMax = 128
/** Gates of one mailbox, revoked ones included until what they let in has expired. */
export const gatesMax = 32
/** Percent of a mailbox's limits that the records of one gate may take. */
export const gateShareDefault = 50
/** Gates of which a relay holds something at the same time, those that have left the bundle included. */
export const gatesHeldMax = 64
/** Signatures of gates that a relay checks at the same time: the threads that do it are the disk's as well. */
export const gateChecksAtOnceMax = 2
/** And those that wait for that; beyond it a relay answers BUSY. */
export const gateChecksWaitingMax = 4_096
/** When a deposit that found its mailbox or its lane full may be tried again. */
export const quotaRetryMs = 5_000

// Placement (SPEC §6)
export const relaysActiveDefault = 3
export const relaysActiveMax = 5
export const relaysStandbyMax = 2
export const relayAddressesMax = 3
/** A multiaddr in a locator, advert or invitation; a DNS name of 110 characters fits. */
export const addressBytesMax = 128
/** The locator neighbourhood: this many relays closest to the mailbox hold its locator. */
export const neighbourhoodRelays = 20
/** Of these at most this many on one network, an IPv4 /16 or IPv6 /32 of public addresses, where there are others. */
export const neighbourhoodPerNetwork = 4
/** A locator read wants this many answers before it believes the highest seq, where there are that many relays. */
export const locatorAnswersWanted = 5
/** A locator write is good when this many of the neighbourhood took it (or more than half, where that is fewer). */
export const locatorCopiesWanted = 8
export const locatorBytesMax = 2 * KiB
export const bundleBytesMax = 8 * KiB
export const configBytesMax = 16 * KiB
/** A relay keeps a locator when it sees itself among this many closest. */
export const locatorAcceptRelays = 40
export const locatorsHeldMax = 1_000_000
export const haveItemsMax = 1_024
/** What one relay of the neighbourhood gets for one question, dialling included; others answer meanwhile. */
export const locatorCallMs = 3_000
/** Once a read has enough equal answers, how long it still waits for the others: liars may be faster than honest relays. */
export const locatorGraceMs = 300
/** Finds and publishes of one node that run side by side; each is two DHT lookups and up to 40 calls. */
export const lookupsAtOnceMax = 16
/** Finds and publishes that wait for their turn; beyond it the node answers BUSY to itself. */
export const lookupsWaitingMax = 1_024
/** Locator writes a relay takes from one stream: a verification each, and a daily sweep of a large relay must pass. */
export const locatorPutsPerSecondMax = 20
export const locatorPutBurstMax = 200
/** A relay offers the locators it holds to the relays closest to each this often, half of it more or less by chance. */
export const sweepEveryMs = 24 * 60 * 60_000
/** It looks this often whether its neighbours have changed, and then offers them at once. */
export const sweepCheckMs = 60 * 60_000
/** Locators for which the closest relays are worked out at a time. */
export const sweepBatchMax = 1_024
/** Locators that one relay is sent in one sweep, whatever it wants. */
export const sweepPutsPerRelayMax = 10_000
/** Pauses that one relay is given in one request, and how long each may be. */
export const sweepPausesMax = 5
export const sweepPauseMsMax = 10_000
/** One message of the DHT, and messages of one stream: kad-dht sends one. */
export const kadFrameBytesMax = 64 * KiB
export const kadFramesMax = 32
/** Entries of one network in the routing table, and in one bucket of it: an IPv4 /16 or IPv6 /32, private ones exempt. */
export const networkEntriesMax = 3
export const networkBucketEntriesMax = 2
/** Addresses kept of one relay that the DHT named. */
export const dialAddressesMax = 8
/** A client that finds fewer relays than a new mailbox wants looks this often, with a pause between. */
export const chooserLooksMax = 3
export const chooserPauseMs = 1_000
/** A signed advert of a relay (SPEC §6.6). */
export const advertBytesMax = 1 * KiB
/** A relay says again what it offers, besides when that changes. */
export const advertEveryMs = 1_800_000
/** An advert counts for this long: four times missed, and its relay is no candidate by it. */
export const advertValidMs = 7_200_000
/** A relay leaves this much between two adverts; who passes them on drops one that comes after less than half of it. */
export const advertSpacingMs = 10_000
/** While fewer neighbours than this had subscribed, one more is a reason to say it again: who joins a young network hears of it. */
export const advertNeighboursFew = 6
/** A relay looks this often whether what it says of itself has changed. */
export const advertLookMs = 1_000
/** Adverts that a node remembers, one for each relay. */
export const advertsHeldMax = 1_000
/** Adverts taken from one peer, averaged: each is a signature to check. */
export const advertsPerSecondMax = 10
/** Adverts from one peer at once. */
export const advertBurstMax = 100
/** One frame of gossip. */
export const gossipFrameBytesMax = 64 * KiB
export const locatorValidHours = 90 * 24
export const locatorValidHoursMax = 100 * 24
export const bundleValidHours = 90 * 24
/** A sender trusts a cached locator or bundle this long. */
export const cacheHours = 24
export const cachedMailboxesMax = 10_000
export const dialTimeoutMs = 5_000
export const lookupTimeoutMs = 15_000

// Identity care (SPEC §2.4, §2.5)
/** What scrypt may take to open a key file: twice the default, so that a hostile file costs little. */
export const keyFileMemoryBytesMax = 256 * MiB
/** N · r · p of a key file: four times the default. */
export const keyFileWorkMax = 4_194_304
/** Of UTF-8. */
export const passphraseBytesMax = 1_024
/** 24 words of at most 8 letters, and room for white space. */
export const phraseCharactersMax = 1_024

/** What a wallet gets for one answer: a person may have to find it and press a button. */
export const walletAnswerMs = 120_000

// Prekeys (SPEC §4.7)
export const prekeyRotationHours = 7 * 24
export const prekeyValidHours = 30 * 24
export const bundleKeysMax = 8
export const devicesMax = 16
export const deviceValidHoursMax = 366 * 24
/** Identity keys whose point check and native key are remembered: a check costs milliseconds, an entry about a kilobyte. */
export const identityKeysCachedMax = 10_000
/** Receipt group roots whose signature has been checked: one check serves every receipt of a commit group. */
export const receiptRootsMax = 1_024
/** Leaves under one receipt root; the path of a receipt holds at most 16 hashes. */
export const receiptLeavesMax = 65_536

// Exchange (SPEC §5)
/** One request or response, length prefix excluded: the largest record with its header, enc and proof fits. */
export const frameBytesMax = 288 * KiB
/** Requests a caller keeps in flight on one stream; a responder pauses reading beyond it. */
export const inFlightMax = 256
/** Bytes a responder buffers for one stream before it stops reading from it. */
export const readBufferBytesHigh = 1 * MiB
export const readBufferBytesLow = 256 * KiB
export const yamuxWindowBytes = 1 * MiB
export const yamuxReadBufferBytes = 2 * MiB
/** Window given back to a sender at once: a quarter of yamux's initial window, so that it never runs dry. */
export const windowGrantBytes = 64 * KiB
export const streamsPerPeerMax = 8
/** Streams of one connection, whatever their protocols: the muxer resets one more before anything is negotiated. */
export const streamsPerConnectionMax = 64
/** Streams opened before a new connection is ready for them, more than there are protocols; one more ends it. */
export const earlyStreamsMax = 32
/** Streams that one connection opens, averaged: each is a negotiation, some 2 ms, whatever becomes of it. */
export const streamOpensPerSecondMax = 50
/** And at once: a search of the DHT opens one for each question. */
export const streamOpenBurstMax = 500
/** Streams that the connections of one group open together, averaged. */
export const groupStreamOpensPerSecondMax = 100
export const groupStreamOpenBurstMax = 1_000
/** Streams that a connection may open whatever the others of its group do, averaged. */
export const streamOpensPerSecondMin = 2
export const streamOpenBurstMin = 10
/** Opens that are refused before their connection is ended. */
export const streamRefusalsMax = 200
/** Pings of the muxer that are answered to one connection, averaged: honest ends send one in half a minute. */
export const muxerPingsPerSecondMax = 5
export const muxerPingBurstMax = 20
/** Connections from one group, open or being negotiated: a household or an office, and not a botnet. */
export const connectionsPerGroupMax = 64
/** New connections from one group, averaged: each is a handshake, some 2 ms, whatever becomes of it. */
export const groupConnectionsPerSecondMax = 10
/** And at once. */
export const groupConnectionBurstMax = 100
/** Of `connectionsMax`, percent that are kept for relays which share a mailbox with this one, */
export const replicaPlacesPercent = 10
/** and for those and peers that have proved to own a mailbox here. */
export const ownerPlacesPercent = 10
/** Peers that have proved to own a mailbox, remembered. */
export const ownersKnownMax = 10_000
/** A connection without a stream is ended after this long; */
export const connectionIdleMs = 120_000
/** a relay looks this often. */
export const placesLookMs = 1_000
/** Groups of network addresses of which something is remembered. */
export const groupsKnownMax = 4_096
/** What a relay holds in memory at worst, whatever its peers do (SPEC §5.6). */
export const memoryBytesMax = 768 * MiB
/** Of that: the process itself with what it keeps of its own mailboxes, and what waits for a collection of garbage. */
export const baseBytes = 320 * MiB
/** A connection: its socket, noise, muxer and listeners. Measured, as the next three are: 67 KiB (SPEC §5.6). */
export const connectionCostBytes = 96 * KiB
/** A connection that is not negotiated yet, 48 KiB, its messages of noise and of a WebSocket, and a socket that is none yet. */
export const pendingCostBytes = 320 * KiB
/** A stream that holds nothing: 13 KiB. */
export const streamCostBytes = 16 * KiB
/** A request in service, besides its bytes: 9 KiB. */
export const requestCostBytes = 12 * KiB
/** What is held for remote ends is counted at least this often, by the bytes that move and by time. */
export const censusBytes = 8 * MiB
export const censusMs = 250
/** A relay that has much resident collects its garbage, and not again for so long: it takes some 50 ms. */
export const collectEveryMs = 1_000
/** When nobody holds more than a share and there is still too much, the largest is cut after this long. */
export const accountPressedMs = 2_000
/** Large answers that are made for one connection, together with those it has not taken yet; the next waits. */
export const connectionReservedBytesMax = 4 * MiB
/** What leaves in `requestDeadlineMs` of answers that a stream keeps, at least: a peer that takes less is cut. */
export const unreadBytesMin = 64 * KiB
/** Connections that are being negotiated. */
export const pendingConnectionsMax = 64
/** One message of a WebSocket, kept until it is whole: twice what noise puts into one. */
export const webSocketMessageBytesMax = 128 * KiB
/** Noise, muxer and identity of a new connection; the protocol of a new stream. */
export const negotiationMs = 5_000
export const requestDeadlineMs = 10_000
/** A stream without a request in flight is closed after this long. */
export const streamIdleMs = 10 * 60_000
export const connectionsMax = 1_000

// Deposit (SPEC §7)
/** A client sends under a libp2p key of its own until it has sent nothing for this long, and the next time under another. */
export const sendingIdleMs = 5_000
/** Dials, searches and calls under one such key; those that are more are the next one's. */
export const sendingCallsMax = 1_024
/** Such keys in use at a time; while there are so many, the newest goes on. */
export const sendingNodesMax = 4
/** How long a sender waits for W receipts from the coordinator before it goes to the other relays itself. */
export const coordinatorWaitMs = 3_000
/** How long a coordinator waits for its co-replicas; shorter than the sender's patience. */
export const fanOutWaitMs = 2_000
/** Once W receipts are in, how long a coordinator still waits for the others, so that the sender learns of all copies. */
export const fanOutGraceMs = 150

// Repair (SPEC §9.5 to §9.8)
/** One reconciliation message. */
export const reconcileBytesMax = 64 * KiB
/** Items of a set that is listed at once: a second round would cost more. */
export const reconcileListMax = 64
/** Questions of one reconciliation; what is not known by then is the next repair's. */
export const reconcileRoundsMax = 16
/** Ids of one WANT. */
export const wantIdsMax = 1_024
/** Items of one GIVE, or of one answer to WANT, and their bytes; one item is always legal. */
export const giveItemsMax = 256
export const giveBytesMax = 256 * KiB
/** A record or tombstone that another replica lacks is pushed after this long, doubling up to the second while it fails. */
export const repairRetryMsMin = 1_000
export const repairRetryMsMax = 10 * 60_000
/** Owners and senders tell every relay themselves: a relay asks the others what they missed after this long. */
export const repairSettleMs = 10_000
/** From one repair of everything to the next, half of it more or less by chance. */
export const repairEveryMs = 60 * 60_000
export const repairsAtOnceMax = 8
/** Relays to which a relay repairs; mailboxes with more distant company are repaired by those relays. */
export const repairPeersMax = 1_000
/** Mailboxes waiting to be pushed to one relay; beyond it everything is compared. */
export const repairMailboxesMax = 10_000
/** Reconciliation questions of one stream, averaged and at once: each may look at a whole mailbox. */
export const reconcilesPerSecondMax = 100
export const reconcileBurstMax = 2_000
/** Sets that a relay builds or compares for others at the same time, and those that may wait: each is a scan. */
export const reconcilesAtOnceMax = 2
export const reconcilesWaitingMax = 256
/** Of everything with one relay; what is left is the next repair's. */
export const repairDeadlineMs = 5 * 60_000
/** Failures after which a relay is left to the next hourly repair. */
export const repairAttemptsMax = 10

// Relay (SPEC §9)
export const recordsPerMailboxMax = 10_000
export const bytesPerMailboxMax = 64 * MiB
/** Ids of removed records remembered for one mailbox, until their expiry. */
export const tombstonesPerMailboxMax = 100_000
export const mailboxesMax = 100_000
export const leaseHours = 90 * 24
/** After the end of its lease a mailbox can still be read and renewed for this long; then it is dropped. */
export const leaseGraceHours = 30 * 24
/** A pull renews a lease that this much of is gone: one write in a day, not one for each pull. */
export const leaseRenewHours = 24
/** An invite of a relay's operator (SPEC §8.2), unless the operator says otherwise, and at most. */
export const inviteHoursDefault = 14 * 24
export const inviteHoursMax = 90 * 24
/** Invites of relays that a client is given at a time, and keeps. */
export const invitesGivenMax = 16
/** Times that a relay may ask for more bits of one registration. */
export const stampAsksMax = 3
/** Invites that one command makes. */
export const inviteCountMax = 1_000
/** Used invites that a relay remembers, until they expire; beyond it none opens a mailbox. */
export const invitesUsedMax = 100_000
/** Mailboxes that one group opens at a relay in an hour, averaged and at once. */
export const registrationsPerHourMax = 100
/** Groups whose registrations a relay counts; one more, and the one that came longest ago is as new. */
export const registrationGroupsMax = 10_000
/** Of the file of those who may open a mailbox: some 200,000 addresses. */
export const allowListBytesMax = 16 * MiB
/** Deposits waiting for the disk; beyond it a relay answers BUSY. */
export const commitQueueMax = 4_096
export const commitQueueBytesMax = 64 * MiB
/** Records and tombstones of one commit group. */
export const commitGroupMax = 512
/** Openings of its store whose cursors a relay honours. */
export const storeRunsMax = 64
/** A relay that a mailbox has left answers with its new locator for this long. */
export const movedHours = 30 * 24
/** And keeps what it holds of it for this long at least. */
export const leftHoursMin = 48
// Rates (SPEC §9.12), each averaged
/** Deposits of all senders. Twice as many at once, as of groups and mailboxes. */
export const depositsPerSecondMax = 1_000
/** Of one peer; two and a half times as many at once. */
export const peerDepositsPerSecondMax = 20
/** Of the peers of one group, an IPv4 address or an IPv6 /56. */
export const groupDepositsPerSecondMax = 50
/** To one mailbox: from contacts, and as many from strangers. */
export const mailboxDepositsPerSecondMax = 100
/** What a group has of them, however much others want, and at once. */
export const depositFloorPerSecond = 1
export const depositFloorBurst = 5
/** Requests of one peer. */
export const peerBytesPerSecondMax = 4 * MiB
/** Requests of one peer, counted by what they cost: about 25 microseconds each. Five times as many at once. */
export const requestsPerSecondMax = 200
/** What a group has of them, however much others want, and at once: several AUTHs. */
export const requestFloorPerSecond = 10
export const requestFloorBurst = 50
/** AUTHs that fail, of the peers of one group; `unauthenticatedCallsMax` at once. */
export const authFailuresPerSecondMax = 1
/** Peers, groups and mailboxes whose rates are remembered, of each so many: those used last. */
export const ratesHeldMax = 10_000
/** Mailboxes of which a relay remembers what senders were refused. */
export const refusalsHeldMax = 10_000
/** Records of strangers that wait in one mailbox, besides those of contacts. */
export const strangersRecordsMax = 64
export const strangersBytesMax = 2 * MiB
/** Calls an owner stream may make before it has authenticated. */
export const unauthenticatedCallsMax = 10
export const mailboxesPerStreamMax = 64
export const sessionHoursMax = 24
/** Rows that were not sound and are kept to be looked at; what more is found is only counted. */
export const quarantinedMax = 1_000
/** Mailboxes in which a corrupt row was met and that wait to be mended. */
export const suspectsMax = 1_000
/** What one look of a sweep at the store reads: 10 GiB in about eleven hours, a third of a percent of a processor. */
export const scrubBytesMax = 16 * MiB
export const scrubMailboxesMax = 1_000
/** From the end of one look at everything to the next. */
export const scrubEveryMs = 6 * 60 * 60_000
/** LevelDB's own repairs of one process; a store that needs more is to be looked at by somebody. */
export const salvagesMax = 3
/** Free on the disk: with less, new records, mailboxes and locators are refused. LevelDB compacts in what is left. */
export const diskFreeBytesMin = 256 * MiB
/** Percent of the disk in use: from the first on no mailbox is opened, from the second on nothing of strangers is taken, */
export const diskNoMailboxesPercent = 85
export const diskNoStrangersPercent = 92
/** and from the third on nothing but what owners do. */
export const diskOwnersOnlyPercent = 97
/** Opening a store writes its log once more, up to twice the 16 MiB of a write buffer; acks need some besides. */
export const ballastBytes = 64 * MiB
export const diskCheckMs = 1_000
/** When a deposit that found the disk nearly full may be tried again: somebody has to see to it. */
export const diskRetryMs = 10 * 60_000
/** A store that failed is opened again after this long, doubling up to the second while it does not open. */
export const storeReopenMsMin = 1_000
export const storeReopenMsMax = 60_000
export const expirySweepMs = 60_000
export const expirySweepRecords = 1_000
export const stopDeadlineMs = 10_000

// Daemon
/** Of one request to health or metrics, its headers and its idle connection. */
export const adminTimeoutMs = 5_000
export const adminHeaderBytesMax = 8 * KiB
/** A relay that reaches none of its bootstrap relays tries again after this long, doubling up to the second. */
export const joinRetryMsMin = 1_000
export const joinRetryMsMax = 60_000
/** A running relay looks this often whether its operator wants it to leave. */
export const drainLookMs = 1_000

// Owner (SPEC §8)
export const pullRecordsMax = 256
/** One page; a page always holds at least one record. */
export const pullBytesMax = 256 * KiB
export const tombstoneIdsMax = 1_024
/** A signed tombstone: its ids, and room for a device certificate. */
export const tombstoneBytesMax = 36 * KiB
export const subscribeWaitMsMax = 60_000

// Client (SPEC §10)
export const listLimitDefault = 100
export const listLimitMax = 10_000
/** Messages that one call marks or deletes: one batch. */
export const idsPerCallMax = 1_000
/** Events that a watch can be given again, of messages that came and of those sent; what is deleted goes with its event. */
export const eventsMax = 50_000
export const eventsHours = 7 * 24
/** A pause that a relay asks for, and so many of them, are waited for within an attempt; */
export const ratePauseMsMax = 1_000
export const ratePausesMax = 10
/** and so many deposits wait for one relay: what more there is waits in the outbox. */
export const rateWaitingMax = 16
export const outboxRetryMsMin = 1_000
export const outboxRetryMsMax = 10 * 60_000
export const watchBufferMax = 1_000
/** Watches of one mailbox at a time; each keeps one SUBSCRIBE open per relay. */
export const watchesMax = 8
/** How often a watch looks whether the mailbox is to be renewed; what failed is tried again then. */
export const renewLookMs = 3_600_000
/** After no relay was found in the place of one that is leaving, until it is tried again. */
export const moveRetryMs = 600_000
/** Changes of relays whose former ones may still hold mail; a change more is refused until it is collected. */
export const formerLocatorsMax = 8
/** Messages in the outbox, failed and expired ones included until they are removed. */
export const outboxMessagesMax = 10_000
/** Failed and expired ones among them; with one more the one that ended first goes. */
export const outboxFinishedMax = 1_000
/** What is remembered of the attempts to store one message, newest ones. */
export const attemptsKeptMax = 50
/** Handle of a message that is not sealed yet; shown as twice as many hex digits. */
export const handleBytes = 16
/** Messages deposited at the same time. */
export const outboxAtOnce = 4
/** A contact's name, UTF-8. */
export const contactNameBytesMax = 128
/** Contacts; a name and an address each. */
export const contactsMax = 10_000
/** Blocked addresses. */
export const blockedMax = 10_000
/** Addresses that are known without being contacts: beyond it one is forgotten, and its next message is a request. */
export const knownMax = 10_000
/** Requests; what more comes from unknown senders is left on the relays until there is room. */
export const requestsMax = 1_000
/** Requests of one sender. */
export const requestsPerSenderMax = 20
/** Requests that are known to wait on the relays. */
export const requestsWaitingMax = 10_000
/** Invitations that are open, or were not long ago. */
export const invitationsMax = 100
/** Relays that an invitation names, one address each. */
export const invitationRelaysMax = 3
/** The text of an invitation: fits a QR code that a telephone reads. */
export const invitationCharsMax = 1_024
export const invitationHoursDefault = 14 * 24
export const invitationHoursMax = 90 * 24

export * from './limitnames.ts'
