import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryLevel } from 'memory-level'
import { msPerHour } from '../../../src/environment.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { openLocator } from '../../../src/identity/locator.ts'
import {
  locatorBytesMax,
  locatorPutBurstMax,
  locatorPutsPerSecondMax,
  locatorValidHoursMax
} from '../../../src/limits.ts'
import type { Handler } from '../../../src/wire/port.ts'
import { ManualClock } from '../../helpers/clients.ts'
import { ask, holderOn, locatorOf, sessionOf } from '../../helpers/neighbourhood.ts'

const owner = generateIdentity()
const seqHeld = async (handler: Handler): Promise<number> => {
  const { locator } = await ask(handler, { get: { mailbox: owner.key } })
  assert(locator !== undefined)
  return (await openLocator(locator, { mailbox: owner.key })).seq
}

async function world(o: { heldMax?: number } = {}) {
  const clock = new ManualClock()
  const db = new MemoryLevel()
  const { handler } = await holderOn(db, clock, o)
  return { clock, db, handler }
}

test('an old locator replayed by PUT does not roll back what is held, and is answered with the newer one (G8)', async () => {
  const { clock, handler } = await world()
  const [old, current] = [await locatorOf(owner, 1, clock.now()), await locatorOf(owner, 2, clock.now())]
  for (const { bytes } of [old, current]) assert.equal((await ask(handler, { put: { locator: bytes } })).status, 'OK')
  for (let time = 0; time < 5; time++) {
    const answer = await ask(handler, { put: { locator: old.bytes } })
    assert.equal(answer.status, 'MOVED')
    assert.deepEqual(answer.locator, current.bytes)
  }
  assert.equal(await seqHeld(handler), 2)
})

test('an old locator is refused after the holder restarts on the same store (G8)', async () => {
  const { clock, db, handler } = await world()
  const [old, current] = [await locatorOf(owner, 1, clock.now()), await locatorOf(owner, 2, clock.now())]
  await ask(handler, { put: { locator: current.bytes } })
  const restarted = (await holderOn(db, clock)).handler
  assert.equal((await ask(restarted, { put: { locator: old.bytes } })).status, 'MOVED')
  assert.equal(await seqHeld(restarted), 2)
})

test('of two locators with one seq every order of PUTs leaves the same one (G8)', async () => {
  const clock = new ManualClock()
  const pair = [await locatorOf(owner, 1, clock.now()), await locatorOf(owner, 1, clock.now(), { validHours: 25 })]
  const left = await Promise.all(
    [pair, pair.toReversed()].map(async order => {
      const { handler } = await holderOn(new MemoryLevel(), clock)
      for (const { bytes } of order) await ask(handler, { put: { locator: bytes } })
      return (await ask(handler, { get: { mailbox: owner.key } })).locator
    })
  )
  assert.deepEqual(left[0], left[1])
})

test('PUTs of one mailbox at the same time leave the newest', async () => {
  const { clock, handler } = await world()
  const locators = await Promise.all([3, 1, 5, 2, 4].map(async seq => await locatorOf(owner, seq, clock.now())))
  await Promise.all(locators.map(async ({ bytes }) => await ask(handler, { put: { locator: bytes } })))
  assert.equal(await seqHeld(handler), 5)
})

test('the locator that is held already is taken again', async () => {
  const { clock, handler } = await world()
  const { bytes } = await locatorOf(owner, 1, clock.now())
  for (let time = 0; time < 2; time++) assert.equal((await ask(handler, { put: { locator: bytes } })).status, 'OK')
})

test('a mailbox of which nothing is held is NO_MAILBOX', async () => {
  const { handler } = await world()
  assert.equal((await ask(handler, { get: { mailbox: owner.key } })).status, 'NO_MAILBOX')
})

test('a locator over its limit is SIZE', async () => {
  const { handler } = await world()
  // the decoder lets one byte more through than a holder takes, or refuses it itself
  const { status } = await ask(handler, { put: { locator: new Uint8Array(locatorBytesMax + 1) } })
  assert.equal(status, 'SIZE')
})

test('an expired locator is EXPIRED', async () => {
  const { clock, handler } = await world()
  const { bytes } = await locatorOf(owner, 1, clock.now(), { validHours: 2 })
  clock.advance(3 * msPerHour)
  assert.equal((await ask(handler, { put: { locator: bytes } })).status, 'EXPIRED')
})

test('a locator that claims too long a validity is EXPIRED', async () => {
  const { clock, handler } = await world()
  const { bytes } = await locatorOf(owner, 1, clock.now() + 10 * msPerHour, { validHours: locatorValidHoursMax })
  assert.equal((await ask(handler, { put: { locator: bytes } })).status, 'EXPIRED')
})

test('a locator whose signature was changed is MALFORMED, and nothing is held', async () => {
  const { clock, handler } = await world()
  const bytes = (await locatorOf(owner, 1, clock.now())).bytes.slice()
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  assert.equal((await ask(handler, { put: { locator: bytes } })).status, 'MALFORMED')
  assert.equal((await ask(handler, { get: { mailbox: owner.key } })).status, 'NO_MAILBOX')
})

test('a full holder answers QUOTA, names the limit, and still takes newer ones of mailboxes that it holds', async () => {
  const { clock, handler } = await world({ heldMax: 1 })
  const put = async (locator: Uint8Array) => await ask(handler, { put: { locator } })
  await put((await locatorOf(owner, 1, clock.now())).bytes)
  const refused = await put((await locatorOf(generateIdentity(), 1, clock.now())).bytes)
  assert.deepEqual([refused.status, refused.limit], ['QUOTA', 6])
  assert.equal((await put((await locatorOf(owner, 2, clock.now())).bytes)).status, 'OK')
})

test('HAVE wants what is newer there or missing here, nothing else', async () => {
  const { clock, handler } = await world()
  const owners = [owner, ...Array.from({ length: 3 }, () => generateIdentity())]
  const offers = [1, 2, 3].map(seq => ({ seq }))
  for (const identity of owners.slice(0, 3)) {
    await ask(handler, { put: { locator: (await locatorOf(identity, 2, clock.now())).bytes } })
  }
  const items = await Promise.all(
    owners.map(async (identity, at) => {
      const { seq, digest, mailbox } = await locatorOf(identity, offers[at]?.seq ?? 1, clock.now())
      return { mailbox, seq, digest }
    })
  )
  const { status, want } = await ask(handler, { have: { items } })
  assert.equal(status, 'OK')
  assert.deepEqual(
    want,
    [owners[2]?.key, owners[3]?.key].map(key => Uint8Array.from(key ?? []))
  )
})

test('PUTs over the budget of a peer are BUSY until time has passed; other peers are not held up', async () => {
  const { clock, handler } = await world()
  const { bytes: locator } = await locatorOf(owner, 1, clock.now())
  const session = sessionOf()
  for (let n = 0; n < locatorPutBurstMax; n++)
    assert.equal((await ask(handler, { put: { locator } }, session)).status, 'OK')
  const busy = await ask(handler, { put: { locator } }, session)
  assert.deepEqual([busy.status, busy.retryAfterMs], ['BUSY', 1_000 / locatorPutsPerSecondMax])
  assert.equal((await ask(handler, { put: { locator } })).status, 'OK')
  clock.advance(busy.retryAfterMs)
  assert.equal((await ask(handler, { put: { locator } }, session)).status, 'OK')
})

test('bytes that are no request are MALFORMED, and so is a request without a call', async () => {
  const { handler } = await world()
  for (const request of [Uint8Array.of(255, 255, 255, 255), new Uint8Array(0), new Uint8Array(100).fill(10)]) {
    const { LocatorResponse } = await import('../../../src/wire/messages.js')
    assert.equal(LocatorResponse.decode(await handler(request, sessionOf())).status, 400)
  }
})
