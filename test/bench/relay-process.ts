/**
 * One relay in a process of its own: the service that `mailbox relay` mounts, on loopback, without the operator's side
 * (configuration, metrics, health). Used as: node relay-process.ts DIRECTORY SEED; prints its id and addresses as JSON.
 */
import { argv, stdout } from 'node:process'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { ClassicLevel } from 'classic-level'
import { createLibp2p } from 'libp2p'
import { mailboxRelay } from '../../src/relay/service.ts'
import { libp2pDefaults } from '../../src/wire/libp2p.ts'

const [, , directory = '', seed = ''] = argv
const database = new ClassicLevel(directory)
const defaults = libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'] })
const node = await createLibp2p({
  ...defaults,
  privateKey: await generateKeyPairFromSeed('Ed25519', Buffer.from(seed, 'hex')),
  services: {
    ...defaults.services,
    // a sender here asks for more than a relay lets one stream have
    mailbox: mailboxRelay({ database, limits: { depositsPerSecond: 1_000_000 } })
  }
})
stdout.write(`${JSON.stringify({ id: node.peerId.toString(), addresses: node.getMultiaddrs().map(String) })}\n`)
process.once('SIGTERM', () => {
  void Promise.resolve(node.stop())
    .then(async () => database.close())
    .then(() => process.exit(0))
})
