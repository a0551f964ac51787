/** The identity in a client's data directory: one line in identity.key, a private key text or an encrypted key file. */
import { join } from 'node:path'
import { findDirectory, hasStore, openDirectory, type DataDirectory } from '../daemon/directory.ts'
import { createSecret, exists, isExposed, readSecret, removeAsides, replaceSecret } from '../daemon/file.ts'
import { systemEnvironment } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { parsePrivateKey } from '../identity/address.ts'
import { keyFileHeader, looksLikeKeyFile, openKeyFile, sealKeyFile } from '../identity/keyfile.ts'
import type { PrivateIdentity } from '../identity/keys.ts'
import type { Io } from './io.ts'
import { talk } from './io.ts'
import { withPassphrase, type PassphraseConfig } from './passphrase.ts'

export interface HeldIdentity {
  readonly directory: DataDirectory
  /** Of the file. */
  readonly path: string
  readonly text: string
  readonly address: string
  readonly encrypted: boolean
}

const identityPath = (directory: DataDirectory): string => join(directory.path, 'identity.key')

/**
 * The identity of a data directory, its address without the passphrase. What a crash left beside it is removed.
 * @throws MailboxError DATA_DIR when there is none, KEY, VERSION, STORE_VERSION
 */
export async function findIdentity(io: Io, data: string): Promise<HeldIdentity> {
  const directory = await findDirectory(data, 'client')
  const text = directory === undefined ? undefined : await readSecret(identityPath(directory))
  if (directory === undefined || text === undefined)
    throw holdsNone(data, directory !== undefined && (await hasStore(directory)))
  const path = identityPath(directory)
  await removeAsides(directory.path)
  if (await isExposed(path)) talk(io, `mailbox: others can read ${path}; run chmod 600 on it.`)
  const encrypted = looksLikeKeyFile(text)
  const address = addressIn(path, text, encrypted)
  return { directory, path, text, address, encrypted }
}

/** @throws MailboxError KEY, VERSION */
function addressIn(path: string, text: string, encrypted: boolean): string {
  try {
    return (encrypted ? keyFileHeader(text) : parsePrivateKey(text)).address
  } catch (cause) {
    if (!isMailboxError(cause, 'KEY')) throw cause
    throw new MailboxError(
      'KEY',
      `${path} does not hold an identity: ${cause.message} Put a copy in its place, or move it away and take "mailbox id restore".`,
      { cause }
    )
  }
}

/** The identity itself; asks for its passphrase when it is under one. @throws MailboxError PASSPHRASE, KEY, ABORTED */
export async function unlock(io: Io, held: HeldIdentity, config: PassphraseConfig): Promise<PrivateIdentity> {
  if (!held.encrypted) return parsePrivateKey(held.text)
  return await unlockText(io, held.text, config, `The identity in ${held.directory.path}`)
}

/** The identity in the text of a key file. @throws MailboxError PASSPHRASE, KEY, VERSION, ABORTED */
export async function unlockText(
  io: Io,
  text: string,
  config: PassphraseConfig,
  what: string
): Promise<PrivateIdentity> {
  const open = async (passphrase: string): Promise<PrivateIdentity> =>
    await openKeyFile(text, passphrase, { signal: io.signal })
  return await withPassphrase(io, config, { what, open })
}

/** The line that identity.key holds: under a passphrase when there is one. @throws MailboxError PASSPHRASE */
export async function lineOf(io: Io, identity: PrivateIdentity, passphrase: string | undefined): Promise<string> {
  if (passphrase === undefined) return identity.toText()
  return await sealKeyFile(identity, passphrase, { random: systemEnvironment.random, signal: io.signal })
}

/** Before anybody is asked for anything. @throws MailboxError DATA_DIR when the directory holds an identity */
export async function requireNone(data: string): Promise<void> {
  const directory = await findDirectory(data, 'client')
  if (directory !== undefined && (await exists(identityPath(directory)))) throw holdsOne(directory)
}

/** Puts an identity into a data directory that has none. @throws MailboxError DATA_DIR when it has one */
export async function keepIdentity(data: string, address: string, text: string): Promise<HeldIdentity> {
  const directory = await openDirectory(data, 'client')
  const path = identityPath(directory)
  if (!(await createSecret(path, `${text}\n`))) throw holdsOne(directory)
  return { directory, path, text, address, encrypted: looksLikeKeyFile(text) }
}

/** Puts another line for the same identity in the place of the one that is there, whole or not at all. */
export async function rewriteIdentity(held: HeldIdentity, text: string): Promise<HeldIdentity> {
  await replaceSecret(held.path, `${text}\n`)
  return { ...held, text, encrypted: looksLikeKeyFile(text) }
}

/** @param orphan there is mail, whose identity is gone */
const holdsNone = (data: string, orphan: boolean): MailboxError =>
  new MailboxError(
    'DATA_DIR',
    orphan
      ? `The data directory ${data} holds mail and not the identity that it belongs to; "mailbox id import" or "mailbox id restore" puts that back.`
      : `The data directory ${data} holds no identity; make one with "mailbox id new", or name another with --data.`
  )

const holdsOne = ({ path }: DataDirectory): MailboxError =>
  new MailboxError(
    'DATA_DIR',
    `The data directory ${path} holds an identity already, and it is never overwritten; name another with --data.`
  )
