/** What every answer shares: a status, which limit, when to come back, and the locator of a mailbox that moved. */
import { isMailboxError, MailboxError, Status, statusName, statusOf, type StatusCode } from '../errors.ts'
import { limitName, limitNumber } from '../limits.ts'
import type { Observe } from './options.ts'

export interface Answer {
  status: StatusCode
  retryAfterMs: number
  limit: number
  locator?: Uint8Array
  /** With POW: the zero bits that a stamp needs. */
  powBits: number
}

export const ok: Answer = { status: Status.OK, retryAfterMs: 0, limit: 0, powBits: 0 }

/** The refusal for an error: numbers only, whatever the error says (SPEC §5.5). */
export function refusal(error: unknown): Answer {
  const status = statusOf(error)
  if (!(error instanceof MailboxError)) return { ...ok, status }
  return {
    status,
    retryAfterMs: Math.min(error.retryAfterMs ?? 0, 0xffffffff),
    limit: error.limit === undefined ? 0 : limitNumber(error.limit),
    powBits: error.powBits ?? 0,
    ...(error.locator === undefined ? {} : { locator: error.locator })
  }
}

/** True: an operator should hear of it. What ended because the asker has gone is its doing, as often as it likes. */
export function failedHere(error: unknown): boolean {
  return statusOf(error) === Status.UNAVAILABLE && !isMailboxError(error, 'ABORTED')
}

/** Counts a refusal by its status, and by the limit that was hit. */
export function countRefusal(observe: Observe, { status, limit }: Pick<Answer, 'status' | 'limit'>): void {
  observe('refused', 1, statusName(status))
  const name = limitName(limit)
  if (name !== undefined) observe('limited', 1, name)
}

/** Decodes a request. @throws MailboxError MALFORMED */
export function decodeRequest<T>(codec: { decode: (bytes: Uint8Array) => T }, bytes: Uint8Array): T {
  try {
    return codec.decode(bytes)
  } catch (error) {
    throw new MailboxError('MALFORMED', 'The request does not decode.', { cause: error })
  }
}
