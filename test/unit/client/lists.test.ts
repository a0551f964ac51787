import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import type { InboxItem, SentItem } from '../../../src/client/message.ts'
import { isBad } from '../../../src/client/message.ts'
import type { PrivateIdentity } from '../../../src/identity/keys.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { StoredRecord } from '../../../src/wire/messages.js'
import { audit } from '../../helpers/books.ts'
import { all, BreakableLevel, ManualClock, sound, World } from '../../helpers/clients.ts'

const textOf = (item: InboxItem | SentItem): string => (isBad(item) ? 'bad' : Buffer.from(item.body).toString())
const texts = (items: ReadonlyArray<InboxItem | SentItem>): string[] => items.map(textOf)

interface Pair {
  readonly world: World
  readonly clock: ManualClock
  readonly identity: PrivateIdentity
  readonly store: BreakableLevel
  readonly bob: Mailbox
  readonly alice: Mailbox
  /** Bob's books are right. */
  readonly audited: () => Promise<void>
}

/** Bob has a mailbox, and `count` messages of Alice are in it; every clock stands still, so all have one time. */
async function pair(t: TestContext, count: number, ackPolicy: 'manual' | 'on-store' = 'on-store'): Promise<Pair> {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const identity = generateIdentity()
  const store = new BreakableLevel()
  const bob = await world.registered({ identity, store, ackPolicy })
  const alice = await world.mailbox()
  for (let n = 0; n < count; n++) {
    await alice.send(bob.address, `${n}`)
    await bob.inbox.pull()
  }
  const audited = async (): Promise<void> => {
    await audit(store, identity)
  }
  return { world, clock, identity, store, bob, alice, audited }
}

const newest = (count: number): string[] => Array.from({ length: count }, (_, n) => `${count - 1 - n}`)

test('textile 8.2: ListInboxMessages with seek gives ten messages in five pages of two, newest first, none twice', async t => {
  const { bob, audited } = await pair(t, 10)
  const seen: string[] = []
  let pages = 0
  for (let seek: string | undefined, more = true; more; pages++) {
    const { items, next } = await bob.inbox.page({ limit: 2, ...(seek === undefined ? {} : { seek }) })
    seen.push(...texts(items))
    more = next !== undefined
    seek = next
  }
  assert.deepEqual([pages, seen], [5, newest(10)])
  await audited()
})

test('read, unread and delete change lists and counters together, and a second time nothing', async t => {
  const { bob, alice, audited } = await pair(t, 3)
  const [third, second, first] = await sound(bob.inbox.list())
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  await bob.inbox.read(first.id)
  await bob.inbox.read([first.id, second.id])
  assert.deepEqual(await bob.inbox.counts(), { all: 3, unread: 1 })
  assert.deepEqual(texts(await sound(bob.inbox.list({ status: 'read' }))), ['1', '0'])
  assert.deepEqual(texts(await sound(bob.inbox.list({ status: 'unread', from: alice.address }))), ['2'])
  await bob.inbox.unread(second.id)
  await bob.inbox.unread(second.id)
  assert.deepEqual(await bob.inbox.counts({ from: alice.address }), { all: 3, unread: 2 })
  await bob.inbox.delete([second.id, third.id])
  assert.deepEqual(await bob.inbox.counts(), { all: 1, unread: 0 })
  assert.deepEqual(texts(await sound(bob.inbox.list())), ['0'])
  assert.equal(await bob.inbox.get(third.id), undefined)
  await assert.rejects(bob.inbox.delete(third.id), { code: 'NOT_FOUND' })
  await audited()
})

test('textile 8.2: ListInboxMessages check order, with limit, with ascending and with status', async t => {
  const { bob, clock, audited } = await pair(t, 10)
  assert.deepEqual(texts(await sound(bob.inbox.list())), newest(10))
  assert.deepEqual(texts(await sound(bob.inbox.list({ limit: 5 }))), newest(10).slice(0, 5))
  const oldest = await sound(bob.inbox.list({ limit: 5, order: 'oldest' }))
  assert.deepEqual(texts(oldest), newest(10).slice(-5).reverse())
  const [first] = oldest
  assert.ok(first !== undefined)
  await bob.inbox.read(first.id)
  const [whole, read, unread] = await Promise.all(
    (['all', 'read', 'unread'] as const).map(async status => await sound(bob.inbox.list({ status })))
  )
  assert.deepEqual([whole?.length, read?.length, unread?.length], [10, 1, 9])
  assert.deepEqual(
    read?.map(({ id, readMs }) => [id, readMs]),
    [[first.id, clock.now()]]
  )
  assert.ok(unread?.every(({ readMs }) => readMs === undefined))
  await audited()
})

test('D9: a page of each status, from each end, gives what the status says and nothing twice', async t => {
  const { bob, alice, audited } = await pair(t, 7)
  const ids = (await sound(bob.inbox.list({ order: 'oldest' }))).map(({ id }) => id)
  await bob.inbox.read(ids.filter((_, n) => n % 2 === 0))
  for (const from of [undefined, alice.address])
    for (const status of ['read', 'unread'] as const)
      for (const order of ['newest', 'oldest'] as const) {
        const seen: string[] = []
        for (let seek: string | undefined, more = true; more; more = seek !== undefined) {
          const options = { status, order, limit: 1, ...(from === undefined ? {} : { from }) }
          const { items, next } = await bob.inbox.page(seek === undefined ? options : { ...options, seek })
          seen.push(...texts(items))
          seek = next
        }
        const wanted = status === 'read' ? ['0', '2', '4', '6'] : ['1', '3', '5']
        assert.deepEqual(seen, order === 'oldest' ? wanted : wanted.toReversed(), `${status} ${order}`)
      }
  await audited()
})

test('messages of one millisecond have one order, the same from both ends, and different times of arrival', async t => {
  const { bob, clock } = await pair(t, 4)
  const listed = await sound(bob.inbox.list())
  const back = await sound(bob.inbox.list({ order: 'oldest' }))
  assert.deepEqual(back.toReversed(), listed)
  const times = back.map(({ arrivedMs }) => arrivedMs)
  assert.deepEqual(
    times,
    [0, 1, 2, 3].map(n => clock.now() + n)
  )
})

test('since and until are times of arrival: from the first on, before the second', async t => {
  const { bob, alice, clock } = await pair(t, 1)
  const startMs = clock.now()
  for (const text of ['1', '2', '3']) {
    clock.advance(1_000)
    await alice.send(bob.address, text)
    await bob.inbox.pull()
  }
  const within = async (since: number, until: number): Promise<string[]> =>
    texts(await sound(bob.inbox.list({ since: startMs + since, until: startMs + until, order: 'oldest' })))
  assert.deepEqual(await within(1_000, 3_000), ['1', '2'])
  assert.deepEqual(await within(1_000.5, 3_000.5), ['2', '3'])
  assert.deepEqual(await within(-startMs - 5, Infinity), ['0', '1', '2', '3'])
  assert.deepEqual(await within(2_000, 1_000), [])
  assert.deepEqual(texts((await bob.inbox.page({ since: startMs + 1_000, limit: 2 })).items), ['3', '2'])
  await assert.rejects(within(NaN, 0), TypeError)
})

test('an unknown seek is NOT_FOUND, a limit over the cap SIZE, a wrong address ADDRESS, anything else a TypeError', async t => {
  const { bob, alice } = await pair(t, 1)
  const seek = '00'.repeat(32)
  for (const box of [bob.inbox, bob.sentbox, bob.requests]) {
    await assert.rejects(box.page({ seek }), { code: 'NOT_FOUND' })
    await assert.rejects(box.list({ seek }).next(), { code: 'NOT_FOUND' })
    for (const limit of [0, -1, 1.5, NaN, 10_001])
      await assert.rejects(box.page({ limit }), { code: 'SIZE', limit: 'listLimitMax' })
    await assert.rejects(box.page({ order: 'up' as 'newest' }), TypeError)
  }
  await assert.rejects(bob.inbox.page({ from: 'alice' }), { code: 'ADDRESS' })
  await assert.rejects(bob.sentbox.page({ to: 'alice' }), { code: 'ADDRESS' })
  await assert.rejects(bob.inbox.conversationPage('alice'), { code: 'ADDRESS' })
  await assert.rejects(bob.inbox.page({ status: 'new' as 'all' }), TypeError)
  await assert.rejects(bob.inbox.conversationPage(alice.address, { seek }), { code: 'NOT_FOUND' })
  await assert.rejects(bob.inbox.conversations({ seek: bob.address }), { code: 'NOT_FOUND' })
  await assert.rejects(bob.inbox.page({ signal: AbortSignal.abort() }), { code: 'ABORTED' })
})

test('one call marks or deletes a thousand messages at most, and all of them or none', async t => {
  const { bob, audited } = await pair(t, 2)
  const ids = (await sound(bob.inbox.list())).map(({ id }) => id)
  const many = Array.from({ length: 1_001 }, (_, n) => n.toString(16).padStart(64, '0'))
  const unknown = [...ids, '00'.repeat(32)]
  for (const mark of ['read', 'unread', 'delete'] as const) {
    await assert.rejects(bob.inbox[mark](many), { code: 'SIZE', limit: 'idsPerCallMax' })
    await assert.rejects(bob.inbox[mark](unknown), { code: 'NOT_FOUND' })
  }
  await assert.rejects(bob.sentbox.delete(many), { code: 'SIZE' })
  assert.deepEqual(await bob.inbox.counts(), { all: 2, unread: 2 })
  // the same one a thousand times over is one
  await bob.inbox.read([...ids, ...Array.from({ length: 1_000 }, () => ids[0] ?? '')])
  assert.deepEqual(await bob.inbox.counts(), { all: 2, unread: 0 })
  await audited()
})

test('paging goes on where it was when the message that begins the next page has been deleted or read', async t => {
  const { bob } = await pair(t, 6)
  const { next = '' } = await bob.inbox.page({ limit: 2, status: 'unread' })
  await bob.inbox.delete(next)
  const second = await bob.inbox.page({ limit: 2, seek: next, status: 'unread' })
  assert.deepEqual(texts(second.items), ['2', '1'])
  await bob.inbox.read(second.next ?? '')
  assert.deepEqual(texts((await bob.inbox.page({ seek: second.next ?? '', status: 'unread' })).items), [])
})

test('a message of which an entry is damaged is listed with its error, hides no other, and can be deleted', async t => {
  const { bob, alice, store, audited } = await pair(t, 4)
  const [last, third, second, first] = await sound(bob.inbox.list())
  assert.ok(first !== undefined && second !== undefined && third !== undefined && last !== undefined)
  const view = { valueEncoding: 'view' } as const
  await store.put(`message!${first.id}`, Uint8Array.of(0xff, 0x00), view)
  await store.put(`message!${second.id}`, Uint8Array.of(0xa0), view)
  await store.del(`message!${third.id}`)
  const items = (await bob.inbox.page()).items
  assert.deepEqual(texts(items), ['3', 'bad', 'bad', 'bad'])
  for (const item of items.slice(1)) {
    assert.ok(isBad(item))
    assert.equal(item.error.code, 'DAMAGED')
    assert.match(item.error.message, /can be deleted/)
  }
  assert.deepEqual(
    items.map(({ arrivedMs }) => arrivedMs),
    [last, third, second, first].map(({ arrivedMs }) => arrivedMs)
  )
  await assert.rejects(bob.inbox.get(first.id), { code: 'DAMAGED' })
  const [talk] = (await bob.inbox.conversations()).items
  assert.equal(talk?.all, 4)
  const conversation = await bob.inbox.conversationPage(alice.address)
  assert.deepEqual(conversation.items.map(textOf), ['3', 'bad', 'bad', 'bad'])
  await bob.inbox.read([first.id, second.id])
  await bob.inbox.delete([first.id, second.id, third.id])
  assert.deepEqual(texts(await sound(bob.inbox.list())), ['3'])
  await store.put(`message!${third.id}`, Uint8Array.of(0xa0), view)
  await audited()
})

test('a message whose state is damaged is listed with its error, and what is done with it is DAMAGED and changes nothing', async t => {
  const { bob, store } = await pair(t, 2)
  const [second, first] = await sound(bob.inbox.list())
  assert.ok(first !== undefined && second !== undefined)
  await store.put(`state!${first.id}`, Uint8Array.of(0xff), { valueEncoding: 'view' })
  assert.deepEqual(texts((await bob.inbox.page()).items), ['1', 'bad'])
  await assert.rejects(bob.inbox.read([first.id, second.id]), { code: 'DAMAGED' })
  assert.equal((await bob.inbox.get(second.id))?.readMs, undefined)
})

test('D10: the sentbox lists in both orders, by recipient, from a message on, and deletes copies without recalling', async t => {
  const { bob, alice, world } = await pair(t, 3)
  const carol = await world.registered()
  await alice.send(carol.address, 'to carol')
  const list = async (o: Parameters<typeof alice.sentbox.list>[0]): Promise<string[]> =>
    texts(await sound(alice.sentbox.list(o)))
  assert.deepEqual(await list({}), ['to carol', '2', '1', '0'])
  assert.deepEqual(await list({ order: 'oldest' }), ['0', '1', '2', 'to carol'])
  assert.deepEqual(await list({ to: bob.address, limit: 2 }), ['2', '1'])
  assert.deepEqual(
    [await alice.sentbox.counts(), await alice.sentbox.counts({ to: bob.address })],
    [{ all: 4 }, { all: 3 }]
  )
  const { items, next = '' } = await alice.sentbox.page({ limit: 2 })
  assert.deepEqual(
    [texts(items), texts((await alice.sentbox.page({ seek: next })).items)],
    [
      ['to carol', '2'],
      ['1', '0']
    ]
  )
  const [newestSent] = await sound(alice.sentbox.list())
  assert.ok(newestSent !== undefined)
  await alice.sentbox.delete(newestSent.id)
  assert.equal(await alice.sentbox.get(newestSent.id), undefined)
  await assert.rejects(alice.sentbox.delete(newestSent.id), { code: 'NOT_FOUND' })
  assert.deepEqual(await alice.sentbox.counts(), { all: 3 })
  assert.equal((await carol.inbox.pull()).received, 1)
})

test('a conversation has both directions by the order of their places here; conversations are in that of their last messages', async t => {
  const { bob, alice, world, audited } = await pair(t, 2)
  await alice.register()
  const carol = await world.mailbox()
  await bob.send(alice.address, 'answer')
  await alice.send(bob.address, 'again')
  await carol.send(bob.address, 'from carol')
  await bob.send(bob.address, 'to myself')
  for (const mailbox of [bob, alice]) await mailbox.inbox.pull()
  const talk = async (peer: string, o?: Parameters<typeof bob.inbox.conversation>[1]): Promise<string[]> =>
    (await all(bob.inbox.conversation(peer, o))).map(item => `${item.direction} ${textOf(item)}`)
  assert.deepEqual((await talk(alice.address)).slice(-3), ['out answer', 'in 1', 'in 0'])
  assert.deepEqual((await talk(alice.address, { status: 'unread', order: 'oldest' })).length, 3)
  assert.deepEqual(await talk(bob.address), ['in to myself'])
  const seen: string[] = []
  for (let seek: string | undefined, more = true; more; more = seek !== undefined) {
    const page = await bob.inbox.conversationPage(alice.address, { limit: 1, ...(seek === undefined ? {} : { seek }) })
    seen.push(...page.items.map(textOf))
    seek = page.next
  }
  assert.deepEqual(seen, ['again', 'answer', '1', '0'])
  const first = await bob.inbox.conversations({ limit: 2 })
  const second = await bob.inbox.conversations({ seek: first.next ?? '' })
  const peers = [...first.items, ...second.items]
  assert.equal(new Set(peers.map(({ peer }) => peer)).size, 3)
  const places = peers.map(({ last }) => ('storedMs' in last ? last.storedMs : last.arrivedMs))
  assert.deepEqual(
    places,
    places.toSorted((a, b) => b - a)
  )
  assert.partialDeepStrictEqual(
    peers.find(({ peer }) => peer === alice.address),
    { all: 4, unread: 3 }
  )
  const [again] = await sound(bob.inbox.list({ from: alice.address }))
  await bob.inbox.delete(again?.id ?? '')
  await audited()
  const after = (await bob.inbox.conversations()).items.find(({ peer }) => peer === alice.address)
  assert.equal(after?.all, 3)
  assert.equal(textOf(after.last), 'answer')
})

test('G5: a deleted message does not come back from a relay that still has it, nor by a new copy of its record', async t => {
  const { bob, alice, world, store, identity, audited } = await pair(t, 0, 'manual')
  const [away, ...others] = world.relays
  assert.ok(away !== undefined)
  const { id } = await alice.send(bob.address, 'x')
  await bob.inbox.pull()
  const kept = away.entries.map(({ bytes }) => bytes)
  for (const relay of world.relays) relay.node.stop()
  await bob.inbox.delete(id)
  assert.deepEqual(await bob.inbox.counts(), { all: 0, unread: 0 })
  await bob.close()
  for (const relay of world.relays) relay.node.start()
  const again = await world.mailbox({ identity, store, ackPolicy: 'manual' })
  assert.equal((await again.inbox.pull()).received, 0)
  assert.deepEqual(
    [away, ...others].map(relay => relay.entries.length),
    [0, 0, 0]
  )
  // as after a repair from a backup
  away.tombstoned.clear()
  for (const bytes of kept) away.keep(StoredRecord.decode(bytes))
  assert.equal(away.entries.length, 1)
  assert.equal((await again.inbox.pull()).received, 0)
  assert.equal(away.entries.length, 0)
  assert.deepEqual(texts(await sound(again.inbox.list())), [])
  await audited()
})

test('the relays are told of a delete at once where they can be, and it does not wait for them', async t => {
  const { bob, alice, world } = await pair(t, 0, 'manual')
  const { id } = await alice.send(bob.address, 'x')
  await bob.inbox.pull()
  const [told, answer] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
  for (const relay of world.relays)
    relay.fault = call => {
      if (call !== 'tombstone') return undefined
      told.resolve(undefined)
      return answer.promise
    }
  await bob.inbox.delete(id)
  await told.promise
  answer.resolve(undefined)
})

test('reading and deleting one message at the same time leaves it deleted, and the books right', async t => {
  const { bob, audited } = await pair(t, 3)
  const ids = (await sound(bob.inbox.list())).map(({ id }) => id)
  const outcomes = await Promise.allSettled([
    bob.inbox.read(ids),
    bob.inbox.delete(ids.slice(0, 2)),
    bob.inbox.unread(ids),
    bob.inbox.delete(ids.slice(1))
  ])
  assert.deepEqual(
    outcomes.map(outcome => (outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : 'done')),
    ['done', 'done', 'NOT_FOUND', 'NOT_FOUND']
  )
  assert.deepEqual(await bob.inbox.counts(), { all: 1, unread: 0 })
  await audited()
})
