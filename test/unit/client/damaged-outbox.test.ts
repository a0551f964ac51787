/** Entries of the outbox that cannot be read: each is set aside or goes on, and holds up no other (SPEC §10.2). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import { Status } from '../../../src/errors.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { all, BreakableLevel, ManualClock, sound, World } from '../../helpers/clients.ts'

const damaged = Uint8Array.of(0xff)
const view = { valueEncoding: 'view' } as const

interface Scene {
  readonly world: World
  readonly clock: ManualClock
  readonly store: BreakableLevel
  readonly bob: Mailbox
  readonly alice: Mailbox
  /** Record ids of three messages to Bob that wait, and the handle of one to somebody without a mailbox. */
  readonly sealed: readonly string[]
  readonly draft: string
  /** The relays take everything, and Alice's client starts again. */
  readonly reopen: () => Promise<Mailbox>
}

async function scene(t: TestContext): Promise<Scene> {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const [identity, store] = [generateIdentity(), new BreakableLevel()]
  const bob = await world.registered()
  const alice = await world.mailbox({ identity, store })
  for (const relay of world.relays) relay.fault = call => (['info', 'get'].includes(call) ? undefined : Status.BUSY)
  const sealed: string[] = []
  for (const text of ['one', 'two', 'three']) sealed.push((await alice.send(bob.address, text)).id)
  const { id: draft } = await alice.send(generateIdentity().address, 'to nobody')
  const reopen = async (): Promise<Mailbox> => {
    await alice.close()
    for (const relay of world.relays) relay.fault = () => undefined
    return await world.mailbox({ identity, store })
  }
  return { world, clock, store, bob, alice, sealed, draft, reopen }
}

const states = async (mailbox: Mailbox): Promise<ReadonlyMap<string, string>> =>
  new Map(
    (await all(mailbox.outbox.list())).map(({ id, state, lastError }) => [id, `${state} ${lastError?.code ?? ''}`])
  )

const bodies = async (mailbox: Mailbox): Promise<string[]> =>
  (await sound(mailbox.inbox.list())).map(({ body }) => Buffer.from(body).toString()).toSorted()

test('a damaged entry whose record is sound keeps no mailbox from opening, and goes on', async t => {
  const { clock, store, bob, sealed, reopen } = await scene(t)
  const [first = ''] = sealed
  await store.put(`outbox!${first}`, damaged, view)
  const alice = await reopen()
  assert.equal((await states(alice)).get(first), 'unknown DAMAGED')
  clock.advance(60_000)
  await Promise.all(sealed.map(async id => await alice.outbox.stored(id)))
  await bob.inbox.pull()
  assert.deepEqual(await bodies(bob), ['one', 'three', 'two'])
  assert.equal((await alice.status()).damaged, 0)
})

test('a damaged entry of a message that is not sealed ends as failed, and its message can be read', async t => {
  const { store, draft, reopen } = await scene(t)
  await store.put(`outbox!${draft}`, damaged, view)
  const alice = await reopen()
  assert.equal((await states(alice)).get(draft), 'failed DAMAGED')
  assert.equal(Buffer.from((await alice.outbox.message(draft))?.body ?? []).toString(), 'to nobody')
  await assert.rejects(alice.outbox.stored(draft), { code: 'DAMAGED' })
  await alice.outbox.delete(draft)
})

test('an entry of which nothing can be read is set aside, counted and named; the others go on', async t => {
  const { clock, store, sealed, draft, reopen } = await scene(t)
  const [first = '', ...others] = sealed
  for (const key of [`outbox!${first}`, `record!${first}`, `sent!${first}`, `outbox!${draft}`, `draft!${draft}`])
    await store.put(key, damaged, view)
  const alice = await reopen()
  assert.deepEqual([...(await states(alice)).keys()].toSorted(), others.toSorted())
  assert.deepEqual((await alice.outbox.damaged()).map(({ id }) => id).toSorted(), [first, draft].toSorted())
  assert.deepEqual([(await alice.status()).damaged, alice.outbox.size], [2, 2])
  clock.advance(60_000)
  await Promise.all(others.map(async id => await alice.outbox.stored(id)))
  // and still after the next start
  assert.equal((await (await reopen()).status()).damaged, 2)
})

test('an entry that is damaged while the mailbox is open hides no other, and is told to who watches', async t => {
  const { clock, store, alice, sealed, draft } = await scene(t)
  const [first = '', second = ''] = sealed
  const watch = alice.outbox.watch()
  for (let n = 0; n < 4; n++) await watch.next()
  await store.put(`outbox!${first}`, damaged, view)
  for (const key of [`outbox!${second}`, `record!${second}`, `sent!${second}`]) await store.put(key, damaged, view)
  assert.deepEqual([...(await states(alice)).keys()].toSorted(), [first, sealed[2] ?? '', draft].toSorted())
  const told: string[] = []
  while (told.length < 2) {
    const { value } = await watch.next()
    if (value?.type === 'damaged') told.push(`damaged ${value.id}`)
    else if (value?.type === 'state' && value.entry.lastError?.code === 'DAMAGED') told.push(`state ${value.entry.id}`)
  }
  assert.deepEqual(told.toSorted(), [`damaged ${second}`, `state ${first}`].toSorted())
  clock.advance(60_000)
  assert.equal((await alice.status()).damaged, 1)
})

test('a record that is damaged ends its entry as failed with DAMAGED, and a damaged history is no reason to', async t => {
  const { clock, store, sealed, reopen } = await scene(t)
  const [first = '', second = '', third = ''] = sealed
  await store.put(`record!${first}`, damaged, view)
  await store.put(`history!${second}`, damaged, view)
  const alice = await reopen()
  clock.advance(60_000)
  await assert.rejects(alice.outbox.stored(first), { code: 'DAMAGED' })
  await Promise.all([second, third].map(async id => await alice.outbox.stored(id)))
})
