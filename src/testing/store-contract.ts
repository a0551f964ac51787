/**
 * What a relay needs of the database it is given, as tests that any store's author can run:
 *
 *   relayStoreContract(test, async () => new MemoryLevel())
 */
import assert from 'node:assert/strict'
import { systemEnvironment } from '../environment.ts'
import { isMailboxError } from '../errors.ts'
import { noCounters } from '../relay/counters.ts'
import type { Database } from '../relay/database.ts'
import type { Lane } from '../relay/lanes.ts'
import { deposit, tombstone, type DepositInput } from '../relay/operations.ts'
import { RelayStore } from '../relay/store.ts'

export type RunTest = (name: string, run: () => Promise<void>) => unknown

const mailbox = new Uint8Array(32).fill(7)
const idOf = (n: number): Uint8Array => new Uint8Array(32).fill(n)
const wide = { recordsMax: 100, bytesMax: 1_000_000, nowHour: 10 }

const strangersWith = (records: number): Lane & { kind: 'strangers' } => ({
  kind: 'strangers',
  room: { records, bytes: 10_000 }
})
const throughGate = (n: number, share: number, records = 10): Lane => ({
  kind: 'gate',
  gate: new Uint8Array(8).fill(n),
  room: { records, bytes: 10_000 },
  share,
  gatesMax: 4
})

const depositOf = (n: number, more: Partial<DepositInput> = {}): DepositInput => ({
  mailbox,
  id: idOf(n),
  expiresHour: 100,
  stored: new Uint8Array(50).fill(n),
  receivedMs: 1_000 + n,
  lane: strangersWith(10),
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
  repeats(test, openDatabase)
  lanes(test, openDatabase)
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
      [1, 2, 3].map(async n => await store.write(deposit(depositOf(n, { lane: strangersWith(2) }))))
    )
    assert.deepEqual(
      results.map(result => result.status),
      ['fulfilled', 'fulfilled', 'rejected']
    )
    const refused = results[2]
    assert.ok(refused?.status === 'rejected' && isMailboxError(refused.reason, 'QUOTA'))
    const held = { records: 2, bytes: 108 }
    const expected = { ...held, tombstones: 0, strangers: held, gates: new Map() }
    assert.deepEqual(await store.counters(mailbox), expected)
  })
}

function repeats(test: RunTest, openDatabase: () => Promise<Database>): void {
  test('G6: a record deposited again through another lane is answered alike, and counted once where it came in', async () => {
    const store = await open(await openDatabase())
    const first = await store.write(deposit(depositOf(1, { lane: throughGate(7, 50) })))
    const others = [strangersWith(10), throughGate(8, 50), strangersWith(0), throughGate(7, 1)]
    const asking: Lane = { ...strangersWith(10), stamp: { bits: 0, asked: 32 } }
    for (const lane of [...others, asking]) {
      const again = await store.write(deposit(depositOf(1, { lane, receivedMs: 9_999 })))
      assert.deepEqual([again.receivedMs, again.keepUntilHour, again.fresh], [first.receivedMs, 100, false])
    }
    const counters = await store.counters(mailbox)
    assert.deepEqual([counters.records, counters.strangers.records], [1, 0])
    assert.deepEqual([...counters.gates.values()], [{ records: 1, bytes: 54 }])
  })

  test('a filling lane asks for a bit more with each quarter, and what is known asks for none', async () => {
    const store = await open(await openDatabase())
    const stamped = (bits: number): Lane => ({ ...strangersWith(4), stamp: { bits, asked: 3 } })
    const asked: unknown[] = []
    for (const n of [1, 2, 3, 4]) {
      try {
        await store.write(deposit(depositOf(n, { lane: stamped(2) })))
      } catch (error) {
        asked.push(isMailboxError(error, 'POW') ? error.powBits : error)
      }
      await store.write(deposit(depositOf(n, { lane: stamped(2 + n) })))
    }
    assert.deepEqual(asked, [3, 4, 5, 6])
    assert.equal((await store.write(deposit(depositOf(4, { lane: stamped(3) })))).fresh, false)
    assert.equal(await refusedWith(store.write(deposit(depositOf(5, { lane: stamped(32) })))), 'strangersRecordsMax')
  })
}

/** The limit, or the code, that a write was refused with. */
async function refusedWith(writing: Promise<unknown>): Promise<unknown> {
  try {
    await writing
    return undefined
  } catch (error) {
    return isMailboxError(error) ? (error.limit ?? error.code) : error
  }
}

function lanes(test: RunTest, openDatabase: () => Promise<Database>): void {
  test('G10: a lane that is full takes nothing of another, and is free again when its records are gone', async () => {
    const store = await open(await openDatabase())
    const through = async (n: number, lane: Lane): Promise<unknown> =>
      await refusedWith(store.write(deposit(depositOf(n, { lane }))))
    for (const n of [1, 2]) assert.equal(await through(n, strangersWith(2)), undefined)
    assert.equal(await through(3, strangersWith(2)), 'strangersRecordsMax')
    for (const n of [11, 12]) assert.equal(await through(n, throughGate(7, 50, 4)), undefined)
    assert.equal(await through(13, throughGate(7, 50, 4)), 'gateShare')
    for (const n of [21, 22]) assert.equal(await through(n, throughGate(8, 50, 4)), undefined)
    assert.equal(await through(31, throughGate(9, 50, 4)), 'recordsPerMailboxMax')
    await store.write(tombstoneOf(1, 11))
    assert.equal(await through(3, strangersWith(2)), undefined)
    assert.equal(await through(4, strangersWith(2)), 'strangersRecordsMax')
    assert.equal(await through(13, throughGate(7, 50, 4)), undefined)
    assert.equal(await through(14, throughGate(7, 50, 4)), 'gateShare')
  })

  test('G10: counters name the gates that hold something and no others, whatever left and however', async () => {
    const store = await open(await openDatabase())
    const gates = async (): Promise<number> => (await store.counters(mailbox)).gates.size
    for (const n of [1, 2, 3]) await store.write(deposit(depositOf(n, { lane: throughGate(n, 50), expiresHour: 20 })))
    await store.write(deposit(depositOf(4, { lane: throughGate(4, 50) })))
    assert.equal(await refusedWith(store.write(deposit(depositOf(5, { lane: throughGate(5, 50) })))), 'gateShare')
    assert.equal(await gates(), 4)
    await store.write(tombstoneOf(1))
    assert.equal(await gates(), 3)
    await sweepAll(store, 30)
    assert.equal(await gates(), 1)
    await store.drop(mailbox)
    assert.equal(await gates(), 0)
    const { records, bytes, strangers } = await store.counters(mailbox)
    assert.deepEqual([records, bytes, strangers], [0, 0, { records: 0, bytes: 0 }])
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
    assert.deepEqual(await store.counters(mailbox), noCounters())
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
