/**
 * What must fail before a stored message is lost: more than the guarantees cover. The README says so; here it is seen.
 */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import { RelayWorld } from '../../helpers/relays.ts'

interface Scene {
  readonly world: RelayWorld
  readonly bob: Mailbox
}

/** A message for Bob that relays 0 and 1 have signed for while relay 2 was away. */
async function storedOnTwo(t: TestContext, meanwhile: (world: RelayWorld) => Promise<void>): Promise<Scene> {
  const world = await RelayWorld.start()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  await meanwhile(world)
  world.host(2).node.stop()
  const sent = await alice.send(bob.address, 'hello')
  assert.equal((await sent.stored()).relays.length, 2)
  return { world, bob }
}

test('lost: both relays that signed die before the third was told; the owner is told that this may not be all', async t => {
  const { world, bob } = await storedOnTwo(t, async () => {})
  world.host(0).node.stop()
  world.host(1).node.stop()
  world.host(2).node.start()
  const { received, complete } = await bob.inbox.pull()
  assert.deepEqual([received, complete], [0, false])
})

test('lost: both relays that signed forget it before the third was told; a lie of W relays is not seen', async t => {
  const disks: Array<Array<[Uint8Array, Uint8Array]>> = []
  const { world, bob } = await storedOnTwo(t, async ({ hosts }) => {
    for (const host of hosts) disks.push(await host.backup())
  })
  for (const at of [0, 1]) await world.host(at).restore(disks[at] ?? [])
  world.host(2).node.start()
  const { received, complete } = await bob.inbox.pull()
  assert.deepEqual([received, complete], [0, true])
})

test('kept: one relay that signed forgets it, and the other one has it', async t => {
  const disks: Array<Array<[Uint8Array, Uint8Array]>> = []
  const { world, bob } = await storedOnTwo(t, async ({ hosts }) => {
    for (const host of hosts) disks.push(await host.backup())
  })
  await world.host(0).restore(disks[0] ?? [])
  const { received, complete } = await bob.inbox.pull()
  assert.deepEqual([received, complete], [1, true])
})
