/** What is read and written first whenever a relay's store is opened: its version, its runs (SPEC §9.1, §9.4). */
import type { Environment } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import type { Rows } from './database.ts'
import { metaKey, readU32, readU64, u32 } from './keys.ts'
import { decodeRuns, encodeRuns, epochBytes, withRun, type Run } from './runs.ts'
import { seqBlock } from './writer.ts'

/** Of the layout in keys.ts; a store with another number is refused. */
export const storeVersion = 4

export interface Beginning {
  /** Up to now; the last has just begun. */
  readonly runs: readonly Run[]
  /** Arrival numbers up to this one may have been given. */
  readonly seq: number
}

/** More than one log of the database can have reserved: it holds a few thousand records. */
const blocksSkipped = 2

/** @returns false when there is no store yet @throws MailboxError STORE, STORE_VERSION */
export async function checkVersion(rows: Rows): Promise<boolean> {
  // unchecked: it has the same place in every version
  const bytes = await rows.raw(metaKey('version'))
  if (bytes === undefined) return false
  const version = bytes.byteLength < 4 ? 0 : readU32(bytes)
  if (version === storeVersion) return true
  throw new MailboxError(
    'STORE_VERSION',
    version > storeVersion
      ? `The store has format ${version}; this program knows up to ${storeVersion}. Use a newer version.`
      : `The store has format ${version}, which no released version has written.`
  )
}

/** Begins a run. @throws MailboxError STORE, STORE_VERSION; nothing has been written then */
export async function begin(rows: Rows, env: Environment): Promise<Beginning> {
  await checkVersion(rows)
  const [held, reserved] = await rows.getMany([metaKey('runs'), metaKey('seq')])
  const before = decodeRuns(held)
  // a log that has rotted may have lost the last reservation, and not the records after it
  const known = Math.max(reserved === undefined ? 0 : readU64(reserved), before.at(-1)?.after ?? 0)
  const seq = known + blocksSkipped * seqBlock
  const runs = withRun(before, { epoch: env.random(epochBytes), after: seq })
  await rows.write([
    { type: 'put', key: metaKey('version'), value: u32(storeVersion) },
    { type: 'put', key: metaKey('runs'), value: encodeRuns(runs) }
  ])
  return { runs, seq }
}
