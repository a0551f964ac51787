/** G10 over WebSockets: what their server would keep for anybody before libp2p is asked, and ends that are ends. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, test } from 'node:test'
import type { MessageStream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { Uint8ArrayList } from 'uint8arraylist'
import { negotiationMs, pendingConnectionsMax, webSocketMessageBytesMax } from '../../src/limits.ts'
import { Account, ranks } from '../../src/wire/account.ts'
import { Accounted } from '../../src/wire/connection.ts'
import { Door } from '../../src/wire/door.ts'
import { libp2pDefaults } from '../../src/wire/libp2p.ts'
import { defaultPlaceLimits } from '../../src/wire/places.ts'
import { until } from '../helpers/testnet.ts'

const perGroup = 3
const door = new Door({ limits: { ...defaultPlaceLimits, perGroup } })
const account = new Account()
const defaults = libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0/ws'], door, account })
/** Connections that came, before anything was said on them. */
const carriers: MessageStream[] = []
const host = await createLibp2p({
  ...defaults,
  connectionGater: {
    ...defaults.connectionGater,
    denyInboundConnection: connection => {
      carriers.push(connection)
      return door.gater.denyInboundConnection(connection)
    }
  }
})
const address = String(host.getMultiaddrs()[0])
const port = Number(/\/tcp\/(\d+)/.exec(address)?.[1])
after(async () => host.stop())

async function socketFrom(localAddress: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, localAddress })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** A socket on which the server has agreed to speak WebSocket. */
async function webSocketFrom(localAddress: string): Promise<Socket> {
  const socket = await socketFrom(localAddress)
  const key = randomBytes(16).toString('base64')
  const head = ['GET / HTTP/1.1', 'Host: here', 'Upgrade: websocket', 'Connection: Upgrade']
  socket.write([...head, `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13', '', ''].join('\r\n'))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  assert.match(answer.toString('latin1'), /^HTTP\/1\.1 101 /)
  return socket
}

/** A binary frame, and nothing of what it announces. */
function announce(bytes: number): Buffer {
  const header = Buffer.alloc(14)
  header[0] = 0x82
  header[1] = 0x80 | 127
  header.writeBigUInt64BE(BigInt(bytes), 2)
  return header
}

/** The first message of libp2p; a mask of zeros leaves it as it is. */
const line = Buffer.from('\x13/multistream/1.0.0\n', 'latin1')
const greeting = Buffer.concat([Buffer.of(0x82, 0x80 | line.length, 0, 0, 0, 0), line])

test('sockets that become no WebSocket keep nobody out: the oldest is closed for one more', async () => {
  const silent: Socket[] = []
  try {
    for (let n = 0; n < pendingConnectionsMax; n++) silent.push(await socketFrom(`127.6.0.${n + 1}`))
    const [oldest] = silent as [Socket]
    const closed = once(oldest, 'close')
    const client = await createLibp2p(libp2pDefaults())
    silent.push(await socketFrom('127.6.1.1'))
    await closed
    const connection = await client.dial(multiaddr(address))
    assert.equal(connection.status, 'open')
    await client.stop()
  } finally {
    for (const socket of silent) socket.destroy()
  }
})

test(`a socket that has become no WebSocket after ${negotiationMs} ms is closed, whatever it dribbles`, async () => {
  const socket = await socketFrom('127.6.2.1')
  const closed = once(socket, 'close')
  socket.write('GET / HT')
  await closed
})

test('a message longer than any that is sent is refused when it is announced', async () => {
  const socket = await webSocketFrom('127.6.3.1')
  socket.write(announce(webSocketMessageBytesMax + 1))
  await once(socket, 'close')
})

test('a frame that breaks the protocol ends its connection, and not the process', async () => {
  const socket = await webSocketFrom('127.6.3.2')
  // bits that are reserved
  socket.write(Buffer.of(0xff, 0x80, 0, 0, 0, 0))
  await once(socket, 'close')
})

test('a connection that has no place is closed, and its socket with it', async () => {
  const sockets: Socket[] = []
  try {
    for (let n = 0; n < perGroup; n++) sockets.push(await webSocketFrom('127.6.4.1'))
    const more = await webSocketFrom('127.6.4.1')
    await once(more, 'close')
    assert.ok(sockets.every(({ destroyed }) => !destroyed))
    // and gives its place back
    const [first] = sockets as [Socket]
    first.destroy()
    await until(async () => {
      const again = await webSocketFrom('127.6.4.1')
      const fate = Promise.withResolvers<boolean>()
      again.once('close', () => fate.resolve(false))
      // it is answered
      again.once('data', () => fate.resolve(true))
      again.write(greeting)
      const isOpen = await fate.promise
      again.destroy()
      return isOpen
    }, 'the place is free again')
  } finally {
    for (const socket of sockets) socket.destroy()
  }
})

test('what has come of a message that is not whole is counted for its connection', async () => {
  const socket = await webSocketFrom('127.6.5.1')
  const carrier = carriers.at(-1)
  assert.ok(carrier !== undefined)
  const tenant = new Accounted({
    account: new Account(),
    muxer: { streams: [], decoder: { buffer: new Uint8ArrayList() } },
    secured: { readBufferLength: 0, writeBufferLength: 0 } as MessageStream,
    origin: { peer: host.peerId, group: undefined, carrier },
    rankOf: () => ranks.stranger
  })
  const before = tenant.bytes()
  socket.write(Buffer.concat([announce(100_000), Buffer.alloc(60_000)]))
  await until(async () => Promise.resolve(tenant.bytes() === before + 60_000), 'the message is counted')
  socket.destroy()
})

test('so is what has come of a message of noise', async () => {
  const client = await createLibp2p(libp2pDefaults())
  try {
    const { maConn } = (await client.dial(multiaddr(address))) as unknown as { maConn: { websocket: WebSocket } }
    await until(async () => Promise.resolve(account.tenants.size === 1), 'the connection is counted')
    const [tenant] = [...account.tenants.keys()]
    assert.ok(tenant instanceof Accounted)
    // identify has streams of its own, which go
    await until(async () => Promise.resolve(tenant.streams === 0), 'nothing happens on it')
    const before = tenant.bytes()
    maConn.websocket.send(new Uint8Array(50_000).fill(0xff))
    await until(async () => Promise.resolve(tenant.bytes() >= before + 50_000), 'the message is counted')
  } finally {
    await client.stop()
  }
})
