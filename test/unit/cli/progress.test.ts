import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import type { Io } from '../../../src/cli/io.ts'
import { progress } from '../../../src/cli/progress.ts'

function ioOf(isTTY: boolean): { io: Io; said: () => string } {
  const stderr = Object.assign(new PassThrough(), { isTTY })
  const io = {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr,
    variables: {},
    signal: new AbortController().signal
  }
  return { io, said: () => String(stderr.read() ?? '') }
}

for (const [isTTY, afterMs, wanted] of [
  [true, 1_000, 'Asking …\n'],
  [true, 999, ''],
  [false, 5_000, '']
] as const) {
  test(`work of ${afterMs} ms ${wanted === '' ? 'is silent' : 'says what it does'} when stderr is ${isTTY ? 'a' : 'no'} terminal`, async context => {
    context.mock.timers.enable({ apis: ['setTimeout'] })
    const { io, said } = ioOf(isTTY)
    const work = Promise.withResolvers<number>()
    const done = progress(io, 'Asking', async () => await work.promise)
    context.mock.timers.tick(afterMs)
    work.resolve(7)
    assert.equal(await done, 7)
    assert.equal(said(), wanted)
  })
}
