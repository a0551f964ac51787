import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { concat, toString } from 'uint8arrays'
import { Status } from '../../../src/errors.ts'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import { hourOf, msPerHour } from '../../../src/environment.ts'
import { openBundle, signBundle } from '../../../src/identity/bundle.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { attemptsKeptMax } from '../../../src/limits.ts'
import type { FakeRelay } from '../../helpers/fake-relay.ts'
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

/** Alice, who cannot send to Bob: her relays answer with `answer` until `mend`. */
async function refusing(
  t: TestContext,
  answer: FakeRelay['fault'] extends (...args: never[]) => infer R ? R : never,
  clock: ManualClock = new ManualClock()
): Promise<{ world: World; clock: ManualClock; alice: Mailbox; bob: Mailbox; mend: () => void }> {
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  for (const relay of world.relays) relay.fault = call => (call === 'info' || call === 'get' ? undefined : answer)
  const mend = (): void => {
    for (const relay of world.relays) relay.fault = () => undefined
  }
  return { world, clock, alice, bob, mend }
}

test('history tells what each relay answered, when, and with which receipt, also once the message is stored', async t => {
  const { alice, bob, clock, mend } = await refusing(t, Status.BUSY)
  const sent = await alice.send(bob.address, 'x')
  const refused = await alice.outbox.history(sent.id)
  assert.deepEqual(
    refused.map(({ code, atMs }) => [code, atMs]),
    Array(3).fill(['BUSY', clock.now()])
  )
  assert.equal(new Set(refused.map(({ relay }) => relay)).size, 3)
  mend()
  clock.advance(2_000)
  const { relays } = await sent.stored()
  const history = await alice.outbox.history(sent.id)
  assert.deepEqual(history.slice(0, 3), refused)
  assert.deepEqual(
    history
      .slice(3)
      .map(({ receipt, atMs }) => [receipt?.relay, atMs])
      .toSorted(),
    relays.map(({ relay }) => [relay, clock.now()]).toSorted()
  )
  await assert.rejects(alice.outbox.history('00'.repeat(32)), { code: 'NOT_FOUND' })
})

test('history keeps the newest attempts within its bound', async t => {
  const { alice, bob } = await refusing(t, Status.BUSY)
  const { id } = await alice.send(bob.address, 'x')
  for (let n = 0; n < 20; n++) await alice.outbox.retry(id)
  assert.equal((await alice.outbox.history(id)).length, attemptsKeptMax)
  assert.equal((await alice.outbox.get(id))?.attempts, 21)
})

test('cancel before anything has left ends the message: it cannot arrive, and stored rejects with CANCELLED', async t => {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const identity = generateIdentity()
  const alice = await world.mailbox()
  const sent = await alice.send(identity.address, 'x')
  const stored = assert.rejects(sent.stored(), { code: 'CANCELLED' })
  assert.deepEqual(await alice.outbox.cancel(sent.id), { mayArrive: false })
  await stored
  const entry = await alice.outbox.get(sent.id)
  assert.deepEqual([entry?.state, entry?.lastError?.code, entry?.nextMs], ['failed', 'CANCELLED', undefined])
  assert.deepEqual(await alice.outbox.cancel(sent.id), { mayArrive: false })
  const bob = await world.registered({ identity })
  clock.advance(msPerHour)
  assert.deepEqual(await alice.outbox.flush(), [])
  assert.equal((await bob.inbox.pull()).received, 0)
})

test('cancel once a relay was asked says that the message may arrive', async t => {
  const { alice, bob } = await refusing(t, 'throw')
  const { id } = await alice.send(bob.address, 'x')
  assert.deepEqual(await alice.outbox.cancel(id), { mayArrive: true })
  await assert.rejects(alice.outbox.stored(id), { code: 'CANCELLED' })
})

test('cancel stops an attempt that runs, and one that has stored the message is STORED', async t => {
  const { alice, bob, world } = await refusing(t, undefined)
  const asked = Promise.withResolvers<undefined>()
  for (const relay of world.relays)
    relay.fault = call => {
      if (call === 'info' || call === 'get') return undefined
      asked.resolve(undefined)
      return new Promise(() => undefined)
    }
  const sending = alice.send(bob.address, 'x')
  await asked.promise
  const [entry] = await all(alice.outbox.list())
  assert.deepEqual(await alice.outbox.cancel(entry?.id ?? ''), { mayArrive: true })
  const { id } = await sending
  assert.equal((await alice.outbox.get(id))?.state, 'failed')
  for (const relay of world.relays) relay.fault = () => undefined
  const second = await alice.send(bob.address, 'y')
  await assert.rejects(alice.outbox.cancel(second.id), { code: 'STORED' })
  await assert.rejects(alice.outbox.cancel('00'.repeat(16)), { code: 'NOT_FOUND' })
})

test('retry tries one message at once, whatever its schedule, and rejects with what has ended one', async t => {
  const { alice, bob, mend } = await refusing(t, Status.BUSY)
  const one = await alice.send(bob.address, 'one')
  const two = await alice.send(bob.address, 'two')
  mend()
  assert.equal(await alice.outbox.retry(one.id), undefined)
  assert.equal((await alice.outbox.get(two.id))?.attempts, 1)
  assert.equal(await alice.outbox.retry(one.id), undefined)
  await alice.outbox.cancel(two.id)
  await assert.rejects(alice.outbox.retry(two.id), { code: 'CANCELLED' })
  await assert.rejects(alice.outbox.retry('00'.repeat(32)), { code: 'NOT_FOUND' })
})

test('delete removes what has ended, with its history; what waits is PENDING, what is stored STORED', async t => {
  const { alice, bob, mend } = await refusing(t, Status.BUSY)
  const { id } = await alice.send(bob.address, 'x')
  await assert.rejects(alice.outbox.delete(id), { code: 'PENDING' })
  await alice.outbox.cancel(id)
  assert.deepEqual((await alice.outbox.message(id))?.body, new TextEncoder().encode('x'))
  await alice.outbox.delete(id)
  assert.deepEqual([await all(alice.outbox.list()), alice.outbox.size], [[], 0])
  await assert.rejects(alice.outbox.history(id), { code: 'NOT_FOUND' })
  mend()
  const stored = await alice.send(bob.address, 'y')
  await assert.rejects(alice.outbox.delete(stored.id), { code: 'STORED' })
})

test('watch begins with what is there and tells each change: queued, tried, sealed, stored, ended, deleted', async t => {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const identity = generateIdentity()
  const alice = await world.mailbox()
  const { id: handle } = await alice.send(identity.address, 'x')
  const watch = alice.outbox.watch()
  const next = async (): Promise<unknown[]> => {
    const { value } = await watch.next()
    assert.ok(value !== undefined)
    if (value.type === 'stored') return ['stored', value.handle]
    assert.ok('entry' in value)
    return [value.type, value.entry.state, value.entry.handle]
  }
  assert.deepEqual(await next(), ['state', 'no-mailbox', handle])
  await world.registered({ identity })
  for (const relay of world.relays)
    relay.fault = call => (call === 'coordinate' || call === 'deposit' ? Status.QUOTA : undefined)
  await alice.outbox.retry(handle)
  assert.deepEqual(await next(), ['state', 'full', handle])
  const { id } = (await alice.outbox.get(handle)) ?? { id: '' }
  assert.equal(id.length, 64)
  for (const relay of world.relays) relay.fault = () => undefined
  await alice.outbox.retry(id)
  assert.deepEqual(await next(), ['stored', handle])
  for (const relay of world.relays) relay.node.stop()
  const second = await alice.send(identity.address, 'y')
  assert.deepEqual(await next(), ['state', 'queued', undefined])
  assert.deepEqual(await next(), ['state', 'queued', undefined])
  await alice.outbox.cancel(second.id)
  assert.deepEqual(await next(), ['state', 'failed', undefined])
  await alice.outbox.delete(second.id)
  assert.deepEqual(await next(), ['deleted', 'failed', undefined])
  await watch.return()
})

test('a handle and a record id name one message: in the outbox, stored, and after a restart', async t => {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const [identity, self, store] = [generateIdentity(), generateIdentity(), new BreakableLevel()]
  const alice = await world.mailbox({ identity: self, store })
  const { id: handle } = await alice.send(identity.address, 'x')
  await world.registered({ identity })
  await alice.outbox.retry(handle)
  const { id } = await alice.outbox.stored(handle)
  await alice.close()
  const again = await world.mailbox({ identity: self, store })
  assert.deepEqual(await again.outbox.stored(handle), await again.outbox.stored(id))
  assert.deepEqual(await again.outbox.history(handle), await again.outbox.history(id))
  await assert.rejects(again.outbox.cancel(handle), { code: 'STORED' })
})

test('what the recipient does not take ends as failed once its keys are known', async t => {
  const clock = new ManualClock()
  const world = new World(1, clock)
  t.after(async () => {
    await world.close()
  })
  const identity = generateIdentity()
  const bob = await world.registered({ identity })
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  for (const [mailbox, bytes] of relay.bundles) {
    const bundle = await openBundle(bytes, {})
    const forStrangers = { strangersClassBytesMax: 1_024, strangersTtlHoursMax: 24 }
    const strict = { ...bundle, ...forStrangers, seq: bundle.seq + 1, classBytesMax: 1_024, ttlHoursMax: 24 }
    relay.bundles.set(mailbox, (await signBundle(identity, strict)).bytes)
  }
  const alice = await world.mailbox()
  const large = await alice.send(bob.address, new Uint8Array(2_000))
  assert.deepEqual([large.state, large.lastError?.code], ['failed', 'SIZE'])
  const long = await alice.send(bob.address, 'x', { ttlHours: 25 })
  assert.deepEqual([long.state, long.lastError?.code], ['failed', 'EXPIRED'])
  const fits = await alice.send(bob.address, 'x')
  assert.equal(fits.state, 'stored')
  assert.equal((await alice.sentbox.get(fits.id))?.expiresHour, hourOf(clock.now()) + 24)
})
