/**
 * A relay process that collects its garbage when it is asked to, and says what it has then. Used as:
 * node --expose-gc memory-process.ts DIRECTORY, with a channel to its parent.
 */
import { argv } from 'node:process'
import { getHeapStatistics } from 'node:v8'
import { createNode } from '../../src/daemon/node.ts'
import { generousConfig } from '../helpers/rates.ts'

const [, , data = ''] = argv
const node = createNode({
  data,
  listen: ['/ip4/127.0.0.1/tcp/0'],
  bootstrap: [],
  admin: 'off',
  ballastBytes: 0,
  ...generousConfig,
  connectionsMax: 100_000,
  memoryBytesMax: 2 ** 40,
  registrationBits: 0
})
await node.start()
process.on('message', () => {
  // what the first one lets go of may hold something else
  for (let n = 0; n < 4; n++) globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  // V8 keeps what its young generation has grown to: that is there once, whoever comes
  const { total_physical_size: committed, used_heap_size: used } = getHeapStatistics()
  const residentBytes = rss - (committed - used)
  const connections = node.libp2p?.getConnections() ?? []
  const streams = connections.reduce((sum, connection) => sum + connection.streams.length, 0)
  process.send?.({ residentBytes, liveBytes: heapUsed + external, connections: connections.length, streams })
})
process.send?.({ id: node.id, addresses: node.addresses })
