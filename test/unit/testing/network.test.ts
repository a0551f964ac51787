import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { peerText } from '../../../src/identity/peer.ts'
import { frameBytesMax, requestDeadlineMs } from '../../../src/limits.ts'
import { MemoryNetwork } from '../../../src/testing/network.ts'
import { protocols, type Handler } from '../../../src/wire/port.ts'
import { ManualClock } from '../../helpers/clients.ts'
import { peerIdOf } from '../../helpers/fake-relay.ts'
import { failsWith } from '../../helpers/neighbourhood.ts'

const echo: Handler = async request => await Promise.resolve(request)
const silence: Handler = async () => await new Promise<never>(() => undefined)
const bytes = Uint8Array.of(1, 2, 3)

async function pair(handler: Handler = echo) {
  const clock = new ManualClock()
  const network = new MemoryNetwork({ env: clock })
  const ids = [peerIdOf(generateIdentity()), peerIdOf(generateIdentity())] as const
  const [alice, bob] = [network.join(ids[0]), network.join(ids[1])]
  const arrived = Promise.withResolvers<undefined>()
  await bob.responder.handle(protocols.locator, async (request, session) => {
    arrived.resolve(undefined)
    return await handler(request, session)
  })
  const dial = async () => await alice.network.channel(bob.address, protocols.locator)
  return { clock, network, ids, alice, bob, dial, arrived: arrived.promise }
}

test('a call carries its bytes there and back, and both ends know each other', async () => {
  const seen: Uint8Array[] = []
  const { ids, bob, dial } = await pair(async (request, session) => {
    seen.push(session.remotePeer, session.localPeer)
    return await Promise.resolve(request.map(byte => byte + 1))
  })
  const channel = await dial()
  assert.deepEqual(await channel.call(bytes), Uint8Array.of(2, 3, 4))
  assert.deepEqual(seen, [...ids])
  assert.deepEqual([channel.localPeer, channel.remotePeer], [...ids])
  assert.equal(bob.address.id, peerText(ids[1]))
})

test('the answering end sees the group that the asking one has joined with', async () => {
  const network = new MemoryNetwork({ env: new ManualClock() })
  const asking = network.join(peerIdOf(generateIdentity()), '203.0.113.7')
  const answering = network.join(peerIdOf(generateIdentity()))
  const seen: unknown[] = []
  for (const { responder } of [asking, answering])
    await responder.handle(protocols.locator, async (request, { group }) => {
      seen.push(group)
      return await Promise.resolve(request)
    })
  await (await asking.network.channel(answering.address, protocols.locator)).call(bytes)
  await (await answering.network.channel(asking.address, protocols.locator)).call(bytes)
  assert.deepEqual(seen, ['203.0.113.7', undefined])
})

test('one channel per peer and protocol is kept, with one session', async () => {
  const states = new Set<unknown>()
  const { dial } = await pair(async (request, { state }) => {
    states.add(state)
    return await Promise.resolve(request)
  })
  const [one, two] = await Promise.all([dial(), dial()])
  assert.equal(one, two)
  await Promise.all([one.call(bytes), two.call(bytes)])
  assert.equal(states.size, 1)
})

test('a call without an answer fails with TIMEOUT after its deadline', async () => {
  const { clock, dial } = await pair(silence)
  const call = assert.rejects((await dial()).call(bytes), failsWith('TIMEOUT'))
  clock.advance(requestDeadlineMs)
  await call
})

test('a call that its caller stops fails with ABORTED, and the channel goes on', async () => {
  const stop = new AbortController()
  const { dial } = await pair()
  const channel = await dial()
  const call = assert.rejects(channel.call(bytes, { signal: stop.signal }), failsWith('ABORTED'))
  stop.abort()
  await call
  assert.deepEqual(await channel.call(bytes), bytes)
})

test('when a node stops its calls fail with DISCONNECTED, it cannot be reached, and once started it can', async () => {
  const { bob, dial, arrived } = await pair(silence)
  const channel = await dial()
  const call = assert.rejects(channel.call(bytes), failsWith('DISCONNECTED'))
  await arrived
  bob.stop()
  await call
  assert(channel.closed.aborted)
  await assert.rejects(channel.call(bytes), failsWith('DISCONNECTED'))
  await assert.rejects(dial(), failsWith('NO_RELAY'))
  bob.start()
  assert.notEqual(await dial(), channel)
})

test('a handler that throws ends its channel', async () => {
  const { dial } = await pair(async () => await Promise.reject(new Error('no')))
  const channel = await dial()
  await assert.rejects(channel.call(bytes), failsWith('DISCONNECTED'))
  assert(channel.closed.aborted)
})

test('a request over the frame limit is SIZE, a response over it MALFORMED', async () => {
  const { dial } = await pair(async () => await Promise.resolve(new Uint8Array(frameBytesMax + 1)))
  const channel = await dial()
  await assert.rejects(channel.call(new Uint8Array(frameBytesMax + 1)), failsWith('SIZE'))
  await assert.rejects(channel.call(bytes), failsWith('MALFORMED'))
})

test('nodes that are cut off from each other cannot talk until healed; a silent cut loses frames', async () => {
  const { clock, network, alice, bob, dial } = await pair()
  const before = await dial()
  network.cut(alice.address, bob.address)
  assert(before.closed.aborted)
  await assert.rejects(dial(), failsWith('NO_RELAY'))
  network.heal(alice.address, bob.address)
  const channel = await dial()
  network.cut(alice.address, bob.address, { silent: true })
  const call = assert.rejects(channel.call(bytes), failsWith('TIMEOUT'))
  clock.advance(requestDeadlineMs)
  await call
  network.heal(alice.address, bob.address)
  assert.deepEqual(await channel.call(bytes), bytes)
})

test('a lost response leaves the request served and its outcome unknown to the caller', async () => {
  const { clock, network, dial, arrived } = await pair()
  const channel = await dial()
  const keep = network.lose(({ direction }) => direction === 'response')
  const call = assert.rejects(channel.call(bytes), failsWith('TIMEOUT'))
  await arrived
  clock.advance(requestDeadlineMs)
  await call
  keep()
  assert.deepEqual(await channel.call(bytes), bytes)
})

test('a node that has no handler for a protocol cannot be asked, nor can a node ask itself', async () => {
  const { alice, bob } = await pair()
  await assert.rejects(alice.network.channel(bob.address, protocols.owner), failsWith('NO_RELAY'))
  await assert.rejects(bob.network.channel(bob.address, protocols.locator), failsWith('NO_RELAY'))
})
