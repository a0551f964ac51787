/** One run of a program, from its start to its stop or crash, with its own view of the clock. */
import type { Environment } from '../../src/environment.ts'
import type { Chance } from './chance.ts'
import type { VirtualTime } from './virtual-time.ts'

/** What a process that has crashed waits for. */
export const never = async (): Promise<never> => await new Promise<never>(() => undefined)

export class SimProcess {
  readonly env: Environment
  /** False from the crash on: whatever it waits for does not come, and nothing it does has an effect. */
  alive = true

  /** How far the clock is from the true time; it may be set while the process runs. */
  skewMs: number

  constructor(time: VirtualTime, chance: Chance, skewMs: number) {
    this.skewMs = skewMs
    this.env = {
      now: () => Math.floor(time.now + this.skewMs),
      random: n => chance.bytes(n),
      delay: async (ms, signal) => {
        await time.delay(ms, signal)
        if (!this.alive) await never()
      }
    }
  }
}
