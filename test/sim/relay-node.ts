/** A relay's machine: its key, its disk, and the process that crashes, stops and starts again. */
import { toString } from 'uint8arrays'
import { msPerHour, silent } from '../../src/environment.ts'
import type { PrivateIdentity } from '../../src/identity/keys.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { recordId } from '../../src/identity/record.ts'
import { kinds, mailboxOfKey } from '../../src/relay/keys.ts'
import { defaultLimits } from '../../src/relay/options.ts'
import { generousRates } from '../helpers/rates.ts'
import { Relay } from '../../src/relay/relay.ts'
import type { MemoryNode } from '../../src/testing/network.ts'
import { StoredRecord } from '../../src/wire/messages.js'
import type { Handler, PeerAddress, Protocol } from '../../src/wire/port.ts'
import { protocols } from '../../src/wire/port.ts'
import { peerIdOf } from '../helpers/fake-relay.ts'
import type { Chance } from './chance.ts'
import { Disk, DiskLevel } from './disk.ts'
import type { Rows } from './disk.ts'
import { Liar } from './lies.ts'
import { skewOf } from './machine.ts'
import type { Machine, Surroundings } from './machine.ts'
import { SimProcess } from './sim-process.ts'

/** A second copy of a request comes this much later, at most. */
const lateMsMax = 9 * msPerHour

export class RelayNode implements Machine {
  readonly name: string
  readonly disk = new Disk()
  /** The share of deposits that arrive twice. */
  duplicated = 0
  readonly liar = new Liar()
  readonly #identity: PrivateIdentity
  readonly #around: Surroundings
  readonly #chance: Chance
  #process: SimProcess | undefined
  #node: MemoryNode
  #relay: Relay | undefined
  /** Of the process that runs. */
  readonly #handlers = new Map<Protocol, Handler>()

  constructor(name: string, around: Surroundings) {
    this.name = name
    this.#around = around
    this.#chance = around.chance.fork(name)
    this.#identity = generateIdentity(n => this.#chance.bytes(n))
    this.#node = around.network.join(peerIdOf(this.#identity))
    this.#node.stop()
  }

  get address(): PeerAddress {
    return this.#node.address
  }

  /** It serves, and can write. */
  get up(): boolean {
    return this.#process?.alive === true && this.#relay?.ready === true
  }

  async start(): Promise<void> {
    this.#node.stop()
    const process = new SimProcess(this.#around.time, this.#chance, skewOf(this.#chance))
    this.#process = process
    this.#relay = undefined
    this.#node = this.#around.network.join(peerIdOf(this.#identity))
    const { network, responder } = this.#node
    const level = new DiskLevel(this.disk, process)
    const relay = await Relay.start({
      database: this.#around.sabotage.relay?.(level) ?? level,
      network,
      responder: {
        handle: async (protocol, handler) => {
          this.#handlers.set(protocol, handler)
          await responder.handle(protocol, this.#lying(protocol, this.#twice(protocol, handler)))
        },
        unhandle: async protocol => {
          await responder.unhandle(protocol)
        }
      },
      self: peerIdOf(this.#identity),
      sign: async message => await this.#identity.sign(message),
      limits: { ...defaultLimits, ...generousRates, registrationBits: 0 },
      env: process.env,
      log: silent,
      observe: () => undefined
    })
    // it may have crashed meanwhile, and another may run
    if (process.alive) this.#relay = relay
  }

  async stop(): Promise<void> {
    const process = this.#process
    await this.#relay?.stop()
    if (process?.alive !== true) return
    process.alive = false
    this.#node.stop()
    // the system goes on: what the process wrote reaches the disk in time
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

  /** The process ends and its disk is another one. */
  replaceDisk(rows: Rows): void {
    this.crash()
    this.disk.replace(rows)
  }

  /** Mailbox and record id, in hex, of every record on the disk. */
  held(): Array<{ mailbox: string; id: string }> {
    const rows = [...this.disk.rows.values()].filter(({ key }) => key[0] === kinds.record)
    return rows.map(({ key, value }) => {
      const { header, enc, ct } = StoredRecord.decode(value.subarray(4, -4))
      return { mailbox: toString(mailboxOfKey(key), 'hex'), id: toString(recordId({ header, enc, ct }), 'hex') }
    })
  }

  #lying(protocol: Protocol, handler: Handler): Handler {
    return async (request, session) => this.liar.answer(protocol, request, await handler(request, session))
  }

  /** Delivers some requests once more, later: a retry whose first copy had only been slow. */
  #twice(protocol: Protocol, handler: Handler): Handler {
    if (protocol !== protocols.deposit) return handler
    return async (request, session) => {
      if (this.#chance.happens(this.duplicated)) {
        const copy = request.slice()
        const laterMs = this.#chance.happens(0.5) ? this.#chance.between(0, 100) : this.#chance.between(0, lateMsMax)
        this.#around.time.after(laterMs, () => {
          if (!this.up) return
          const again = { ...session, signal: new AbortController().signal, state: new Map() }
          this.#handlers.get(protocol)?.(copy, again).catch(this.#around.failed)
        })
      }
      return await handler(request, session)
    }
  }
}
