/** mailbox id: the identity in the client's data directory, shown, made, and copied out of it. */
import { Option, type Command } from 'commander'
import type { ClientConfig } from '../daemon/config.ts'
import { createSecret, reasonOf, replaceSecret } from '../daemon/file.ts'
import { MailboxError } from '../errors.ts'
import { generateIdentity } from '../identity/keys.ts'
import { recoveryPhrase } from '../identity/phrase.ts'
import { addIdImport } from './id-import.ts'
import { addIdOptions, clientConfig, keep, needsPassphrase, showIdentity } from './id-keep.ts'
import { addIdPassphrase } from './id-passphrase.ts'
import { findIdentity, lineOf, requireNone, unlock, type HeldIdentity } from './identity.ts'
import type { FormName } from './forms.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import type { Given } from './options.ts'
import { givenPassphrase, newPassphrase } from './passphrase.ts'

/** Forms in which an identity leaves its directory. */
const forms = ['key', 'file', 'phrase'] as const
type Form = (typeof forms)[number]

async function show(io: Io, given: Given): Promise<void> {
  showIdentity(io, given, await findIdentity(io, (await clientConfig(io, given)).data))
}

interface Exported {
  readonly text: string
  /** Of the JSON form. */
  readonly type: FormName
  readonly field: string
  readonly warning: string
}

async function exported(io: Io, config: ClientConfig, held: HeldIdentity, form: Form): Promise<Exported> {
  if (form === 'file') {
    const text = held.encrypted ? held.text : await encrypted(io, config, held)
    return {
      text,
      type: 'key-file',
      field: 'keyFile',
      warning: 'this key file opens with its passphrase: keep them apart.'
    }
  }
  const identity = await unlock(io, held, config)
  if (form === 'phrase') {
    const warning = 'whoever reads these words reads your mail and writes in your name; on paper, and for no wallet.'
    return { text: recoveryPhrase(identity), type: 'recovery-phrase', field: 'phrase', warning }
  }
  const warning = 'this is a private key: whoever reads it reads your mail and writes in your name.'
  return { text: identity.toText(), type: 'private-key', field: 'privateKey', warning }
}

/** @throws MailboxError PASSPHRASE when there is none to encrypt with */
async function encrypted(io: Io, config: ClientConfig, held: HeldIdentity): Promise<string> {
  const passphrase = await newPassphrase(io, await givenPassphrase(io, config), '')
  if (passphrase === undefined) throw needsPassphrase('A key file')
  return await lineOf(io, await unlock(io, held, config), passphrase)
}

async function exportAs(io: Io, given: Given, form: Form): Promise<void> {
  const config = await clientConfig(io, given)
  const held = await findIdentity(io, config.data)
  const { text, type, field, warning } = await exported(io, config, held, form)
  const { address } = held
  if (typeof given.out === 'string') {
    await writeOut(given.out, text, given.overwrite === true)
    talk(io, `mailbox: ${warning}`)
    if (given.json === true) printJson(io, { type: 'exported', form, address, file: given.out })
    else print(io, given.out)
    return
  }
  talk(io, `mailbox: ${warning}`)
  if (given.json === true) printJson(io, { type, address, [field]: text })
  else print(io, text)
}

/** @throws MailboxError USAGE: it is there already, or cannot be written */
async function writeOut(file: string, text: string, overwrite: boolean): Promise<void> {
  let written: boolean
  try {
    written = overwrite
      ? await replaceSecret(file, `${text}\n`).then(() => true)
      : await createSecret(file, `${text}\n`)
  } catch (cause) {
    throw new MailboxError(
      'USAGE',
      `The file ${file} cannot be written (${reasonOf(cause)}); name another with --out.`,
      {
        cause
      }
    )
  }
  if (!written) {
    throw new MailboxError(
      'USAGE',
      `The file ${file} exists already and was left as it is; name another with --out, or say --overwrite.`
    )
  }
}

function addOut(command: Command): Command {
  return command
    .option('--out <file>', 'write to a file (mode 0600) instead of stdout')
    .option('--overwrite', 'replace the file of --out when it exists')
}

export function addId(program: Command, io: Io): void {
  const id = program.command('id').description('make, show, copy or restore the identity, and set its passphrase')

  addIdOptions(id.command('new').description('make an identity and print its address'))
    .option('--no-passphrase', 'keep the private key as clear text, without asking')
    .action(async (given: Given) => {
      await requireNone((await clientConfig(io, given)).data)
      await keep(io, given, generateIdentity())
    })

  addIdOptions(id.command('show').description('print the address; needs no passphrase')).action(
    async (given: Given) => {
      await show(io, given)
    }
  )

  addOut(addIdOptions(id.command('export').description('print the identity in a form that "id import" takes')))
    .addOption(
      new Option('--as <form>', "key: private key text (Textile's form); file: encrypted key file; phrase: 24 words")
        .choices(forms)
        .default('key')
    )
    .action(async (given: Given) => {
      await exportAs(io, given, given.as as Form)
    })

  addOut(addIdOptions(id.command('phrase').description('print the recovery phrase, 24 words to write down'))).action(
    async (given: Given) => {
      await exportAs(io, given, 'phrase')
    }
  )

  addIdImport(id, io)
  addIdPassphrase(id, io)
}
