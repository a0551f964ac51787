/** Cursors, and stores that were set back (SPEC §9.4). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { storeRunsMax } from '../../../src/limits.ts'
import { metaKey } from '../../../src/relay/keys.ts'
import { decodeRuns, encodeRuns, honours, withRun, type Run } from '../../../src/relay/runs.ts'
import { RelayWorld } from '../../helpers/relays.ts'

const runOf = (n: number): Run => ({ epoch: new Uint8Array(16).fill(n), after: 100 * n })

/** One relay with Bob's mailbox, and Alice. */
async function scene(t: TestContext) {
  const world = await RelayWorld.start(1)
  t.after(async () => {
    await world.close()
  })
  return { host: world.host(0), bob: await world.registered(), alice: await world.mailbox() }
}

test('G3: a relay that was set back to a backup does not hide what arrives then behind an old cursor', async t => {
  const { host, bob, alice } = await scene(t)
  const backup = await host.backup()
  await host.relay.stop()
  await host.start()
  for (let n = 0; n < 3; n++) await (await alice.send(bob.address, 'before')).stored()
  assert.equal((await bob.inbox.pull()).received, 3)

  await host.restore(backup)
  for (let n = 0; n < 2; n++) await (await alice.send(bob.address, 'after')).stored()
  assert.equal((await bob.inbox.pull()).received, 2)
})

test('a store that has lost what it reserved gives no number of a record that it still has', async t => {
  const { host, bob, alice } = await scene(t)
  for (let n = 0; n < 3; n++) await (await alice.send(bob.address, 'before')).stored()
  const rows = (await host.backup()).filter(([key]) => Buffer.compare(key, metaKey('seq')) !== 0)
  await host.restore(rows)
  for (let n = 0; n < 3; n++) await (await alice.send(bob.address, 'after')).stored()
  assert.equal((await bob.inbox.pull()).received, 6)
})

test('a cursor is honoured by the store that gave it, also after it was opened again', async t => {
  const { host, bob, alice } = await scene(t)
  await (await alice.send(bob.address, 'one')).stored()
  await bob.inbox.pull()
  await host.relay.stop()
  await host.start()
  await (await alice.send(bob.address, 'two')).stored()
  const { received, complete } = await bob.inbox.pull()
  assert.deepEqual([received, complete], [1, true])
})

test('runs come back as they were kept, and what is no list of runs is none', () => {
  const runs = [runOf(1), runOf(2)]
  assert.deepEqual(decodeRuns(encodeRuns(runs)), runs)
  assert.deepEqual(decodeRuns(undefined), [])
  assert.deepEqual(decodeRuns(new Uint8Array(25)), [])
})

test('a run honours cursors up to the numbers of the next one', () => {
  const runs = [runOf(1), runOf(2)]
  const cursor = (n: number, seq: number) => ({ epoch: runOf(n).epoch, seq })
  assert.ok(honours(runs, cursor(1, 0)))
  assert.ok(honours(runs, cursor(1, 200)))
  assert.ok(!honours(runs, cursor(1, 201)))
  assert.ok(honours(runs, cursor(2, 10_000)))
  assert.ok(!honours(runs, cursor(3, 0)))
})

test('runs are bounded: those too long ago are forgotten', () => {
  let runs: Run[] = []
  for (let n = 0; n < storeRunsMax + 2; n++) runs = withRun(runs, runOf(n))
  assert.equal(runs.length, storeRunsMax)
  assert.deepEqual(runs.at(-1), runOf(storeRunsMax + 1))
})
