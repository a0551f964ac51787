/** Issue 2, Bad input: bytes no honest peer sends, to a relay that is a process of its own and must outlive them. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { after, afterEach, describe, test } from 'node:test'
import { Uint8ArrayList } from 'uint8arraylist'
import { concat } from 'uint8arrays'
import { Status, statusName } from '../../src/errors.ts'
import { frameBytesMax, gossipFrameBytesMax } from '../../src/limits.ts'
import { kadProtocol } from '../../src/placement/dht.ts'
import { encodeFrame } from '../../src/wire/frame.ts'
import {
  DepositRequest,
  DepositResponse,
  LocatorRequest,
  LocatorResponse,
  OwnerRequest,
  OwnerResponse
} from '../../src/wire/messages.js'
import { protocols } from '../../src/wire/port.ts'
import type { Protocol } from '../../src/wire/port.ts'
import type { RawStream } from '../helpers/raw.ts'
import { every } from '../../src/wire/platform.ts'
import { RawPeer } from '../helpers/raw.ts'
import { Testnet } from '../helpers/testnet.ts'

const net = await Testnet.start(1)
const [{ id, address, pid }] = [net.relay(0)]
const hostile = await RawPeer.start()
const honest = await RawPeer.start()
after(async () => Promise.all([hostile.stop(), honest.stop()]))

const info = DepositRequest.encode({ info: {} })
const opened: RawStream[] = []
const open = async (protocol: Protocol | typeof kadProtocol): Promise<RawStream> => {
  const stream = await hostile.open(address, protocol)
  opened.push(stream)
  return stream
}

afterEach(async () => {
  for (const stream of opened.splice(0)) stream.drop()
  process.kill(pid, 0)
  const channel = await honest.network.channel({ id, addresses: [address] }, protocols.deposit)
  const { status, relay } = DepositResponse.decode(await channel.call(info))
  assert.deepEqual([status, relay?.draining], [Status.OK, false])
})

/** Bytes that are the same in every run and look like noise. */
const noise = (seed: string, blocks: number): Uint8Array =>
  concat(Array.from({ length: blocks }, (_, n) => createHash('sha256').update(`${seed} ${n}`).digest()))

/** A field of a number that no message has, filled up to `bytes` in all: tag 1000, length-delimited. */
function unknownField(bytes: number): Uint8Array {
  const length = bytes - 5
  return concat([
    Uint8Array.of(0xc2, 0x3e, (length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14),
    new Uint8Array(length)
  ])
}

interface Case {
  readonly protocol: Protocol
  readonly decode: (bytes: Uint8Array) => { status: number }
  /** A request that is in order, and its answer. */
  readonly request: Uint8Array
  readonly answer: string
  /** A call of another protocol, under a number that is not in this one's oneof or means another message. */
  readonly foreign: Uint8Array
}

const cases: Case[] = [
  {
    protocol: protocols.locator,
    decode: bytes => LocatorResponse.decode(bytes),
    request: LocatorRequest.encode({ get: { mailbox: new Uint8Array(32) } }),
    answer: 'NO_MAILBOX',
    foreign: OwnerRequest.encode({ subscribe: { mailbox: new Uint8Array(32), recordsMax: 1, bytesMax: 1, waitMs: 1 } })
  },
  {
    protocol: protocols.deposit,
    decode: bytes => DepositResponse.decode(bytes),
    request: info,
    answer: 'OK',
    foreign: OwnerRequest.encode({ pull: { mailbox: new Uint8Array(32), recordsMax: 1, bytesMax: 1 } })
  },
  {
    protocol: protocols.owner,
    decode: bytes => OwnerResponse.decode(bytes),
    request: OwnerRequest.encode({ challenge: {} }),
    answer: 'OK',
    foreign: Uint8Array.of(0x7a, 0x00)
  }
]

for (const { protocol, decode, request, answer, foreign } of cases) {
  const nameOf = (bytes: Uint8Array): string => statusName(decode(bytes).status)

  describe(`a relay outlives, on ${protocol},`, () => {
    for (const [what, bytes] of [
      ['a length of 4 GiB', Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 1)],
      ['a length one over the limit', Uint8Array.of(0, 4, 0x80, 5, 0, 0, 0, 1)],
      ['a length of zero', new Uint8Array(64)],
      ['a length too short for an id', Uint8Array.of(0, 0, 0, 3, 0, 0, 1)],
      ['noise', concat([Uint8Array.of(255), noise(protocol, 512)])]
    ] as const) {
      test(`${what}: the stream ends`, async () => {
        const stream = await open(protocol)
        stream.write(bytes)
        await stream.ended()
      })
    }

    test('one byte over the largest frame: the stream ends', async () => {
      const stream = await open(protocol)
      const frame = concat([encodeFrame(1, new Uint8Array(frameBytesMax)), Uint8Array.of(0)])
      new DataView(frame.buffer).setUint32(0, frameBytesMax + 5)
      stream.write(frame)
      await stream.ended()
    })

    test('a frame cut off by the end of the stream: the stream ends', async () => {
      const stream = await open(protocol)
      stream.write(encodeFrame(1, request).subarray(0, -1))
      await stream.stream.close()
      await stream.ended()
    })

    test('requests that decode to nothing: each is MALFORMED', async () => {
      const stream = await open(protocol)
      const requests = [
        new Uint8Array(0),
        unknownField(100),
        foreign,
        noise(protocol, 4),
        new Uint8Array(frameBytesMax)
      ]
      for (const [at, bytes] of requests.entries())
        assert.equal(nameOf(await stream.ask(at + 1, bytes)), 'MALFORMED', `request ${at}`)
    })

    test('the largest frame, nearly all of it a field that nobody knows: answered', async () => {
      const stream = await open(protocol)
      const bytes = concat([request, unknownField(frameBytesMax - request.byteLength)])
      assert.equal(bytes.byteLength, frameBytesMax)
      assert.equal(nameOf(await stream.ask(1, bytes)), answer)
    })

    test('one request fed byte by byte: answered', async () => {
      const stream = await open(protocol)
      for (const byte of encodeFrame(7, request)) stream.write(Uint8Array.of(byte))
      assert.equal(nameOf(await stream.answered(7)), answer)
    })

    test('ten thousand requests at once under one id: answered', async () => {
      const stream = await open(protocol)
      stream.write(concat(Array.from({ length: 10_000 }, () => encodeFrame(1, request))))
      stream.write(encodeFrame(2, request))
      assert.equal(nameOf(await stream.answered(2)), answer)
    })
  })
}

describe('a relay ends the connection, and serves others, when a peer', () => {
  test('opens and closes streams without end', async () => {
    const muxer = await hostile.muxer(address)
    for (let id = 1001; muxer.isOpen() && id < 101_001; id += 2) {
      muxer.sendFrame({ type: 1, flag: 1, streamID: id, length: 0 })
      muxer.sendFrame({ type: 1, flag: 8, streamID: id, length: 0 })
      if (id % 100 === 1) await new Promise(setImmediate)
    }
    await muxer.ended()
  })

  test('opens streams that it never uses', async () => {
    const muxer = await hostile.muxer(address)
    for (let id = 1001; muxer.isOpen() && id < 101_001; id += 2) {
      muxer.sendFrame({ type: 1, flag: 1, streamID: id, length: 0 })
      if (id % 100 === 1) await new Promise(setImmediate)
    }
    await muxer.ended()
  })

  test('announces a frame of the muxer of 2 GiB', async () => {
    const muxer = await hostile.muxer(address)
    muxer.sendFrame({ type: 1, flag: 1, streamID: 1001, length: 0 })
    muxer.sendFrame({ type: 0, flag: 0, streamID: 1001, length: 2 ** 31 }, new Uint8ArrayList(new Uint8Array(1_000)))
    await muxer.ended()
  })

  test('pings the muxer without end', async () => {
    const muxer = await hostile.muxer(address)
    for (let id = 0; muxer.isOpen() && id < 100_000; id++) {
      muxer.sendFrame({ type: 2, flag: 1, streamID: 0, length: id })
      if (id % 100 === 0) await new Promise(setImmediate)
    }
    await muxer.ended()
  })
})

describe('a relay ends the stream, and serves others, when on the DHT a peer', () => {
  for (const [what, bytes] of [
    ['announces a message of 128 MiB', Uint8Array.of(0x80, 0x80, 0x80, 0x40)],
    ['announces one byte more than the largest message', Uint8Array.of(0x81, 0x80, 0x04)],
    ['announces a length that does not end', Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80)]
  ] as const) {
    test(what, async () => {
      const stream = await open(kadProtocol)
      stream.write(bytes)
      await stream.ended()
    })
  }
})

describe('a relay ends the stream, and serves others, when on gossip a peer', () => {
  const ended = async (bytes: Uint8Array): Promise<void> => {
    const stream = await hostile.stream(address, '/meshsub/1.2.0')
    const closed = once(stream as unknown as EventTarget, 'close')
    stream.send(bytes)
    await closed
  }
  for (const [what, bytes] of [
    ['announces a frame of 2^53 bytes', Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10)],
    ['announces one byte more than the largest frame', Uint8Array.of(0x81, 0x80, gossipFrameBytesMax >> 14)],
    ['announces a length that does not end', new Uint8Array(64).fill(0xff)]
  ] as const) {
    test(what, async () => {
      await ended(bytes)
    })
  }
})

/** Of a frame of 4,096 bytes three are here. */
const mailboxFrame = Uint8Array.of(0, 0, 0x10, 0, 0, 0, 0)
const prefixedFrame = Uint8Array.of(0x80, 0x20, 1, 2, 3)

test('a relay ends every stream on which a frame begins and goes on by a byte now and then, whatever the protocol', async () => {
  const beginnings: ReadonlyArray<readonly [string, Uint8Array]> = [
    ...Object.values(protocols).map(protocol => [protocol, mailboxFrame] as const),
    [kadProtocol, prefixedFrame],
    ['/meshsub/1.2.0', prefixedFrame],
    ['/ipfs/ping/1.0.0', new Uint8Array(16)],
    // it is answered, and never closes its half
    ['/ipfs/id/1.0.0', new Uint8Array(0)]
  ]
  await Promise.all(
    beginnings.map(async ([protocol, beginning]) => {
      const stream = await hostile.stream(address, protocol)
      stream.addEventListener('message', () => undefined)
      const closed = once(stream as unknown as EventTarget, 'close')
      if (beginning.byteLength > 0) stream.send(beginning)
      // 32 bytes are a whole ping, and on identify there is nothing to say
      const dribbles = !protocol.startsWith('/ipfs/')
      const end = every(500, () => {
        if (dribbles && stream.writeStatus === 'writable') stream.send(Uint8Array.of(0))
      })
      await closed.finally(end)
    })
  )
})
