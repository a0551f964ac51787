/** G10: who gets a place at a node to which more come than it has places for; real connections from many addresses. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, test } from 'node:test'
import type { Libp2p } from 'libp2p'
import { createLibp2p } from 'libp2p'
import { connectionIdleMs } from '../../src/limits.ts'
import { ranks } from '../../src/wire/account.ts'
import { Door } from '../../src/wire/door.ts'
import { libp2pDefaults } from '../../src/wire/libp2p.ts'
import { defaultPlaceLimits } from '../../src/wire/places.ts'
import { boundTo } from '../helpers/bound.ts'
import { until } from '../helpers/testnet.ts'

const nodes: Libp2p[] = []
after(async () => {
  await Promise.all(nodes.map(async node => node.stop()))
})

async function started(options: Parameters<typeof createLibp2p>[0]): Promise<Libp2p> {
  const node = await createLibp2p(options)
  nodes.push(node)
  return node
}

/** A node that takes ten connections, two from one address. */
async function host(now?: () => number) {
  const observed: string[] = []
  const relays = new Set<string>()
  const door = new Door({
    limits: { ...defaultPlaceLimits, connections: 10, pending: 4, perGroup: 2 },
    rankOf: peer => (relays.has(peer) ? ranks.replica : ranks.stranger),
    observe: (what, label) => observed.push(`${what} ${String(label)}`),
    ...(now === undefined ? {} : { now })
  })
  const node = await started(libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'], door }))
  const address = node.getMultiaddrs()[0]
  assert.ok(address !== undefined)
  const count = (what: string): number => observed.filter(one => one === what).length
  const dial = async (from: Libp2p): Promise<ReturnType<Libp2p['getConnections']>[number]> => await from.dial(address)
  return { node, door, relays, address, count, dial }
}

const from = async (address: string): Promise<Libp2p> => await started(boundTo(address))

test('an address has so many connections and another one its own', async () => {
  const { dial, count } = await host()
  const all = [await from('127.1.0.1'), await from('127.1.0.1'), await from('127.1.0.1')] as const
  const first = await dial(all[0])
  await dial(all[1])
  await assert.rejects(dial(all[2]))
  assert.equal(count('connectionRefused group'), 1)
  await dial(await from('127.1.0.2'))
  const closed = once(first as unknown as EventTarget, 'close')
  await first.close()
  await closed
  // the other end hears of it when it does
  await until(
    async () =>
      await dial(all[2]).then(
        () => true,
        () => false
      ),
    'there is a place again'
  )
})

test('strangers without end keep out neither relays of the mailboxes nor owners, and cut none of them', async () => {
  const { node, door, relays, dial, count } = await host()
  const [relay, owner, lateRelay, lateOwner] = [
    await from('127.2.0.1'),
    await from('127.2.0.2'),
    await from('127.2.0.3'),
    await from('127.2.0.4')
  ]
  for (const one of [relay, lateRelay]) relays.add(one.peerId.toString())
  for (const one of [owner, lateOwner]) door.vouch(one.peerId.toString())
  const kept = [await dial(relay), await dial(owner)]
  for (let n = 0; n < 20; n++) await dial(await from(`127.3.0.${n + 1}`))
  kept.push(await dial(lateRelay), await dial(lateOwner))
  for (let n = 20; n < 30; n++) await dial(await from(`127.3.0.${n + 1}`))
  // of ten places eight are for strangers, and two of these went; who dials is done before the other end is
  await until(async () => Promise.resolve(count('connectionCut displaced') === 24), 'strangers were cut for others')
  assert.deepEqual(
    kept.map(({ status }) => status),
    ['open', 'open', 'open', 'open']
  )
  assert.ok(node.getConnections().length <= 10, `${node.getConnections().length} connections`)
})

test('connections on which nothing is said keep nobody out', async () => {
  const { address, dial, count } = await host()
  const port = Number(address.getComponents().find(({ name }) => name === 'tcp')?.value)
  const silent: Socket[] = []
  for (let n = 0; n < 6; n++) {
    const socket = connect({ host: '127.0.0.1', port, localAddress: `127.4.0.${n + 1}` })
    silent.push(socket.on('error', () => undefined))
    await once(socket, 'connect')
  }
  try {
    await dial(await from('127.5.0.1'))
    assert.ok(count('connectionCut pending') >= 3)
  } finally {
    for (const socket of silent) socket.destroy()
  }
})

test('a connection on which nothing happens is ended, and one that has a stream is not', async () => {
  let nowMs = 0
  const { node, dial, count } = await host(() => nowMs)
  await node.handle('/here/1.0.0', () => undefined)
  const [idle, busy] = [await dial(await from('127.7.0.1')), await dial(await from('127.7.0.2'))]
  await busy.newStream('/here/1.0.0', { negotiateFully: true })
  const streams = (): number => node.getConnections().reduce((sum, connection) => sum + connection.streams.length, 0)
  await until(async () => Promise.resolve(node.getConnections().length === 2 && streams() === 1), 'they are identified')
  const closed = once(idle as unknown as EventTarget, 'close')
  nowMs += connectionIdleMs
  await closed
  assert.deepEqual([busy.status, count('connectionCut idle')], ['open', 1])
})
