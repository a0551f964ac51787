/** A message of the outbox as callers see it. */
import type { ErrorCode } from '../errors.ts'
import { errorTable, MailboxError } from '../errors.ts'
import type { OutboxRow, OutboxState } from './rows.ts'

export interface OutboxEntry {
  readonly id: string
  readonly to: string
  readonly state: OutboxState
  readonly createdMs: number
  readonly expiresHour: number
  readonly attempts: number
  /** Wall clock of the next attempt; absent when there is none. */
  readonly nextMs?: number
  readonly lastError?: { readonly code: ErrorCode; readonly message: string }
}

/** States that no attempt follows. */
export const terminal = (state: OutboxState): boolean => state === 'failed' || state === 'expired'

export function entryOf(id: string, row: OutboxRow): OutboxEntry {
  const { to, state, createdMs, expiresHour, attempts, nextMs, code, reason } = row
  return {
    id,
    to,
    state,
    createdMs,
    expiresHour,
    attempts,
    ...(terminal(state) ? {} : { nextMs }),
    ...(code === undefined
      ? {}
      : { lastError: { code: code in errorTable ? (code as ErrorCode) : 'UNKNOWN', message: reason ?? '' } })
  }
}

/** What `stored` rejects with when no attempt follows. */
export function failureOf({ state, lastError }: OutboxEntry): MailboxError {
  if (lastError !== undefined) return new MailboxError(lastError.code, lastError.message)
  return new MailboxError(state === 'expired' ? 'EXPIRED' : 'UNKNOWN', 'The message was not stored.')
}
