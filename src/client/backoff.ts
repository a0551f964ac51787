import type { Environment } from '../environment.ts'

/**
 * Milliseconds until the next attempt: doubling from `min` to `max`, half of it by chance, and never sooner than the
 * other side asked for, within `max`.
 */
export function backoffMs(env: Environment, failures: number, min: number, max: number, askedMs: number = 0): number {
  const full = Math.min(max, min * 2 ** Math.min(failures, 30))
  const [byte = 0] = env.random(1)
  return Math.max(Math.round(full * (0.5 + byte / 510)), Math.min(askedMs, max))
}
