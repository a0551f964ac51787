/** What a relay has on its disk, read while it does not run: nobody can have given it anything since it ended. */
import { toString } from 'uint8arrays'
import { findDirectory, openStore } from '../../src/daemon/directory.ts'
import { isMailboxError } from '../../src/errors.ts'
import { decodeEntry, idOf, kinds, rangeOf } from '../../src/relay/keys.ts'

/** Record ids, in hex; nothing when the store does not open, for what it held is gone then. */
export async function heldOnDisk(data: string): Promise<{ ids: ReadonlySet<string>; opens: boolean }> {
  const ids = new Set<string>()
  const directory = await findDirectory(data, 'relay')
  if (directory === undefined) return { ids, opens: false }
  try {
    const database = await openStore(directory)
    try {
      const range = { ...rangeOf(kinds.entry), keyEncoding: 'view', valueEncoding: 'view' } as const
      for await (const [key, value] of database.iterator<Uint8Array, Uint8Array>(range))
        if (decodeEntry(value).live) ids.add(toString(idOf(key), 'hex'))
    } finally {
      await database.close()
    }
    return { ids, opens: true }
  } catch (error) {
    if (!isMailboxError(error, 'STORE')) throw error
    return { ids, opens: false }
  }
}
