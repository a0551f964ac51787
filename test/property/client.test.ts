import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Status } from '../../src/errors.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import type { PrivateIdentity } from '../../src/identity/keys.ts'
import { all, BreakableLevel, sound, World } from '../helpers/clients.ts'

const textsOf = (messages: ReadonlyArray<{ body: Uint8Array }>): string[] =>
  messages.map(({ body }) => Buffer.from(body).toString()).toSorted()

/** Runs `work`, whose process may die at any batch. */
async function dying(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return false
  } catch {
    // whatever the failing disk became: the process is gone
    return true
  }
}

test('G4: whichever relays have which messages, in whichever pages, a pull delivers each once', async () => {
  const world = new World(3)
  const identity = generateIdentity()
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.subarray([0, 1, 2], { minLength: 1 }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 4 }),
      async (holders, pageRecords) => {
        const bob = await world.registered({ identity, store: new BreakableLevel() })
        const alice = await world.mailbox()
        for (const relay of world.relays) Object.assign(relay, { pageRecords }).wipe()
        for (const [n, holding] of holders.entries()) {
          const before = world.relays.map(relay => [...relay.entries])
          await alice.send(identity.address, `${n}`)
          for (const [at, relay] of world.relays.entries()) if (!holding.includes(at)) relay.entries = before[at] ?? []
        }
        const { received, complete } = await bob.inbox.pull()
        assert.deepEqual([received, complete], [holders.length, true])
        assert.deepEqual(textsOf(await sound(bob.inbox.list())), holders.map((_, n) => `${n}`).toSorted())
        assert.deepEqual(
          world.relays.map(relay => relay.entries.length),
          [0, 0, 0]
        )
        await bob.close()
      }
    ),
    { numRuns: 10 }
  )
  await world.close()
})

/** A registered mailbox with `count` messages waiting, and the batches that its store has taken so far. */
async function waiting(
  count: number,
  ackPolicy: 'manual' | 'on-store'
): Promise<{ world: World; identity: PrivateIdentity; store: BreakableLevel }> {
  const world = new World(3)
  for (const relay of world.relays) relay.pageRecords = 2
  const identity = generateIdentity()
  const store = new BreakableLevel()
  const bob = await world.registered({ identity, store, ackPolicy })
  const alice = await world.mailbox()
  for (let n = 0; n < count; n++) await alice.send(bob.address, `${n}`)
  await bob.close()
  return { world, identity, store }
}

test('G4: a crash after any batch of a pull loses nothing and delivers nothing twice', async () => {
  for (let crash = 0, died = true; died; crash++) {
    assert.ok(crash < 40, 'a pull has few batches')
    const { world, identity, store } = await waiting(4, 'on-store')
    const delivered: string[] = []
    const first = await world.mailbox({ identity, store })
    store.left = crash
    died = await dying(async () => await first.inbox.pull())
    await first.close()
    store.left = Infinity
    const second = await world.mailbox({ identity, store })
    await second.inbox.pull()
    for await (const event of second.inbox.watch()) {
      if (event.type === 'drained') break
      if (event.type === 'message') delivered.push(Buffer.from(event.message.body).toString())
    }
    assert.deepEqual(delivered.toSorted(), ['0', '1', '2', '3'], `crash after batch ${crash}`)
    assert.deepEqual(textsOf(await sound(second.inbox.list())), ['0', '1', '2', '3'])
    assert.deepEqual(
      world.relays.map(relay => relay.entries.length),
      [0, 0, 0]
    )
    await world.close()
  }
})

test('G5: a crash after any batch of an ack leaves the message acked or not, and a second ack ends it', async () => {
  for (let crash = 0, died = true; died; crash++) {
    assert.ok(crash < 20, 'an ack has few batches')
    const { world, identity, store } = await waiting(2, 'manual')
    const first = await world.mailbox({ identity, store, ackPolicy: 'manual' })
    await first.inbox.pull()
    const ids = (await sound(first.inbox.list())).map(message => message.id)
    store.left = crash
    died = await dying(async () => await first.inbox.ack(ids))
    await first.close()
    store.left = Infinity
    const second = await world.mailbox({ identity, store, ackPolicy: 'manual' })
    await second.inbox.ack(ids)
    assert.equal((await second.inbox.pull()).received, 0)
    assert.deepEqual(
      world.relays.map(relay => relay.entries.length),
      [0, 0, 0],
      `crash after batch ${crash}`
    )
    await world.close()
  }
})

test('G4, G11: a crash after any batch of a send delivers the message once, or not at all when send had not queued it', async () => {
  for (let crash = 0, died = true; died; crash++) {
    assert.ok(crash < 20, 'a send has few batches')
    const world = new World(3)
    const bob = await world.registered()
    const identity = generateIdentity()
    const store = new BreakableLevel()
    const first = await world.mailbox({ identity, store })
    store.left = crash
    died = await dying(async () => await first.send(bob.address, 'once'))
    await first.close()
    store.left = Infinity
    const second = await world.mailbox({ identity, store })
    const queued = (await all(second.outbox.list())).length
    await second.outbox.flush()
    assert.deepEqual(await all(second.outbox.list()), [])
    const { received } = await bob.inbox.pull()
    const sent = (await sound(second.sentbox.list())).length
    assert.equal(received, sent, `crash after batch ${crash}`)
    assert.ok(sent === 1 || (queued === 0 && died))
    await world.close()
  }
})

test('G1, G4: a crash after any batch of register leaves a mailbox that the next register opens, and mail that opens', async () => {
  for (let crash = 0, died = true; died; crash++) {
    assert.ok(crash < 20, 'a registration has few batches')
    const world = new World(3)
    const identity = generateIdentity()
    const store = new BreakableLevel()
    const first = await world.mailbox({ identity, store })
    store.left = crash
    died = await dying(async () => await first.register())
    await first.close()
    store.left = Infinity
    const alice = await world.mailbox()
    // whoever could see a bundle before the crash may have sealed to its keys
    await alice.send(identity.address, 'early')
    const second = await world.registered({ identity, store })
    await alice.send(identity.address, 'late')
    await alice.outbox.flush()
    const { failed } = await second.inbox.pull()
    assert.deepEqual(failed, [], `crash after batch ${crash}`)
    assert.deepEqual(textsOf(await sound(second.inbox.list())), ['early', 'late'])
    await world.close()
  }
})

test('G6, G11: however the relays answer, a retry never makes a second record, and stored means W relays have it', async () => {
  const answers = fc.constantFrom('ok', 'busy', 'throw after', 'throw before')
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(answers, answers, answers), { minLength: 1, maxLength: 3 }), async rounds => {
      const world = new World(3)
      const bob = await world.registered()
      const alice = await world.mailbox()
      const sendOrFlush = async (round: number): Promise<unknown> =>
        round === 0 ? await alice.send(bob.address, 'x') : await alice.outbox.flush()
      for (const [round, plan] of rounds.entries()) {
        for (const [at, relay] of world.relays.entries()) {
          const answer = plan[at]
          relay.fault = call =>
            call !== 'deposit' && call !== 'coordinate'
              ? undefined
              : answer === 'busy'
                ? Status.BUSY
                : answer === 'throw before'
                  ? 'throw'
                  : undefined
          relay.afterDeposit = () => {
            if (answer === 'throw after') throw new Error('the stream ends')
            return undefined
          }
        }
        await sendOrFlush(round)
        for (const message of await sound(alice.sentbox.list())) {
          assert.ok(world.relays.filter(relay => relay.ids.includes(message.id)).length >= 2)
        }
      }
      assert.ok(new Set(world.relays.flatMap(relay => relay.ids)).size <= 1)
      await world.close()
    }),
    { numRuns: 15 }
  )
})
