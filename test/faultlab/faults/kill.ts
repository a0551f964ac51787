/** A relay kills itself at a named point of its work, under load, and is started again. */
import type { Fault, Row } from '../fault.ts'
import type { FailPoint } from '../failpoints.ts'
import { heldOnDisk } from '../held.ts'
import type { Lab, Trio } from '../lab.ts'
import { Load } from '../load.ts'
import type { LabRelayProcess } from '../relay.ts'
import { settle } from '../settle.ts'
import { within } from '../waiting.ts'

const deathMs = 30_000

export interface Victim {
  readonly lab: Lab
  readonly trio: Trio
  readonly relay: LabRelayProcess
  readonly load: Load
}

export interface Point {
  readonly point: FailPoint
  readonly title: string
  /** Killed at the first to this many-th time; by chance. */
  readonly hitsMax: number
  /** From a running load to the moment the trap is set; the victim runs without one before. Ends when it is dead. */
  readonly provoke: (victim: Victim, trap: { point: FailPoint; hits: number }) => Promise<void>
}

/** The trap is set while deposits and acks come in. */
const underLoad: Point['provoke'] = async ({ trio, relay, load }, trap) => {
  await relay.end('SIGTERM')
  load.start()
  await trio.restart(relay, { lab: { sync: true, trap } })
  await dead(relay)
  await load.more(20)
}

/** The victim is down for a while; then it is given what it has missed, and nothing else. */
const inRepair: Point['provoke'] = async ({ trio, relay, load }, trap) => {
  load.start()
  await load.more(5)
  await relay.end()
  await load.more(60)
  await load.stop()
  await load.flush(deathMs)
  await trio.restart(relay, { lab: { sync: true, trap } })
  await dead(relay)
}

const atStart: Point['provoke'] = async ({ trio, relay, load }, trap) => {
  load.start()
  await load.more(20)
  await relay.end()
  await dies(trio, relay, trap)
}

const atStop: Point['provoke'] = async ({ trio, relay, load }, trap) => {
  await relay.end('SIGTERM')
  load.start()
  await trio.restart(relay, { lab: { sync: true, trap } })
  await load.more(30)
  relay.signal('SIGTERM')
  await dead(relay)
}

export const points: readonly Point[] = [
  { point: 'deposit:before', title: 'before a deposit is written', hitsMax: 5, provoke: underLoad },
  { point: 'deposit:written', title: 'deposit written, not synced', hitsMax: 5, provoke: underLoad },
  { point: 'deposit:synced', title: 'deposit synced, receipt not signed', hitsMax: 5, provoke: underLoad },
  { point: 'receipt:signed', title: 'receipt signed, answer not made', hitsMax: 5, provoke: underLoad },
  { point: 'answer:made', title: 'answer made, not sent', hitsMax: 10, provoke: underLoad },
  { point: 'ack:before', title: 'before an ack is written', hitsMax: 2, provoke: underLoad },
  { point: 'ack:written', title: 'ack written, not synced', hitsMax: 2, provoke: underLoad },
  { point: 'ack:synced', title: 'ack synced, not confirmed', hitsMax: 2, provoke: underLoad },
  { point: 'repair:before', title: 'in repair, between two commits', hitsMax: 1, provoke: inRepair },
  { point: 'start:reading', title: 'at start-up, reading its store', hitsMax: 4, provoke: atStart },
  { point: 'stop:closing', title: 'at SIGTERM, before the store is closed', hitsMax: 1, provoke: atStop }
]

export const kill: Fault = {
  name: 'kill',
  needs: [],
  async *run(lab): AsyncGenerator<Row> {
    const trio = lab.relays()
    const relay = trio.relay(2)
    await trio.restart(trio.relay(0))
    await trio.restart(trio.relay(1))
    await dies(trio, relay, { point: 'version:synced', hits: 1 })
    await trio.restart(relay)
    const load = await Load.open(lab, trio.relays)
    load.start()
    await load.more(40)
    const first = 'SIGKILL: at its first start, version and epoch written'
    const settled = await settle(load, await lab.observer(), trio.relays)
    yield { title: first, keeps: true, notes: ['version:synced, hit 1'], ...settled }
    for (const point of points) yield await killedAt(lab, trio, relay, point)
  }
}

/** One row; used by the tests with a point of their choice. */
export async function killedAt(lab: Lab, trio: Trio, relay: LabRelayProcess, o: Point): Promise<Row> {
  const observer = await lab.observer()
  const load = await Load.open(lab, trio.relays)
  // a second commit of repair exists because every mailbox has its own
  const hits = (o.provoke === inRepair ? 2 : 1) + lab.chance.below(o.hitsMax)
  await o.provoke({ lab, trio, relay, load }, { point: o.point, hits })
  const { ids } = await heldOnDisk(relay.data)
  const broken = load.ledger.heldAlone(relay.id, ids)
  await trio.restart(relay)
  const settled = await settle(load, observer, trio.relays)
  const notes = [`${o.point}, hit ${hits}; ${load.counts.unsure} sends unsure at first, ${broken} receipts broken`]
  return { title: `SIGKILL: ${o.title}`, keeps: true, notes, ...settled }
}

/** Starts a relay that does not come to be ready. */
async function dies(trio: Trio, relay: LabRelayProcess, trap: { point: FailPoint; hits: number }): Promise<void> {
  const started = await trio.restart(relay, { lab: { sync: true, trap } }).then(
    () => true,
    () => false
  )
  if (started) throw new Error(`${trap.point} was not reached ${trap.hits} times before the relay was ready`)
  await dead(relay)
}

async function dead(relay: LabRelayProcess): Promise<void> {
  const end = await within(deathMs, 'the fail point is reached', relay.ended)
  if (end !== 'SIGKILL') throw new Error(`the relay ended with ${end} and not at its fail point: ${relay.words}`)
}
