/**
 * What a command has of the process: where it reads, where it writes, when it must end. What is written here can never
 * drive a terminal, whoever it came from: see visible.ts.
 */
import type { Readable, Writable } from 'node:stream'
import type { Variables } from '../daemon/config.ts'
import type { FormName } from './forms.ts'
import { visible, visibleJson } from './visible.ts'

export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  /** Data, and nothing else. */
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  /** Talk: errors, warnings, progress, logs. */
  readonly stderr: Writable & { readonly isTTY?: boolean }
  readonly variables: Variables
  /** Aborts at the first SIGINT or SIGTERM; its reason is a MailboxError. */
  readonly signal: AbortSignal
}

/** One line of data. */
export function print(io: Pick<Io, 'stdout'>, line: string): void {
  io.stdout.write(`${visible(line)}\n`)
}

/** One line of data for programs: an object with a `type` of forms.ts. Fields may be added, none changes its meaning. */
export function printJson(
  io: Pick<Io, 'stdout'>,
  object: { readonly type: FormName } & Readonly<Record<string, unknown>>
): void {
  io.stdout.write(`${visibleJson(JSON.stringify(object))}\n`)
}

/** One line for people. */
export function talk(io: Pick<Io, 'stderr'>, line: string): void {
  io.stderr.write(`${visible(line)}\n`)
}
