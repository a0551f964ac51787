/**
 * Logs: pino behind the `Log` of environment.ts. One line of JSON per event, to stderr; `event` is a stable name. Bodies
 * and whole keys are never passed to a log.
 */
import type { DestinationStream } from 'pino'
import { pino } from 'pino'
import type { Log } from '../environment.ts'
import type { logLevels } from './keys.ts'

export interface LogInit {
  readonly level: (typeof logLevels)[number]
  /** stderr when absent, written at once: the line before a crash is the one that matters. */
  readonly destination?: DestinationStream
}

export function createLog({ level, destination }: LogInit): Log {
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) }
    },
    destination ?? pino.destination({ fd: 2, sync: true })
  )
  return (at, event, fields) => {
    logger[at](fields ?? {}, event)
  }
}
