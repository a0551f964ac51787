/** What rots in a relay's store while it runs: never served, never a deletion, and brought back (SPEC §9.11). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Status } from '../../../src/errors.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import { recordId } from '../../../src/identity/record.ts'
import { createTombstone } from '../../../src/identity/tombstone.ts'
import { expirySweepMs, repairSettleMs, scrubEveryMs, storeReopenMsMax } from '../../../src/limits.ts'
import { entryKey, kinds } from '../../../src/relay/keys.ts'
import type { Record } from '../../../src/wire/messages.js'
import { aTurn, RelayWorld, type Peer, type RelayHost } from '../../helpers/relays.ts'

interface Scene {
  readonly world: RelayWorld
  readonly host: RelayHost
  readonly bob: PrivateIdentity
  readonly peer: Peer
  readonly records: readonly Record[]
}

const bytes = { keyEncoding: 'view', valueEncoding: 'view' } as const

/** Three relays that hold the same three records of Bob, and a peer that has proved to be Bob on each. */
async function scene(t: TestContext): Promise<Scene> {
  const world = await RelayWorld.start()
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  await world.registered(bob)
  const peer = world.peer()
  const records = await Promise.all([1, 2, 3].map(async () => await peer.record(world.host(0), bob.key)))
  for (const host of world.hosts) {
    assert.equal(await peer.prove(host, bob), Status.OK)
    for (const record of records) assert.equal((await peer.deposit(host, record)).status, Status.OK)
  }
  return { world, host: world.host(0), bob, peer, records }
}

async function firstRecord(host: RelayHost): Promise<[Uint8Array, Uint8Array]> {
  const row = (await host.backup()).find(([key]) => key[0] === kinds.record)
  assert.ok(row !== undefined)
  return [new Uint8Array(row[0]), new Uint8Array(row[1])]
}

/** One bit of what the disk gives back for a key is another. */
async function rot(host: RelayHost, key: Uint8Array, at: number): Promise<void> {
  const value = await host.database.get<Uint8Array, Uint8Array>(key, bytes)
  assert.ok(value !== undefined)
  const rotten = new Uint8Array(value)
  rotten[at] = (rotten[at] ?? 0) ^ 1
  await host.database.put(key, rotten, bytes)
}

/** Until the relay has as many records, its clock going on to the repairs that are due. */
async function repairedTo({ world, host }: Scene, records: number): Promise<void> {
  for (let turn = 0; host.relay.stats().records !== records && turn < 2_000; turn++) {
    if (turn % 100 === 0) world.clock.advance(repairSettleMs)
    await aTurn()
  }
  assert.equal(host.relay.stats().records, records)
}

test('a record that has rotted is not served, is set aside, and comes back from another replica', async t => {
  const here = await scene(t)
  const { host, bob, peer } = here
  const [key] = await firstRecord(host)
  await rot(host, key, 300)
  const set = host.observed('quarantined')
  assert.equal((await peer.pulled(host, bob.key)).length, 2)
  await set
  assert.equal(host.relay.stats().records, 2)
  await repairedTo(here, 3)
  assert.equal((await peer.pulled(host, bob.key)).length, 3)
  const aside = (await host.backup()).filter(([row]) => row[0] === kinds.quarantine)
  assert.deepEqual(
    aside.map(([row]) => [...row.subarray(1)]),
    [[...key]]
  )
})

test('a record that is gone without a trace is found missing by the next look at everything, and comes back', async t => {
  const here = await scene(t)
  const { world, host, bob, peer } = here
  const [key] = await firstRecord(host)
  await host.database.del(key, bytes)
  const set = host.observed('quarantined')
  world.clock.advance(scrubEveryMs + expirySweepMs)
  await set
  await repairedTo(here, 3)
  assert.equal((await peer.pulled(host, bob.key)).length, 3)
})

test('G5: an ack whose entry has rotted is known again from its tombstone, and a late copy is not taken', async t => {
  const { world, host, bob, peer, records } = await scene(t)
  const [acked] = records
  assert.ok(acked !== undefined)
  const id = recordId(acked)
  const fields = { ids: [id], dropAfterHour: world.nowHour + 24, issuedMs: world.clock.now() }
  const tombstone = await createTombstone(bob, fields)
  assert.equal((await peer.owner(host, { tombstone: { tombstone } })).status, Status.OK)
  await rot(host, entryKey(bob.key, id), 0)
  const set = host.observed('quarantined')
  assert.equal((await peer.deposit(host, acked)).status, Status.UNAVAILABLE)
  await set
  assert.equal((await peer.deposit(host, acked)).status, Status.OK)
  assert.equal((await peer.pulled(host, bob.key)).length, 2)
  assert.equal(host.relay.stats().records, 2)
})

const unreadable = (): never => {
  throw Object.assign(new Error('Corruption: block checksum mismatch'), { code: 'LEVEL_CORRUPTION' })
}

test('G11: what LevelDB cannot read is UNAVAILABLE, and the relay is not ready; what it can read is served', async t => {
  const { host, bob, peer } = await scene(t)
  Object.assign(host.database, { iterator: unreadable })
  const damaged = host.observed('store_damaged')
  const pull = { pull: { mailbox: bob.key, recordsMax: 0, bytesMax: 0 } }
  const [answer] = await Promise.all([peer.owner(host, pull), damaged])
  assert.deepEqual([answer.status, answer.page], [Status.UNAVAILABLE, undefined])
  assert.equal(host.relay.ready, false)
  assert.equal((await peer.deposit(host, await peer.record(host, bob.key))).status, Status.OK)
  Reflect.deleteProperty(host.database, 'iterator')
})

test('a store that LevelDB cannot read is salvaged where that can be done, and what is lost comes back', async t => {
  const here = await scene(t)
  const { world, host, bob, peer } = here
  await host.relay.stop()
  host.disk.salvage = async () => {
    Reflect.deleteProperty(host.database, 'iterator')
    await host.database.open()
    const [key] = await firstRecord(host)
    await host.database.del(key, bytes)
    await host.database.close()
  }
  await host.start()
  await peer.prove(host, bob)
  Object.assign(host.database, { iterator: unreadable })
  assert.equal(
    (await peer.owner(host, { pull: { mailbox: bob.key, recordsMax: 0, bytesMax: 0 } })).status,
    Status.UNAVAILABLE
  )
  const reopened = host.observed('store_reopened')
  const set = host.observed('quarantined')
  world.clock.advance(storeReopenMsMax)
  await Promise.all([reopened, set])
  assert.equal(host.relay.ready, true)
  await repairedTo(here, 3)
  assert.equal((await peer.pulled(host, bob.key)).length, 3)
})
