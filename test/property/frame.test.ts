/** Whatever a peer sends and however it is split, frames come out right or not at all, and little is kept. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isMailboxError } from '../../src/errors.ts'
import { frameBytesMax } from '../../src/limits.ts'
import { encodeFrame, frameOverheadBytes, FrameReader } from '../../src/wire/frame.ts'

const id = fc.integer({ min: 0, max: 0xffffffff })
const frame = fc.record({ id, body: fc.uint8Array({ maxLength: 300 }) }, { noNullPrototype: true })
const splits = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 50 })

/** Pieces of the lengths in `lengths`, over and over. Each is a copy, as a socket may reuse its buffer. */
function* pieces(bytes: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const length = lengths[n % lengths.length] ?? 1
    yield bytes.slice(at, at + length)
    at += length
  }
}

/** The buffer behind the views that come out, the most that a reader can have set aside for a frame. */
const allocated = (body: Uint8Array): number => body.buffer.byteLength

test('random splits give the same frames', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 12 }), splits, (frames, lengths) => {
      const reader = new FrameReader()
      const bytes = Uint8Array.from(Buffer.concat(frames.map(each => encodeFrame(each.id, each.body))))
      const read = [...pieces(bytes, lengths)].flatMap(piece =>
        reader.push(piece).map(({ id, body }) => ({ id, body: body.slice() }))
      )
      assert.deepEqual(read, frames)
      assert.equal(reader.pendingBytes, 0)
    })
  )
})

test('bodies stay as they are after later bytes were pushed', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), splits, (frames, lengths) => {
      const reader = new FrameReader()
      const bytes = Uint8Array.from(Buffer.concat(frames.map(each => encodeFrame(each.id, each.body))))
      const read = [...pieces(bytes, lengths)].flatMap(piece => reader.push(piece))
      assert.deepEqual(
        read.map(({ body }) => [...body]),
        frames.map(({ body }) => [...body])
      )
    })
  )
})

test('for any bytes whatever: frames or MALFORMED, and never more kept than twice what came, nor than one frame', () => {
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 600 }),
    fc.tuple(id, fc.uint8Array({ maxLength: 600 })).map(([length, rest]) => {
      const bytes = new Uint8Array(4 + rest.length)
      new DataView(bytes.buffer).setUint32(0, length)
      bytes.set(rest, 4)
      return bytes
    }),
    fc
      .array(frame, { maxLength: 4 })
      .map(frames => Uint8Array.from(Buffer.concat(frames.map(each => encodeFrame(each.id, each.body)))))
  )
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 4 }), splits, (parts, lengths) => {
      const reader = new FrameReader()
      let received = 0
      try {
        for (const piece of pieces(Uint8Array.from(Buffer.concat(parts)), lengths)) {
          received += piece.length
          for (const { body } of reader.push(piece))
            assert(allocated(body) <= Math.max(2 * received + 64, piece.length))
          assert(reader.pendingBytes <= Math.min(received, frameBytesMax + frameOverheadBytes))
        }
      } catch (error) {
        assert(isMailboxError(error, 'MALFORMED'), String(error))
      }
    }),
    { numRuns: 300 }
  )
})
