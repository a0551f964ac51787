/** A relay as one service of a libp2p node that an application has already. node examples/relay.ts DIR */
import { once } from 'node:events'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { ClassicLevel } from 'classic-level'
import { createLibp2p } from 'libp2p'
import { mailboxRelay, privateDht } from 'libp2p-mailbox/relay'

const database = new ClassicLevel<string, Uint8Array>(process.argv[2] ?? 'relay')
const dht = privateDht({ clientMode: false })
const node = await createLibp2p({
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  services: { identify: identify(), ping: ping(), dht, relay: mailboxRelay({ database }) }
})
for (const address of node.getMultiaddrs()) console.log(address.toString())
await once(process, 'SIGTERM')
await node.stop()
await database.close()
