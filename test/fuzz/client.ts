/**
 * A real client of fixed keys, on a clock and a chance of its own, whose three relays answer what they are told to: its
 * mailbox is open on them, and so is that of Alice, whom it writes to. What nobody says otherwise they answer honestly.
 */
import { MemoryLevel } from 'memory-level'
import { Mailbox } from '../../src/client/mailbox.ts'
import type { Environment } from '../../src/environment.ts'
import { Status } from '../../src/errors.ts'
import { signBundle } from '../../src/identity/bundle.ts'
import { signLocator } from '../../src/identity/locator.ts'
import { peerText } from '../../src/identity/peer.ts'
import { lastResortPrekey } from '../../src/identity/prekey.ts'
import { signReceipts } from '../../src/identity/receipt.ts'
import { decodeHeader, recordId } from '../../src/identity/record.ts'
import * as m from '../../src/wire/messages.js'
import {
  protocols,
  type CallOptions,
  type Channel,
  type Network,
  type PeerAddress,
  type Protocol
} from '../../src/wire/port.ts'
import { alice, bob, client, fixedBytes, nowHour, nowMs, peerOf, prekeyOf, relays } from '../vectors/fixed.ts'
import { openToAll } from '../helpers/lanes.ts'
import { sealReference, type Steps } from '../vectors/reference.ts'
import { FixedClock } from './relay.ts'
import { relayInfo } from './samples.ts'

type Identity = (typeof relays)[number]

export const addresses: readonly PeerAddress[] = relays.map(({ key }, n) => ({
  id: peerText(peerOf(key)),
  addresses: [`/ip4/192.0.2.${n + 1}/tcp/4001`]
}))
const validity = { issuedHour: nowHour, validUntilHour: nowHour + 90 * 24 }

async function locatorOf(owner: Identity, seq: number): Promise<Uint8Array> {
  const listed = addresses.map(relay => ({ ...relay, role: 'active' as const }))
  const fields = { ...validity, seq, relays: listed, writeQuorum: 2, bundleMinSeq: 1, closed: false }
  return (await signLocator(owner, fields)).bytes
}

/** Strangers are admitted without a stamp, which would be made in a thread. */
async function aliceBundle(): Promise<Uint8Array> {
  const strangers = { strangers: 'open', powBits: 0, classBytesMax: 262_144, ttlHoursMax: 720 } as const
  const forStrangers = { strangersClassBytesMax: 262_144, strangersTtlHoursMax: 720 }
  const fields = { ...validity, ...strangers, ...forStrangers, seq: 1, gates: [] }
  return (await signBundle(alice, { ...fields, keys: [await prekeyOf('alice', 1)] })).bytes
}

export const aliceDocuments = { locator: await locatorOf(alice, nowMs), bundle: await aliceBundle() }

/** From Alice, to Bob's last-resort key: it opens whatever he has registered. */
export async function sealedToBob(steps: Partial<Steps>): Promise<m.Record> {
  return (await sealReference({ mailbox: bob.key, key: await lastResortPrekey(bob, 1, 0), ...steps })).record
}

export const record = await sealedToBob({ body: 'a message that waits' })
const page = {
  next: { epoch: fixedBytes('epoch', 16), seq: 1 },
  records: [m.StoredRecord.encode({ receivedMs: nowMs, ...record })],
  more: false
}
const nothing = new Uint8Array(0)
const plain = { status: Status.OK, retryAfterMs: 0, limit: 0 }
/** One that takes whatever comes. */
const info: m.RelayInfo = {
  ...relayInfo,
  registrationBits: 0,
  peerDepositsPerSecond: 0,
  groupDepositsPerSecond: 0,
  mailboxDepositsPerSecond: 0
}

/** What relay `n` says when it is honest. */
export class HonestRelays {
  /** Bob's, as he has registered them last. */
  #own: { readonly locator?: Uint8Array; readonly bundle?: Uint8Array } = {}

  constructor(own: { readonly locator?: Uint8Array; readonly bundle?: Uint8Array } = {}) {
    this.#own = own
  }

  get own(): { readonly locator?: Uint8Array; readonly bundle?: Uint8Array } {
    return this.#own
  }

  async answer(n: number, protocol: Protocol, request: Uint8Array): Promise<Uint8Array> {
    if (protocol === protocols.locator) return this.#locator(m.LocatorRequest.decode(request))
    if (protocol === protocols.deposit) return await this.#deposit(n, m.DepositRequest.decode(request))
    return this.#owner(m.OwnerRequest.decode(request))
  }

  #documents(mailbox: Uint8Array | undefined): { readonly locator?: Uint8Array; readonly bundle?: Uint8Array } {
    if (mailbox === undefined) return {}
    return Buffer.compare(mailbox, alice.key) === 0 ? aliceDocuments : this.#own
  }

  #locator({ get }: m.LocatorRequest): Uint8Array {
    const { locator } = this.#documents(get?.mailbox)
    if (get === undefined) return m.LocatorResponse.encode({ ...plain, want: [] })
    if (locator === undefined) return m.LocatorResponse.encode({ ...plain, status: Status.NO_MAILBOX, want: [] })
    return m.LocatorResponse.encode({ ...plain, locator, want: [] })
  }

  async #deposit(n: number, { info: asked, deposit }: m.DepositRequest): Promise<Uint8Array> {
    const answer = { ...plain, powBits: 0, receipts: [] }
    if (asked !== undefined)
      return m.DepositResponse.encode({ ...answer, ...this.#documents(asked.mailbox), relay: info })
    const given = deposit?.record ?? { header: nothing, enc: nothing, ct: nothing }
    const signers = deposit?.fanOut === true ? relays : relays.slice(n, n + 1)
    const receipts = await Promise.all(signers.map(async relay => await receiptFor(relay, given)))
    return m.DepositResponse.encode({ ...answer, receipts })
  }

  #owner(call: m.OwnerRequest): Uint8Array {
    const answer = { ...plain, draining: false, powBits: 0 }
    if (call.challenge !== undefined)
      return m.OwnerResponse.encode({ ...answer, challenge: { nonce: fixedBytes('nonce', 32) } })
    if (call.register !== undefined) {
      const { locator, bundle } = call.register
      this.#own = { locator, bundle }
      const lease = { untilHour: nowHour + 2_160, recordsMax: 10_000, bytesMax: 67_108_864 }
      return m.OwnerResponse.encode({ ...answer, lease })
    }
    if (call.status !== undefined) return m.OwnerResponse.encode({ ...answer, mailbox: status })
    const { pull, subscribe } = call
    if (pull === undefined && subscribe === undefined) return m.OwnerResponse.encode(answer)
    const after = pull?.after ?? subscribe?.after
    return m.OwnerResponse.encode({ ...answer, page: after === undefined ? page : { ...page, records: [] } })
  }
}

const status: m.MailboxStatus = {
  records: 1,
  bytes: 2_000,
  oldestMs: nowMs,
  newestMs: nowMs,
  tombstones: 0,
  leaseUntilHour: nowHour + 2_160,
  unacked: 1,
  strangersRecords: 1,
  strangersBytes: 2_000,
  gates: [],
  refused: []
}

export async function receiptFor(relay: Identity, given: m.Record): Promise<m.Receipt> {
  const { mailbox, expiresHour } = decodeHeader(given.header)
  const facts = { mailbox, recordId: recordId(given), receivedMs: nowMs, keepUntilHour: expiresHour }
  const [receipt] = await signReceipts(peerOf(relay.key), [facts], async message => await relay.sign(message))
  return receipt as m.Receipt
}

export interface Asked {
  readonly relay: number
  readonly protocol: Protocol
  readonly request: Uint8Array
  readonly honest: Uint8Array
  readonly options: CallOptions
}

/** What a relay answers to one request; rejects as a channel does. */
export type Reply = (asked: Asked) => Promise<Uint8Array>

/** A page that is empty comes when the wait is over. */
async function waitFor({ protocol, request, honest, options }: Asked, env: Environment): Promise<void> {
  if (protocol !== protocols.owner) return
  const { subscribe } = m.OwnerRequest.decode(request)
  const isEmpty = m.OwnerResponse.decode(honest).page?.records.length === 0
  if (subscribe !== undefined && isEmpty) await env.delay(subscribe.waitMs, options.signal)
}

/** An answer as it is, when it would come. */
export async function honestly(asked: Asked, env: Environment): Promise<Uint8Array> {
  await waitFor(asked, env)
  return asked.honest
}

/** Answers of the relays, in the order in which they are asked; honest ones unless `reply` says otherwise. */
export class RepliedNetwork implements Network {
  readonly relays: HonestRelays
  readonly #reply: Reply
  readonly #channels = new Map<string, Channel>()

  constructor(relays: HonestRelays, reply: Reply) {
    this.relays = relays
    this.#reply = reply
  }

  channel = async (peer: PeerAddress, protocol: Protocol): Promise<Channel> => {
    const name = `${protocol} ${peer.id}`
    const held = this.#channels.get(name)
    if (held !== undefined) return await Promise.resolve(held)
    // whoever a hostile locator lists is one of the three, under its own name
    const known = addresses.findIndex(({ id }) => id === peer.id)
    const relay = Math.max(0, known)
    const channel: Channel = {
      localPeer: peerOf(client.key),
      remotePeer: peerOf((relays[relay] as Identity).key),
      closed: new AbortController().signal,
      call: async (request, options = {}) => {
        const honest = await this.relays.answer(relay, protocol, request)
        return await this.#reply({ relay, protocol, request, honest, options })
      }
    }
    this.#channels.set(name, channel)
    return channel
  }
}

const views = { keyEncoding: 'view', valueEncoding: 'view' } as const
type Rows = ReadonlyArray<readonly [Uint8Array, Uint8Array]>

export async function openClient(network: Network, store: MemoryLevel, env: FixedClock): Promise<Mailbox> {
  const closest = async (): Promise<PeerAddress[]> => await Promise.resolve([...addresses])
  const lanes = { strangers: 'inbox', strangersLane: openToAll } as const
  return await Mailbox.open({ identity: bob, store, network, closest, env, ...lanes })
}

interface Begun {
  readonly rows: Rows
  readonly own: HonestRelays['own']
}

let begun: Promise<Begun> | undefined

/** The store of a client that has registered, and what its relays have of it since. */
async function begin(): Promise<Begun> {
  const network = new RepliedNetwork(new HonestRelays(), async ({ honest }) => await Promise.resolve(honest))
  const store = new MemoryLevel()
  const mailbox = await openClient(network, store, new FixedClock())
  await mailbox.register({ relays: addresses, active: addresses.length })
  await mailbox.close()
  return { rows: await store.iterator<Uint8Array, Uint8Array>(views).all(), own: network.relays.own }
}

/** A store as after a registration, and relays that know of it. */
export async function registered(): Promise<{ store: MemoryLevel; relays: HonestRelays }> {
  begun ??= begin()
  const { rows, own } = await begun
  const store = new MemoryLevel()
  await store.batch(
    rows.map(([key, value]) => ({ type: 'put' as const, key, value })),
    views
  )
  return { store, relays: new HonestRelays(own) }
}
