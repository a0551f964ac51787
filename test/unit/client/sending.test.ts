/** A libp2p key for each batch of what is sent, over function calls and a clock that the test moves (SPEC §7). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toString } from 'uint8arrays'
import { SendingNodes } from '../../../src/client/sending.ts'
import { silent } from '../../../src/environment.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { sendingCallsMax, sendingIdleMs, sendingNodesMax } from '../../../src/limits.ts'
import { MemoryNetwork } from '../../../src/testing/network.ts'
import { protocols } from '../../../src/wire/port.ts'
import { ManualClock } from '../../helpers/clients.ts'
import { peerIdOf } from '../../helpers/fake-relay.ts'
import { aTurn } from '../../helpers/relays.ts'

async function scene() {
  const clock = new ManualClock()
  const network = new MemoryNetwork({ env: clock })
  const relay = network.join(peerIdOf(generateIdentity()))
  /** Peer ids as the relay sees them, in the order of requests. */
  const seen: string[] = []
  const gate = Promise.withResolvers<undefined>()
  await relay.responder.handle(protocols.deposit, async (request, { remotePeer }) => {
    seen.push(toString(remotePeer, 'hex'))
    if (request[0] === 1) await gate.promise
    return request
  })
  const count = { running: 0, most: 0 }
  const sending = new SendingNodes({
    env: clock,
    log: silent,
    start: async () => {
      const node = network.join(peerIdOf(generateIdentity()))
      count.most = Math.max(count.most, ++count.running)
      const stop = async (): Promise<void> => {
        count.running--
        node.stop()
        await Promise.resolve()
      }
      return await Promise.resolve({ network: node.network, closest: async () => await Promise.resolve([]), stop })
    }
  })
  const call = async (first: number = 0): Promise<unknown> => {
    const channel = await sending.channel(relay.address, protocols.deposit)
    return await channel.call(Uint8Array.of(first))
  }
  const idle = async (): Promise<void> => {
    clock.advance(sendingIdleMs)
    for (let turn = 0; turn < 5; turn++) await aTurn()
  }
  return { sending, seen, count, call, idle, clock, gate }
}

test('what is sent together has one key, what is sent after a pause another', async () => {
  const { seen, call, idle, count, sending } = await scene()
  assert.equal(count.running, 0)
  await call()
  await call()
  await idle()
  assert.equal(count.running, 0)
  await call()
  assert.equal(seen.length, 3)
  assert.equal(seen[0], seen[1])
  assert.notEqual(seen[1], seen[2])
  await sending.stop()
  assert.equal(count.running, 0)
})

test('a call without its answer keeps its key in use', async () => {
  const { call, idle, count, gate, sending } = await scene()
  const slow = call(1)
  for (let turn = 0; turn < 5; turn++) await aTurn()
  await idle()
  assert.equal(count.running, 1)
  gate.resolve(undefined)
  await slow
  await idle()
  assert.equal(count.running, 0)
  await sending.stop()
})

test('after so many calls there is another key, and no more of them than the limit (G10)', async () => {
  const { seen, call, count, idle, sending } = await scene()
  // each is a dial and a call
  for (let n = 0; n < (sendingCallsMax / 2) * (sendingNodesMax + 2); n++) await call()
  assert.equal(new Set(seen).size, sendingNodesMax)
  assert.equal(count.most, sendingNodesMax)
  await idle()
  assert.equal(count.running, 0)
  await sending.stop()
})

test('after the mailbox has closed nothing is sent through a new key', async () => {
  const { call, count, sending } = await scene()
  await call()
  await sending.stop()
  assert.equal(count.running, 0)
  await assert.rejects(call(), { code: 'CLOSED' })
})
