import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { msPerHour } from '../../src/environment.ts'
import type { HistoryEvent, Seen, Verdict } from './history.ts'
import { check, isClean } from './history.ts'

const expiresMs = 100 * msPerHour
const offered = (label: string, atMs: number, to = 'ann'): HistoryEvent => ({
  type: 'offered',
  atMs,
  label,
  from: 'bob',
  to
})
const stored = (label: string, atMs: number, until = expiresMs): HistoryEvent => ({
  type: 'stored',
  atMs,
  label,
  expiresMs: until
})
const pulled = (
  atMs: number,
  labels: readonly string[],
  o: { complete?: boolean; from?: string } = {}
): HistoryEvent => {
  const inbox = labels.map((label): Seen => ({ label, from: o.from ?? 'bob' }))
  return { type: 'pulled', atMs, startMs: atMs - 1, mailbox: 'ann', complete: o.complete ?? true, inbox }
}
const healed: HistoryEvent = { type: 'healed', atMs: 50 }
const acked = (label: string): HistoryEvent => ({ type: 'acked', atMs: 60, mailbox: 'ann', labels: [label] })
const held = (label: string): HistoryEvent => ({ type: 'held', atMs: 90, relay: 'r', labels: [label] })
const exposed: HistoryEvent = { type: 'exposed', atMs: 5, mailboxes: ['ann'] }

const bad = ['lost', 'resurrected', 'duplicated', 'unexpected', 'unsettled'] as const

function expect(history: readonly HistoryEvent[], found: Partial<Pick<Verdict, (typeof bad)[number]>>): void {
  const verdict = check(history)
  for (const kind of bad) assert.deepEqual(verdict[kind], found[kind] ?? [], kind)
  assert.equal(isClean(verdict), Object.keys(found).length === 0)
}

describe('the checker of histories', () => {
  test('has nothing against a message that is stored, delivered and acked', () => {
    const history = [offered('m', 1), stored('m', 2), healed, pulled(55, ['m']), acked('m'), pulled(70, ['m'])]
    expect(history, {})
    const { offered: count, stored: kept, unknown, failed } = check(history)
    assert.deepEqual([count, kept, unknown, failed], [1, 1, 0, 0])
  })

  test('counts what the sender was told', () => {
    const history: HistoryEvent[] = [
      offered('m', 1),
      offered('n', 1),
      offered('o', 1),
      { type: 'refused', atMs: 2, label: 'm', code: 'NO_RELAY' },
      { type: 'failed', atMs: 2, label: 'n', code: 'SIZE' }
    ]
    const { offered: count, stored: kept, unknown, failed } = check(history)
    assert.deepEqual([count, kept, unknown, failed], [3, 0, 1, 2])
  })

  test('sees a stored message that no complete pull brought', () => {
    expect([offered('m', 1), stored('m', 2), healed, pulled(60, [])], { lost: ['m'] })
  })

  test('sees it before healing too: a complete pull says that nothing is missing (G3)', () => {
    expect([offered('m', 1), stored('m', 2), pulled(9, []), healed, pulled(60, ['m'])], { lost: ['m'] })
  })

  test('does not before repair, where a relay has lost its disk', () => {
    expect([offered('m', 1), stored('m', 2), exposed, pulled(9, []), healed, pulled(60, ['m'])], {})
    const repaired: HistoryEvent = { type: 'repaired', atMs: 6 }
    expect([offered('m', 1), stored('m', 2), exposed, repaired, pulled(9, []), healed, pulled(60, ['m'])], {
      lost: ['m']
    })
  })

  test('asks nothing of a pull that is not complete, began before, or came when the message may have expired', () => {
    expect([offered('m', 1), stored('m', 2), pulled(9, [], { complete: false }), healed, pulled(60, ['m'])], {})
    expect([offered('m', 1), stored('m', 9), pulled(9, []), healed, pulled(60, ['m'])], {})
    expect([offered('m', 1), stored('m', 2, msPerHour + 50), healed, pulled(60, [])], {})
  })

  test('sees a message that the application had and has no more', () => {
    expect([offered('m', 1), pulled(9, ['m']), healed, pulled(60, [])], { lost: ['m'] })
  })

  test('sees a message that the application has twice', () => {
    expect([offered('m', 1), healed, pulled(60, ['m', 'm'])], { duplicated: ['m'] })
    expect([offered('m', 1), healed, pulled(60, ['m']), pulled(61, ['m', 'm'])], { duplicated: ['m'] })
  })

  test('sees a message that came again after its ack', () => {
    expect([offered('m', 1), healed, pulled(55, ['m']), acked('m'), pulled(70, ['m', 'm'])], { resurrected: ['m'] })
    expect([offered('m', 1), healed, pulled(55, ['m']), acked('m'), held('m')], { resurrected: ['m'] })
    expect([offered('m', 1), healed, pulled(55, ['m']), held('m')], {})
  })

  test('sees a message that nobody sent, from another sender, to another mailbox, or that was refused', () => {
    expect([offered('n', 1), healed, pulled(60, ['m'])], { unexpected: ['m'] })
    expect([offered('m', 1), healed, pulled(60, ['m'], { from: 'eve' })], { unexpected: ['m'] })
    expect([offered('m', 1, 'carl'), healed, pulled(60, ['m'])], { unexpected: ['m'], unsettled: ['carl'] })
    const refused: HistoryEvent = { type: 'refused', atMs: 2, label: 'm', code: 'NO_RELAY' }
    expect([offered('m', 1), refused, healed, pulled(60, ['m'])], { unexpected: ['m'] })
  })

  test('sees a mailbox whose relays do not come back', () => {
    expect([offered('m', 1), pulled(9, []), healed, pulled(60, [], { complete: false })], { unsettled: ['ann'] })
  })
})
