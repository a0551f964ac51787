/** Until when a relay keeps a mailbox, and what becomes of one whose owner does not come back (SPEC §8.2, §9.3). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { msPerHour } from '../../../src/environment.ts'
import { Status } from '../../../src/errors.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { recordId } from '../../../src/identity/record.ts'
import { createTombstone } from '../../../src/identity/tombstone.ts'
import { leaseGraceHours, leaseHours, leaseRenewHours } from '../../../src/limits.ts'
import { Rows } from '../../../src/relay/database.ts'
import { kinds } from '../../../src/relay/keys.ts'
import { survey } from '../../../src/relay/survey.ts'
import type { OwnerRequest } from '../../../src/wire/messages.js'
import { aTurn, hosting, RelayWorld, type Hosting, type RelayHost } from '../../helpers/relays.ts'

/** The peer has proved that it acts for Bob. */
async function scene(t: TestContext): Promise<Hosting> {
  const here = await hosting(t)
  await prove(here)
  return here
}

async function prove({ host, bob, peer }: Hosting): Promise<void> {
  assert.equal(await peer.prove(host, bob), Status.OK)
}

const pullOf = ({ bob }: Hosting): OwnerRequest => ({ pull: { mailbox: bob.key, recordsMax: 0, bytesMax: 0 } })

/** A proof ends within a day: asked for anew where one was given. */
async function asOwner(here: Hosting, request: OwnerRequest): Promise<number> {
  await prove(here)
  return (await here.peer.owner(here.host, request)).status
}

async function leaseEnd(here: Hosting): Promise<number | undefined> {
  await prove(here)
  const { mailbox } = await here.peer.owner(here.host, { status: { mailbox: here.bob.key } })
  return mailbox?.leaseUntilHour
}

/** Time passes, and the sweep that follows has ended. */
async function pass({ world }: Hosting, hours: number): Promise<void> {
  world.clock.advance(hours * msPerHour)
  for (let turn = 0; turn < 200; turn++) await aTurn()
}

/** The kinds of the rows that are there. */
async function kindsIn(host: RelayHost): Promise<Set<number>> {
  return new Set((await host.backup()).map(([key]) => key[0] ?? 0).filter(kind => kind !== kinds.meta))
}

test('a pull renews the lease, once leaseRenewHours of it are gone and not before', async t => {
  const here = await scene(t)
  const first = here.world.nowHour + leaseHours
  await pass(here, leaseRenewHours - 1)
  const before = here.host.database.batches
  assert.equal(await asOwner(here, pullOf(here)), Status.OK)
  assert.deepEqual([await leaseEnd(here), here.host.database.batches - before], [first, 0])
  await pass(here, 1)
  const renewed = here.host.database.batches
  assert.equal(await asOwner(here, pullOf(here)), Status.OK)
  assert.equal(await asOwner(here, pullOf(here)), Status.OK)
  assert.deepEqual([await leaseEnd(here), here.host.database.batches - renewed], [first + leaseRenewHours, 1])
  await here.host.relay.stop()
  await here.host.start()
  assert.equal(await leaseEnd(here), first + leaseRenewHours)
})

test('a page that was read is given although the lease cannot be renewed', async t => {
  const here = await scene(t)
  assert.equal(
    (await here.peer.deposit(here.host, await here.peer.record(here.host, here.bob.key, { ttlHours: 72 }))).status,
    Status.OK
  )
  await pass(here, leaseRenewHours)
  await prove(here)
  here.host.database.left = 0
  const { status, page } = await here.peer.owner(here.host, pullOf(here))
  here.host.database.left = Infinity
  assert.deepEqual([status, page?.records.length], [Status.OK, 1])
})

test('G10: after its lease a mailbox is read-only: nothing is left there, its owner reads, acks and asks', async t => {
  const here = await scene(t)
  const { world, host, bob, peer } = here
  await pass(here, leaseHours - 48)
  const record = await peer.record(host, bob.key, { ttlHours: 600 })
  const other = await peer.record(host, bob.key, { ttlHours: 600 })
  assert.equal((await peer.deposit(host, record)).status, Status.OK)
  const ended = world.nowHour + 48
  await pass(here, 48)
  assert.equal((await peer.deposit(host, other)).status, Status.NO_MAILBOX)
  assert.equal((await peer.info(host, bob.key)).status, Status.NO_MAILBOX)
  await prove(here)
  assert.equal((await peer.pulled(host, bob.key)).length, 1)
  // reading is not coming back: the lease stays where it ended
  assert.equal(await leaseEnd(here), ended)
  const ids = [recordId(record)]
  const tombstone = await createTombstone(bob, { ids, dropAfterHour: ended + 700, issuedMs: world.clock.now() })
  assert.equal(await asOwner(here, { tombstone: { tombstone } }), Status.OK)
  assert.equal(host.relay.stats().records, 0)
  assert.equal(host.relay.stats().mailboxes, 1)
})

test('registering opens a mailbox again that is read-only', async t => {
  const world = await RelayWorld.start(1, { mailboxes: 1 })
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  const mailbox = await world.registered(bob)
  const here = { world, host: world.host(0), bob, peer: world.peer() }
  await pass(here, leaseHours + leaseGraceHours - 1)
  await mailbox.register()
  assert.equal(await leaseEnd(here), world.nowHour + leaseHours)
  assert.equal((await here.peer.deposit(here.host, await here.peer.record(here.host, bob.key))).status, Status.OK)
})

test('G10: the mailbox of an owner who does not come back is dropped, and everything of it', async t => {
  const here = await scene(t)
  const { world, host, bob, peer } = here
  const carol = generateIdentity()
  const carols = await world.registered(carol)
  await pass(here, leaseHours - 1)
  const record = await peer.record(host, bob.key, { ttlHours: 719 })
  assert.equal((await peer.deposit(host, record)).status, Status.OK)
  await pass(here, 24)
  const tombstone = await createTombstone(bob, {
    ids: [recordId(record)],
    dropAfterHour: world.nowHour + 719,
    issuedMs: world.clock.now()
  })
  assert.equal(await asOwner(here, { tombstone: { tombstone } }), Status.OK)
  const upTo = (await peer.owner(host, pullOf(here))).page?.next
  assert.ok(upTo !== undefined)
  assert.equal(await asOwner(here, { ack: { mailbox: bob.key, upTo } }), Status.OK)
  await carols.register()
  await pass(here, leaseGraceHours - 24)
  assert.equal(host.relay.stats().mailboxes, 2)
  await pass(here, 1)
  assert.equal(host.relay.stats().mailboxes, 1)
  assert.equal(await asOwner(here, pullOf(here)), Status.NO_MAILBOX)
  const keys = await host.backup()
  const ofBob = keys.filter(
    ([key]) => key[0] !== kinds.due && key[0] !== kinds.shelf && Buffer.from(key).includes(Buffer.from(bob.key))
  )
  assert.deepEqual(ofBob, [])
  // Carol, who came back, is still there
  assert.equal(await peer.prove(host, carol), Status.OK)
  assert.equal((await peer.owner(host, { status: { mailbox: carol.key } })).status, Status.OK)
})

test('G10: wherever a crash ends the dropping of a mailbox, the store is sound and the next sweep ends it', async t => {
  const here = await scene(t)
  const { host, bob, peer, world } = here
  await pass(here, leaseHours - 1)
  assert.equal((await peer.deposit(host, await peer.record(host, bob.key, { ttlHours: 719 }))).status, Status.OK)
  await prove(here)
  const upTo = (await peer.owner(host, pullOf(here))).page?.next
  assert.ok(upTo !== undefined)
  assert.equal((await peer.owner(host, { ack: { mailbox: bob.key, upTo } })).status, Status.OK)
  await pass(here, leaseHours + leaseGraceHours - 1)
  const before = await host.backup()
  let crashes = 0
  for (let batches = 0; ; batches++) {
    await host.restore(before)
    host.database.left = batches
    await pass(here, 1)
    const hasCrashed = host.database.left === 0
    await host.relay.stop()
    host.database.left = Infinity
    const found = await survey(new Rows(host.database), { env: world.clock, mend: false })
    assert.deepEqual([...found.problems], [], `after ${batches} batches`)
    await host.start()
    await pass(here, 1)
    assert.deepEqual([host.relay.stats().mailboxes, host.relay.stats().records], [0, 0], `after ${batches} batches`)
    const left = [...(await kindsIn(host))].filter(kind => kind !== kinds.due && kind !== kinds.shelf)
    assert.deepEqual(left, [], `after ${batches} batches`)
    if (!hasCrashed) break
    crashes++
  }
  assert.ok(crashes >= 3, `${crashes} crashes`)
})
