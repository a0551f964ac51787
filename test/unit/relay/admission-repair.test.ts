/** What one replica takes from another: what a deposit would have taken, by the rules of then (SPEC §7.6, §9.7). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Status } from '../../../src/errors.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import { gateProof } from '../../../src/identity/proof.ts'
import { recordId } from '../../../src/identity/record.ts'
import { itemKinds } from '../../../src/relay/inventory.ts'
import type { RelayLimits } from '../../../src/relay/options.ts'
import { StoredRecord, SyncRequest, SyncResponse, type DepositCall, type Record } from '../../../src/wire/messages.js'
import { protocols } from '../../../src/wire/port.ts'
import { byGate, newGate, rebundled, revoked, stamped } from '../../helpers/admission.ts'
import { RelayWorld, type Peer } from '../../helpers/relays.ts'

interface Scene {
  readonly world: RelayWorld
  readonly bob: PrivateIdentity
  readonly peer: Peer
}

const noLimit = new AbortController().signal
const recordsOf = ({ world }: Scene): number[] => world.hosts.map(host => host.relay.stats().records)

async function scene(t: TestContext, limits: Partial<RelayLimits> = {}): Promise<Scene> {
  const world = await RelayWorld.start(3, limits)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  await world.registered(bob)
  return { world, bob, peer: world.peer() }
}

/** Every relay with every other, twice: what the first round could not take yet, a second does not take either. */
async function repaired({ world }: Scene): Promise<void> {
  for (let round = 0; round < 2; round++) for (const host of world.hosts) await host.relay.repair(noLimit)
}

async function left(here: Scene, at: number, show: (record: Record) => Promise<Partial<DepositCall>>): Promise<void> {
  const host = here.world.host(at)
  const record = await here.peer.record(host, here.bob.key)
  assert.equal((await here.peer.deposit(host, record, await show(record))).status, Status.OK)
}

const nothing = async (): Promise<object> => await Promise.resolve({})

test('G9: replicas become equal in records of every lane, each with its proof', async t => {
  const here = await scene(t)
  const { world, bob } = here
  const gate = newGate()
  await rebundled(world, bob, { strangers: 'pow', powBits: 3, gates: [gate] })
  await left(here, 0, async of => await byGate(gate, bob.key, of))
  await left(here, 1, async of => await Promise.resolve(stamped(bob.key, of, 3)))
  await repaired(here)
  assert.deepEqual(recordsOf(here), [2, 2, 2])
  const owner = world.peer()
  for (const host of world.hosts) {
    await owner.prove(host, bob)
    const proofs = (await owner.pulled(host, bob.key)).map(bytes => StoredRecord.decode(bytes).proof?.length)
    assert.deepEqual(proofs.sort(), [10, 76])
    const { mailbox } = await owner.owner(host, { status: { mailbox: bob.key } })
    assert.deepEqual([mailbox?.strangersRecords, mailbox?.gates[0]?.records], [1, 1])
  }
})

test('a coordinator forwards the proof with the record', async t => {
  const here = await scene(t)
  const gate = newGate()
  await rebundled(here.world, here.bob, { strangers: 'closed', gates: [gate] })
  await left(here, 0, async of => ({ ...(await byGate(gate, here.bob.key, of)), fanOut: true }))
  assert.deepEqual(recordsOf(here), [1, 1, 1])
})

test('G9: each of the relays may have taken its fill of others; all of it comes together by repair', async t => {
  const here = await scene(t, { strangersRecords: 2, recordsPerMailbox: 4 })
  const { world, bob } = here
  const [gate, other] = [newGate(50), newGate(50)]
  await rebundled(world, bob, { strangers: 'pow', powBits: 2, gates: [gate, other] })
  for (const at of [0, 1, 2]) {
    for (const bits of [2, 4]) await left(here, at, async of => await Promise.resolve(stamped(bob.key, of, bits)))
    for (const through of [gate, gate, other, other])
      await left(here, at, async of => await byGate(through, bob.key, of))
  }
  await repaired(here)
  assert.deepEqual(recordsOf(here), [18, 18, 18])
  for (const host of world.hosts) {
    const record = await here.peer.record(host, bob.key)
    for (const show of [stamped(bob.key, record, 6), await byGate(gate, bob.key, record)])
      assert.equal((await here.peer.deposit(host, record, show)).status, Status.QUOTA)
  }
})

test('G9: a gate revoked between the deposit and the repair keeps no replica from what came through it', async t => {
  const here = await scene(t)
  const { world, bob } = here
  const gate = newGate()
  await rebundled(world, bob, { strangers: 'closed', gates: [gate] })
  await left(here, 0, async of => await byGate(gate, bob.key, of))
  await rebundled(world, bob, { gates: [revoked(gate, world.nowHour)] })
  await repaired(here)
  assert.deepEqual(recordsOf(here), [1, 1, 1])
})

for (const [name, now, then] of [
  ['closed since', { strangers: 'closed' }, { strangers: 'pow', powBits: 3 }],
  ['asked more bits since', { strangers: 'pow', powBits: 20 }, { strangers: 'pow', powBits: 3 }]
] as const) {
  test(`G9: a lane that was ${name} keeps no replica from what came before, for as long as the owner says so`, async t => {
    const here = await scene(t)
    const { world, bob } = here
    await rebundled(world, bob, then)
    await left(here, 0, async of => await Promise.resolve(stamped(bob.key, of, 3)))
    const before = (untilHour: number) => ({ ...then, untilHour })
    await rebundled(world, bob, { ...now, before: before(world.nowHour) })
    await repaired(here)
    assert.deepEqual(recordsOf(here), [1, 0, 0])
    await rebundled(world, bob, { ...now, before: before(world.nowHour + 1) })
    await repaired(here)
    assert.deepEqual(recordsOf(here), [1, 1, 1])
  })
}

test('G9: what was let in by a laxer size and time is taken while the owner says that it was laxer', async t => {
  const here = await scene(t)
  const { world, bob, peer } = here
  const record = await peer.record(world.host(0), bob.key, { body: new Uint8Array(3_000) })
  assert.equal((await peer.deposit(world.host(0), record)).status, Status.OK)
  const before = { strangers: 'open', powBits: 0, untilHour: world.nowHour + 722 } as const
  await rebundled(world, bob, { strangers: 'pow', powBits: 20, strangersClassBytesMax: 1_024, before })
  await repaired(here)
  assert.deepEqual(recordsOf(here), [1, 1, 1])
})

/** A replica gives these to another, over the sync protocol, as one that is listed. */
async function given(here: Scene, records: ReadonlyArray<{ record: Record; proof?: Uint8Array }>): Promise<void> {
  const [from, to] = [here.world.host(1), here.world.host(0)]
  const channel = await from.node.network.channel(to.address, protocols.sync)
  const items = records.map(({ record, proof }) => {
    const value = StoredRecord.encode({ receivedMs: 1, ...record, ...(proof === undefined ? {} : { proof }) })
    return { kind: itemKinds.record, value }
  })
  for (const request of [{ hello: { salt: new Uint8Array(16) } }, { give: { mailbox: here.bob.key, items } }]) {
    const { status } = SyncResponse.decode(await channel.call(SyncRequest.encode(request)))
    assert.equal(status, Status.OK)
  }
}

test('G10: a replica cannot bring in a record without a proof that a deposit would have taken', async t => {
  const here = await scene(t)
  const { world, bob, peer } = here
  const [gate, unknown] = [newGate(), newGate()]
  await rebundled(world, bob, { strangers: 'pow', powBits: 6, gates: [gate] })
  const record = await peer.record(world.host(0), bob.key)
  const id = recordId(record)
  const refused: Array<Uint8Array | undefined> = [
    undefined,
    new Uint8Array(0),
    Uint8Array.of(0xff),
    stamped(bob.key, record, 5).proof,
    await gateProof(unknown, bob.key, id),
    await gateProof(gate, generateIdentity().key, id),
    await gateProof(gate, bob.key, recordId(await peer.record(world.host(0), bob.key)))
  ]
  for (const proof of refused) await given(here, [{ record, ...(proof === undefined ? {} : { proof }) }])
  assert.equal(world.host(0).relay.stats().records, 0)
  // a stamp of six bits that is for another mailbox; it may have them here as well, by chance
  const { proof } = stamped(generateIdentity().key, record, 6)
  await given(here, [{ record, proof }])
  await given(here, [{ record, proof: await gateProof(gate, bob.key, id) }])
  assert.equal(world.host(0).relay.stats().records, 1)
})

test('G10: a replica brings in no more than the relays of the mailbox could have taken together', async t => {
  const here = await scene(t, { strangersRecords: 2 })
  const { world, bob, peer } = here
  const records = await Promise.all(Array.from({ length: 8 }, async () => await peer.record(world.host(0), bob.key)))
  await given(
    here,
    records.map(record => ({ record }))
  )
  assert.equal(world.host(0).relay.stats().records, 6)
  await left(here, 1, nothing)
})
