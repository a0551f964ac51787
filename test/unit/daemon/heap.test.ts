import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collectWhenFull, Garbage } from '../../../src/daemon/heap.ts'
import { collectEveryMs } from '../../../src/limits.ts'

test('garbage is collected when much is resident, and not again before a while has passed', () => {
  let [resident, nowMs, collected] = [690, 0, 0]
  const { look } = new Garbage({
    memoryBytesMax: 1_000,
    resident: () => resident,
    collect: () => collected++,
    now: () => nowMs
  })
  look()
  assert.equal(collected, 0)
  resident = 700
  look()
  look()
  nowMs = collectEveryMs - 1
  look()
  assert.equal(collected, 1)
  nowMs = collectEveryMs
  look()
  assert.equal(collected, 2)
})

test('a process that is over its bound collects for real', async () => {
  const gone = Promise.withResolvers<undefined>()
  const registry = new FinalizationRegistry(() => gone.resolve(undefined))
  registry.register({}, undefined)
  collectWhenFull(1)()
  // the callback comes some turns after the collection
  await gone.promise
})
