/** What Textile's own suites never tested, at the calls of `Users`; for watches see `watch.test.ts`, for keys `crypto.test.ts`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyBytesMax, listLimitMax } from '../../../src/limits.ts'
import { PrivateKey, Status } from '../../../src/textile/index.ts'
import { BreakableLevel, ManualClock } from '../../helpers/clients.ts'
import { opened, textBytes, TextileWorld } from '../../helpers/textile.ts'
import js from '../../vectors/textile-js.json' with { type: 'json' }
import { fixedBytes, hex } from '../../vectors/fixed.ts'

const unknownId = 'ab'.repeat(32)

test('textile never: unregistered sender: a sender needs no mailbox', async t => {
  const world = TextileWorld.for(t)
  const [a, b] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const [alice, bob] = [await world.user(a), await world.owner(b)]
  await alice.sendMessage(a, b.public, textBytes('from nowhere'))
  const [message] = await bob.listInboxMessages()
  assert.equal(await opened(b, message), 'from nowhere')
  assert.equal((await alice.listSentboxMessages()).length, 1)
})

test('who does not act here cannot be the sender, and nothing is queued', async t => {
  const world = TextileWorld.for(t)
  const [a, b] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const alice = await world.owner(a)
  await assert.rejects(alice.sendMessage(b, a.public, textBytes('x')), { code: 'AUTH' })
  assert.deepEqual(await alice.listSentboxMessages(), [])
})

test('textile never: duplicate send: twice the same text is two messages, a retry of one is one', async t => {
  const world = TextileWorld.for(t, 1)
  const [a, b] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const [alice, bob] = [await world.user(a), await world.owner(b)]
  for (let n = 0; n < 2; n++) await alice.sendMessage(a, b.public, textBytes('again'))
  const twice = await bob.listInboxMessages()
  assert.equal(new Set(twice.map(({ id }) => id)).size, 2)
  assert.equal(new Set(twice.map(({ body }) => hex(body))).size, 2)
  // the relay has it, and its answer is lost: the sender cannot know, and the outbox sends the same bytes again
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  relay.afterDeposit = async () => await Promise.reject(new Error('the stream ends'))
  const { id } = await alice.sendMessage(a, b.public, textBytes('unsure'))
  assert.equal((await alice.mailbox.outbox.get(id))?.state, 'unknown')
  relay.afterDeposit = () => undefined
  await alice.mailbox.outbox.flush()
  await alice.mailbox.outbox.stored(id)
  assert.equal((await bob.listInboxMessages()).filter(message => message.id === id).length, 1)
  assert.equal((await alice.listSentboxMessages()).filter(message => message.id === id).length, 1)
})

test('textile never: unknown id on read and delete: reading is NOT_FOUND, deleting what is gone is done', async t => {
  const world = TextileWorld.for(t, 1)
  const key = PrivateKey.fromRandom()
  const users = await world.owner(key)
  await users.sendMessage(key, key.public, textBytes('x'))
  await users.listInboxMessages()
  for (const id of [unknownId, 'no id', '']) {
    await assert.rejects(users.readInboxMessage(id), { code: 'NOT_FOUND' })
    await users.deleteInboxMessage(id)
    await users.deleteSentboxMessage(id)
  }
  await assert.rejects(users.listInboxMessages({ seek: unknownId }), { code: 'NOT_FOUND' })
  await assert.rejects(users.listSentboxMessages({ seek: unknownId }), { code: 'NOT_FOUND' })
  assert.equal((await users.listInboxMessages()).length, 1)
  assert.equal((await users.listSentboxMessages()).length, 1)
})

test('textile never: limits above the cap, negative or broken are SIZE with the cap in the sentence', async t => {
  const world = TextileWorld.for(t, 1)
  const users = await world.owner(PrivateKey.fromRandom())
  for (const limit of [listLimitMax + 1, -1, 1.5, NaN]) {
    for (const list of [users.listInboxMessages({ limit }), users.listSentboxMessages({ limit })])
      await assert.rejects(list, { code: 'SIZE', limit: 'listLimitMax', message: new RegExp(String(listLimitMax)) })
  }
  assert.deepEqual(await users.listInboxMessages({ limit: listLimitMax }), [])
})

test('textile never: equal-millisecond order: messages of one millisecond keep the order in which they came', async t => {
  const world = TextileWorld.for(t, 1, new ManualClock())
  const [a, b] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const [alice, bob] = [await world.user(a), await world.owner(b)]
  const ids: string[] = []
  for (let n = 0; n < 6; n++) ids.push((await alice.sendMessage(a, b.public, textBytes(String(n)))).id)
  const listed = await bob.listInboxMessages({ ascending: true })
  assert.equal(new Set(listed.map(({ createdAt }) => createdAt)).size, 1)
  assert.deepEqual(
    listed.map(({ id }) => id),
    ids
  )
  assert.deepEqual((await bob.listInboxMessages()).map(({ id }) => id).reverse(), ids)
  const page = await bob.listInboxMessages({ ascending: true, seek: ids[3] ?? '' })
  assert.deepEqual(
    page.map(({ id }) => id),
    ids.slice(3)
  )
})

test('textile never: status READ lists what was read and nothing else', async t => {
  const world = TextileWorld.for(t, 1)
  const key = PrivateKey.fromRandom()
  const users = await world.owner(key)
  for (const text of ['one', 'two']) await users.sendMessage(key, key.public, textBytes(text))
  assert.deepEqual(await users.listInboxMessages({ status: Status.READ }), [])
  const [newest] = await users.listInboxMessages()
  await users.readInboxMessage(newest?.id ?? '')
  const read = await users.listInboxMessages({ status: Status.READ })
  assert.deepEqual(await Promise.all(read.map(async message => opened(key, message))), ['two'])
  // what TypeScript would refuse, JavaScript may give
  await assert.rejects(users.listInboxMessages({ status: 3 as Status }), /expected Status/)
})

test('textile never: cross-language message: keys and text of their JavaScript arrive here as they would there', async t => {
  const world = TextileWorld.for(t)
  const [a, b] = [PrivateKey.fromString(js.from_private_text), PrivateKey.fromString(js.to_private_text)]
  const [alice, bob] = [await world.owner(a), await world.owner(b)]
  await alice.sendMessage(a, b.public, textBytes(js.plaintext))
  const [message] = await bob.listInboxMessages()
  assert.ok(message !== undefined)
  assert.deepEqual([message.from, message.to], [js.from_public_text, js.to_public_text])
  assert.equal(message.body.length, js.body.length / 2)
  assert.equal(message.signature.length, js.signature.length / 2)
  assert.equal(await opened(b, message), js.plaintext)
})

test('textile never: large body: the largest arrives, one byte more is SIZE and nothing is queued', async t => {
  const world = TextileWorld.for(t, 1)
  const [a, b] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const [alice, bob] = [await world.user(a), await world.owner(b)]
  const body = fixedBytes('large', bodyBytesMax - 144)
  await alice.sendMessage(a, b.public, body)
  const [message] = await bob.listInboxMessages()
  assert.ok(message !== undefined)
  assert.equal(hex(await b.decrypt(message.body)), hex(body))
  await assert.rejects(alice.sendMessage(a, b.public, new Uint8Array(bodyBytesMax - 143)), { code: 'SIZE' })
  assert.equal((await alice.listSentboxMessages()).length, 1)
})

test('textile never: two devices: mail goes to the one that set the mailbox up last; the other says SEAL and takes none away', async t => {
  const world = TextileWorld.for(t, 1)
  const [a, b] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const alice = await world.user(a)
  const first = await world.owner(b, { store: new BreakableLevel() })
  const before = await alice.sendMessage(a, b.public, textBytes('to the first'))
  assert.deepEqual(
    (await first.listInboxMessages()).map(({ id }) => id),
    [before.id]
  )
  const second = await world.owner(b, { store: new BreakableLevel() })
  // a sender asks for the keys of a recipient once a day: this is one that has not asked yet
  const c = PrivateKey.fromRandom()
  const after = await (await world.user(c)).sendMessage(c, b.public, textBytes('to the second'))
  const { failed } = await first.mailbox.inbox.pull()
  assert.deepEqual(
    failed.map(({ code }) => code),
    ['SEAL']
  )
  assert.deepEqual(
    (await second.listInboxMessages()).map(({ id }) => id),
    [after.id]
  )
  assert.deepEqual(
    (await first.listInboxMessages()).map(({ id }) => id),
    [before.id]
  )
})

test('textile never: concurrent read and delete: deleted stays deleted, whichever comes first', async t => {
  const world = TextileWorld.for(t, 1)
  const key = PrivateKey.fromRandom()
  const users = await world.owner(key)
  for (const readFirst of [true, false]) {
    const { id } = await users.sendMessage(key, key.public, textBytes('x'))
    await users.listInboxMessages()
    const calls = [async () => users.readInboxMessage(id), async () => users.deleteInboxMessage(id)]
    const outcomes = await Promise.allSettled((readFirst ? calls : calls.reverse()).map(async call => call()))
    const deletion = outcomes[readFirst ? 1 : 0]
    assert.equal(deletion?.status, 'fulfilled')
    const reading = outcomes[readFirst ? 0 : 1]
    if (reading?.status === 'rejected') assert.equal((reading.reason as { code: string }).code, 'NOT_FOUND')
    assert.deepEqual(await users.listInboxMessages(), [])
    assert.deepEqual(await users.listInboxMessages({ status: Status.READ }), [])
    assert.deepEqual(await users.mailbox.inbox.counts(), { all: 0, unread: 0 })
  }
})

test('D5: one row that cannot be read hides no other', async t => {
  const world = TextileWorld.for(t, 1)
  const [key, store, said] = [PrivateKey.fromRandom(), new BreakableLevel(), [] as string[]]
  const users = await world.owner(key, { store, log: (_level, event) => said.push(event) })
  const ids: string[] = []
  for (const text of ['one', 'two', 'three']) ids.push((await users.sendMessage(key, key.public, textBytes(text))).id)
  await users.listInboxMessages()
  const rows = await store.keys().all()
  const row = rows.find(name => name.startsWith('message!') && name.endsWith(ids[1] ?? ''))
  assert.ok(row !== undefined)
  await store.put(row, Uint8Array.of(0xff) as unknown as string)
  const listed = await users.listInboxMessages()
  assert.deepEqual(
    listed.map(({ id }) => id),
    [ids[2], ids[0]]
  )
  assert.ok(said.includes('message_unreadable'))
})
