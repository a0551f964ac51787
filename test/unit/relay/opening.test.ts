/** Who may open a mailbox at a relay, by its policy, and what a client makes of it (SPEC §8.2). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { createStamper } from '../../../src/client/stamper.ts'
import { admissionOf, strangersLaneDefault } from '../../../src/client/strangers-lane.ts'
import { signDocuments } from '../../../src/client/documents.ts'
import { isMailboxError, Status } from '../../../src/errors.ts'
import { msPerHour } from '../../../src/environment.ts'
import { readInvite, signInvite } from '../../../src/identity/invite.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import { generatePrekey } from '../../../src/identity/prekey.ts'
import { stampBits, stampPrefix } from '../../../src/identity/stamp.ts'
import { clockSkewHours, inviteHoursMax, leaseGraceHours, leaseHours, powBitsMax } from '../../../src/limits.ts'
import { kinds } from '../../../src/relay/keys.ts'
import { Opening } from '../../../src/relay/opening.ts'
import { defaultLimits, type RelayLimits } from '../../../src/relay/options.ts'
import type { OwnerResponse, RegisterCall } from '../../../src/wire/messages.js'
import { ManualClock } from '../../helpers/clients.ts'
import { aTurn, RelayWorld, type RelayHost } from '../../helpers/relays.ts'

async function worldOf(t: TestContext, limits: Partial<RelayLimits>, relays = 1): Promise<RelayWorld> {
  const world = await RelayWorld.start(relays, limits)
  t.after(async () => {
    await world.close()
  })
  return world
}

const bytesOf = async (host: RelayHost, expiresHour: number): Promise<Uint8Array> =>
  readInvite(await inviteOf(host, expiresHour)).bytes

const inviteOf = async (host: RelayHost, expiresHour: number): Promise<string> =>
  await signInvite(host.identity, { id: host.env.random(16), expiresHour })

/** REGISTER as anybody may send it. */
async function register(
  world: RelayWorld,
  owner: PrivateIdentity,
  credentials: Pick<RegisterCall, 'invite' | 'nonce'> = {}
): Promise<OwnerResponse> {
  const host = world.host(0)
  const peer = world.peer()
  assert.equal(await peer.prove(host, owner), Status.OK)
  const relays = [{ id: host.address.id, addresses: [], role: 'active' as const }]
  const keys = [await generatePrekey(1, { nowHour: world.nowHour, random: host.env.random })]
  const seqs = { locatorSeq: world.clock.now(), bundleSeq: world.clock.now() }
  const admission = admissionOf(strangersLaneDefault, [], undefined, world.nowHour)
  const { locator, bundle } = await signDocuments(owner, { relays, keys, admission, ...seqs, nowHour: world.nowHour })
  return await peer.owner(host, { register: { locator: locator.bytes, bundle: bundle.bytes, ...credentials } })
}

async function stampFor(owner: PrivateIdentity, bits: number): Promise<Uint8Array> {
  const signal = new AbortController().signal
  return await createStamper().stamp(stampPrefix('registration', owner.key), bits, { signal })
}

/** A nonce with which the stamp has fewer bits. */
function poorNonce(owner: PrivateIdentity, bits: number): Uint8Array {
  const prefix = stampPrefix('registration', owner.key)
  // ends: nearly every one is
  for (let n = 0; ; n++) {
    const nonce = new Uint8Array(8).fill(n)
    if (stampBits(prefix, nonce) < bits) return nonce
  }
}

test('G10: where anybody may open a mailbox a stamp of its own opens it, and nothing less does', async t => {
  const bits = 8
  const world = await worldOf(t, { registrationBits: bits })
  const [bob, carol] = [generateIdentity(), generateIdentity()]
  const foreign = await stampFor(carol, bits)
  const bad = [undefined, poorNonce(bob, bits), foreign, new Uint8Array(7), new Uint8Array(0)]
  for (const nonce of bad.filter(
    one => one?.length !== 8 || stampBits(stampPrefix('registration', bob.key), one) < bits
  )) {
    const answer = await register(world, bob, nonce === undefined ? {} : { nonce })
    assert.deepEqual([answer.status, answer.powBits], [Status.POW, bits])
  }
  assert.equal(world.host(0).relay.stats().mailboxes, 0)
  assert.equal((await register(world, bob, { nonce: await stampFor(bob, bits) })).status, Status.OK)
  // held: it is asked for nothing any more
  assert.equal((await register(world, bob)).status, Status.OK)
  assert.equal(world.host(0).relay.stats().mailboxes, 1)
})

test('a mailbox that is read-only is registered without being asked; one that was dropped is asked again', async t => {
  const world = await worldOf(t, { registrationBits: 4 })
  const bob = generateIdentity()
  assert.equal((await register(world, bob, { nonce: await stampFor(bob, 4) })).status, Status.OK)
  world.clock.advance((leaseHours + leaseGraceHours - 1) * msPerHour)
  assert.equal((await register(world, bob)).status, Status.OK)
  world.clock.advance((leaseHours + leaseGraceHours) * msPerHour)
  assert.equal((await register(world, bob)).status, Status.POW)
})

test('G10: an invite opens one mailbox, once, also after a restart', async t => {
  const world = await worldOf(t, { registration: 'invite' })
  const host = world.host(0)
  const invite = await bytesOf(host, world.nowHour + 24)
  const [bob, carol] = [generateIdentity(), generateIdentity()]
  assert.equal((await register(world, bob)).status, Status.POLICY)
  assert.equal((await register(world, bob, { invite })).status, Status.OK)
  assert.equal((await register(world, carol, { invite })).status, Status.POLICY)
  await host.relay.stop()
  await host.start()
  assert.equal((await register(world, carol, { invite })).status, Status.POLICY)
  // whose mailbox it opened may register again, with it or without
  assert.equal((await register(world, bob, { invite })).status, Status.OK)
  assert.equal((await register(world, carol, { invite: await bytesOf(host, world.nowHour + 24) })).status, Status.OK)
})

test('G10: of two that come with one invite at the same time one gets the mailbox', async t => {
  const world = await worldOf(t, { registration: 'invite' })
  const invite = await bytesOf(world.host(0), world.nowHour + 24)
  const owners = Array.from({ length: 4 }, () => generateIdentity())
  const answers = await Promise.all(owners.map(async owner => (await register(world, owner, { invite })).status))
  assert.deepEqual(answers.toSorted(), [Status.OK, Status.POLICY, Status.POLICY, Status.POLICY])
  assert.equal(world.host(0).relay.stats().mailboxes, 1)
})

test('an invite that has expired, is for too long, or is of another relay is POLICY', async t => {
  const world = await worldOf(t, { registration: 'invite' }, 2)
  const { nowHour } = world
  const tooLong = nowHour + inviteHoursMax + clockSkewHours + 1
  for (const invite of [
    await bytesOf(world.host(0), nowHour),
    await bytesOf(world.host(0), tooLong),
    await bytesOf(world.host(1), nowHour + 24),
    new Uint8Array(116)
  ])
    assert.equal((await register(world, generateIdentity(), { invite })).status, Status.POLICY)
})

test('G10: whatever a crash leaves, an invite is used if and only if the mailbox is open', async t => {
  const world = await worldOf(t, { registration: 'invite' })
  const host = world.host(0)
  const invite = await bytesOf(host, world.nowHour + 24)
  const bob = generateIdentity()
  for (const unsure of [false, true]) {
    host.database.left = 0
    host.database.unsure = unsure
    assert.equal((await register(world, bob, { invite })).status, Status.UNAVAILABLE)
    await host.relay.stop()
    host.database.left = Infinity
    await host.start()
    const used = (await host.backup()).filter(([key]) => key[0] === kinds.invite).length
    assert.deepEqual([host.relay.stats().mailboxes, used], unsure ? [1, 1] : [0, 0])
  }
  assert.equal((await register(world, bob, { invite })).status, Status.OK)
})

test('used invites are forgotten when nobody could use them again', async t => {
  const world = await worldOf(t, { registration: 'invite' })
  const host = world.host(0)
  const used = async (): Promise<number> => (await host.backup()).filter(([key]) => key[0] === kinds.invite).length
  for (const hours of [10, 20])
    assert.equal(
      (await register(world, generateIdentity(), { invite: await bytesOf(host, world.nowHour + hours) })).status,
      Status.OK
    )
  for (const [hours, wanted] of [
    [11, 2],
    [1, 1],
    [10, 0]
  ] as const) {
    world.clock.advance(hours * msPerHour)
    for (let turn = 0; turn < 100; turn++) await aTurn()
    assert.equal(await used(), wanted)
  }
})

test('where the operator lists who may, nobody else opens a mailbox, and the list may change', async t => {
  const world = await worldOf(t, { registration: 'allow-list' })
  const host = world.host(0)
  const bob = generateIdentity()
  assert.equal((await register(world, bob, { nonce: new Uint8Array(8) })).status, Status.POLICY)
  host.isListed = mailbox => Buffer.from(mailbox).equals(bob.key)
  assert.equal((await register(world, bob)).status, Status.OK)
  assert.equal((await register(world, generateIdentity())).status, Status.POLICY)
  host.isListed = () => false
  assert.equal((await register(world, bob)).status, Status.OK)
})

test('INFO says what opens a mailbox, before anything is sent', async t => {
  for (const [limits, wanted] of [
    [{ registrationBits: 9 }, [1, 9]],
    [{ registration: 'invite', registrationBits: 9 }, [2, 0]],
    [{ registration: 'allow-list' }, [3, 0]]
  ] as const) {
    const world = await worldOf(t, limits)
    const { relay } = await world.peer().info(world.host(0), new Uint8Array(0))
    assert.deepEqual([relay?.registration, relay?.registrationBits], wanted)
  }
})

test('G10: a group opens registrationsPerHour mailboxes in an hour, others as many, and a held one counts nothing', () => {
  const env = new ManualClock()
  const limits = { ...defaultLimits, registrationBits: 0, registrationsPerHour: 3 }
  const opening = new Opening({ limits, env, self: new Uint8Array(38) })
  const admit = (group: string | undefined): string => {
    try {
      opening.admit(generateIdentity().key, {}, group)
      return 'admitted'
    } catch (error) {
      return isMailboxError(error)
        ? `${error.code} ${String(error.limit)} ${String(error.retryAfterMs)}`
        : String(error)
    }
  }
  const refused = 'BUSY registrationsPerHourMax 1200000'
  assert.deepEqual(
    Array.from({ length: 4 }, () => admit('203.0.113.7')),
    ['admitted', 'admitted', 'admitted', refused]
  )
  assert.equal(admit('2001:db8:1:aa00::/56'), 'admitted')
  assert.deepEqual(
    Array.from({ length: 5 }, () => admit(undefined)),
    Array.from({ length: 5 }, () => 'admitted')
  )
  env.advance(1_200_000)
  assert.deepEqual([admit('203.0.113.7'), admit('203.0.113.7')], ['admitted', refused])
})

test('a client makes one stamp for all relays, keeps it, and goes on when one asks for more', async t => {
  const world = await worldOf(t, { registrationBits: 6 }, 3)
  const bob = await world.mailbox()
  const asked: number[] = []
  const progress = (_hashes: number, expected: number): void => {
    if (asked.at(-1) !== expected) asked.push(expected)
  }
  const { relays } = await bob.register({ standby: 0, progress })
  assert.deepEqual([relays.filter(({ code }) => code === undefined).length, asked], [3, [2 ** 6]])
  await bob.register({ standby: 0, progress })
  assert.deepEqual(asked, [2 ** 6])
})

test('relays that ask for what the owner lacks are passed over, and said to be when none is left', async t => {
  const world = await worldOf(t, { registration: 'invite' }, 2)
  const bob = await world.mailbox()
  const one = { active: 1, standby: 0 }
  await assert.rejects(bob.register(one), { code: 'NO_RELAY', message: /: it asks for an invite of its operator/ })
  const expired = await inviteOf(world.host(0), world.nowHour)
  await assert.rejects(bob.register({ ...one, invites: [expired] }), {
    code: 'INVITATION',
    message: /expired at .* UTC/
  })
  const elsewhere = await signInvite(generateIdentity(), { id: new Uint8Array(16), expiresHour: world.nowHour + 9 })
  await assert.rejects(bob.register({ ...one, invites: [elsewhere] }), {
    code: 'INVITATION',
    message: /are of other relays/
  })
  const invite = await inviteOf(world.host(1), world.nowHour + 9)
  const { relays } = await bob.register({ ...one, invites: [elsewhere, invite] })
  assert.deepEqual(
    relays.map(({ id, code }) => [id, code]),
    [[world.host(1).address.id, undefined]]
  )
})

test('a relay that more bits are asked for by than are made is passed over', async t => {
  const world = await worldOf(t, { registrationBits: powBitsMax + 1 })
  const bob = await world.mailbox()
  await assert.rejects(bob.register({ active: 1, standby: 0 }), {
    code: 'NO_RELAY',
    message: /asks for a stamp of 33 bits/
  })
})

test('each way in which a relay refuses to open a mailbox is said in a sentence of its own', async t => {
  const world = await worldOf(t, { registration: 'invite' })
  const host = world.host(0)
  const relays = [host.address]
  const used = await inviteOf(host, world.nowHour + 9)
  await (await world.mailbox()).register({ relays, invites: [used] })
  const other = await signInvite(generateIdentity(), { id: new Uint8Array(16), expiresHour: world.nowHour + 9 })
  const cases: Array<[string[], string, RegExp]> = [
    [[], 'TOO_FEW_RELAYS', /: it asks for an invite of its operator\)/],
    [[used], 'INVITATION', /: it did not take its invite, which was used before\)/],
    [[other], 'INVITATION', /: it asks for an invite of its own operator, and those given are of other relays\)/],
    [
      [await inviteOf(host, world.nowHour)],
      'INVITATION',
      /: its invite expired at .* UTC: ask its operator for a new one\)/
    ],
    [[used.slice(0, -1)], 'INVITATION', /^This invite is damaged/],
    [['hello'], 'INVITATION', /^This is not an invite of a relay/]
  ]
  for (const [invites, code, message] of cases)
    await assert.rejects((await world.mailbox()).register({ relays, invites }), { code, message }, String(message))
  const listing = await worldOf(t, { registration: 'allow-list' })
  await assert.rejects((await listing.mailbox()).register({ relays: [listing.host(0).address] }), {
    code: 'TOO_FEW_RELAYS',
    message: /: it opens mailboxes for those that its operator has listed\)/
  })
})

test('making a stamp ends at once when the caller stops it, and nothing is registered', async t => {
  const world = await worldOf(t, { registrationBits: powBitsMax })
  const bob = await world.mailbox()
  const stop = new AbortController()
  const registering = bob.register({
    active: 1,
    standby: 0,
    signal: stop.signal,
    progress: () => {
      stop.abort()
    }
  })
  await assert.rejects(registering, { code: 'ABORTED' })
  assert.equal((await bob.status()).registered, false)
  assert.equal(world.host(0).relay.stats().mailboxes, 0)
})
