/**
 * Whether a relay is leaving, as its operator said: a file in the data directory, because whoever may write there is the
 * operator, on every machine and in every container, and because it outlives the process. A running relay looks for it.
 */
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pause, type Environment, type Log } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { drainLookMs } from '../limits.ts'
import { exists, reasonOf, syncDirectory, writeAside } from './file.ts'

/** Of a relay's data directory; empty. */
const fileName = 'draining'

/** @throws MailboxError DATA_DIR */
export async function isDraining(directory: string): Promise<boolean> {
  try {
    return await exists(join(directory, fileName))
  } catch (cause) {
    throw unusable(directory, cause)
  }
}

/** Durable when it resolves; saying the same again changes nothing. @throws MailboxError DATA_DIR */
export async function setDraining(directory: string, leaving: boolean): Promise<void> {
  const path = join(directory, fileName)
  try {
    if (leaving) await rename(await writeAside(directory, '', 0o600), path)
    else await rm(path, { force: true })
    await syncDirectory(directory)
  } catch (cause) {
    throw unusable(directory, cause)
  }
}

function unusable(directory: string, cause: unknown): MailboxError {
  return new MailboxError('DATA_DIR', `The data directory ${directory} cannot be used (${reasonOf(cause)}).`, { cause })
}

/** Tells `drain` what the file says, every `drainLookMs` until `signal` aborts; never rejects. */
export async function followDrain(
  directory: string,
  drain: (leaving: boolean) => void,
  o: { env: Environment; log: Log; signal: AbortSignal }
): Promise<void> {
  while (!o.signal.aborted) {
    try {
      drain(await isDraining(directory))
    } catch (error) {
      // what was said last stands
      o.log('warn', 'drain_unreadable', { error: String(error) })
    }
    await pause(o.env, drainLookMs, o.signal)
  }
}
