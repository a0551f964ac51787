/** A store that failed, and what the relay does about it (SPEC §9.2). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Status } from '../../../src/errors.ts'
import { signBundle, openBundle } from '../../../src/identity/bundle.ts'
import { storeReopenMsMax, storeReopenMsMin } from '../../../src/limits.ts'
import { hosting, type Hosting } from '../../helpers/relays.ts'

async function scene(t: TestContext): Promise<Hosting> {
  const here = await hosting(t)
  await here.peer.prove(here.host, here.bob)
  return here
}

/** Moves the clock on to the next attempt, and waits for its end. */
async function attempted({ world, host }: Hosting, outcome: 'store_reopened' | 'store_reopen_failed'): Promise<void> {
  const ended = host.observed(outcome)
  world.clock.advance(storeReopenMsMax)
  await ended
}

test('after a write that failed the relay is not ready, opens its store again and takes deposits again', async t => {
  const here = await scene(t)
  const { world, host, bob, peer } = here
  const record = await peer.record(host, bob.key)
  host.database.left = 0
  assert.equal((await peer.deposit(host, record)).status, Status.UNAVAILABLE)
  assert.equal(host.relay.ready, false)
  host.database.left = Infinity
  const opened = host.observed('store_reopened')
  world.clock.advance(storeReopenMsMin)
  await opened
  assert.equal(host.relay.ready, true)
  assert.equal((await peer.deposit(host, record)).status, Status.OK)
  assert.equal((await peer.pulled(host, bob.key)).length, 1)
})

test('G11: what was written although the write failed is there after the opening, counted once', async t => {
  const here = await scene(t)
  const { host, bob, peer } = here
  const record = await peer.record(host, bob.key)
  Object.assign(host.database, { left: 0, unsure: true })
  const refused = await peer.deposit(host, record)
  assert.deepEqual([refused.status, refused.receipts], [Status.UNAVAILABLE, []])
  host.database.left = Infinity
  await attempted(here, 'store_reopened')
  assert.equal(host.relay.stats().records, 1)
  assert.equal((await peer.pulled(host, bob.key)).length, 1)
  assert.equal((await peer.deposit(host, record)).status, Status.OK)
  assert.equal(host.relay.stats().records, 1)
})

test('G8: a document that was written although the write failed is the one in force after the opening', async t => {
  const here = await scene(t)
  const { world, host, bob, peer } = here
  const { bundle } = await peer.info(host, bob.key)
  assert.ok(bundle !== undefined)
  const held = await openBundle(bundle, { mailbox: bob.key, nowHour: world.nowHour })
  const newer = await signBundle(bob, { ...held, seq: held.seq + 1 })
  Object.assign(host.database, { left: 0, unsure: true })
  const call = { config: { mailbox: bob.key, bundle: newer.bytes } }
  assert.equal((await peer.owner(host, call)).status, Status.UNAVAILABLE)
  assert.deepEqual((await peer.info(host, bob.key)).bundle, bundle)
  host.database.left = Infinity
  await attempted(here, 'store_reopened')
  assert.deepEqual((await peer.info(host, bob.key)).bundle, newer.bytes)
})

test('while the store does not open the relay stays not ready and tries again; room is asked for each time', async t => {
  const here = await scene(t)
  const { host, bob, peer } = here
  const record = await peer.record(host, bob.key)
  host.database.left = 0
  await peer.deposit(host, record)
  for (let attempt = 1; attempt <= 8; attempt++) {
    await attempted(here, 'store_reopen_failed')
    assert.equal(host.relay.ready, false)
    assert.equal((await peer.deposit(host, record)).status, Status.UNAVAILABLE)
    assert.equal(host.disk.asked, attempt)
  }
  host.database.left = Infinity
  await attempted(here, 'store_reopened')
  assert.equal((await peer.deposit(host, record)).status, Status.OK)
})

test('a store that fails a second time is opened a second time', async t => {
  const here = await scene(t)
  const { host, bob, peer } = here
  for (let time = 0; time < 2; time++) {
    host.database.left = 0
    await peer.deposit(host, await peer.record(host, bob.key))
    host.database.left = Infinity
    await attempted(here, 'store_reopened')
    assert.equal(host.relay.ready, true)
  }
})

test('G12: a relay whose store does not open stops', async t => {
  const { host, bob, peer } = await scene(t)
  const record = await peer.record(host, bob.key)
  host.database.left = 0
  await peer.deposit(host, record)
  await host.relay.stop()
})
