/** Acceptance cases of Textile's Go and JavaScript suites for mailboxes (`CASES.md` lists them all). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { PrivateKey, PublicKey, Status, Users } from '../../../src/textile/index.ts'
import { BreakableLevel } from '../../helpers/clients.ts'
import { opened, textBytes, TextileWorld } from '../../helpers/textile.ts'

const nsPerMs = 1_000_000

/** Alice, who has sent ten messages to Bob; both have mailboxes. */
async function tenSent(world: TextileWorld) {
  const [a, b] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const [alice, bob] = [await world.owner(a), await world.owner(b)]
  const ids: string[] = []
  for (let n = 0; n < 10; n++) ids.push((await alice.sendMessage(a, b.public, textBytes(`message ${n}`))).id)
  return { a, b, alice, bob, ids }
}

test('textile 8.1: a mailbox that was set up is there again when its store is opened anew', async t => {
  const world = TextileWorld.for(t)
  const [identity, store] = [PrivateKey.fromRandom(), new BreakableLevel()]
  const before = await world.owner(identity, { store })
  const id = await before.getMailboxID()
  await before.close()
  assert.equal(await (await world.user(identity, { store })).getMailboxID(), id)
})

test('textile 8.1: without an identity every call says that getToken comes first', async t => {
  const users = await TextileWorld.for(t, 1).nobody()
  const key = PrivateKey.fromRandom()
  for (const call of [
    async () => users.setupMailbox(),
    async () => users.getMailboxID(),
    async () => users.sendMessage(key, key.public, textBytes('x')),
    async () => users.listInboxMessages(),
    async () => users.listSentboxMessages(),
    async () => users.readInboxMessage('x'),
    async () => users.deleteInboxMessage('x'),
    async () => users.deleteSentboxMessage('x')
  ])
    await assert.rejects(call, { code: 'AUTH', message: /getToken/ })
})

test('textile 8.1: the mailbox is that of the identity that opened it, and of no other', async t => {
  const world = TextileWorld.for(t)
  const identity = PrivateKey.fromRandom()
  const users = await world.owner(identity)
  assert.equal(await users.getMailboxID(), identity.public.toString())
  assert.equal(users.mailbox.address, identity.public.toString())
  assert.equal(await users.getToken(identity), identity.public.toString())
  await assert.rejects(users.getToken(PrivateKey.fromRandom()), { code: 'AUTH' })
})

test('textile 8.1: a message has an id, both addresses, a signature of its box, and opens for sender and recipient', async t => {
  const world = TextileWorld.for(t)
  const [a, b] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const [alice, bob] = [await world.owner(a), await world.owner(b)]
  const sent = await alice.sendMessage(a, b.public, textBytes('howdy'))
  assert.match(sent.id, /^[0-9a-f]{64}$/)
  assert.deepEqual([sent.from, sent.to], [a.public.toString(), b.public.toString()])
  assert.equal(await a.public.verify(sent.body, sent.signature), true)
  assert.equal(sent.readAt, undefined)
  assert.ok(Math.abs(sent.createdAt / nsPerMs - world.env.now()) < 60_000)
  assert.equal(await opened(a, sent), 'howdy')
  const [message, ...others] = await bob.listInboxMessages()
  assert.deepEqual(others, [])
  assert.equal(message?.id, sent.id)
  assert.equal(message.readAt, 0)
  assert.equal(message.createdAt, sent.createdAt)
  assert.deepEqual(await alice.listSentboxMessages(), [sent])
  assert.equal(await opened(b, message), 'howdy')
  await assert.rejects(opened(b, sent), { code: 'SEAL' })
})

test('textile 8.2: setting up gives an id, and the same id again, on another machine as well', async t => {
  const world = TextileWorld.for(t)
  const identity = PrivateKey.fromRandom()
  const users = await world.user(identity)
  const id = await users.setupMailbox()
  assert.notEqual(id, '')
  assert.equal(await users.setupMailbox(), id)
  assert.equal(await (await world.user(identity)).setupMailbox(), id)
})

test('textile 8.2: sending answers with an id and a time', async t => {
  const world = TextileWorld.for(t)
  const key = PrivateKey.fromRandom()
  const users = await world.owner(key)
  const { id, createdAt } = await users.sendMessage(key, key.public, textBytes('to myself'))
  assert.notEqual(id, '')
  assert.ok(createdAt > 0)
})

test('textile 8.2: ten that were sent are listed newest first, and the first one opens', async t => {
  const { b, bob, ids } = await tenSent(TextileWorld.for(t, 1))
  const listed = await bob.listInboxMessages()
  assert.deepEqual(
    listed.map(({ id }) => id),
    ids.toReversed()
  )
  assert.equal(await opened(b, listed[0]), 'message 9')
})

test('textile 8.2: a limit of five gives five; 0 is the default', async t => {
  const { bob, ids } = await tenSent(TextileWorld.for(t, 1))
  const listed = await bob.listInboxMessages({ limit: 5 })
  assert.deepEqual(
    listed.map(({ id }) => id),
    ids.toReversed().slice(0, 5)
  )
  assert.equal((await bob.listInboxMessages({ limit: 0 })).length, 10)
})

test('textile 8.2: ascending gives the oldest first', async t => {
  const { bob, ids } = await tenSent(TextileWorld.for(t, 1))
  const listed = await bob.listInboxMessages({ limit: 5, ascending: true })
  assert.deepEqual(
    listed.map(({ id }) => id),
    ids.slice(0, 5)
  )
})

test('textile 8.2: pages of two by seek, which is inclusive, give all ten without gap or repeat', async t => {
  const { bob, ids } = await tenSent(TextileWorld.for(t, 1))
  for (const ascending of [false, true]) {
    const found: string[] = []
    let seek = ''
    let pages = 0
    do {
      // theirs: ask for one more than is kept, it is where the next page begins
      const page = await bob.listInboxMessages({ seek, limit: 3, ascending })
      found.push(...page.slice(0, 2).map(({ id }) => id))
      seek = page[2]?.id ?? ''
      pages++
    } while (seek !== '')
    assert.equal(pages, 5)
    assert.deepEqual(found, ascending ? ids : ids.toReversed())
  }
})

test('textile 8.2: after one was read there are ten in all, one read with a time, nine unread without', async t => {
  const { bob, ids } = await tenSent(TextileWorld.for(t, 1))
  await bob.listInboxMessages()
  await bob.readInboxMessage(ids[4] ?? '')
  assert.equal((await bob.listInboxMessages({ status: Status.ALL })).length, 10)
  const read = await bob.listInboxMessages({ status: Status.READ })
  assert.deepEqual(
    read.map(({ id }) => id),
    [ids[4]]
  )
  assert.ok((read[0]?.readAt ?? 0) > 0)
  const unread = await bob.listInboxMessages({ status: Status.UNREAD })
  assert.equal(unread.length, 9)
  assert.ok(unread.every(({ readAt }) => readAt === 0))
})

test('textile 8.2: the sentbox lists newest first or oldest first, and its sender opens every message', async t => {
  const world = TextileWorld.for(t)
  const [a, b] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const [alice] = [await world.owner(a), await world.owner(b)]
  for (const text of ['one', 'two']) await alice.sendMessage(a, b.public, textBytes(text))
  for (const [ascending, expected] of [
    [false, ['two', 'one']],
    [true, ['one', 'two']]
  ] as const) {
    const sent = await alice.listSentboxMessages({ ascending })
    assert.deepEqual(await Promise.all(sent.map(async message => opened(a, message))), expected)
    for (const { body, signature, to } of sent) {
      assert.equal(await a.public.verify(body, signature), true)
      assert.equal(to, b.public.toString())
    }
  }
})

test('textile 8.2: reading answers with the time, which stays what it was', async t => {
  const { bob, ids } = await tenSent(TextileWorld.for(t, 1))
  await bob.listInboxMessages()
  const { readAt } = await bob.readInboxMessage(ids[0] ?? '')
  assert.ok(readAt > 0)
  assert.deepEqual(await bob.readInboxMessage(ids[0] ?? ''), { readAt })
})

test('textile 8.2: after a delete the inbox is empty, and the copy of the sender is not', async t => {
  const world = TextileWorld.for(t)
  const [a, b] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const [alice, bob] = [await world.owner(a), await world.owner(b)]
  const { id } = await alice.sendMessage(a, b.public, textBytes('x'))
  assert.equal((await bob.listInboxMessages()).length, 1)
  await bob.deleteInboxMessage(id)
  assert.deepEqual(await bob.listInboxMessages(), [])
  assert.equal((await alice.listSentboxMessages()).length, 1)
})

test('textile 8.2: after a delete the sentbox is empty, and the recipient has the message', async t => {
  const world = TextileWorld.for(t)
  const [a, b] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const [alice, bob] = [await world.owner(a), await world.owner(b)]
  const { id } = await alice.sendMessage(a, b.public, textBytes('x'))
  await alice.deleteSentboxMessage(id)
  assert.deepEqual(await alice.listSentboxMessages(), [])
  assert.equal((await bob.listInboxMessages()).length, 1)
})

test('textile 8.3: setting up needs an identity, then gives an id, and so for a second user', async t => {
  const world = TextileWorld.for(t)
  const users = await world.nobody()
  await assert.rejects(users.setupMailbox(), { code: 'AUTH' })
  const [one, two] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  assert.notEqual(await (await world.user(one)).setupMailbox(), '')
  assert.notEqual(await (await world.user(two)).setupMailbox(), '')
})

test('textile 8.3: a message that was sent to a second user is in the sentbox', async t => {
  const world = TextileWorld.for(t)
  const [one, two] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const [users] = [await world.owner(one), await world.owner(two)]
  const { id } = await users.sendMessage(one, two.public, textBytes('first'))
  assert.deepEqual(
    (await Users.copyAuth(users).listSentboxMessages()).map(message => message.id),
    [id]
  )
})

test('textile 8.3: it is found with a signature that verifies, decrypts, and after it was read none is unread', async t => {
  const world = TextileWorld.for(t)
  const [one, two] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const [users1, users2] = [await world.owner(one), await world.owner(two)]
  await users1.sendMessage(one, two.public, textBytes('first'))
  const [message] = await users2.listInboxMessages()
  assert.ok(message !== undefined)
  assert.equal(await one.public.verify(message.body, message.signature), true)
  assert.equal(await PublicKey.fromString(message.from).verify(message.body, message.signature), true)
  assert.equal(await opened(two, message), 'first')
  await users2.readInboxMessage(message.id)
  assert.deepEqual(await users2.listInboxMessages({ status: Status.UNREAD }), [])
})

test('textile 8.3: deleting takes an inbox from one to none', async t => {
  const world = TextileWorld.for(t)
  const key = PrivateKey.fromRandom()
  const users = await world.owner(key)
  await users.sendMessage(key, key.public, textBytes('x'))
  const [message] = await users.listInboxMessages()
  await users.deleteInboxMessage(message?.id ?? '')
  assert.equal((await users.listInboxMessages()).length, 0)
})

test('textile 8.3: deleting takes a sentbox from one to none', async t => {
  const world = TextileWorld.for(t)
  const key = PrivateKey.fromRandom()
  const users = await world.owner(key)
  await users.sendMessage(key, key.public, textBytes('x'))
  const [message] = await users.listSentboxMessages()
  await users.deleteSentboxMessage(message?.id ?? '')
  assert.equal((await users.listSentboxMessages()).length, 0)
})

test('textile 8.3: the id of a mailbox is looked up; before there is one, that is an error', async t => {
  const users = await TextileWorld.for(t).user(PrivateKey.fromRandom())
  await assert.rejects(users.getMailboxID(), { code: 'NOT_REGISTERED' })
  const id = await users.setupMailbox()
  assert.equal(await users.getMailboxID(), id)
})

test('an identity of another library that signs, and one of this package, have mailboxes as a PrivateKey has', async t => {
  const world = TextileWorld.for(t)
  const [key, own, a] = [PrivateKey.fromRandom(), generateIdentity(), PrivateKey.fromRandom()]
  const alice = await world.user(a)
  const signer = { sign: async (data: Uint8Array) => await key.sign(data), public: key.public }
  for (const [identity, recipient] of [
    [signer, key],
    [own, PrivateKey.fromRawEd25519Seed(own.seed)]
  ] as const) {
    const users = await world.owner(identity)
    assert.equal(await users.getMailboxID(), recipient.public.toString())
    await alice.sendMessage(a, recipient.public, textBytes('for your eyes'))
    const [message] = await users.listInboxMessages()
    // the mailbox opened it; what it hands out only the application's own key opens
    assert.equal(await opened(recipient, message), 'for your eyes')
  }
})

test('an identity whose public key is not that of its seed is KEY', async t => {
  const users = await TextileWorld.for(t, 1).nobody()
  const [key, other] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const mixed = { sign: async (data: Uint8Array) => await key.sign(data), public: other.public, seed: key.seed }
  await assert.rejects(users.getToken(mixed), { code: 'KEY' })
  // and nobody acts for it: another may still be said
  assert.equal(await users.getToken(key), key.public.toString())
  await users.close()
})
