import type { Environment } from '../environment.ts'

/** The items in an order by chance (Fisher–Yates on the environment's randomness). */
export function shuffled<T>(items: readonly T[], env: Environment): T[] {
  const result = [...items]
  const random = new DataView(env.random(4 * result.length).slice().buffer)
  for (let at = result.length - 1; at > 0; at--) {
    const other = random.getUint32(4 * at) % (at + 1)
    const item = result[at] as T
    result[at] = result[other] as T
    result[other] = item
  }
  return result
}
