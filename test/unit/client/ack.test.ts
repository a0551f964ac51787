import assert from 'node:assert/strict'
import { test } from 'node:test'
import { msPerHour } from '../../../src/environment.ts'
import { Status } from '../../../src/errors.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { StoredRecord } from '../../../src/wire/messages.js'
import { BreakableLevel, ManualClock, sound, World } from '../../helpers/clients.ts'

test('under manual policy nothing leaves the relays before ack, and everything after', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered({ ackPolicy: 'manual' })
  const alice = await world.mailbox()
  const { id } = await alice.send(bob.address, 'x')
  await bob.inbox.pull()
  assert.deepEqual(
    world.relays.map(relay => relay.entries.length),
    [1, 1, 1]
  )
  assert.equal((await bob.inbox.get(id))?.ackedMs, undefined)
  const report = await bob.inbox.ack([id])
  assert.equal(report.confirmed.length, 3)
  assert.deepEqual(report.pending, [])
  assert.deepEqual(
    world.relays.map(relay => relay.entries.length),
    [0, 0, 0]
  )
  assert.notEqual((await bob.inbox.get(id))?.ackedMs, undefined)
})

test('an id that is not in the inbox is NOT_FOUND and acks nothing', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered({ ackPolicy: 'manual' })
  const alice = await world.mailbox()
  const { id } = await alice.send(bob.address, 'x')
  await bob.inbox.pull()
  await assert.rejects(bob.inbox.ack([id, '00'.repeat(32)]), { code: 'NOT_FOUND' })
  assert.deepEqual(
    world.relays.map(relay => relay.entries.length),
    [1, 1, 1]
  )
})

test('G5: a relay that was away when the ack was given is told when it is back, by another process too', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const identity = generateIdentity()
  const store = new BreakableLevel()
  const bob = await world.registered({ identity, store })
  const alice = await world.mailbox()
  await alice.send(bob.address, 'x')
  const [away] = world.relays
  assert.ok(away !== undefined)
  away.node.stop()
  assert.equal((await bob.inbox.pull()).received, 1)
  assert.equal(away.entries.length, 1)
  await bob.close()
  away.node.start()
  const again = await world.mailbox({ identity, store })
  const report = await again.inbox.pull()
  assert.equal(report.received, 0)
  assert.equal(away.entries.length, 0)
})

test('G5: a relay that brings an acked record back is told again, and the message does not return', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  const bob = await world.registered()
  const alice = await world.mailbox()
  await alice.send(bob.address, 'x')
  const [entry] = relay.entries
  assert.ok(entry !== undefined)
  await bob.inbox.pull()
  assert.equal(relay.entries.length, 0)
  relay.wipe()
  const { header, enc, ct } = StoredRecord.decode(entry.bytes)
  relay.keep({ header, enc, ct })
  const report = await bob.inbox.pull()
  assert.equal(report.received, 0)
  assert.equal(relay.entries.length, 0)
})

test('a relay that refuses a tombstone is asked again at the next contact, until no record could be left', async t => {
  const clock = new ManualClock()
  const world = new World(1, clock)
  t.after(async () => {
    await world.close()
  })
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  relay.fault = call => (call === 'tombstone' ? Status.UNAVAILABLE : undefined)
  const bob = await world.registered()
  const alice = await world.mailbox()
  await alice.send(bob.address, 'x', { ttlHours: 1 })
  assert.equal((await bob.inbox.pull()).received, 1)
  await bob.inbox.pull()
  assert.equal(relay.count('tombstone'), 2)
  clock.advance(5 * msPerHour)
  await bob.inbox.pull()
  assert.equal(relay.count('tombstone'), 2)
})

test('a message that its sender sealed twice is delivered once, and both records are taken off', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  const bob = await world.registered()
  // the same uid in every message: the environment's 16 bytes are always the same
  const uid = new Uint8Array(16).fill(9)
  const random = world.env.random
  const alice = await world.mailbox()
  world.env.random = n => (n === 16 ? uid : random(n))
  t.after(() => {
    world.env.random = random
  })
  await alice.send(bob.address, 'x')
  await alice.send(bob.address, 'x')
  assert.equal(relay.entries.length, 2)
  assert.equal((await bob.inbox.pull()).received, 1)
  assert.equal((await sound(bob.inbox.list())).length, 1)
  assert.equal(relay.entries.length, 0)
})
