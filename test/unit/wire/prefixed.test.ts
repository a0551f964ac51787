import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { concat } from 'uint8arrays'
import { endAfter } from '../../../src/wire/identify.ts'
import { meter, PrefixedMeter } from '../../../src/wire/prefixed.ts'
import { ends, turns, turnsUntil } from '../../helpers/streams.ts'

const limits = { frameBytesMax: 1_000, framesMax: 3 }
const message = (bytes: number): Uint8Array =>
  concat([bytes < 128 ? Uint8Array.of(bytes) : Uint8Array.of((bytes & 0x7f) | 0x80, bytes >> 7), new Uint8Array(bytes)])

/** A metered end and what its reader was given, piece by piece. */
async function metered(o: { deadlineMs?: number } = {}) {
  const { outbound, inbound } = await ends()
  const given: number[] = []
  meter(inbound, { ...limits, framesMax: 100, ...o })
  inbound.addEventListener('message', ({ data }) => given.push(data.byteLength))
  return { outbound, inbound, given }
}

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

describe('a metered stream', () => {
  test('gives its reader whole messages, and nothing of one that breaks off', async () => {
    const { outbound, inbound, given } = await metered()
    const whole = concat([message(3), message(200)])
    for (const byte of whole) outbound.send(Uint8Array.of(byte))
    outbound.send(concat([message(7), message(50).subarray(0, 20)]))
    const bytes = (): number => given.reduce((sum, piece) => sum + piece, 0)
    await turnsUntil(() => bytes() >= 4 + 202 + 8)
    outbound.abort(new Error('done'))
    await turnsUntil(() => inbound.status !== 'open')
    assert.equal(bytes(), 4 + 202 + 8)
  })

  test('ends with a length that does not end, of which its reader sees nothing', async () => {
    const { outbound, inbound, given } = await metered()
    outbound.send(new Uint8Array(16).fill(0xff))
    await turnsUntil(() => inbound.status === 'aborted')
    assert.deepEqual(given, [])
  })

  test('ends when a message has begun and does not come, however often a byte does', async t => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const { outbound, inbound, given } = await metered({ deadlineMs: 1_000 })
    outbound.send(message(2).subarray(0, 1))
    await turnsUntil(() => inbound.readBufferLength === 0)
    t.mock.timers.tick(900)
    // whole now, and the next has begun
    outbound.send(concat([message(2).subarray(1), message(9).subarray(0, 4)]))
    await turnsUntil(() => given.length === 1)
    t.mock.timers.tick(900)
    assert.equal(inbound.status, 'open')
    outbound.send(Uint8Array.of(0))
    await turns(100)
    t.mock.timers.tick(100)
    assert.equal(inbound.status, 'aborted')
  })

  test('may be silent between two messages', async t => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const { outbound, inbound, given } = await metered({ deadlineMs: 1_000 })
    outbound.send(message(2))
    await turnsUntil(() => given.length === 1)
    t.mock.timers.tick(100_000)
    assert.equal(inbound.status, 'open')
  })
})

test('a stream that is to end does, and one that has ended is left alone', async t => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const [open, closed] = [(await ends()).inbound, await ends()]
  endAfter(open, 1_000)
  endAfter(closed.inbound, 1_000)
  await Promise.all([closed.inbound.close(), closed.outbound.close()])
  await turnsUntil(() => closed.inbound.status === 'closed')
  t.mock.timers.tick(1_000)
  assert.deepEqual([open.status, closed.inbound.status], ['aborted', 'closed'])
})
