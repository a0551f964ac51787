import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { isDiverse, wideNetworkOf } from '../../../src/placement/diversity.ts'
import { kadPosition } from '../../../src/placement/dht.ts'
import { diversify } from '../../../src/placement/table.ts'

const networkOf = (text: string): string | undefined => wideNetworkOf(multiaddr(text))

describe('the network of an entry', () => {
  test('is the /16 of an IPv4 address and the /32 of an IPv6 one', () => {
    assert.equal(networkOf('/ip4/8.8.1.1/tcp/1'), networkOf('/ip4/8.8.200.2/tcp/2'))
    assert.notEqual(networkOf('/ip4/8.8.1.1/tcp/1'), networkOf('/ip4/8.9.1.1/tcp/1'))
    assert.equal(networkOf('/ip6/2a00:1450:1::1/tcp/1'), networkOf('/ip6/2a00:1450:ffff::2/tcp/2'))
    assert.notEqual(networkOf('/ip6/2a00:1450:1::1/tcp/1'), networkOf('/ip6/2a00:1451:1::1/tcp/1'))
  })

  test('is none for private and loopback addresses and for names', () => {
    for (const text of ['/ip4/127.0.0.1/tcp/1', '/ip4/10.1.2.3/tcp/1', '/ip6/::1/tcp/1', '/dns4/example.com/tcp/1'])
      assert.equal(networkOf(text), undefined, text)
  })
})

test('one more of a network comes while the table and the bucket have room for it', () => {
  const limits = { tableMax: 3, bucketMax: 2 }
  const near = { network: 'ip4 8.8', inBucket: true }
  const far = { network: 'ip4 8.8', inBucket: false }
  assert.equal(isDiverse('ip4 8.8', [near], limits), true)
  assert.equal(isDiverse('ip4 8.8', [near, near], limits), false)
  assert.equal(isDiverse('ip4 8.8', [far, far], limits), true)
  assert.equal(isDiverse('ip4 8.8', [far, far, far], limits), false)
  assert.equal(isDiverse('ip4 8.9', [near, near, far], limits), true)
  assert.equal(isDiverse(undefined, [near, near, far], limits), true)
})

interface Contact {
  kadId: Uint8Array
  peerId: PeerId
}

/** A table of one bucket that takes whoever is verified, as kad-dht's does. */
function table(addressOf: (peer: PeerId) => string) {
  const peers: Contact[] = []
  const kb = {
    root: { peers },
    toIterable: () => peers,
    verify: async (contact: Contact): Promise<boolean> => await Promise.resolve(contact.kadId.byteLength === 32)
  }
  const dht = { routingTable: { kb } } as unknown as KadDHT
  const components = {
    connectionManager: { getConnections: (peer: PeerId) => [{ remoteAddr: multiaddr(addressOf(peer)) }] },
    peerStore: { get: async () => await Promise.reject(new Error('not known')) }
  }
  diversify(dht, components, { tableMax: 3, bucketMax: 2 }, () => 0)
  const add = async (peerId: PeerId): Promise<void> => {
    const contact = { kadId: kadPosition(peerId.toMultihash().bytes), peerId }
    if (await kb.verify(contact)) peers.push(contact)
  }
  return { peers, add }
}

const peerIds = async (count: number): Promise<PeerId[]> =>
  await Promise.all(Array.from({ length: count }, async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519'))))

describe('a routing table', () => {
  test('takes two of one network into a bucket, also when many come at the same moment', async () => {
    const { peers, add } = table(() => '/ip4/8.8.4.4/tcp/1')
    await Promise.all((await peerIds(10)).map(add))
    assert.equal(peers.length, 2)
  })

  test('takes an entry of a network again when one of them has gone', async () => {
    const { peers, add } = table(() => '/ip4/8.8.4.4/tcp/1')
    const ids = await peerIds(4)
    for (const id of ids) await add(id)
    peers.shift()
    await add(ids[3] as PeerId)
    assert.equal(peers.length, 2)
  })

  test('takes all of a laboratory', async () => {
    const { peers, add } = table(() => '/ip4/127.0.0.1/tcp/1')
    await Promise.all((await peerIds(10)).map(add))
    assert.equal(peers.length, 10)
  })
})
