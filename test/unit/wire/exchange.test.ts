import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MailboxError } from '../../../src/errors.ts'
import { frameBytesMax, inFlightMax, readBufferBytesHigh } from '../../../src/limits.ts'
import { encodeFrame, FrameReader } from '../../../src/wire/frame.ts'
import type { Handler } from '../../../src/wire/port.ts'
import { failsWith } from '../../helpers/neighbourhood.ts'
import { channelOn, ends, joined, responderOn, sendsOf, turns, turnsUntil } from '../../helpers/streams.ts'

const echo: Handler = async request => await Promise.resolve(request)
const silence: Handler = async () => await new Promise<never>(() => undefined)
const body = (n: number): Uint8Array => Uint8Array.of(n >> 8, n & 255)
const over = new MailboxError('DISCONNECTED', 'the test is over')
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

/** Answers that are given when the test says so, by the first byte of the request. */
function heldBack() {
  const held = new Map<number, () => void>()
  const handler: Handler = async request =>
    await new Promise(resolve => {
      const answer = request.slice()
      held.set((answer[0] ?? 0) * 256 + (answer[1] ?? 0), () => {
        resolve(answer)
      })
    })
  return { held, handler }
}

test('requests answered in the reverse order each get their own answer', async () => {
  const { held, handler } = heldBack()
  const { channel } = await joined(handler)
  const order: number[] = []
  const calls = numbers(10).map(async n => {
    assert.deepEqual(Uint8Array.from(await channel.call(body(n))), body(n))
    order.push(n)
  })
  await turnsUntil(() => held.size === 10)
  for (const answer of [...held.values()].reverse()) answer()
  await Promise.all(calls)
  assert.deepEqual(order, numbers(10).reverse())
})

test('requests of one turn leave in one send, and so do their answers', async () => {
  const { channel, outbound, inbound } = await joined(echo)
  const [asked, answered] = [sendsOf(outbound), sendsOf(inbound)]
  await Promise.all(numbers(20).map(async n => await channel.call(body(n))))
  assert.deepEqual(asked, [20 * 10])
  assert.deepEqual(answered, [20 * 10])
})

test('a call without an answer fails with TIMEOUT at its deadline; the stream carries on, and a late answer is dropped', async () => {
  const { held, handler } = heldBack()
  const { channel } = await joined(handler)
  await assert.rejects(channel.call(body(1), { deadlineMs: 20 }), failsWith('TIMEOUT'))
  held.get(1)?.()
  const next = channel.call(body(2))
  await turnsUntil(() => held.has(2))
  held.get(2)?.()
  assert.deepEqual(Uint8Array.from(await next), body(2))
})

test('a call is ABORTED by its signal, before it is sent and after', async () => {
  const { channel } = await joined(silence)
  await assert.rejects(channel.call(body(1), { signal: AbortSignal.abort() }), failsWith('ABORTED'))
  const stop = new AbortController()
  const call = assert.rejects(channel.call(body(1), { signal: stop.signal }), failsWith('ABORTED'))
  stop.abort()
  await call
  assert.equal(channel.closed.aborted, false)
})

test('a call that waits for a slot is ABORTED by its signal and ends at its deadline', async () => {
  const { channel } = await joined(silence)
  const full = Promise.allSettled(numbers(inFlightMax).map(async n => await channel.call(body(n))))
  const stop = new AbortController()
  const waiting = assert.rejects(
    channel.call(body(1), { signal: stop.signal, deadlineMs: 5_000 }),
    failsWith('ABORTED')
  )
  const late = assert.rejects(channel.call(body(2), { deadlineMs: 20 }), failsWith('TIMEOUT'))
  stop.abort()
  await waiting
  await late
  channel.abort(over)
  await full
})

test('a reset rejects every call with DISCONNECTED, those that wait for a slot too, and closes the channel', async () => {
  const { channel, inbound } = await joined(silence)
  const calls = numbers(inFlightMax + 10).map(async n => {
    await assert.rejects(channel.call(body(n), { deadlineMs: 3_000 }), failsWith('DISCONNECTED'))
  })
  await turns(5)
  inbound.abort(new Error('reset'))
  await Promise.all(calls)
  assert(channel.closed.aborted)
  await assert.rejects(channel.call(body(1)), failsWith('DISCONNECTED'))
})

test('an orderly end rejects what is in flight with DISCONNECTED', async () => {
  const { outbound, inbound } = await ends()
  const channel = channelOn(outbound)
  const call = assert.rejects(channel.call(body(1), { deadlineMs: 3_000 }), failsWith('DISCONNECTED'))
  await inbound.close()
  await call
  assert(channel.closed.aborted)
})

test('a request over the frame limit is SIZE and harms no other, also when it would have to wait', async () => {
  const { held, handler } = heldBack()
  const { channel } = await joined(handler)
  const tooLarge = new Uint8Array(frameBytesMax + 1)
  await assert.rejects(channel.call(tooLarge), failsWith('SIZE'))
  const calls = numbers(inFlightMax).map(async n => await channel.call(body(n)))
  const refused = assert.rejects(channel.call(tooLarge), failsWith('SIZE'))
  const last = channel.call(body(inFlightMax))
  for (let served = 0; served <= inFlightMax; served++) {
    await turnsUntil(() => held.has(served))
    held.get(served)?.()
  }
  await refused
  await Promise.all(calls)
  assert.deepEqual(Uint8Array.from(await last), body(inFlightMax))
})

for (const id of [0, 2, 0xffffffff]) {
  test(`an answer to request ${id}, which was never sent, ends the stream with MALFORMED`, async () => {
    const { outbound, inbound } = await ends()
    const channel = channelOn(outbound)
    const call = assert.rejects(channel.call(body(1), { deadlineMs: 3_000 }), failsWith('MALFORMED'))
    inbound.send(encodeFrame(id, body(1)))
    await call
    assert(channel.closed.aborted)
    await turnsUntil(() => inbound.status !== 'open')
  })
}

test('an answer of a length that is not legal ends the stream with MALFORMED', async () => {
  const { outbound, inbound } = await ends()
  const call = assert.rejects(channelOn(outbound).call(body(1), { deadlineMs: 3_000 }), failsWith('MALFORMED'))
  inbound.send(new Uint8Array(8).fill(255))
  await call
})

test('of more requests than inFlightMax that many are served at a time, reading pauses, and all are answered', async () => {
  const { outbound, inbound } = await ends()
  const { held, handler } = heldBack()
  responderOn(inbound, handler)
  const answers = new Set<number>()
  const reader = new FrameReader()
  outbound.addEventListener('message', ({ data }) => {
    for (const frame of reader.push(data.subarray())) answers.add(frame.id)
  })
  const count = 3 * inFlightMax
  // a requester without bounds of its own
  for (const n of numbers(count)) outbound.send(encodeFrame(n + 1, body(n)))
  await turnsUntil(() => held.size === inFlightMax && inbound.readStatus === 'paused')
  for (let served = 0; served < count; served++) {
    await turnsUntil(() => held.has(served))
    assert(held.size <= served + inFlightMax)
    held.get(served)?.()
  }
  await turnsUntil(() => answers.size === count)
})

test('more calls than inFlightMax are all answered', async () => {
  const { channel } = await joined(echo)
  const answers = await Promise.all(numbers(4 * inFlightMax).map(async n => await channel.call(body(n))))
  assert.deepEqual(
    answers.map(answer => Uint8Array.from(answer)),
    numbers(4 * inFlightMax).map(body)
  )
})

test('more calls than may wait are BUSY', async () => {
  const { channel } = await joined(silence)
  const calls = Promise.allSettled(numbers(17 * inFlightMax).map(async n => await channel.call(body(n))))
  await assert.rejects(channel.call(body(0)), failsWith('BUSY'))
  channel.abort(over)
  await calls
})

test('a handler that throws ends the stream; the caller learns no more than DISCONNECTED', async () => {
  const { channel, errors } = await joined(async () => await Promise.reject(new Error('secret')))
  await assert.rejects(
    channel.call(body(1), { deadlineMs: 3_000 }),
    error => failsWith('DISCONNECTED')(error) && !(error as Error).message.includes('secret')
  )
  assert.equal(errors.length, 1)
})

test('an answer over the frame limit ends the stream', async () => {
  const { channel, errors } = await joined(async () => await Promise.resolve(new Uint8Array(frameBytesMax + 1)))
  await assert.rejects(channel.call(body(1), { deadlineMs: 3_000 }), failsWith('DISCONNECTED'))
  assert.equal(errors.length, 1)
})

test('a handler sees its session end when the stream does', async () => {
  let signal: AbortSignal | undefined
  const { outbound } = await joined(async (_request, session) => {
    signal = session.signal
    return await silence(_request, session)
  })
  outbound.send(encodeFrame(1, body(1)))
  await turnsUntil(() => signal !== undefined)
  outbound.abort(new Error('reset'))
  await turnsUntil(() => signal?.aborted === true)
})

for (const [what, bytes] of [
  ['huge', [255, 255, 255, 255]],
  ['short', [0, 0, 0, 3]]
] as const) {
  test(`a request that announces a ${what} length ends the stream and reaches no handler`, async () => {
    let served = 0
    const { outbound, inbound } = await ends()
    responderOn(inbound, async (request, session) => {
      served++
      return await echo(request, session)
    })
    outbound.send(Uint8Array.from([...bytes, 0, 0, 0, 1]))
    await turnsUntil(() => inbound.status !== 'open')
    assert.equal(served, 0)
  })
}

test('for a peer that never reads, a responder serves a bounded number of requests and queues a bounded number of bytes', async () => {
  const { outbound, inbound } = await ends()
  const answer = new Uint8Array(64 * 1024)
  let served = 0
  // the transport takes one send, then no more
  const handed: number[] = []
  inbound.send = data => {
    handed.push(data.byteLength)
    return false
  }
  responderOn(inbound, async () => {
    served++
    return await Promise.resolve(answer)
  })
  for (const n of numbers(20 * inFlightMax)) outbound.send(encodeFrame(n + 1, body(n)))
  await turnsUntil(() => inbound.readStatus === 'paused' && handed.length === 1)
  await turns(200)
  // what the transport was handed and what waits behind it: each at most the requests that were in flight at once, and
  // those that began while their first answers were queued
  assert(served <= 2 * (inFlightMax + readBufferBytesHigh / answer.length), `${served} were served`)
  assert.equal(inbound.readStatus, 'paused')
  assert.equal(handed.length, 1, 'more was sent before the transport could take it')
})
