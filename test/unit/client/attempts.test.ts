import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { Bell } from '../../../src/client/bell.ts'
import type { OutboxEvent } from '../../../src/client/entry.ts'
import { Ledger } from '../../../src/client/ledger.ts'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import type { Place } from '../../../src/client/queue.ts'
import { Queue } from '../../../src/client/queue.ts'
import type { OutboxRow } from '../../../src/client/rows.ts'
import { LocalStore } from '../../../src/client/store.ts'
import { hourOf, msPerHour } from '../../../src/environment.ts'
import type { MailboxError } from '../../../src/errors.ts'
import { Status } from '../../../src/errors.ts'
import type { PrivateIdentity } from '../../../src/identity/keys.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { eventsHours, handleBytes, outboxFinishedMax, outboxMessagesMax } from '../../../src/limits.ts'
import { all, BreakableLevel, ManualClock, World } from '../../helpers/clients.ts'
import type { Fault } from '../../helpers/fake-relay.ts'

const bytes = { keyEncoding: 'view', valueEncoding: 'view' } as const

interface Scene {
  readonly clock: ManualClock
  readonly world: World
  readonly store: BreakableLevel
  readonly identity: PrivateIdentity
  readonly alice: Mailbox
  readonly bob: Mailbox
  /** What the relays answer a deposit. */
  readonly deposits: (fault: Fault) => void
}

async function scene(t: TestContext): Promise<Scene> {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const [identity, store] = [generateIdentity(), new BreakableLevel()]
  const [bob, alice] = [await world.registered(), await world.mailbox({ identity, store })]
  const deposits = (fault: Fault): void => {
    for (const relay of world.relays)
      relay.fault = call => (call === 'deposit' || call === 'coordinate' ? fault : undefined)
  }
  return { clock, world, store, identity, alice, bob, deposits }
}

const draftRow = (n: number, to: string, nowMs: number, more: Partial<OutboxRow>): [string, OutboxRow] => {
  const handle = n.toString(16).padStart(2 * handleBytes, '0')
  const row = { to, createdMs: nowMs, expiresHour: hourOf(nowMs), attempts: 0, nextMs: nowMs, receipts: [], handle }
  return [handle, { ...row, state: 'queued', ...more }]
}

test('of messages that failed or expired only so many are kept, also when several end at one time', async t => {
  const clock = new ManualClock()
  const world = new World(1, clock)
  t.after(async () => {
    await world.close()
  })
  const [identity, database] = [generateIdentity(), new BreakableLevel()]
  const store = await LocalStore.open(database, identity.key)
  const { address } = generateIdentity()
  const ends = 8
  const rows = Array.from({ length: outboxFinishedMax + ends }, (_, n) =>
    draftRow(n, address, clock.now(), n < outboxFinishedMax ? { state: 'expired', endedMs: n } : {})
  )
  await store.commit(rows.map(([handle, row]) => store.outbox.put(handle, row)))
  const mailbox = await world.mailbox({ identity, store: database })
  await mailbox.outbox.flush()
  const kept = (await all(mailbox.outbox.list())).map(({ id }) => id)
  assert.deepEqual(
    kept.toSorted(),
    rows.slice(ends).map(([handle]) => handle),
    'those that ended first are gone'
  )
  assert.equal(mailbox.outbox.size, outboxFinishedMax)
})

test('a full outbox takes no more, also of two that are sent at one time, and says QUOTA', async t => {
  const clock = new ManualClock()
  const world = new World(1, clock)
  t.after(async () => {
    await world.close()
  })
  const [identity, database] = [generateIdentity(), new BreakableLevel()]
  const store = await LocalStore.open(database, identity.key)
  const { address } = generateIdentity()
  const later = { nextMs: clock.now() + 60_000, expiresHour: hourOf(clock.now()) + 1 }
  const rows = Array.from({ length: outboxMessagesMax - 1 }, (_, n) => draftRow(n, address, clock.now(), later))
  await store.commit(rows.map(([handle, row]) => store.outbox.put(handle, row)))
  const mailbox = await world.mailbox({ identity, store: database })
  const sends = await Promise.allSettled(['one', 'two'].map(async text => await mailbox.send(address, text)))
  const refused = sends.flatMap(send => (send.status === 'rejected' ? [(send.reason as MailboxError).limit] : []))
  assert.deepEqual(refused, ['outboxMessagesMax'])
  await assert.rejects(mailbox.send(address, 'three'), { code: 'QUOTA' })
  assert.equal(mailbox.outbox.size, outboxMessagesMax)
})

test('G11: a message that is stored here by a batch that failed is told as stored', async t => {
  const { clock, store, alice, bob, deposits } = await scene(t)
  deposits(Status.BUSY)
  const sent = await alice.send(bob.address, 'x')
  deposits(undefined)
  const told: OutboxEvent[] = []
  const watch = alice.outbox.watch()
  told.push((await watch.next()).value as OutboxEvent)
  const stored = sent.stored()
  // what an attempt says before bytes leave is written; what came of it fails, and is on the disk all the same
  Object.assign(store, { left: 1, unsure: true })
  await assert.rejects(alice.outbox.flush(), { code: 'STORE' })
  Object.assign(store, { left: Infinity, unsure: false })
  clock.advance(1_001)
  const { id, relays } = await stored
  assert.ok(relays.length >= 2)
  for (let event = told.at(-1); event?.type !== 'stored'; event = told.at(-1))
    told.push((await watch.next()).value as OutboxEvent)
  const [{ type, ...named }] = told.slice(-1) as [Extract<OutboxEvent, { type: 'stored' }>]
  assert.deepEqual([type, named.id, named.to], ['stored', id, bob.address])
  assert.equal(alice.outbox.size, 0)
})

test('G11: a message that was cancelled by a batch that failed is counted, told and deleted as any other', async t => {
  const { store, alice, bob, deposits } = await scene(t)
  deposits(Status.BUSY)
  const sent = await alice.send(bob.address, 'x')
  Object.assign(store, { left: 0, unsure: true })
  await assert.rejects(alice.outbox.cancel(sent.id), { code: 'STORE' })
  Object.assign(store, { left: Infinity, unsure: false })
  const stored = assert.rejects(sent.stored(), { code: 'CANCELLED' })
  await alice.outbox.flush()
  await stored
  assert.equal(alice.outbox.size, (await all(alice.outbox.list())).length)
  await alice.outbox.delete(sent.id)
  assert.equal(alice.outbox.size, 0)
})

test('G11: a message of a process that ended during an attempt is unknown before it is tried again', async t => {
  const { world, identity, alice, bob, store } = await scene(t)
  const asked = Promise.withResolvers<undefined>()
  for (const relay of world.relays)
    relay.fault = call => {
      if (call !== 'deposit' && call !== 'coordinate') return undefined
      asked.resolve(undefined)
      return new Promise(() => undefined)
    }
  const sending = alice.send(bob.address, 'x')
  await asked.promise
  // the disk as it is in the middle of the attempt
  const copy = new BreakableLevel()
  await copy.batch(
    (await store.iterator<Uint8Array, Uint8Array>(bytes).all()).map(([key, value]) => ({
      type: 'put' as const,
      key,
      value
    })),
    bytes
  )
  const again = await world.mailbox({ identity, store: copy })
  const [entry] = await all(again.outbox.list())
  assert.deepEqual([entry?.state, entry?.lastError?.code, entry?.mayArrive], ['unknown', 'UNKNOWN', true])
  await alice.close()
  assert.equal((await sending).state, 'unknown')
})

test('a sent message that was deleted leaves nothing in the store once its event is forgotten', async t => {
  const { clock, world, identity, alice, bob, store } = await scene(t)
  const sent = await alice.send(bob.address, 'x')
  const { id } = await sent.stored()
  const handles = await store.iterator({ gt: 'handle!', lt: 'handle"' }).all()
  assert.equal(handles.length, 1)
  const [handle = ''] = handles.map(([key]) => key.slice('handle!'.length))
  const named = async (): Promise<string[]> =>
    (await store.keys().all()).filter(key => key.includes(id) || key.includes(handle))
  assert.ok((await named()).length > 0)
  await alice.sentbox.delete(id)
  clock.advance(eventsHours * msPerHour + 1)
  await alice.close()
  await world.mailbox({ identity, store })
  assert.deepEqual(await named(), [])
})

test('sealed bytes are kept no longer than they are sent: neither of what is stored nor of what has ended', async t => {
  const { alice, bob, deposits, store } = await scene(t)
  const held = async (what: string): Promise<number> =>
    (await store.keys({ gt: `${what}!`, lt: `${what}"` }).all()).length
  deposits(Status.BUSY)
  const [one, two] = [await alice.send(bob.address, 'one'), await alice.send(bob.address, 'two')]
  assert.equal(await held('record'), 2)
  await alice.outbox.cancel(one.id)
  assert.equal(await held('record'), 1)
  assert.equal(await held('sent'), 2)
  await alice.outbox.delete(one.id)
  assert.equal(await held('sent'), 1)
  deposits(undefined)
  await alice.outbox.flush()
  await two.stored()
  assert.deepEqual([await held('record'), await held('outbox'), await held('draft')], [0, 0, 0])
})

test('a message whose first attempt outlasts its pause is tried again when due', async t => {
  const { clock, alice, bob, deposits } = await scene(t)
  const answer = Promise.withResolvers<number>()
  deposits(answer.promise)
  const sending = alice.send(bob.address, 'x')
  const [value] = [(await alice.outbox.watch().next()).value]
  assert.ok(value !== undefined)
  // the loop looks while the attempt runs
  clock.advance(2_000)
  await new Promise(resolve => setImmediate(resolve))
  answer.resolve(Status.BUSY)
  const sent = await sending
  assert.equal(sent.state, 'queued')
  deposits(undefined)
  clock.advance(1_001)
  assert.ok((await sent.stored()).relays.length >= 2)
})

test('whoever waits for an attempt of somebody else stops waiting by its own signal', async t => {
  const { alice, bob, deposits } = await scene(t)
  const answer = Promise.withResolvers<number>()
  deposits(answer.promise)
  const sending = alice.send(bob.address, 'x')
  const { value } = await alice.outbox.watch().next()
  assert.ok(value?.type === 'state')
  const stop = new AbortController()
  const retrying = alice.outbox.retry(value.entry.id, { signal: stop.signal })
  setImmediate(() => {
    stop.abort()
  })
  assert.equal((await retrying)?.state, 'queued')
  answer.resolve(Status.BUSY)
  assert.equal((await sending).state, 'queued')
})

/** A message in a queue, and what is called when the store is read next: the message is sealed then. */
async function sealedMeanwhile(): Promise<{ queue: Queue; place: Place; id: string; sealSoon: () => void }> {
  const { key, address } = generateIdentity()
  const env = new ManualClock()
  const database = new BreakableLevel()
  const store = await LocalStore.open(database, key)
  const queue = new Queue(store, await Ledger.open({ store, env, address, bell: new Bell() }))
  const [handle, row] = draftRow(1, address, env.now(), {})
  const content = { to: address, createdMs: 0, contentType: 'text/plain', body: new Uint8Array(0), expiresHour: 1 }
  await queue.addDraft(handle, { ...content, strict: false }, row)
  const place = await queue.find(handle)
  assert.ok(place !== undefined)
  const id = 'ab'.repeat(32)
  const bytes = new Uint8Array(1)
  const getMany = database.getMany.bind(database) as unknown as (...args: unknown[]) => Promise<unknown>
  const sealSoon = (): void => {
    Object.assign(database, {
      getMany: async (...args: unknown[]) => {
        Object.assign(database, { getMany })
        const values = await getMany(...args)
        await queue.seal(place, { id, record: { header: bytes, enc: bytes, ct: bytes }, sent: content })
        return values
      }
    })
  }
  return { queue, place, id, sealSoon }
}

test('a message that is sealed while it is looked for by its handle is found', async () => {
  const { queue, place, id, sealSoon } = await sealedMeanwhile()
  // the first that is read is whether the handle is a record by now
  sealSoon()
  assert.equal((await queue.find(place.key))?.id, id)
})

test('a message that is sealed while it is read is read', async () => {
  const { queue, place, id } = await sealedMeanwhile()
  const bytes = new Uint8Array(1)
  const content = await queue.content(place)
  assert.ok(content !== undefined)
  await queue.seal(place, { id, record: { header: bytes, enc: bytes, ct: bytes }, sent: content })
  assert.equal((await queue.content(place))?.contentType, content.contentType)
})
