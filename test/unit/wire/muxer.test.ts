/** yamux between two ends in memory: one as a relay has it, at the other the bytes of a hostile peer. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { MessageStream } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddrConnectionPair } from '@libp2p/utils'
import { Uint8ArrayList } from 'uint8arraylist'
import { earlyStreamsMax, muxerPingBurstMax, yamuxWindowBytes } from '../../../src/limits.ts'
import { Replicas } from '../../../src/relay/replicas.ts'
import { Account, ranks, type Tenant } from '../../../src/wire/account.ts'
import { Accounted } from '../../../src/wire/connection.ts'
import { Door } from '../../../src/wire/door.ts'
import { guardedYamux } from '../../../src/wire/muxer.ts'
import { defaultOpenLimits, Opens } from '../../../src/wire/opens.ts'
import { rememberOrigin } from '../../../src/wire/origin.ts'
import { compact } from '../../../src/wire/pieces.ts'
import { defaultPlaceLimits } from '../../../src/wire/places.ts'
import { turns, turnsUntil } from '../../helpers/streams.ts'

/** A header of yamux: version, type, flags, stream, length. */
function header(type: number, flag: number, stream: number, length: number): Uint8Array {
  const bytes = new Uint8Array(12)
  const view = new DataView(bytes.buffer)
  view.setUint8(1, type)
  view.setUint16(2, flag)
  view.setUint32(4, stream)
  view.setUint32(8, length)
  return bytes
}

function joined({ listens = true, ...o }: { streamOpens?: number; listens?: boolean } = {}) {
  const [outbound, inbound] = multiaddrConnectionPair({ delay: 0 }) as unknown as [MessageStream, MessageStream]
  const burst = o.streamOpens ?? 1_000
  const opens = new Opens({ ...defaultOpenLimits, perConnection: { perSecond: 1, burst }, refusals: 10 })
  const muxer = guardedYamux({ opens, account: new Account(), now: () => 0 })().createStreamMuxer(inbound)
  const opened: string[] = []
  if (listens) muxer.addEventListener('stream', ({ detail }) => opened.push(detail.id))
  return { inbound, outbound, muxer, opened }
}

const [data, windowUpdate, ping, goAway] = [0, 1, 2, 3] as const
const syn = 1

test('a frame longer than any window ends the connection before its bytes have come', async () => {
  const { inbound, outbound } = joined()
  const ended = once(inbound as unknown as EventTarget, 'close')
  outbound.send(header(windowUpdate, syn, 1, 0))
  outbound.send(header(data, 0, 1, yamuxWindowBytes + 1))
  await ended
})

test('streams opened too often are reset one by one, and then the connection ends', async () => {
  const { inbound, outbound, muxer, opened } = joined({ streamOpens: 5 })
  for (let n = 0; n < 15; n++) outbound.send(header(windowUpdate, syn, 2 * n + 1, 0))
  await turnsUntil(() => opened.length === 5)
  await turns(10)
  assert.deepEqual([muxer.streams.length, inbound.status], [5, 'open'])
  const ended = once(inbound as unknown as EventTarget, 'close')
  outbound.send(header(windowUpdate, syn, 101, 0))
  await ended
})

test('pings of the muxer are answered so often, and then the connection ends', async () => {
  const { inbound, outbound } = joined()
  let sent = 0
  while (outbound.status === 'open' && sent < 100) {
    outbound.send(header(ping, syn, 0, sent++))
    await turns(1)
  }
  assert.notEqual(inbound.status, 'open')
  assert.ok(sent > muxerPingBurstMax && sent < 100, `${sent} pings`)
})

test('a connection does not outlive its muxer: not after either GoAway, nor after too many early streams', async () => {
  for (const reason of [0, 1]) {
    const { inbound, outbound } = joined()
    const ended = once(inbound as unknown as EventTarget, 'close')
    outbound.send(header(goAway, 0, 0, reason))
    await ended
  }
  const { inbound, outbound } = joined({ listens: false })
  const ended = once(inbound as unknown as EventTarget, 'close')
  for (let n = 0; n <= earlyStreamsMax; n++) outbound.send(header(windowUpdate, syn, 2 * n + 1, 0))
  await ended
})

test('what comes byte by byte is kept in few pieces, and is what came', () => {
  const buffer = new Uint8ArrayList()
  const bytes = Uint8Array.from({ length: 20_000 }, (_, n) => n % 251)
  for (const byte of bytes) {
    buffer.append(Uint8Array.of(byte))
    compact(buffer)
  }
  assert.deepEqual(buffer.subarray(), bytes)
  assert.ok([...buffer].length <= 64 + 20_000 / 512)
})

/** Connections of peers that the muxers know, two or more in one account. */
function peersOf(replicas = new Replicas('self')) {
  const account = new Account({ memoryBytesMax: 0 })
  const rankOf = (peer: string) => (replicas.has(peer) ? ranks.replica : ranks.stranger)
  const door = new Door({ limits: defaultPlaceLimits, rankOf })
  const create = guardedYamux({ opens: new Opens(), account, door, now: () => 0 })()
  const connect = async () => {
    const [outbound, inbound] = multiaddrConnectionPair({ delay: 0 }) as unknown as [MessageStream, MessageStream]
    const peer = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
    rememberOrigin(inbound, inbound, peer)
    const muxer = create.createStreamMuxer(inbound)
    const tenant: Tenant | undefined = [...account.tenants.keys()].at(-1)
    assert.ok(tenant instanceof Accounted)
    const hold = (share: number): void => {
      const heldBytes = Math.floor(account.bytesMax * share)
      tenant.holders.add({ heldBytes, queuedBytes: 0, proceed: () => undefined })
    }
    return { id: peer.toString(), inbound, outbound, muxer, tenant, hold }
  }
  const list = (id: string): void => {
    const relays = ['self', id].map(id => ({ id, role: 'active' as const, addresses: [] }))
    replicas.change(new Uint8Array(32), undefined, { relays, closed: false })
  }
  return { account, connect, list }
}

test('over the bound a stranger is cut, and a relay that a mailbox here lists beside this one is not', async () => {
  const { account, connect, list } = peersOf()
  const [relay, stranger] = [await connect(), await connect()]
  list(relay.id)
  // who holds most would go first if both were strangers
  relay.hold(0.6)
  stranger.hold(0.5)
  account.census()
  assert.deepEqual([relay.inbound.status, stranger.inbound.status], ['open', 'aborted'])
  relay.inbound.abort(new Error('done'))
})

test('under pressure who holds more than a share opens no stream, but an owner, a listed relay and a newcomer do', async () => {
  const { account, connect, list } = peersOf()
  const [relay, owner, stranger] = [await connect(), await connect(), await connect()]
  list(relay.id)
  owner.tenant.vouch()
  for (const peer of [relay, owner, stranger]) peer.hold(0.28)
  const newcomer = await connect()
  account.census()
  const peers = [relay, owner, stranger, newcomer]
  assert.deepEqual(
    peers.map(({ tenant }) => tenant.holding),
    [true, true, true, false]
  )
  for (const { outbound } of peers) outbound.send(header(windowUpdate, syn, 1, 0))
  await turnsUntil(() => newcomer.muxer.streams.length === 1)
  await turns(10)
  assert.deepEqual(
    peers.map(({ muxer, inbound }) => [muxer.streams.length, inbound.status]),
    [
      [1, 'open'],
      [1, 'open'],
      [0, 'open'],
      [1, 'open']
    ]
  )
  for (const { inbound } of peers) inbound.abort(new Error('done'))
})
