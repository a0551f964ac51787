import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encode } from 'cborg'
import { ClassicLevel } from 'classic-level'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LocalStore, orderKey, storeFormat } from '../../../src/client/store.ts'
import { BreakableLevel } from '../../helpers/clients.ts'

const identity = new Uint8Array(32).fill(1)

test('a store of a newer format is STORE_VERSION', async () => {
  const db = new BreakableLevel()
  const value = encode({ format: storeFormat + 1, identity })
  await db.batch([{ type: 'put', key: 'format!', value }], { keyEncoding: 'utf8', valueEncoding: 'view' })
  await assert.rejects(LocalStore.open(db, identity), { code: 'STORE_VERSION' })
})

test('a store of another identity is DATA_DIR', async () => {
  const db = new BreakableLevel()
  await LocalStore.open(db, identity)
  await assert.rejects(LocalStore.open(db, new Uint8Array(32)), { code: 'DATA_DIR' })
})

test('a failing disk is STORE, for reads and writes', async () => {
  const db = new BreakableLevel()
  const store = await LocalStore.open(db, identity)
  db.left = 0
  await assert.rejects(store.commit([store.fresh.put('1', 'x')]), { code: 'STORE' })
  await db.close()
  await assert.rejects(store.fresh.get('1'), { code: 'STORE' })
})

test('tables do not see each other, keys sort as numbers, bytes come back as plain bytes', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'mailbox-store-'))
  const db = new ClassicLevel(directory)
  t.after(async () => {
    await db.close()
    await rm(directory, { recursive: true })
  })
  const store = await LocalStore.open(db, identity)
  await store.commit([
    store.fresh.put(orderKey(10), 'ten'),
    store.fresh.put(orderKey(9), 'nine'),
    store.fresh.put(orderKey(100), 'hundred'),
    store.talkOrder.put(orderKey(1), 'other'),
    store.records.put('a', { header: identity, enc: identity, ct: identity })
  ])
  const entries: string[] = []
  for await (const [, value] of store.fresh.entries({ gt: orderKey(9) })) entries.push(value)
  assert.deepEqual(entries, ['ten', 'hundred'])
  assert.deepEqual((await store.records.get('a'))?.ct, identity)
})
