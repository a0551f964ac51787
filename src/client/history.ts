/** What was tried to store a message: bounded, newest attempts kept (SPEC §10.2). */
import type { ErrorCode } from '../errors.ts'
import { errorTable } from '../errors.ts'
import { attemptsKeptMax } from '../limits.ts'
import type { ReceiptNote } from './message.ts'
import type { AttemptRow } from './rows.ts'

/** One relay asked; or, without `relay`, a look for relays or keys that found none. */
export interface Attempt {
  /** When its answer, or the lack of one, was known. */
  readonly atMs: number
  readonly relay?: string
  /** Why it did not take the message. */
  readonly code?: ErrorCode
  /** What it has signed for. */
  readonly receipt?: ReceiptNote
}

/** The history with newer attempts, within its bound. */
export const appended = (history: readonly AttemptRow[], newer: readonly AttemptRow[]): readonly AttemptRow[] =>
  [...history, ...newer].slice(-attemptsKeptMax)

export function attemptOf({ atMs, relay, code, receivedMs, keepUntilHour }: AttemptRow): Attempt {
  return {
    atMs,
    ...(relay === undefined ? {} : { relay }),
    ...(code === undefined ? {} : { code: code in errorTable ? (code as ErrorCode) : 'UNKNOWN' }),
    ...(relay === undefined || receivedMs === undefined || keepUntilHour === undefined
      ? {}
      : { receipt: { relay, receivedMs, keepUntilHour } })
  }
}
