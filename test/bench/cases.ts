/** What is measured and how often: the cases, the marks of issue 2, and one round of everything. */
import { prepareCargo, type Cargo } from './cargo.ts'
import { Floor } from './floor-client.ts'
import { measure, median, type Figures, type Load } from './measure.ts'
import { Relays } from './relay-client.ts'
import type { System } from './system.ts'

export interface Case {
  readonly name: string
  readonly title: string
  readonly bodyBytes: number
  readonly suite: 1 | 2
  readonly load: Load
}

export interface Row {
  readonly system: string
  /** Bytes of one message as this system gets it. */
  readonly messageBytes: number
  readonly figures: Figures
}

export interface CaseResult {
  readonly case: Case
  readonly recordBytes: number
  /** The relay with W = 1 is the first row. */
  readonly rows: readonly Row[]
}

export interface EndToEnd {
  readonly suite: 1 | 2
  readonly figures: Figures
}

interface Contender {
  readonly system: string
  readonly messageBytes: number
  readonly make: () => System
}

export type Progress = (text: string) => void

/** Every system in turn, `rounds` times over, so that a disturbance of the machine meets all of them. */
export async function runCase(one: Case, rounds: number, progress: Progress): Promise<CaseResult> {
  progress(`${one.name}: sealing ${one.load.messages} messages`)
  const cargo = await prepareCargo({ work: one.load, bodyBytes: one.bodyBytes, suite: one.suite, live: false })
  const contenders = contendersOf(one, cargo)
  const runs = contenders.map((): Figures[] => [])
  for (let round = 1; round <= rounds; round++) {
    for (const [n, { system, make }] of contenders.entries()) {
      progress(`${one.name}: round ${round} of ${rounds}: ${system}`)
      runs[n]!.push(await measure(make(), one.load))
    }
  }
  const rows = contenders.map(({ system, messageBytes }, n) => ({ system, messageBytes, figures: median(runs[n]!) }))
  return { case: one, recordBytes: cargo.recordBytes, rows }
}

function contendersOf(one: Case, cargo: Cargo): Contender[] {
  const relays = (count: number, system: string): Contender => ({
    system,
    messageBytes: cargo.recordBytes,
    make: () => new Relays({ cargo, relays: count })
  })
  const floor = (tls: boolean, messageBytes: number, oneByOne = false): Contender => ({
    system: `floor, ${tls ? 'TLS' : 'TCP'}${oneByOne ? ', 1 by 1' : ''}`,
    messageBytes,
    make: () => new Floor({ work: one.load, messageBytes, tls, oneByOne })
  })
  return [
    relays(1, 'relay, W = 1'),
    floor(true, cargo.recordBytes),
    floor(true, cargo.recordBytes, true),
    floor(false, cargo.recordBytes),
    relays(3, 'relays, W = 2 of 3'),
    floor(true, one.bodyBytes),
    floor(false, one.bodyBytes)
  ]
}

/** Seal and deposit, pull and open, in one client process against one relay. */
export async function runEndToEnd(suite: 1 | 2, load: Load, rounds: number, progress: Progress): Promise<EndToEnd> {
  const runs: Figures[] = []
  for (let round = 1; round <= rounds; round++) {
    progress(`end to end: suite ${suite}, round ${round} of ${rounds}`)
    const cargo = await prepareCargo({ work: load, bodyBytes: 1024, suite, live: true })
    runs.push(await measure(new Relays({ cargo, relays: 1 }), load))
  }
  return { suite, figures: median(runs) }
}

export interface Mark {
  readonly what: string
  readonly value: number
  readonly bound: number
  readonly met: boolean
}

/** Issue 2, must show 8: relay with W = 1 against the floor behind TLS with as many bytes for each message. */
export function marksOf({ rows, recordBytes }: CaseResult): Mark[] {
  const relay = rows[0]!.figures
  const floor = rows[1]!.figures
  const oneByOne = rows[2]!.figures
  const atLeast = (what: string, value: number, bound: number): Mark => ({ what, value, bound, met: value >= bound })
  const atMost = (what: string, value: number, bound: number): Mark => ({ what, value, bound, met: value <= bound })
  return [
    atLeast('deposits/s, relay / floor', relay.depositsPerSecond / floor.depositsPerSecond, 0.4),
    atMost('CPU of a deposit, relay / floor', relay.depositCpuMs / floor.depositCpuMs, 3),
    atLeast(
      'drain/s, relay / floor that drains 1 by 1, as bench-peers does',
      relay.drainPerSecond / oneByOne.drainPerSecond,
      0.3
    ),
    atLeast('drain/s, relay / floor that drains by pages', relay.drainPerSecond / floor.drainPerSecond, 0.3),
    atMost('disk, relay / record bytes', relay.diskBytes / recordBytes, 1.3)
  ]
}
