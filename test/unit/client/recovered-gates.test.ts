/** The gates of an owner whose store was lost: its own bundle still tells of them (SPEC §10.12). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { toString } from 'uint8arrays'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import { Status } from '../../../src/errors.ts'
import { openBundle } from '../../../src/identity/bundle.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { decodeProof } from '../../../src/identity/proof.ts'
import { cacheHours, gatesMax } from '../../../src/limits.ts'
import { BreakableLevel, ManualClock, World } from '../../helpers/clients.ts'

const strangersLane = { policy: 'closed' } as const
const cachedMs = (cacheHours + 1) * 3_600_000

interface Scene {
  readonly world: World
  readonly clock: ManualClock
  readonly bob: Mailbox
  /** Holds a gate of Bob's. */
  readonly alice: Mailbox
  /** Bob on another machine, where nothing is but his key; not registered yet. */
  readonly elsewhere: () => Promise<Mailbox>
  /** Ids of the gates that relays take records by. */
  readonly inForce: () => Promise<string[]>
}

async function scene(t: TestContext): Promise<Scene> {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const identity = generateIdentity()
  const bob = await world.registered({ identity, strangersLane })
  const alice = await world.registered()
  await alice.invitations.accept((await bob.invitations.create()).uri, { name: 'Bob' })
  assert.equal((await alice.send(bob.address, 'before')).state, 'stored')
  const elsewhere = async (): Promise<Mailbox> =>
    await world.mailbox({ identity, store: new BreakableLevel(), strangersLane })
  const inForce = async (): Promise<string[]> => {
    const bytes = world.relays[0]?.bundles.get(toString(identity.key, 'hex'))
    assert(bytes !== undefined)
    const { gates } = await openBundle(bytes, {})
    return gates.filter(({ revokedHour }) => revokedHour === 0).map(({ id }) => toString(id, 'hex'))
  }
  return { world, clock, bob, alice, elsewhere, inForce }
}

test('after a lost store contacts go on by the gates they hold, which can be revoked and given to nobody else', async t => {
  const { world, clock, bob, alice, elsewhere, inForce } = await scene(t)
  const [old] = await bob.gates.list()
  assert(old !== undefined)
  await bob.close()
  const again = await elsewhere()
  await again.register()
  const recovered = (await again.gates.list()).filter(gate => gate.recovered === true)
  assert.deepEqual(
    recovered.map(({ id, share }) => [id, share]),
    [[old.id, old.share]]
  )
  // whoever has the bundle of before, and whoever reads the one of now
  for (const text of ['at once', 'a day later']) {
    assert.equal((await alice.send(again.address, text)).state, 'stored')
    clock.advance(cachedMs)
  }
  assert.deepEqual(
    [...new Set(world.relays.flatMap(({ proofs }) => proofs.map(proof => decodeProof(proof).kind)))],
    ['gate']
  )
  await assert.rejects(again.invitations.create({ gate: old.id }), { code: 'NOT_FOUND' })
  await again.gates.revoke(old.id)
  await again.register()
  assert(!(await inForce()).includes(old.id))
  clock.advance(cachedMs)
  assert.equal((await alice.send(again.address, 'revoked')).state, 'failed')
})

test('a relay that serves an old bundle brings no revoked gate back into force', async t => {
  const { world, bob, elsewhere, inForce } = await scene(t)
  const [old] = await bob.gates.list()
  const [liar] = world.relays
  assert(old !== undefined && liar !== undefined)
  const before = new Map(liar.bundles)
  await bob.gates.revoke(old.id)
  await bob.register()
  await bob.close()
  for (const [mailbox, bundle] of before) liar.bundles.set(mailbox, bundle)
  for (const relay of world.relays.slice(1)) relay.fault = call => (call === 'status' ? Status.BUSY : undefined)
  const again = await elsewhere()
  await again.register()
  assert(!(await inForce()).includes(old.id))
})

test("two machines of one owner keep each other's gates", async t => {
  const { bob, elsewhere, inForce } = await scene(t)
  const [first] = await bob.gates.list()
  const other = await elsewhere()
  await other.register()
  const second = (await other.gates.list()).find(gate => gate.recovered !== true)
  assert(first !== undefined && second !== undefined)
  const friends = await bob.gates.create({ name: 'friends' })
  await bob.register()
  assert.deepEqual((await inForce()).toSorted(), [first.id, second.id, friends.id].toSorted())
})

test('when the gates of before leave no room for another one, the mailbox registers all the same', async t => {
  const { bob, elsewhere, inForce } = await scene(t)
  for (let n = 1; n < gatesMax; n++) await bob.gates.create({ name: `gate ${n}` })
  await bob.register()
  await bob.close()
  await (await elsewhere()).register()
  assert.equal((await inForce()).length, gatesMax)
})
