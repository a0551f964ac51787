import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { NodeDatastore } from '../../../src/daemon/datastore.ts'
import { openDirectory, openStore } from '../../../src/daemon/directory.ts'

const root = mkdtempSync(join(tmpdir(), 'mailbox-datastore-'))
after(() => {
  rmSync(root, { recursive: true })
})

const key = { toString: () => '/peers/one' } as unknown as Parameters<NodeDatastore['get']>[0]
const value = Uint8Array.of(1)

async function count(entries: AsyncIterable<unknown> | Iterable<unknown>): Promise<number> {
  let found = 0
  for await (const entry of entries) if (entry !== undefined) found++
  return found
}

test('a database that is closed has no hints, takes none and throws nothing that would end the process', async () => {
  const database = await openStore(await openDirectory(join(root, 'relay'), 'relay'))
  const lost: string[] = []
  const datastore = new NodeDatastore(database, (_level, event) => {
    lost.push(event)
  })
  await datastore.put(key, value)
  assert.deepEqual([...(await datastore.get(key))], [1])
  assert.equal(await count(datastore.query({})), 1)

  await database.close()
  await datastore.put(key, value)
  await assert.rejects(Promise.resolve(datastore.get(key)), { name: 'NotFoundError' })
  assert.equal(await datastore.has(key), false)
  await datastore.delete(key)
  const batch = datastore.batch()
  batch.put(key, value)
  await batch.commit()
  assert.deepEqual([await count(datastore.query({})), await count(datastore.queryKeys({}))], [0, 0])
  assert.deepEqual(new Set(lost), new Set(['hint_lost']))

  await database.open()
  assert.equal(await count(datastore.query({})), 1)
  await assert.rejects(Promise.resolve(datastore.get({ toString: () => '/none' } as unknown as typeof key)), {
    name: 'NotFoundError'
  })
  datastore.release()
  assert.equal(await count(datastore.query({})), 0)
  await database.close()
})
