import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toString } from 'uint8arrays'
import { openBundle } from '../../../src/identity/bundle.ts'
import { RegistrationState } from '../../../src/client/registration.ts'
import { LocalStore } from '../../../src/client/store.ts'
import { domains, payloadTypes } from '../../../src/identity/domains.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { peerBytes } from '../../../src/identity/peer.ts'
import { sealDescriptor } from '../../../src/identity/signed.ts'
import { locatorValidHoursMax } from '../../../src/limits.ts'
import { Locator as LocatorMessage } from '../../../src/wire/messages.js'
import { hourOf, msPerHour } from '../../../src/environment.ts'
import { Status } from '../../../src/errors.ts'
import { BreakableLevel, ManualClock, World } from '../../helpers/clients.ts'

test('register opens the mailbox on three relays with W = 2 and publishes the locator', async t => {
  const world = new World(4)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.mailbox()
  const { locator, relays, writeQuorum, alreadyOpen, leaseUntilHour } = await bob.register({ standby: 0 })
  assert.equal(relays.length, 3)
  assert.equal(writeQuorum, 2)
  assert.equal(alreadyOpen, false)
  assert.equal(leaseUntilHour, hourOf(world.env.now()) + 2160)
  assert.equal(world.relays.filter(relay => relay.hosted.size === 1).length, 3)
  assert.equal(
    world.relays.filter(relay => relay.locators.get(toString(locator.mailbox, 'hex'))?.seq === locator.seq).length,
    4
  )
})

test('a single relay is legal, with W = 1, and the registration says so', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.mailbox()
  const { writeQuorum, relays } = await bob.register()
  assert.equal(writeQuorum, 1)
  assert.equal(relays.length, 1)
})

test('relays without room are not chosen', async t => {
  const world = new World(4)
  t.after(async () => {
    await world.close()
  })
  const [full] = world.relays
  assert.ok(full !== undefined)
  full.room = 0
  const { relays } = await (await world.mailbox()).register()
  assert.equal(
    relays.some(relay => relay.id === full.address.id),
    false
  )
})

test('a relay that answers MOVED without a newer locator of the owner is one that refuses, and stops no other', async t => {
  const world = new World(3)
  t.after(async () => {
    await world.close()
  })
  const [liar] = world.relays
  assert.ok(liar !== undefined)
  const bob = await world.registered()
  // of CHALLENGE too: whatever it is asked
  liar.fault = () => Status.MOVED
  const { relays } = await bob.register()
  assert.deepEqual(
    relays.filter(({ leaseUntilHour }) => leaseUntilHour === undefined).map(({ id, code }) => [id, code]),
    [[liar.address.id, 'MOVED']]
  )
})

test('fewer than W grants is TOO_FEW_RELAYS and leaves no registration behind', async t => {
  const world = new World(3)
  t.after(async () => {
    await world.close()
  })
  for (const relay of world.relays.slice(1)) relay.fault = call => (call === 'register' ? Status.POLICY : undefined)
  const store = new BreakableLevel()
  const identity = generateIdentity()
  const bob = await world.mailbox({ identity, store })
  await assert.rejects(bob.register(), { code: 'TOO_FEW_RELAYS' })
  await assert.rejects(bob.inbox.pull(), { code: 'NOT_REGISTERED' })
  const again = await world.mailbox({ identity, store })
  assert.equal((await again.status()).registered, false)
  for (const relay of world.relays) relay.fault = () => undefined
  await again.register()
  assert.equal((await again.status()).registered, true)
})

test('one of three relays may refuse: the registration says which', async t => {
  const world = new World(3)
  t.after(async () => {
    await world.close()
  })
  const [refusing] = world.relays
  assert.ok(refusing !== undefined)
  refusing.fault = call => (call === 'register' ? Status.QUOTA : undefined)
  const { relays } = await (await world.mailbox()).register()
  assert.deepEqual(
    relays.filter(relay => relay.code !== undefined).map(relay => [relay.id, relay.code]),
    [[refusing.address.id, 'QUOTA']]
  )
})

test('a second register within the day renews the leases with the same locator and bundle', async t => {
  const world = new World(3)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.mailbox()
  const first = await bob.register()
  const second = await bob.register()
  assert.equal(second.alreadyOpen, true)
  assert.equal(second.locator.seq, first.locator.seq)
  assert.deepEqual(
    world.relays.map(relay => relay.count('register')),
    [2, 2, 2]
  )
})

test('after a day register signs a newer locator and bundle', async t => {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.mailbox()
  const first = await bob.register()
  clock.advance(25 * msPerHour)
  const second = await bob.register()
  assert.ok(second.locator.seq > first.locator.seq)
  assert.ok(second.locator.bundleMinSeq > first.locator.bundleMinSeq)
})

test('register rotates the prekeys when they are a week old and keeps the replaced ones', async t => {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const identity = generateIdentity()
  const bob = await world.registered({ identity })
  const alice = await world.mailbox()
  await alice.send(bob.address, 'sealed to the first prekey')
  const keyIds = async (): Promise<string[]> => {
    const bytes = world.relays[0]?.bundles.get(toString(identity.key, 'hex')) ?? new Uint8Array()
    const { keys } = await openBundle(bytes, { nowHour: hourOf(clock.now()) })
    assert.equal(keys.filter(key => key.lastResort).length, 2)
    return keys.filter(key => !key.lastResort).map(key => toString(key.keyId, 'hex'))
  }
  const before = await keyIds()
  clock.advance(8 * 24 * msPerHour)
  await bob.register()
  const after = await keyIds()
  assert.equal(before.length, 2)
  assert.equal(after.length, 2)
  assert.equal(
    after.some(id => before.includes(id)),
    false
  )
  assert.deepEqual(await bob.inbox.pull().then(({ received, failed }) => ({ received, failed })), {
    received: 1,
    failed: []
  })
})

test('a client that lost its store finds its relays again and signs a higher seq', async t => {
  const world = new World(5)
  t.after(async () => {
    await world.close()
  })
  const identity = generateIdentity()
  const first = await (await world.mailbox({ identity })).register({ standby: 0 })
  const second = await (await world.mailbox({ identity })).register()
  assert.equal(second.alreadyOpen, true)
  assert.deepEqual(
    second.locator.relays.map(relay => relay.id),
    first.locator.relays.map(relay => relay.id)
  )
  assert.ok(second.locator.seq > first.locator.seq)
})

test('a clock set back does not make an older locator: the seq goes above the highest seen', async t => {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const identity = generateIdentity()
  const first = await (await world.mailbox({ identity })).register()
  clock.advance(-2 * msPerHour)
  const second = await (await world.mailbox({ identity })).register()
  assert.ok(second.locator.seq > first.locator.seq)
})

test('relays named by the owner are used in that order, and a wrong address is CONFIG', async t => {
  const world = new World(3)
  t.after(async () => {
    await world.close()
  })
  const bob = await world.mailbox()
  const [, , last] = world.relays
  assert.ok(last !== undefined)
  const text = `${last.address.addresses[0] ?? ''}/p2p/${last.address.id}`
  const { locator } = await bob.register({ relays: [text] })
  assert.deepEqual(
    locator.relays.map(relay => relay.id),
    [last.address.id]
  )
  await assert.rejects(bob.register({ relays: ['/ip4/127.0.0.1/tcp/1'] }), { code: 'CONFIG' })
  await assert.rejects(bob.register({ relays: ['nonsense'] }), { code: 'CONFIG' })
  await assert.rejects(bob.register({ relays: [text, text] }), { code: 'CONFIG' })
  await assert.rejects(bob.register({ active: 6 }), { code: 'CONFIG' })
})

test('nobody to register with is NO_RELAY', async t => {
  const world = new World(0)
  t.after(async () => {
    await world.close()
  })
  await assert.rejects((await world.mailbox()).register(), { code: 'NO_RELAY' })
})

test('a locator that another client has signed with an odd time is taken, and keeps no mailbox from opening', async t => {
  const world = new World(3)
  t.after(async () => {
    await world.close()
  })
  const [identity, store] = [generateIdentity(), new BreakableLevel()]
  const bob = await world.registered({ identity, store })
  const { locator } = await bob.register()
  await bob.close()
  const nowHour = hourOf(world.env.now())
  const issuedHour = nowHour - 500
  // valid for as long as one may be from now on, which is longer than from its own hour
  const payload = {
    ...locator,
    version: 1,
    seq: locator.seq + 1,
    issuedHour,
    validUntilHour: nowHour + locatorValidHoursMax
  }
  const relays = locator.relays.map(({ id }) => ({ peerId: peerBytes(id), addresses: [], role: 1 }))
  const bytes = await sealDescriptor(
    identity,
    domains.locator,
    payloadTypes.locator,
    LocatorMessage.encode({ ...payload, relays })
  )
  const local = await LocalStore.open(store, identity.key)
  assert.equal(await (await RegistrationState.open(local, identity.key, world.env)).adopt(bytes), true)
  const again = await world.mailbox({ identity, store })
  assert.equal(again.relays.length, 3)
  await again.register()
})
