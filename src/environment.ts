/**
 * What a process takes from its surroundings besides network and disk: time and randomness. Everything that needs
 * either receives an `Environment`, so that a whole network can run in one process on a virtual clock from one seed.
 */
import { randomBytes } from './crypto/primitives.ts'
import { MailboxError } from './errors.ts'

export interface Environment {
  /** Wall clock, milliseconds since 1970. */
  now: () => number
  /** `n` random bytes. */
  random: (n: number) => Uint8Array
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts first. */
  delay: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** Why a wait is ended that nobody waits for any more: an abort without a reason makes an error and its stack each time. */
export const noLongerAwaited = new MailboxError('ABORTED', 'Nobody waits for it any more.')

export const systemEnvironment: Environment = {
  now: () => Date.now(),
  random: randomBytes,
  delay: async (ms, signal) => {
    signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const timer = setTimeout(resolve, ms)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    signal?.addEventListener('abort', stop, { once: true })
    try {
      await promise
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }
}

/** Below 1, evenly. */
export function chanceOf(env: Environment): number {
  const [a = 0, b = 0, c = 0] = env.random(3)
  return (a * 65_536 + b * 256 + c) / 0x1_00_00_00
}

/**
 * Milliseconds until the next attempt: doubling from `min` to `max`, half of it by chance, and never sooner than the
 * other side asked for, within `max`.
 */
export function backoffMs(env: Environment, failures: number, min: number, max: number, askedMs: number = 0): number {
  return growingMs(chanceOf(env), failures, min, max, askedMs)
}

/** `backoffMs` with the chance given: 0 to 1. */
export function growingMs(chance: number, failures: number, min: number, max: number, askedMs: number = 0): number {
  const full = Math.min(max, min * 2 ** Math.min(failures, 30))
  return Math.max(Math.round(full * (0.5 + chance / 2)), Math.min(askedMs, max))
}

/** Resolves after `ms` milliseconds, or as soon as `signal` aborts: then with false. @throws what else ends the delay */
export async function pause(env: Environment, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await env.delay(ms, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return !signal.aborted
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
