/** What the commands of identities share: their options, how an identity is kept, how it is shown. */
import type { Command } from 'commander'
import type { ClientConfig } from '../daemon/config.ts'
import { MailboxError } from '../errors.ts'
import type { PrivateIdentity } from '../identity/keys.ts'
import { keepIdentity, lineOf, requireNone, type HeldIdentity } from './identity.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import type { Given } from './options.ts'
import { addJson, addKeys, effectiveConfig } from './options.ts'
import { givenPassphrase, newPassphrase } from './passphrase.ts'

/** What every command of identities takes. */
export const addIdOptions = (command: Command): Command => addJson(addKeys(command, ['data', 'passphraseFile']))

export async function clientConfig(io: Io, given: Given): Promise<ClientConfig> {
  return (await effectiveConfig('client', given, io)).config
}

/** The address on stdout, for people and for programs. */
export function showIdentity(io: Io, given: Given, held: HeldIdentity): void {
  const { address, encrypted, directory } = held
  if (given.json === true) printJson(io, { type: 'identity', address, data: directory.path, encrypted })
  else print(io, address)
}

/**
 * Keeps an identity in the directory, under a passphrase when there is one.
 * @throws MailboxError DATA_DIR when the directory holds an identity, PASSPHRASE
 */
export async function keep(io: Io, given: Given, identity: PrivateIdentity): Promise<void> {
  const config = await clientConfig(io, given)
  await requireNone(config.data)
  const passphrase =
    given.passphrase === false
      ? undefined
      : await newPassphrase(io, await givenPassphrase(io, config), ' (empty: none)')
  const held = await keepIdentity(config.data, identity.address, await lineOf(io, identity, passphrase))
  showKept(io, given, held)
}

export function showKept(io: Io, given: Given, held: HeldIdentity): void {
  showIdentity(io, given, held)
  if (given.json === true) return
  const open = 'whoever has it is you, and without it nobody opens your mail: keep a copy.'
  const sealed =
    'under the passphrase; without both nobody opens your mail: keep a copy, or "mailbox id phrase" on paper.'
  talk(io, `The private key is in ${held.path}${held.encrypted ? `, ${sealed}` : `; ${open}`}`)
}

export const needsPassphrase = (what: string): MailboxError =>
  new MailboxError(
    'PASSPHRASE',
    `${what} needs a passphrase, and none was given: at a terminal it is asked for, elsewhere give --passphrase-file FILE or the variable MAILBOX_PASSPHRASE.`
  )
