/** One legal example or more of every message of messages.proto, from fixed keys. */
import { createTombstone } from '../../src/identity/tombstone.ts'
import * as m from '../../src/wire/messages.js'
import { bob, client, device, fixedBytes, nowHour, nowMs, peerOf, relays } from '../vectors/fixed.ts'
import { advertAt, challengeAnswer, locatorAt, receiptGroup, serial } from '../vectors/positive.ts'
import { bundleOf, configOf, recordOf } from './signed.ts'

export type Sample = readonly [name: string, bytes: Uint8Array]

const mailbox = bob.key
const hash = (name: string): Uint8Array => fixedBytes(name, 32)
const cursor = { epoch: fixedBytes('epoch', 16), seq: 7 }
const proof = m.Proof.encode({
  gate: fixedBytes('gate', 8),
  signature: fixedBytes('gate signature', 64),
  nonce: new Uint8Array(0)
})
const plain = { status: 100, retryAfterMs: 0, limit: 0 }

export async function requestsAndAnswers(): Promise<Sample[]> {
  const record = await recordOf(1, 'a message')
  const locator = (await locatorAt(nowMs)).bytes
  const bundle = (await bundleOf()).bytes
  const config = (await configOf()).bytes
  return [
    ...(await records(record)),
    ...(await documents()),
    ...locatorMessages(locator),
    ...depositMessages(record, locator, bundle, await receiptGroup(3)),
    ...ownerRequests(locator, bundle, config, await challengeAnswer(), await tombstone()),
    ...ownerAnswers(locator, bundle, record),
    ...syncMessages(locator, record, await tombstone())
  ]
}

async function tombstone(): Promise<Uint8Array> {
  return await createTombstone(bob, {
    ids: [hash('id 0'), hash('id 1')],
    dropAfterHour: nowHour + 300,
    issuedMs: nowMs
  })
}

async function records(record: m.Record): Promise<Sample[]> {
  const stored = { receivedMs: nowMs, ...record }
  const tbs = m.ToBeSigned.encode({
    uid: fixedBytes('uid', 16),
    createdMs: nowMs,
    contentType: 'text/plain',
    body: fixedBytes('body', 40),
    inReplyTo: hash('earlier'),
    returnLocator: (await locatorAt(nowMs)).bytes,
    subject: 'A subject',
    invitation: fixedBytes('token', 16),
    gate: hash('gate seed')
  })
  return [
    ['Record', m.Record.encode(record)],
    ['EnvelopeHeader', record.header],
    ['Inner', m.Inner.encode({ sender: client.key, authType: 1, auth: fixedBytes('auth', 64), tbs })],
    ['ToBeSigned', tbs],
    ['Proof', proof],
    ['StoredRecord', m.StoredRecord.encode(stored)],
    ['StoredRecord', m.StoredRecord.encode({ ...stored, proof })],
    [
      'LeftMailbox',
      m.LeftMailbox.encode({ sinceHour: nowHour, locator: hash('locator'), proved: ['a', 'b'], dropped: true })
    ]
  ]
}

async function documents(): Promise<Sample[]> {
  const payload = async (signed: Promise<{ bytes: Uint8Array }>): Promise<Uint8Array> => payloadOf((await signed).bytes)
  const signed = m.Tombstone.decode(await tombstone())
  const auth = await challengeAnswer()
  const [receipt] = await receiptGroup(3)
  const relay = { peerId: peerOf((relays[0] as (typeof relays)[number]).key), address: Uint8Array.of(4, 1, 2, 3, 4) }
  const term = { version: 1, token: fixedBytes('token', 16), expiresHour: nowHour + 100 }
  const validity = { notBeforeHour: nowHour, notAfterHour: nowHour + 24 }
  return [
    ['Locator', await payload(locatorAt(nowMs))],
    ['KeyBundle', await payload(bundleOf())],
    ['HostConfig', await payload(configOf())],
    ['RelayAdvert', await payload(advertAt(nowMs))],
    [
      'DeviceCertificate',
      m.DeviceCertificate.encode({ version: 1, device: device.key, scopes: 3, ...validity, serial })
    ],
    ['Invitation', m.Invitation.encode({ ...term, name: 'Bob', relays: [relay], gate: hash('gate seed') })],
    ['Tombstone', m.Tombstone.encode(signed)],
    ['TombstoneBody', signed.body],
    ['OwnerAuthBody', auth.body],
    ['Receipt', m.Receipt.encode(receipt as m.Receipt)],
    ['ReceiptBody', (receipt as m.Receipt).body]
  ]
}

/** The payload of a signed envelope: field 3 of it. */
function payloadOf(envelope: Uint8Array): Uint8Array {
  // key (36 bytes) and type (4 bytes) with their tags and lengths come before
  const at = 2 + 36 + 2 + 4 + 1
  const first = envelope[at] ?? 0
  const [length, start] = first < 128 ? [first, at + 1] : [(first & 127) | ((envelope[at + 1] ?? 0) << 7), at + 2]
  return envelope.slice(start, start + length)
}

function locatorMessages(locator: Uint8Array): Sample[] {
  const items = [0, 1, 2].map(n => ({ mailbox: hash(`mailbox ${n}`), seq: n + 1, digest: hash(`digest ${n}`) }))
  return [
    ['LocatorRequest', m.LocatorRequest.encode({ get: { mailbox } })],
    ['LocatorRequest', m.LocatorRequest.encode({ put: { locator } })],
    ['LocatorRequest', m.LocatorRequest.encode({ have: { items } })],
    ['LocatorResponse', m.LocatorResponse.encode({ ...plain, locator, want: [mailbox, hash('other')] })]
  ]
}

/** Every field says something. */
export const relayInfo: m.RelayInfo = {
  recordsPerMailbox: 10_000,
  bytesPerMailbox: 67_108_864,
  mailboxesFree: 5,
  classBytesMax: 262_144,
  ttlHoursMax: 720,
  draining: false,
  registration: 1,
  registrationBits: 22,
  strangersRecords: 64,
  strangersBytes: 2_097_152,
  peerDepositsPerSecond: 10,
  groupDepositsPerSecond: 20,
  mailboxDepositsPerSecond: 30
}

function depositMessages(record: m.Record, locator: Uint8Array, bundle: Uint8Array, receipts: m.Receipt[]): Sample[] {
  return [
    ['DepositRequest', m.DepositRequest.encode({ info: { mailbox } })],
    ['DepositRequest', m.DepositRequest.encode({ deposit: { record, fanOut: true, proof } })],
    [
      'DepositResponse',
      m.DepositResponse.encode({ ...plain, locator, bundle, relay: relayInfo, receipts: [], powBits: 20 })
    ],
    ['DepositResponse', m.DepositResponse.encode({ ...plain, receipts, powBits: 0 })]
  ]
}

function ownerRequests(
  locator: Uint8Array,
  bundle: Uint8Array,
  config: Uint8Array,
  auth: m.AuthCall,
  signed: Uint8Array
): Sample[] {
  const page = { mailbox, after: cursor, recordsMax: 10, bytesMax: 10_000 }
  const calls: m.OwnerRequest[] = [
    { challenge: {} },
    { auth },
    { register: { locator, bundle, config, invite: hash('invite'), nonce: fixedBytes('nonce', 8) } },
    { config: { mailbox, locator, bundle, config } },
    { status: { mailbox } },
    { pull: page },
    { ack: { mailbox, upTo: cursor } },
    { tombstone: { tombstone: signed } },
    { subscribe: { ...page, waitMs: 1_000 } }
  ]
  return calls.map(call => ['OwnerRequest', m.OwnerRequest.encode(call)])
}

function ownerAnswers(locator: Uint8Array, bundle: Uint8Array, record: m.Record): Sample[] {
  const answer = { ...plain, draining: false, powBits: 0 }
  const status: m.MailboxStatus = {
    records: 1,
    bytes: 2_000,
    oldestMs: nowMs,
    newestMs: nowMs,
    tombstones: 3,
    leaseUntilHour: nowHour + 100,
    unacked: 1,
    head: cursor,
    locator,
    bundle,
    strangersRecords: 1,
    strangersBytes: 2_000,
    gates: [{ gate: fixedBytes('gate', 8), records: 1, bytes: 2_000 }],
    refused: [{ status: 204, limit: 12, count: 3, lastMs: nowMs }]
  }
  const page = { next: cursor, records: [m.StoredRecord.encode({ receivedMs: nowMs, ...record })], more: true }
  const answers: m.OwnerResponse[] = [
    { ...answer, challenge: { nonce: hash('nonce') } },
    { ...answer, lease: { untilHour: nowHour + 100, recordsMax: 10_000, bytesMax: 67_108_864 } },
    { ...answer, mailbox: status },
    { ...answer, page },
    { ...answer, status: 201, locator }
  ]
  return answers.map(one => ['OwnerResponse', m.OwnerResponse.encode(one)])
}

function syncMessages(locator: Uint8Array, record: m.Record, signed: Uint8Array): Sample[] {
  const ranges = Uint8Array.of(0x61, 0, 0, 2, 0)
  const items = [
    { kind: 1, value: m.StoredRecord.encode({ receivedMs: nowMs, ...record }) },
    { kind: 2, value: signed },
    { kind: 3, value: locator }
  ]
  const calls: m.SyncRequest[] = [
    { hello: { salt: fixedBytes('salt', 16) } },
    { mailboxes: { ranges, first: true } },
    { items: { mailbox, ranges, first: true, locator, former: locator } },
    { want: { mailbox, ids: [hash('id 0'), hash('id 1')], noRecords: true } },
    { give: { mailbox, items } }
  ]
  return [
    ...calls.map((call): Sample => ['SyncRequest', m.SyncRequest.encode(call)]),
    [
      'SyncResponse',
      m.SyncResponse.encode({ ...plain, locator, salt: fixedBytes('salt', 16), ranges, items, served: 2 })
    ]
  ]
}
