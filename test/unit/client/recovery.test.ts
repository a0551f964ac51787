import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { Mailbox } from '../../../src/client/mailbox.ts'
import { isBad } from '../../../src/client/message.ts'
import type { WatchEvent } from '../../../src/client/watch.ts'
import { msPerHour } from '../../../src/environment.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { Status } from '../../../src/errors.ts'
import { eventsHours, requestsPerSenderMax, ttlHoursMax } from '../../../src/limits.ts'
import { audit } from '../../helpers/books.ts'
import { BreakableLevel, ManualClock, sound, World } from '../../helpers/clients.ts'
import { FakeRelay, peerIdOf } from '../../helpers/fake-relay.ts'

interface Scene {
  readonly clock: ManualClock
  readonly world: World
  readonly store: BreakableLevel
  readonly bob: Mailbox
  readonly alice: Mailbox
  readonly reopen: (o?: Parameters<World['mailbox']>[0]) => Promise<Mailbox>
  readonly audited: () => Promise<void>
}

async function scene(t: TestContext, o: Parameters<World['mailbox']>[0] = {}): Promise<Scene> {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const [identity, store] = [generateIdentity(), new BreakableLevel()]
  const bob = await world.registered({ identity, store, ...o })
  const reopen: Scene['reopen'] = async (other = o) => {
    await bob.close()
    return await world.mailbox({ identity, store, ...other })
  }
  const audited = async (): Promise<void> => {
    await audit(store, identity)
  }
  return { clock, world, store, bob, alice: await world.mailbox(), reopen, audited }
}

/** What a watch tells of messages up to `drained`, and whether that was complete. */
async function untilDrained(watch: AsyncIterable<WatchEvent>): Promise<{ told: string[]; complete: boolean }> {
  const told: string[] = []
  for await (const event of watch) {
    if (event.type === 'drained') return { told, complete: event.complete }
    if ('message' in event) told.push(`${event.type} ${Buffer.from(event.message.body).toString()}`)
  }
  throw new Error('the watch has ended')
}

const damaged = Uint8Array.of(0xff)
const view = { valueEncoding: 'view' } as const

test('G4: a message whose batch failed and is on the disk all the same is handed out, by this watch or the next one', async t => {
  const { store, bob, alice, audited } = await scene(t)
  const watch = bob.inbox.watch()
  for (let type; type !== 'drained';) type = (await watch.next()).value?.type
  const told: string[] = []
  Object.assign(store, { left: 0, unsure: true })
  await alice.send(bob.address, 'x')
  await assert.rejects(
    async () => {
      for await (const event of watch) if (event.type === 'message') told.push('message x')
    },
    { code: 'STORE' }
  )
  Object.assign(store, { left: Infinity, unsure: false })
  told.push(...(await untilDrained(bob.inbox.watch())).told)
  assert.deepEqual(told, ['message x'])
  await audited()
})

test('an event that is damaged keeps no mailbox from opening, and goes when its time has come', async t => {
  const { clock, store, bob, alice, reopen, audited } = await scene(t)
  await alice.send(bob.address, 'one')
  await alice.send(bob.address, 'two')
  await bob.inbox.pull()
  await store.put(`event!${'1'.padStart(16, '0')}`, damaged, view)
  const again = await reopen()
  assert.equal((await again.inbox.pull()).received, 0)
  clock.advance(eventsHours * msPerHour + 1)
  await again.inbox.pull()
  await audited()
  assert.deepEqual(await again.inbox.counts(), { all: 2, unread: 2 })
})

test('D5: pages go on after a message whose state is damaged, also when it begins one', async t => {
  const { store, bob, alice } = await scene(t)
  for (const text of ['one', 'two', 'three']) {
    await alice.send(bob.address, text)
    await bob.inbox.pull()
  }
  const [, second] = await sound(bob.inbox.list())
  await store.put(`state!${second?.id ?? ''}`, damaged, view)
  for (const page of [bob.inbox.page.bind(bob.inbox), bob.inbox.conversationPage.bind(bob.inbox, alice.address)]) {
    const found: string[] = []
    for (let seek: string | undefined, more = true; more; more = seek !== undefined) {
      const { items, next } = await page(seek === undefined ? { limit: 1 } : { limit: 1, seek })
      found.push(...items.map(item => (isBad(item) ? item.error.code : Buffer.from(item.body).toString())))
      seek = next
    }
    assert.deepEqual(found, ['three', 'DAMAGED', 'one'])
  }
})

test('a request whose state is damaged keeps no mailbox from opening when its sender is accepted, and holds up no other', async t => {
  const { store, bob, alice, reopen } = await scene(t, { strangers: 'requests' })
  for (const text of ['one', 'two', 'three']) {
    await alice.send(bob.address, text)
    await bob.inbox.pull()
  }
  const [, second] = await sound(bob.requests.list())
  await store.put(`state!${second?.id ?? ''}`, damaged, view)
  await bob.requests.accept(alice.address)
  const texts = async (mailbox: Mailbox): Promise<string[]> =>
    (await sound(mailbox.inbox.list())).map(({ body }) => Buffer.from(body).toString())
  assert.deepEqual(await texts(bob), ['three', 'one'])
  const again = await reopen()
  assert.deepEqual(await texts(again), ['three', 'one'])
  assert.deepEqual((await again.requests.page()).items.map(isBad), [true])
})

test('requests that wait come into the inbox of an application that lets strangers in from then on', async t => {
  const { bob, alice, reopen } = await scene(t, { strangers: 'requests' })
  for (let n = 0; n <= requestsPerSenderMax; n++) await alice.send(bob.address, `${n}`)
  assert.equal((await bob.inbox.pull()).waiting?.messages, 1)
  const again = await reopen({ strangers: 'inbox' })
  const { received, waiting, complete } = await again.inbox.pull()
  assert.deepEqual([received, waiting, complete], [1, undefined, true])
})

test('G3: a watch is not complete when room was made for a request that waits while the relays were read', async t => {
  const { world, bob, alice } = await scene(t, { strangers: 'requests' })
  for (let n = 0; n <= requestsPerSenderMax; n++) await alice.send(bob.address, `${n}`)
  await bob.inbox.pull()
  const [one] = await sound(bob.requests.list())
  const [held] = world.relays
  const [asked, answer] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
  assert.ok(held !== undefined)
  held.fault = call => {
    if (call !== 'pull') return undefined
    asked.resolve(undefined)
    return answer.promise
  }
  for (const relay of world.relays.slice(1))
    relay.fault = call => (call === 'subscribe' ? new Promise(() => undefined) : undefined)
  const drained = untilDrained(bob.inbox.watch())
  await asked.promise
  await bob.requests.delete(one?.id ?? '')
  answer.resolve(undefined)
  assert.equal((await drained).complete, false)
})

test('an answer that was on its way when room was made does not pass over the request that waits', async t => {
  const { world, bob, alice } = await scene(t, { strangers: 'requests' })
  const carol = await world.mailbox()
  await bob.contacts.add({ address: carol.address, name: 'Carol' })
  for (let n = 0; n <= requestsPerSenderMax; n++) await alice.send(bob.address, `${n}`)
  await bob.inbox.pull()
  const [one] = await sound(bob.requests.list())
  await carol.send(bob.address, 'meanwhile')
  const [asked, answer] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
  const waits = new Set<string>()
  for (const relay of world.relays)
    relay.fault = call => {
      if (call !== 'pull') return undefined
      if (waits.add(relay.address.id).size === world.relays.length) asked.resolve(undefined)
      return answer.promise
    }
  const pulling = bob.inbox.pull()
  await asked.promise
  await bob.requests.delete(one?.id ?? '')
  answer.resolve(undefined)
  const { received, requests, complete } = await pulling
  assert.deepEqual([received, requests, complete], [1, 0, false])
  const next = await bob.inbox.pull()
  assert.deepEqual([next.requests, next.complete], [1, true])
})

test('a clock that was far ahead for a while brings no message back and no counter out of step', async t => {
  const { clock, world, bob, alice, audited } = await scene(t, { ackPolicy: 'manual' })
  const { id } = await alice.send(bob.address, 'kept')
  const deleted = await alice.send(bob.address, 'deleted')
  await bob.inbox.pull()
  await bob.inbox.read(id)
  const aheadMs = (ttlHoursMax + 24) * msPerHour
  clock.advance(aheadMs)
  await bob.inbox.pull()
  clock.advance(-aheadMs)
  // as a relay that was restored: it is read from its start
  for (const relay of world.relays) relay.epoch = Uint8Array.from(relay.epoch, byte => byte ^ 1)
  assert.equal((await bob.inbox.pull()).received, 0)
  assert.deepEqual(await bob.inbox.counts(), { all: 2, unread: 1 })
  await bob.inbox.delete(deleted.id)
  await audited()
})

test('a send that is aborted while the relays of an invitation are asked has found out nothing', async t => {
  const { world, bob } = await scene(t)
  const others = Array.from({ length: 3 }, () => FakeRelay.inMemory(world.network))
  const alice = await Mailbox.open({
    identity: generateIdentity(),
    store: new BreakableLevel(),
    network: world.network.join(peerIdOf(generateIdentity())).network,
    closest: async () => await Promise.resolve(others.map(relay => relay.address)),
    env: world.env
  })
  t.after(async () => {
    await alice.close()
    for (const relay of others) relay.node.stop()
  })
  const { uri } = await bob.invitations.create({ name: 'Bob' })
  await alice.invitations.accept(uri)
  const stop = new AbortController()
  let asked = 0
  for (const relay of world.relays)
    relay.fault = () => {
      if (++asked < 3) return Status.UNAVAILABLE
      stop.abort()
      return new Promise(() => undefined)
    }
  const { state, lastError } = await alice.send(bob.address, 'hello', { signal: stop.signal })
  assert.deepEqual([state, lastError], ['queued', undefined])
})
