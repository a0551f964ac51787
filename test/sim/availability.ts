/**
 * npm run sim -- --availability: how often a deposit finds W relays, when each relay is up for a share of the time and
 * that of no other; beside what the same shares give by counting.
 */
import { msPerHour } from '../../src/environment.ts'
import type { Chance } from './chance.ts'
import { codeOf, type ClientNode } from './client-node.ts'
import type { RelayNode } from './relay-node.ts'
import { World } from './world.ts'

const minuteMs = 60_000
/** Outages are this long on average, with an exponential distribution, and as far apart as the share of time asks for. */
const outageMs = 30 * minuteMs
/** Far enough apart that two deposits seldom meet the same outage. */
const betweenMs = outageMs
const renewMs = 12 * msPerHour
const mailboxes = 6

export interface Cell {
  readonly up: number
  readonly active: number
  readonly standby: number
  readonly deposits: number
  /** Shares of the deposits that were stored at the first attempt, and within a minute and an hour of retries. */
  readonly first: number
  readonly minute: number
  readonly hour: number
  /** P(at least W of the listed relays are up). */
  readonly computed: number
  /** The share of the deposits at whose beginning W of the listed relays were up. */
  readonly possible: number
}

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k)

/** The chance that at least `k` of `n` are up. */
export function atLeast(k: number, n: number, up: number): number {
  let sum = 0
  for (let i = k; i <= n; i++) sum += choose(n, i) * up ** i * (1 - up) ** (n - i)
  return sum
}

export async function measure(o: { up: number; standby: number; deposits: number; seed: number }): Promise<Cell> {
  const active = 3
  const writeQuorum = 2
  const world = new World(o.seed, {}, { mailboxes, active, standby: o.standby })
  try {
    for (const machine of world.machines) world.revive(machine)
    await world.pass(minuteMs)
    for (const client of world.clients) world.launch(async () => await renew(client))
    await world.pass(minuteMs)
    for (const relay of world.relays) comeAndGo(world, relay, world.chance.fork(`outages of ${relay.name}`), o.up)
    const took: number[] = []
    let possible = 0
    for (let n = 0; n < o.deposits; n++) {
      await world.pass(betweenMs)
      if ((n * betweenMs) % renewMs === 0)
        for (const client of world.clients) world.launch(async () => await renew(client))
      const [to, from] = world.chance.shuffled(world.clients)
      if (to === undefined || from === undefined) throw new RangeError('two mailboxes are needed')
      if (world.relays.filter(relay => relay.up && to.listed.has(relay.address.id)).length >= writeQuorum) possible++
      world.launch(async () => {
        took.push(await deposit(world, from, to))
      })
    }
    await world.pass(2 * msPerHour)
    if (world.errors.length > 0) throw world.errors[0]
    const within = (ms: number): number => took.filter(one => one <= ms).length / o.deposits
    const computed = atLeast(writeQuorum, active + o.standby, o.up)
    return {
      ...o,
      active,
      computed,
      possible: possible / o.deposits,
      first: within(0),
      minute: within(minuteMs),
      hour: within(msPerHour)
    }
  } finally {
    await world.close()
  }
}

/** Up and down in turn for ever, beginning with either as its share of the time has it. */
function comeAndGo(world: World, relay: RelayNode, chance: Chance, up: number): void {
  const exponential = (meanMs: number): number => -meanMs * Math.log(1 - chance.share())
  const upMs = (outageMs * up) / (1 - up)
  const go = (): void => {
    relay.crash()
    world.time.after(exponential(outageMs), come)
  }
  const come = (): void => {
    world.revive(relay)
    world.time.after(exponential(upMs), go)
  }
  if (chance.happens(up)) come()
  else go()
}

async function renew(client: ClientNode): Promise<void> {
  await client.register().catch(codeOf)
}

/** @returns 0: stored at the first attempt; else how long it took, milliseconds; Infinity: it was not stored */
async function deposit(world: World, from: ClientNode, to: ClientNode): Promise<number> {
  const startMs = world.time.now
  try {
    const sent = await from.mailbox?.send(to.identity.address, 'hello', { ttlHours: 24 })
    if (sent?.state === 'stored') return 0
    await sent?.stored()
    return world.time.now - startMs
  } catch (error) {
    codeOf(error)
    return Infinity
  }
}

const percent = (share: number, digits: number): string => `${(100 * share).toFixed(digits)} %`

export function tableOf(cells: readonly Cell[]): string[] {
  const head = [
    'relay up',
    'relays',
    'computed',
    'W were up',
    'at once',
    'within a minute',
    'within an hour',
    'deposits'
  ]
  const rows = cells.map(cell => [
    percent(cell.up, 0),
    `2 of ${cell.active}${cell.standby === 0 ? '' : ` + ${cell.standby} standbys`}`,
    percent(cell.computed, 3),
    percent(cell.possible, 2),
    percent(cell.first, 2),
    percent(cell.minute, 2),
    percent(cell.hour, 2),
    String(cell.deposits)
  ])
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}
