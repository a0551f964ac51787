import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type { KadDHT } from '@libp2p/kad-dht'
import type { PeerStore } from '@libp2p/interface'
import { peerIdFromMultihash } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import * as Digest from 'multiformats/hashes/digest'
import { compare } from 'uint8arrays/compare'
import { xor } from 'uint8arrays/xor'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { neighbourhoodRelays } from '../../../src/limits.ts'
import { closestThrough, kadPosition } from '../../../src/placement/dht.ts'
import { peerIdOf } from '../../helpers/fake-relay.ts'

const peer = () => peerIdFromMultihash(Digest.decode(peerIdOf(generateIdentity())))
const peers = Array.from({ length: neighbourhoodRelays + 5 }, peer)
const self = peer()
const key = Uint8Array.from(randomBytes(32))
const address = multiaddr('/ip4/127.0.0.1/tcp/4001')
const byDistance = peers
  .toSorted((a, b) => {
    const [x, y] = [a, b].map(id => xor(kadPosition(id.toMultihash().bytes), kadPosition(key)))
    return compare(x as Uint8Array, y as Uint8Array)
  })
  .map(String)

const answered = (from: typeof self) => ({ name: 'PEER_RESPONSE', from, closer: [] })
const final = (id: typeof self) => ({ name: 'FINAL_PEER', from: self, peer: { id, multiaddrs: [] } })
/** A DHT whose lookups give these events. */
const dhtOf = (lookup: () => AsyncGenerator): KadDHT => ({ getClosestPeers: lookup }) as unknown as KadDHT
const never = async (): Promise<never> => await new Promise<never>(() => undefined)
const signal = new AbortController().signal

test('a lookup gives the twenty closest of those that answered, closest first', async () => {
  const closest = closestThrough(
    dhtOf(async function* () {
      yield* peers.map(answered)
      yield* peers.map(final)
    })
  )
  assert.deepEqual(
    (await closest(key, signal)).map(({ id }) => id),
    byDistance.slice(0, neighbourhoodRelays)
  )
})

test('a server counts itself out, should the lookup name it', async () => {
  const closest = closestThrough(
    dhtOf(async function* () {
      yield* [answered(self), final(self), final(peers[0] as typeof self)]
    })
  )
  assert.deepEqual(
    (await closest(key, signal)).map(({ id }) => id),
    [String(peers[0])]
  )
})

test(
  'a lookup that its caller stops gives what it has gathered, though the DHT does not notice',
  { timeout: 5_000 },
  async () => {
    const stop = new AbortController()
    const gathered = Promise.withResolvers<undefined>()
    const closest = closestThrough(
      dhtOf(async function* () {
        yield* peers.slice(0, 3).map(answered)
        gathered.resolve(undefined)
        await never()
      })
    )
    const found = closest(key, stop.signal)
    await gathered.promise
    stop.abort()
    assert.equal((await found).length, 3)
  }
)

test('a lookup without an answer ends after its own time and gives nothing', { timeout: 5_000 }, async t => {
  const late = new AbortController()
  t.mock.method(AbortSignal, 'timeout', () => late.signal)
  const found = closestThrough(
    dhtOf(async function* () {
      yield await never()
    })
  )(key, signal)
  late.abort()
  assert.deepEqual(await found, [])
})

test('a lookup that fails gives those that had answered', async () => {
  const closest = closestThrough(
    dhtOf(async function* () {
      yield await Promise.resolve(answered(peers[0] as typeof self))
      throw new Error('the DHT has stopped')
    })
  )
  assert.deepEqual(
    (await closest(key, signal)).map(({ id }) => id),
    [String(peers[0])]
  )
})

test('addresses come from the answers, else from the peer store, else there are none', async () => {
  const [a, b, c] = peers as [typeof self, typeof self, typeof self]
  const stored = multiaddr('/ip4/127.0.0.1/tcp/4002')
  const peerStore = {
    get: async (id: typeof self) =>
      id.equals(b)
        ? await Promise.resolve({ addresses: [{ multiaddr: stored }] })
        : await Promise.reject(new Error('none'))
  } as unknown as PeerStore
  const closest = closestThrough(
    dhtOf(async function* () {
      yield { name: 'PEER_RESPONSE', from: c, closer: [{ id: a, multiaddrs: [address] }] }
      yield* [a, b].map(answered)
    }),
    peerStore
  )
  const found = new Map((await closest(key, signal)).map(({ id, addresses }) => [id, addresses]))
  assert.deepEqual(found.get(String(a)), [address.toString()])
  assert.deepEqual(found.get(String(b)), [stored.toString()])
  assert.deepEqual(found.get(String(c)), [])
})

test('of those that answered from one /16 four are in the neighbourhood, though all of them are closest', async () => {
  const liars = byDistance.slice(0, 15)
  const closest = closestThrough(
    dhtOf(async function* () {
      yield* peers.map(answered)
    }),
    undefined,
    id => (liars.includes(id) ? '/ip4/8.8.4.4/tcp/4001' : undefined)
  )
  const found = (await closest(key, signal)).map(({ id }) => id)
  assert.deepEqual(found.slice(0, 14), [...liars.slice(0, 4), ...byDistance.slice(15)])
  assert.equal(found.length, neighbourhoodRelays)
})
