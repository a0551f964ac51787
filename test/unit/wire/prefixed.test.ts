import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { concat } from 'uint8arrays'
import { PrefixedMeter } from '../../../src/wire/prefixed.ts'

const limits = { frameBytesMax: 1_000, framesMax: 3 }
const message = (bytes: number): Uint8Array =>
  concat([bytes < 128 ? Uint8Array.of(bytes) : Uint8Array.of((bytes & 0x7f) | 0x80, bytes >> 7), new Uint8Array(bytes)])

describe('a stream of prefixed messages', () => {
  test('may have messages up to the maximum, however it is split', () => {
    const bytes = concat([message(1_000), message(0), message(5)])
    for (const step of [1, 2, 3, 500, bytes.byteLength]) {
      const meter = new PrefixedMeter(limits)
      for (let at = 0; at < bytes.byteLength; at += step) meter.feed(bytes.subarray(at, at + step))
    }
  })

  test('ends with the length of a message over the maximum, before its bytes', () => {
    const [prefix] = [message(1_001).subarray(0, 2)]
    assert.throws(
      () => {
        new PrefixedMeter(limits).feed(prefix)
      },
      { code: 'MALFORMED' }
    )
  })

  test('ends with a length that does not end', () => {
    const meter = new PrefixedMeter(limits)
    for (let n = 0; n < 4; n++) meter.feed(Uint8Array.of(0x80))
    assert.throws(
      () => {
        meter.feed(Uint8Array.of(0x80))
      },
      { code: 'MALFORMED' }
    )
  })

  test('ends with one message too many', () => {
    const meter = new PrefixedMeter(limits)
    meter.feed(concat([message(1), message(1), message(1)]))
    assert.throws(
      () => {
        meter.feed(message(1))
      },
      { code: 'BUSY' }
    )
  })
})
