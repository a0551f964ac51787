/** The command line: arguments to a command, a command to an exit code. */
import { Command } from 'commander'
import { versionOf } from '../daemon/version.ts'
import { MailboxError } from '../errors.ts'
import { addDemo } from './demo.ts'
import { report } from './failure.ts'
import { addId } from './id.ts'
import { addInbox } from './inbox.ts'
import type { Io } from './io.ts'
import { talk } from './io.ts'
import { addOutbox } from './outbox.ts'
import { addRegister } from './register.ts'
import { addRelay } from './relay.ts'
import { addRelays } from './relays.ts'
import { addRelayStore } from './relay-store.ts'
import { addSend } from './send.ts'
import { addStatus } from './status.ts'

/** Exit code after a second SIGINT or SIGTERM: nothing was finished, nothing that was confirmed is lost. */
const forcedExit = 2
/** A process that has returned its exit code ends after this long, whatever still holds the event loop. */
const lingerMs = 1_000

const examples = `
Examples:
  mailbox demo                                   see everything at work on this machine
  mailbox relay --listen /ip4/0.0.0.0/tcp/4501   run a relay
  mailbox id new                                 make an identity, print its address
  mailbox register --bootstrap MULTIADDR         open a mailbox
  mailbox send ADDRESS "hello"                   leave a message
  mailbox inbox --watch --json                   collect messages as they come

Data goes to stdout, everything else to stderr. Exit codes and JSON forms: README.md.`

function createProgram(io: Io): Command {
  const program = new Command('mailbox')
  program
    .description('Leave messages for people who are offline, on relays that cannot read them.')
    .version(versionOf())
    .addHelpText('after', examples)
    // what comes after a command is the command's, also where both have an option of that name
    .enablePositionalOptions()
    .exitOverride()
    // a command and what is below it may have flags of the same names
    .enablePositionalOptions()
    .configureOutput({
      writeOut: text => {
        io.stdout.write(text)
      },
      writeErr: text => {
        io.stderr.write(text)
      },
      // errors are said once, by failure.ts
      outputError: () => undefined
    })
  addRelayStore(addRelay(program, io), io)
  addId(program, io)
  addRegister(program, io)
  addRelays(program, io)
  addSend(program, io)
  addInbox(program, io)
  addOutbox(program, io)
  addStatus(program, io)
  addDemo(program, io)
  return program
}

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
