/**
 * Where a passphrase comes from: a file (`passphraseFile`), the variable MAILBOX_PASSPHRASE, or a person at a terminal,
 * in this order. It is never taken from the command line, where others can see it.
 */
import { open } from 'node:fs/promises'
import type { ClientConfig } from '../daemon/config.ts'
import { reasonOf } from '../daemon/file.ts'
import { MailboxError } from '../errors.ts'
import { passphraseBytesMax } from '../limits.ts'
import type { Io } from './io.ts'
import { talk } from './io.ts'

/** What of the configuration says where the passphrase is. */
export type PassphraseConfig = Pick<ClientConfig, 'passphraseFile'>

const canAsk = (io: Io): boolean => io.stdin.isTTY === true

/**
 * The passphrase that the command line, the configuration or the environment gives; undefined when none does.
 * @throws MailboxError USAGE when the file cannot be read
 */
export async function givenPassphrase(io: Io, { passphraseFile }: PassphraseConfig): Promise<string | undefined> {
  if (passphraseFile !== '') return await firstLine(passphraseFile, '--passphrase-file')
  const variable = io.variables.MAILBOX_PASSPHRASE
  return variable === '' ? undefined : variable
}

/** At most one byte more than a passphrase may have is taken, so that a longer one is seen to be too long. */
export async function firstLine(path: string, flag: string): Promise<string> {
  const bytes = Buffer.alloc(passphraseBytesMax + 2)
  let length = 0
  try {
    const file = await open(path, 'r')
    try {
      // bounded by the buffer: a pipe gives its bytes in several pieces
      for (let read = 1; read > 0 && length < bytes.length; length += read) {
        read = (await file.read(bytes, length, bytes.length - length, null)).bytesRead
      }
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw new MailboxError(
      'USAGE',
      `The passphrase file ${path} cannot be read (${reasonOf(cause)}); name another with ${flag}.`,
      { cause }
    )
  }
  const [line = ''] = bytes.toString('utf8', 0, length).split(/\r?\n/)
  return line
}

/**
 * The passphrase of something that is under one: given, or asked for.
 * @param what completes the sentences, as in "The identity in /data"
 * @throws MailboxError PASSPHRASE when there is nobody to ask, ABORTED
 */
export async function passphraseFor(io: Io, config: PassphraseConfig, what: string): Promise<string> {
  const given = await givenPassphrase(io, config)
  if (given !== undefined) return given
  if (!canAsk(io)) {
    throw new MailboxError(
      'PASSPHRASE',
      `${what} is under a passphrase, and there is no terminal to ask for it: give it with --passphrase-file FILE or the variable MAILBOX_PASSPHRASE.`
    )
  }
  return await ask(io, 'Passphrase')
}

/**
 * Tries `open` with the passphrase; a person at a terminal may try three times.
 * @throws MailboxError PASSPHRASE, ABORTED, and what `open` throws
 */
export async function withPassphrase<T>(
  io: Io,
  config: PassphraseConfig,
  o: { what: string; open: (passphrase: string) => Promise<T> }
): Promise<T> {
  const asked = canAsk(io) && (await givenPassphrase(io, config)) === undefined
  for (let left = asked ? 2 : 0; ; left--) {
    try {
      return await o.open(await passphraseFor(io, config, o.what))
    } catch (error) {
      if (left === 0 || !(error instanceof MailboxError && error.code === 'PASSPHRASE')) throw error
      talk(io, `mailbox: ${error.message}`)
    }
  }
}

/**
 * A passphrase to put something under: given, or asked for twice; undefined when the person leaves it empty or nobody
 * can be asked.
 * @throws MailboxError PASSPHRASE when the two differ, ABORTED
 */
export async function newPassphrase(io: Io, given: string | undefined, none: string): Promise<string | undefined> {
  if (given !== undefined) return given
  if (!canAsk(io)) return undefined
  const passphrase = await ask(io, `New passphrase${none}`)
  if (passphrase === '') return undefined
  if ((await ask(io, 'The same again')) !== passphrase)
    throw new MailboxError('PASSPHRASE', 'The two passphrases differ; nothing was changed: try again.')
  return passphrase
}

/** A line typed unseen at the terminal. @throws MailboxError ABORTED */
export async function ask(io: Io, message: string): Promise<string> {
  const { default: password } = await import('@inquirer/password')
  try {
    return await password(
      { message, toggleMask: false },
      { input: io.stdin, output: io.stderr, signal: io.signal, clearPromptOnDone: false }
    )
  } catch (cause) {
    // Ctrl-C is a key while the terminal gives single keys, and no signal
    if (cause instanceof Error && /^(AbortPrompt|ExitPrompt)Error$/.test(cause.name))
      throw new MailboxError('ABORTED', 'Stopped at the question; nothing was changed.', { cause })
    throw cause
  }
}
