/**
 * What a process takes from its surroundings besides network and disk: time and randomness. Everything that needs
 * either receives an `Environment`, so that a whole network can run in one process on a virtual clock from one seed.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as timeout } from 'node:timers/promises'

export interface Environment {
  /** Wall clock, milliseconds since 1970. */
  now: () => number
  /** `n` random bytes. */
  random: (n: number) => Uint8Array
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts first. */
  delay: (ms: number, signal?: AbortSignal) => Promise<void>
}

export const systemEnvironment: Environment = {
  now: () => Date.now(),
  random: n => new Uint8Array(randomBytes(n)),
  delay: async (ms, signal) => {
    await timeout(ms, undefined, { ref: true, ...(signal === undefined ? {} : { signal }) })
  }
}

export const msPerHour = 3_600_000

/** Unix hours, rounded down: the unit of every expiry (SPEC §3.2). */
export function hourOf(ms: number): number {
  return Math.floor(ms / msPerHour)
}

/** One structured line per event: `event` is a stable name, fields are plain values; never bodies, never whole keys. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type Log = (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>) => void

export const silent: Log = () => undefined
