/** mailbox id passphrase: puts the identity under a passphrase, under another, or under none. */
import type { Command } from 'commander'
import { MailboxError } from '../errors.ts'
import { addIdOptions, clientConfig, needsPassphrase, showIdentity } from './id-keep.ts'
import { findIdentity, lineOf, rewriteIdentity, unlock, type HeldIdentity } from './identity.ts'
import type { Io } from './io.ts'
import { talk } from './io.ts'
import type { Given } from './options.ts'
import { firstLine, givenPassphrase, newPassphrase } from './passphrase.ts'

function requireEncrypted(held: HeldIdentity): void {
  if (held.encrypted) return
  throw new MailboxError(
    'PASSPHRASE',
    `The identity in ${held.directory.path} is under no passphrase; "mailbox id passphrase set" puts it under one.`
  )
}

async function set(io: Io, given: Given): Promise<void> {
  const config = await clientConfig(io, given)
  const held = await findIdentity(io, config.data)
  if (held.encrypted) {
    throw new MailboxError(
      'PASSPHRASE',
      `The identity in ${held.directory.path} is under a passphrase already; "mailbox id passphrase change" gives it another.`
    )
  }
  const identity = await unlock(io, held, config)
  const passphrase = await newPassphrase(io, await givenPassphrase(io, config), '')
  if (passphrase === undefined) throw needsPassphrase('The identity')
  const changed = await rewriteIdentity(held, await lineOf(io, identity, passphrase))
  showIdentity(io, given, changed)
  talk(
    io,
    'mailbox: the passphrase is set. Copies made before are not under it, and a disk can keep the bytes of the old file for a while.'
  )
}

async function change(io: Io, given: Given): Promise<void> {
  const config = await clientConfig(io, given)
  const held = await findIdentity(io, config.data)
  requireEncrypted(held)
  // a file that cannot be read is said before anybody is asked
  const file = given.newPassphraseFile
  const fromFile = typeof file === 'string' ? await firstLine(file, '--new-passphrase-file') : undefined
  const identity = await unlock(io, held, config)
  const passphrase = await newPassphrase(io, fromFile, '')
  if (passphrase === undefined) {
    throw new MailboxError(
      'PASSPHRASE',
      'The new passphrase was not given: at a terminal it is asked for, elsewhere give --new-passphrase-file FILE.'
    )
  }
  showIdentity(io, given, await rewriteIdentity(held, await lineOf(io, identity, passphrase)))
  talk(io, 'mailbox: the passphrase is changed. Copies made before are still under the old one.')
}

async function remove(io: Io, given: Given): Promise<void> {
  const config = await clientConfig(io, given)
  const held = await findIdentity(io, config.data)
  requireEncrypted(held)
  const identity = await unlock(io, held, config)
  showIdentity(io, given, await rewriteIdentity(held, await lineOf(io, identity, undefined)))
  talk(io, `mailbox: the private key is clear text in ${held.path} now; whoever has it is you.`)
}

export function addIdPassphrase(id: Command, io: Io): void {
  const passphrase = id.command('passphrase').description('set, change or remove the passphrase of the identity')

  addIdOptions(passphrase.command('set').description('put the identity under a passphrase')).action(
    async (given: Given) => {
      await set(io, given)
    }
  )

  addIdOptions(passphrase.command('change').description('put it under another passphrase'))
    .option('--new-passphrase-file <path>', 'file whose first line is the new passphrase')
    .action(async (given: Given) => {
      await change(io, given)
    })

  addIdOptions(passphrase.command('remove').description('keep the private key as clear text again')).action(
    async (given: Given) => {
      await remove(io, given)
    }
  )
}
