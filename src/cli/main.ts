/** The command line: arguments to a command, a command to an exit code. */
import { MailboxError } from '../errors.ts'
import { report } from './failure.ts'
import type { Io } from './io.ts'
import { talk } from './io.ts'
import { createProgram } from './program.ts'

/** Exit code after a second SIGINT or SIGTERM: nothing was finished, nothing that was confirmed is lost. */
const forcedExit = 2
/** A process that has returned its exit code ends after this long, whatever still holds the event loop. */
const lingerMs = 1_000

/** Runs one command. @returns its exit code */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    await createProgram(io).parseAsync([...argv], { from: 'user' })
    return 0
  } catch (error) {
    return report(io, error, argv.includes('--json'))
  }
}

/** The process as an `Io`: the first signal ends the command in order, the second at once. */
function processIo(): Io {
  const stop = new AbortController()
  const onSignal = (name: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(forcedExit)
    talk(process, `mailbox: ${name}, ending; once more to end at once.`)
    stop.abort(new MailboxError('ABORTED', `Stopped by ${name}.`))
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  // the reader of our output has gone: `mailbox inbox | head`
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : forcedExit)
  })
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    variables: process.env,
    signal: stop.signal
  }
}

/**
 * hpke asks WebCrypto what it supports by a call that Node still announces as experimental, which is not the user's
 * business; all other warnings are.
 */
function quietWarnings(): void {
  process.removeAllListeners('warning')
  process.on('warning', warning => {
    if (warning.name !== 'ExperimentalWarning') talk(process, `mailbox: warning: ${warning.message} (${warning.name})`)
  })
}

/** The process: its arguments, its signals, its exit code. */
export async function run(): Promise<void> {
  quietWarnings()
  process.exitCode = await main(process.argv.slice(2), processIo())
  setTimeout(() => {
    process.exit()
  }, lingerMs).unref()
}

if (import.meta.main) await run()
