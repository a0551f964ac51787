/** Watches of Textile's door: its acceptance cases, what Textile never tested, and the defects that its watches had. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { MailboxEventType, PrivateKey } from '../../../src/textile/index.ts'
import type { WatchState, Users } from '../../../src/textile/index.ts'
import { outboxRetryMsMax } from '../../../src/limits.ts'
import { BreakableLevel, ManualClock } from '../../helpers/clients.ts'
import { Listener, opened, textBytes, TextileWorld } from '../../helpers/textile.ts'

/** Alice and Bob with mailboxes, and Bob's listener on his inbox once that is watched. */
async function pair(world: TextileWorld, o: Parameters<TextileWorld['owner']>[1] = {}) {
  const [a, b] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const [alice, bob] = [await world.owner(a), await world.owner(b, o)]
  const send = async (text: string): Promise<string> => (await alice.sendMessage(a, b.public, textBytes(text))).id
  return { a, b, alice, bob, send }
}

/** A watch of the inbox that has reached its relays. */
async function watching(users: Users, listener: Listener): Promise<{ close: () => void }> {
  const online = Promise.withResolvers<unknown>()
  const watch = users.watchInbox(await users.getMailboxID(), listener.callback, ({ state }) => {
    if (state === 'online') online.resolve(undefined)
  })
  await online.promise
  return watch
}

const count = (listener: Listener, type: string): number => listener.types.filter(one => one === type).length

test('textile 8.1: watches of inbox and sentbox tell each what happened there, and closing ends them', async t => {
  const { a, alice, bob, send } = await pair(TextileWorld.for(t))
  const [inbox, sentbox] = [new Listener(), new Listener()]
  const watches = [await watching(bob, inbox), alice.watchSentbox(await alice.getMailboxID(), sentbox.callback)]
  const ids = [await send('one'), await send('two'), await send('three')]
  await inbox.event(3)
  await bob.readInboxMessage(ids[0] ?? '')
  await bob.deleteInboxMessage(ids[1] ?? '')
  await alice.deleteSentboxMessage(ids[2] ?? '')
  await inbox.event(5)
  await sentbox.event(4)
  assert.deepEqual([count(inbox, 'CREATE'), count(inbox, 'SAVE'), count(inbox, 'DELETE')], [3, 1, 1])
  assert.deepEqual([count(sentbox, 'CREATE'), count(sentbox, 'SAVE'), count(sentbox, 'DELETE')], [3, 0, 1])
  for (const watch of watches) watch.close()
  const later = new Listener()
  await watching(bob, later)
  await alice.sendMessage(a, PrivateKey.fromString(a.toString()).public, textBytes('to herself'))
  await send('four')
  await later.event(1)
  assert.deepEqual([inbox.events.length, sentbox.events.length], [5, 4])
  assert.deepEqual([inbox.ends, sentbox.ends], [[], []])
})

test('textile 8.3: a watch of the inbox tells CREATE with a message that decrypts', async t => {
  const { a, b, bob, send } = await pair(TextileWorld.for(t))
  const listener = new Listener()
  await watching(bob, listener)
  const id = await send('watch')
  const event = await listener.event(1)
  assert.deepEqual([event.type, event.messageID], ['CREATE', id])
  assert.equal(await opened(b, event.message), 'watch')
  assert.ok(event.message !== undefined)
  assert.equal(await a.public.verify(event.message.body, event.message.signature), true)
})

test('textile 8.3: a watch of the sentbox tells CREATE with a message that decrypts for its sender', async t => {
  const { a, alice, send } = await pair(TextileWorld.for(t))
  const listener = new Listener()
  alice.watchSentbox(await alice.getMailboxID(), listener.callback)
  await send('watch')
  const event = await listener.event(1)
  assert.equal(event.type, 'CREATE')
  assert.equal(await opened(a, event.message), 'watch')
})

test('textile 8.3: a watch of the sentbox tells DELETE', async t => {
  const { a, alice, send } = await pair(TextileWorld.for(t))
  const id = await send('x')
  const listener = new Listener()
  alice.watchSentbox(await alice.getMailboxID(), listener.callback)
  await alice.deleteSentboxMessage((await alice.listSentboxMessages())[0]?.id ?? '')
  const event = await listener.event(1)
  assert.deepEqual([event.type, event.messageID, event.message], ['DELETE', id, undefined])
  assert.equal(await opened(a, event.deleted), 'x')
})

test('textile 8.3: a watch of the inbox tells SAVE when a message is read', async t => {
  const { bob, send } = await pair(TextileWorld.for(t))
  const id = await send('x')
  const listener = new Listener()
  await watching(bob, listener)
  await bob.listInboxMessages()
  const { readAt } = await bob.readInboxMessage(id)
  await listener.until(({ types }) => types.at(-1) === 'SAVE')
  assert.equal(listener.events.at(-1)?.message?.readAt, readAt)
})

test('textile 8.3: a watch of the inbox tells DELETE', async t => {
  const { bob, send } = await pair(TextileWorld.for(t))
  const id = await send('x')
  await bob.listInboxMessages()
  const listener = new Listener()
  await watching(bob, listener)
  await bob.deleteInboxMessage(id)
  const event = await listener.event(1)
  assert.deepEqual([event.type, event.messageID, event.message], ['DELETE', id, undefined])
})

test('textile never: content of watch events: every event carries the whole message as it was then', async t => {
  const { a, b, bob, send } = await pair(TextileWorld.for(t))
  const listener = new Listener()
  await watching(bob, listener)
  const id = await send('the text')
  await listener.event(1)
  const { readAt } = await bob.readInboxMessage(id)
  await bob.mailbox.inbox.unread(id)
  await bob.deleteInboxMessage(id)
  await listener.event(4)
  assert.deepEqual(listener.types, ['CREATE', 'SAVE', 'SAVE', 'DELETE'])
  const messages = listener.events.map(({ message, deleted }) => message ?? deleted)
  assert.deepEqual(
    messages.map(message => message?.readAt),
    [0, readAt, 0, 0]
  )
  for (const message of messages) {
    assert.ok(message !== undefined)
    assert.equal(await opened(b, message), 'the text')
    assert.deepEqual([message.id, message.from, message.to], [id, a.public.toString(), b.public.toString()])
    assert.equal(await a.public.verify(message.body, message.signature), true)
    assert.ok(message.createdAt > 0)
  }
})

/** Owner calls fail, as when the owner has no network; deposits go on. */
function offline(world: TextileWorld, is: boolean): void {
  for (const relay of world.relays)
    relay.fault = call => (is && !['info', 'get', 'deposit', 'coordinate'].includes(call) ? 'throw' : undefined)
}

test('textile never: offline to online gap: what came meanwhile is told after it, once, and the state is told as well', async t => {
  const clock = new ManualClock()
  const world = TextileWorld.for(t, 1, clock)
  const { b, bob, send } = await pair(world)
  const [listener, states] = [new Listener(), [] as WatchState[]]
  const changed = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()]
  bob.watchInbox(await bob.getMailboxID(), listener.callback, state => {
    changed[states.push(state) - 1]?.resolve(undefined)
  })
  await changed[0]?.promise
  await send('before')
  await listener.event(1)
  offline(world, true)
  // ends the SUBSCRIBE that waits; the next one fails
  world.relays[0]?.node.stop()
  world.relays[0]?.node.start()
  await changed[1]?.promise
  await send('meanwhile 1')
  await send('meanwhile 2')
  assert.equal(listener.events.length, 1)
  offline(world, false)
  clock.advance(outboxRetryMsMax)
  await changed[2]?.promise
  await listener.event(3)
  assert.deepEqual(
    states.map(({ state }) => state),
    ['online', 'offline', 'online']
  )
  assert.deepEqual(await Promise.all(listener.events.map(async ({ message }) => opened(b, message))), [
    'before',
    'meanwhile 1',
    'meanwhile 2'
  ])
  assert.deepEqual(listener.ends, [])
})

test('textile never: reconnect: relays that go and come back five times, and each message is told once', async t => {
  const clock = new ManualClock()
  const world = TextileWorld.for(t, 1, clock)
  const { b, bob, send } = await pair(world)
  const listener = new Listener()
  let states: Array<() => void> = []
  bob.watchInbox(await bob.getMailboxID(), listener.callback, () => {
    for (const told of states.splice(0)) told()
  })
  const change = async (): Promise<void> => await new Promise(resolve => states.push(resolve))
  await change()
  const [relay] = world.relays
  for (let round = 0; round < 5; round++) {
    const gone = change()
    relay?.node.stop()
    await gone
    relay?.node.start()
    const back = change()
    clock.advance(outboxRetryMsMax)
    await back
    await send(`round ${round}`)
    await listener.event(round + 1)
  }
  states = []
  assert.deepEqual(
    await Promise.all(listener.events.map(async ({ message }) => opened(b, message))),
    [0, 1, 2, 3, 4].map(round => `round ${round}`)
  )
  assert.deepEqual(listener.ends, [])
})

test('textile never: slow consumer: a callback that is slow gets everything, once and in order, and no error', async t => {
  const { b, bob, send } = await pair(TextileWorld.for(t, 1), { watchLagMax: 2 })
  const listener = new Listener()
  const [entered, released] = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()]
  const online = Promise.withResolvers<unknown>()
  bob.watchInbox(
    await bob.getMailboxID(),
    async (reply, error) => {
      entered.resolve(undefined)
      await released.promise
      listener.callback(reply, error)
    },
    () => {
      online.resolve(undefined)
    }
  )
  await online.promise
  const texts = Array.from({ length: 8 }, (_, n) => `message ${n}`)
  await send(texts[0] ?? '')
  await entered.promise
  for (const text of texts.slice(1)) await send(text)
  await bob.mailbox.inbox.pull()
  released.resolve(undefined)
  await listener.event(8)
  assert.deepEqual(await Promise.all(listener.events.map(async ({ message }) => opened(b, message))), texts)
  assert.deepEqual(listener.ends, [])
})

test('D2: a burst of fifty is told as fifty', async t => {
  const { bob, send } = await pair(TextileWorld.for(t, 1))
  const listener = new Listener()
  await watching(bob, listener)
  const ids = await Promise.all(Array.from({ length: 50 }, async (_, n) => send(String(n))))
  await listener.event(50)
  assert.deepEqual(new Set(listener.events.map(({ messageID }) => messageID)), new Set(ids))
  assert.equal(listener.events.length, 50)
})

test('D3: a watch begins where the last list or the last watch ended, so that nothing falls between', async t => {
  const { bob, send } = await pair(TextileWorld.for(t, 1))
  const id = await bob.getMailboxID()
  const listed = await send('listed')
  await bob.listInboxMessages()
  const between = await send('between')
  await bob.mailbox.inbox.pull()
  const first = new Listener()
  const watch = await watching(bob, first)
  assert.equal((await first.event(1)).messageID, between)
  watch.close()
  const again = await send('between watches')
  await bob.mailbox.inbox.pull()
  const second = new Listener()
  bob.watchInbox(id, second.callback)
  assert.equal((await second.event(1)).messageID, again)
  assert.ok(![...first.events, ...second.events].some(({ messageID }) => messageID === listed))
  // what a list has handed out is not new any more
  await send('listed while watched')
  await bob.listInboxMessages()
  const last = await send('last')
  await second.until(({ events }) => events.at(-1)?.messageID === last)
  assert.ok(second.events.length <= 3)
})

test('D4: a message that is deleted at once does not end a watch', async t => {
  const { bob, send } = await pair(TextileWorld.for(t, 1))
  const listener = new Listener()
  await watching(bob, listener)
  for (let n = 0; n < 5; n++) {
    const id = await send(String(n))
    await bob.mailbox.inbox.pull()
    await bob.deleteInboxMessage(id)
  }
  await listener.event(10)
  assert.deepEqual([count(listener, 'CREATE'), count(listener, 'DELETE')], [5, 5])
  assert.deepEqual(listener.ends, [])
})

test('D5: a message that cannot be read ends no watch', async t => {
  const [store, said] = [new BreakableLevel(), [] as string[]]
  const { bob, send } = await pair(TextileWorld.for(t, 1), { store, log: (_level, event) => said.push(event) })
  await bob.listInboxMessages()
  const [damaged, sound] = [await send('one'), await send('two')]
  await bob.mailbox.inbox.pull()
  const row = (await store.keys().all()).find(name => name.startsWith('message!') && name.endsWith(damaged))
  assert.ok(row !== undefined)
  await store.put(row, Uint8Array.of(0xff) as unknown as string)
  const listener = new Listener()
  await watching(bob, listener)
  assert.equal((await listener.event(1)).messageID, sound)
  assert.ok(said.includes('message_unreadable'))
  assert.deepEqual(listener.ends, [])
})

/** A watch for `hours` in which nothing happens; with `forgotten` the relay then does not know who had proved what. */
async function idle(t: TestContext, hours: number, forgotten: boolean): Promise<void> {
  const clock = new ManualClock()
  const world = TextileWorld.for(t, 1, clock)
  const { bob, send } = await pair(world)
  const listener = new Listener()
  await watching(bob, listener)
  for (let hour = 0; hour < hours; hour++) {
    clock.advance(3_600_000)
    await new Promise(resolve => setImmediate(resolve))
  }
  if (forgotten) {
    world.relays[0]?.node.stop()
    world.relays[0]?.node.start()
  }
  await send('at last')
  const told = listener.event(1)
  for (let turn = 0; turn < 50 && listener.events.length === 0; turn++) {
    clock.advance(outboxRetryMsMax)
    await new Promise(resolve => setImmediate(resolve))
  }
  assert.equal((await told).type, 'CREATE')
  assert.deepEqual(listener.ends, [])
}

test('D7: a watch outlives every proof of ownership that it began with', async t => {
  await idle(t, 48, true)
})

test('D8: a watch that has been idle for days tells what comes then', async t => {
  await idle(t, 72, false)
})

test('D11: an event is compared with the names or the texts alike, and a watch ends with one call', async t => {
  const world = TextileWorld.for(t, 1)
  const { bob, send } = await pair(world)
  const listener = new Listener()
  await watching(bob, listener)
  await send('x')
  const { type } = await listener.event(1)
  assert.equal(type, MailboxEventType.CREATE)
  assert.equal(type, 'CREATE')
  await bob.close()
  await listener.until(({ ends }) => ends.length > 0)
  assert.deepEqual(listener.ends, [undefined])
})

test('D11: what fails is told once, with its error', async t => {
  const world = TextileWorld.for(t, 1)
  const users = await world.user(PrivateKey.fromRandom())
  const listener = new Listener()
  users.watchInbox(users.mailbox.address, listener.callback)
  await listener.until(({ ends }) => ends.length > 0)
  assert.deepEqual(
    listener.ends.map(error => (error as { code?: string } | undefined)?.code),
    ['NOT_REGISTERED']
  )
})

test('a callback that throws ends its watch, and is told why', async t => {
  const { bob, send } = await pair(TextileWorld.for(t, 1))
  const failure = new TypeError('of the application')
  const ended = Promise.withResolvers<Error | undefined>()
  bob.watchInbox(await bob.getMailboxID(), (reply, error) => {
    if (reply !== undefined) throw failure
    ended.resolve(error)
  })
  await send('x')
  assert.equal(await ended.promise, failure)
})

test('only the own mailbox can be watched', async t => {
  const { a, bob } = await pair(TextileWorld.for(t, 1))
  for (const watch of [bob.watchInbox.bind(bob), bob.watchSentbox.bind(bob)])
    assert.throws(() => watch(a.public.toString(), () => undefined), { code: 'AUTH' })
})
