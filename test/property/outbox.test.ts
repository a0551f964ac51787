/** The outbox under crashes at every batch, and under whatever relays answer (SPEC §10.1, §10.2). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { concat, toString } from 'uint8arrays'
import type { Outcome } from '../../src/client/depositor.ts'
import { mayArrive, terminal } from '../../src/client/entry.ts'
import type { Mailbox } from '../../src/client/mailbox.ts'
import type { OutboxRow } from '../../src/client/rows.ts'
import { begun, cancelled, recovered, settled } from '../../src/client/schedule.ts'
import { hourOf, msPerHour } from '../../src/environment.ts'
import type { ErrorCode } from '../../src/errors.ts'
import { isMailboxError, MailboxError, Status } from '../../src/errors.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { outboxRetryMsMax } from '../../src/limits.ts'
import { audit } from '../helpers/books.ts'
import { all, BreakableLevel, ManualClock, World } from '../helpers/clients.ts'

/** Runs `work`, whose process may die at any batch. */
async function dying(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return false
  } catch (error) {
    assert.ok(isMailboxError(error), 'a disk that fails is an error with a code')
    return true
  }
}

/** The records that relays were sent, as texts: one message is one of them, however often it is sent. */
const recordsSent = (world: World): Set<string> =>
  new Set(
    world.relays.flatMap(({ deposited }) =>
      deposited.map(({ header, enc, ct }) => toString(concat([header, enc, ct]), 'hex'))
    )
  )

/** A process that dies at batch `crash`, whose last write is on the disk (`unsure`) or is not; then one on what is left. */
async function crashing(
  crash: number,
  unsure: boolean,
  act: (first: Mailbox, world: World) => Promise<unknown>
): Promise<{ world: World; died: boolean; second: Mailbox; store: BreakableLevel; clock: ManualClock }> {
  const clock = new ManualClock()
  const world = new World(3, clock)
  const [identity, store] = [generateIdentity(), new BreakableLevel()]
  const first = await world.mailbox({ identity, store })
  Object.assign(store, { left: crash, unsure })
  const died = await dying(async () => await act(first, world))
  await first.close()
  Object.assign(store, { left: Infinity, unsure: false })
  const second = await world.mailbox({ identity, store })
  await audit(store, identity)
  return { world, died, second, store, clock }
}

for (const unsure of [false, true]) {
  const disk = unsure ? 'and the write was done' : 'and the write was not done'

  test(`G4, G11: a crash at any batch from queued to sealed to stored, ${disk}, loses nothing and sends one record`, async () => {
    for (let crash = 0, died = true; died; crash++) {
      assert.ok(crash < 40, 'a message has few batches')
      const owner = generateIdentity()
      const seen: { queued: boolean; bob?: Mailbox } = { queued: false }
      const run = await crashing(crash, unsure, async (first, world) => {
        const { id } = await first.send(owner.address, 'once')
        seen.queued = true
        seen.bob = await world.registered({ identity: owner })
        await first.outbox.retry(id)
      })
      died = run.died
      const { world, second } = run
      const waiting = (await all(second.outbox.list())).length
      const bob = seen.bob ?? (await world.registered({ identity: owner }))
      await second.outbox.flush()
      assert.deepEqual(await all(second.outbox.list()), [], `crash at batch ${crash}`)
      const { received } = await bob.inbox.pull()
      assert.equal(received, (await second.sentbox.counts()).all, `crash at batch ${crash}`)
      assert.ok(received === 1 || (!seen.queued && waiting === 0), `crash at batch ${crash}: lost`)
      assert.ok(recordsSent(world).size <= 1, `crash at batch ${crash}: other bytes`)
      await world.close()
    }
  })

  test(`a crash at any batch of a cancel, ${disk}, leaves the message waiting or cancelled, and a cancelled one never leaves`, async () => {
    for (let crash = 0, died = true; died; crash++) {
      assert.ok(crash < 40, 'a cancel has few batches')
      const owner = generateIdentity()
      let id = ''
      let done: { mayArrive: boolean } | undefined
      const run = await crashing(crash, unsure, async first => {
        id = (await first.send(owner.address, 'never')).id
        done = await first.outbox.cancel(id)
      })
      died = run.died
      const { world, second } = run
      const [entry] = await all(second.outbox.list())
      const isCancelled = entry?.lastError?.code === 'CANCELLED'
      assert.ok(isCancelled || done === undefined, `crash at batch ${crash}: it was said to be cancelled`)
      const bob = await world.registered({ identity: owner })
      await second.outbox.flush()
      assert.equal((await bob.inbox.pull()).received, entry === undefined || isCancelled ? 0 : 1)
      await world.close()
    }
  })
}

const codes = ['NO_RELAY', 'NO_MAILBOX', 'QUOTA', 'BUSY', 'UNKNOWN', 'POLICY', 'ABORTED', 'CLOSED'] as const
const states = ['queued', 'no-mailbox', 'full', 'unknown', 'failed'] as const
const outcomes: fc.Arbitrary<Outcome> = fc
  .record({
    state: fc.constantFrom(...states),
    code: fc.constantFrom<ErrorCode>(...codes),
    asked: fc.boolean(),
    definite: fc.boolean(),
    retryAfterMs: fc.integer({ min: 0, max: 10_000_000 })
  })
  .map(({ state, code, asked, definite, retryAfterMs }) => ({
    state,
    // what a relay has refused, or may have taken, was sent to it
    asked: asked || state === 'failed' || state === 'unknown',
    definite,
    receipts: [],
    writeQuorum: 2,
    notes: [],
    error: new MailboxError(code, code, { retryAfterMs })
  }))
const steps = fc.tuple(outcomes, fc.integer({ min: 0, max: 3 * msPerHour }), fc.double({ min: 0, max: 1, noNaN: true }))

test('whatever comes of its attempts, a waiting message has an attempt ahead, and what may have left is never denied', () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 30 }), fc.boolean(), (plan, crashes) => {
      let nowMs = 1_800_000_000_000
      const expiresHour = hourOf(nowMs) + 24
      let row: OutboxRow = {
        to: '',
        createdMs: nowMs,
        expiresHour,
        state: 'queued',
        attempts: 0,
        nextMs: nowMs,
        receipts: []
      }
      for (const [outcome, passed, chance] of plan) {
        nowMs += passed
        const before = row
        row = crashes ? recovered(begun(before), nowMs) : settled(begun(before), outcome, nowMs, chance)
        assert.ok(mayArrive(row) || (!mayArrive(before) && !outcome.asked && !crashes))
        assert.ok(row.attempts >= before.attempts && row.trying !== true)
        if (terminal(row.state)) {
          assert.deepEqual([row.state, row.endedMs], [outcome.state, nowMs])
          return
        }
        assert.ok(row.nextMs >= nowMs && row.nextMs <= nowMs + outboxRetryMsMax)
        assert.ok(row.nextMs <= Math.max(nowMs, expiresHour * msPerHour), 'it expires at its hour')
        if (before.state === 'unknown' && !outcome.definite) assert.equal(row.state, 'unknown')
        assert.equal(mayArrive(cancelled(row, nowMs)), mayArrive(row))
      }
    })
  )
})

type Act = 'send' | 'retry' | 'cancel' | 'restart' | 'wait' | 'register' | 'good' | 'busy' | 'full' | 'silent'
const acts = fc.constantFrom<Act>(
  'send',
  'retry',
  'cancel',
  'restart',
  'wait',
  'register',
  'good',
  'busy',
  'full',
  'silent'
)
const faults = { good: undefined, busy: Status.BUSY, full: Status.QUOTA, silent: 'throw' } as const

test('G6, G11: whatever is done and answered, each message is in the outbox or the sentbox, and is one record at most', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { minLength: 5, maxLength: 25 }), async plan => {
      const clock = new ManualClock()
      const world = new World(3, clock)
      const [owner, identity, store] = [generateIdentity(), generateIdentity(), new BreakableLevel()]
      const bob = await world.mailbox({ identity: owner })
      let alice = await world.mailbox({ identity, store })
      const ids: string[] = []
      const cancelledIds = new Set<string>()
      for (const act of plan) {
        const id = ids.at(-1)
        if (act === 'send') ids.push((await alice.send(owner.address, `${ids.length}`)).id)
        else if (act === 'register') await bob.register()
        else if (act === 'wait') clock.advance(60_000)
        else if (act === 'restart') {
          await alice.close()
          alice = await world.mailbox({ identity, store })
        } else if (act === 'retry') await dying(async () => id !== undefined && (await alice.outbox.retry(id)))
        else if (act === 'cancel') {
          const refused = await dying(async () => id !== undefined && (await alice.outbox.cancel(id)))
          if (!refused && id !== undefined) cancelledIds.add(id)
        } else
          for (const relay of world.relays)
            relay.fault = call => (call === 'coordinate' || call === 'deposit' ? faults[act] : undefined)
      }
      for (const relay of world.relays) relay.fault = () => undefined
      await bob.register()
      await alice.outbox.flush()
      await audit(store, identity)
      for (const id of ids) {
        const [entry, receipts] = [await alice.outbox.get(id), await alice.outbox.receipts(id)]
        assert.deepEqual(
          [entry?.lastError?.code, receipts !== undefined],
          cancelledIds.has(id) ? ['CANCELLED', false] : [undefined, true]
        )
      }
      assert.ok(recordsSent(world).size <= ids.length)
      assert.ok((await bob.inbox.pull()).received >= ids.length - cancelledIds.size)
      await world.close()
    }),
    { numRuns: 25 }
  )
})
