/** One seed: rounds of work and faults, a calm after each, and the verdict on what happened. */
import { msPerHour } from '../../src/environment.ts'
import type { Chance } from './chance.ts'
import type { ClientNode } from './client-node.ts'
import type { Rows } from './disk.ts'
import { faults, losses } from './faults.ts'
import { check } from './history.ts'
import type { Verdict } from './history.ts'
import type { Sabotage } from './machine.ts'
import type { RelayNode } from './relay-node.ts'
import { Workload } from './workload.ts'
import { World } from './world.ts'

export interface RunOptions {
  readonly seed: number
  /** Also what only repair makes good: an old backup, and another lost disk after each calm. */
  readonly repair?: boolean
  readonly sabotage?: Sabotage
  readonly mailboxes?: number | undefined
}

export interface Run {
  readonly seed: number
  readonly verdict: Verdict
  /** Of every frame and every event. */
  readonly digest: string
  readonly virtualMs: number
  readonly faults: readonly string[]
  readonly errors: readonly unknown[]
}

const minuteMs = 60_000
/** Longer than the pause before an hourly repair, half of it by chance, and than the longest pause of a retry. */
const calmMs = 2 * msPerHour
const tries = 6

export async function runSeed(o: RunOptions): Promise<Run> {
  const world = new World(o.seed, o.sabotage ?? {}, o.mailboxes === undefined ? {} : { mailboxes: o.mailboxes })
  try {
    const season = new Season(world, o.repair ?? repairFaults)
    await season.run()
    const { time, startMs, digest, errors } = world
    const virtualMs = time.now - startMs
    return { seed: o.seed, verdict: check(world.history), digest, virtualMs, faults: season.begun, errors }
  } finally {
    await world.close()
  }
}

/** Repair between relays is there (SPEC §9.5): the faults that need it are part of every run. */
export const repairFaults = true

class Season {
  readonly begun: string[] = []
  readonly #world: World
  readonly #work: Workload
  readonly #chance: Chance
  readonly #repair: boolean
  readonly #backups = new Map<RelayNode, Rows>()
  #ends: Array<() => void> = []

  constructor(world: World, repair: boolean) {
    this.#world = world
    this.#work = new Workload(world)
    this.#chance = world.chance.fork('faults')
    this.#repair = repair
  }

  async run(): Promise<void> {
    const world = this.#world
    for (const machine of world.machines) world.revive(machine)
    await world.pass(minuteMs)
    await this.#registerAll()
    for (const relay of world.relays) this.#backups.set(relay, relay.disk.rows)
    const rounds = this.#repair ? 1 + this.#chance.below(3) : 1
    for (let round = 0; round < rounds; round++) {
      await this.#round(round)
      await this.#calm(round === rounds - 1)
    }
    await this.#settle()
  }

  async #round(round: number): Promise<void> {
    const ms = this.#chance.pick([1, 4, 12, 24]) * msPerHour
    this.#work.away = new Set(this.#world.clients.filter(() => this.#chance.happens(0.3)))
    this.#work.plan(ms, { sends: 18 + this.#chance.below(14), pullsMax: 3 })
    this.#work.planRegistering(ms)
    this.#work.planWatching(ms, 4)
    const count = 2 + this.#chance.below(10)
    for (let n = 0; n < count; n++) this.#planFault(ms)
    if (round === 0 || this.#repair) this.#planLoss(ms)
    this.#planBackups(ms)
    await this.#world.pass(ms)
  }

  #planFault(ms: number): void {
    const world = this.#world
    const name = this.#chance.pick(Object.keys(faults))
    const chance = this.#chance.fork(`${name} ${this.begun.length}`)
    this.begun.push(name)
    const startMs = this.#chance.between(0, ms)
    world.time.after(startMs, () => {
      const end = faults[name]?.(world, chance)
      if (end === undefined) return
      this.#ends.push(end)
      // short ones hit what is under way, long ones outlast deadlines and retries
      const wantedMs = chance.pick([1_000, 20_000, 10 * minuteMs, 2 * msPerHour]) * chance.between(0.5, 1.5)
      const lengthMs = Math.min(wantedMs, ms - startMs)
      this.#work.plan(lengthMs, { sends: this.#chance.below(5), pullsMax: 2 })
      world.time.after(lengthMs, () => {
        if (this.#ends.includes(end)) this.#end(end)
      })
    })
  }

  /** At most one relay until the next calm, which is W − 1 or fewer for every mailbox (G2). */
  #planLoss(ms: number): void {
    if (this.#chance.happens(0.2)) return
    const world = this.#world
    const { name, begin } = this.#chance.pick(losses.filter(loss => this.#repair || !loss.needsRepair))
    const relay = this.#chance.pick(world.relays)
    this.begun.push(name)
    world.time.after(this.#chance.between(0, ms), () => {
      this.#ends.push(begin(world, relay, this.#backups.get(relay)))
      this.#work.plan(10 * minuteMs, { sends: this.#chance.below(5), pullsMax: 2 })
    })
  }

  /** Some backups are from this round, and some much older. */
  #planBackups(ms: number): void {
    for (const relay of this.#world.relays) {
      if (this.#chance.happens(0.5))
        this.#world.time.after(this.#chance.between(0, ms), () => {
          this.#backups.set(relay, relay.disk.rows)
        })
    }
  }

  #end(end: () => void): void {
    this.#ends = this.#ends.filter(other => other !== end)
    end()
  }

  /** Everything works again, for so long that everything is repaired. */
  async #calm(last: boolean): Promise<void> {
    const world = this.#world
    for (const end of [...this.#ends]) this.#end(end)
    if (last) world.record({ type: 'healed' })
    if (last) this.#work.away = new Set()
    for (const machine of world.machines) world.revive(machine)
    await world.pass(minuteMs)
    await this.#registerAll()
    for (let part = 0; part < 4; part++) {
      await world.pass(calmMs / 4)
      for (const client of world.clients.filter(one => !this.#work.away.has(one)))
        await this.#finish(client, 'pull', async () => await this.#work.pull(client))
    }
    if (this.#repair) world.record({ type: 'repaired' })
  }

  async #registerAll(): Promise<void> {
    for (const client of this.#world.clients)
      await this.#until(client, 'register', async () => await this.#work.register(client))
  }

  /** Everything is acked, and after another calm nothing of it is anywhere. */
  async #settle(): Promise<void> {
    const world = this.#world
    for (const client of world.clients) {
      await this.#finish(client, 'account', async () => await this.#work.account(client))
    }
    for (const client of world.clients) {
      await this.#finish(client, 'pull', async () => await this.#work.pull(client))
      await this.#until(client, 'ack', async () => await this.#work.ackAll(client))
    }
    await world.pass(calmMs)
    for (const relay of world.relays) {
      // a relay that the mailbox has left keeps what it has until that expires, and nobody asks it any more (SPEC §10.7)
      const owners = world.clients.filter(({ listed }) => listed.has(relay.address.id)).map(({ hex }) => hex)
      const held = relay.held().filter(({ mailbox }) => owners.includes(mailbox))
      world.record({
        type: 'held',
        relay: relay.name,
        labels: held.flatMap(({ id }) => this.#work.labels.get(id) ?? [])
      })
    }
    for (const client of world.clients) await this.#finish(client, 'pull', async () => await this.#work.pull(client))
  }

  async #until(client: ClientNode, name: string, work: () => Promise<boolean>): Promise<void> {
    for (let n = 0; n < tries; n++) {
      const done = { value: false }
      await this.#finish(client, name, async () => {
        done.value = await work()
      })
      if (done.value) return
      await this.#world.pass(10 * minuteMs)
    }
    this.#world.errors.push(new TypeError(`${client.name} could not ${name} although nothing was wrong`))
  }

  async #finish(client: ClientNode, name: string, work: () => Promise<void>): Promise<void> {
    if (await this.#world.finish(work, 10 * minuteMs)) return
    this.#world.errors.push(new TypeError(`${client.name}: ${name} did not end although nothing was wrong`))
  }
}
