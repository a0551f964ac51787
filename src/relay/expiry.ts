/** What leaves a relay's store because its time is over, or because its mailbox goes, slice by slice (SPEC §9.3). */
import { expirySweepRecords } from '../limits.ts'
import { decodeEntry, idOf, kinds, partsOfDueKey, readU32 } from './keys.ts'
import { drop, dropMarks, expire } from './operations.ts'
import type { Operation } from './writer.ts'

export interface SweptStore {
  readonly list: (kind: number, mailbox?: Uint8Array) => AsyncIterable<[Uint8Array, Uint8Array]>
  readonly write: <T>(operation: Operation<T>) => Promise<T>
}

/** Removes one slice of what is due at the hour and mailbox of a due key. @returns how many records */
export async function sweepDue(store: SweptStore, dueKey: Uint8Array): Promise<number> {
  const { hour, mailbox } = partsOfDueKey(dueKey)
  const ids = await slice(store, kinds.entry, mailbox, value => decodeEntry(value).expiresHour <= hour)
  const tombstones = await slice(store, kinds.tombstone, mailbox, value => readU32(value) <= hour)
  const all = ids.length < expirySweepRecords && tombstones.length < expirySweepRecords
  return (await store.write(expire({ mailbox, hour, ids, tombstones, all }))).records
}

/** Removes everything held of a mailbox, and how far it was read. @returns how many records */
export async function dropAll(store: SweptStore, mailbox: Uint8Array): Promise<number> {
  let records = 0
  // ends: every slice removes what it found, and nothing is taken for a mailbox that has left or is not held (SPEC §9.9)
  for (;;) {
    const ids = await slice(store, kinds.entry, mailbox, () => true)
    const tombstones = await slice(store, kinds.tombstone, mailbox, () => true)
    if (ids.length + tombstones.length === 0) break
    records += (await store.write(drop({ mailbox, ids, tombstones }))).records
  }
  for (let found = expirySweepRecords; found === expirySweepRecords;) {
    const devices = await slice(store, kinds.mark, mailbox, () => true)
    await store.write(dropMarks(mailbox, devices))
    found = devices.length
  }
  return records
}

/** Ids of at most one slice of what may go. */
async function slice(
  store: SweptStore,
  kind: number,
  mailbox: Uint8Array,
  mayGo: (value: Uint8Array) => boolean
): Promise<Uint8Array[]> {
  const ids: Uint8Array[] = []
  for await (const [key, value] of store.list(kind, mailbox)) {
    if (mayGo(value)) ids.push(idOf(key))
    if (ids.length === expirySweepRecords) break
  }
  return ids
}
