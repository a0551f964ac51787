/** How often a busy peer is asked again. */
import type { Environment } from '../environment.ts'
import { statusName } from '../errors.ts'

export interface Patience {
  readonly pausesMax: number
  /** However long the other side asks for. */
  readonly pauseMsMax: number
  readonly signal: AbortSignal
}

/**
 * Asks, and again after the pause that the answer asks for while it is BUSY. @returns the last answer, which is BUSY
 * when the patience is over
 */
export async function patiently<T extends { readonly status: number; readonly retryAfterMs: number }>(
  env: Environment,
  { pausesMax, pauseMsMax, signal }: Patience,
  ask: () => Promise<T>
): Promise<T> {
  for (let pauses = 0; ; pauses++) {
    const answer = await ask()
    if (statusName(answer.status) !== 'BUSY' || pauses === pausesMax) return answer
    await env.delay(Math.min(answer.retryAfterMs, pauseMsMax), signal)
  }
}
