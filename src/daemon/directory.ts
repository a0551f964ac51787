/**
 * The data directory of one relay or one client:
 *
 *   format.json   what this directory is and which version wrote it; its presence is what makes the directory ours
 *   relay.key     (relay) private key text, 0600; the relay's peer id comes from it
 *   identity.key  (client) private key text, 0600
 *   store/        one LevelDB
 *
 * A directory that is something else's is refused before anything is written to it. LevelDB's lock on store/ keeps a
 * second process out; it belongs to the process, so a killed one leaves nothing to clean up.
 */
import { constants } from 'node:fs'
import { access, mkdir, readFile, readdir, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { MailboxError } from '../errors.ts'
import { asidePrefix, exists, isCode, reasonOf, syncDirectory, writeAside } from './file.ts'
import type { Role } from './keys.ts'

export type Database = ClassicLevel<string, Uint8Array>

const formatVersion = 1
/** Sealed records do not compress, and a larger buffer is rewritten less often: half the background CPU per record. */
const storeBufferBytes = 16 * 1024 * 1024
const formatFile = 'format.json'
/** Left by an interrupted first start, or made by the file system: a directory with nothing else counts as empty. */
const ignorable = (name: string): boolean => name.startsWith(asidePrefix) || name === 'lost+found'

export interface DataDirectory {
  readonly path: string
  readonly role: Role
}

async function look(path: string): Promise<'absent' | 'directory'> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) return 'directory'
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return 'absent'
    throw new MailboxError(
      'DATA_DIR',
      `The data directory ${path} cannot be used (${reasonOf(cause)}); name another with --data.`,
      { cause }
    )
  }
  throw new MailboxError('DATA_DIR', `The data directory ${path} is not a directory; name another with --data.`)
}

async function readFormat(path: string): Promise<string | undefined> {
  try {
    return await readFile(join(path, formatFile), 'utf8')
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return undefined
    throw new MailboxError('DATA_DIR', `${join(path, formatFile)} cannot be read (${reasonOf(cause)}).`, { cause })
  }
}

function checkFormat(path: string, role: Role, text: string): void {
  let format: unknown
  let version: unknown
  try {
    const parsed = JSON.parse(text) as { format?: unknown; version?: unknown }
    format = parsed.format
    version = parsed.version
  } catch (cause) {
    throw new MailboxError('DATA_DIR', `${join(path, formatFile)} is damaged; restore it from a backup.`, { cause })
  }
  if (format !== `libp2p-mailbox ${role}`) {
    throw new MailboxError(
      'DATA_DIR',
      `The data directory ${path} holds "${String(format)}" data; a ${role} needs one of its own: name another with --data.`
    )
  }
  if (typeof version !== 'number' || version > formatVersion) {
    throw new MailboxError(
      'STORE_VERSION',
      `The data directory ${path} was written by a newer version (format ${String(version)}, this one knows ${formatVersion}): use that one, or name another with --data.`
    )
  }
}

async function refuseForeign(path: string): Promise<void> {
  const held = (await readdir(path)).filter(name => !ignorable(name))
  if (held.length > 0) {
    throw new MailboxError(
      'DATA_DIR',
      `The data directory ${path} holds something else (${held.slice(0, 3).join(', ')}); name an empty or new one with --data.`
    )
  }
}

/**
 * Makes `path` and its missing parents; bounded by the depth of the path. Node's own recursive mkdir never returns
 * where the file system answers ENOENT for the last part (/proc).
 */
async function makeDirectory(path: string): Promise<void> {
  if ((await look(path)) === 'directory') return
  if (dirname(path) !== path) await makeDirectory(dirname(path))
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    // another process made it meanwhile
    if (!isCode(error, 'EEXIST')) throw error
  }
}

/**
 * The data directory of a role, made when it is absent or empty.
 * @throws MailboxError DATA_DIR, STORE_VERSION; nothing has been written then
 */
export async function openDirectory(path: string, role: Role): Promise<DataDirectory> {
  const found = await look(path)
  const format = found === 'directory' ? await readFormat(path) : undefined
  if (format !== undefined) checkFormat(path, role, format)
  else if (found === 'directory') await refuseForeign(path)
  try {
    await makeDirectory(path)
    await access(path, constants.W_OK | constants.X_OK)
    if (format === undefined) {
      const text = `${JSON.stringify({ format: `libp2p-mailbox ${role}`, version: formatVersion })}\n`
      await rename(await writeAside(path, text, 0o600), join(path, formatFile))
      await syncDirectory(path)
    }
  } catch (cause) {
    if (cause instanceof MailboxError) throw cause
    throw new MailboxError(
      'DATA_DIR',
      `The data directory ${path} is not writable (${reasonOf(cause)}); name another with --data.`,
      { cause }
    )
  }
  return Object.freeze({ path, role })
}

/** A directory that must exist already; nothing is made. @throws MailboxError DATA_DIR, STORE_VERSION */
export async function findDirectory(path: string, role: Role): Promise<DataDirectory | undefined> {
  if ((await look(path)) === 'absent') return undefined
  const format = await readFormat(path)
  if (format === undefined) {
    await refuseForeign(path)
    return undefined
  }
  checkFormat(path, role, format)
  return Object.freeze({ path, role })
}

const storeOf = (directory: DataDirectory): string => join(directory.path, 'store')

/** Has anything been stored here? */
export async function hasStore(directory: DataDirectory): Promise<boolean> {
  return await exists(storeOf(directory))
}

/**
 * LevelDB's own repair, of a store that is not open: it keeps every table and log block that can be read, and puts what
 * cannot be read into store/lost.
 * @throws MailboxError STORE
 */
export async function salvageStore(directory: DataDirectory): Promise<void> {
  try {
    await ClassicLevel.repair(storeOf(directory))
  } catch (cause) {
    throw new MailboxError('STORE', `The store ${storeOf(directory)} cannot be repaired (${String(cause)}).`, { cause })
  }
}

/** What is left to do about a store that does not open. */
const remedies: Readonly<Record<Role, string>> = {
  relay: '"mailbox relay repair" keeps what can be read of it',
  client: 'put a backup in its place, or move it away: what was not collected is still on the relays'
}

/** @throws MailboxError LOCKED, STORE */
export async function openStore(directory: DataDirectory): Promise<Database> {
  const location = storeOf(directory)
  // the encodings that datastore-level expects; mailbox data uses sublevels with its own
  const database = new ClassicLevel<string, Uint8Array>(location, {
    keyEncoding: 'utf8',
    valueEncoding: 'view',
    compression: false,
    writeBufferSize: storeBufferBytes
  })
  try {
    await database.open()
    return database
  } catch (cause) {
    await database.close()
    const inner = (cause as Error).cause
    if (isCode(inner, 'LEVEL_LOCKED')) {
      throw new MailboxError(
        'LOCKED',
        `Another process uses the data directory ${directory.path}; stop it or name another with --data.`,
        { cause }
      )
    }
    throw new MailboxError(
      'STORE',
      `The store ${location} does not open (${inner instanceof Error ? inner.message : String(cause)}); ${remedies[directory.role]}.`,
      { cause }
    )
  }
}
