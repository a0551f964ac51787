/** Stores of a relay as rows, so that tests can damage them. */
import assert from 'node:assert/strict'
import { MemoryLevel } from 'memory-level'
import { equals } from 'uint8arrays'
import { Status } from '../../src/errors.ts'
import { generateIdentity, type PrivateIdentity } from '../../src/identity/keys.ts'
import { recordId } from '../../src/identity/record.ts'
import { createTombstone } from '../../src/identity/tombstone.ts'
import { unsealed } from '../../src/relay/database.ts'
import { RelayWorld } from './relays.ts'

export type StoredRows = Array<[Uint8Array, Uint8Array]>

const bytes = { keyEncoding: 'view', valueEncoding: 'view' } as const

export async function databaseOf(rows: StoredRows): Promise<MemoryLevel> {
  const db = new MemoryLevel()
  await db.batch(
    rows.map(([key, value]) => ({ type: 'put', key, value })),
    bytes
  )
  return db
}

export const rowsOf = async (db: MemoryLevel): Promise<StoredRows> =>
  copyOf(await db.iterator<Uint8Array, Uint8Array>(bytes).all())

export const copyOf = (rows: StoredRows): StoredRows =>
  rows.map(([key, value]) => [new Uint8Array(key), new Uint8Array(value)])

/** Flips one bit of a row: of its key, or of its value after that. */
export function flipped(rows: StoredRows, at: number, bit: number): StoredRows {
  const copy = copyOf(rows)
  const [key, value] = copy[at] ?? []
  assert.ok(key !== undefined && value !== undefined)
  const byte = Math.floor(bit / 8)
  const [part, index] = byte < key.byteLength ? [key, byte] : [value, byte - key.byteLength]
  part[index] = (part[index] ?? 0) ^ (1 << (bit % 8))
  return copy
}

/** Is every value what was written under its key? */
export const isWhole = ([key, value]: [Uint8Array, Uint8Array]): boolean => {
  const read = unsealed(key, value)
  return read instanceof Uint8Array && equals(read, value.subarray(0, -4))
}

export interface UsedStore {
  readonly bob: PrivateIdentity
  readonly rows: StoredRows
  /** Hex ids of the records it holds, and of one that was acked. */
  readonly live: string[]
  readonly acked: string
}

const hex = (id: Uint8Array): string => Buffer.from(id).toString('hex')

/** What one relay has after some use: a mailbox, three records, one that was acked. */
export async function usedStore(): Promise<UsedStore> {
  const world = await RelayWorld.start(1)
  try {
    const host = world.host(0)
    const bob = generateIdentity()
    await world.registered(bob)
    const peer = world.peer()
    await peer.prove(host, bob)
    const records = await Promise.all([1, 2, 3, 4].map(async () => await peer.record(host, bob.key)))
    for (const record of records) assert.equal((await peer.deposit(host, record)).status, Status.OK)
    const [acked = new Uint8Array(0), ...live] = records.map(recordId)
    const { page } = await peer.owner(host, { pull: { mailbox: bob.key, recordsMax: 1, bytesMax: 0 } })
    assert.ok(page?.next !== undefined)
    await peer.owner(host, { ack: { mailbox: bob.key, upTo: page.next } })
    const fields = { ids: [acked], dropAfterHour: world.nowHour + 24, issuedMs: world.clock.now() }
    const tombstone = await createTombstone(bob, fields)
    assert.equal((await peer.owner(host, { tombstone: { tombstone } })).status, Status.OK)
    return { bob, rows: copyOf(await host.backup()), live: live.map(hex).sort(), acked: hex(acked) }
  } finally {
    await world.close()
  }
}
