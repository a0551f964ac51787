/** The attack suite works, and what it counts is what must not happen: three of its attacks, and a row that is made up. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { problems, type Row } from '../attack/attack.ts'
import { attackNamed, attacks } from '../attack/attacks/index.ts'
import { perform } from '../attack/scene.ts'
import { textOf } from '../attack/table.ts'

const schedule = { seconds: 3, seed: 'e2e' }

for (const [name, guarantee] of [
  ['unproved-deposits', 'G10: nothing is kept of who proves nothing'],
  ['forged-receipts', 'G1: a relay that signs for what it threw away stores nothing'],
  ['dht-flood', 'G10: the DHT keeps nothing of who writes to it']
] as const) {
  test(`${guarantee}, and honest clients are served meanwhile`, async () => {
    const row = await perform(attackNamed(name), schedule)
    assert.deepEqual(problems(row), [], textOf(row))
  })
}

test('the suite has the fourteen attacks, each under a name of its own', () => {
  const names = attacks.map(({ name }) => name)
  assert.equal(new Set(names).size, 14)
})

const share = { done: 100, all: 100, p99Ms: 10 }
const none = new Map<string, number>()
const sound: Row = {
  name: 'made up',
  title: 'nothing',
  before: share,
  during: share,
  rssMiB: 200,
  rssMiBMax: 512,
  grownMiB: 0,
  refused: none,
  crashed: [],
  counts: none,
  load: '',
  failures: none,
  achieved: []
}

test('a row with nothing wrong passes', () => {
  assert.deepEqual(problems(sound), [])
  assert.deepEqual(problems({ ...sound, during: { ...share, done: 99 } }), [])
})

for (const [what, wrong] of [
  ['two of a hundred honest operations that fail', { during: { ...share, done: 98 } }],
  ['no honest operation at all', { during: { done: 0, all: 0, p99Ms: NaN } }],
  ['memory over the bound', { rssMiB: 513 }],
  ['a relay that ended', { crashed: ['R0 ended with 1'] }],
  ['an attack that reached its aim', { achieved: ['3 forged tombstones were taken'] }]
] as const) {
  test(`a row fails with ${what}`, () => {
    assert.equal(problems({ ...sound, ...wrong }).length, 1)
  })
}
