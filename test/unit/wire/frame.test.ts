import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isMailboxError } from '../../../src/errors.ts'
import { frameBytesMax } from '../../../src/limits.ts'
import type { Frame } from '../../../src/wire/frame.ts'
import { encodeFrame, frameOverheadBytes, FrameReader } from '../../../src/wire/frame.ts'

const copyOf = ({ id, body }: Frame): Frame => ({ id, body: body.slice() })
const push = (reader: FrameReader, ...chunks: Uint8Array[]): Frame[] =>
  chunks.flatMap(chunk => reader.push(chunk.slice()).map(copyOf))
const prefix = (length: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, length)
  return bytes
}
const code =
  (name: string) =>
  (error: unknown): boolean =>
    isMailboxError(error) && error.code === name

const frames = [
  { id: 1, body: Uint8Array.of(1, 2, 3) },
  { id: 0xffffffff, body: new Uint8Array(0) },
  { id: 0, body: Uint8Array.of(9) },
  { id: 0x80000000, body: new Uint8Array(70).fill(5) }
]
const bytes = Uint8Array.from(Buffer.concat(frames.map(({ id, body }) => encodeFrame(id, body))))

test('a frame is its length, its id and its body, big endian', () => {
  assert.deepEqual([...encodeFrame(0x01020304, Uint8Array.of(7, 8))], [0, 0, 0, 6, 1, 2, 3, 4, 7, 8])
})

test('a stream split in two at any byte gives the same frames', () => {
  for (let at = 0; at <= bytes.length; at++) {
    assert.deepEqual(push(new FrameReader(), bytes.subarray(0, at), bytes.subarray(at)), frames, `split at ${at}`)
  }
})

test('a stream fed byte by byte gives the same frames and leaves nothing pending', () => {
  const reader = new FrameReader()
  assert.deepEqual(push(reader, ...[...bytes].map(byte => Uint8Array.of(byte))), frames)
  assert.equal(reader.pendingBytes, 0)
})

test('the largest body passes, one byte more is SIZE and names the limit', () => {
  const body = new Uint8Array(frameBytesMax).fill(3)
  const [frame] = push(new FrameReader(), encodeFrame(5, body))
  assert.equal(frame?.body.length, frameBytesMax)
  assert.throws(
    () => encodeFrame(5, new Uint8Array(frameBytesMax + 1)),
    error => isMailboxError(error, 'SIZE') && error.limit === 'frameBytesMax'
  )
})

for (const length of [0, 1, 3, frameBytesMax + 5, 0x7fffffff, 0x80000000, 0xffffffff]) {
  test(`an announced length of ${length} is MALFORMED as soon as its four bytes are there, however they come`, () => {
    assert.throws(() => new FrameReader().push(prefix(length)), code('MALFORMED'))
    const reader = new FrameReader()
    for (const byte of prefix(length).subarray(0, 3)) reader.push(Uint8Array.of(byte))
    assert.throws(() => reader.push(prefix(length).subarray(3)), code('MALFORMED'))
    assert(reader.pendingBytes <= 4)
    assert.throws(() => reader.push(bytes), code('MALFORMED'))
  })
}

test('a length of which the body never comes keeps no more than what came', () => {
  const reader = new FrameReader()
  reader.push(prefix(frameBytesMax))
  assert.equal(reader.pendingBytes, 4)
  reader.push(new Uint8Array(100))
  assert.equal(reader.pendingBytes, 104)
})

test('what is kept never exceeds one frame, though a sender never ends', () => {
  const reader = new FrameReader()
  const endless = encodeFrame(1, new Uint8Array(frameBytesMax))
  const step = endless.length - 1
  const stream = Buffer.concat([endless, endless, endless])
  for (let at = 0; at < stream.length; at += step) {
    reader.push(stream.subarray(at, at + step))
    assert(reader.pendingBytes < frameBytesMax + frameOverheadBytes)
  }
})

test('frames before a length that is refused come out however the bytes were split, and nothing after it', () => {
  const hostile = Uint8Array.from(Buffer.concat([bytes, prefix(3), encodeFrame(7, Uint8Array.of(1))]))
  for (let at = 0; at <= hostile.length; at++) {
    const reader = new FrameReader()
    const read: Frame[] = []
    try {
      read.push(...push(reader, hostile.subarray(0, at)))
      read.push(...push(reader, hostile.subarray(at)))
    } catch (error) {
      assert.equal(error, reader.refusal)
    }
    assert.deepEqual(read, frames, `split at ${at}`)
    assert.equal(reader.refusal?.code, 'MALFORMED')
    assert.throws(() => reader.push(Uint8Array.of(0)), code('MALFORMED'))
  }
})
