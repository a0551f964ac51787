/** The one shape of an attack, and of the row it ends in. */
import type { Attacker } from './attacker.ts'
import type { Share } from './honest.ts'
import type { Lie } from './liar.ts'
import type { Scene } from './scene.ts'

/** What is special about the relays and the honest clients of an attack. */
export interface Setting {
  /** Flags of every relay. */
  readonly flags?: readonly string[]
  /** Of the stamp that opens a mailbox; absent: none, and of a stranger's; absent: the default. */
  readonly registrationBits?: number
  readonly strangersBits?: number
  /** What the last relay lies about during the attack. */
  readonly lie?: Lie
}

export interface Attack {
  /** Also the name of its file. */
  readonly name: string
  /** What the attackers do, and how much of it. */
  readonly title: string
  /** Attacker processes. */
  readonly crew: number
  /** Of each phase, whatever is asked for: what it takes to show. */
  readonly secondsMin?: number
  /** True: it goes on until the attackers have done all that they came for, however long that takes. */
  readonly toTheEnd?: boolean
  readonly setting?: Setting
  /** In the runner, when the honest clients are at work: what the attackers are given. */
  readonly arm?: (scene: Scene) => Promise<Readonly<Record<string, string>>>
  /** In an attacker's process, before the attack is timed. */
  readonly prime?: (attacker: Attacker) => Promise<void>
  /** In an attacker's process; goes on until `attacker.signal` aborts. */
  readonly strike: (attacker: Attacker) => Promise<void>
  /** In the runner, when the attackers have ended and the honest clients are done: what the attack achieved of its aim. */
  readonly judge?: (scene: Scene, counts: Counts) => Promise<readonly string[]>
}

/** What the attackers did and what they were told, all of them together. */
export type Counts = ReadonlyMap<string, number>

export interface Row {
  readonly name: string
  readonly title: string
  readonly before: Share
  readonly during: Share
  readonly rssMiB: number
  readonly rssMiBMax: number
  readonly grownMiB: number
  /** Status → how often the relays gave it during the attack. */
  readonly refused: Counts
  readonly crashed: readonly string[]
  readonly counts: Counts
  /** Share of one processor that each of the relays, and all attackers together, used. */
  readonly load: string
  /** What the honest clients were told while it failed, and how often. */
  readonly failures: Counts
  readonly achieved: readonly string[]
}

/** Honest operations that have to succeed. */
const shareMin = 0.99

/** What is wrong with a row; nothing: it passes. */
export function problems(row: Row): string[] {
  const { before, during, rssMiB, rssMiBMax, crashed, achieved } = row
  const found = [...crashed, ...achieved]
  for (const [when, { done, all }] of [
    ['before', before],
    ['during', during]
  ] as const) {
    if (all === 0) found.push(`nothing honest was tried ${when} the attack, so nothing is shown`)
    else if (done < shareMin * all) found.push(`${all - done} of ${all} honest operations failed ${when} the attack`)
  }
  if (rssMiB > rssMiBMax) found.push(`a relay had ${rssMiB.toFixed(0)} MiB, over its bound of ${rssMiBMax} MiB`)
  return found
}
