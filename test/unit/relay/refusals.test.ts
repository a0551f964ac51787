/** An owner learns that senders were refused (SPEC §8.4). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Status } from '../../../src/errors.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { limitName, refusalsHeldMax } from '../../../src/limits.ts'
import { Refusals } from '../../../src/relay/refusals.ts'
import { RelayWorld } from '../../helpers/relays.ts'

test('what senders were refused is counted by status and limit, and its owner alone is told', async t => {
  const world = await RelayWorld.start(1, { strangersRecords: 1, groupDepositsPerSecond: 1 })
  t.after(async () => {
    await world.close()
  })
  const host = world.host(0)
  const bob = generateIdentity()
  const mailbox = await world.registered(bob)
  assert.equal((await mailbox.status()).relays[0]?.refused, undefined)
  const sender = world.peer('192.0.2.1')
  const [first, second] = [await sender.record(host, bob.key), await sender.record(host, bob.key)]
  assert.equal((await sender.deposit(host, first)).status, Status.OK)
  world.clock.advance(5_000)
  assert.equal((await sender.deposit(host, second)).status, Status.QUOTA)
  for (let n = 0; n < 3; n++) await sender.deposit(host, second)
  const refused = (await mailbox.status()).relays[0]?.refused
  const lastMs = world.clock.now()
  assert.deepEqual(refused, [
    { status: 'QUOTA', limit: 'strangersRecordsMax', count: 2, lastMs },
    { status: 'BUSY', limit: 'groupDepositsPerSecondMax', count: 2, lastMs }
  ])
  const other = world.peer()
  assert.equal(await other.prove(host, generateIdentity()), Status.OK)
  assert.equal((await other.owner(host, { status: { mailbox: bob.key } })).status, Status.AUTH)
})

test('a disk that is too full for strangers is among what the owner learns', async t => {
  const world = await RelayWorld.start(1)
  t.after(async () => {
    await world.close()
  })
  const host = world.host(0)
  const bob = generateIdentity()
  const mailbox = await world.registered(bob)
  const sender = world.peer()
  const record = await sender.record(host, bob.key)
  host.disk.level = 'no-mailboxes'
  assert.equal((await sender.deposit(host, await sender.record(host, bob.key))).status, Status.OK)
  host.disk.level = 'no-strangers'
  assert.equal((await sender.deposit(host, record)).status, Status.QUOTA)
  const [refused] = (await mailbox.status()).relays[0]?.refused ?? []
  assert.deepEqual([refused?.status, refused?.limit, refused?.count], ['QUOTA', 'diskFreeBytesMin', 1])
  assert.equal((await mailbox.inbox.pull()).received, 1)
})

test('mailboxes of which most is known longest are forgotten first', () => {
  const refusals = new Refusals()
  const name = (n: number): Uint8Array => Uint8Array.of(n >> 16, n >> 8, n)
  for (let n = 0; n <= refusalsHeldMax; n++) refusals.note(name(n), { status: 204, limit: 1 }, n)
  assert.deepEqual(refusals.of(name(0)), [])
  assert.equal(refusals.of(name(refusalsHeldMax)).length, 1)
  for (let n = 0; n < 5; n++) refusals.note(name(7), { status: 205, limit: 15 }, n)
  assert.deepEqual(
    refusals.of(name(7)).map(({ limit, count }) => [limitName(limit), count]),
    [
      ['peerDepositsPerSecondMax', 5],
      ['recordsPerMailboxMax', 1]
    ]
  )
})
