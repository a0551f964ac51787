import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { toString } from 'uint8arrays'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import { hourOf } from '../../../src/environment.ts'
import { Status } from '../../../src/errors.ts'
import { openBundle, type KeyBundle } from '../../../src/identity/bundle.ts'
import { generateIdentity, type Identity } from '../../../src/identity/keys.ts'
import { decodeProof } from '../../../src/identity/proof.ts'
import { clockSkewHours, ttlHoursMax } from '../../../src/limits.ts'
import { all, BreakableLevel, ManualClock, World } from '../../helpers/clients.ts'
import type { FakeRelay } from '../../helpers/fake-relay.ts'
import { openToAll } from '../../helpers/lanes.ts'

const few = { policy: 'pow', bits: 6, classBytesMax: 4_096, ttlHoursMax: 168 } as const

function scene(t: TestContext, clock = new ManualClock()): { world: World; clock: ManualClock } {
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  return { world, clock }
}

const relayOf = (world: World): FakeRelay => {
  const [relay] = world.relays
  assert.ok(relay !== undefined)
  return relay
}

async function bundleOf(world: World, { key }: Pick<Identity, 'key'>): Promise<KeyBundle> {
  const bytes = relayOf(world).bundles.get(toString(key, 'hex'))
  assert.ok(bytes !== undefined)
  return await openBundle(bytes, {})
}

/** Kinds of the proofs that the relays were given. */
const kinds = (world: World): string[] => [
  ...new Set(world.relays.flatMap(({ proofs }) => proofs.map(proof => decodeProof(proof).kind)))
]

async function failure(mailbox: Mailbox, id: string): Promise<{ code: string; message: string }> {
  const entry = await mailbox.outbox.get(id)
  assert.equal(entry?.state, 'failed')
  assert.ok(entry.lastError !== undefined)
  return entry.lastError
}

test('an invitation brings a gate: the guest deposits where strangers may not', async t => {
  const { world } = scene(t)
  const bob = await world.registered({ strangersLane: { policy: 'closed' } })
  const alice = await world.registered()
  const refused = await alice.send(bob.address, 'hello')
  assert.equal(refused.state, 'failed')
  const { code, message } = await failure(alice, refused.id)
  assert.deepEqual([code, /invitation/.test(message)], ['POLICY', true])
  await alice.invitations.accept((await bob.invitations.create()).uri, { name: 'Bob' })
  assert.equal((await alice.send(bob.address, new Uint8Array(100_000))).state, 'stored')
  assert.deepEqual(kinds(world), ['gate'])
})

test('a message to a contact brings a gate, so that the answer needs no stamp', async t => {
  const { world } = scene(t)
  const bob = await world.registered({ strangersLane: { policy: 'closed' } })
  const alice = await world.registered()
  await bob.contacts.add({ address: alice.address, name: 'Alice' })
  await alice.contacts.add({ address: bob.address, name: 'Bob' })
  assert.equal((await alice.send(bob.address, 'too early')).state, 'failed')
  await bob.send(alice.address, 'write to me')
  await alice.inbox.pull()
  assert.equal((await alice.send(bob.address, 'I do')).state, 'stored')
})

test('the gate of a request is kept when its sender is accepted', async t => {
  const { world } = scene(t)
  const bob = await world.registered({ strangersLane: { policy: 'closed' } })
  const alice = await world.registered({ strangers: 'requests' })
  await bob.contacts.add({ address: alice.address, name: 'Alice' })
  await bob.send(alice.address, 'write to me')
  await alice.inbox.pull()
  assert.equal((await alice.requests.counts()).all, 1)
  await alice.requests.accept(bob.address)
  assert.equal((await alice.send(bob.address, 'I do')).state, 'stored')
})

test('one writes to oneself as a contact', async t => {
  const { world } = scene(t)
  const bob = await world.registered({ strangersLane: { policy: 'closed' } })
  assert.equal((await bob.send(bob.address, 'a note')).state, 'stored')
})

test('a stranger makes a stamp of the bits that are asked for, and a retry sends the same', async t => {
  const { world, clock } = scene(t)
  const bob = await world.registered({ strangersLane: few })
  const alice = await world.registered()
  for (const relay of world.relays)
    relay.fault = call => (['coordinate', 'deposit'].includes(call) ? Status.BUSY : undefined)
  const shown: number[] = []
  const stop = new AbortController()
  const watching = (async () => {
    for await (const event of alice.outbox.watch({ signal: stop.signal }))
      if (event.type === 'state' && event.entry.stamping !== undefined) shown.push(event.entry.stamping.expected)
  })().catch((error: unknown) => error)
  const { id, state } = await alice.send(bob.address, 'hello')
  assert.equal(state, 'queued')
  for (const relay of world.relays) relay.fault = () => undefined
  clock.advance(3_600_000)
  assert.equal(await alice.outbox.retry(id), undefined)
  const proofs = world.relays.flatMap(relay => relay.proofs)
  assert.deepEqual(kinds(world), ['stamp'])
  assert.deepEqual(new Set(proofs.map(proof => proof?.toString())).size, 1, 'identical bytes')
  stop.abort()
  await watching
  assert.deepEqual(shown, [2 ** few.bits], 'one solve')
})

test('relays of a filling lane ask for more, and the sender goes on to that; more than the rule is asked in vain', async t => {
  const { world } = scene(t)
  const bob = await world.registered({ strangersLane: few })
  const alice = await world.registered()
  for (const relay of world.relays) relay.rise = 3
  assert.equal((await alice.send(bob.address, 'hello')).state, 'stored')
  const [greedy, ...others] = world.relays
  assert.ok(greedy !== undefined)
  greedy.rise = 24
  for (const relay of others) relay.rise = 0
  const { stored } = await alice.send(bob.address, 'two relays are enough')
  assert.equal(
    (await stored()).relays.some(({ relay }) => relay === greedy.address.id),
    false
  )
})

test('what strangers may not send fails with what would help, and a default time to live is shortened', async t => {
  const { world, clock } = scene(t)
  const bob = await world.registered({ strangersLane: few })
  const alice = await world.registered()
  const large = await alice.send(bob.address, new Uint8Array(5_000))
  assert.deepEqual(await failure(alice, large.id), {
    code: 'SIZE',
    message:
      'The sealed message has 8192 bytes; this mailbox takes 4096 from strangers. For more, ask its owner for an invitation.'
  })
  const long = await alice.send(bob.address, 'hello', { ttlHours: 200 })
  assert.equal((await failure(alice, long.id)).code, 'EXPIRED')
  const { id } = await alice.send(bob.address, 'hello')
  const [{ expiresHour = 0 } = {}] = (await all(alice.sentbox.list())).filter(item => item.id === id) as Array<{
    expiresHour?: number
  }>
  assert.equal(expiresHour, hourOf(clock.now()) + few.ttlHoursMax)
})

test('a revoked gate lets nobody in: it is forgotten, and the message goes as a stranger', async t => {
  const { world } = scene(t)
  const bob = await world.registered({ strangersLane: few })
  const alice = await world.registered()
  await alice.invitations.accept((await bob.invitations.create()).uri, { name: 'Bob' })
  await alice.send(bob.address, 'by the gate', { ttlHours: 24 })
  await bob.gates.revoke('contacts')
  await bob.register()
  assert.deepEqual(kinds(world), ['gate'])
  assert.equal((await alice.send(bob.address, 'by a stamp', { ttlHours: 24 })).state, 'stored')
  assert.deepEqual(kinds(world), ['gate', 'stamp'])
  const asked = relayOf(world).count('info')
  await alice.send(bob.address, 'at once', { ttlHours: 24 })
  assert.equal(relayOf(world).count('info'), asked, 'it is not tried again')
})

test('a contact with a gate of its own is revocable alone', async t => {
  const { world } = scene(t)
  const bob = await world.registered({ strangersLane: { policy: 'closed' } })
  const [alice, carol] = [await world.registered(), await world.registered()]
  await bob.gates.create({ name: 'the other', share: 5 })
  await bob.register()
  await alice.invitations.accept((await bob.invitations.create()).uri, { name: 'Bob' })
  await carol.invitations.accept((await bob.invitations.create({ gate: 'The Other' })).uri, { name: 'Bob' })
  for (const guest of [alice, carol]) assert.equal((await guest.send(bob.address, 'hello')).state, 'stored')
  await bob.inbox.pull()
  const { id } = await bob.gates.revoke('the other')
  assert.equal((await bob.contacts.get(carol.address))?.gate, id)
  await bob.register()
  await bob.send(carol.address, 'this brings no gate')
  await carol.inbox.pull()
  assert.deepEqual(
    [(await alice.send(bob.address, 'a')).state, (await carol.send(bob.address, 'c')).state],
    ['stored', 'failed']
  )
  await bob.contacts.deal(carol.address, undefined)
  await bob.send(carol.address, 'this brings one')
  await carol.inbox.pull()
  assert.equal((await carol.send(bob.address, 'c')).state, 'stored')
})

test('gates and the strangers lane are published by the next register, with what was laxer before', async t => {
  const { world, clock } = scene(t)
  const identity = generateIdentity()
  const store = new BreakableLevel()
  const open = await world.registered({ identity, store, strangersLane: openToAll })
  const first = await bundleOf(world, identity)
  assert.deepEqual([first.strangers, first.gates.length, first.before], ['open', 1, undefined])
  await open.gates.create({ name: 'work' })
  await open.register()
  assert.deepEqual(
    (await bundleOf(world, identity)).gates.map(({ share }) => share),
    [50, 50]
  )
  await open.close()
  const strict = await world.registered({ identity, store, strangersLane: few })
  const { seq, strangers, powBits, strangersClassBytesMax, before } = await bundleOf(world, identity)
  assert.deepEqual([strangers, powBits, strangersClassBytesMax], ['pow', few.bits, few.classBytesMax])
  const untilHour = hourOf(clock.now()) + ttlHoursMax + 2 * clockSkewHours
  assert.deepEqual(before, { strangers: 'open', powBits: 0, untilHour })
  await strict.register()
  assert.equal((await bundleOf(world, identity)).seq, seq, 'nothing has changed')
})

test('a revoked gate stays in the bundle until all that it let in has expired', async t => {
  const { world, clock } = scene(t)
  const identity = generateIdentity()
  const bob = await world.registered({ identity })
  const { id } = await bob.gates.revoke('contacts')
  await bob.register()
  const gates = async (): Promise<string[]> =>
    (await bundleOf(world, identity)).gates.map(gate => toString(gate.id, 'hex'))
  assert.equal((await gates()).includes(id), true)
  assert.equal((await gates()).length, 2, 'and there is a new one for contacts')
  clock.advance((ttlHoursMax + 2 * clockSkewHours) * 3_600_000)
  await bob.register()
  assert.equal((await gates()).includes(id), false)
  assert.equal((await bob.gates.list()).length, 1)
})

test('what is no gate is said in one sentence', async t => {
  const { world } = scene(t)
  const bob = await world.registered()
  await assert.rejects(bob.gates.create({ name: 'contacts' }), { code: 'CONTACT' })
  await assert.rejects(bob.gates.create({ name: 'x', share: 0 }), { code: 'CONFIG' })
  await assert.rejects(bob.gates.revoke('nobody'), { code: 'NOT_FOUND' })
  await assert.rejects(bob.invitations.create({ gate: 'nobody' }), { code: 'NOT_FOUND' })
  await assert.rejects(world.mailbox({ strangersLane: { bits: 33 } }), { code: 'CONFIG' })
  await assert.rejects(world.mailbox({ strangersLane: { classBytesMax: 5_000 } }), { code: 'CONFIG' })
  await assert.rejects(world.mailbox({ strangersLane: { ttlHoursMax: 721 } }), { code: 'CONFIG' })
})

test('cancelling ends the stamping, and nothing has left', async t => {
  const { world } = scene(t)
  const bob = await world.registered({ strangersLane: { ...few, bits: 32 } })
  const alice = await world.registered()
  const { id, sent } = await untilStamping(alice, bob)
  assert.deepEqual(await alice.outbox.cancel(id), { mayArrive: false })
  await sent
  assert.equal((await alice.outbox.get(id))?.state, 'failed')
  assert.deepEqual(kinds(world), [])
})

test('a stamp that a crash has stopped is made by the next process, and nothing is unknown', async t => {
  const { world } = scene(t)
  const [identity, store] = [generateIdentity(), new BreakableLevel()]
  const bob = await world.registered({ strangersLane: { ...few, bits: 32 } })
  const alice = await world.mailbox({ identity, store })
  const { sent } = await untilStamping(alice, bob)
  await alice.close()
  await sent
  const again = await world.mailbox({ identity, store })
  const [entry] = await all(again.outbox.list())
  assert.deepEqual([entry?.state, entry?.mayArrive], ['queued', false])
  const { id } = await untilStamping(again)
  assert.equal(id, entry?.id)
})

/** Until the message that `alice` sends, or that is in its outbox, is being stamped. */
async function untilStamping(
  alice: Mailbox,
  bob?: Mailbox
): Promise<{ id: string; sent: ReturnType<Mailbox['send']> | Promise<{ state: string }> }> {
  const stop = new AbortController()
  const events = alice.outbox.watch({ signal: stop.signal })
  const sent = bob === undefined ? Promise.resolve({ state: 'queued' }) : alice.send(bob.address, 'hello')
  sent.catch(() => undefined)
  for await (const event of events)
    if (event.type === 'state' && (event.entry.stamping?.hashes ?? 0) > 0) return { id: event.entry.id, sent }
  throw new TypeError('it was not stamped')
}
