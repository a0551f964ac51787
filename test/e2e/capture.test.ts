/**
 * What a relay and whoever hears its line have of a deposit and of a pull: every byte is read here. Above the encryption
 * are the requests and answers as the relay handles them, below it the bytes of TCP as a proxy passes them on.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { peerIdFromString } from '@libp2p/peer-id'
import { MemoryLevel } from 'memory-level'
import { Mailbox } from '../../src/client/mailbox.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { ladderBytes, tagBytes } from '../../src/limits.ts'
import { DepositRequest, OwnerResponse, StoredRecord } from '../../src/wire/messages.js'
import { protocols, type Protocol } from '../../src/wire/port.ts'
import { openToAll, sound } from '../helpers/clients.ts'
import { TappedRelay } from '../helpers/tapped-relay.ts'

const alice = generateIdentity()
const bob = generateIdentity()
const contentType = 'application/x-very-private'
const subject = 'The subject that nobody reads'
/** One for several sizes of the ladder; what is random has no window that is there by chance. */
const bodies = [40, 3_000, 60_000].map(bytes => new Uint8Array(randomBytes(bytes)))
const words = 'Meet me at the old lighthouse at noon.'

const window = 8
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
let relay: TappedRelay
let owner: Mailbox
/** What was seen and heard while Alice was there, and while Bob pulled. */
let deposit: { seen: TappedRelay['seen']; wire: Uint8Array }
let pull: typeof deposit

/** Everything since the last call. */
function taken(): typeof deposit {
  const took = { seen: relay.seen.splice(0), wire: new Uint8Array(Buffer.concat(relay.wire.splice(0))) }
  assert.ok(took.seen.length > 0 && took.wire.length > 1_000)
  return took
}

before(async () => {
  relay = await TappedRelay.start()
  const o = { bootstrap: [relay.address], strangersLane: openToAll, strangers: 'inbox' } as const
  owner = await Mailbox.open({ ...o, identity: bob, store: new MemoryLevel() })
  await owner.register({ active: 1, standby: 0 })
  taken()
  const open = { bootstrap: [relay.address], strangers: 'inbox' } as const
  const sender = await Mailbox.open({ ...open, identity: alice, store: new MemoryLevel() })
  for (const body of [...bodies, words])
    assert.equal((await sender.send(bob.address, body, { subject, ...typeOf(body) })).state, 'stored')
  await sender.close()
  deposit = taken()
})
after(async () => {
  await owner.close()
  await relay.stop()
})

const typeOf = (body: Uint8Array | string): { contentType?: string } =>
  typeof body === 'string' ? {} : { contentType }

/** Every run of eight bytes of what is secret; those that are in everybody's bytes are left out by the caller. */
function* windowsOf(secret: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at + window <= secret.length; at++) yield secret.subarray(at, at + window)
}

/** The named secrets of which eight bytes or more are in `bytes`. */
function foundIn(bytes: Uint8Array): string[] {
  const secrets: Record<string, Uint8Array> = {
    'sender key': alice.key,
    'sender address': utf8(alice.address).subarray(7),
    'sender key as hex': utf8(Buffer.from(alice.key).toString('hex')),
    'sender key as base64': utf8(Buffer.from(alice.key).toString('base64')),
    'content type': utf8(contentType),
    subject: utf8(subject),
    words: utf8(words),
    ...Object.fromEntries(bodies.map((body, n) => [`body ${n}`, body.subarray(0, 400)]))
  }
  const hay = Buffer.from(bytes)
  return Object.entries(secrets).flatMap(([name, secret]) =>
    [...windowsOf(secret)].some(piece => hay.includes(Buffer.from(piece))) ? [name] : []
  )
}

const joined = (seen: TappedRelay['seen']): Uint8Array =>
  new Uint8Array(Buffer.concat(seen.flatMap(({ request, response }) => [request, response])))
const of = (seen: TappedRelay['seen'], protocol: Protocol): TappedRelay['seen'] =>
  seen.filter(one => one.protocol === protocol)

test('the search finds what is there, so that finding nothing says something', () => {
  const near = (piece: Uint8Array): Uint8Array =>
    new Uint8Array(Buffer.concat([randomBytes(5_000), piece, randomBytes(99)]))
  assert.deepEqual(foundIn(near(alice.key.subarray(24))), ['sender key'])
  assert.deepEqual(foundIn(near((bodies[1] as Uint8Array).subarray(100, 108))), ['body 1'])
  assert.deepEqual(foundIn(near(utf8('lighthou'))), ['words'])
  assert.deepEqual(foundIn(near(new Uint8Array(0))), [])
})

test('G7: what a relay sees of a deposit has no sender key, no plaintext, no subject and no content type', () => {
  const calls = of(deposit.seen, protocols.deposit)
  assert.ok(calls.length >= bodies.length + 1)
  assert.deepEqual(foundIn(joined(deposit.seen)), [])
})

test('G7: a deposit and a page show only lengths of the ladder', async () => {
  const deposited = of(deposit.seen, protocols.deposit)
    .map(({ request }) => DepositRequest.decode(request).deposit?.record?.ct.length)
    .filter(length => length !== undefined)
  const sizes = deposited.map(length => length - tagBytes)
  assert.deepEqual(
    [...new Set(sizes)].sort((a, b) => a - b),
    [1_024, 4_096, 65_536]
  )
  assert.ok(sizes.every(size => ladderBytes.includes(size)))
})

test('G7: what a relay sees of a pull and of the tombstones after it has nothing of it either', async () => {
  assert.equal((await owner.inbox.pull()).received, bodies.length + 1)
  assert.deepEqual(
    (await sound(owner.inbox.list())).map(({ subject: said }) => said).filter(said => said !== subject),
    []
  )
  pull = taken()
  const records = of(pull.seen, protocols.owner).flatMap(
    ({ response }) => OwnerResponse.decode(response).page?.records ?? []
  )
  assert.ok(records.length >= bodies.length + 1)
  for (const stored of records) assert.ok(ladderBytes.includes(StoredRecord.decode(stored).ct.length - tagBytes))
  assert.deepEqual(foundIn(joined(pull.seen)), [])
})

test('G7: below the encryption there is nothing of it, nor of the mailbox, nor which protocol is spoken', () => {
  for (const { wire } of [deposit, pull]) {
    assert.deepEqual(foundIn(wire), [])
    const hay = Buffer.from(wire)
    for (const piece of windowsOf(bob.key)) assert.ok(!hay.includes(Buffer.from(piece)), 'the mailbox')
    for (const name of ['/mailbox/', '/ipfs/id', 'libp2p-mailbox', '/yamux']) assert.ok(!hay.includes(name), name)
  }
})

test('a client says of itself a name without a version, and a peer id that is not its identity', async () => {
  await using carol = await Mailbox.open({
    identity: generateIdentity(),
    store: new MemoryLevel(),
    bootstrap: [relay.address]
  })
  await carol.register({ active: 1, standby: 0 })
  const peers = relay.libp2p.getPeers()
  assert.ok(peers.length > 0)
  for (const peer of peers) {
    const { metadata } = await relay.libp2p.peerStore.get(peerIdFromString(peer.toString()))
    const said = [...metadata].map(([name, value]) => `${name}=${new TextDecoder().decode(value)}`)
    assert.ok(said.includes('AgentVersion=libp2p-mailbox'), said.join(' '))
    assert.ok(!said.some(text => /v\d|node|linux|darwin|win32/i.test(text)), said.join(' '))
  }
})
