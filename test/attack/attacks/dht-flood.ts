/** Everything that a kad-dht takes from strangers: values, providers, keys of peers, and questions. */
import { concat } from 'uint8arrays'
import type { Connection } from '@libp2p/interface'
import { kadProtocol } from '../../../src/placement/dht.ts'
import type { Attack } from '../attack.ts'
import type { Attacker } from '../attacker.ts'
import { field, numberField, prefixed } from '../forging.ts'

const perSecond = 300
const peers = 12
const valueBytes = 16 * 1024
/** Requests on one stream before it is another's turn. */
const perStream = 10
const answerMs = 5_000
/** What honest clients leave meanwhile, on all relays together; the values alone would be several times that. */
const grownMiBMax = 4

/** Numbers of kad-dht's message types. */
const types = { PUT_VALUE: 0, GET_VALUE: 1, ADD_PROVIDER: 2, GET_PROVIDERS: 3, FIND_NODE: 4 } as const

function request(attacker: Attacker, type: keyof typeof types, own: Uint8Array): Uint8Array {
  const { chance } = attacker
  const of = numberField(1, types[type])
  const key = chance.bytes(34)
  if (type === 'PUT_VALUE') {
    const pk = concat([new TextEncoder().encode('/pk/'), own])
    const name = chance.happens(0.5) ? pk : key
    const value = concat([field(1, name), field(2, new Uint8Array(valueBytes).fill(7))])
    return concat([of, field(2, name), field(3, value)])
  }
  if (type === 'ADD_PROVIDER') {
    // a CIDv1 of raw bytes, and this peer as who has it
    const cid = concat([Uint8Array.of(1, 0x55, 0x12, 32), chance.bytes(32)])
    const address = Uint8Array.of(4, 127, 64, 1, 1, 6, 0x11, 0x94)
    return concat([of, field(2, cid.subarray(2)), field(9, concat([field(1, own), field(2, address)]))])
  }
  return concat([of, field(2, key)])
}

async function ask(attacker: Attacker, connection: Connection, own: Uint8Array): Promise<void> {
  const stream = await connection.newStream(kadProtocol, { signal: AbortSignal.timeout(10_000) })
  const over = Promise.withResolvers<undefined>()
  stream.addEventListener('close', () => {
    over.resolve(undefined)
  })
  stream.addEventListener('message', () => {
    attacker.count('answers')
  })
  for (let n = 0; n < perStream && stream.status === 'open'; n++) {
    const type = attacker.chance.pick(Object.keys(types) as Array<keyof typeof types>)
    stream.send(prefixed(request(attacker, type, own)))
    attacker.count(type)
  }
  await Promise.race([stream.close({ signal: AbortSignal.timeout(answerMs) }), over.promise])
  stream.abort(new Error('done'))
}

export const dhtFlood: Attack = {
  name: 'dht-flood',
  title: `${perSecond} PUT_VALUE (16 KiB), GET_VALUE, ADD_PROVIDER, GET_PROVIDERS and FIND_NODE a second from ${peers} groups`,
  crew: 1,
  strike: async attacker => {
    const nodes = await Promise.all(Array.from({ length: peers }, async () => await attacker.node()))
    await attacker.every(perSecond / perStream, 2 * peers, async n => {
      const node = attacker.chance.pick(nodes)
      await ask(attacker, await attacker.connect(node, n), node.peerId.toMultihash().bytes)
    })
  },
  judge: async ({ grownMiB }) =>
    await Promise.resolve(grownMiB > grownMiBMax ? [`the relays' disks have grown by ${grownMiB.toFixed(1)} MiB`] : [])
}
