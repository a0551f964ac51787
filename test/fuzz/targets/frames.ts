/** Frames: whatever the bytes and however they are split, the same frames or the same refusal (SPEC §5.1). */
import assert from 'node:assert/strict'
import { frameBytesMax } from '../../../src/limits.ts'
import { isMailboxError, type MailboxError } from '../../../src/errors.ts'
import { encodeFrame, frameOverheadBytes, FrameReader, type Frame } from '../../../src/wire/frame.ts'
import { fixedBytes } from '../../vectors/fixed.ts'
import { joined } from '../mutate.ts'
import type { Target } from '../target.ts'

interface Read {
  readonly frames: readonly Frame[]
  readonly refusal: MailboxError | undefined
}

function read(pieces: Iterable<Uint8Array>): Read {
  const reader = new FrameReader()
  const frames: Frame[] = []
  let received = 0
  try {
    for (const piece of pieces) {
      received += piece.length
      for (const { id, body } of reader.push(piece)) frames.push({ id, body: body.slice() })
      if (reader.refusal !== undefined) break
      assert(reader.pendingBytes <= Math.min(received, frameBytesMax + frameOverheadBytes), 'keeps more than came')
    }
    return { frames, refusal: reader.refusal }
  } catch (error) {
    if (isMailboxError(error)) return { frames, refusal: error }
    throw error
  }
}

/** The frames before a refusal, and the refusal, are the same however the bytes came. */
function same(whole: Read, split: Read): void {
  assert.equal(split.refusal?.code, whole.refusal?.code)
  assert.deepEqual(split.frames, whole.frames)
}

function* splitEvery(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length)
}

export const frames: Target = {
  name: 'frames',
  reads: 'frames of a stream, split anywhere (§5.1)',
  codes: ['MALFORMED'],
  seeds: async () => [
    encodeFrame(1, fixedBytes('frame', 20)),
    joined([encodeFrame(1, new Uint8Array(0)), encodeFrame(0xffffffff, fixedBytes('frame', 40)), Uint8Array.of(0, 0)]),
    Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1),
    Uint8Array.of(0, 4, 0x80, 4, 0, 0, 0, 1),
    Uint8Array.of(0, 0, 0, 3, 0, 0, 0)
  ],
  run: async input => {
    const whole = read([input])
    for (const length of [1, 7]) same(whole, read(splitEvery(input, length)))
    // two pieces, at every place of what is short, and at 100 places of what is long
    const step = Math.max(1, Math.floor(input.length / 100))
    for (let at = 0; at <= input.length; at += step) same(whole, read([input.slice(0, at), input.slice(at)]))
    const again = joined(whole.frames.map(({ id, body }) => encodeFrame(id, body)))
    assert.deepEqual(input.slice(0, again.length), again, 'frames are written as they were read')
    if (whole.refusal !== undefined) throw whole.refusal
  },
  // every split reads the input once more
  work: { base: 20_000, perByte: 4_000 }
}
