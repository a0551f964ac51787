/**
 * What becomes of a message in the outbox: its row after an attempt, and when the next one is due (SPEC §10.2). Pure:
 * time and chance are arguments.
 */
import { growingMs, hourOf, msPerHour } from '../environment.ts'
import { outboxRetryMsMax, outboxRetryMsMin } from '../limits.ts'
import type { Outcome } from './depositor.ts'
import { mayArrive, terminal } from './entry.ts'
import type { OutboxRow } from './rows.ts'

/** The row while an attempt is about to begin. */
export const begun = (row: OutboxRow): OutboxRow => ({ ...row, trying: true })

/** True: what a crash during the next attempt would leave unsaid must be on disk before it. */
export const mustSay = (row: OutboxRow): boolean => row.trying !== true && row.state !== 'unknown'

/** The row of an attempt of a process that ended before it could record the outcome. */
export function recovered(row: OutboxRow, nowMs: number): OutboxRow {
  if (row.trying !== true) return row
  const reason = 'The process ended during an attempt: relays may have the message. It is tried again.'
  return { ...idle(row), state: 'unknown', left: true, nextMs: nowMs, code: 'UNKNOWN', reason }
}

export function expired(row: OutboxRow, nowMs: number): OutboxRow {
  const reason = 'It expired before enough relays had taken it.'
  return { ...idle(row), state: 'expired', code: 'EXPIRED', reason, endedMs: nowMs }
}

export function cancelled(row: OutboxRow, nowMs: number): OutboxRow {
  const reason = mayArrive(row)
    ? 'Its sender cancelled it; a relay may have it, so that it may still arrive.'
    : 'Its sender cancelled it before anything left.'
  return { ...idle(row), left: mayArrive(row), state: 'failed', code: 'CANCELLED', reason, endedMs: nowMs }
}

/** What it was made of cannot be read any more. */
export function unreadable(row: OutboxRow, reason: string, nowMs: number): OutboxRow {
  return { ...idle(row), left: mayArrive(row), state: 'failed', code: 'DAMAGED', reason, endedMs: nowMs }
}

export const hasExpired = (row: OutboxRow, nowMs: number): boolean => row.expiresHour <= hourOf(nowMs)

/**
 * The row after an attempt that did not store the message.
 * @param chance 0 to 1: how much of the random half of the pause is waited
 */
export function settled(row: OutboxRow, outcome: Outcome, nowMs: number, chance: number): OutboxRow {
  const { receipts, asked, error } = outcome
  const state = stateAfter(row, outcome)
  const failure = error === undefined ? {} : { code: error.code, reason: error.message }
  const after = { ...idle(row), state, left: row.left === true || asked, receipts, ...failure }
  const attempts = row.attempts + 1
  if (terminal(state)) return { ...after, attempts, endedMs: nowMs }
  // stopped from this side: not held against the relays, and when none was asked nothing has changed
  if (error?.code === 'ABORTED' || error?.code === 'CLOSED') return { ...(asked ? after : idle(row)), nextMs: nowMs }
  const pauseMs = growingMs(chance, row.attempts, outboxRetryMsMin, outboxRetryMsMax, error?.retryAfterMs)
  return { ...after, attempts, nextMs: Math.min(nowMs + pauseMs, Math.max(nowMs, row.expiresHour * msPerHour)) }
}

/** What is not known stays so until every relay has said that it does not have the message. */
function stateAfter(row: OutboxRow, { state, definite }: Outcome): OutboxRow['state'] {
  if (state === 'stored') return 'unknown'
  return row.state === 'unknown' && !definite && !terminal(state) ? 'unknown' : state
}

/** No attempt runs. */
const idle = (row: OutboxRow): OutboxRow => ({ ...row, trying: false })
