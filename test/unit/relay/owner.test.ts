import assert from 'node:assert/strict'
import { test } from 'node:test'
import { equals } from 'uint8arrays'
import { msPerHour } from '../../../src/environment.ts'
import { Status } from '../../../src/errors.ts'
import { openBundle, signBundle, type KeyBundle } from '../../../src/identity/bundle.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import { openLocator, signLocator, type Locator } from '../../../src/identity/locator.ts'
import { createOwnerAuth, scopes } from '../../../src/identity/ownerauth.ts'
import { recordId } from '../../../src/identity/record.ts'
import { createTombstone } from '../../../src/identity/tombstone.ts'
import { leaseGraceHours, leaseHours, locatorValidHours, unauthenticatedCallsMax } from '../../../src/limits.ts'
import { OwnerRequest, OwnerResponse } from '../../../src/wire/messages.js'
import { protocols, type Session } from '../../../src/wire/port.ts'
import { peerIdOf } from '../../helpers/fake-relay.ts'
import type { Hosting } from '../../helpers/relays.ts'
import { aTurn, hosting, RelayWorld } from '../../helpers/relays.ts'

async function documents({ world, host, bob, peer }: Hosting): Promise<{ locator: Locator; bundle: KeyBundle }> {
  const { locator, bundle } = await peer.info(host, bob.key)
  assert.ok(locator !== undefined && bundle !== undefined)
  const o = { mailbox: bob.key, nowHour: world.nowHour }
  return { locator: await openLocator(locator, o), bundle: await openBundle(bundle, o) }
}

async function ownersCalls({ world, host, bob, peer }: Hosting): Promise<Record<string, OwnerRequest>> {
  const mailbox = bob.key
  const record = await peer.record(host, mailbox)
  assert.equal((await peer.deposit(host, record)).status, Status.OK)
  const held = await documents({ world, host, bob, peer })
  const bundle = await signBundle(bob, { ...held.bundle, seq: held.bundle.seq + 1 })
  const ids = [recordId(record)]
  const tombstone = await createTombstone(bob, { ids, dropAfterHour: world.nowHour + 24, issuedMs: world.clock.now() })
  return {
    pull: { pull: { mailbox, recordsMax: 0, bytesMax: 0 } },
    subscribe: { subscribe: { mailbox, recordsMax: 0, bytesMax: 0, waitMs: 1_000 } },
    status: { status: { mailbox } },
    ack: { ack: { mailbox, upTo: { epoch: new Uint8Array(16), seq: 1 } } },
    tombstone: { tombstone: { tombstone } },
    config: { config: { mailbox, bundle: bundle.bytes } },
    register: { register: { locator: held.locator.bytes, bundle: bundle.bytes } }
  }
}

test("G7: without a proof every owner's call is AUTH, and nothing has changed", async t => {
  const here = await hosting(t)
  const calls = await ownersCalls(here)
  for (const [name, call] of Object.entries(calls)) {
    assert.equal((await here.peer.owner(here.host, call)).status, Status.AUTH, name)
  }
  assert.equal(here.host.relay.stats().records, 1)
})

test("G7: with the proof of another mailbox every owner's call is AUTH, and nothing has changed", async t => {
  const here = await hosting(t)
  const before = await documents(here)
  const mallory = generateIdentity()
  await here.world.registered(mallory)
  assert.equal(await here.peer.prove(here.host, mallory), Status.OK)
  const { register, ...calls } = await ownersCalls(here)
  for (const [name, call] of Object.entries(calls)) {
    assert.equal((await here.peer.owner(here.host, call)).status, Status.AUTH, name)
  }
  assert.ok(register !== undefined)
  // Bob's documents are not signed by the mailbox that was proved
  assert.equal((await here.peer.owner(here.host, register)).status, Status.MALFORMED)
  assert.equal(here.host.relay.stats().records, 1)
  assert.equal((await documents(here)).bundle.seq, before.bundle.seq)
})

test('G7: nobody proves a mailbox with another key', async t => {
  const { host, bob, peer } = await hosting(t)
  assert.equal(await peer.prove(host, generateIdentity(), { mailbox: bob.key }), Status.AUTH)
})

test('G7: a proof is worth the scopes it names', async t => {
  const here = await hosting(t)
  const calls = await ownersCalls(here)
  assert.equal(await here.peer.prove(here.host, here.bob, { scopes: scopes.pull }), Status.OK)
  const expected = {
    pull: Status.OK,
    status: Status.OK,
    tombstone: Status.AUTH,
    config: Status.AUTH,
    register: Status.AUTH
  }
  for (const [name, status] of Object.entries(expected)) {
    assert.equal((await here.peer.owner(here.host, calls[name] as OwnerRequest)).status, status, name)
  }
})

test('G7: a proof is worth nothing on another stream, or once its hour has come', async t => {
  const { world, host, bob, peer } = await hosting(t)
  const pull = { pull: { mailbox: bob.key, recordsMax: 0, bytesMax: 0 } }
  await peer.prove(host, bob)
  assert.equal((await world.peer().owner(host, pull)).status, Status.AUTH)
  assert.equal((await peer.owner(host, pull)).status, Status.OK)
  world.clock.advance(12 * msPerHour)
  assert.equal((await peer.owner(host, pull)).status, Status.AUTH)
})

test('who goes on asking without a proof is cut off', async t => {
  const { host, bob, peer } = await hosting(t)
  const pull = { pull: { mailbox: bob.key, recordsMax: 0, bytesMax: 0 } }
  for (let asked = 0; asked < unauthenticatedCallsMax; asked++) {
    assert.equal((await peer.owner(host, pull)).status, Status.AUTH)
  }
  await assert.rejects(peer.owner(host, pull), { code: 'DISCONNECTED' })
})

test('G8: REGISTER and CONFIG with an older locator are MOVED, with the newer one, which stays', async t => {
  const here = await hosting(t)
  const { host, bob, peer } = here
  const old = await documents(here)
  const locator = await signLocator(bob, { ...old.locator, seq: old.locator.seq + 1 })
  await peer.prove(host, bob)
  assert.equal((await peer.owner(host, { config: { mailbox: bob.key, locator: locator.bytes } })).status, Status.OK)
  const rollbacks = [
    { register: { locator: old.locator.bytes, bundle: old.bundle.bytes } },
    { config: { mailbox: bob.key, locator: old.locator.bytes } }
  ]
  for (const call of rollbacks) {
    const refused = await peer.owner(host, call)
    assert.equal(refused.status, Status.MOVED)
    assert.ok(equals(refused.locator ?? new Uint8Array(), locator.bytes))
  }
  assert.equal((await documents(here)).locator.seq, locator.seq)
})

test('G8: an older bundle in REGISTER or CONFIG does not replace the newer one', async t => {
  const here = await hosting(t)
  const { host, bob, peer } = here
  const old = await documents(here)
  const bundle = await signBundle(bob, { ...old.bundle, seq: old.bundle.seq + 1 })
  await peer.prove(host, bob)
  for (const offered of [bundle, old.bundle]) {
    await peer.owner(host, { config: { mailbox: bob.key, bundle: offered.bytes } })
    assert.equal((await documents(here)).bundle.seq, bundle.seq)
  }
  await peer.owner(host, { register: { locator: old.locator.bytes, bundle: old.bundle.bytes } })
  assert.equal((await documents(here)).bundle.seq, bundle.seq)
})

test('G8: what is newest stays so when the relay starts again', async t => {
  const here = await hosting(t)
  const { host, bob, peer } = here
  const old = await documents(here)
  const locator = await signLocator(bob, { ...old.locator, seq: old.locator.seq + 1 })
  await peer.prove(host, bob)
  await peer.owner(host, { config: { mailbox: bob.key, locator: locator.bytes } })
  await host.relay.stop()
  await host.start()
  await peer.prove(host, bob)
  const refused = await peer.owner(host, { config: { mailbox: bob.key, locator: old.locator.bytes } })
  assert.equal(refused.status, Status.MOVED)
  assert.equal((await documents(here)).locator.seq, locator.seq)
})

test('G8: a read that was overtaken by a change does not bring the older documents back', async t => {
  const here = await hosting(t)
  const { world, host, bob, peer } = here
  const old = await documents(here)
  const locator = await signLocator(bob, { ...old.locator, seq: old.locator.seq + 1 })
  await host.relay.stop()
  await host.start()
  const { entered, release } = host.database.holdRead()
  const slow = world.peer().info(host, bob.key)
  await entered
  await peer.prove(host, bob)
  assert.equal((await peer.owner(host, { config: { mailbox: bob.key, locator: locator.bytes } })).status, Status.OK)
  release()
  await slow
  assert.equal((await documents(here)).locator.seq, locator.seq)
})

test('a cursor of another store is CURSOR, and a mark leaves what is acked to be pulled again', async t => {
  const { host, bob, peer } = await hosting(t)
  const mailbox = bob.key
  for (let n = 0; n < 3; n++) await peer.deposit(host, await peer.record(host, mailbox))
  await peer.prove(host, bob)
  const first = await peer.owner(host, { pull: { mailbox, recordsMax: 2, bytesMax: 0 } })
  assert.equal(first.page?.more, true)
  const { next } = first.page
  assert.ok(next !== undefined)
  assert.equal((await peer.owner(host, { ack: { mailbox, upTo: next } })).status, Status.OK)
  const { mailbox: held } = await peer.owner(host, { status: { mailbox } })
  assert.deepEqual([held?.records, held?.unacked], [3, 1])
  assert.equal((await peer.pulled(host, mailbox)).length, 3)
  const after = { epoch: new Uint8Array(16), seq: 1 }
  assert.equal((await peer.owner(host, { pull: { mailbox, recordsMax: 0, bytesMax: 0, after } })).status, Status.CURSOR)
})

test('G11: what cannot be read is UNAVAILABLE, never an empty page', async t => {
  const { host, bob, peer } = await hosting(t)
  const mailbox = bob.key
  await peer.deposit(host, await peer.record(host, mailbox))
  await peer.prove(host, bob)
  host.database.unreadable = true
  const pull = { pull: { mailbox, recordsMax: 0, bytesMax: 0 } }
  const { status, page } = await peer.owner(host, pull)
  assert.deepEqual([status, page], [Status.UNAVAILABLE, undefined])
  host.database.unreadable = false
  assert.equal((await peer.owner(host, pull)).page?.records.length, 1)
})

test('G8: a lease that ran out does not let an older locator back in', async t => {
  const here = await hosting(t)
  const { world, host, bob, peer } = here
  const held = await documents(here)
  world.clock.advance((leaseHours - 10) * msPerHour)
  const fresh = { issuedHour: world.nowHour, validUntilHour: world.nowHour + locatorValidHours }
  const older = await signLocator(bob, { ...held.locator, ...fresh, seq: held.locator.seq + 1 })
  const newer = await signLocator(bob, { ...held.locator, ...fresh, seq: held.locator.seq + 2 })
  const bundle = await signBundle(bob, { ...held.bundle, ...fresh, seq: held.bundle.seq + 1 })
  await peer.prove(host, bob)
  assert.equal((await peer.owner(host, { config: { mailbox: bob.key, locator: newer.bytes } })).status, Status.OK)
  world.clock.advance(11 * msPerHour)
  assert.equal((await peer.info(host, bob.key)).status, Status.NO_MAILBOX)
  const register = { register: { locator: older.bytes, bundle: bundle.bytes } }
  assert.equal((await peer.owner(host, register)).status, Status.MOVED)
})

test('a mailbox that is dropped makes room for another one, and counts once when it is opened again', async t => {
  const world = await RelayWorld.start(1, { mailboxes: 1 })
  t.after(async () => {
    await world.close()
  })
  const { relay } = world.host(0)
  const bob = await world.registered()
  const carol = await world.mailbox()
  await assert.rejects(carol.register({ active: 1, standby: 0 }))
  world.clock.advance((leaseHours + leaseGraceHours) * msPerHour)
  // bounded by the few turns that a sweep of an empty store takes
  for (let turn = 0; turn < 1_000 && relay.stats().mailboxes > 0; turn++) await aTurn()
  assert.equal(relay.stats().mailboxes, 0)
  await bob.register({ active: 1, standby: 0 })
  assert.equal(relay.stats().mailboxes, 1)
  await assert.rejects(carol.register({ active: 1, standby: 0 }))
})

test('SUBSCRIBE is answered by the deposit it waited for', async t => {
  const { host, bob, peer } = await hosting(t)
  const record = await peer.record(host, bob.key)
  await peer.prove(host, bob)
  let answered = false
  const waiting = peer
    .owner(host, { subscribe: { mailbox: bob.key, recordsMax: 0, bytesMax: 0, waitMs: 5_000 } })
    .finally(() => {
      answered = true
    })
  await peer.pulled(host, bob.key)
  assert.equal(answered, false)
  assert.equal((await peer.deposit(host, record)).status, Status.OK)
  const { status, page } = await waiting
  assert.equal(status, Status.OK)
  assert.equal(page?.records.length, 1)
})

test('SUBSCRIBE is answered at once when there is something already', async t => {
  const { host, bob, peer } = await hosting(t)
  await peer.deposit(host, await peer.record(host, bob.key))
  await peer.prove(host, bob)
  const { page } = await peer.owner(host, {
    subscribe: { mailbox: bob.key, recordsMax: 0, bytesMax: 0, waitMs: 5_000 }
  })
  assert.equal(page?.records.length, 1)
})

test('SUBSCRIBE is answered with an empty page after wait_ms, whose cursor goes on', async t => {
  const { world, host, bob, peer } = await hosting(t)
  await peer.prove(host, bob)
  const subscribe = { mailbox: bob.key, recordsMax: 0, bytesMax: 0, waitMs: 5_000 }
  const waiting = peer.owner(host, { subscribe })
  await peer.pulled(host, bob.key)
  world.clock.advance(5_000)
  const { status, page } = await waiting
  assert.equal(status, Status.OK)
  assert.deepEqual(page?.records, [])
  assert.equal(page.more, false)
  assert.ok(page.next !== undefined)
  await peer.deposit(host, await peer.record(host, bob.key))
  const next = await peer.owner(host, { subscribe: { ...subscribe, after: page.next } })
  assert.equal(next.page?.records.length, 1)
})

/** How often the relay vouched for somebody on a stream on which this key was proved. */
async function vouchedFor({ world, host }: Hosting, owner: PrivateIdentity): Promise<number> {
  const handler = host.handlers.get(protocols.owner)
  assert.ok(handler !== undefined)
  let vouched = 0
  const ends = { localPeer: peerIdOf(host.identity), remotePeer: peerIdOf(generateIdentity()) }
  const session: Session = {
    ...ends,
    signal: new AbortController().signal,
    state: new Map(),
    vouch: () => {
      vouched++
    }
  }
  const ask = async (request: OwnerRequest): Promise<OwnerResponse> =>
    OwnerResponse.decode(await handler(OwnerRequest.encode(request), session))
  const { challenge } = await ask({ challenge: {} })
  assert.ok(challenge !== undefined)
  const auth = await createOwnerAuth(owner, {
    relay: ends.localPeer,
    client: ends.remotePeer,
    nonce: challenge.nonce,
    mailbox: owner.key,
    scopes: scopes.all,
    expiresHour: world.nowHour + 1
  })
  assert.equal((await ask({ auth })).status, Status.OK)
  return vouched
}

test('G10: who proves a key of its own has no place of an owner; who proves a mailbox that is here has', async t => {
  const here = await hosting(t)
  assert.deepEqual([await vouchedFor(here, generateIdentity()), await vouchedFor(here, here.bob)], [0, 1])
})
