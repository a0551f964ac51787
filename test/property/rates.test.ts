/** Budgets keep what they promise under any interleaving (SPEC §9.12). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isMailboxError } from '../../src/errors.ts'
import { depositFloorPerSecond } from '../../src/limits.ts'
import { Meters } from '../../src/placement/meters.ts'
import { defaultLimits } from '../../src/relay/options.ts'
import { Rates } from '../../src/relay/rates.ts'

const startMs = 1_800_000_000_000
/** Rates whose intervals are no whole milliseconds are among them. */
const aRate = fc.record({ perSecond: fc.integer({ min: 1, max: 700 }), burst: fc.integer({ min: 1, max: 50 }) })
const asks = fc.array(fc.record({ afterMs: fc.nat(2_000), cost: fc.integer({ min: 1, max: 20 }) }), { maxLength: 200 })

test('never more is taken than rate × time + burst, between any two moments', () => {
  fc.assert(
    fc.property(aRate, asks, (rate, all) => {
      const meters = new Meters({ some: rate }, 10)
      const taken: Array<{ atMs: number; cost: number }> = []
      let nowMs = startMs
      for (const { afterMs, cost } of all) {
        nowMs += afterMs
        if (meters.waitMs('a', 'some', nowMs, cost) > 0) continue
        meters.take('a', 'some', nowMs, cost)
        // what costs more than a burst is taken from a full bucket, and what it exceeds the burst by is owed
        taken.push({ atMs: nowMs, cost: Math.min(cost, rate.burst) })
      }
      for (const [first, { atMs }] of taken.entries()) {
        let sum = 0
        for (const later of taken.slice(first)) {
          sum += later.cost
          const allowed = ((later.atMs - atMs) * rate.perSecond) / 1_000 + rate.burst
          assert.ok(sum <= allowed + 0.05, `${sum} within ${later.atMs - atMs} ms`)
        }
      }
    }),
    { numRuns: 300 }
  )
})

test('who waits as long as was said is let in, unless others were meanwhile', () => {
  fc.assert(
    fc.property(aRate, asks, (rate, all) => {
      const meters = new Meters({ some: rate }, 10)
      let nowMs = startMs
      for (const { cost } of all) {
        nowMs += meters.waitMs('a', 'some', nowMs, cost)
        assert.equal(meters.waitMs('a', 'some', nowMs, cost), 0)
        meters.take('a', 'some', nowMs, cost)
      }
    })
  )
})

test('a clock that jumps back keeps nobody out for longer than two bursts take to fill', () => {
  fc.assert(
    fc.property(aRate, fc.integer({ min: 0, max: 1e10 }), (rate, backMs) => {
      const meters = new Meters({ some: rate }, 10)
      for (let n = 0; n < 3 * rate.burst; n++) meters.take('a', 'some', startMs)
      const waitMs = meters.waitMs('a', 'some', startMs - backMs)
      assert.ok(waitMs <= Math.ceil(((rate.burst + 1) * 1_000) / rate.perSecond), String(waitMs))
    })
  )
})

test('however many names come, so many are remembered and no more', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(300), fc.nat(50))), all => {
      const meters = new Meters({ some: { perSecond: 1, burst: 5 } }, 20)
      let nowMs = startMs
      for (const [name, afterMs] of all) {
        nowMs += afterMs
        meters.take(String(name), 'some', nowMs)
        assert.ok(meters.size <= 20)
      }
    })
  )
})

interface Tally {
  readonly rates: Rates
  nowMs: number
}

/** True when the deposit of a fresh peer of `group` is admitted. */
function deposits({ rates, nowMs }: Tally, group: string, peer: number, mailbox: number): boolean {
  const caller = { remotePeer: Uint8Array.of(peer >> 16, peer >> 8, peer), group }
  try {
    rates.deposit(caller, nowMs)
    rates.admitted(caller, nowMs, { mailbox: new Uint8Array(32).fill(mailbox), sender: 'strangers' })
    return true
  } catch (error) {
    assert.ok(isMailboxError(error, 'BUSY'))
    assert.ok((error.retryAfterMs ?? 0) > 0)
    return false
  }
}

test('G10: whatever the others do, a group that asks once in a second is always served', () => {
  const noise = fc.array(
    fc.record({ group: fc.nat(4), peer: fc.nat(10_000), times: fc.nat(120), mailbox: fc.nat(2), afterMs: fc.nat(400) }),
    { maxLength: 60 }
  )
  fc.assert(
    fc.property(noise, fc.nat(2), (floods, mailbox) => {
      const limits = { ...defaultLimits, depositsPerSecond: 20, mailboxDepositsPerSecond: 5 }
      const tally: Tally = { rates: new Rates(limits), nowMs: startMs }
      let dueMs = startMs
      for (const { group, peer, times, afterMs, mailbox: flooded } of floods) {
        for (let n = 0; n < times; n++) deposits(tally, `noisy ${group}`, peer + n, flooded)
        tally.nowMs += afterMs
        if (tally.nowMs < dueMs) continue
        assert.ok(deposits(tally, 'quiet', 20_000, mailbox))
        dueMs = tally.nowMs + 1_000 / depositFloorPerSecond
      }
    }),
    { numRuns: 200 }
  )
})

test('G10: ten thousand fresh peers of one group have the share of one group', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), seconds => {
      const tally: Tally = { rates: new Rates(defaultLimits), nowMs: startMs }
      let admitted = 0
      const perSecond = 10_000 / seconds
      for (let n = 0; n < 10_000; n++) {
        tally.nowMs = startMs + Math.floor((n * 1_000) / perSecond)
        if (deposits(tally, 'one', n, n % 200)) admitted++
      }
      const { groupDepositsPerSecond } = defaultLimits
      assert.ok(admitted <= groupDepositsPerSecond * (seconds + 2), String(admitted))
      assert.ok(admitted >= groupDepositsPerSecond * seconds, String(admitted))
      assert.ok(deposits(tally, 'another', 10_001, 0))
    }),
    { numRuns: 10 }
  )
})

test('all that is admitted in all is at most what all have, and as much again as floors', () => {
  const limits = { ...defaultLimits, depositsPerSecond: 50 }
  const tally: Tally = { rates: new Rates(limits), nowMs: startMs }
  let admitted = 0
  for (let n = 0; n < 5_000; n++) {
    tally.nowMs = startMs + n
    for (let group = 0; group < 2; group++) if (deposits(tally, `${n} ${group}`, n, n % 256)) admitted++
  }
  // five seconds and what is at once: two of the one, one of the other
  assert.ok(admitted <= 50 * (5 + 2) + 50 * (5 + 1), String(admitted))
})
