/** mailbox id import and restore: an identity from a text that somebody kept. */
import { createReadStream } from 'node:fs'
import type { Command } from 'commander'
import { reasonOf } from '../daemon/file.ts'
import { MailboxError } from '../errors.ts'
import { parseAddress, parsePrivateKey } from '../identity/address.ts'
import { looksLikeKeyFile } from '../identity/keyfile.ts'
import type { PrivateIdentity } from '../identity/keys.ts'
import { identityFromPhrase } from '../identity/phrase.ts'
import { addIdOptions, clientConfig, keep, showKept } from './id-keep.ts'
import { keepIdentity, requireNone, unlockText } from './identity.ts'
import type { Io } from './io.ts'
import type { Given } from './options.ts'
import { ask } from './passphrase.ts'
import { readAll } from './read.ts'

/** A private key text has 110 characters, 161 in the legacy form, a key file 206, a phrase some 150. */
const textBytesMax = 4_096

/** @throws MailboxError USAGE when the file cannot be read, SIZE, ABORTED */
async function readText(io: Io, file: string, question: string): Promise<string> {
  if (file === '-' && io.stdin.isTTY === true) return (await ask(io, question)).trim()
  const stream = file === '-' ? io.stdin : createReadStream(file)
  try {
    return new TextDecoder().decode(await readAll(stream, textBytesMax)).trim()
  } catch (cause) {
    if (cause instanceof MailboxError && cause.code !== 'SIZE') throw cause
    const reason = cause instanceof MailboxError ? `more than ${textBytesMax} bytes` : reasonOf(cause)
    const where = file === '-' ? 'What came on stdin' : `The file ${file}`
    throw new MailboxError('USAGE', `${where} cannot be read as a key (${reason}); name a file that holds one.`, {
      cause
    })
  }
}

/** Nobody imports somebody else by a slip. @throws MailboxError KEY */
function requireAddress(given: Given, { address }: PrivateIdentity): void {
  if (typeof given.address !== 'string' || given.address === address) return
  throw new MailboxError('KEY', `This is the identity ${address} and not the one of --address; nothing was kept.`)
}

async function restore(io: Io, given: Given, identity: PrivateIdentity): Promise<void> {
  requireAddress(given, identity)
  await keep(io, given, identity)
}

async function importAny(io: Io, given: Given, file: string): Promise<void> {
  const config = await clientConfig(io, given)
  await requireNone(config.data)
  const text = await readText(io, file, 'Private key, key file or recovery phrase')
  if (!looksLikeKeyFile(text)) {
    await restore(io, given, /\s/.test(text) ? identityFromPhrase(text) : parsePrivateKey(text))
    return
  }
  // it stays as it is, under its own passphrase, which is tried before it is relied on
  const identity = await unlockText(io, text, config, 'This key file')
  requireAddress(given, identity)
  showKept(io, given, await keepIdentity(config.data, identity.address, text))
}

async function importPhrase(io: Io, given: Given, file: string): Promise<void> {
  await requireNone((await clientConfig(io, given)).data)
  await restore(io, given, identityFromPhrase(await readText(io, file, 'Recovery phrase, 24 words')))
}

function addSource(command: Command, what: string): Command {
  return addIdOptions(command)
    .argument('[file]', `file with the ${what}; - is stdin`, '-')
    .option('--address <address>', 'refuse any other identity than this one')
    .option('--no-passphrase', 'keep the private key as clear text, without asking')
}

/** A wrong --address is said before a secret is read. */
const checked =
  (io: Io, run: (io: Io, given: Given, file: string) => Promise<void>) =>
  async (file: string, given: Given): Promise<void> => {
    if (typeof given.address === 'string') parseAddress(given.address)
    await run(io, given, file)
  }

export function addIdImport(id: Command, io: Io): void {
  addSource(
    id.command('import').description('take an identity from private key text, a key file or a recovery phrase'),
    'text'
  ).action(checked(io, importAny))
  addSource(id.command('restore').description('take an identity from its recovery phrase'), '24 words').action(
    checked(io, importPhrase)
  )
}
