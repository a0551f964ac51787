/** The fault lab works, and its ledger sees what must not happen: two of its cheaper faults, and what is made up. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { problems } from '../faultlab/fault.ts'
import { killedAt, points } from '../faultlab/faults/kill.ts'
import { paused } from '../faultlab/faults/pause.ts'
import { Lab } from '../faultlab/lab.ts'
import { Ledger } from '../faultlab/ledger.ts'

const lab = new Lab('e2e')
after(async () => {
  await lab[Symbol.asyncDispose]()
})
const trio = await lab.trio()

test('G1, G2, G5: a relay dies between its receipt and its answer, and is started again', async () => {
  const [point] = points.filter(each => each.point === 'receipt:signed')
  assert.ok(point !== undefined)
  const row = await killedAt(lab, trio, trio.relay(2), point)
  assert.deepEqual(problems(row), [])
  assert.ok(row.verdict.stored >= 20)
})

test('G2, G5: a relay stands still for longer than a coordinator is waited for', async () => {
  const row = await paused(lab, trio.relays, { victims: 1, ms: 4_000 })
  assert.deepEqual(problems(row), [])
  assert.ok(row.verdict.stored >= 20)
})

/** Four messages stored by two relays; the second was acked. */
function told(): Ledger {
  const ledger = new Ledger()
  for (const label of ['a', 'b', 'c', 'd']) {
    ledger.offered(label, 'bob')
    ledger.sealed(label, `id of ${label}`)
    ledger.stored(label, ['R0', 'R1'])
  }
  ledger.acking('b')
  ledger.acked('b', 2)
  return ledger
}

const inbox = (...labels: string[]): { mailbox: string; labels: string[]; unopened: string[] } => ({
  mailbox: 'bob',
  labels,
  unopened: []
})

test('the ledger finds nothing where nothing is wrong', () => {
  const held = new Set(['id of a', 'id of c', 'id of d'])
  const verdict = told().verdict({ fresh: [inbox('a', 'c', 'd')], before: [inbox('b', 'a')], held, ackedBy: 1 })
  const { lost, resurrected, duplicated, unexpected } = verdict
  assert.deepEqual([lost, resurrected, duplicated, unexpected], [[], [], [], []])
})

test('the ledger sees what is lost, back, twice, or strange', () => {
  const ledger = told()
  assert.equal(ledger.heldAlone('R1', new Set(['id of a', 'id of c'])), 1)
  const fresh = [inbox('a', 'a', 'b', 'x')]
  const verdict = ledger.verdict({ fresh, before: [], held: new Set(['id of b', 'id of y']), ackedBy: 2 })
  assert.deepEqual(verdict.lost, ['c', 'd'])
  assert.deepEqual(verdict.resurrected, ['b'])
  assert.deepEqual(verdict.duplicated, ['a'])
  assert.deepEqual(verdict.unexpected, ['x', 'id of y'])
})
