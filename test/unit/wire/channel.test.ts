/** One kept channel for each peer and protocol: who waits for another's opening waits no longer than for its own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { streamPair } from '@libp2p/utils'
import { silent } from '../../../src/environment.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { peerText } from '../../../src/identity/peer.ts'
import { Libp2pNetwork } from '../../../src/wire/libp2p.ts'
import { protocols } from '../../../src/wire/port.ts'
import { peerIdOf } from '../../helpers/fake-relay.ts'

const self = peerIdFromString(peerText(peerIdOf(generateIdentity())))
const relay = peerIdFromString(peerText(peerIdOf(generateIdentity())))
const address = { id: relay.toString(), addresses: [] }

/** A port whose dials end when the test says so, or when they are aborted. */
function slowly() {
  const dials: Array<() => void> = []
  const dial = async (_target: unknown, { signal }: { signal: AbortSignal }): Promise<Connection> => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    signal.addEventListener('abort', () => {
      reject(new Error('the dial was aborted'))
    })
    dials.push(() => {
      resolve(undefined)
    })
    await promise
    const [outbound] = await streamPair({ delay: 0 })
    const connection = { remotePeer: relay, newStream: async () => await Promise.resolve(outbound) }
    return connection as unknown as Connection
  }
  const nothing = async (): Promise<void> => {
    await Promise.resolve()
  }
  return { dials, network: new Libp2pNetwork({ peerId: self, dial, handle: nothing, unhandle: nothing }, silent) }
}

test('the second caller of a channel that is being opened has a deadline of its own', async () => {
  const { dials, network } = slowly()
  const first = network.channel(address, protocols.owner)
  await assert.rejects(network.channel(address, protocols.owner, { deadlineMs: 1 }), { code: 'TIMEOUT' })
  dials[0]?.()
  const channel = await first
  assert.equal(await network.channel(address, protocols.owner, { deadlineMs: 1 }), channel)
  assert.equal(dials.length, 1)
  await network.stop()
})

test('the second caller of a channel that is being opened gives up when it is aborted, and the first goes on', async () => {
  const { dials, network } = slowly()
  const first = network.channel(address, protocols.owner)
  const stop = new AbortController()
  const second = network.channel(address, protocols.owner, { signal: stop.signal })
  stop.abort()
  await assert.rejects(second, { code: 'ABORTED' })
  dials[0]?.()
  assert.equal((await first).closed.aborted, false)
  await network.stop()
})

test('what fails the first caller by its own abort is opened again for those that wait', async () => {
  const { dials, network } = slowly()
  const stop = new AbortController()
  const first = network.channel(address, protocols.owner, { signal: stop.signal })
  const others = [1, 2].map(async () => await network.channel(address, protocols.owner))
  stop.abort()
  await assert.rejects(first, { code: 'ABORTED' })
  while (dials.length < 2) await new Promise(resolve => setImmediate(resolve))
  dials[1]?.()
  const [second, third] = await Promise.all(others)
  assert.equal(second, third)
  assert.equal(dials.length, 2)
  await network.stop()
})
