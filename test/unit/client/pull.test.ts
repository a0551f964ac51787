import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromString } from 'uint8arrays'
import { LocalStore } from '../../../src/client/store.ts'
import { msPerHour } from '../../../src/environment.ts'
import { Status } from '../../../src/errors.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { recordId } from '../../../src/identity/record.ts'
import { StoredRecord } from '../../../src/wire/messages.js'
import type { Record } from '../../../src/wire/messages.js'
import { BreakableLevel, ManualClock, sound, World } from '../../helpers/clients.ts'

/** `count` messages from Alice, on every relay. */
async function filled(
  world: World,
  count: number,
  o: { store?: BreakableLevel; ackPolicy?: 'manual' | 'on-store' } = {}
) {
  const bob = await world.registered(o)
  const alice = await world.mailbox()
  const ids: string[] = []
  for (let n = 0; n < count; n++) ids.push((await alice.send(bob.address, `message ${n}`)).id)
  return { bob, alice, ids }
}

const recordOf = (bytes: Uint8Array): Record => {
  const { header, enc, ct } = StoredRecord.decode(bytes)
  return { header, enc, ct }
}

test('pull before register is NOT_REGISTERED', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  await assert.rejects((await world.mailbox()).inbox.pull(), { code: 'NOT_REGISTERED' })
})

test('G4: the same messages from three relays, in pages of two, arrive once each', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  for (const relay of world.relays) relay.pageRecords = 2
  const { bob, ids } = await filled(world, 5)
  const report = await bob.inbox.pull()
  assert.equal(report.received, 5)
  const messages = await sound(bob.inbox.list({ order: 'oldest' }))
  assert.deepEqual(messages.map(message => message.id).toSorted(), ids.toSorted())
  assert.equal((await bob.inbox.pull()).received, 0)
})

test('G3: complete is said from L - W + 1 drained relays on, and not below', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const { bob } = await filled(world, 1)
  const [one, two, three] = world.relays
  assert.ok(one !== undefined && two !== undefined && three !== undefined)
  one.node.stop()
  const second = await bob.inbox.pull()
  assert.equal(second.complete, true)
  assert.deepEqual(
    second.relays.filter(relay => !relay.answered).map(relay => [relay.id, relay.code]),
    [[one.address.id, 'NO_RELAY']]
  )
  two.node.stop()
  assert.equal((await bob.inbox.pull()).complete, false)
  three.node.stop()
  await assert.rejects(bob.inbox.pull(), { code: 'NO_RELAY' })
})

test('G3: a relay that fails on its second page has not been drained', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  relay.pageRecords = 1
  const { bob } = await filled(world, 2)
  relay.fault = call => (call === 'pull' && relay.count('pull') > 1 ? Status.UNAVAILABLE : undefined)
  await assert.rejects(bob.inbox.pull(), { code: 'NO_RELAY' })
  assert.equal((await sound(bob.inbox.list())).length, 1)
  relay.fault = () => undefined
  assert.equal((await bob.inbox.pull()).received, 1)
})

test('pull goes on from the saved cursor, and from the start when the relay has a new store', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  const { bob, alice } = await filled(world, 2, { ackPolicy: 'manual' })
  await bob.inbox.pull()
  assert.equal((await bob.inbox.pull()).received, 0)
  const kept = relay.entries
  relay.wipe()
  for (const { bytes } of kept) relay.keep(recordOf(bytes))
  await alice.send(bob.address, 'after the wipe')
  const report = await bob.inbox.pull()
  assert.deepEqual([report.received, report.complete], [1, true])
  assert.equal((await sound(bob.inbox.list())).length, 3)
})

test('a record that nobody can open is reported once with its code, hides nothing, and leaves the relays (G10)', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  const { bob, ids } = await filled(world, 2)
  const [first] = relay.entries
  assert.ok(first !== undefined)
  const bad = recordOf(first.bytes)
  bad.ct = bad.ct.map((byte, at) => (at === 100 ? byte ^ 1 : byte))
  relay.keep(bad)
  relay.keepBytes(fromString('not a record'), 'garbage')
  const report = await bob.inbox.pull()
  assert.equal(report.received, ids.length)
  assert.deepEqual(report.failed.map(({ id, code }) => [id, code]).toSorted(), [
    ['', 'MALFORMED'],
    [Buffer.from(recordId(bad)).toString('hex'), 'SEAL']
  ])
  assert.equal(report.complete, true)
  const again = await bob.inbox.pull()
  assert.deepEqual(again.failed, [])
  assert.equal(relay.ids.includes(Buffer.from(recordId(bad)).toString('hex')), false)
})

test('a record sealed to a key that is not held here is a failed one, not a silence', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const identity = generateIdentity()
  const bob = await world.registered({ identity })
  const alice = await world.mailbox()
  await alice.send(bob.address, 'for the first store')
  await bob.close()
  const other = await world.registered({ identity })
  const report = await other.inbox.pull()
  assert.deepEqual([report.received, report.failed.map(({ code }) => code)], [0, ['SEAL']])
  await other.inbox.pull()
  // another client may hold that key
  assert.equal(world.relays[0]?.ids.length, 1)
})

test('with a secret that was damaged on this disk nothing is taken off the relays', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const [identity, database] = [generateIdentity(), new BreakableLevel()]
  const bob = await world.registered({ identity, store: database })
  const alice = await world.mailbox()
  await alice.send(bob.address, 'sealed to a good key')
  await bob.close()
  const store = await LocalStore.open(database, identity.key)
  const { prekeys } = (await store.keyring.get('')) ?? { prekeys: [] }
  const damaged = prekeys.map(key => ({ ...key, secret: key.secret.map((byte, at) => (at === 7 ? byte ^ 1 : byte)) }))
  await store.commit([store.keyring.put('', { prekeys: damaged })])
  const again = await world.mailbox({ identity, store: database })
  assert.deepEqual(
    (await again.inbox.pull()).failed.map(({ code }) => code),
    ['SEAL']
  )
  await again.inbox.pull()
  assert.equal(world.relays[0]?.ids.length, 1)
})

test('a page that leads nowhere is MALFORMED, not an endless loop', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  const { bob } = await filled(world, 1)
  relay.pageRecords = 0
  await assert.rejects(bob.inbox.pull(), { code: 'NO_RELAY' })
  assert.ok(relay.count('pull') <= 2)
})

test('a relay that has forgotten who asks is told again, once', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  const { bob } = await filled(world, 1)
  await bob.inbox.pull()
  relay.calls.splice(0)
  relay.fault = call => (call === 'pull' && relay.count('pull') === 1 ? Status.AUTH : undefined)
  assert.equal((await bob.inbox.pull()).complete, true)
  assert.equal(relay.count('auth'), 1)
  relay.calls.splice(0)
  relay.fault = call => (call === 'pull' ? Status.AUTH : undefined)
  await assert.rejects(bob.inbox.pull(), { code: 'NO_RELAY' })
  assert.equal(relay.count('auth'), 1)
})

test('an aborted pull is ABORTED', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const { bob } = await filled(world, 1)
  const stop = new AbortController()
  for (const relay of world.relays) {
    relay.fault = call => {
      if (call !== 'pull') return undefined
      stop.abort()
      return new Promise(() => undefined)
    }
  }
  await assert.rejects(bob.inbox.pull({ signal: stop.signal }), { code: 'ABORTED' })
})

test('a record far past its expiry is not taken a second time by a store that has forgotten it', async t => {
  const clock = new ManualClock()
  const world = new World(1, clock)
  t.after(async () => {
    await world.close()
  })
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  const bob = await world.registered()
  const alice = await world.mailbox()
  await alice.send(bob.address, 'short', { ttlHours: 1 })
  const [kept] = relay.entries
  assert.ok(kept !== undefined)
  await bob.inbox.pull()
  clock.advance(4 * msPerHour)
  await bob.inbox.pull()
  relay.tombstoned.clear()
  relay.keep(recordOf(kept.bytes))
  const report = await bob.inbox.pull()
  assert.deepEqual([report.received, report.failed.length], [0, 0])
  assert.equal((await sound(bob.inbox.list())).length, 1)
})

test('list has a limit with a cap, and two orders', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const { bob } = await filled(world, 3)
  await bob.inbox.pull()
  const texts = async (o: Parameters<typeof bob.inbox.list>[0]): Promise<string[]> =>
    (await sound(bob.inbox.list(o))).map(message => Buffer.from(message.body).toString())
  assert.deepEqual(await texts({ limit: 2 }), ['message 2', 'message 1'])
  assert.deepEqual(await texts({ order: 'oldest' }), ['message 0', 'message 1', 'message 2'])
  await assert.rejects(texts({ limit: 10_001 }), { code: 'SIZE', limit: 'listLimitMax' })
  await assert.rejects(texts({ limit: 0 }), { code: 'SIZE' })
})

test('status says what each relay says, and which does not answer', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const { bob } = await filled(world, 1)
  const [gone] = world.relays
  assert.ok(gone !== undefined)
  gone.node.stop()
  const status = await bob.status()
  assert.equal(status.writeQuorum, 2)
  assert.deepEqual(
    status.relays.filter(relay => relay.online).map(relay => relay.records),
    [1, 1]
  )
  assert.deepEqual(
    status.relays.filter(relay => !relay.online).map(relay => [relay.id, relay.code]),
    [[gone.address.id, 'NO_RELAY']]
  )
})
