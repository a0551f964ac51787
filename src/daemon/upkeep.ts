/** Looking after a relay's store while no relay runs on it: `mailbox relay verify` and `mailbox relay repair` (SPEC §9.11). */
import type { Environment } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { Rows } from '../relay/database.ts'
import { survey, type Survey } from '../relay/survey.ts'
import type { DataDirectory } from './directory.ts'
import { findDirectory, hasStore, openStore, salvageStore } from './directory.ts'

export interface Repaired {
  /** LevelDB could not read all of its files, and kept what it could. */
  readonly salvaged: boolean
  readonly repaired: Survey
  /** What is there now. */
  readonly now: Survey
}

/** Nothing is changed. @throws MailboxError DATA_DIR, LOCKED, STORE (it does not open), DAMAGED (it cannot be read), STORE_VERSION */
export async function verifyStore(path: string, env: Environment): Promise<Survey> {
  return await surveyed(await needStore(path), env, false)
}

/** @throws MailboxError DATA_DIR, LOCKED, STORE, DAMAGED, STORE_VERSION */
export async function repairStore(path: string, env: Environment): Promise<Repaired> {
  const directory = await needStore(path)
  const first = await readable(directory, env)
  if (first !== undefined) return { salvaged: false, repaired: first, now: await surveyed(directory, env, false) }
  await salvageStore(directory)
  const repaired = await surveyed(directory, env, true)
  return { salvaged: true, repaired, now: await surveyed(directory, env, false) }
}

/** Undefined when LevelDB cannot read all of it: then its own repair comes first. @throws as `repairStore` */
async function readable(directory: DataDirectory, env: Environment): Promise<Survey | undefined> {
  try {
    const found = await surveyed(directory, env, true)
    return found.problems.has('unreadable') ? undefined : found
  } catch (error) {
    if (isMailboxError(error, 'STORE') || isMailboxError(error, 'DAMAGED')) return undefined
    throw error
  }
}

async function needStore(path: string): Promise<DataDirectory> {
  const directory = await findDirectory(path, 'relay')
  if (directory !== undefined && (await hasStore(directory))) return directory
  throw new MailboxError('DATA_DIR', `The data directory ${path} holds no relay's store; name another with --data.`)
}

async function surveyed(directory: DataDirectory, env: Environment, mend: boolean): Promise<Survey> {
  const database = await openStore(directory)
  try {
    return await survey(new Rows(database), { env, mend })
  } catch (cause) {
    if (!isMailboxError(cause, 'STORE')) throw cause
    throw new MailboxError('DAMAGED', 'The store cannot be read: see "mailbox relay repair".', { cause })
  } finally {
    await database.close()
  }
}
