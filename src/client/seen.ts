/**
 * What the client knows to have had already: by record id, and by (sender, uid), which catches a sender who seals the
 * same message twice. Kept until expiry + 2Δ, and nothing past that hour is taken any more, so that the set is bounded
 * by live mail (SPEC §10.3).
 */
import { toString } from 'uint8arrays'
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import { clockSkewHours } from '../limits.ts'
import type { SeenRow } from './rows.ts'
import type { LocalStore, Operation } from './store.ts'
import { orderKey } from './store.ts'

/** Rows removed by one sweep; the next one goes on. */
const sweepMax = 1_000

export const recordKey = (id: string): string => `r:${id}`
export const uidKey = (sender: Uint8Array, uid: Uint8Array): string =>
  `u:${toString(sender, 'hex')}${toString(uid, 'hex')}`

/** First hour at which a record of this expiry is neither remembered nor taken (SPEC §10.3). */
export const forgottenHour = (expiresHour: number): number => expiresHour + 2 * clockSkewHours

export function remember(store: LocalStore, key: string, row: SeenRow): Operation[] {
  return [store.seen.put(key, row), store.ends.put(`${orderKey(row.expiresHour)}:${key}`, null)]
}

/** Forgets what is past its time: seen keys, and with them what failed to open. */
export async function sweepSeen(store: LocalStore, env: Environment): Promise<number> {
  const before = orderKey(hourOf(env.now()) - 2 * clockSkewHours + 1)
  const ends: string[] = []
  for await (const [end] of store.ends.entries({ lt: before, limit: sweepMax })) ends.push(end)
  const keys = ends.map(end => end.slice(end.indexOf(':') + 1))
  const rows = await store.seen.getMany(keys)
  const operations: Operation[] = []
  for (const [at, end] of ends.entries()) {
    const key = keys[at] ?? ''
    operations.push(store.ends.del(end))
    // a uid that came again with a later expiry has a later end too
    if (orderKey(rows[at]?.expiresHour ?? 0) >= before) continue
    operations.push(store.seen.del(key))
    if (key.startsWith('r:')) operations.push(store.failed.del(key.slice(2)))
  }
  await store.note(operations)
  return ends.length
}
