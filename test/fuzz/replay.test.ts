/** Everything that fuzzing begins with, and everything it found, is read as documented. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { entrances, instrument, meter } from './instrument.ts'
import { callsMade, callsOf, decoders, notFuzzed } from './decoders.ts'

instrument()
const { targets } = await import('./targets/index.ts')
const { Fuzzer, judge } = await import('./engine.ts')
const { corpusOf } = await import('./corpus.ts')

/** Blocks that ran for any input of any target. */
const ran = new Set<number>()

for (const target of targets) {
  test(`${target.name}: every seed and every input of the corpus is accepted or refused as documented`, async () => {
    const seeds = (await target.seeds()).map((input, n) => ({ name: `seed ${n}`, input }))
    assert(seeds.length > 0)
    for (const { name, input } of [...seeds, ...corpusOf(target.name)]) {
      const { wrong } = await judge(target, input)
      assert.equal(wrong, undefined, `${target.name} ${name}`)
      for (const block of entrances.values()) if ((meter.counts[block] ?? 0) > 0) ran.add(block)
    }
  })
}

test('every decoder of src is run by a target, or says why it reads nothing of a peer', () => {
  const known = new Set(decoders())
  assert.deepEqual(
    Object.keys(notFuzzed).filter(name => !known.has(name)),
    [],
    'a reason for what is not there'
  )
  const blind = [...known].filter(name => {
    const block = entrances.get(name)
    return !(name in notFuzzed) && (block === undefined || !ran.has(block))
  })
  assert.deepEqual(blind, [])
})

test('every call of every protocol is made by a seed of the handlers', async () => {
  const handlers = targets.find(({ name }) => name === 'handlers')
  const made = await callsMade((await handlers?.seeds()) ?? [])
  const calls = callsOf()
  assert(calls.length > 15)
  assert.deepEqual(
    calls.filter(call => !made.has(call)),
    []
  )
})

test('a corpus is of a target that is there', () => {
  const names = targets.map(({ name }) => name)
  assert.deepEqual(
    readdirSync(join(import.meta.dirname, 'corpus')).filter(name => !names.includes(name)),
    []
  )
})

test('the same seed gives the same run, and what is new is kept', async () => {
  const [target] = targets
  assert(target !== undefined)
  const runs = []
  for (let n = 0; n < 2; n++) {
    const fuzzer = new Fuzzer(target, 7)
    await fuzzer.begin(await target.seeds())
    await fuzzer.run(executions => executions >= 60)
    runs.push(fuzzer.tally.corpus.map(input => Buffer.from(input).toString('hex')))
  }
  assert.deepEqual(runs[0], runs[1])
  assert((runs[0]?.length ?? 0) > (await target.seeds()).length)
})

test('a decoder that throws, asks for too much memory or works too long is found', async () => {
  const bad = (run: (input: Uint8Array) => unknown): Parameters<typeof judge>[0] => ({
    name: 'bad',
    reads: 'nothing',
    codes: ['MALFORMED'],
    seeds: async () => [new Uint8Array(1)],
    run: async input => {
      await run(input)
    },
    work: { base: 1_000, perByte: 1 }
  })
  const { MailboxError } = await import('../../src/errors.ts')
  const { FrameReader } = await import('../../src/wire/frame.ts')
  const wrong = async (run: (input: Uint8Array) => unknown): Promise<string> =>
    (await judge(bad(run), new Uint8Array(1))).wrong ?? 'nothing'
  assert.match(await wrong(() => new Map([[1, 2]]).get(1)?.toFixed(200)), /RangeError/)
  assert.match(
    await wrong(() => Promise.reject(new MailboxError('STORE', 'not a refusal'))),
    /STORE is not documented here/
  )
  assert.match(await wrong(() => new Uint8Array(1_000_000).length), /asked for 1000000 bytes/)
  assert.match(await wrong(() => Buffer.allocUnsafe(2_000_000).length), /asked for 2000000 bytes/)
  const reader = new FrameReader()
  const slow = (): void => {
    for (let n = 0; n < 2_000; n++) reader.push(Uint8Array.of(0, 0, 0, 4, 0, 0, 0, 1))
  }
  assert.match(await wrong(slow), /ran \d+ blocks for an input of 1 bytes/)
  assert.equal(await wrong(() => Promise.reject(new MailboxError('MALFORMED', 'a refusal'))), 'nothing')
})
