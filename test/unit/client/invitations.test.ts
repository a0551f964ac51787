import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { Mailbox } from '../../../src/client/mailbox.ts'
import { LocalStore } from '../../../src/client/store.ts'
import { msPerHour } from '../../../src/environment.ts'
import type { PrivateIdentity } from '../../../src/identity/keys.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { openInvitation } from '../../../src/identity/invitation.ts'
import { contactsMax, invitationsMax, requestsPerSenderMax } from '../../../src/limits.ts'
import { all, BreakableLevel, ManualClock, sound, World } from '../../helpers/clients.ts'
import { peerIdOf } from '../../helpers/fake-relay.ts'
import { auditPeople } from '../../helpers/people.ts'

interface Scene {
  readonly world: World
  readonly clock: ManualClock
  readonly bob: Mailbox
  readonly reopen: () => Promise<Mailbox>
  readonly audit: (crashed?: boolean) => Promise<void>
  readonly store: BreakableLevel
  readonly identity: PrivateIdentity
  readonly guest: () => Promise<Mailbox>
}

async function scene(t: TestContext): Promise<Scene> {
  const clock = new ManualClock()
  const world = new World(3, clock)
  t.after(async () => {
    await world.close()
  })
  const [identity, store] = [generateIdentity(), new BreakableLevel()]
  const reopen = async (): Promise<Mailbox> => await world.mailbox({ identity, store, strangers: 'requests' })
  const bob = await reopen()
  await bob.register()
  const audit = async (crashed?: boolean): Promise<void> => {
    await auditPeople(store, identity, crashed)
  }
  const guest = async (): Promise<Mailbox> => await world.mailbox({ strangers: 'requests' })
  return { world, clock, bob, reopen, audit, store, identity, guest }
}

test('whoever accepts an invitation and writes is a contact, and its first message is in the inbox', async t => {
  const { bob, guest, audit } = await scene(t)
  const { uri, id, expiresMs, leftOut } = await bob.invitations.create({ name: 'Bob', contact: 'Alice' })
  const opened = await openInvitation(uri, { nowMs: expiresMs - 1 })
  assert.deepEqual([opened.relays.length + leftOut.length, opened.name], [3, 'Bob'])
  const alice = await guest()
  const contact = await alice.invitations.accept(uri)
  assert.deepEqual([contact.name, contact.address], ['Bob', bob.address])
  await alice.send(bob.address, 'hello')
  const { received, requests } = await bob.inbox.pull()
  assert.deepEqual([received, requests], [1, 0])
  assert.equal((await bob.contacts.get('Alice'))?.address, alice.address)
  const [invited] = await bob.invitations.list()
  assert.deepEqual([invited?.id, invited?.state, invited?.usedBy], [id, 'used', alice.address])
  await alice.send(bob.address, 'and again')
  assert.equal((await bob.inbox.pull()).received, 1)
  await audit()
})

test('a guest who knows no relay finds the mailbox by those that the invitation names, also when the first is gone', async t => {
  const { world, bob } = await scene(t)
  const alice = await Mailbox.open({
    identity: generateIdentity(),
    store: new BreakableLevel(),
    network: world.network.join(peerIdOf(generateIdentity())).network,
    closest: async () => await Promise.resolve([]),
    env: world.env
  })
  t.after(async () => {
    await alice.close()
  })
  const { uri, leftOut } = await bob.invitations.create({ name: 'Bob' })
  assert.deepEqual(leftOut, [])
  const [first] = (await openInvitation(uri, { nowMs: world.env.now() })).relays
  world.relays.find(({ address }) => address.id === first?.id)?.node.stop()
  await alice.invitations.accept(uri)
  assert.equal((await alice.send(bob.address, 'hello')).state, 'stored')
  assert.equal((await bob.inbox.pull()).received, 1)
})

test('an answer to an invitation is expected: the inviter is a contact of the guest', async t => {
  const { world, bob } = await scene(t)
  const alice = await world.registered({ strangers: 'requests' })
  await alice.invitations.accept((await bob.invitations.create()).uri, { name: 'Bob' })
  await bob.send(alice.address, 'welcome')
  assert.equal((await alice.inbox.pull()).received, 1)
})

test('two who use one invitation, in one page: the first is a contact, the other a stranger', async t => {
  const { bob, guest, audit } = await scene(t)
  const { uri } = await bob.invitations.create()
  const [alice, carol] = [await guest(), await guest()]
  for (const one of [alice, carol]) {
    await one.invitations.accept(uri, { name: 'Bob' })
    await one.send(bob.address, one === alice ? 'first' : 'second')
  }
  const { received, requests } = await bob.inbox.pull()
  assert.deepEqual([received, requests], [1, 1])
  assert.equal((await sound(bob.inbox.list()))[0]?.from, alice.address)
  assert.equal((await sound(bob.requests.list()))[0]?.from, carol.address)
  await audit()
})

test('a guest whose earlier message is a request, also one of the same page, has it in the inbox then', async t => {
  const { bob, guest, audit } = await scene(t)
  const alice = await guest()
  await alice.send(bob.address, 'before')
  await bob.inbox.pull()
  await alice.send(bob.address, 'in the same page')
  await alice.invitations.accept((await bob.invitations.create()).uri, { name: 'Bob' })
  await alice.send(bob.address, 'invited')
  await bob.inbox.pull()
  assert.deepEqual([(await bob.requests.counts()).all, (await bob.inbox.counts()).all], [0, 3])
  await audit()
})

test('what waits of a guest, also of the page with its token, is taken by the next pull', async t => {
  const { bob, guest, audit } = await scene(t)
  const alice = await guest()
  for (let n = 0; n < requestsPerSenderMax + 2; n++) await alice.send(bob.address, `${n}`)
  await alice.invitations.accept((await bob.invitations.create()).uri, { name: 'Bob' })
  await alice.send(bob.address, 'invited')
  // the relays that are read after the one that had the token may have given the rest already
  assert.equal((await bob.inbox.pull()).complete, false)
  const { complete, waiting } = await bob.inbox.pull()
  assert.deepEqual([complete, waiting], [true, undefined])
  assert.equal((await bob.inbox.counts()).all, requestsPerSenderMax + 3)
  await audit()
})

test('a used, a revoked and an unknown token make a request', async t => {
  const { bob, guest } = await scene(t)
  const invitations = [await bob.invitations.create(), await bob.invitations.create()] as const
  const used = await guest()
  await used.invitations.accept(invitations[0].uri, { name: 'Bob' })
  await used.send(bob.address, 'hello')
  await bob.inbox.pull()
  await bob.invitations.revoke(invitations[1].id)
  await assert.rejects(bob.invitations.revoke(invitations[1].id), { code: 'INVITATION' })
  for (const { uri } of invitations) {
    const late = await guest()
    await late.invitations.accept(uri, { name: 'Bob' })
    await late.send(bob.address, 'hello')
  }
  const { received, requests } = await bob.inbox.pull()
  assert.deepEqual([received, requests], [0, 2])
})

test('an invitation counts by when it was used: in time for an inviter who was away, not after its term', async t => {
  const { bob, guest, clock } = await scene(t)
  const { uri } = await bob.invitations.create({ ttlHours: 2 })
  const [alice, carol] = [await guest(), await guest()]
  for (const one of [alice, carol]) await one.invitations.accept(uri, { name: 'Bob' })
  await alice.send(bob.address, 'in time')
  clock.advance(3 * msPerHour)
  await assert.rejects((await guest()).invitations.accept(uri, { name: 'Bob' }), {
    code: 'INVITATION',
    message: /expired/
  })
  assert.equal((await bob.invitations.list())[0]?.state, 'expired')
  await bob.inbox.pull()
  assert.deepEqual([(await bob.inbox.counts()).all, (await bob.requests.counts()).all], [1, 0])
  const second = await bob.invitations.create({ ttlHours: 1 })
  await carol.invitations.accept(second.uri)
  clock.advance(msPerHour)
  await carol.send(bob.address, 'too late')
  assert.equal((await bob.inbox.pull()).requests, 1)
})

test('a name that is taken gets a number, and without one the contact is called after its address', async t => {
  const { bob, guest } = await scene(t)
  const friends = [await guest(), await guest(), await guest()]
  for (const [at, friend] of friends.entries()) {
    const { uri } = await bob.invitations.create(at === 2 ? {} : { contact: 'Friend' })
    await friend.invitations.accept(uri, { name: 'Bob' })
    await friend.send(bob.address, 'hello')
  }
  await bob.inbox.pull()
  const names = await Promise.all(friends.map(async friend => (await bob.contacts.get(friend.address))?.name))
  assert.deepEqual(names, ['Friend', 'Friend 2', `invited ${(friends[2]?.address ?? '').slice(-8)}`])
})

test('a name that is taken and ends within a character when it is cut makes room for the number before it', async t => {
  const { bob, guest, audit } = await scene(t)
  const contact = `${'n'.repeat(39)}😀 of the club`
  const friends = [await guest(), await guest()]
  for (const friend of friends) {
    await friend.invitations.accept((await bob.invitations.create({ contact })).uri, { name: 'Bob' })
    await friend.send(bob.address, 'hello')
  }
  assert.equal((await bob.inbox.pull()).received, 2)
  const names = await Promise.all(friends.map(async friend => (await bob.contacts.get(friend.address))?.name))
  assert.deepEqual(names.toSorted(), [contact, `${'n'.repeat(39)} 2`].toSorted())
  await audit()
})

test('an invitation counts also when there is no more room for a contact: its sender is known, and no name is taken', async t => {
  const { bob, guest, identity, store, reopen } = await scene(t)
  const { tally } = await LocalStore.open(store, identity.key)
  await (await LocalStore.open(store, identity.key)).commit([tally.put('contacts', contactsMax)])
  const alice = await guest()
  await alice.invitations.accept((await bob.invitations.create({ contact: 'Alice' })).uri, { name: 'Bob' })
  await alice.send(bob.address, 'hello')
  assert.equal((await bob.inbox.pull()).received, 1)
  await bob.close()
  await (await LocalStore.open(store, identity.key)).commit([tally.put('contacts', 0)])
  const again = await reopen()
  const { address } = generateIdentity()
  assert.equal((await again.contacts.add({ address, name: 'Alice' })).address, address)
  assert.equal((await all(again.contacts.list())).length, 1)
})

test('what cannot be accepted is said, and nothing is kept of it', async t => {
  const { bob, guest, clock, audit } = await scene(t)
  const alice = await guest()
  const { uri } = await bob.invitations.create({ name: 'Bob' })
  await assert.rejects(bob.invitations.accept(uri), { code: 'INVITATION', message: /your own/ })
  await assert.rejects(alice.invitations.accept('hello'), { code: 'INVITATION' })
  await assert.rejects(alice.invitations.accept((await bob.invitations.create()).uri), { code: 'CONTACT' })
  await alice.contacts.add({ address: generateIdentity().address, name: 'bob' })
  await assert.rejects(alice.invitations.accept(uri), { code: 'CONTACT', message: /is the name of the contact/ })
  assert.equal((await alice.invitations.accept(uri, { name: 'Bob of Ayr' })).name, 'Bob of Ayr')
  assert.equal((await alice.invitations.accept(uri)).name, 'Bob of Ayr')
  await alice.contacts.block(bob.address)
  await assert.rejects(alice.invitations.accept(uri), { code: 'CONTACT', message: /blocked/ })
  await assert.rejects(bob.invitations.create({ ttlHours: 2_161 }), { code: 'EXPIRED' })
  await assert.rejects(bob.invitations.create({ name: '' }), { code: 'CONTACT' })
  clock.advance(1)
  await audit()
})

test('open invitations are bounded; what was used makes room first', async t => {
  const { bob, guest } = await scene(t)
  const first = await bob.invitations.create()
  for (let n = 1; n < invitationsMax; n++) await bob.invitations.create()
  await assert.rejects(bob.invitations.create(), { code: 'QUOTA', limit: 'invitationsMax' })
  const alice = await guest()
  await alice.invitations.accept(first.uri, { name: 'Bob' })
  await alice.send(bob.address, 'hello')
  await bob.inbox.pull()
  await bob.invitations.create()
  await assert.rejects(bob.invitations.create(), { code: 'QUOTA' })
})

test('G12: a pull that takes up an invitation may stop at any batch, and the message is in the inbox once, of a contact', async t => {
  for (let left = 0; left < 12; left++) {
    const { bob, guest, store, reopen, audit } = await scene(t)
    const alice = await guest()
    await alice.send(bob.address, 'before')
    await alice.invitations.accept((await bob.invitations.create({ contact: 'Alice' })).uri, { name: 'Bob' })
    await alice.send(bob.address, 'hello')
    store.left = left
    const died = await bob.inbox.pull().then(
      () => false,
      () => true
    )
    store.left = Infinity
    await bob.close()
    await audit(true)
    const again = await reopen()
    await again.inbox.pull()
    await audit()
    assert.deepEqual(
      [
        (await again.inbox.counts()).all,
        (await again.requests.counts()).all,
        (await again.contacts.get('Alice'))?.address
      ],
      [2, 0, alice.address],
      `after ${left} batches`
    )
    await again.close()
    if (!died) return
  }
  assert.fail('the pull ends')
})
