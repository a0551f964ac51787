/**
 * A relay as the client sees it, in memory and without a database: it answers the three protocols, keeps what it is
 * given, and does on demand what a real one does only when something breaks.
 */
import { concat, equals, toString } from 'uint8arrays'
import type { Environment } from '../../src/environment.ts'
import { Status } from '../../src/errors.ts'
import type { PrivateIdentity } from '../../src/identity/keys.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { openLocator, supersedes } from '../../src/identity/locator.ts'
import type { Locator } from '../../src/identity/locator.ts'
import { verifyOwnerAuth } from '../../src/identity/ownerauth.ts'
import { signReceipts } from '../../src/identity/receipt.ts'
import { decodeHeader, recordId } from '../../src/identity/record.ts'
import { openTombstone } from '../../src/identity/tombstone.ts'
import { hourOf } from '../../src/environment.ts'
import type { MemoryNetwork } from '../../src/testing/network.ts'
import {
  DepositRequest,
  DepositResponse,
  LocatorRequest,
  LocatorResponse,
  OwnerRequest,
  OwnerResponse,
  StoredRecord
} from '../../src/wire/messages.js'
import type { Record, Receipt } from '../../src/wire/messages.js'
import type { PeerAddress, Responder, Session } from '../../src/wire/port.ts'
import { protocols } from '../../src/wire/port.ts'
import { refusalOf } from './fake-admission.ts'

const nonceKey = Symbol('nonce')
const provedKey = Symbol('proved')
const inlinePrefix = Uint8Array.of(0, 36, 8, 1, 18, 32)

export const peerIdOf = (identity: PrivateIdentity): Uint8Array => concat([inlinePrefix, identity.key])

interface Entry {
  readonly seq: number
  readonly id: string
  readonly bytes: Uint8Array
}

/** Status to answer instead, by call name; `throw` ends the stream; a promise holds the answer back. */
export type Fault = number | 'throw' | Promise<number | undefined> | undefined

/** Where a fake relay answers: a node of a `MemoryNetwork`, or libp2p. */
export interface FakeNode {
  readonly responder: Responder
  readonly address: PeerAddress
  readonly stop: () => void
  readonly start: () => void
}

export class FakeRelay {
  static inMemory(network: MemoryNetwork): FakeRelay {
    const identity = generateIdentity()
    return new FakeRelay(network.env, identity, network.join(peerIdOf(identity)))
  }

  readonly identity: PrivateIdentity
  readonly node: FakeNode
  readonly address: PeerAddress
  readonly env: Environment
  /** Mailbox hex → its signed things and records. */
  readonly locators = new Map<string, Locator>()
  readonly bundles = new Map<string, Uint8Array>()
  readonly hosted = new Set<string>()
  entries: Entry[] = []
  readonly tombstoned = new Set<string>()
  readonly calls: string[] = []
  readonly deposited: Record[] = []
  /** Beside each of them. */
  readonly proofs: Array<Uint8Array | undefined> = []
  /** Bits that strangers are asked for beyond the owner's. */
  rise = 0
  fault: (call: string) => Fault = () => undefined
  /** Relays that fan-out reaches. */
  replicas: FakeRelay[] = []
  epoch: Uint8Array
  pageRecords = 256
  /** SUBSCRIBE is answered at once, whatever there is. */
  impatient = false
  room = 10
  /** It says so to owners; INFO does not know yet. */
  draining = false
  /** After the record is kept, before the answer goes. */
  afterDeposit: () => Promise<void> | undefined = () => undefined
  #seq = 0
  #wake: Array<() => void> = []

  constructor(env: Environment, identity: PrivateIdentity, node: FakeNode) {
    this.identity = identity
    this.env = env
    this.epoch = env.random(16)
    this.node = node
    this.address = node.address
    void this.node.responder.handle(protocols.locator, async bytes => await this.#locator(bytes))
    void this.node.responder.handle(protocols.deposit, async bytes => await this.#deposit(bytes))
    void this.node.responder.handle(protocols.owner, async (bytes, session) => {
      const answer = OwnerResponse.decode(await this.#owner(bytes, session))
      return OwnerResponse.encode({ ...answer, draining: this.draining })
    })
  }

  get ids(): string[] {
    return this.entries.map(entry => entry.id)
  }

  count(call: string): number {
    return this.calls.filter(made => made === call).length
  }

  /** A new store, as after a lost disk: other epoch, no records. */
  wipe(): void {
    this.epoch = this.env.random(16)
    this.entries = []
    this.#seq = 0
    this.tombstoned.clear()
  }

  keep(record: Record): void {
    this.keepBytes(StoredRecord.encode({ receivedMs: this.env.now(), ...record }), toString(recordId(record), 'hex'))
  }

  keepBytes(bytes: Uint8Array, id: string): void {
    if (this.ids.includes(id) || this.tombstoned.has(id)) return
    this.entries.push({ seq: ++this.#seq, id, bytes })
    for (const wake of this.#wake.splice(0)) wake()
  }

  async receipt(record: Record, change: { keepUntilHour?: number; recordId?: Uint8Array } = {}): Promise<Receipt> {
    const { mailbox, expiresHour } = decodeHeader(record.header)
    const facts = {
      mailbox,
      recordId: recordId(record),
      receivedMs: this.env.now(),
      keepUntilHour: expiresHour,
      ...change
    }
    const [receipt] = await signReceipts(
      peerIdOf(this.identity),
      [facts],
      async message => await this.identity.sign(message)
    )
    if (receipt === undefined) throw new TypeError('no receipt')
    return receipt
  }

  async #faulty(call: string): Promise<number | undefined> {
    this.calls.push(call)
    const fault = await this.fault(call)
    if (fault === 'throw') throw new Error('the fake relay ends the stream')
    return fault
  }

  async #locator(bytes: Uint8Array): Promise<Uint8Array> {
    const { get, put } = LocatorRequest.decode(bytes)
    const fault = await this.#faulty(get === undefined ? 'put' : 'get')
    const answer = (status: number, locator?: Uint8Array): Uint8Array =>
      LocatorResponse.encode({ status, ...(locator === undefined ? {} : { locator }) })
    if (fault !== undefined) return answer(fault)
    if (put !== undefined) {
      const locator = await openLocator(put.locator, { nowHour: hourOf(this.env.now()) })
      const key = toString(locator.mailbox, 'hex')
      const held = this.locators.get(key)
      if (held !== undefined && supersedes(held, locator)) return answer(Status.MOVED, held.bytes)
      this.locators.set(key, locator)
      return answer(Status.OK)
    }
    const held = this.locators.get(toString(get?.mailbox ?? new Uint8Array(), 'hex'))
    return held === undefined ? answer(Status.NO_MAILBOX) : answer(Status.OK, held.bytes)
  }

  async #deposit(bytes: Uint8Array): Promise<Uint8Array> {
    const { info, deposit } = DepositRequest.decode(bytes)
    const fault = await this.#faulty(
      info === undefined ? (deposit?.fanOut === true ? 'coordinate' : 'deposit') : 'info'
    )
    if (info !== undefined) return this.#info(info.mailbox, fault)
    const record = deposit?.record
    if (record === undefined) return DepositResponse.encode({ status: Status.MALFORMED })
    this.deposited.push(record)
    this.proofs.push(deposit?.proof)
    const key = toString(decodeHeader(record.header).mailbox, 'hex')
    const moved = fault === Status.MOVED ? this.locators.get(key) : undefined
    if (fault !== undefined)
      return DepositResponse.encode({ status: fault, ...(moved === undefined ? {} : { locator: moved.bytes }) })
    if (!this.hosted.has(key)) return DepositResponse.encode({ status: Status.NO_MAILBOX })
    const refused = await refusalOf(this.bundles.get(key), record, deposit?.proof, this)
    if (refused !== undefined) return DepositResponse.encode(refused)
    this.keep(record)
    const receipts = [await this.receipt(record)]
    for (const replica of deposit?.fanOut === true ? this.replicas : []) {
      if (!replica.hosted.has(key)) continue
      if ((await refusalOf(replica.bundles.get(key), record, deposit?.proof, replica)) !== undefined) continue
      replica.keep(record)
      receipts.push(await replica.receipt(record))
    }
    await this.afterDeposit()
    return DepositResponse.encode({ status: Status.OK, receipts })
  }

  #info(mailbox: Uint8Array | undefined, fault: number | undefined): Uint8Array {
    const relay = {
      recordsPerMailbox: 10,
      bytesPerMailbox: 10,
      mailboxesFree: this.room,
      classBytesMax: 262144,
      ttlHoursMax: 720,
      draining: false,
      registration: 1,
      registrationBits: 0,
      strangersRecords: 64,
      strangersBytes: 2 ** 21,
      peerDepositsPerSecond: 0,
      groupDepositsPerSecond: 0,
      mailboxDepositsPerSecond: 0
    }
    if (fault !== undefined) return DepositResponse.encode({ status: fault })
    if (mailbox === undefined) return DepositResponse.encode({ status: Status.OK, relay })
    const key = toString(mailbox, 'hex')
    const bundle = this.bundles.get(key)
    if (!this.hosted.has(key) || bundle === undefined)
      return DepositResponse.encode({ status: Status.NO_MAILBOX, relay })
    const locator = this.locators.get(key)?.bytes
    return DepositResponse.encode({ status: Status.OK, relay, bundle, ...(locator === undefined ? {} : { locator }) })
  }

  async #owner(bytes: Uint8Array, session: Session): Promise<Uint8Array> {
    const request = OwnerRequest.decode(bytes)
    const call = Object.keys(request)[0] ?? ''
    const fault = await this.#faulty(call)
    if (fault !== undefined) return OwnerResponse.encode({ status: fault })
    if (request.challenge !== undefined) {
      const nonce = this.env.random(32)
      session.state.set(nonceKey, nonce)
      return OwnerResponse.encode({ status: Status.OK, challenge: { nonce } })
    }
    if (request.auth !== undefined) {
      const nonce = session.state.get(nonceKey) as Uint8Array
      const proof = await verifyOwnerAuth(request.auth, {
        relay: session.localPeer,
        client: session.remotePeer,
        nonce,
        nowHour: hourOf(this.env.now())
      })
      session.state.set(provedKey, proof.mailbox)
      return OwnerResponse.encode({ status: Status.OK })
    }
    const proved = session.state.get(provedKey)
    if (proved === undefined) return OwnerResponse.encode({ status: Status.AUTH })
    return await this.#proved(request, proved as Uint8Array, session)
  }

  async #proved(request: OwnerRequest, mailbox: Uint8Array, session: Session): Promise<Uint8Array> {
    const key = toString(mailbox, 'hex')
    if (request.register !== undefined) {
      this.locators.set(key, await openLocator(request.register.locator, { mailbox, nowHour: hourOf(this.env.now()) }))
      this.bundles.set(key, request.register.bundle)
      this.hosted.add(key)
      return OwnerResponse.encode({
        status: Status.OK,
        lease: { untilHour: hourOf(this.env.now()) + 2160, recordsMax: 10, bytesMax: 10 }
      })
    }
    if (!this.hosted.has(key)) return OwnerResponse.encode({ status: Status.NO_MAILBOX })
    if (request.status !== undefined) {
      const bundle = this.bundles.get(key)
      const mailboxStatus = {
        records: this.entries.length,
        bytes: 0,
        oldestMs: 0,
        newestMs: 0,
        tombstones: 0,
        leaseUntilHour: 7,
        unacked: 0,
        strangersRecords: 0,
        strangersBytes: 0,
        gates: [],
        refused: [],
        ...(bundle === undefined ? {} : { bundle })
      }
      return OwnerResponse.encode({ status: Status.OK, mailbox: mailboxStatus })
    }
    if (request.tombstone !== undefined) {
      const { ids } = await openTombstone(request.tombstone.tombstone, { nowHour: hourOf(this.env.now()) })
      for (const id of ids.map(bytes => toString(bytes, 'hex'))) {
        this.tombstoned.add(id)
        this.entries = this.entries.filter(entry => entry.id !== id)
      }
      return OwnerResponse.encode({ status: Status.OK })
    }
    const { pull, subscribe } = request
    if (subscribe !== undefined && !this.impatient)
      await this.#something(subscribe.after?.seq ?? 0, subscribe.waitMs, session)
    return this.#page(pull?.after ?? subscribe?.after)
  }

  async #something(after: number, waitMs: number, session: Session): Promise<void> {
    if (this.entries.some(entry => entry.seq > after)) return
    const woken = new AbortController()
    const wake = new Promise<void>(resolve => {
      this.#wake.push(resolve)
    })
    const late = this.env.delay(waitMs, AbortSignal.any([woken.signal, session.signal])).catch(() => undefined)
    await Promise.race([wake, late])
    woken.abort()
  }

  #page(after: { epoch: Uint8Array; seq: number } | undefined): Uint8Array {
    if (after !== undefined && !equals(after.epoch, this.epoch)) return OwnerResponse.encode({ status: Status.CURSOR })
    const left = this.entries.filter(entry => entry.seq > (after?.seq ?? 0))
    const page = left.slice(0, this.pageRecords)
    const next = { epoch: this.epoch, seq: page.at(-1)?.seq ?? after?.seq ?? 0 }
    return OwnerResponse.encode({
      status: Status.OK,
      page: { next, records: page.map(entry => entry.bytes), more: left.length > page.length }
    })
  }
}
