/** Relays of one mailbox become equal, whatever one of them missed (SPEC §9.5 to §9.8). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { equals } from 'uint8arrays'
import { msPerHour } from '../../../src/environment.ts'
import { Status } from '../../../src/errors.ts'
import { openBundle, signBundle, type Strangers } from '../../../src/identity/bundle.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import { openLocator, signLocator } from '../../../src/identity/locator.ts'
import { recordId } from '../../../src/identity/record.ts'
import { createTombstone } from '../../../src/identity/tombstone.ts'
import { repairRetryMsMax, repairRetryMsMin, repairSettleMs } from '../../../src/limits.ts'
import { itemKinds } from '../../../src/relay/inventory.ts'
import { Initiator, ItemSet } from '../../../src/relay/reconcile.ts'
import type { Repaired } from '../../../src/relay/repaired.ts'
import { SyncRequest, SyncResponse, type Record } from '../../../src/wire/messages.js'
import { protocols } from '../../../src/wire/port.ts'
import type { Peer, RelayHost } from '../../helpers/relays.ts'
import { RelayWorld } from '../../helpers/relays.ts'

interface Scene {
  readonly world: RelayWorld
  readonly bob: PrivateIdentity
  readonly peer: Peer
}

const noLimit = new AbortController().signal
const repair = async (host: RelayHost): Promise<Repaired & { failed: readonly string[] }> =>
  await host.relay.repair(noLimit)
const recordsOf = (world: RelayWorld): number[] => world.hosts.map(host => host.relay.stats().records)

/** Three active relays that host Bob, and a peer that has proved to be Bob on each. */
async function scene(t: TestContext): Promise<Scene> {
  const world = await RelayWorld.start()
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  await world.registered(bob)
  const peer = world.peer()
  for (const host of world.hosts) assert.equal(await peer.prove(host, bob), Status.OK)
  return { world, bob, peer }
}

async function deposited({ world, bob, peer }: Scene, ...hosts: number[]): Promise<Record> {
  const record = await peer.record(world.host(0), bob.key)
  for (const at of hosts) assert.equal((await peer.deposit(world.host(at), record)).status, Status.OK)
  return record
}

async function buried({ world, bob, peer }: Scene, at: number, ...records: Record[]): Promise<void> {
  const ids = records.map(recordId)
  const dropAfterHour = world.nowHour + 24
  const tombstone = await createTombstone(bob, { ids, dropAfterHour, issuedMs: world.clock.now() })
  assert.equal((await peer.owner(world.host(at), { tombstone: { tombstone } })).status, Status.OK)
}

test('G2: what only W relays stored is on all of them after one repair, and the next finds nothing (G9)', async t => {
  const here = await scene(t)
  for (const [a, b] of [
    [0, 1],
    [1, 2],
    [2, 0]
  ] as const)
    await deposited(here, a, b)
  assert.deepEqual(recordsOf(here.world), [2, 2, 2])
  const first = await repair(here.world.host(0))
  assert.deepEqual(recordsOf(here.world), [3, 3, 3])
  assert.deepEqual([first.given, first.taken, first.failed], [2, 1, []])
  for (const host of here.world.hosts) {
    const again = await repair(host)
    assert.deepEqual([again.mailboxes, again.given, again.taken], [0, 0, 0])
    assert.equal((await here.peer.pulled(host, here.bob.key)).length, 3)
  }
})

test('G5: a tombstone that one relay has wins over copies elsewhere, and over a copy that comes late', async t => {
  const here = await scene(t)
  const { world, peer, bob } = here
  const record = await deposited(here, 1, 2)
  await buried(here, 0, record)
  await repair(world.host(1))
  await repair(world.host(2))
  assert.deepEqual(recordsOf(world), [0, 0, 0])
  for (const host of world.hosts) {
    assert.equal((await peer.deposit(host, record)).status, Status.OK)
    await repair(host)
  }
  for (const host of world.hosts) assert.deepEqual(await peer.pulled(host, bob.key), [])
})

test('G5: a relay whose disk was set back to before the ack does not bring the record back', async t => {
  const here = await scene(t)
  const { world, peer, bob } = here
  const record = await deposited(here, 0, 1, 2)
  const backup = await world.host(0).backup()
  for (const at of [0, 1, 2]) await buried(here, at, record)
  assert.deepEqual(recordsOf(world), [0, 0, 0])
  await world.host(0).restore(backup)
  assert.deepEqual(recordsOf(world), [1, 0, 0])
  for (const host of world.hosts) await repair(host)
  assert.deepEqual(recordsOf(world), [0, 0, 0])
  const owner = world.peer()
  for (const host of world.hosts) {
    assert.equal(await owner.prove(host, bob), Status.OK)
    assert.deepEqual(await owner.pulled(host, bob.key), [])
  }
  assert.equal((await peer.deposit(world.host(1), record)).status, Status.OK)
})

test('a newer key bundle that one relay has reaches the others, an older one does not come back (G8)', async t => {
  const here = await scene(t)
  const { world, bob, peer } = here
  const bundleAt = async (at: number): Promise<Uint8Array> => {
    const { bundle } = await peer.info(world.host(at), bob.key)
    assert.ok(bundle !== undefined)
    return bundle
  }
  const old = await openBundle(await bundleAt(0), { mailbox: bob.key, nowHour: world.nowHour })
  const newer = await signBundle(bob, { ...old, seq: old.seq + 1 })
  await peer.owner(world.host(1), { config: { mailbox: bob.key, bundle: newer.bytes } })
  for (const host of world.hosts) await repair(host)
  for (const at of [0, 1, 2]) assert.ok(equals(await bundleAt(at), newer.bytes), `relay ${at}`)
})

async function withPolicy(here: Scene, strangers: Strangers): Promise<void> {
  const { world, bob, peer } = here
  const { bundle } = await peer.info(world.host(0), bob.key)
  assert.ok(bundle !== undefined)
  const held = await openBundle(bundle, { mailbox: bob.key, nowHour: world.nowHour })
  const { bytes } = await signBundle(bob, { ...held, strangers, seq: held.seq + 1 })
  for (const host of world.hosts) await peer.owner(host, { config: { mailbox: bob.key, bundle: bytes } })
}

test('a replica cannot bring in what a deposit would refuse', async t => {
  const here = await scene(t)
  await deposited(here, 0)
  await withPolicy(here, 'closed')
  const { given, taken } = await repair(here.world.host(0))
  assert.equal(taken, 0)
  assert.ok(given > 0)
  assert.deepEqual(recordsOf(here.world), [1, 0, 0])
})

test('an expired record is neither given nor taken', async t => {
  const here = await scene(t)
  await deposited(here, 0)
  here.world.clock.advance(25 * msPerHour)
  const { given, taken } = await repair(here.world.host(0))
  assert.deepEqual([given, taken], [0, 0])
  assert.deepEqual(recordsOf(here.world).slice(1), [0, 0])
})

test('a mailbox with more than one message can hold is repaired in several', async t => {
  const here = await scene(t)
  const { world, bob, peer } = here
  // 64 KiB each: five of them are more than one GIVE
  for (let n = 0; n < 9; n++) {
    const record = await peer.record(world.host(0), bob.key, { body: new Uint8Array(60_000).fill(n) })
    assert.equal((await peer.deposit(world.host(n % 2), record)).status, Status.OK)
  }
  await repair(world.host(0))
  assert.deepEqual(recordsOf(world).slice(0, 2), [9, 9])
  await repair(world.host(2))
  assert.deepEqual(recordsOf(world), [9, 9, 9])
})

test('a relay that missed a deposit is given it as soon as it answers again, with nobody asking', async t => {
  const here = await scene(t)
  const { world, peer, bob } = here
  const away = world.host(2)
  away.node.stop()
  const record = await peer.record(world.host(0), bob.key)
  const { receipts } = await peer.deposit(world.host(0), record, { fanOut: true })
  assert.equal(receipts.length, 2)
  assert.deepEqual(recordsOf(world), [1, 1, 0])
  const failed = world.host(0).observed('repairFailed')
  world.clock.advance(repairSettleMs)
  await failed
  away.node.start()
  const taken = away.observed('repaired')
  world.clock.advance(2 * repairRetryMsMin)
  await taken
  assert.deepEqual(recordsOf(world), [1, 1, 1])
})

test('a relay that was told of a record by its sender asks the others after a while', async t => {
  const here = await scene(t)
  await deposited(here, 0)
  const taken = here.world.host(1).observed('repaired')
  const also = here.world.host(2).observed('repaired')
  here.world.clock.advance(repairSettleMs)
  await Promise.all([taken, also])
  assert.deepEqual(recordsOf(here.world), [1, 1, 1])
})

test('G12: a relay stops although a replica it repairs with does not answer', async t => {
  const here = await scene(t)
  const { world } = here
  await deposited(here, 0)
  world.network.cut(world.host(0).address, world.host(1).address, { silent: true })
  world.clock.advance(repairRetryMsMax)
  await world.host(0).relay.stop()
})

test('a standby gives what it took to the active relays, and is given no records', async t => {
  const world = await RelayWorld.start(4)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  const mailbox = await world.mailbox(bob)
  await mailbox.register({ relays: world.hosts.map(host => host.address), active: 3, standby: 1 })
  const peer = world.peer()
  const [elsewhere, here] = [await peer.record(world.host(0), bob.key), await peer.record(world.host(0), bob.key)]
  await peer.deposit(world.host(3), here)
  await peer.deposit(world.host(0), elsewhere)
  await repair(world.host(0))
  assert.deepEqual(recordsOf(world), [1, 1, 1, 1])
  await repair(world.host(3))
  assert.deepEqual(recordsOf(world), [2, 2, 2, 1])
})

test('a mailbox that cannot be repaired hides no other, and an expired locator does not keep records from it', async t => {
  const here = await scene(t)
  const { world, bob, peer } = here
  await deposited(here, 0)
  const { locator } = await peer.info(world.host(0), bob.key)
  assert.ok(locator !== undefined)
  const held = await openLocator(locator, { mailbox: bob.key, nowHour: world.nowHour })
  const fields = { ...held, seq: held.seq + 1, validUntilHour: world.nowHour + 2 }
  const shortLived = await signLocator(bob, fields)
  await peer.owner(world.host(1), { config: { mailbox: bob.key, locator: shortLived.bytes } })
  world.clock.advance(3 * msPerHour)
  const carol = generateIdentity()
  await world.registered(carol)
  const other = await peer.record(world.host(0), carol.key)
  await peer.deposit(world.host(0), other)
  for (const host of world.hosts) assert.deepEqual((await repair(host)).failed, [])
  assert.deepEqual(recordsOf(world), [2, 2, 2])
})

test('a relay that a newer locator has left learns so from the others, and answers MOVED', async t => {
  const world = await RelayWorld.start(4)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  const mailbox = await world.mailbox(bob)
  const register = async (...at: number[]): Promise<unknown> =>
    await mailbox.register({ relays: at.map(n => world.host(n).address), active: at.length, standby: 0 })
  await register(0, 1, 2)
  const peer = world.peer()
  const record = await peer.record(world.host(2), bob.key)
  await register(0, 1, 3)
  assert.equal((await peer.deposit(world.host(2), record)).status, Status.OK)
  await repair(world.host(2))
  assert.equal((await peer.deposit(world.host(2), await peer.record(world.host(0), bob.key))).status, Status.MOVED)
})

test('a peer that lists items and gives none is left alone', async t => {
  const here = await scene(t)
  const { world, bob } = here
  const [relay] = world.hosts.slice(2)
  assert.ok(relay !== undefined)
  await relay.relay.stop()
  const salt = new Uint8Array(16).fill(7)
  const listed = new Initiator(new ItemSet([{ key: world.nowHour + 1, id: new Uint8Array(32).fill(9) }])).start()
  let wants = 0
  await relay.node.responder.handle(protocols.sync, async bytes => {
    const request = SyncRequest.decode(bytes)
    if (request.want !== undefined) wants++
    const answer = { status: Status.OK, retryAfterMs: 0, limit: 0, salt, ranges: listed, items: [], served: 1 }
    return await Promise.resolve(SyncResponse.encode(answer))
  })
  const { failed } = await repair(world.host(0))
  assert.deepEqual(failed, [])
  assert.ok(wants <= 2, `${wants} times`)
  assert.equal((await here.peer.pulled(world.host(0), bob.key)).length, 0)
})

test('a standby that asks for records gets none', async t => {
  const world = await RelayWorld.start(2)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  const mailbox = await world.mailbox(bob)
  await mailbox.register({ relays: world.hosts.map(host => host.address), active: 1, standby: 1 })
  const peer = world.peer()
  await peer.deposit(world.host(0), await peer.record(world.host(0), bob.key))
  const { network } = world.host(1).node
  const channel = await network.channel(world.host(0).address, protocols.sync)
  const ask = async (request: SyncRequest): Promise<SyncResponse> =>
    SyncResponse.decode(await channel.call(SyncRequest.encode(request)))
  await ask({ hello: { salt: new Uint8Array(16) } })
  const nothing = new Initiator(new ItemSet([]))
  const { ranges } = await ask({ items: { mailbox: bob.key, ranges: nothing.start(), first: true } })
  const { need } = nothing.next(ranges)
  const { items, served } = await ask({ want: { mailbox: bob.key, ids: need, noRecords: false } })
  assert.equal(served, need.length)
  assert.deepEqual(
    items.filter(({ kind }) => kind === itemKinds.record),
    []
  )
})
