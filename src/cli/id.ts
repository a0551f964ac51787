/** mailbox id: the identity in the client's data directory. */
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { openDirectory } from '../daemon/directory.ts'
import { createSecret } from '../daemon/file.ts'
import { MailboxError } from '../errors.ts'
import { parsePrivateKey } from '../identity/address.ts'
import { generateIdentity } from '../identity/keys.ts'
import type { PrivateIdentity } from '../identity/keys.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import type { Given } from './options.ts'
import { addJson, addKeys, effectiveConfig } from './options.ts'
import { identityPath, readIdentity } from './owner.ts'
import { readAll } from './read.ts'

/** A private key text has 110 characters, 153 in the legacy form. */
const keyTextBytesMax = 1_024

async function dataPath(io: Io, given: Given): Promise<string> {
  const { config } = await effectiveConfig('client', given, io)
  return config.data
}

function show(io: Io, given: Given, address: string, path: string): void {
  if (given.json === true) printJson(io, { type: 'identity', address, data: path })
  else print(io, address)
}

/** @throws MailboxError DATA_DIR when the directory holds an identity */
async function keep(io: Io, given: Given, identity: PrivateIdentity): Promise<void> {
  const directory = await openDirectory(await dataPath(io, given), 'client')
  const path = identityPath(directory)
  if (!(await createSecret(path, `${identity.toText()}\n`))) {
    throw new MailboxError(
      'DATA_DIR',
      `The data directory ${directory.path} holds an identity already, and it is never overwritten; name another with --data.`
    )
  }
  show(io, given, identity.address, directory.path)
  if (given.json !== true)
    talk(
      io,
      `The private key is in ${path}; whoever has it is you, and without it nobody opens your mail: keep a copy.`
    )
}

async function importKey(io: Io, given: Given, file: string): Promise<void> {
  const text =
    file === '-' ? new TextDecoder().decode(await readAll(io.stdin, keyTextBytesMax)) : await readKeyFile(file)
  await keep(io, given, parsePrivateKey(text.trim()))
}

async function readKeyFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new MailboxError(
      'USAGE',
      `The file ${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unreadable'}).`,
      { cause }
    )
  }
}

export function addId(program: Command, io: Io): void {
  const id = program.command('id').description('make, show, export or import the identity')
  const options = (command: Command): Command => addJson(addKeys(command, ['data']))

  options(id.command('new').description('make an identity and print its address')).action(async (given: Given) => {
    await keep(io, given, generateIdentity())
  })

  options(id.command('show').description('print the address')).action(async (given: Given) => {
    const { identity, directory } = await readIdentity(io, await dataPath(io, given))
    show(io, given, identity.address, directory.path)
  })

  options(id.command('export').description("print the private key as text (Textile's form)")).action(
    async (given: Given) => {
      const { identity } = await readIdentity(io, await dataPath(io, given))
      talk(io, 'mailbox: this is a private key: whoever reads it reads your mail and writes in your name.')
      if (given.json === true)
        printJson(io, { type: 'private-key', address: identity.address, privateKey: identity.toText() })
      else print(io, identity.toText())
    }
  )

  options(
    id
      .command('import')
      .description('take an identity from private key text, in a file or on stdin')
      .argument('[file]', 'file with the text; - is stdin', '-')
  ).action(async (file: string, given: Given) => {
    await importKey(io, given, file)
  })
}
