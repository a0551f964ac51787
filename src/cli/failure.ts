/**
 * How a command fails: one sentence and a code on stderr, and the exit code of the table in errors.ts. With `--json` the
 * line on stderr is `{"error":{"code","message"}}`, with `limit` and `retryAfterMs` where they are known; stdout carries
 * data only, in both forms.
 */
import { CommanderError } from 'commander'
import { errorTable, MailboxError } from '../errors.ts'
import type { Io } from './io.ts'
import { talk } from './io.ts'
import { visibleLine } from './visible.ts'

/** A fault of this program: not in the table, since no caller can provoke it on purpose. */
const internalExit = 70

const helpCodes = new Set(['commander.helpDisplayed', 'commander.version', 'commander.help'])

function usageError(error: CommanderError): MailboxError {
  const text = error.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\(Did you mean (.*)\?\)$/, '; did you mean $1?')
  const sentence = text.replace(/ ;/, ';').replace(/([^.?])$/, '$1; see "mailbox --help".')
  return new MailboxError('USAGE', `${sentence[0]?.toUpperCase() ?? ''}${sentence.slice(1)}`, { cause: error })
}

/** Says what went wrong. @returns the exit code */
export function report(io: Io, error: unknown, json: boolean): number {
  // commander has written the help or the version already
  if (error instanceof CommanderError && helpCodes.has(error.code))
    return error.exitCode === 0 ? 0 : errorTable.USAGE.exit
  const failure = error instanceof CommanderError ? usageError(error) : error
  if (!(failure instanceof MailboxError)) {
    const message = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)
    talk(
      io,
      json
        ? JSON.stringify({ error: { code: 'INTERNAL', message } })
        : `mailbox: a fault of this program (INTERNAL)\n${message}`
    )
    return internalExit
  }
  const { code, message, limit, retryAfterMs } = failure
  if (json) talk(io, JSON.stringify({ error: { code, message, limit, retryAfterMs } }))
  else talk(io, `mailbox: ${visibleLine(message)} (${code})`)
  return errorTable[code].exit
}
