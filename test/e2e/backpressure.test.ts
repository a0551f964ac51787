/** An honest caller with more in flight than a relay serves at once is slowed down, never stuck and never cut off. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Libp2p } from 'libp2p'
import { createLibp2p } from 'libp2p'
import { silent } from '../../src/environment.ts'
import { inFlightMax, requestDeadlineMs, streamsPerPeerMax } from '../../src/limits.ts'
import { libp2pDefaults, Libp2pNetwork } from '../../src/wire/libp2p.ts'
import type { Channel, Handler } from '../../src/wire/port.ts'
import { protocols } from '../../src/wire/port.ts'

/** Two nodes on loopback; the second asks the first. */
async function ask(handler: Handler, use: (channel: Channel) => Promise<void>): Promise<void> {
  const nodes: Libp2p[] = []
  const networks: Libp2pNetwork[] = []
  for (const listen of [['/ip4/127.0.0.1/tcp/0'], []]) {
    const node = await createLibp2p(libp2pDefaults({ listen }))
    nodes.push(node)
    networks.push(new Libp2pNetwork(node, silent))
  }
  const [relay, caller] = networks
  const [served] = nodes
  assert.ok(relay !== undefined && caller !== undefined && served !== undefined)
  try {
    await relay.handle(protocols.deposit, handler)
    const addresses = served.getMultiaddrs().map(String)
    await use(await caller.channel({ id: served.peerId.toString(), addresses }, protocols.deposit))
  } finally {
    await Promise.all(networks.map(async network => network.stop()))
    await Promise.all(nodes.map(async node => node.stop()))
  }
}

/** An answer that takes `turns` of the event loop, as one that waits for a disk does; gives the request's length. */
const after =
  (turns: number): Handler =>
  async request => {
    const { byteLength } = request
    for (let n = 0; n < turns; n++) await new Promise<void>(resolve => setImmediate(resolve))
    return Uint8Array.of(byteLength >> 8)
  }

test('thousands of small requests, more than are served at once: each is answered', async () => {
  await ask(after(10), async channel => {
    const calls = Array.from({ length: 4_000 }, async () => channel.call(new Uint8Array(256)))
    for (const answer of await Promise.all(calls)) assert.deepEqual([...answer], [1])
  })
})

test('requests of 64 KiB, more than are buffered: each is answered', async () => {
  await ask(after(100), async channel => {
    const deadlineMs = 3 * requestDeadlineMs
    const calls = Array.from({ length: inFlightMax }, async () => channel.call(new Uint8Array(65_280), { deadlineMs }))
    for (const answer of await Promise.all(calls)) assert.deepEqual([...answer], [255])
  })
})

test('many callers that begin at the same moment share one channel: a relay counts the streams of a peer', async () => {
  const sessions = new Set<unknown>()
  const nodes = await Promise.all(
    [['/ip4/127.0.0.1/tcp/0'], []].map(async listen => createLibp2p(libp2pDefaults({ listen })))
  )
  const [served, dialling] = nodes
  assert.ok(served !== undefined && dialling !== undefined)
  const relay = new Libp2pNetwork(served, silent)
  const caller = new Libp2pNetwork(dialling, silent)
  try {
    await relay.handle(protocols.deposit, async (request, session) => {
      sessions.add(session)
      return request
    })
    const peer = { id: served.peerId.toString(), addresses: served.getMultiaddrs().map(String) }
    const callers = Array.from({ length: 3 * streamsPerPeerMax }, async () => {
      const channel = await caller.channel(peer, protocols.deposit)
      return (await channel.call(new Uint8Array(1))).byteLength
    })
    assert.deepEqual(new Set(await Promise.all(callers)), new Set([1]))
    assert.equal(sessions.size, 1)
  } finally {
    await Promise.all([relay.stop(), caller.stop()])
    await Promise.all(nodes.map(async node => node.stop()))
  }
})
