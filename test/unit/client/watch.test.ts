import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { WatchEvent } from '../../../src/client/watch.ts'
import { msPerHour } from '../../../src/environment.ts'
import { Status } from '../../../src/errors.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { prekeyRotationHours } from '../../../src/limits.ts'
import { BreakableLevel, ManualClock, World } from '../../helpers/clients.ts'
import { turns, turnsUntil } from '../../helpers/streams.ts'

type Watch = AsyncGenerator<WatchEvent, void, undefined>
const textOf = (event: WatchEvent): string =>
  event.type === 'message' ? `${Buffer.from(event.message.body).toString()}${event.live ? ' live' : ''}` : event.type

/** The next event for which `wanted` holds; the others are dropped. */
async function next(watch: Watch, wanted: (event: WatchEvent) => boolean): Promise<WatchEvent> {
  for (;;) {
    const { value, done } = await watch.next()
    if (done === true) throw new Error('the watch has ended')
    if (wanted(value)) return value
  }
}
const isMessage = (event: WatchEvent): boolean => event.type === 'message'
const isDrained = (event: WatchEvent): boolean => event.type === 'drained'

/** Messages and `drained`, as text, up to and including `last`. */
async function until(watch: Watch, last: string): Promise<string[]> {
  const texts: string[] = []
  while (texts.at(-1) !== last)
    texts.push(textOf(await next(watch, event => event.type === 'message' || event.type === 'drained')))
  return texts
}

test('watch before register is NOT_REGISTERED', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  await assert.rejects((await world.mailbox()).inbox.watch().next(), { code: 'NOT_REGISTERED' })
})

test('watch gives the backlog, one drained, then what arrives, each once', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  await alice.send(bob.address, 'one')
  await alice.send(bob.address, 'two')
  const stop = new AbortController()
  const watch = bob.inbox.watch({ signal: stop.signal })
  assert.deepEqual((await until(watch, 'drained')).toSorted(), ['drained', 'one', 'two'])
  await alice.send(bob.address, 'three')
  assert.deepEqual(await until(watch, 'three live'), ['three live'])
  await alice.send(bob.address, 'four')
  assert.deepEqual(await until(watch, 'four live'), ['four live'])
  stop.abort()
  assert.equal((await watch.next()).done, true)
})

test('an empty mailbox is drained at once and says that it is complete', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const watch = bob.inbox.watch()
  assert.partialDeepStrictEqual(await next(watch, isDrained), { type: 'drained', complete: true })
  await watch.return()
})

test('G3: drained is not complete when too few relays were drained', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  for (const relay of world.relays.slice(1)) relay.node.stop()
  const watch = bob.inbox.watch()
  assert.partialDeepStrictEqual(await next(watch, isDrained), { type: 'drained', complete: false })
  await watch.return()
})

test('what arrives live is acked at every relay', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  const watch = bob.inbox.watch()
  await until(watch, 'drained')
  const { id } = await alice.send(bob.address, 'x')
  await next(watch, isMessage)
  const told = world.relays.map(async relay => {
    while (!relay.tombstoned.has(id))
      await new Promise(resolve => {
        setImmediate(resolve)
      })
  })
  await Promise.all(told)
  await watch.return()
})

test('a relay that goes and comes back is offline, then online, and nothing is missed', async t => {
  const clock = new ManualClock()
  const world = new World(1, clock)
  t.after(async () => {
    await world.close()
  })
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  const bob = await world.registered()
  const alice = await world.mailbox()
  const watch = bob.inbox.watch()
  await until(watch, 'drained')
  await alice.send(bob.address, 'before')
  await until(watch, 'before live')
  relay.node.stop()
  assert.deepEqual(await next(watch, event => event.type === 'offline'), { type: 'offline', relay: relay.address.id })
  relay.node.start()
  await alice.send(bob.address, 'while away')
  const seen: string[] = []
  const both = async (): Promise<void> => {
    while (seen.length < 2) seen.push(textOf(await next(watch, () => true)))
  }
  const watching = both()
  while (seen.length < 2) {
    clock.advance(1_000)
    await new Promise(resolve => {
      setImmediate(resolve)
    })
  }
  await watching
  assert.deepEqual(seen.toSorted(), ['online', 'while away live'])
  await watch.return()
})

test('a relay that is away at the start does not hold back the others', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  const [away] = world.relays
  assert.ok(away !== undefined)
  await alice.send(bob.address, 'x')
  away.node.stop()
  const watch = bob.inbox.watch()
  assert.deepEqual(await until(watch, 'drained'), ['x', 'drained'])
  await watch.return()
})

test('a message that a watch has handed out is not handed out by the next one; the others are', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const identity = generateIdentity()
  const store = new BreakableLevel()
  const bob = await world.registered({ identity, store })
  const alice = await world.mailbox()
  for (const text of ['one', 'two', 'three']) await alice.send(bob.address, text)
  const first = bob.inbox.watch()
  const seen = textOf(await next(first, isMessage))
  await first.return()
  await bob.inbox.pull()
  await bob.close()
  const again = await world.mailbox({ identity, store })
  const rest = await until(again.inbox.watch(), 'drained')
  assert.equal(rest.includes(seen), false)
  assert.deepEqual([seen, ...rest].toSorted(), ['drained', 'one', 'three', 'two'])
})

test('under manual policy a watch hands out what is not acked, again', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered({ ackPolicy: 'manual' })
  const alice = await world.mailbox()
  const { id } = await alice.send(bob.address, 'one')
  await alice.send(bob.address, 'two')
  const first = bob.inbox.watch()
  assert.deepEqual((await until(first, 'drained')).toSorted(), ['drained', 'one', 'two'])
  await bob.inbox.ack([id])
  await first.return()
  const second = bob.inbox.watch()
  assert.deepEqual(await until(second, 'drained'), ['two', 'drained'])
  await second.return()
})

test('a message that pull fetched while a watch runs reaches the watch', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  for (const relay of world.relays)
    relay.fault = call => (call === 'subscribe' ? new Promise(() => undefined) : undefined)
  const watch = bob.inbox.watch()
  await until(watch, 'drained')
  await alice.send(bob.address, 'x')
  await bob.inbox.pull()
  assert.deepEqual(await until(watch, 'x live'), ['x live'])
  await watch.return()
})

test('a consumer that falls too far behind gets SLOW_CONSUMER, and the next watch goes on where it was', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered({ watchLagMax: 10 })
  const alice = await world.mailbox()
  const watch = bob.inbox.watch()
  await until(watch, 'drained')
  const count = 11
  for (let n = 0; n < count; n++) await alice.send(bob.address, `${n}`, { ttlHours: 24 })
  while ((await bob.status()).relays[0]?.records !== 0)
    await new Promise(resolve => {
      setImmediate(resolve)
    })
  await assert.rejects(next(watch, isMessage), { code: 'SLOW_CONSUMER' })
  const again = await until(bob.inbox.watch(), 'drained')
  assert.equal(new Set(again).size, count + 1)
  assert.equal(again.length, count + 1)
})

test('what came before a watch makes nobody a slow consumer of it', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered({ watchLagMax: 2 })
  const alice = await world.mailbox()
  for (let n = 0; n < 5; n++) await alice.send(bob.address, `${n}`)
  await until(bob.inbox.watch(), 'drained')
  const watch = bob.inbox.watch()
  await until(watch, 'drained')
  await alice.send(bob.address, 'next')
  assert.deepEqual(await until(watch, 'next live'), ['next live'])
})

test('a store that fails ends the watch with STORE', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const store = new BreakableLevel()
  const bob = await world.registered({ store })
  const alice = await world.mailbox()
  const watch = bob.inbox.watch()
  await until(watch, 'drained')
  store.left = 0
  await alice.send(bob.address, 'x')
  await assert.rejects(next(watch, isMessage), { code: 'STORE' })
})

test('close ends a watch that waits', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const watch = bob.inbox.watch()
  await until(watch, 'drained')
  const waiting = next(watch, isMessage)
  await Promise.all([assert.rejects(waiting, /has ended/), bob.close()])
})

test('a relay that refuses SUBSCRIBE is tried again, and is not asked in a tight loop', async t => {
  const clock = new ManualClock()
  const world = new World(1, clock)
  t.after(async () => {
    await world.close()
  })
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  relay.fault = call => (call === 'subscribe' ? Status.BUSY : undefined)
  const bob = await world.registered()
  const watch = bob.inbox.watch()
  await next(watch, event => event.type === 'offline')
  assert.equal(relay.count('subscribe'), 1)
  await watch.return()
})

test('a relay that answers SUBSCRIBE at once with nothing is not asked again and again without a pause', async t => {
  const clock = new ManualClock()
  const world = new World(1, clock)
  t.after(async () => {
    await world.close()
  })
  const [relay] = world.relays
  assert(relay !== undefined)
  const bob = await world.registered()
  const alice = await world.mailbox()
  relay.impatient = true
  const watch = bob.inbox.watch()
  await until(watch, 'drained')
  await turns(500)
  assert(relay.count('subscribe') <= 2, `${relay.count('subscribe')} calls and no time has passed`)
  await alice.send(bob.address, 'late')
  clock.advance(60_000)
  assert.deepEqual(await until(watch, 'late live'), ['late live'])
  await watch.return()
})

test('a client that only watches renews: leases, locator, bundle and prekeys, and goes on when that fails', async t => {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const documents = (): unknown[] =>
    world.relays.flatMap(({ bundles, locators }) => [
      ...bundles.values(),
      ...[...locators.values()].map(({ bytes }) => bytes)
    ])
  const calls = (): number => world.relays.reduce((sum, relay) => sum + relay.count('register'), 0)
  const [first, registered] = [documents(), calls()]
  const watches = [bob.inbox.watch(), bob.inbox.watch()]
  for (const watch of watches) await until(watch, 'drained')
  const pass = async (hours: number): Promise<void> => {
    for (let n = 0; n < hours; n++) {
      clock.advance(msPerHour)
      await turns(20)
    }
  }
  await pass(prekeyRotationHours - 1)
  assert.deepEqual([documents(), calls()], [first, registered])
  for (const relay of world.relays) relay.fault = call => (call === 'register' ? Status.BUSY : undefined)
  await pass(2)
  assert.deepEqual(documents(), first)
  assert(calls() > registered)
  for (const relay of world.relays) relay.fault = () => undefined
  const failed = calls()
  await pass(1)
  await turnsUntil(() => calls() >= failed + 3)
  await turns(50)
  assert.equal(calls(), failed + 3, 'both watches together ask each relay once')
  const again = documents()
  assert.equal(again.length, first.length)
  assert(again.every(one => !first.some(old => isDeepStrictEqual(old, one))))
  for (const watch of watches) await watch.return()
})
