/** A mailbox that has left a relay: handed over, dropped when that is proved, answered for, forgotten (SPEC §9.9). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { msPerHour } from '../../../src/environment.ts'
import { Status } from '../../../src/errors.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import { leftHoursMin, movedHours, repairAttemptsMax } from '../../../src/limits.ts'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import { aTurn, RelayWorld, type Peer, type RelayHost } from '../../helpers/relays.ts'

interface Scene {
  readonly world: RelayWorld
  readonly bob: PrivateIdentity
  readonly mailbox: Mailbox
  readonly peer: Peer
}

const forever = new AbortController().signal

/** Relays 0, 1 and 2 of five host Bob. */
async function scene(t: TestContext): Promise<Scene> {
  const world = await RelayWorld.start(5)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  const mailbox = await world.mailbox(bob)
  await mailbox.register({ relays: [0, 1, 2].map(at => world.host(at).address), active: 3, standby: 0 })
  return { world, bob, mailbox, peer: world.peer() }
}

async function move({ world, mailbox }: Scene, ...to: number[]): Promise<void> {
  await mailbox.register({ relays: to.map(at => world.host(at).address), active: to.length, standby: 0 })
}

async function tell({ world, bob, peer }: Scene, at: number): Promise<void> {
  const { locator } = await peer.info(world.host(1), bob.key)
  assert.ok(locator !== undefined)
  assert.equal(await peer.prove(world.host(at), bob), Status.OK)
  assert.equal((await peer.owner(world.host(at), { config: { mailbox: bob.key, locator } })).status, Status.OK)
}

async function deposited({ world, bob, peer }: Scene, ...hosts: number[]): Promise<void> {
  const record = await peer.record(world.host(hosts[0] ?? 0), bob.key, { ttlHours: 40 * 24 - 11 * 24 })
  for (const at of hosts) assert.equal((await peer.deposit(world.host(at), record)).status, Status.OK)
}

const recordsOf = (world: RelayWorld): number[] => world.hosts.map(host => host.relay.stats().records)

/** Lets hours pass one by one, with the sweep of each. */
async function pass({ world }: Scene, hours: number): Promise<void> {
  for (let hour = 0; hour < hours; hour++) {
    world.clock.advance(msPerHour)
    for (let turn = 0; turn < 20; turn++) await aTurn()
  }
}

test('G2: what only a relay that was left holds is handed over to the relays the mailbox went to', async t => {
  const here = await scene(t)
  await deposited(here, 0)
  await move(here, 1, 2, 3)
  await tell(here, 0)
  const { given } = await here.world.host(0).relay.repair(forever)
  // to each of three
  assert.ok(given >= 3)
  assert.deepEqual(recordsOf(here.world), [1, 1, 1, 1, 0])
})

test('a relay that was left drops what it holds when every new relay has proved to have it, after leftHoursMin', async t => {
  const here = await scene(t)
  await deposited(here, 0, 1)
  await move(here, 1, 2, 3)
  await tell(here, 0)
  const { relay } = here.world.host(0)
  await relay.repair(forever)
  await relay.repair(forever)
  await pass(here, leftHoursMin - 1)
  assert.equal(relay.stats().records, 1)
  await pass(here, 2)
  assert.deepEqual(recordsOf(here.world), [0, 1, 1, 1, 0])
  assert.equal((await here.mailbox.inbox.pull()).received, 1)
})

test('a relay that was left keeps what it holds while a new relay is away, also when it starts again', async t => {
  const here = await scene(t)
  await deposited(here, 0, 1)
  await move(here, 1, 2, 3)
  await tell(here, 0)
  here.world.host(3).node.stop()
  const host = here.world.host(0)
  await host.relay.repair(forever)
  await host.relay.repair(forever)
  await pass(here, leftHoursMin + 1)
  assert.equal(host.relay.stats().records, 1)
  await host.relay.stop()
  await host.start()
  await pass(here, 2)
  assert.equal(host.relay.stats().records, 1)
  here.world.host(3).node.start()
  await host.relay.repair(forever)
  await host.relay.repair(forever)
  await pass(here, 2)
  assert.deepEqual(recordsOf(here.world), [0, 1, 1, 1, 0])
})

test('who has proved to have everything under one locator has to do so again under the next', async t => {
  const here = await scene(t)
  await deposited(here, 0, 1)
  await move(here, 1, 2, 3)
  await tell(here, 0)
  const host = here.world.host(0)
  await host.relay.repair(forever)
  await host.relay.repair(forever)
  await move(here, 1, 3, 4)
  await tell(here, 0)
  await host.relay.stop()
  await host.start()
  here.world.host(4).node.stop()
  await pass(here, leftHoursMin + 2)
  assert.equal(host.relay.stats().records, 1)
})

test('a relay that was left answers MOVED for movedHours, then that it has no such mailbox', async t => {
  const here = await scene(t)
  const { world, bob, peer } = here
  await deposited(here, 0, 1)
  await move(here, 1, 2, 3)
  await tell(here, 0)
  const host = world.host(0)
  const answer = async (): Promise<number> => (await peer.info(host, bob.key)).status
  assert.equal(await answer(), Status.MOVED)
  await host.relay.repair(forever)
  await host.relay.repair(forever)
  await pass(here, leftHoursMin + 1)
  assert.equal(host.relay.stats().records, 0)
  assert.equal(await answer(), Status.MOVED)
  await host.relay.stop()
  await host.start()
  world.clock.advance((movedHours - leftHoursMin - 3) * msPerHour)
  await pass(here, 1)
  assert.equal(await answer(), Status.MOVED)
  await pass(here, 3)
  assert.equal(await answer(), Status.NO_MAILBOX)
  assert.equal(host.relay.stats().mailboxes, 0)
})

test('a mailbox that comes back is kept like any other', async t => {
  const here = await scene(t)
  await deposited(here, 0, 1)
  await move(here, 1, 2, 3)
  await tell(here, 0)
  await move(here, 0, 1, 2)
  await here.world.host(0).relay.repair(forever)
  await pass(here, leftHoursMin + 2)
  assert.deepEqual(recordsOf(here.world).slice(0, 3), [1, 1, 1])
})

test('a stranger cannot reconcile a mailbox by a locator that does not list it', async t => {
  const here = await scene(t)
  await deposited(here, 0, 1)
  const { world, mailbox } = here
  // relay 4 has been told of Bob's mailbox on other relays, and holds a lease of it from nobody
  await mailbox.register({ relays: [1, 2, 3].map(at => world.host(at).address), active: 3, standby: 0 })
  const { mailboxes, given, taken } = await world.host(4).relay.repair(forever)
  assert.deepEqual([mailboxes, given, taken], [0, 0, 0])
})

async function standby(t: TestContext): Promise<Scene & { away: RelayHost; fourth: RelayHost }> {
  const world = await RelayWorld.start(4)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  const mailbox = await world.mailbox(bob)
  await mailbox.register({ relays: world.hosts.map(host => host.address), active: 3, standby: 1 })
  const here = { world, bob, mailbox, peer: world.peer(), away: world.host(0), fourth: world.host(3) }
  here.away.node.stop()
  await deposited(here, 1, 3)
  return here
}

/** The other two that could give it to the relay that was away are away themselves. */
async function alone(world: RelayWorld): Promise<void> {
  for (const at of [1, 2]) {
    await world.host(at).relay.stop()
    world.host(at).node.stop()
  }
}

/** Lets half hours pass, with the repairs of each. */
async function halfHours(world: RelayWorld, count: number): Promise<void> {
  for (let half = 0; half < count; half++) {
    world.clock.advance(msPerHour / 2)
    for (let turn = 0; turn < 50; turn++) await aTurn()
  }
}

test('a standby that has started again hands over what it took before', async t => {
  const { world, away, fourth } = await standby(t)
  await alone(world)
  await fourth.relay.stop()
  await fourth.start()
  away.node.start()
  await halfHours(world, 4)
  assert.equal(away.relay.stats().records, 1)
})

test('a standby hands over to an active relay that was away for longer than it tries', async t => {
  const { world, away, fourth } = await standby(t)
  await alone(world)
  const failed = fourth.observed('repairFailed')
  await halfHours(world, 4 * repairAttemptsMax)
  await failed
  away.node.start()
  await halfHours(world, 6)
  assert.equal(away.relay.stats().records, 1)
})
