/** What relays and clients of a simulation have in common. */
import type { Database as ClientDatabase } from '../../src/client/store.ts'
import { msPerHour } from '../../src/environment.ts'
import { clockSkewHours } from '../../src/limits.ts'
import type { Database as RelayDatabase } from '../../src/relay/database.ts'
import type { MemoryNetwork } from '../../src/testing/network.ts'
import type { PeerAddress } from '../../src/wire/port.ts'
import type { Chance } from './chance.ts'
import type { Disk, DiskLevel } from './disk.ts'
import type { VirtualTime } from './virtual-time.ts'

/** Changes databases for the worse, to show that the simulation notices. */
export interface Sabotage {
  readonly relay?: (level: DiskLevel) => RelayDatabase
  readonly client?: (level: DiskLevel) => ClientDatabase
}

export interface Surroundings {
  readonly time: VirtualTime
  readonly chance: Chance
  readonly network: MemoryNetwork
  readonly sabotage: Sabotage
  /** Told of what nobody awaits. */
  readonly failed: (error: unknown) => void
}

export interface Machine {
  readonly name: string
  readonly disk: Disk
  readonly address: PeerAddress
  readonly up: boolean
  start: () => Promise<void>
  /** Ends the process in order. */
  stop: () => Promise<void>
  /** Ends the process at once, and the power with it. */
  crash: () => void
  /** Sets the clock of the process that runs to another time, forward or back, within Δ of the true one. */
  stepClock: () => void
}

/** Every clock is at most Δ from the true time; where, is drawn anew when the process starts. */
export function skewOf(chance: Chance): number {
  return Math.round(chance.between(-1, 1) * clockSkewHours * msPerHour)
}
