/** What a relay says of senders that it refused for this mailbox (SPEC §8.4). */
import { statusName, type StatusName } from '../errors.ts'
import { limitName, type LimitName } from '../limits.ts'
import type { Refused } from '../wire/messages.js'

/** Deposits that a relay has refused for one reason since it was started. */
export interface Refusal {
  readonly status: StatusName
  /** The limit that was hit, if one was. */
  readonly limit?: LimitName
  readonly count: number
  /** The last time, by the relay's clock. */
  readonly lastMs: number
}

export function refusalsOf(refused: readonly Refused[]): Refusal[] {
  return refused.map(({ status, limit, count, lastMs }) => {
    const name = limitName(limit)
    return { status: statusName(status), ...(name === undefined ? {} : { limit: name }), count, lastMs }
  })
}
