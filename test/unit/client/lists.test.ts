import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import type { InboxItem, SentItem } from '../../../src/client/message.ts'
import { isBad } from '../../../src/client/message.ts'
import type { PrivateIdentity } from '../../../src/identity/keys.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { audit } from '../../helpers/books.ts'
import { BreakableLevel, ManualClock, sound, World } from '../../helpers/clients.ts'

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
