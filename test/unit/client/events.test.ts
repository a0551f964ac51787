import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import type { Message } from '../../../src/client/message.ts'
import type { SentEvent } from '../../../src/client/sentbox.ts'
import type { WatchEvent } from '../../../src/client/watch.ts'
import { msPerHour } from '../../../src/environment.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { eventsHours } from '../../../src/limits.ts'
import { audit } from '../../helpers/books.ts'
import { BreakableLevel, ManualClock, World } from '../../helpers/clients.ts'

type Event = Extract<WatchEvent, { message: Message }>
type Events<T> = AsyncGenerator<T, void, undefined>

const textOf = ({ type, message: { body } }: { type: string; message: { body: Uint8Array } }): string =>
  `${type} ${Buffer.from(body).toString()}`

/** The next `count` events of messages. */
async function events(watch: Events<WatchEvent>, count: number): Promise<Event[]> {
  const found: Event[] = []
  while (found.length < count) {
    const { value, done } = await watch.next()
    if (done === true) throw new Error('the watch has ended')
    if ('message' in value) found.push(value)
  }
  return found
}

async function sentEvents(
  watch: Events<SentEvent>,
  count: number
): Promise<Array<Extract<SentEvent, { message: unknown }>>> {
  const found = []
  while (found.length < count) {
    const { value, done } = await watch.next()
    if (done === true) throw new Error('the watch has ended')
    if ('message' in value) found.push(value)
  }
  return found
}

async function drained(watch: Events<WatchEvent>): Promise<string> {
  for (;;) {
    const { value, done } = await watch.next()
    if (done === true) throw new Error('the watch has ended')
    if (value.type === 'drained') return value.cursor
  }
}

async function mailboxes(world: World): Promise<{ bob: Mailbox; alice: Mailbox; restart: () => Promise<Mailbox> }> {
  const identity = generateIdentity()
  const store = new BreakableLevel()
  let bob = await world.registered({ identity, store })
  const alice = await world.mailbox()
  const restart = async (): Promise<Mailbox> => {
    await bob.close()
    await audit(store, identity)
    bob = await world.mailbox({ identity, store })
    return bob
  }
  return { bob, alice, restart }
}

test('D1, textile 8.1: WatchInbox and WatchSentbox tell what is new, read and deleted, each with the whole message', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const { bob, alice } = await mailboxes(world)
  const inbox = bob.inbox.watch()
  const sentbox = alice.sentbox.watch()
  await drained(inbox)
  const asked = sentEvents(sentbox, 4)
  for (const text of ['one', 'two', 'three']) await alice.send(bob.address, text)
  const came = await events(inbox, 3)
  const [one, two] = came
  assert.ok(one !== undefined && two !== undefined)
  await bob.inbox.read(one.message.id)
  await bob.inbox.delete(one.message.id)
  await bob.inbox.unread(two.message.id)
  await alice.sentbox.delete(one.message.id)
  const after = await events(inbox, 2)
  assert.deepEqual(
    came.map(({ type }) => type),
    ['message', 'message', 'message']
  )
  assert.deepEqual(after.map(textOf), [`read ${textOf(one).slice(8)}`, `deleted ${textOf(one).slice(8)}`])
  assert.ok(after.every(({ message }) => message.readMs !== undefined && message.from === alice.address))
  const sent = await asked
  assert.deepEqual(sent.slice(0, 3).map(textOf), ['message one', 'message two', 'message three'])
  assert.deepEqual(
    sent.slice(3).map(({ type, message }) => [type, message.id]),
    [['deleted', one.message.id]]
  )
  await inbox.return()
  await sentbox.return()
})

test('D3: a watch after a cursor tells everything that happened since, in another process too, and nothing twice', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const { bob, alice, restart } = await mailboxes(world)
  await alice.send(bob.address, 'one')
  const first = bob.inbox.watch()
  const [one] = await events(first, 1)
  assert.ok(one !== undefined)
  await first.return()
  await bob.inbox.read(one.message.id)
  await bob.inbox.unread(one.message.id)
  await alice.send(bob.address, 'two')
  await bob.inbox.pull()
  const again = await restart()
  await again.inbox.delete(one.message.id)
  const watch = again.inbox.watch({ after: one.cursor })
  const told = await events(watch, 4)
  assert.deepEqual(told.map(textOf), ['read one', 'unread one', 'message two', 'deleted one'])
  assert.deepEqual(
    told.map(({ live }) => live),
    [false, false, false, false]
  )
  assert.deepEqual(
    told.map(({ message }) => message.readMs === undefined),
    [false, true, true, true]
  )
  const cursor = await drained(watch)
  assert.equal(cursor, told.at(-1)?.cursor)
  await alice.send(bob.address, 'three')
  const [three] = await events(watch, 1)
  assert.ok(three !== undefined)
  assert.deepEqual([textOf(three), three.live], ['message three', true])
  await watch.return()
})

test('a cursor of another store, of another box, from the future or of no form is CURSOR', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const [one, other] = [await mailboxes(world), await mailboxes(world)]
  const watch = one.bob.inbox.watch()
  const cursor = await drained(watch)
  await watch.return()
  for (const after of [cursor.replace(/0$/, '1'), cursor.replace('received', 'sent'), '', '0'])
    await assert.rejects(one.bob.inbox.watch({ after }).next(), { code: 'CURSOR' })
  await assert.rejects(other.bob.inbox.watch({ after: cursor }).next(), { code: 'CURSOR' })
  await assert.rejects(one.bob.sentbox.watch({ after: cursor }).next(), { code: 'CURSOR' })
})

test('events are kept for a week: then a cursor is CURSOR, and what was deleted has left the store', async t => {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const identity = generateIdentity()
  const store = new BreakableLevel()
  const bob = await world.registered({ identity, store })
  const alice = await world.mailbox()
  const { id } = await alice.send(bob.address, 'a word of Alice')
  const watch = bob.inbox.watch()
  const [one] = await events(watch, 1)
  await watch.return()
  assert.ok(one !== undefined)
  await bob.inbox.delete(id)
  const holds = async (): Promise<boolean> => {
    for await (const value of store.values<string, Uint8Array>({ valueEncoding: 'view' }))
      if (Buffer.from(value).includes('a word of Alice')) return true
    return false
  }
  assert.equal(await holds(), true)
  clock.advance(eventsHours * msPerHour + 1)
  await bob.inbox.pull()
  await audit(store, identity)
  assert.equal(await holds(), false)
  await assert.rejects(bob.inbox.watch({ after: one.cursor }).next(), { code: 'CURSOR', message: /not kept any more/ })
  const anew = bob.inbox.watch()
  await drained(anew)
  await anew.return()
})

test('D2: a consumer that is too slow goes on after its last cursor, without loss and without anything twice', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered({ watchLagMax: 10 })
  const alice = await world.mailbox()
  const slow = bob.inbox.watch()
  await drained(slow)
  await alice.send(bob.address, '0')
  const [first] = await events(slow, 1)
  assert.ok(first !== undefined)
  for (let n = 1; n <= 11; n++) await alice.send(bob.address, `${n}`)
  await bob.inbox.pull()
  await assert.rejects(events(slow, 1), { code: 'SLOW_CONSUMER' })
  const on = bob.inbox.watch({ after: first.cursor })
  const told = await events(on, 11)
  assert.deepEqual(
    told.map(textOf),
    Array.from({ length: 11 }, (_, n) => `message ${n + 1}`)
  )
  await drained(on)
  await on.return()
})

test('what an application does with its messages does not make it a slow consumer', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered({ watchLagMax: 3 })
  const alice = await world.mailbox()
  for (let n = 0; n < 3; n++) await alice.send(bob.address, `${n}`)
  const watch = bob.inbox.watch()
  const ids = (await events(watch, 3)).map(({ message }) => message.id)
  await drained(watch)
  for (let n = 0; n < 4; n++) {
    await bob.inbox.read(ids)
    await bob.inbox.unread(ids)
  }
  await bob.inbox.delete(ids)
  assert.equal((await events(watch, 27)).at(-1)?.type, 'deleted')
  await watch.return()
})

test('two watches of one mailbox both see what is live', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const { bob, alice } = await mailboxes(world)
  const watches = [bob.inbox.watch(), bob.inbox.watch()]
  for (const watch of watches) await drained(watch)
  await alice.send(bob.address, 'x')
  for (const watch of watches) {
    assert.deepEqual((await events(watch, 1)).map(textOf), ['message x'])
    await watch.return()
  }
})

test('D5: an event whose message cannot be read is told as bad, and the others follow', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const identity = generateIdentity()
  const store = new BreakableLevel()
  const bob = await world.registered({ identity, store })
  const alice = await world.mailbox()
  const { id } = await alice.send(bob.address, 'one')
  await bob.inbox.pull()
  await alice.send(bob.address, 'two')
  await bob.inbox.pull()
  await store.put(`message!${id}`, Uint8Array.of(0xff), { valueEncoding: 'view' })
  const watch = bob.inbox.watch()
  const told: WatchEvent[] = []
  for await (const event of watch) {
    if (event.type === 'drained') break
    if (event.type === 'bad' || event.type === 'message') told.push(event)
  }
  assert.deepEqual(
    told.map(({ type }) => type),
    ['bad', 'message']
  )
  assert.partialDeepStrictEqual(told[0], { of: 'message', bad: { id } })
})

test('D4: a message that is deleted as soon as it has come is told, then told as deleted, and the watch goes on', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const { bob, alice } = await mailboxes(world)
  const watch = bob.inbox.watch()
  await drained(watch)
  const { id } = await alice.send(bob.address, 'short-lived')
  await bob.inbox.pull()
  await bob.inbox.delete(id)
  await alice.send(bob.address, 'next')
  assert.deepEqual((await events(watch, 3)).map(textOf), ['message short-lived', 'deleted short-lived', 'message next'])
  await watch.return()
})

test('D8: a watch that was idle for hours tells what comes then', async t => {
  const clock = new ManualClock()
  const world = new World(1, clock)
  t.after(async () => {
    await world.close()
  })
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  const { bob, alice } = await mailboxes(world)
  const watch = bob.inbox.watch()
  await drained(watch)
  const coming = events(watch, 1)
  const turn = async (): Promise<void> => {
    await new Promise(resolve => {
      setImmediate(resolve)
    })
  }
  for (let turns = 0; relay.count('subscribe') === 0 && turns < 1_000; turns++) await turn()
  // it was asked, and waits
  await turn()
  for (let minute = 0; minute < 180; minute++) {
    const asked = relay.count('subscribe')
    clock.advance(60_000)
    for (let turns = 0; relay.count('subscribe') === asked && turns < 1_000; turns++) await turn()
  }
  assert.ok(relay.count('subscribe') >= 180)
  await alice.send(bob.address, 'at last')
  assert.deepEqual((await coming).map(textOf), ['message at last'])
  await watch.return()
})
