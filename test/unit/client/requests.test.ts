import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { Bell } from '../../../src/client/bell.ts'
import { Ledger } from '../../../src/client/ledger.ts'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import { enter } from '../../../src/client/marks.ts'
import type { StandingsInit } from '../../../src/client/standing.ts'
import { Standings } from '../../../src/client/standing.ts'
import { LocalStore } from '../../../src/client/store.ts'
import { hourOf, msPerHour } from '../../../src/environment.ts'
import type { Opened } from '../../../src/identity/envelope.ts'
import { requestsMax, requestsPerSenderMax } from '../../../src/limits.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { all, BreakableLevel, ManualClock, sound, World } from '../../helpers/clients.ts'
import { auditPeople } from '../../helpers/people.ts'

interface Scene {
  readonly world: World
  readonly bob: Mailbox
  readonly alice: Mailbox
  readonly reopen: () => Promise<Mailbox>
  readonly audit: () => Promise<void>
  readonly store: BreakableLevel
}

async function scene(t: TestContext, o: { ackPolicy?: 'manual' } = {}): Promise<Scene> {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const [identity, store] = [generateIdentity(), new BreakableLevel()]
  const reopen = async (): Promise<Mailbox> => await world.mailbox({ identity, store, strangers: 'requests', ...o })
  const bob = await reopen()
  await bob.register()
  const audit = async (): Promise<void> => {
    await auditPeople(store, identity)
  }
  return { world, bob, alice: await world.mailbox(), reopen, audit, store }
}

const textsOf = (messages: ReadonlyArray<{ body: Uint8Array }>): string[] =>
  messages.map(({ body }) => Buffer.from(body).toString())
const inboxOf = async (mailbox: Mailbox): Promise<string[]> =>
  textsOf(await sound(mailbox.inbox.list({ order: 'oldest' })))
const requestsOf = async (mailbox: Mailbox): Promise<string[]> =>
  textsOf(await sound(mailbox.requests.list({ order: 'oldest' })))

test('a message of an unknown sender is a request: listed, counted, acked, and not in the inbox', async t => {
  const { world, bob, alice, audit } = await scene(t)
  const { id } = await alice.send(bob.address, 'hello')
  const report = await bob.inbox.pull()
  assert.deepEqual([report.received, report.requests, report.complete, report.waiting], [0, 1, true, undefined])
  assert.deepEqual([await inboxOf(bob), await requestsOf(bob)], [[], ['hello']])
  assert.deepEqual(await bob.requests.counts(), { all: 1 })
  assert.deepEqual(await bob.requests.counts({ from: alice.address }), { all: 1 })
  assert.equal((await bob.requests.get(id))?.from, alice.address)
  assert.equal(await bob.inbox.get(id), undefined)
  assert.equal((await bob.requests.page({ from: alice.address })).items.length, 1)
  assert.deepEqual(
    world.relays.map(relay => relay.entries.length),
    [0, 0, 0]
  )
  await audit()
})

test('messages of contacts, of those who were written to, and of oneself come into the inbox', async t => {
  const { world, bob, alice } = await scene(t)
  const carol = await world.registered()
  await bob.contacts.add({ address: alice.address, name: 'Alice' })
  await bob.send(carol.address, 'a question')
  for (const from of [alice, carol, bob]) await from.send(bob.address, from === bob ? 'note' : 'answer')
  const { received, requests } = await bob.inbox.pull()
  assert.deepEqual([received, requests], [3, 0])
})

test('an accepted request comes into the inbox as a new message, with all others of its sender and what comes later', async t => {
  const { world, bob, alice, audit } = await scene(t)
  const carol = await world.mailbox()
  for (const text of ['one', 'two']) await alice.send(bob.address, text)
  await carol.send(bob.address, 'of carol')
  await bob.inbox.pull()
  const contact = await bob.requests.accept(alice.address, { name: 'Alice' })
  assert.equal(contact?.name, 'Alice')
  assert.deepEqual([await inboxOf(bob), await requestsOf(bob)], [['one', 'two'], ['of carol']])
  assert.equal(await bob.requests.accept(carol.address), undefined)
  assert.deepEqual(await requestsOf(bob), [])
  assert.equal(await bob.contacts.get(carol.address), undefined)
  await carol.send(bob.address, 'again')
  assert.equal((await bob.inbox.pull()).received, 1)
  await audit()
})

test('a watch tells an accepted request as a new message', async t => {
  const { bob, alice } = await scene(t)
  await alice.send(bob.address, 'hello')
  await bob.inbox.pull()
  const stop = new AbortController()
  const told: string[] = []
  for await (const event of bob.inbox.watch({ signal: stop.signal })) {
    if (event.type === 'drained') {
      assert.deepEqual(told, [])
      await bob.requests.accept(alice.address)
    }
    if (event.type !== 'message') continue
    told.push(...textsOf([event.message]))
    stop.abort()
  }
  assert.deepEqual(told, ['hello'])
})

test('adding a contact and writing to a sender take its requests into the inbox too', async t => {
  const { world, bob } = await scene(t)
  const [alice, carol] = [await world.registered(), await world.registered()]
  await alice.send(bob.address, 'of alice')
  await carol.send(bob.address, 'of carol')
  await bob.inbox.pull()
  await bob.contacts.add({ address: alice.address, name: 'Alice' })
  assert.deepEqual(await inboxOf(bob), ['of alice'])
  await bob.send(carol.address, 'answer')
  assert.deepEqual([await inboxOf(bob), await requestsOf(bob)], [['of alice', 'of carol'], []])
})

test('a removed contact is a stranger again, also when it was written to', async t => {
  const { world, bob } = await scene(t)
  const alice = await world.registered()
  await bob.send(alice.address, 'hello')
  await bob.contacts.add({ address: alice.address, name: 'Alice' })
  await bob.contacts.remove('Alice')
  await alice.send(bob.address, 'answer')
  assert.equal((await bob.inbox.pull()).requests, 1)
})

for (const ackPolicy of [undefined, 'manual'] as const) {
  test(`a deleted request is gone here and from the relays, and does not come back (${ackPolicy ?? 'on-store'})`, async t => {
    const { world, bob, alice, audit } = await scene(t, ackPolicy === undefined ? {} : { ackPolicy })
    const { id } = await alice.send(bob.address, 'hello')
    await bob.inbox.pull()
    await bob.requests.delete(id)
    assert.deepEqual(await requestsOf(bob), [])
    await assert.rejects(bob.requests.delete(id), { code: 'NOT_FOUND' })
    const { requests } = await bob.inbox.pull()
    assert.equal(requests, 0)
    assert.deepEqual(
      world.relays.map(relay => relay.entries.length),
      [0, 0, 0]
    )
    await audit()
  })
}

test('blocking deletes the requests of a sender, and what comes later is taken off the relays and never shown', async t => {
  const { world, bob, alice, audit } = await scene(t)
  await alice.send(bob.address, 'one')
  await bob.inbox.pull()
  await bob.requests.block(alice.address)
  assert.deepEqual(await requestsOf(bob), [])
  await alice.send(bob.address, 'two')
  const report = await bob.inbox.pull()
  assert.deepEqual([report.received, report.requests, report.complete], [0, 0, true])
  assert.deepEqual(
    world.relays.map(relay => relay.entries.length),
    [0, 0, 0]
  )
  await assert.rejects(bob.requests.accept(alice.address), { code: 'CONTACT' })
  await bob.contacts.unblock(alice.address)
  await alice.send(bob.address, 'three')
  await bob.inbox.pull()
  assert.deepEqual([await inboxOf(bob), await requestsOf(bob)], [[], ['three']])
  await audit()
})

test('what a blocked sender leaves is taken off the relays also where the application acks', async t => {
  const { world, bob, alice, audit } = await scene(t, { ackPolicy: 'manual' })
  await bob.contacts.block(alice.address)
  await alice.send(bob.address, 'x')
  const { received, requests, complete } = await bob.inbox.pull()
  assert.deepEqual([received, requests, complete], [0, 0, true])
  assert.deepEqual(
    world.relays.map(relay => relay.entries.length),
    [0, 0, 0]
  )
  await audit()
})

test('a blocked contact is blocked', async t => {
  const { bob, alice } = await scene(t)
  await bob.contacts.add({ address: alice.address, name: 'Alice' })
  await bob.contacts.block('Alice')
  await alice.send(bob.address, 'hello')
  const { received, requests } = await bob.inbox.pull()
  assert.deepEqual([received, requests], [0, 0])
})

test('requests over the limit stay on the relays and are said with QUOTA; with room they arrive', async t => {
  const { world, bob, alice, audit, reopen } = await scene(t)
  const count = requestsPerSenderMax + 3
  for (let n = 0; n < count; n++) await alice.send(bob.address, `${n}`)
  const full = await bob.inbox.pull()
  assert.equal(full.requests, requestsPerSenderMax)
  assert.deepEqual(full.waiting, { messages: 3, code: 'QUOTA', limits: ['requestsPerSenderMax'] })
  assert.equal(full.complete, false)
  assert.deepEqual(
    world.relays.map(relay => relay.entries.length),
    [3, 3, 3]
  )
  await audit()
  // nothing new: it is said again, also by another process
  await bob.close()
  const again = await reopen()
  const still = await again.inbox.pull()
  assert.deepEqual([still.requests, still.waiting?.messages, still.complete], [0, 3, false])
  const [first, second] = await sound(again.requests.list({ order: 'oldest' }))
  assert.ok(first !== undefined && second !== undefined)
  await again.requests.delete([first.id, second.id])
  const room = await again.inbox.pull()
  assert.deepEqual([room.requests, room.waiting?.messages, room.complete], [2, 1, false])
  await again.requests.accept(alice.address)
  const last = await again.inbox.pull()
  assert.deepEqual([last.received, last.waiting, last.complete], [1, undefined, true])
  assert.equal((await again.inbox.counts()).all, count - 2)
  assert.deepEqual(
    world.relays.map(relay => relay.entries.length),
    [0, 0, 0]
  )
  await audit()
})

test('what waits of a sender who is blocked then is taken off the relays', async t => {
  const { world, bob, alice } = await scene(t)
  for (let n = 0; n < requestsPerSenderMax + 1; n++) await alice.send(bob.address, `${n}`)
  await bob.inbox.pull()
  await bob.requests.block(alice.address)
  const { complete, waiting } = await bob.inbox.pull()
  assert.deepEqual([complete, waiting], [true, undefined])
  assert.deepEqual(
    world.relays.map(relay => relay.entries.length),
    [0, 0, 0]
  )
})

test('a watch says that it is not complete while requests wait', async t => {
  const { bob, alice } = await scene(t)
  for (let n = 0; n < requestsPerSenderMax + 1; n++) await alice.send(bob.address, `${n}`)
  const stop = new AbortController()
  for await (const event of bob.inbox.watch({ signal: stop.signal })) {
    if (event.type !== 'drained') continue
    assert.equal(event.complete, false)
    stop.abort()
  }
})

test('with strangers in the inbox nothing is a request', async t => {
  const { world, alice } = await scene(t)
  const carol = await world.registered({ strangers: 'inbox' })
  await alice.send(carol.address, 'hello')
  const { received, requests } = await carol.inbox.pull()
  assert.deepEqual([received, requests], [1, 0])
})

test('G12: accept, block, delete and a new contact may stop at any batch, and are done or not begun when it goes on', async t => {
  const works: Array<[string, (bob: Mailbox, from: string) => Promise<unknown>]> = [
    ['accept', async (bob, from) => await bob.requests.accept(from, { name: 'Alice' })],
    [
      'block',
      async (bob, from) => {
        await bob.requests.block(from)
      }
    ],
    ['add', async (bob, from) => await bob.contacts.add({ address: from, name: 'Alice' })],
    [
      'rename',
      async (bob, from) => {
        await bob.contacts.add({ address: from, name: 'Al' })
        await bob.contacts.rename('Al', 'Alice')
      }
    ],
    [
      'delete',
      async bob => {
        await bob.requests.delete((await sound(bob.requests.list())).map(({ id }) => id))
      }
    ]
  ]
  for (const [name, work] of works) {
    for (let left = 0; left < 8; left++) {
      const { bob, alice, store, reopen, audit } = await scene(t)
      for (const text of ['one', 'two']) await alice.send(bob.address, text)
      await bob.inbox.pull()
      store.left = left
      const died = await work(bob, alice.address).then(
        () => false,
        () => true
      )
      store.left = Infinity
      await bob.close()
      const again = await reopen()
      await audit()
      const where = [(await inboxOf(again)).length, (await requestsOf(again)).length]
      const standing = [await again.contacts.get(alice.address), await all(again.contacts.blocked())]
      const known = standing[0] !== undefined
      const begun = known || (standing[1] as unknown[]).length > 0 || (name === 'delete' && where[1] === 0)
      if (begun) assert.deepEqual(where, known ? [2, 0] : [0, 0], `${name} after ${left} batches`)
      else assert.deepEqual(where, [0, 2], `${name} after ${left} batches`)
      await again.close()
      if (!died) break
      assert.ok(left < 7, `${name} ends`)
    }
  }
})

test('all requests together are bounded too, and one sender cannot use up the room of another', async () => {
  const env = new ManualClock()
  const { key, address } = generateIdentity()
  const database = new BreakableLevel()
  const store = await LocalStore.open(database, key)
  const ledger = await Ledger.open({ store, env, address, bell: new Bell() })
  const none = async (): Promise<boolean> => await Promise.resolve(false)
  // what stays on the relays has no part in this
  const away = {} as StandingsInit
  const standings = new Standings({ ...away, store, ledger, env, address, strangers: 'requests', invited: none })
  const opened = { invitation: undefined } as unknown as Opened
  const outcomes: string[] = []
  for (let n = 0; n <= requestsMax; n++) {
    const sender = `sender ${Math.floor(n / requestsPerSenderMax)}`
    const id = n.toString(16).padStart(64, '0')
    const expiresHour = hourOf(env.now()) + 1
    await ledger.change(async change => {
      const list = await standings.decide({ id, sender, opened, expiresHour, receivedMs: env.now() }, change)
      outcomes.push(list)
      const row = { from: sender, receivedMs: 0, createdMs: 0, contentType: '', body: new Uint8Array(0), expiresHour }
      if (list === 'requests') enter(change, store, { id, row, list })
    })
  }
  assert.deepEqual([outcomes.filter(list => list === 'requests').length, outcomes.at(-1)], [requestsMax, 'wait'])
  assert.deepEqual(await standings.waiting(), { messages: 1, code: 'QUOTA', limits: ['requestsMax'] })
  await auditPeople(database, { key, address })
  env.advance(msPerHour)
  assert.equal(await standings.waiting(), undefined)
  await auditPeople(database, { key, address })
})
