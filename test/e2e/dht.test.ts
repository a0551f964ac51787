/** The private DHT over sockets: it finds relays, and nobody can store anything in it. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { lpStream } from '@libp2p/utils'
import { createLibp2p } from 'libp2p'
import { MemoryLevel } from 'memory-level'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { NodeDatastore } from '../../src/daemon/datastore.ts'
import { silent } from '../../src/environment.ts'
import { closestThrough, kadProtocol, knownThrough, privateDht } from '../../src/placement/dht.ts'
import { libp2pDefaults } from '../../src/wire/libp2p.ts'

const relaysCount = 5
const deadline = (): AbortSignal => AbortSignal.timeout(20_000)

async function start(o: { dht: ReturnType<typeof privateDht>; listen: boolean }) {
  const defaults = libp2pDefaults({ listen: o.listen ? ['/ip4/127.0.0.1/tcp/0'] : [] })
  const db = new MemoryLevel<string, Uint8Array>({ keyEncoding: 'utf8', valueEncoding: 'view' })
  const privateKey = await generateKeyPair('Ed25519')
  const libp2p = await createLibp2p({
    ...defaults,
    privateKey,
    datastore: new NodeDatastore(db as never, silent),
    services: { ...defaults.services, dht: o.dht }
  })
  return { libp2p, db, dht: libp2p.services.dht, privateKey }
}
type Started = Awaited<ReturnType<typeof start>>

const relays: Started[] = []
/** A relay with the write surface of kad-dht as it comes: shows that what the others refuse is well formed. */
let open: Started
let writer: Started

before(async () => {
  for (let n = 0; n < relaysCount; n++)
    relays.push(await start({ dht: privateDht({ clientMode: false }), listen: true }))
  open = await start({
    dht: kadDHT({ protocol: kadProtocol, clientMode: false, peerInfoMapper: passthroughMapper }),
    listen: true
  })
  writer = await start({ dht: privateDht({ clientMode: true }), listen: false })
  const [first] = relays
  assert(first !== undefined)
  const others = [...relays.slice(1), writer]
  for (const { libp2p } of others) await libp2p.dial(first.libp2p.getMultiaddrs(), { signal: deadline() })
})

after(async () => {
  for (const { libp2p } of [...relays, open, writer]) await libp2p.stop()
})

// The messages of kad-dht, written by hand since it does not export its own.
const types = { PUT_VALUE: 0, ADD_PROVIDER: 2, FIND_NODE: 4 } as const
const varint = (n: number): number[] => (n < 128 ? [n] : [(n % 128) + 128, ...varint(Math.floor(n / 128))])
const field = (number: number, bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length), ...bytes])
const message = (type: keyof typeof types, ...fields: Uint8Array[]): Uint8Array =>
  Uint8Array.from(Buffer.concat([Uint8Array.of(8, types[type]), ...fields]))
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

function putValue(key: Uint8Array, value: Uint8Array): Uint8Array {
  const record = Buffer.concat([field(1, key), field(2, value), field(5, utf8('2026-01-01T00:00:00.000Z'))])
  return message('PUT_VALUE', field(2, key), field(3, Uint8Array.from(record)))
}

const findNode = (): Uint8Array => message('FIND_NODE', field(2, writer.libp2p.peerId.toMultihash().bytes))

/** One message to one relay; its answer, or undefined when the relay ends the stream without one. */
async function tell(relay: Started, bytes: Uint8Array): Promise<Uint8Array | undefined> {
  const signal = deadline()
  await writer.libp2p.dial(relay.libp2p.getMultiaddrs(), { signal })
  const stream = await writer.libp2p.dialProtocol(relay.libp2p.peerId, kadProtocol, { signal })
  const framed = lpStream(stream)
  try {
    await framed.write(bytes, { signal })
    // to what is taken without an answer, as ADD_PROVIDER is, this is the answer; a refusal ends the stream before
    await framed.write(findNode(), { signal })
    return (await framed.read({ signal })).subarray()
  } catch {
    signal.throwIfAborted()
    // the stream was reset
    return undefined
  } finally {
    stream.abort(new Error('asked'))
  }
}

/** What a node keeps besides the addresses of its peers. */
async function kept(node: Started): Promise<string[]> {
  const keys = await node.db.keys().all()
  return keys.filter(key => !key.startsWith('/peers/'))
}

async function holds(node: Started, bytes: Uint8Array): Promise<boolean> {
  const rows = await node.db.iterator().all()
  const wanted = Buffer.from(bytes)
  return rows.some(([key, value]) => Buffer.from(value).includes(wanted) || Buffer.from(key).includes(wanted))
}

async function publicKeyRecord(): Promise<{ bytes: Uint8Array; marker: Uint8Array }> {
  const { publicKey } = await generateKeyPair('Ed25519')
  const value = publicKeyToProtobuf(publicKey)
  return {
    bytes: putValue(Uint8Array.from([...utf8('/pk/'), ...publicKey.toMultihash().bytes]), value),
    marker: publicKey.raw
  }
}

async function providerRecord(): Promise<Uint8Array> {
  const cid = CID.createV1(0x55, await sha256.digest(randomBytes(32)))
  const address = Uint8Array.of(4, 127, 0, 0, 1, 6, 15, 161)
  const self = writer.libp2p.peerId.toMultihash().bytes
  return message(
    'ADD_PROVIDER',
    field(2, cid.bytes),
    field(9, Uint8Array.from([...field(1, self), ...field(2, address)]))
  )
}

test('a message written by hand is understood: FIND_NODE is answered', async () => {
  for (const relay of relays) {
    assert((await tell(relay, findNode())) !== undefined)
  }
})

test('a record of a public key, which kad-dht stores as it comes, is refused and leaves no byte', async () => {
  const { bytes, marker } = await publicKeyRecord()
  assert((await tell(open, bytes)) !== undefined)
  assert(await holds(open, marker))
  for (const relay of relays) {
    assert.equal(await tell(relay, bytes), undefined)
    assert.equal(await holds(relay, marker), false)
    assert.deepEqual(await kept(relay), [])
  }
})

test('PUT_VALUE under any other name is refused and leaves no byte', async () => {
  const marker = Uint8Array.from(randomBytes(32))
  for (const name of ['/mailbox/x', '/ipns/x', '/pk/x', 'x', '']) {
    for (const relay of relays.slice(0, 2)) {
      assert.equal(await tell(relay, putValue(utf8(name), marker)), undefined)
      assert.equal(await holds(relay, marker), false)
      assert.deepEqual(await kept(relay), [])
    }
  }
})

test('ADD_PROVIDER, which kad-dht stores as it comes, is refused and leaves no byte', async () => {
  const bytes = await providerRecord()
  assert((await tell(open, bytes)) !== undefined)
  assert((await kept(open)).some(key => key.includes('provider')))
  for (const relay of relays) {
    assert.equal(await tell(relay, bytes), undefined)
    assert.deepEqual(await kept(relay), [])
  }
})

test('getClosestPeers finds every relay from one bootstrap relay, nearest first, and never the one that asks', async () => {
  const closest = closestThrough(writer.dht, writer.libp2p.peerStore)
  const found = await closest(Uint8Array.from(randomBytes(32)), deadline())
  const ids = relays.map(({ libp2p }) => libp2p.peerId.toString())
  assert.deepEqual(
    found
      .map(({ id }) => id)
      .filter(id => ids.includes(id))
      .sort(),
    ids.sort()
  )
  assert(!found.some(({ id }) => id === writer.libp2p.peerId.toString()))
  assert(found.filter(({ id }) => ids.includes(id)).every(({ addresses }) => addresses.length > 0))
})

test('a relay, which is a server of the DHT itself, finds every other relay and never itself', async () => {
  const [asking, ...others] = relays as [Started, ...Started[]]
  const found = await closestThrough(asking.dht, asking.libp2p.peerStore)(randomBytes(32), deadline())
  const ids = found.map(({ id }) => id)
  for (const { libp2p } of others) assert(ids.includes(libp2p.peerId.toString()))
  assert(!ids.includes(asking.libp2p.peerId.toString()))
})

test('what a relay knows comes from its own routing table, without itself', async () => {
  const [asking] = relays as [Started, ...Started[]]
  const known = await knownThrough(asking.dht, asking.libp2p.peerId)(randomBytes(32), deadline())
  assert(known.length >= relaysCount - 1)
  assert(!known.some(({ id }) => id === asking.libp2p.peerId.toString()))
})
