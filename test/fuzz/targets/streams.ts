/**
 * What comes on a stream, in whatever pieces: both ends of an exchange give the same answers and serve the same requests
 * (SPEC §5.2), and messages of other packages' protocols are let through or end the stream (SPEC §5.6).
 */
import assert from 'node:assert/strict'
import type { Stream } from '@libp2p/interface'
import { isMailboxError, type ErrorCode } from '../../../src/errors.ts'
import { frameBytesMax, inFlightMax, kadFrameBytesMax, kadFramesMax, requestCostBytes } from '../../../src/limits.ts'
import { StreamChannel, StreamResponder } from '../../../src/wire/exchange.ts'
import { encodeFrame, frameOverheadBytes } from '../../../src/wire/frame.ts'
import { PrefixedMeter } from '../../../src/wire/prefixed.ts'
import { fixedBytes } from '../../vectors/fixed.ts'
import { joined } from '../mutate.ts'
import type { Target } from '../target.ts'

/** A stream that takes everything at once and gives what it is fed. */
class FedStream extends EventTarget {
  readStatus: 'readable' | 'paused' = 'readable'
  readonly writeBufferLength = 0
  sent = 0
  error: unknown

  send(bytes: Uint8Array): boolean {
    this.sent += bytes.byteLength
    return true
  }

  pause(): void {
    this.readStatus = 'paused'
  }

  resume(): void {
    this.readStatus = 'readable'
  }

  abort(error: unknown): void {
    if (this.error !== undefined) return
    this.error = error
    this.dispatchEvent(Object.assign(new Event('close'), { error }))
  }

  async close(): Promise<void> {
    await Promise.resolve()
  }

  feed(data: Uint8Array): void {
    if (this.error === undefined) this.dispatchEvent(Object.assign(new Event('message'), { data }))
  }
}

const peers = { localPeer: Uint8Array.of(1), remotePeer: Uint8Array.of(2) }
const codeOf = (error: unknown): string => (isMailboxError(error) ? error.code : String(error))
const aTurn = async (): Promise<unknown> =>
  await new Promise(resolve => {
    setImmediate(resolve)
  })

/** What each of three calls is answered when these bytes come, and how the stream ends. */
async function answered(pieces: Iterable<Uint8Array>): Promise<unknown> {
  const fed = new FedStream()
  const channel = new StreamChannel(fed as unknown as Stream, peers)
  const calls = [1, 2, 3].map(
    async n => await channel.call(Uint8Array.of(n)).then(body => new Uint8Array(body), codeOf)
  )
  for (const piece of pieces) fed.feed(piece)
  fed.abort(new Error('the stream is over'))
  // what the other end did is in the answers: the stream itself ends in any case
  return await Promise.all(calls)
}

/** Which requests are served when these bytes come. The handler keeps each until the next turn. */
async function served(pieces: Iterable<Uint8Array>): Promise<unknown> {
  const fed = new FedStream()
  const requests: Uint8Array[] = []
  let running = 0
  const handler = async (request: Uint8Array): Promise<Uint8Array> => {
    assert(++running <= inFlightMax, 'more requests at once than may be')
    requests.push(request.slice())
    await Promise.resolve()
    running--
    return request
  }
  const responder = new StreamResponder(fed as unknown as Stream, peers, handler, () => undefined)
  let received = 0
  for (const piece of pieces) {
    received += piece.length
    fed.feed(piece)
    assert(
      responder.heldBytes <= 8 * (received + frameBytesMax) + requests.length * requestCostBytes,
      'keeps more than came'
    )
  }
  for (let turn = 0; turn < 3; turn++) await aTurn()
  const end = fed.error === undefined ? 'open' : codeOf(fed.error)
  fed.abort(new Error('the stream is over'))
  return { requests, end }
}

function* splitEvery(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length)
}

/** The whole of it, byte by byte, by sevens, and in two pieces at 20 places. */
function* splits(input: Uint8Array): Generator<Uint8Array[]> {
  for (const length of [1, 7]) yield [...splitEvery(input, length)]
  const step = Math.max(1, Math.floor(input.length / 20))
  for (let at = 0; at <= input.length; at += step) yield [input.slice(0, at), input.slice(at)]
}

const frame = (id: number, bytes: number): Uint8Array => encodeFrame(id, fixedBytes(`body ${id}`, bytes))

export const exchanges: Target = {
  name: 'exchange',
  reads: 'both ends of an exchange, split anywhere (§5.2)',
  codes: [],
  head: 1,
  seeds: async () => {
    const inOrder = joined([frame(1, 5), frame(2, 0), frame(3, 200)])
    const strange = joined([frame(3, 5), frame(3, 6), frame(0, 1), frame(9, 1)])
    const tooLong = joined([frame(1, 5), Uint8Array.of(0, 0xff, 0xff, 0xff)])
    const many = joined(Array.from({ length: 200 }, (_, n) => frame(n + 1, 3)))
    return await Promise.resolve(
      [inOrder, strange, tooLong, many].flatMap(bytes => [0, 1].map(end => joined([Uint8Array.of(end), bytes])))
    )
  },
  run: async input => {
    const rest = input.subarray(1)
    const read = input[0] === 0 ? answered : served
    const whole = await read([rest])
    for (const pieces of splits(rest)) assert.deepEqual(await read(pieces), whole, 'split it is something else')
  },
  work: { base: 60_000, perByte: 4_000 },
  memoryBytes: frameOverheadBytes
}

const limits = { frameBytesMax: kadFrameBytesMax, framesMax: kadFramesMax }

function metered(pieces: Iterable<Uint8Array>): ErrorCode | number {
  const meter = new PrefixedMeter(limits)
  let received = 0
  try {
    for (const piece of pieces) {
      meter.feed(piece)
      received += piece.length
      assert(meter.unfinishedBytes <= Math.min(received, kadFrameBytesMax + 4), 'waits for more than is legal')
    }
    return meter.unfinishedBytes
  } catch (error) {
    if (isMailboxError(error)) return error.code
    throw error
  }
}

export const prefixed: Target = {
  name: 'prefixed',
  reads: "messages of other packages' protocols, split anywhere (§5.6)",
  codes: ['MALFORMED', 'BUSY'],
  seeds: async () =>
    await Promise.resolve([
      joined([Uint8Array.of(5), fixedBytes('message', 5), Uint8Array.of(0, 0x85, 1), fixedBytes('message', 133)]),
      Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f),
      Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80),
      new Uint8Array(kadFramesMax + 1)
    ]),
  run: async input => {
    const whole = metered([input])
    for (const pieces of splits(input)) assert.equal(metered(pieces), whole, 'split it is something else')
    if (typeof whole === 'string') throw await Promise.resolve(refusalOf(input))
  },
  work: { base: 20_000, perByte: 1_000 }
}

function refusalOf(input: Uint8Array): unknown {
  try {
    new PrefixedMeter(limits).feed(input)
  } catch (error) {
    return error
  }
  return new TypeError('it is refused once, and once not')
}
