/** The client over sockets: its own libp2p node, and one that the application has already. The relays are fakes. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Libp2p } from '@libp2p/interface'
import { createLibp2p } from 'libp2p'
import { MemoryLevel } from 'memory-level'
import { Mailbox } from '../../src/client/mailbox.ts'
import { silent, systemEnvironment } from '../../src/environment.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { kadProtocol, privateDht } from '../../src/placement/dht.ts'
import { libp2pDefaults, Libp2pNetwork } from '../../src/wire/libp2p.ts'
import { sound } from '../helpers/clients.ts'
import { FakeRelay } from '../helpers/fake-relay.ts'
import { openToAll } from '../helpers/lanes.ts'

const relays: FakeRelay[] = []
const nodes: Libp2p[] = []
const stops: Array<() => Promise<void>> = []

async function relay(): Promise<FakeRelay> {
  const identity = generateIdentity()
  const defaults = libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'] })
  const libp2p = await createLibp2p({
    ...defaults,
    privateKey: await generateKeyPairFromSeed('Ed25519', identity.seed),
    services: { ...defaults.services, dht: privateDht({ clientMode: false }) }
  })
  nodes.push(libp2p)
  const network = new Libp2pNetwork(libp2p, silent)
  stops.push(async () => {
    await network.stop()
    await libp2p.stop()
  })
  const addresses = libp2p.getMultiaddrs().map(address => address.toString())
  const [first] = relays
  if (first !== undefined) await network.channel(first.address, '/mailbox/locator/1.0.0')
  const node = {
    responder: network,
    address: { id: libp2p.peerId.toString(), addresses },
    stop: () => undefined,
    start: () => undefined
  }
  return new FakeRelay(systemEnvironment, identity, node)
}

before(async () => {
  for (let n = 0; n < 3; n++) relays.push(await relay())
  for (const each of relays) each.replicas = relays.filter(other => other !== each)
})
after(async () => {
  for (const stop of stops) await stop()
})

const bootstrapOf = (): string[] => relays.slice(0, 1).flatMap(each => each.address.addresses)

test('a client on its own node registers, sends, collects and closes, knowing one bootstrap relay', async () => {
  await using bob = await Mailbox.open({
    identity: generateIdentity(),
    store: new MemoryLevel(),
    bootstrap: bootstrapOf(),
    strangers: 'inbox',
    strangersLane: openToAll
  })
  const { relays: leases, writeQuorum } = await bob.register()
  assert.equal(leases.length, 3)
  assert.equal(writeQuorum, 2)
  await using alice = await Mailbox.open({
    identity: generateIdentity(),
    store: new MemoryLevel(),
    bootstrap: bootstrapOf()
  })
  const body = new Uint8Array(200 * 1024).fill(3)
  assert.equal((await alice.send(bob.address, body)).state, 'stored')
  await alice.close()
  assert.deepEqual(await bob.inbox.pull().then(({ received, complete }) => [received, complete]), [1, true])
  assert.deepEqual((await sound(bob.inbox.list()))[0]?.body, body)
})

test('a client is no server of the DHT: a relay that asks it finds no such protocol', async () => {
  const carol = await Mailbox.open({ identity: generateIdentity(), store: new MemoryLevel(), bootstrap: bootstrapOf() })
  await carol.register()
  const [relay] = nodes
  const servers = nodes.map(({ peerId }) => peerId.toString())
  const connections = relay?.getConnections() ?? []
  const toClients = connections.filter(({ remotePeer }) => !servers.includes(remotePeer.toString()))
  const toRelays = connections.filter(({ remotePeer }) => servers.includes(remotePeer.toString()))
  const signal = AbortSignal.timeout(5_000)
  assert.ok(toClients.length > 0 && toRelays.length > 0)
  for (const connection of toClients)
    await assert.rejects(connection.newStream(kadProtocol, { signal }), { name: 'UnsupportedProtocolError' })
  for (const connection of toRelays) (await connection.newStream(kadProtocol, { signal })).abort(new Error('asked'))
  await carol.close()
})

test("a client on the application's node uses its connections and leaves it running", async () => {
  const defaults = libp2pDefaults()
  const libp2p = await createLibp2p({
    ...defaults,
    services: { ...defaults.services, dht: privateDht({ clientMode: true }) }
  })
  await using carol = await Mailbox.open({
    identity: generateIdentity(),
    store: new MemoryLevel(),
    libp2p,
    bootstrap: bootstrapOf()
  })
  await carol.register()
  assert.equal((await carol.send(carol.address, 'to myself')).state, 'stored')
  assert.equal((await carol.inbox.pull()).received, 1)
  await carol.close()
  assert.equal(libp2p.status, 'started')
  await libp2p.stop()
})

test("an application's node without the mailbox DHT is CONFIG", async () => {
  const libp2p = await createLibp2p(libp2pDefaults())
  await assert.rejects(Mailbox.open({ identity: generateIdentity(), store: new MemoryLevel(), libp2p }), {
    code: 'CONFIG'
  })
  await libp2p.stop()
})

test('a bootstrap relay that cannot be reached is BOOTSTRAP for register, and why a message waits', async () => {
  const { id } = relays[0]?.address ?? { id: '' }
  await using dave = await Mailbox.open({
    identity: generateIdentity(),
    store: new MemoryLevel(),
    bootstrap: [`/ip4/127.0.0.1/tcp/9/p2p/${id}`]
  })
  await assert.rejects(dave.register(), { code: 'BOOTSTRAP' })
  const { state, lastError } = await dave.send(generateIdentity().address, 'x')
  assert.deepEqual([state, lastError?.code], ['queued', 'BOOTSTRAP'])
})
