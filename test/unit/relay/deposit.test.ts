import assert from 'node:assert/strict'
import { test } from 'node:test'
import { equals } from 'uint8arrays'
import { msPerHour } from '../../../src/environment.ts'
import { Status } from '../../../src/errors.ts'
import { openBundle, signBundle, type Strangers } from '../../../src/identity/bundle.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { ReceiptVerifier, type ReceiptFacts } from '../../../src/identity/receipt.ts'
import { recordId } from '../../../src/identity/record.ts'
import { createTombstone } from '../../../src/identity/tombstone.ts'
import { fanOutWaitMs, limitName } from '../../../src/limits.ts'
import type { DepositResponse, Record } from '../../../src/wire/messages.js'
import { byGate, newGate, rebundled } from '../../helpers/admission.ts'
import { sound } from '../../helpers/clients.ts'
import { RelayWorld } from '../../helpers/relays.ts'

function factsOf(response: DepositResponse): Array<ReceiptFacts & { relay: string }> {
  assert.equal(response.status, Status.OK)
  const verifier = new ReceiptVerifier()
  return response.receipts.map(receipt => verifier.verify(receipt))
}

test('a message sent over three relays is pulled, acked and gone from each of them', async t => {
  const world = await RelayWorld.start()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  const sent = await alice.send(bob.address, 'hello')
  assert.equal(sent.state, 'stored')
  assert.deepEqual(
    world.hosts.map(host => host.relay.stats().records),
    [1, 1, 1]
  )
  const report = await bob.inbox.pull()
  assert.equal(report.received, 1)
  assert.equal(report.complete, true)
  const [message] = await sound(bob.inbox.list())
  assert.equal(message?.from, alice.address)
  assert.equal(new TextDecoder().decode(message.body), 'hello')
  await bob.inbox.ack([sent.id])
  assert.deepEqual(
    world.hosts.map(host => host.relay.stats().records),
    [0, 0, 0]
  )
  assert.deepEqual(
    world.hosts.map(host => host.relay.stats().bytes),
    [0, 0, 0]
  )
})

test('with one relay of three down a message is stored, on two receipts', async t => {
  const world = await RelayWorld.start()
  t.after(async () => {
    await world.close()
  })
  const bob = await world.registered()
  const alice = await world.mailbox()
  const down = world.host(1)
  down.node.stop()
  const sent = await alice.send(bob.address, 'hello')
  assert.equal(sent.state, 'stored')
  const { relays, writeQuorum } = await sent.stored()
  assert.equal(writeQuorum, 2)
  assert.deepEqual(
    relays.map(({ relay }) => relay).sort(),
    world.hosts
      .filter(host => host !== down)
      .map(host => host.address.id)
      .sort()
  )
})

test('a coordinator answers with a receipt of each relay, and each verifies for the record', async t => {
  const world = await RelayWorld.start()
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  await world.registered(bob)
  const peer = world.peer()
  const record = await peer.record(world.host(0), bob.key)
  const facts = factsOf(await peer.deposit(world.host(0), record, { fanOut: true }))
  assert.deepEqual(facts.map(({ relay }) => relay).sort(), world.hosts.map(host => host.address.id).sort())
  for (const { mailbox, recordId: id } of facts) {
    assert.ok(equals(mailbox, bob.key))
    assert.ok(equals(id, recordId(record)))
  }
})

test('a coordinator waits fanOutWaitMs for relays that are silent, and answers with its own receipt', async t => {
  const world = await RelayWorld.start()
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  await world.registered(bob)
  const peer = world.peer()
  const [first, ...silent] = world.hosts
  assert.ok(first !== undefined)
  const record = await peer.record(first, bob.key)
  for (const host of silent) world.network.cut(first.address, host.address, { silent: true })
  const stored = first.stored()
  const answered = peer.deposit(first, record, { fanOut: true })
  await stored
  world.clock.advance(fanOutWaitMs)
  assert.deepEqual(
    factsOf(await answered).map(({ relay }) => relay),
    [first.address.id]
  )
})

test('G6: a record deposited again, by the same or by others, and after its ack, has the same answer', async t => {
  const world = await RelayWorld.start(1)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  const host = world.host(0)
  await world.registered(bob)
  const peer = world.peer()
  const record = await peer.record(host, bob.key)
  const live = factsOf(await peer.deposit(host, record))
  assert.equal(live.length, 1)
  world.clock.advance(msPerHour / 2)
  const duplicate = factsOf(await world.peer().deposit(host, record))
  assert.equal(await peer.prove(host, bob), Status.OK)
  const ids = [recordId(record)]
  const tombstone = await createTombstone(bob, { ids, dropAfterHour: world.nowHour + 24, issuedMs: world.clock.now() })
  assert.equal((await peer.owner(host, { tombstone: { tombstone } })).status, Status.OK)
  assert.equal(host.relay.stats().records, 0)
  const acked = await Promise.all(Array.from({ length: 3 }, async () => factsOf(await peer.deposit(host, record))))
  const later = live.map(facts => ({ ...facts, receivedMs: world.nowHour * msPerHour }))
  for (const facts of [duplicate, ...acked]) assert.deepEqual(facts, later)
  assert.equal(host.relay.stats().records, 0)
  assert.deepEqual(await peer.pulled(host, bob.key), [])
})

test('G10: a full mailbox answers QUOTA with the limit, and its owner still pulls and tombstones', async t => {
  const world = await RelayWorld.start(1, { recordsPerMailbox: 2 })
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  const host = world.host(0)
  await world.registered(bob)
  const peer = world.peer()
  const [first, second, third] = await Promise.all([1, 2, 3].map(async () => await peer.record(host, bob.key)))
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  const gate = newGate(100)
  await rebundled(world, bob, { gates: [gate, newGate(100)] })
  const deposit = async (record: Record): Promise<DepositResponse> =>
    await peer.deposit(host, record, await byGate(gate, bob.key, record))
  for (const record of [first, second]) factsOf(await deposit(record))
  const refused = await deposit(third)
  assert.equal(refused.status, Status.QUOTA)
  assert.equal(limitName(refused.limit), 'gateShare')
  assert.ok(refused.retryAfterMs > 0)
  assert.deepEqual(refused.receipts, [])
  factsOf(await deposit(first))
  await peer.prove(host, bob)
  assert.equal((await peer.pulled(host, bob.key)).length, 2)
  const tombstone = await createTombstone(bob, {
    ids: [recordId(first)],
    dropAfterHour: world.nowHour + 24,
    issuedMs: world.clock.now()
  })
  assert.equal((await peer.owner(host, { tombstone: { tombstone } })).status, Status.OK)
  factsOf(await deposit(third))
})

test('a mailbox that is full by bytes answers QUOTA with that limit', async t => {
  const world = await RelayWorld.start(1, { bytesPerMailbox: 5_000 })
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  await world.registered(bob)
  const peer = world.peer()
  const record = await peer.record(world.host(0), bob.key, { body: new Uint8Array(7_000) })
  const [small, gate] = [await peer.record(world.host(0), bob.key), newGate(100)]
  await rebundled(world, bob, { gates: [gate, newGate(100)] })
  const refused = await peer.deposit(world.host(0), record, await byGate(gate, bob.key, record))
  assert.equal(refused.status, Status.QUOTA)
  assert.equal(limitName(refused.limit), 'gateShare')
  factsOf(await peer.deposit(world.host(0), small, await byGate(gate, bob.key, small)))
})

test('G11: when a batch fails there is no receipt, the relay is not ready, takes no more, and serves what it has', async t => {
  const world = await RelayWorld.start(1)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  const host = world.host(0)
  await world.registered(bob)
  const peer = world.peer()
  const [kept, lost, later] = await Promise.all([1, 2, 3].map(async () => await peer.record(host, bob.key)))
  assert.ok(kept !== undefined && lost !== undefined && later !== undefined)
  factsOf(await peer.deposit(host, kept))
  await peer.prove(host, bob)
  const before = await peer.pulled(host, bob.key)
  host.database.left = 0
  const failed = await peer.deposit(host, lost)
  assert.equal(failed.status, Status.UNAVAILABLE)
  assert.deepEqual(failed.receipts, [])
  assert.equal(host.relay.ready, false)
  host.database.left = Infinity
  assert.equal((await peer.deposit(host, later)).status, Status.UNAVAILABLE)
  assert.equal((await peer.deposit(host, kept)).status, Status.UNAVAILABLE)
  assert.deepEqual(await peer.pulled(host, bob.key), before)
  assert.equal(host.relay.stats().records, 1)
})

test('a record past its expiry hour is refused, and one that expires is no longer served', async t => {
  const world = await RelayWorld.start(1)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  const host = world.host(0)
  await world.registered(bob)
  const peer = world.peer()
  const kept = await peer.record(host, bob.key, { ttlHours: 2 })
  const late = await peer.record(host, bob.key, { ttlHours: 2 })
  factsOf(await peer.deposit(host, kept))
  await peer.prove(host, bob)
  assert.equal((await peer.pulled(host, bob.key)).length, 1)
  world.clock.advance(2 * msPerHour)
  assert.deepEqual(await peer.pulled(host, bob.key), [])
  world.clock.advance(2 * msPerHour)
  assert.equal((await peer.deposit(host, late)).status, Status.EXPIRED)
  assert.deepEqual(await peer.pulled(host, bob.key), [])
})

test('a record for a mailbox that is not hosted is NO_MAILBOX', async t => {
  const world = await RelayWorld.start(2)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  await (await world.mailbox(bob)).register({ relays: [world.host(0).address], active: 1, standby: 0 })
  const peer = world.peer()
  const record = await peer.record(world.host(0), bob.key)
  const refused = await peer.deposit(world.host(1), record)
  assert.equal(refused.status, Status.NO_MAILBOX)
  assert.deepEqual(refused.receipts, [])
})

test('a record with a bit changed in its sealed part has another id; one of an illegal length is refused', async t => {
  const world = await RelayWorld.start(1)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  const host = world.host(0)
  await world.registered(bob)
  const peer = world.peer()
  const record = await peer.record(host, bob.key)
  assert.equal((await peer.deposit(host, { ...record, ct: record.ct.subarray(1) })).status, Status.SIZE)
  assert.equal((await peer.deposit(host, { ...record, header: new Uint8Array(3) })).status, Status.MALFORMED)
  assert.equal(host.relay.stats().records, 0)
})

for (const [strangers, classBytesMax, ttlHoursMax, status] of [
  ['closed', 262_144, 720, Status.POLICY],
  ['open', 1_024, 720, Status.SIZE],
  ['open', 262_144, 2, Status.EXPIRED]
] as const satisfies ReadonlyArray<readonly [Strangers, number, number, number]>) {
  test(`an owner's bundle with ${strangers}, ${classBytesMax} bytes and ${ttlHoursMax} hours is the relay's rule`, async t => {
    const world = await RelayWorld.start(1)
    t.after(async () => {
      await world.close()
    })
    const bob = generateIdentity()
    const host = world.host(0)
    await world.registered(bob)
    const peer = world.peer()
    const record = await peer.record(host, bob.key, { body: new Uint8Array(3_000) })
    const { bundle } = await peer.info(host, bob.key)
    assert.ok(bundle !== undefined)
    const held = await openBundle(bundle, { mailbox: bob.key, nowHour: world.nowHour })
    const forStrangers = { strangers, strangersClassBytesMax: classBytesMax, strangersTtlHoursMax: ttlHoursMax }
    const stricter = await signBundle(bob, {
      ...held,
      ...forStrangers,
      seq: held.seq + 1,
      classBytesMax,
      ttlHoursMax
    })
    await peer.prove(host, bob)
    assert.equal((await peer.owner(host, { config: { mailbox: bob.key, bundle: stricter.bytes } })).status, Status.OK)
    assert.equal((await peer.deposit(host, record)).status, status)
    assert.equal(host.relay.stats().records, 0)
  })
}

test('G12: stop answers the deposits it has taken, keeps them, and refuses new ones', async t => {
  const world = await RelayWorld.start(1)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  const host = world.host(0)
  await world.registered(bob)
  const peer = world.peer()
  const [taken, late] = await Promise.all([1, 2].map(async () => await peer.record(host, bob.key)))
  assert.ok(taken !== undefined && late !== undefined)
  const { batches } = host.database
  const { entered, release } = host.database.hold()
  const deposits = Array.from({ length: 3 }, async () => await host.deposit(taken))
  await entered
  let stopped = false
  const stopping = host.relay.stop().then(() => {
    stopped = true
  })
  assert.equal(host.relay.ready, false)
  assert.equal((await host.deposit(late)).status, Status.UNAVAILABLE)
  assert.equal(stopped, false)
  release()
  for (const response of await Promise.all(deposits)) assert.equal(factsOf(response).length, 1)
  await stopping
  assert.equal(stopped, true)
  assert.equal(host.database.batches, batches + 1)
  await host.start()
  await peer.prove(host, bob)
  assert.equal((await peer.pulled(host, bob.key)).length, 1)
})
