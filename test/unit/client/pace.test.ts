/** A sender keeps to the rate that relays have (SPEC §7.5, §9.12). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pace } from '../../../src/client/pace.ts'
import { isMailboxError, Status } from '../../../src/errors.ts'
import { ratePauseMsMax, ratePausesMax, rateWaitingMax } from '../../../src/limits.ts'
import { Meters } from '../../../src/placement/meters.ts'
import { ManualClock } from '../../helpers/clients.ts'
import { aTurn } from '../../helpers/relays.ts'

const never = new AbortController().signal
const okay = { status: Status.OK, retryAfterMs: 0, limit: 0 }

/** A relay that takes 20 in a second, 50 at once, and counts what it refuses. */
function relay(clock: ManualClock) {
  const meters = new Meters({ deposits: { perSecond: 20, burst: 50 } }, 1)
  const counts = { taken: 0, refused: 0 }
  const ask = async () => {
    const retryAfterMs = meters.waitMs('', 'deposits', clock.now())
    if (retryAfterMs === 0) {
      meters.take('', 'deposits', clock.now())
      counts.taken++
    } else counts.refused++
    return await Promise.resolve(retryAfterMs === 0 ? okay : { status: Status.BUSY, retryAfterMs, limit: 15 })
  }
  return { ask, counts }
}

test('a thousand messages go at the rate of the relay, none fails, and each is refused about once at most', async () => {
  const clock = new ManualClock()
  const pace = new Pace(clock)
  const { ask, counts } = relay(clock)
  let left = 1_000
  let failed = 0
  // as the outbox does: four at a time
  const sender = async (): Promise<void> => {
    while (left > 0) {
      left--
      const { status } = await pace.through('R', ask, never)
      if (status !== Status.OK) failed++
    }
  }
  const done = Promise.all([sender(), sender(), sender(), sender()])
  const startMs = clock.now()
  while (counts.taken < 1_000) {
    await aTurn()
    clock.advance(10)
  }
  await done
  assert.equal(failed, 0)
  const idealMs = ((1_000 - 50) / 20) * 1_000
  assert.ok(clock.now() - startMs < 1.5 * idealMs, `${clock.now() - startMs} ms of virtual time`)
  assert.ok(counts.refused < 1_100, String(counts.refused))
})

test('many at once wait in line, and what the line does not hold is BUSY without a request', async () => {
  const clock = new ManualClock()
  const pace = new Pace(clock)
  let asked = 0
  const ask = async () => {
    asked++
    return await Promise.resolve({ status: Status.BUSY, retryAfterMs: 100, limit: 15 })
  }
  const all = Array.from({ length: 4 }, async () => await pace.through('R', ask, never))
  await aTurn()
  const more = Array.from({ length: 2 * rateWaitingMax }, async () => await pace.through('R', ask, never))
  const settled = Promise.allSettled(more)
  await aTurn()
  assert.equal(asked, 4)
  const ended = Promise.all([settled, Promise.allSettled(all)])
  // each of those in line is asked for so often, 100 ms apart
  for (let n = 0; n <= (rateWaitingMax + 1) * (ratePausesMax + 2); n++) {
    clock.advance(100)
    await aTurn()
  }
  await ended
  const refused = (await settled).filter(({ status }) => status === 'rejected')
  assert.equal(refused.length, 2 * rateWaitingMax - (rateWaitingMax - 4))
  for (const one of refused) assert.ok(one.status === 'rejected' && isMailboxError(one.reason, 'BUSY'))
  assert.equal(asked, 4 + rateWaitingMax * (ratePausesMax + 1))
})

test('a long pause, and any other answer, is for the outbox at once; an abort ends the waiting', async () => {
  const clock = new ManualClock()
  const pace = new Pace(clock)
  for (const answer of [
    { status: Status.BUSY, retryAfterMs: ratePauseMsMax + 1, limit: 15 },
    { status: Status.BUSY, retryAfterMs: 0, limit: 0 },
    { status: Status.QUOTA, retryAfterMs: 10, limit: 1 }
  ])
    assert.equal(await pace.through('R', async () => await Promise.resolve(answer), never), answer)
  const stop = new AbortController()
  const busy = { status: Status.BUSY, retryAfterMs: 500, limit: 15 }
  const waiting = pace.through('R', async () => await Promise.resolve(busy), stop.signal)
  await aTurn()
  stop.abort(new Error('stopped'))
  assert.equal(await waiting, busy)
})
