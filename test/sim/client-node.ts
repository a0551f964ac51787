/** A machine with one identity's mailbox: what it sends, what it has been told, what its application has seen. */
import { toString } from 'uint8arrays'
import { Mailbox } from '../../src/client/mailbox.ts'
import { isMailboxError } from '../../src/errors.ts'
import type { PrivateIdentity } from '../../src/identity/keys.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import type { MemoryNode } from '../../src/testing/network.ts'
import type { PeerAddress } from '../../src/wire/port.ts'
import { peerIdOf } from '../helpers/fake-relay.ts'
import type { Chance } from './chance.ts'
import { Disk, DiskLevel } from './disk.ts'
import { skewOf } from './machine.ts'
import type { Machine, Surroundings } from './machine.ts'
import { SimProcess } from './sim-process.ts'
import { openToAll } from '../helpers/lanes.ts'

export interface ClientInit {
  readonly around: Surroundings
  readonly relays: () => PeerAddress[]
  readonly ackPolicy: 'manual' | 'on-store'
  /** Relays that the mailbox is opened on. */
  readonly active: number
  readonly standby: number
}

export class ClientNode implements Machine {
  readonly name: string
  readonly disk = new Disk()
  readonly identity: PrivateIdentity
  readonly init: ClientInit
  readonly #chance: Chance
  /** Ids of relays that keep the mailbox, or have kept it. */
  readonly relays = new Set<string>()
  /** Those of the last registration. */
  listed: ReadonlySet<string> = new Set()
  #registered = false
  #process: SimProcess | undefined
  #node: MemoryNode
  #mailbox: Mailbox | undefined
  /** Called with every newly opened mailbox. */
  opened: (mailbox: Mailbox) => void = () => undefined

  constructor(name: string, init: ClientInit) {
    this.name = name
    this.init = init
    this.#chance = init.around.chance.fork(name)
    this.identity = generateIdentity(n => this.#chance.bytes(n))
    this.#node = this.#join()
    this.#node.stop()
  }

  get address(): PeerAddress {
    return this.#node.address
  }

  get hex(): string {
    return toString(this.identity.key, 'hex')
  }

  /** The open mailbox, unless its process does not run. */
  get mailbox(): Mailbox | undefined {
    return this.#process?.alive === true ? this.#mailbox : undefined
  }

  get up(): boolean {
    return this.mailbox !== undefined
  }

  async start(): Promise<void> {
    const { around, relays, ackPolicy } = this.init
    const process = new SimProcess(around.time, this.#chance, skewOf(this.#chance))
    this.#process = process
    this.#mailbox = undefined
    this.#node = this.#join()
    const level = new DiskLevel(this.disk, process)
    const mailbox = await Mailbox.open({
      identity: this.identity,
      store: around.sabotage.client?.(level) ?? level,
      network: this.#node.network,
      closest: async () => await Promise.resolve(relays()),
      env: process.env,
      ackPolicy,
      strangersLane: openToAll,
      strangers: 'inbox'
    })
    // it may have crashed meanwhile, and another may run
    if (!process.alive) return
    this.#mailbox = mailbox
    this.opened(mailbox)
  }

  /** Opens the mailbox or renews it; on `relays` from now on, when they are given. @throws MailboxError */
  async register(relays?: readonly PeerAddress[]): Promise<void> {
    const { active, standby } = this.init
    const given = relays === undefined ? {} : { relays, active: Math.min(3, relays.length) }
    // whether the change comes to be or not, relays may have taken it
    for (const { id } of relays ?? []) this.relays.add(id)
    const { locator } = (await this.mailbox?.register(this.#registered ? given : { active, standby })) ?? {}
    if (locator === undefined) return
    this.#registered = true
    this.listed = new Set(locator.relays.map(({ id }) => id))
    for (const { id } of locator.relays) this.relays.add(id)
  }

  async stop(): Promise<void> {
    const process = this.#process
    await this.#mailbox?.close()
    if (process?.alive !== true) return
    process.alive = false
    this.#node.stop()
    this.disk.keep(this.disk.unsynced)
  }

  crash(): void {
    if (this.#process !== undefined) this.#process.alive = false
    this.#node.stop()
    this.disk.keep(this.#chance.below(this.disk.unsynced + 1))
  }

  stepClock(): void {
    if (this.#process !== undefined) this.#process.skewMs = skewOf(this.#chance)
  }

  #join(): MemoryNode {
    return this.init.around.network.join(peerIdOf(generateIdentity(n => this.#chance.bytes(n))))
  }
}

/** Why a call did not succeed. @throws what is no MailboxError */
export function codeOf(error: unknown): string {
  if (isMailboxError(error)) return error.code
  throw error
}
