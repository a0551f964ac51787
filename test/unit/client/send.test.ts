import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat, toString } from 'uint8arrays'
import { Status } from '../../../src/errors.ts'
import { msPerHour } from '../../../src/environment.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { bodyBytesMax } from '../../../src/limits.ts'
import { all, ManualClock, sound, World } from '../../helpers/clients.ts'
import type { FakeRelay } from '../../helpers/fake-relay.ts'

const deposits = (relay: FakeRelay): number => relay.count('deposit') + relay.count('coordinate')
const bytesOf = (relay: FakeRelay): string[] =>
  relay.deposited.map(({ header, enc, ct }) => toString(concat([header, enc, ct]), 'hex'))

test('a malformed address is ADDRESS and nothing is queued', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const alice = await world.mailbox()
  await assert.rejects(alice.send('bbaareia', 'x'), { code: 'ADDRESS' })
  assert.deepEqual(await all(alice.outbox.list()), [])
})

test('a body over the limit is SIZE, with the limit and its figure, and nothing is queued', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  await assert.rejects(alice.send(bob.address, new Uint8Array(bodyBytesMax + 1)), error => {
    assert.ok(error instanceof Error)
    assert.match(error.message, new RegExp(`bodyBytesMax.*${bodyBytesMax}`))
    return 'code' in error && error.code === 'SIZE' && 'limit' in error && error.limit === 'bodyBytesMax'
  })
  assert.deepEqual(await all(alice.outbox.list()), [])
})

test('the largest body goes through', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  const body = new Uint8Array(bodyBytesMax).fill(7)
  assert.equal((await alice.send(bob.address, body)).state, 'stored')
  await bob.inbox.pull()
  const [message] = await sound(bob.inbox.list())
  assert.deepEqual(message?.body, body)
})

test('a message to an address that nobody registered waits as no-mailbox, and is stored once its owner has come', async t => {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const identity = generateIdentity()
  const alice = await world.mailbox()
  const sent = await alice.send(identity.address, 'x')
  assert.deepEqual([sent.state, sent.lastError?.code], ['no-mailbox', 'NO_MAILBOX'])
  const [entry] = await all(alice.outbox.list())
  assert.ok(entry?.nextMs !== undefined && entry.nextMs > clock.now() && entry.nextMs <= clock.now() + 1_000)
  assert.equal(entry.mayArrive, false)
  const bob = await world.registered({ identity })
  clock.advance(1_001)
  const { id } = await sent.stored()
  assert.match(id, /^[0-9a-f]{64}$/)
  assert.equal((await bob.inbox.pull()).received, 1)
  assert.equal((await all(alice.sentbox.list()))[0]?.id, id)
})

test('a message that finds no relay waits as queued, with NO_RELAY', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const alice = await world.mailbox()
  for (const relay of world.relays) relay.node.stop()
  const sent = await alice.send(generateIdentity().address, 'x')
  assert.deepEqual([sent.state, sent.lastError?.code], ['queued', 'NO_RELAY'])
  assert.match(sent.id, /^[0-9a-f]{32}$/)
})

test('a time to live that no mailbox takes is EXPIRED and nothing is queued', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  await assert.rejects(alice.send(bob.address, 'x', { ttlHours: 0 }), { code: 'EXPIRED' })
  await assert.rejects(alice.send(bob.address, 'x', { ttlHours: 721 }), { code: 'EXPIRED' })
})

test('one coordinator is enough while it answers', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  const sent = await alice.send(bob.address, 'x')
  assert.equal(sent.state, 'stored')
  assert.deepEqual(world.relays.map(deposits).toSorted(), [0, 0, 1])
})

test('a coordinator that fails is passed over for the other active relays', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  for (const relay of world.relays) relay.fault = call => (call === 'coordinate' ? 'throw' : undefined)
  const sent = await alice.send(bob.address, 'x')
  assert.equal(sent.state, 'stored')
  assert.deepEqual(world.relays.map(relay => relay.count('deposit')).toSorted(), [0, 1, 1])
})

test('standbys take what active relays cannot', async t => {
  const world = new World(5)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.mailbox()
  const { locator } = await bob.register({ active: 3, standby: 2 })
  const alice = await world.mailbox()
  await alice.send(bob.address, 'first, so that she has the keys')
  const active = new Set(locator.relays.filter(relay => relay.role === 'active').map(relay => relay.id))
  for (const relay of world.relays) if (active.has(relay.address.id)) relay.node.stop()
  const sent = await alice.send(bob.address, 'second')
  assert.equal(sent.state, 'stored')
  const { relays } = await sent.stored()
  assert.equal(
    relays.some(({ relay }) => active.has(relay)),
    false
  )
})

test('receipts for another record, of an unlisted relay, twice from one relay, or too short do not count', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.mailbox()
  await bob.register()
  const outsider = new World(1).relays[0]
  assert.ok(outsider !== undefined)
  for (const relay of world.relays) {
    relay.replicas = []
    relay.receipt = async (record, change) => await outsider.receipt(record, change)
  }
  const alice = await world.mailbox()
  const unlisted = await alice.send(bob.address, 'x')
  assert.notEqual(unlisted.state, 'stored')
  for (const relay of world.relays) {
    const own = Object.getPrototypeOf(relay) as FakeRelay
    relay.receipt = async record => await own.receipt.call(relay, record, { recordId: new Uint8Array(32) })
  }
  assert.notEqual((await alice.send(bob.address, 'y')).state, 'stored')
  for (const relay of world.relays) {
    const own = Object.getPrototypeOf(relay) as FakeRelay
    relay.receipt = async record => await own.receipt.call(relay, record, { keepUntilHour: 1 })
  }
  assert.notEqual((await alice.send(bob.address, 'z')).state, 'stored')
  const [first] = world.relays
  assert.ok(first !== undefined)
  for (const relay of world.relays) {
    const own = Object.getPrototypeOf(relay) as FakeRelay
    relay.receipt = async record => await own.receipt.call(first, record)
  }
  assert.notEqual((await alice.send(bob.address, 'twice')).state, 'stored')
})

test('G11: a deposit that is aborted is unknown, and the retry sends identical bytes and stores one record', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  const stop = new AbortController()
  for (const relay of world.relays) {
    relay.fault = call => {
      if (call !== 'coordinate') return undefined
      stop.abort()
      return undefined
    }
  }
  const sent = await alice.send(bob.address, 'once', { signal: stop.signal })
  assert.equal(sent.state, 'unknown')
  assert.equal(sent.lastError?.code, 'UNKNOWN')
  await alice.outbox.flush()
  await sent.stored()
  const all_ = world.relays.flatMap(bytesOf)
  assert.ok(all_.length >= 2)
  assert.equal(new Set(all_).size, 1)
  for (const relay of world.relays) assert.ok(relay.entries.length <= 1)
  assert.equal((await bob.inbox.pull()).received, 1)
})

test('G11: an answer that never comes is unknown after the deadline', async t => {
  const clock = new ManualClock()
  const world = new World(1, clock)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  const asked = Promise.withResolvers<undefined>()
  for (const relay of world.relays) {
    relay.fault = call => {
      if (call !== 'coordinate') return undefined
      asked.resolve(undefined)
      return new Promise(() => undefined)
    }
  }
  const sending = alice.send(bob.address, 'x')
  await asked.promise
  clock.advance(3_000)
  const sent = await sending
  assert.equal(sent.state, 'unknown')
})

test('a refusal for good by all relays ends in failed, with its code', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  for (const relay of world.relays)
    relay.fault = call => (call === 'info' || call === 'get' ? undefined : Status.POLICY)
  const sent = await alice.send(bob.address, 'x')
  assert.equal(sent.state, 'failed')
  await assert.rejects(sent.stored(), { code: 'POLICY' })
  assert.equal((await all(alice.outbox.list()))[0]?.state, 'failed')
})

test('full relays are full with QUOTA, not failed', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  for (const relay of world.relays) relay.fault = call => (call === 'info' || call === 'get' ? undefined : Status.QUOTA)
  const sent = await alice.send(bob.address, 'x')
  assert.deepEqual([sent.state, sent.lastError?.code], ['full', 'QUOTA'])
})

test('MOVED leads to the relays of the newer locator', async t => {
  const world = new World(2)
  t.after(async () => {
    await world.close()
  })
  const [old, next] = world.relays
  assert.ok(old !== undefined && next !== undefined)
  old.replicas = []
  next.replicas = []
  const bob = await world.mailbox()
  await bob.register({ relays: [old.address] })
  const alice = await world.mailbox()
  assert.equal((await alice.send(bob.address, 'to the old one')).state, 'stored')
  await bob.register({ relays: [next.address] })
  old.fault = call => (call === 'coordinate' ? Status.MOVED : undefined)
  assert.equal((await alice.send(bob.address, 'to the new one')).state, 'stored')
  assert.equal(next.entries.length, 1)
})

test('the keys are asked for once a day, and a bundle older than the locator wants is not used', async t => {
  const clock = new ManualClock()
  const world = new World(1, clock)
  t.after(async () => {
    await world.close()
  })
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  const bob = await world.registered()
  const old = new Map(relay.bundles)
  clock.advance(25 * msPerHour)
  await bob.register()
  const now = new Map(relay.bundles)
  for (const [key, bundle] of old) relay.bundles.set(key, bundle)
  const alice = await world.mailbox()
  const early = await alice.send(bob.address, 'x')
  assert.deepEqual([early.state, early.lastError?.code], ['queued', 'EXPIRED'])
  await alice.outbox.cancel(early.id)
  for (const [key, bundle] of now) relay.bundles.set(key, bundle)
  relay.calls.splice(0)
  for (const text of ['a', 'b', 'c']) assert.equal((await alice.send(bob.address, text)).state, 'stored')
  assert.equal(relay.count('info'), 1)
})
