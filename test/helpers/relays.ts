/** Real relays without sockets: `Relay` over a memory network, memory databases that break on request, a clock that tests move. */
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import type { TestContext } from 'node:test'
import { MemoryLevel } from 'memory-level'
import { Mailbox } from '../../src/client/mailbox.ts'
import type { Environment } from '../../src/environment.ts'
import { hourOf } from '../../src/environment.ts'
import type { StatusCode } from '../../src/errors.ts'
import { Status } from '../../src/errors.ts'
import { openBundle, pickKey } from '../../src/identity/bundle.ts'
import { seal } from '../../src/identity/envelope.ts'
import type { IdentityKey, PrivateIdentity } from '../../src/identity/keys.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { createOwnerAuth, scopes } from '../../src/identity/ownerauth.ts'
import { defaultLimits, type DiskLevel, type Metric, type RelayLimits } from '../../src/relay/options.ts'
import { Relay } from '../../src/relay/relay.ts'
import { MemoryNetwork, type MemoryNode } from '../../src/testing/network.ts'
import type { DepositCall, Record } from '../../src/wire/messages.js'
import { DepositRequest, DepositResponse, OwnerRequest, OwnerResponse } from '../../src/wire/messages.js'
import type { Handler, PeerAddress, Protocol, Session } from '../../src/wire/port.ts'
import { protocols } from '../../src/wire/port.ts'
import { BreakableLevel, ManualClock } from './clients.ts'
import { peerIdOf } from './fake-relay.ts'
import { generousRates } from './rates.ts'
import { openToAll } from './lanes.ts'

const implementer = MemoryLevel.prototype as unknown as {
  _getMany: (...args: unknown[]) => Promise<unknown>
  _iterator: (...args: unknown[]) => { nextv: () => Promise<unknown> }
}

export const aTurn = async (): Promise<unknown> =>
  await new Promise(resolve => {
    setImmediate(resolve)
  })

interface Held {
  readonly entered: Promise<unknown>
  readonly release: () => void
}

/** A disk whose writes can be held back, so that tests decide what waits behind them, and whose pages may be unreadable. */
export class GatedLevel extends BreakableLevel {
  unreadable = false
  #gate: Promise<unknown> = Promise.resolve()
  #read: (() => Promise<void>) | undefined
  #entered: (value: unknown) => void = () => undefined

  /** Holds the next batches back. `entered` resolves when the first of them has come. */
  hold(): Held {
    const gate = Promise.withResolvers<unknown>()
    const entered = Promise.withResolvers<unknown>()
    this.#gate = gate.promise
    this.#entered = entered.resolve
    return {
      entered: entered.promise,
      release: () => {
        gate.resolve(undefined)
      }
    }
  }

  /** Holds the answer of the next read of several keys back, once it is known. */
  holdRead(): Held {
    const gate = Promise.withResolvers<unknown>()
    const entered = Promise.withResolvers<unknown>()
    this.#read = async () => {
      entered.resolve(undefined)
      await gate.promise
    }
    return {
      entered: entered.promise,
      release: () => {
        gate.resolve(undefined)
      }
    }
  }

  async _getMany(...args: unknown[]): Promise<unknown> {
    const read = this.#read
    this.#read = undefined
    const values = await implementer._getMany.apply(this, args)
    await read?.()
    return values
  }

  _iterator(...args: unknown[]): unknown {
    const iterator = implementer._iterator.apply(this, args)
    if (this.unreadable) iterator.nextv = async () => await Promise.reject(new Error('the sector is gone'))
    return iterator
  }

  override async _batch(...args: unknown[]): Promise<void> {
    this.#entered(undefined)
    await this.#gate
    await super._batch(...args)
  }
}

const bytes = { keyEncoding: 'view', valueEncoding: 'view' } as const

/** One relay: its key, its disk, its place in the network, and the process that may be stopped and started again. */
export class RelayHost {
  readonly identity: PrivateIdentity
  readonly database = new GatedLevel()
  readonly node: MemoryNode
  readonly env: Environment
  /** What the relay answers with, to be called without a channel that stopping would end. */
  readonly handlers = new Map<Protocol, Handler>()
  /** What the relay is told of its disk, and how often it asked for room. */
  readonly disk: { level: DiskLevel; asked: number; salvage?: () => Promise<void> } = { level: 'room', asked: 0 }
  /** Whom its operator has listed. */
  isListed: (mailbox: Uint8Array) => boolean = () => false
  readonly #observed = new EventEmitter()
  readonly #limits: Partial<RelayLimits>
  #relay: Relay | undefined

  constructor(network: MemoryNetwork, limits: Partial<RelayLimits>, identity: PrivateIdentity = generateIdentity()) {
    this.identity = identity
    this.env = network.env
    this.node = network.join(peerIdOf(this.identity))
    this.#limits = limits
  }

  get address(): PeerAddress {
    return this.node.address
  }

  get relay(): Relay {
    assert.ok(this.#relay !== undefined, 'the relay was started')
    return this.#relay
  }

  /** Resolves at the next deposit that is on this relay's disk. */
  async stored(): Promise<void> {
    await this.observed('deposit')
  }

  /** Resolves when the relay next reports this metric, or logs this event. */
  async observed(
    metric: Metric | 'store_reopened' | 'store_reopen_failed' | 'store_damaged' | 'quarantined'
  ): Promise<void> {
    await once(this.#observed, metric)
  }

  /** What is on the disk now. */
  async backup(): Promise<Array<[Uint8Array, Uint8Array]>> {
    return await this.database.iterator<Uint8Array, Uint8Array>(bytes).all()
  }

  /** The process ends, and starts again on the disk as it was at `backup`. */
  async restore(backup: Array<[Uint8Array, Uint8Array]>): Promise<void> {
    await this.relay.stop()
    await this.database.clear()
    await this.database.batch(
      backup.map(([key, value]) => ({ type: 'put', key, value })),
      bytes
    )
    await this.start()
  }

  async start(): Promise<void> {
    const { responder, network } = this.node
    this.#relay = await Relay.start({
      database: this.database,
      network,
      responder: {
        handle: async (protocol, handler) => {
          this.handlers.set(protocol, handler)
          await responder.handle(protocol, handler)
        },
        unhandle: async protocol => {
          await responder.unhandle(protocol)
        }
      },
      self: peerIdOf(this.identity),
      sign: async message => await this.identity.sign(message),
      limits: { ...defaultLimits, ...generousRates, registrationBits: 0, ...this.#limits },
      env: this.env,
      isListed: mailbox => this.isListed(mailbox),
      disk: {
        level: () => this.disk.level,
        makeRoom: async () => {
          this.disk.asked++
          await Promise.resolve()
        },
        ...(this.disk.salvage === undefined ? {} : { salvage: this.disk.salvage })
      },
      log: (_level, event) => {
        this.#observed.emit(event)
      },
      observe: metric => {
        this.#observed.emit(metric)
      }
    })
  }

  /** A deposit on a stream of its own that outlives `unhandle`, as libp2p's do. */
  async deposit(record: Record): Promise<DepositResponse> {
    const handler = this.handlers.get(protocols.deposit)
    assert.ok(handler !== undefined)
    const session: Session = {
      localPeer: peerIdOf(this.identity),
      remotePeer: peerIdOf(generateIdentity()),
      signal: new AbortController().signal,
      state: new Map()
    }
    return DepositResponse.decode(await handler(DepositRequest.encode({ deposit: { record, fanOut: false } }), session))
  }
}

export class RelayWorld {
  readonly clock = new ManualClock()
  readonly network = new MemoryNetwork({ env: this.clock })
  readonly hosts: RelayHost[]
  readonly #open: Mailbox[] = []

  private constructor(relays: number, limits: Partial<RelayLimits>) {
    this.hosts = Array.from({ length: relays }, () => new RelayHost(this.network, limits))
  }

  static async start(relays: number = 3, limits: Partial<RelayLimits> = {}): Promise<RelayWorld> {
    const world = new RelayWorld(relays, limits)
    for (const host of world.hosts) await host.start()
    return world
  }

  host(at: number): RelayHost {
    const host = this.hosts[at]
    assert.ok(host !== undefined)
    return host
  }

  get nowHour(): number {
    return hourOf(this.clock.now())
  }

  async mailbox(identity: PrivateIdentity = generateIdentity()): Promise<Mailbox> {
    const mailbox = await Mailbox.open({
      identity,
      store: new BreakableLevel(),
      network: this.network.join(peerIdOf(generateIdentity())).network,
      closest: async () => await Promise.resolve(this.hosts.map(host => host.address)),
      env: this.clock,
      strangers: 'inbox',
      strangersLane: openToAll
    })
    this.#open.push(mailbox)
    return mailbox
  }

  async registered(identity: PrivateIdentity = generateIdentity()): Promise<Mailbox> {
    const mailbox = await this.mailbox(identity)
    await mailbox.register({ active: Math.min(3, this.hosts.length), standby: 0 })
    return mailbox
  }

  /** Somebody with a fresh peer id; `group`: where relays see it come from. */
  peer(group?: string): Peer {
    return new Peer(this, group)
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#open.map(async mailbox => {
        await mailbox.close()
      })
    )
    await Promise.all(
      this.hosts.map(async host => {
        await host.relay.stop()
      })
    )
  }
}

/** One relay that hosts Bob, and a peer that has proved nothing yet. */
export interface Hosting {
  readonly world: RelayWorld
  readonly host: RelayHost
  readonly bob: PrivateIdentity
  readonly peer: Peer
}

/** The world ends with the test. */
export async function hosting(t: TestContext, limits: Partial<RelayLimits> = {}): Promise<Hosting> {
  const world = await RelayWorld.start(1, limits)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  await world.registered(bob)
  return { world, host: world.host(0), bob, peer: world.peer() }
}

/** A program that speaks the protocol and keeps to none of the client's rules. */
export class Peer {
  readonly #world: RelayWorld
  readonly #node: MemoryNode

  constructor(world: RelayWorld, group?: string) {
    this.#world = world
    this.#node = world.network.join(peerIdOf(generateIdentity()), group)
  }

  get id(): string {
    return this.#node.address.id
  }

  async info(host: RelayHost, mailbox: Uint8Array): Promise<DepositResponse> {
    const channel = await this.#node.network.channel(host.address, protocols.deposit)
    return DepositResponse.decode(await channel.call(DepositRequest.encode({ info: { mailbox } })))
  }

  /** A record sealed to the newest key that the relay gives out for the mailbox. */
  async record(
    host: RelayHost,
    mailbox: IdentityKey,
    o: { ttlHours?: number; body?: Uint8Array } = {}
  ): Promise<Record> {
    const { clock, nowHour } = this.#world
    const { bundle } = await this.info(host, mailbox)
    assert.ok(bundle !== undefined)
    const message = { contentType: 'text/plain', body: o.body ?? new Uint8Array(1), createdMs: clock.now() }
    const key = pickKey(await openBundle(bundle, { mailbox, nowHour }), nowHour)
    const expiresHour = nowHour + (o.ttlHours ?? 24)
    const { record } = await seal({
      mailbox,
      key,
      sender: generateIdentity(),
      message,
      expiresHour,
      random: clock.random
    })
    return record
  }

  async deposit(host: RelayHost, record: Record, o: Partial<DepositCall> = {}): Promise<DepositResponse> {
    const channel = await this.#node.network.channel(host.address, protocols.deposit)
    return DepositResponse.decode(
      await channel.call(DepositRequest.encode({ deposit: { record, fanOut: false, ...o } }))
    )
  }

  async owner(host: RelayHost, request: OwnerRequest): Promise<OwnerResponse> {
    const channel = await this.#node.network.channel(host.address, protocols.owner)
    return OwnerResponse.decode(await channel.call(OwnerRequest.encode(request)))
  }

  /** Proves on this peer's stream to the relay that it acts for `mailbox`, which is `signer`'s own unless given. */
  async prove(
    host: RelayHost,
    signer: PrivateIdentity,
    o: { mailbox?: IdentityKey; scopes?: number } = {}
  ): Promise<StatusCode> {
    const { localPeer, remotePeer } = await this.#node.network.channel(host.address, protocols.owner)
    const { challenge } = await this.owner(host, { challenge: {} })
    assert.ok(challenge !== undefined)
    const auth = await createOwnerAuth(signer, {
      relay: remotePeer,
      client: localPeer,
      nonce: challenge.nonce,
      mailbox: o.mailbox ?? signer.key,
      scopes: o.scopes ?? scopes.all,
      expiresHour: this.#world.nowHour + 12
    })
    return (await this.owner(host, { auth })).status as StatusCode
  }

  /** The records that the relay serves to the owner; this peer must have proved itself. */
  async pulled(host: RelayHost, mailbox: Uint8Array): Promise<Uint8Array[]> {
    const { status, page } = await this.owner(host, { pull: { mailbox, recordsMax: 0, bytesMax: 0 } })
    assert.equal(status, Status.OK)
    return page?.records ?? []
  }
}
