/** A relay whose disk is nearly full: nothing new is kept, everything else goes on (SPEC §9.10; G10). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Status } from '../../../src/errors.ts'
import { openBundle, signBundle } from '../../../src/identity/bundle.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import { openLocator, signLocator } from '../../../src/identity/locator.ts'
import { recordId } from '../../../src/identity/record.ts'
import { createTombstone } from '../../../src/identity/tombstone.ts'
import { diskRetryMs, limitName } from '../../../src/limits.ts'
import { diskLevels } from '../../../src/relay/options.ts'
import { LocatorRequest, LocatorResponse, type OwnerRequest } from '../../../src/wire/messages.js'
import { protocols } from '../../../src/wire/port.ts'
import { peerIdOf } from '../../helpers/fake-relay.ts'
import { RelayWorld, type Peer, type RelayHost } from '../../helpers/relays.ts'

interface Scene {
  readonly world: RelayWorld
  readonly host: RelayHost
  readonly bob: PrivateIdentity
  readonly peer: Peer
}

async function scene(t: TestContext, relays: number = 1): Promise<Scene> {
  const world = await RelayWorld.start(relays)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  await world.registered(bob)
  const peer = world.peer()
  for (const host of world.hosts) assert.equal(await peer.prove(host, bob), Status.OK)
  return { world, host: world.host(0), bob, peer }
}

const refused = { status: Status.QUOTA, limit: 'diskFreeBytesMin', retryAfterMs: diskRetryMs }
const refusalOf = (answer: { status: number; limit: number; retryAfterMs: number }): unknown => ({
  status: answer.status,
  limit: limitName(answer.limit),
  retryAfterMs: answer.retryAfterMs
})

async function burying({ world, bob }: Scene, ...ids: Uint8Array[]): Promise<OwnerRequest> {
  const dropAfterHour = world.nowHour + 24
  return { tombstone: { tombstone: await createTombstone(bob, { ids, dropAfterHour, issuedMs: world.clock.now() }) } }
}

test('a new record is QUOTA with the limit and the time to come back; one that is known gets its receipt (G6)', async t => {
  const { host, bob, peer } = await scene(t)
  const known = await peer.record(host, bob.key)
  const fresh = await peer.record(host, bob.key)
  assert.equal((await peer.deposit(host, known)).status, Status.OK)
  host.disk.level = 'owners-only'
  assert.deepEqual(refusalOf(await peer.deposit(host, fresh)), refused)
  const again = await peer.deposit(host, known)
  assert.deepEqual([again.status, again.receipts.length], [Status.OK, 1])
  assert.equal(host.relay.ready, true)
  host.disk.level = 'room'
  assert.equal((await peer.deposit(host, fresh)).status, Status.OK)
})

test('the owner pulls, acks, removes and renews as ever', async t => {
  const here = await scene(t)
  const { host, bob, peer } = here
  const record = await peer.record(host, bob.key)
  assert.equal((await peer.deposit(host, record)).status, Status.OK)
  const { locator, bundle } = await peer.info(host, bob.key)
  assert.ok(locator !== undefined && bundle !== undefined)
  host.disk.level = 'owners-only'
  const { page } = await peer.owner(host, { pull: { mailbox: bob.key, recordsMax: 0, bytesMax: 0 } })
  assert.ok(page?.records.length === 1 && page.next !== undefined)
  assert.equal((await peer.owner(host, { ack: { mailbox: bob.key, upTo: page.next } })).status, Status.OK)
  assert.equal((await peer.owner(host, { register: { locator, bundle } })).status, Status.OK)
  assert.equal((await peer.owner(host, await burying(here, recordId(record)))).status, Status.OK)
  assert.deepEqual(await peer.pulled(host, bob.key), [])
})

test('it opens no mailbox more, and tells whoever looks for a relay', async t => {
  const { world, host, bob, peer } = await scene(t)
  const { locator, bundle } = await peer.info(host, bob.key)
  assert.ok(locator !== undefined && bundle !== undefined)
  const carol = generateIdentity()
  const o = { mailbox: bob.key, nowHour: world.nowHour }
  const register = {
    locator: (await signLocator(carol, await openLocator(locator, o))).bytes,
    bundle: (await signBundle(carol, await openBundle(bundle, o))).bytes
  }
  assert.equal(await peer.prove(host, carol), Status.OK)
  host.disk.level = 'owners-only'
  const { relay } = await peer.info(host, new Uint8Array(0))
  assert.equal(relay?.mailboxesFree, 0)
  assert.deepEqual(refusalOf(await peer.owner(host, { register })), refused)
  host.disk.level = 'room'
  assert.equal((await peer.owner(host, { register })).status, Status.OK)
})

test('it takes no locator more for its neighbourhood, and a newer one of those it has', async t => {
  const { world, host, bob, peer } = await scene(t)
  const { locator } = await peer.info(host, bob.key)
  assert.ok(locator !== undefined)
  const held = await openLocator(locator, { mailbox: bob.key, nowHour: world.nowHour })
  const channel = await world.network
    .join(peerIdOf(generateIdentity()))
    .network.channel(host.address, protocols.locator)
  const put = async (signed: Uint8Array): Promise<LocatorResponse> =>
    LocatorResponse.decode(await channel.call(LocatorRequest.encode({ put: { locator: signed } })))
  assert.equal((await put(locator)).status, Status.OK)
  host.disk.level = 'owners-only'
  const { bytes: newer } = await signLocator(bob, { ...held, seq: held.seq + 1 })
  assert.equal((await put(newer)).status, Status.OK)
  const { bytes: stranger } = await signLocator(generateIdentity(), held)
  assert.deepEqual(refusalOf(await put(stranger)), refused)
})

test('repair brings it tombstones, and records when there is room again', async t => {
  const here = await scene(t, 3)
  const { world, host, bob, peer } = here
  const other = world.host(1)
  const acked = await peer.record(host, bob.key)
  const missed = await peer.record(host, bob.key)
  for (const at of [host, other]) assert.equal((await peer.deposit(at, acked)).status, Status.OK)
  assert.equal((await peer.deposit(other, missed)).status, Status.OK)
  assert.equal((await peer.owner(other, await burying(here, recordId(acked)))).status, Status.OK)
  host.disk.level = 'owners-only'
  await host.relay.repair(new AbortController().signal)
  assert.equal(host.relay.stats().records, 0)
  host.disk.level = 'room'
  await host.relay.repair(new AbortController().signal)
  assert.equal(host.relay.stats().records, 1)
})

test('a disk that fills up closes to mailboxes first, then to strangers and locators, and to owners never', async t => {
  const { world, host, bob, peer } = await scene(t)
  const { locator, bundle } = await peer.info(host, bob.key)
  assert.ok(locator !== undefined && bundle !== undefined)
  const o = { mailbox: bob.key, nowHour: world.nowHour }
  const held = await openLocator(locator, o)
  const channel = await world.network
    .join(peerIdOf(generateIdentity()))
    .network.channel(host.address, protocols.locator)
  const taken: Record<string, boolean[]> = {}
  for (const level of diskLevels) {
    const carol = generateIdentity()
    const register: NonNullable<OwnerRequest['register']> = {
      locator: (await signLocator(carol, held)).bytes,
      bundle: (await signBundle(carol, await openBundle(bundle, o))).bytes
    }
    const put = LocatorRequest.encode({ put: { locator: (await signLocator(generateIdentity(), held)).bytes } })
    assert.equal(await peer.prove(host, carol), Status.OK)
    host.disk.level = level
    const answers: Array<Parameters<typeof refusalOf>[0]> = [
      await peer.owner(host, { register }),
      await peer.deposit(host, await peer.record(host, bob.key)),
      LocatorResponse.decode(await channel.call(put)),
      await peer.owner(host, { pull: { mailbox: bob.key, recordsMax: 0, bytesMax: 0 } })
    ]
    for (const answer of answers) if (answer.status !== Status.OK) assert.deepEqual(refusalOf(answer), refused)
    taken[level] = answers.map(({ status }) => status === Status.OK)
    host.disk.level = 'room'
  }
  assert.deepEqual(taken, {
    room: [true, true, true, true],
    'no-mailboxes': [false, true, true, true],
    'no-strangers': [false, false, false, true],
    'owners-only': [false, false, false, true]
  })
})
