/**
 * What a relay needs of the database it is given, as tests that any store's author can run:
 *
 *   relayStoreContract(test, async () => new MemoryLevel())
 */
import assert from 'node:assert/strict'
import { systemEnvironment } from '../environment.ts'
import { isMailboxError } from '../errors.ts'
import type { Database } from '../relay/database.ts'
import { deposit, tombstone, type DepositInput } from '../relay/operations.ts'
import { RelayStore } from '../relay/store.ts'

export type RunTest = (name: string, run: () => Promise<void>) => unknown

const mailbox = new Uint8Array(32).fill(7)
const idOf = (n: number): Uint8Array => new Uint8Array(32).fill(n)
const wide = { recordsMax: 100, bytesMax: 1_000_000, nowHour: 10 }

const depositOf = (n: number, more: Partial<DepositInput> = {}): DepositInput => ({
  mailbox,
  id: idOf(n),
  expiresHour: 100,
  stored: new Uint8Array(50).fill(n),
  receivedMs: 1_000 + n,
  recordsMax: 10,
  bytesMax: 10_000,
  ...more
})
const tombstoneOf = (...ids: number[]) =>
  tombstone({
    mailbox,
    ids: ids.map(idOf),
    dropAfterHour: 100,
    nowMs: 5,
    signed: Uint8Array.of(1),
    digest: idOf(0xee)
  })
const firstBytes = (records: Uint8Array[]): Array<number | undefined> => records.map(record => record[0])

async function sweepAll(store: RelayStore, nowHour: number): Promise<number> {
  let removed = 0
  for (;;) {
    const { records, more } = await store.sweep(nowHour)
    removed += records
    if (!more) return removed
  }
}

const open = async (db: Database): Promise<RelayStore> => await RelayStore.open(db, systemEnvironment)

/** @param openDatabase gives a new, empty database each time */
export function relayStoreContract(test: RunTest, openDatabase: () => Promise<Database>): void {
  deposits(test, openDatabase)
  tombstones(test, openDatabase)
  expiry(test, openDatabase)
  restarts(test, openDatabase)
}

function deposits(test: RunTest, openDatabase: () => Promise<Database>): void {
  test('a store gives records back in order of arrival, page by page', async () => {
    const store = await open(await openDatabase())
    for (const n of [3, 1, 2]) await store.write(deposit(depositOf(n)))
    const first = await store.page(mailbox, 0, { ...wide, recordsMax: 2 })
    assert.deepEqual(firstBytes(first.records), [3, 1])
    assert.equal(first.more, true)
    const second = await store.page(mailbox, first.lastSeq, wide)
    assert.deepEqual(firstBytes(second.records), [2])
    assert.equal(second.more, false)
  })

  test('G6: a record deposited again is stored once and answered alike, also after its tombstone', async () => {
    const store = await open(await openDatabase())
    const first = await store.write(deposit(depositOf(1)))
    const again = await Promise.all(
      [1, 1].map(async n => await store.write(deposit(depositOf(n, { receivedMs: 9_999 }))))
    )
    await store.write(tombstoneOf(1))
    const late = await store.write(deposit(depositOf(1, { receivedMs: 10_000 })))
    for (const answer of [...again, late]) {
      assert.equal(answer.receivedMs, first.receivedMs)
      assert.equal(answer.keepUntilHour, first.keepUntilHour)
    }
    assert.deepEqual((await store.page(mailbox, 0, wide)).records, [])
  })

  test('G5: a tombstone for a record that never came keeps it away', async () => {
    const store = await open(await openDatabase())
    await store.write(tombstoneOf(4))
    await store.write(deposit(depositOf(4)))
    assert.deepEqual((await store.page(mailbox, 0, wide)).records, [])
  })

  test('a refused operation leaves nothing behind, and its neighbours in the group are stored', async () => {
    const store = await open(await openDatabase())
    const results = await Promise.allSettled(
      [1, 2, 3].map(async n => await store.write(deposit(depositOf(n, { recordsMax: 2 }))))
    )
    assert.deepEqual(
      results.map(result => result.status),
      ['fulfilled', 'fulfilled', 'rejected']
    )
    const refused = results[2]
    assert.ok(refused?.status === 'rejected' && isMailboxError(refused.reason, 'QUOTA'))
    assert.deepEqual(await store.counters(mailbox), { records: 2, bytes: 108, tombstones: 0 })
  })
}

function tombstones(test: RunTest, openDatabase: () => Promise<Database>): void {
  test('an id that a tombstone names twice is removed once', async () => {
    const store = await open(await openDatabase())
    for (const n of [1, 2, 3]) await store.write(deposit(depositOf(n)))
    const removed = await store.write(tombstoneOf(1, 1, 1, 2))
    assert.equal(removed.records, 2)
    assert.equal((await store.counters(mailbox)).records, 1)
  })

  test('a tombstone takes a place of its own, also when it names nothing new, and gives it back', async () => {
    const store = await open(await openDatabase())
    await store.write(tombstoneOf(1))
    assert.equal((await store.counters(mailbox)).tombstones, 2)
    const again = {
      mailbox,
      ids: [idOf(1)],
      dropAfterHour: 100,
      nowMs: 6,
      signed: Uint8Array.of(2),
      digest: idOf(0xef)
    }
    for (let times = 0; times < 2; times++) await store.write(tombstone(again))
    assert.equal((await store.counters(mailbox)).tombstones, 3)
    await sweepAll(store, 200)
    assert.equal((await store.counters(mailbox)).tombstones, 0)
  })
}

function expiry(test: RunTest, openDatabase: () => Promise<Database>): void {
  test('a record is neither served nor kept once its expiry hour has come', async () => {
    const store = await open(await openDatabase())
    await store.write(deposit(depositOf(1, { expiresHour: 20 })))
    await store.write(deposit(depositOf(2, { expiresHour: 21 })))
    assert.deepEqual(firstBytes((await store.page(mailbox, 0, { ...wide, nowHour: 20 })).records), [2])
    assert.deepEqual(await store.sweep(20), { records: 0, more: false })
    assert.equal(await sweepAll(store, 21), 1)
    assert.equal((await store.counters(mailbox)).records, 1)
  })

  test('expired records that were not swept yet hide nothing that came after them', async () => {
    const store = await open(await openDatabase())
    for (const n of [1, 2, 3]) await store.write(deposit(depositOf(n, { expiresHour: 20 })))
    await store.write(deposit(depositOf(4)))
    const page = await store.page(mailbox, 0, { ...wide, recordsMax: 2, nowHour: 20 })
    assert.deepEqual(firstBytes(page.records), [4])
    assert.equal(page.more, false)
  })

  test('an id is forgotten two hours after its tombstone may go, and the tombstone with it', async () => {
    const store = await open(await openDatabase())
    await store.write(deposit(depositOf(1)))
    await store.write(tombstoneOf(1))
    await sweepAll(store, 102)
    assert.equal((await store.entry(mailbox, idOf(1)))?.live, false)
    await sweepAll(store, 103)
    assert.equal(await store.entry(mailbox, idOf(1)), undefined)
    assert.deepEqual(await store.counters(mailbox), { records: 0, bytes: 0, tombstones: 0 })
  })
}

function restarts(test: RunTest, openDatabase: () => Promise<Database>): void {
  test('a store opened again has its records, honours its cursors, and gives no arrival number twice', async () => {
    const db = await openDatabase()
    const before = await open(db)
    await before.write(deposit(depositOf(1)))
    const { lastSeq } = await before.page(mailbox, 0, wide)
    await before.write(tombstoneOf(1))
    await before.close()
    const after = await open(db)
    assert.equal(after.seqAfter({ epoch: before.epoch, seq: lastSeq }), lastSeq)
    await after.write(deposit(depositOf(2)))
    assert.ok((await after.page(mailbox, 0, wide)).lastSeq > lastSeq)
  })

  test('a cursor of another store is a CURSOR error, never an empty page', async () => {
    const store = await open(await openDatabase())
    assert.throws(
      () => store.seqAfter({ epoch: idOf(9).subarray(0, 16), seq: 3 }),
      error => isMailboxError(error, 'CURSOR')
    )
  })
}
