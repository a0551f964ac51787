/** Small files that must be whole and durable: the directory's format, the private keys. */
import { randomUUID } from 'node:crypto'
import { link, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MailboxError } from '../errors.ts'

/** Begins the name of a file that is not in its place yet. */
export const asidePrefix = '.new-'

export const isCode = (error: unknown, ...codes: string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException | undefined)?.code ?? '')

/** What the system says of a failed file operation, in one word where it has one. */
export const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException | undefined)?.code ?? String(error)

export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Writes a file beside its final place and makes it durable; the caller puts it in place. */
export async function writeAside(directory: string, text: string, mode: number): Promise<string> {
  const path = join(directory, asidePrefix + randomUUID())
  const handle = await open(path, 'wx', mode)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return path
}

/** Creates `path` with `text`, whole or not at all, mode 0600; false when it exists already. */
export async function createSecret(path: string, text: string): Promise<boolean> {
  const directory = dirname(path)
  const aside = await writeAside(directory, text, 0o600)
  try {
    await link(aside, path)
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    // a file system without hard links: less exclusive, as whole
    if (!isCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error
    if ((await readSecret(path)) !== undefined) return false
    await rename(aside, path)
  } finally {
    await rm(aside, { force: true })
  }
  await syncDirectory(directory)
  return true
}

/** Puts `text` in the place of the file `path`, whole or not at all, mode 0600. */
export async function replaceSecret(path: string, text: string): Promise<void> {
  const directory = dirname(path)
  const aside = await writeAside(directory, text, 0o600)
  try {
    await rename(aside, path)
  } finally {
    await rm(aside, { force: true })
  }
  await syncDirectory(directory)
}

/** Removes what a crash left beside its place: it may be a private key that nobody looks for there. */
export async function removeAsides(directory: string): Promise<void> {
  const left = (await readdir(directory)).filter(name => name.startsWith(asidePrefix))
  await Promise.all(
    left.map(async name => {
      await rm(join(directory, name), { force: true })
    })
  )
}

export async function readSecret(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return undefined
    throw new MailboxError('DATA_DIR', `The key file ${path} cannot be read (${reasonOf(cause)}).`, { cause })
  }
}

/** True when others than the owner may read the file. */
export async function isExposed(path: string): Promise<boolean> {
  return ((await stat(path)).mode & 0o077) !== 0
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false
    throw error
  }
}
