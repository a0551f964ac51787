/** Five relays and some clients on a virtual clock, all from one seed, with a record of what happened. */
import { createHash } from 'node:crypto'
import { msPerHour } from '../../src/environment.ts'
import type { PeerAddress } from '../../src/wire/port.ts'
import { Chance } from './chance.ts'
import { ClientNode } from './client-node.ts'
import type { HistoryEvent } from './history.ts'
import { Links } from './links.ts'
import type { Machine, Sabotage, Surroundings } from './machine.ts'
import { Quiet } from './quiet.ts'
import { RelayNode } from './relay-node.ts'
import { VirtualTime } from './virtual-time.ts'

const relaysCount = 5
const mailboxesCount = 40
/** Some days make some hundred thousand. */
const stepsMax = 10_000_000
const startMs = Date.UTC(2026, 0, 1)

type Unstamped<T> = T extends unknown ? Omit<T, 'atMs'> : never

/** What is left to chance unless it is given. */
export interface Population {
  readonly mailboxes: number
  /** Relays of each mailbox. */
  readonly active: number
  readonly standby: number
}

export class World {
  readonly chance: Chance
  readonly time: VirtualTime
  readonly links: Links
  readonly relays: readonly RelayNode[]
  readonly clients: readonly ClientNode[]
  readonly history: HistoryEvent[] = []
  /** What no part of a simulation may do: throw something unforeseen. */
  readonly errors: unknown[] = []
  #steps = 0
  readonly #quiet: Quiet
  readonly #hash = createHash('sha256')
  readonly #unhandled = (error: unknown): void => {
    this.errors.push(error)
  }

  constructor(seed: number, sabotage: Sabotage, population: Partial<Population> = {}) {
    this.chance = new Chance(`seed ${seed}`)
    this.#quiet = Quiet.install(this.chance.fork('crypto'))
    process.on('unhandledRejection', this.#unhandled)
    this.time = new VirtualTime(startMs + Math.floor(this.chance.between(0, 24 * msPerHour)))
    this.links = new Links(this.time, this.chance.fork('links'), (line, bytes) => {
      this.#hash.update(`${this.time.now} ${line}\n`).update(bytes)
    })
    const around: Surroundings = {
      time: this.time,
      chance: this.chance,
      network: this.links.network,
      sabotage,
      failed: this.#unhandled
    }
    this.relays = Array.from({ length: relaysCount }, (_, at) => new RelayNode(`relay-${at}`, around))
    this.clients = Array.from({ length: population.mailboxes ?? mailboxesCount }, (_, at) =>
      this.#client(at, around, population)
    )
  }

  #client(at: number, around: Surroundings, population: Partial<Population>): ClientNode {
    const active = population.active ?? (this.chance.happens(0.8) ? 3 : 5)
    return new ClientNode(`client-${at}`, {
      around,
      relays: () => this.addresses,
      ackPolicy: this.chance.pick(['manual', 'on-store']),
      active,
      standby: population.standby ?? this.chance.below(1 + relaysCount - active)
    })
  }

  get addresses(): PeerAddress[] {
    return this.relays.map(({ address }) => address)
  }

  get machines(): readonly Machine[] {
    return [...this.relays, ...this.clients]
  }

  get startMs(): number {
    return startMs
  }

  /** Of everything that was sent and recorded so far. */
  get digest(): string {
    return this.#hash.copy().digest('hex')
  }

  record(event: Unstamped<HistoryEvent>): void {
    const stamped: HistoryEvent = { ...event, atMs: this.time.now }
    this.history.push(stamped)
    this.#hash.update(JSON.stringify(stamped))
  }

  /** Starts something that ends in virtual time, or never when its process crashes. */
  launch(work: () => Promise<unknown>): void {
    work().catch(this.#unhandled)
  }

  /** Lets `ms` milliseconds pass. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.time.now + ms
    while (await this.#step(untilMs)) this.#steps++
  }

  async #step(untilMs: number): Promise<boolean> {
    await this.#quiet.reached()
    if (this.#steps > stepsMax) throw new RangeError(`more than ${stepsMax} events: something goes round in circles`)
    return this.time.step(untilMs)
  }

  /** Launches `work` and lets time pass until it has ended. False: it has not within `limitMs`. */
  async finish(work: () => Promise<void>, limitMs: number): Promise<boolean> {
    const untilMs = this.time.now + limitMs
    const done = { value: false }
    this.launch(async () => {
      await work()
      done.value = true
    })
    while (!done.value && (await this.#step(untilMs))) this.#steps++
    return done.value
  }

  /** Makes a machine run that does not, or whose disk has failed. */
  revive(machine: Machine): void {
    if (machine.up) return
    machine.crash()
    this.launch(async () => {
      try {
        await machine.start()
      } catch (error) {
        // a program may refuse to start on a disk that takes nothing; it is started again when that has ended
        if (machine.disk.full === 'no') throw error
        machine.crash()
      }
    })
  }

  /** Ends what still runs and gives the process its globals back. */
  async close(): Promise<void> {
    for (const machine of this.machines) machine.crash()
    await this.#quiet.reached()
    this.#quiet.uninstall()
    process.off('unhandledRejection', this.#unhandled)
  }
}
