/** What a command has of the process: where it reads, where it writes, when it must end. */
import type { Readable, Writable } from 'node:stream'
import type { Variables } from '../daemon/config.ts'

export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  /** Data, and nothing else. */
  readonly stdout: Writable & { readonly isTTY?: boolean }
  /** Talk: errors, warnings, progress, logs. */
  readonly stderr: Writable & { readonly isTTY?: boolean }
  readonly variables: Variables
  /** Aborts at the first SIGINT or SIGTERM; its reason is a MailboxError. */
  readonly signal: AbortSignal
}

/** One line of data. */
export function print(io: Io, line: string): void {
  io.stdout.write(`${line}\n`)
}

/** One line of data for programs: an object with a `type`. Fields may be added, none changes its meaning. */
export function printJson(io: Io, object: { readonly type: string } & Readonly<Record<string, unknown>>): void {
  io.stdout.write(`${JSON.stringify(object)}\n`)
}

/** One line for people. */
export function talk(io: Pick<Io, 'stderr'>, line: string): void {
  io.stderr.write(`${line}\n`)
}
