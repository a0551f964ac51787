/** A message of the outbox as callers see it. */
import type { ErrorCode } from '../errors.ts'
import { errorTable, MailboxError } from '../errors.ts'
import type { ReceiptNote } from './message.ts'
import type { OutboxRow, OutboxState } from './rows.ts'

export interface OutboxEntry {
  /** Record id, 64 hex digits; before the message is sealed its handle, 32. */
  readonly id: string
  /** Of a message queued before its recipient's keys were known; goes on naming it once it has a record id. */
  readonly handle?: string
  readonly to: string
  readonly state: OutboxState
  readonly createdMs: number
  readonly expiresHour: number
  readonly attempts: number
  /** Wall clock of the next attempt; absent when there is none. */
  readonly nextMs?: number
  /** True: bytes of it may have reached a relay, so that it may arrive whatever the state. */
  readonly mayArrive: boolean
  readonly lastError?: { readonly code: ErrorCode; readonly message: string }
  /** It is being stamped now (SPEC §7.6). */
  readonly stamping?: Stamping
}

/** `hashes` so far, of `expected` on average: it may take a few times as many. */
export interface Stamping {
  readonly hashes: number
  readonly expected: number
}

/** The message of an entry. */
export interface OutboxMessage {
  readonly id: string
  readonly to: string
  readonly createdMs: number
  readonly contentType: string
  readonly body: Uint8Array
  readonly subject?: string
  /** Record id of the message that this one answers. */
  readonly inReplyTo?: string
  /** Unix hours. */
  readonly expiresHour: number
}

/** The relays that have signed for a stored message. */
export interface Receipts {
  readonly id: string
  readonly storedMs: number
  readonly writeQuorum: number
  readonly relays: readonly ReceiptNote[]
}

/**
 * `state`: an entry, new, tried or ended. `stored`: it has left for the sentbox. `deleted`: it is gone. `damaged`: nothing of
 * it could be read, and it was set aside.
 */
export type OutboxEvent =
  | { readonly type: 'state'; readonly entry: OutboxEntry }
  | { readonly type: 'stored'; readonly id: string; readonly handle?: string; readonly to: string }
  | { readonly type: 'deleted'; readonly entry: OutboxEntry }
  | { readonly type: 'damaged'; readonly id: string }

/** States that no attempt follows. */
export const terminal = (state: OutboxState): boolean => state === 'failed' || state === 'expired'

/** Whether bytes of it may have reached a relay. */
export const mayArrive = (row: OutboxRow): boolean => row.left === true || row.trying === true

export function entryOf(id: string, row: OutboxRow, stamping?: Stamping): OutboxEntry {
  const { to, state, createdMs, expiresHour, attempts, nextMs, code, reason, handle } = row
  return {
    id,
    ...(handle === undefined ? {} : { handle }),
    to,
    state,
    createdMs,
    expiresHour,
    attempts,
    ...(terminal(state) ? {} : { nextMs }),
    mayArrive: mayArrive(row),
    ...(stamping === undefined ? {} : { stamping }),
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
