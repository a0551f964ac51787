import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../../../src/client/depositor.ts'
import type { OutboxRow } from '../../../src/client/rows.ts'
import { mayArrive } from '../../../src/client/entry.ts'
import { begun, cancelled, expired, hasExpired, mustSay, recovered, settled } from '../../../src/client/schedule.ts'
import { hourOf, msPerHour } from '../../../src/environment.ts'
import { MailboxError, type ErrorCode } from '../../../src/errors.ts'
import { outboxRetryMsMax } from '../../../src/limits.ts'

const nowMs = 1_800_000_000_000
const queued: OutboxRow = {
  to: 'somebody',
  createdMs: nowMs,
  expiresHour: hourOf(nowMs) + 24,
  state: 'queued',
  attempts: 0,
  nextMs: nowMs,
  receipts: []
}

const outcome = (
  state: Outcome['state'],
  code: ErrorCode,
  o: Partial<Outcome> & { retryAfterMs?: number } = {}
): Outcome => ({
  state,
  receipts: [],
  writeQuorum: 2,
  asked: true,
  definite: true,
  notes: [],
  error: new MailboxError(code, code, o.retryAfterMs === undefined ? {} : { retryAfterMs: o.retryAfterMs }),
  ...o
})

test('attempts that fail are a second apart, then two, then four, up to ten minutes, half of it by chance', () => {
  let [low, high] = [queued, queued]
  const pauses: Array<[number, number]> = []
  for (let n = 0; n < 12; n++) {
    low = settled(low, outcome('queued', 'NO_RELAY'), nowMs, 0)
    high = settled(high, outcome('queued', 'NO_RELAY'), nowMs, 1)
    pauses.push([low.nextMs - nowMs, high.nextMs - nowMs])
  }
  assert.deepEqual(pauses.slice(0, 4), [
    [500, 1_000],
    [1_000, 2_000],
    [2_000, 4_000],
    [4_000, 8_000]
  ])
  assert.deepEqual(pauses.at(-1), [outboxRetryMsMax / 2, outboxRetryMsMax])
  assert.equal(high.attempts, 12)
})

test('a full mailbox is not asked before the time it named', () => {
  const row = settled(queued, outcome('full', 'QUOTA', { retryAfterMs: 60_000 }), nowMs, 1)
  assert.deepEqual([row.state, row.nextMs, row.code], ['full', nowMs + 60_000, 'QUOTA'])
})

test('no attempt is planned after the expiry: at that hour the message expires', () => {
  const soon = { ...queued, attempts: 20, expiresHour: hourOf(nowMs) + 1 }
  const endMs = soon.expiresHour * msPerHour
  const row = settled(soon, outcome('no-mailbox', 'NO_MAILBOX', { asked: false }), endMs - 1_000, 1)
  assert.equal(row.nextMs, endMs)
  assert.deepEqual([hasExpired(row, endMs - 1), hasExpired(row, endMs)], [false, true])
  assert.deepEqual([expired(row, endMs).state, expired(row, endMs).endedMs], ['expired', endMs])
})

test('an attempt that this side stopped is not held against the relays', () => {
  const closed = settled({ ...queued, attempts: 3 }, outcome('queued', 'CLOSED', { asked: false }), nowMs, 1)
  assert.deepEqual([closed.attempts, closed.nextMs, closed.code], [3, nowMs, undefined])
  const aborted = settled({ ...queued, attempts: 3 }, outcome('queued', 'ABORTED', { asked: false }), nowMs, 1)
  assert.deepEqual(aborted, closed)
  const waits: OutboxRow = { ...queued, state: 'no-mailbox', code: 'NO_MAILBOX' }
  const still = settled(waits, outcome('queued', 'ABORTED', { asked: false }), nowMs, 1)
  assert.deepEqual([still.state, still.code], ['no-mailbox', 'NO_MAILBOX'])
})

test('G11: what is unknown stays so until every relay has said that it does not have the message', () => {
  const unknown = settled(queued, outcome('unknown', 'UNKNOWN', { definite: false }), nowMs, 1)
  const still = settled(unknown, outcome('queued', 'NO_RELAY', { asked: false, definite: false }), nowMs, 1)
  assert.deepEqual([still.state, still.code], ['unknown', 'NO_RELAY'])
  assert.equal(settled(still, outcome('full', 'QUOTA'), nowMs, 1).state, 'full')
  assert.equal(settled(still, outcome('failed', 'POLICY', { definite: false }), nowMs, 1).state, 'failed')
})

test('G11: an attempt that has begun and has no outcome is unknown at the next start, and may arrive', () => {
  const trying = begun(queued)
  assert.deepEqual([mustSay(queued), mustSay(trying), mustSay({ ...queued, state: 'unknown' })], [true, false, false])
  const after = recovered(trying, nowMs + 5)
  assert.deepEqual([after.state, after.nextMs, after.code], ['unknown', nowMs + 5, 'UNKNOWN'])
  assert.equal(mayArrive(after), true)
  assert.equal(recovered(queued, nowMs + 5), queued)
})

test('a message may arrive once a relay was asked, whatever it answered, and not before', () => {
  const away = settled(begun(queued), outcome('queued', 'NO_RELAY', { asked: false }), nowMs, 1)
  assert.equal(mayArrive(away), false)
  const refused = settled(begun(queued), outcome('full', 'QUOTA'), nowMs, 1)
  assert.equal(mayArrive(refused), true)
  assert.deepEqual(
    [away, refused].map(row => [
      cancelled(row, nowMs).state,
      cancelled(row, nowMs).code,
      mayArrive(cancelled(row, nowMs))
    ]),
    [
      ['failed', 'CANCELLED', false],
      ['failed', 'CANCELLED', true]
    ]
  )
})
