/** `mailbox relay verify` and `repair`, on stores that were damaged on purpose (SPEC §9.11). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { systemEnvironment as env } from '../../../src/environment.ts'
import { recordId } from '../../../src/identity/record.ts'
import { quarantinedMax } from '../../../src/limits.ts'
import { Rows } from '../../../src/relay/database.ts'
import { kinds, metaKey } from '../../../src/relay/keys.ts'
import { RelayStore } from '../../../src/relay/store.ts'
import { survey, type Survey } from '../../../src/relay/survey.ts'
import { StoredRecord } from '../../../src/wire/messages.js'
import { databaseOf, flipped, isWhole, rowsOf, usedStore, type StoredRows } from '../../helpers/stores.ts'

const used = await usedStore()
const wide = { recordsMax: 1_000, bytesMax: 1_000_000, nowHour: 1 }

const surveyed = async (rows: StoredRows, mend: boolean): Promise<{ found: Survey; rows: StoredRows }> => {
  const db = await databaseOf(rows)
  return { found: await survey(new Rows(db), { env, mend }), rows: await rowsOf(db) }
}

/** Hex ids of what an owner would be given. */
async function served(rows: StoredRows): Promise<string[]> {
  const store = await RelayStore.open(await databaseOf(rows), env)
  const { records } = await store.page(used.bob.key, 0, wide)
  const ids = records.map(bytes => {
    const { header, enc, ct } = StoredRecord.decode(bytes)
    return Buffer.from(recordId({ header, enc, ct })).toString('hex')
  })
  return ids.sort()
}

const of =
  (kind: number) =>
  ([key]: [Uint8Array, Uint8Array]): boolean =>
    key[0] === kind
const without = (...kindsLost: number[]): StoredRows => used.rows.filter(([key]) => !kindsLost.includes(key[0] ?? 0))
const firstOf = (kind: number): number => used.rows.findIndex(of(kind))

test('a store after use is sound, and verifying it writes nothing', async () => {
  const { found, rows } = await surveyed(used.rows, false)
  assert.deepEqual([...found.problems], [])
  assert.deepEqual([found.mailboxes, found.records, found.tombstones, found.quarantined], [1, 3, 2, 0])
  assert.deepEqual(rows, used.rows)
})

test('a store that has never been opened is sound', async () => {
  assert.deepEqual([...(await surveyed([], false)).found.problems], [])
})

for (const [name, rows, problems] of [
  ['records', without(kinds.record), { 'record lost': 3 }],
  ['entries', without(kinds.entry), { 'record not indexed': 3, 'removal not indexed': 1 }],
  ['dues', without(kinds.due), { 'expiry not indexed': 3 }],
  ['counters', without(kinds.counters), { 'counters wrong': 1 }],
  [
    'arrival numbers',
    used.rows.filter(([key]) => !Buffer.from(key).equals(metaKey('seq'))),
    { 'arrival numbers wrong': 1 }
  ],
  ['runs', used.rows.filter(([key]) => !Buffer.from(key).equals(metaKey('runs'))), { 'arrival numbers wrong': 1 }],
  [
    'the version',
    used.rows.filter(([key]) => !Buffer.from(key).equals(metaKey('version'))),
    { 'arrival numbers wrong': 1 }
  ]
] as const) {
  test(`lost ${name} are found, and the store is sound after a repair`, async () => {
    assert.deepEqual(Object.fromEntries((await surveyed(rows, false)).found.problems), problems)
    const mended = await surveyed(rows, true)
    assert.deepEqual(Object.fromEntries(mended.found.problems), problems)
    const again = await surveyed(mended.rows, false)
    assert.deepEqual([...again.found.problems], [])
    assert.deepEqual(await served(mended.rows), name === 'records' ? [] : used.live)
  })
}

test('what was set aside is kept as it was, and only so much of it', async () => {
  const at = firstOf(kinds.record)
  const { rows } = await surveyed(flipped(used.rows, at, 8 * 100), true)
  const aside = rows.filter(of(kinds.quarantine))
  assert.equal(aside.length, 1)
  assert.deepEqual(aside[0]?.[0].subarray(1), used.rows[at]?.[0])
  const many = Array.from({ length: quarantinedMax + 5 }, (_, n): [Uint8Array, Uint8Array] => {
    const key = new Uint8Array(41).fill(9)
    key[0] = kinds.record
    new DataView(key.buffer).setUint32(37, n)
    return [key, new Uint8Array(10)]
  })
  const { found, rows: kept } = await surveyed([...used.rows, ...many], true)
  assert.equal(found.problems.get('corrupt'), quarantinedMax + 5)
  assert.equal(kept.filter(of(kinds.quarantine)).length, quarantinedMax)
})

test('a document that its mailbox has not signed is set aside', async () => {
  const other = await usedStore()
  const [locator] = other.rows.filter(of(kinds.locator))
  const own = used.rows[firstOf(kinds.locator)]
  assert.ok(locator !== undefined && own !== undefined)
  const db = await databaseOf(used.rows)
  await new Rows(db).write([{ type: 'put', key: own[0], value: locator[1].subarray(0, -4) }])
  const { found } = await surveyed(await rowsOf(db), false)
  assert.deepEqual(Object.fromEntries(found.problems), { 'document lost': 1, 'signature wrong': 1 })
})

test('G5, G11: after any one bit has flipped nothing else is served, the acked record stays gone, a repair makes all sound', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), async (row, bit) => {
      const at = row % used.rows.length
      const [key, value] = used.rows[at] ?? []
      assert.ok(key !== undefined && value !== undefined)
      const damaged = flipped(used.rows, at, bit % (8 * (key.byteLength + value.byteLength)))
      // the version has no checksum: another one is another format
      if (Buffer.from(key).equals(metaKey('version'))) return
      const { found } = await surveyed(damaged, false)
      assert.ok(found.problems.size > 0)
      const { rows } = await surveyed(damaged, true)
      assert.ok(rows.every(isWhole))
      assert.deepEqual([...(await surveyed(rows, false)).found.problems], [])
      const ids = await served(rows)
      assert.ok(ids.every(id => used.live.includes(id)))
      assert.ok(ids.length >= used.live.length - 1)
    }),
    { numRuns: 200 }
  )
})
