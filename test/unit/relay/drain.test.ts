/** What a relay that is leaving still does, and what not (SPEC §8.10). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Status } from '../../../src/errors.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { RelayWorld } from '../../helpers/relays.ts'

test('a relay that is leaving opens no mailbox, and serves those it has as before', async t => {
  const world = await RelayWorld.start(1)
  t.after(async () => {
    await world.close()
  })
  const host = world.host(0)
  const bob = generateIdentity()
  const mailbox = await world.registered(bob)
  const peer = world.peer()
  await peer.prove(host, bob)
  const ask = async (): Promise<[number, boolean]> => {
    const { status, draining } = await peer.owner(host, { status: { mailbox: bob.key } })
    return [status, draining]
  }
  assert.deepEqual(await ask(), [Status.OK, false])
  host.relay.drain(true)
  assert.deepEqual([host.relay.stats().draining, host.relay.stats().listing], [true, 1])

  assert.deepEqual(await ask(), [Status.OK, true])
  const { relay, status } = await peer.info(host, bob.key)
  assert.deepEqual([status, relay?.draining, relay?.mailboxesFree], [Status.OK, true, 0])
  assert.equal((await peer.deposit(host, await peer.record(host, bob.key))).status, Status.OK)
  assert.equal((await mailbox.inbox.pull()).received, 1)
  assert.equal((await mailbox.register()).relays[0]?.code, undefined, 'the lease is renewed')

  const carol = await world.mailbox()
  await assert.rejects(carol.register({ relays: [host.address], active: 1 }), {
    code: 'TOO_FEW_RELAYS',
    message: /it is leaving/
  })
  // chosen by itself it would not even be asked
  await assert.rejects(carol.register({ active: 1 }), { code: 'NO_RELAY' })
  host.relay.drain(false)
  await carol.register({ active: 1 })
  assert.equal(host.relay.stats().listing, 2)
})

test('who has proved nothing learns no more than INFO tells', async t => {
  const world = await RelayWorld.start(1)
  t.after(async () => {
    await world.close()
  })
  world.host(0).relay.drain(true)
  const { status, draining } = await world.peer().owner(world.host(0), { status: { mailbox: generateIdentity().key } })
  assert.deepEqual([status, draining], [Status.AUTH, true])
})
