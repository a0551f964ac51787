import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryLevel } from 'memory-level'
import { systemEnvironment } from '../../../src/environment.ts'
import { storeVersion } from '../../../src/relay/beginning.ts'
import { metaKey, u32 } from '../../../src/relay/keys.ts'
import { deposit } from '../../../src/relay/operations.ts'
import { RelayStore } from '../../../src/relay/store.ts'
import { BreakableLevel } from '../../helpers/clients.ts'

const bytes = { keyEncoding: 'view', valueEncoding: 'view' } as const
const mailbox = new Uint8Array(32).fill(7)
const env = systemEnvironment
const wide = { recordsMax: 1_000, bytesMax: 1_000_000, nowHour: 1 }

type Rows = Array<[Uint8Array, Uint8Array]>
const backup = async (db: MemoryLevel): Promise<Rows> => await db.iterator<Uint8Array, Uint8Array>(bytes).all()

/** A store on a disk with these rows. */
async function restored(rows: Rows): Promise<{ db: MemoryLevel; store: RelayStore }> {
  const db = new MemoryLevel()
  await db.batch(
    rows.map(([key, value]) => ({ type: 'put', key, value })),
    bytes
  )
  return { db, store: await RelayStore.open(db, env) }
}

const lane = { kind: 'strangers', room: { records: 100_000, bytes: 1_000_000 } } as const

async function put(store: RelayStore, ...numbers: number[]): Promise<void> {
  for (const n of numbers) {
    const fields = { mailbox, id: new Uint8Array(32).fill(n), expiresHour: 100, stored: Uint8Array.of(n) }
    await store.write(deposit({ ...fields, receivedMs: 1, lane }))
  }
}

const pulled = async (store: RelayStore): Promise<unknown[]> =>
  (await store.page(mailbox, 0, wide)).records.map(([n]) => n)

test('a disk that refuses the first write of a store is STORE', async () => {
  const db = new BreakableLevel()
  db.left = 0
  await assert.rejects(RelayStore.open(db, env), { code: 'STORE' })
})

for (const method of ['open', 'getMany', 'iterator'] as const) {
  test(`a database whose ${method} fails while a store is opened is STORE`, async () => {
    const { db } = await restored(await backup((await restored([])).db))
    const broken = (): never => {
      throw new Error('Input/output error')
    }
    const faulty = new Proxy(db, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target)
        return name === method ? broken : typeof value === 'function' ? (value as () => unknown).bind(target) : value
      }
    })
    await assert.rejects(RelayStore.open(faulty, env), { code: 'STORE' })
  })
}

test('a store of another format is refused, and nothing is written to it', async () => {
  for (const version of [1, 2, 3, storeVersion + 1]) {
    const db = new BreakableLevel()
    await db.put(metaKey('version'), u32(version), bytes)
    await assert.rejects(RelayStore.open(db, env), { code: 'STORE_VERSION', message: RegExp(`format ${version}`) })
    assert.equal(db.batches, 0)
  }
})

test('a value that is not what was written is never read, and takes nothing else with it', async () => {
  const { db, store } = await restored([])
  await put(store, 1, 2, 3)
  const rows = await backup(db)
  const records = rows.filter(([key]) => key[0] === 2)
  const [first, second] = records
  assert.ok(first !== undefined && second !== undefined)
  // a bit of a value, and of a key
  first[1][4] = (first[1][4] ?? 0) ^ 1
  second[0][40] = (second[0][40] ?? 0) ^ 64
  const { store: read } = await restored(rows)
  assert.deepEqual(await pulled(read), [3])
})

test('an operation that builds on a corrupt value is STORE, alone: the store goes on', async () => {
  const { db, store } = await restored([])
  await put(store, 1)
  const rows = await backup(db)
  for (const [key, value] of rows) if (key[0] === 3) value[0] = 0
  const { store: read } = await restored(rows)
  const results = await Promise.allSettled([put(read, 1), put(read, 2)])
  assert.equal(results[0].status === 'rejected' && (results[0].reason as { code: string }).code, 'STORE')
  assert.equal(results[1].status, 'fulfilled')
  assert.equal(read.failure, undefined)
})
