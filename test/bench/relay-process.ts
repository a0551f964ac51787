/**
 * One relay in a process of its own, all that `mailbox relay` runs except its admin port. Used as:
 * node relay-process.ts DIRECTORY; prints its id and addresses as JSON.
 */
import { argv, stdout } from 'node:process'
import { tuneHeap } from '../../src/daemon/heap.ts'
import { createNode } from '../../src/daemon/node.ts'
import { generousConfig } from '../helpers/rates.ts'

const [, , data = ''] = argv
tuneHeap()
const node = createNode({
  data,
  listen: ['/ip4/127.0.0.1/tcp/0'],
  bootstrap: [],
  admin: 'off',
  // what is measured is what records take
  ballastBytes: 0,
  // a sender here asks for more than a relay lets one peer have
  ...generousConfig,
  registrationBits: 0
})
await node.start()
stdout.write(`${JSON.stringify({ id: node.id, addresses: node.addresses })}\n`)
process.once('SIGTERM', () => {
  void node.stop().then(() => process.exit(0))
})
