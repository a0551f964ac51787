import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat, toString } from 'uint8arrays'
import { Status } from '../../../src/errors.ts'
import { msPerHour } from '../../../src/environment.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { all, BreakableLevel, ManualClock, sound, World } from '../../helpers/clients.ts'

test('a message that could not be deposited is tried again until it is stored, without the caller', async t => {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  for (const relay of world.relays) relay.fault = call => (call === 'info' || call === 'get' ? undefined : Status.BUSY)
  const sent = await alice.send(bob.address, 'x')
  assert.deepEqual([sent.state, sent.lastError?.code], ['queued', 'BUSY'])
  const [entry] = await all(alice.outbox.list())
  assert.ok(entry?.nextMs !== undefined && entry.nextMs > clock.now() && entry.nextMs <= clock.now() + 1_000)
  for (const relay of world.relays) relay.fault = () => undefined
  clock.advance(1_001)
  const receipts = await sent.stored()
  assert.ok(receipts.relays.length >= 2)
  assert.deepEqual(await all(alice.outbox.list()), [])
})

test('a message that is not stored before its expiry ends as expired and stays listed', async t => {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  for (const relay of world.relays) relay.fault = call => (call === 'info' || call === 'get' ? undefined : Status.BUSY)
  const sent = await alice.send(bob.address, 'x', { ttlHours: 1 })
  clock.advance(2 * msPerHour)
  await assert.rejects(sent.stored(), { code: 'EXPIRED' })
  const [entry] = await all(alice.outbox.list())
  assert.equal(entry?.state, 'expired')
  assert.equal(entry.nextMs, undefined)
})

test('what was queued before a crash is deposited by the next process, byte for byte', async t => {
  const world = new World(3)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const identity = generateIdentity()
  const store = new BreakableLevel()
  const alice = await world.mailbox({ identity, store })
  for (const relay of world.relays) relay.fault = call => (call === 'info' || call === 'get' ? undefined : 'throw')
  const sent = await alice.send(bob.address, 'x')
  assert.equal(sent.state, 'unknown')
  await alice.close()
  for (const relay of world.relays) relay.fault = () => undefined
  const again = await world.mailbox({ identity, store })
  await again.outbox.flush()
  await again.outbox.stored(sent.id)
  const bytes = world.relays.flatMap(relay =>
    relay.deposited.map(({ header, enc, ct }) => toString(concat([header, enc, ct]), 'hex'))
  )
  assert.equal(new Set(bytes).size, 1)
  assert.equal((await bob.inbox.pull()).received, 1)
  assert.equal((await sound(again.sentbox.list()))[0]?.id, sent.id)
})

test('a receipt of an earlier attempt counts in a later one', async t => {
  const world = new World(2)
  t.after(async () => {
    await world.close()
  })
  for (const relay of world.relays) relay.replicas = []
  const bob = await world.registered()
  const alice = await world.mailbox()
  const [one, two] = world.relays
  assert.ok(one !== undefined && two !== undefined)
  two.fault = call => (call === 'deposit' || call === 'coordinate' ? Status.BUSY : undefined)
  const sent = await alice.send(bob.address, 'x')
  assert.deepEqual([sent.state, sent.lastError?.code], ['unknown', 'BUSY'])
  two.fault = () => undefined
  one.node.stop()
  await alice.outbox.flush()
  assert.equal((await sent.stored()).relays.length, 2)
})

test('an unknown id is NOT_FOUND, and a closed mailbox is CLOSED', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const alice = await world.mailbox()
  await assert.rejects(alice.outbox.stored('00'.repeat(32)), { code: 'NOT_FOUND' })
  await alice.close()
  await assert.rejects(alice.send(alice.address, 'x'), { code: 'CLOSED' })
  await assert.rejects(alice.inbox.pull(), { code: 'CLOSED' })
  await assert.rejects(alice.register(), { code: 'CLOSED' })
})

test('G12: close ends a retry that waits and a deposit that runs, and keeps both messages', async t => {
  const world = new World(3)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const identity = generateIdentity()
  const store = new BreakableLevel()
  const alice = await world.mailbox({ identity, store })
  const asked = Promise.withResolvers<undefined>()
  for (const relay of world.relays) {
    relay.fault = call => {
      if (call === 'info' || call === 'get') return undefined
      asked.resolve(undefined)
      return new Promise(() => undefined)
    }
  }
  const sending = alice.send(bob.address, 'x')
  await asked.promise
  await alice.close()
  assert.equal((await sending).state, 'unknown')
  const again = await world.mailbox({ identity, store })
  assert.equal((await all(again.outbox.list())).length, 1)
})
