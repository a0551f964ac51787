import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryLevel } from 'memory-level'
import { Status } from '../../../src/errors.ts'
import { msPerHour } from '../../../src/environment.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import type { Locator } from '../../../src/identity/locator.ts'
import {
  cacheHours,
  locatorAnswersWanted,
  locatorCallMs,
  locatorCopiesWanted,
  locatorGraceMs
} from '../../../src/limits.ts'
import { isMailboxError } from '../../../src/errors.ts'
import type { Handler } from '../../../src/wire/port.ts'
import { LocatorResponse } from '../../../src/wire/messages.js'
import { ask, failsWith, holderOn, locatorOf, Village } from '../../helpers/neighbourhood.ts'

const owner = generateIdentity()
const answer =
  (status: number, locator?: Uint8Array): Handler =>
  async () =>
    await Promise.resolve(
      LocatorResponse.encode({
        status,
        retryAfterMs: 0,
        limit: 0,
        want: [],
        ...(locator === undefined ? {} : { locator })
      })
    )
const silence: Handler = async () => await new Promise<never>(() => undefined)
const hangUp: Handler = async () => await Promise.reject(new Error('no'))

async function village(held: readonly (Locator | undefined)[] = [], into: Village = new Village()): Promise<Village> {
  for (const locator of held) await into.honest(async () => await holderOn(new MemoryLevel(), into.clock), locator)
  return into
}

const copies = <T>(count: number, of: T): T[] => Array.from({ length: count }, () => of)

test('an old locator replayed by PUT to every holder, before and after they restart, is not what find gives (G8)', async () => {
  const town = new Village()
  const [old, current] = [await locatorOf(owner, 1, town.clock.now()), await locatorOf(owner, 2, town.clock.now())]
  const dbs = copies(6, undefined).map(() => new MemoryLevel())
  const handlers: Handler[] = []
  for (const [at, db] of dbs.entries()) {
    handlers.push((await holderOn(db, town.clock)).handler)
    await town.add(async (request, session) => await (handlers[at] as Handler)(request, session))
  }
  await town.neighbourhood.publish(current)
  for (const restart of [false, true]) {
    for (const [at, db] of dbs.entries()) {
      if (restart) handlers[at] = (await holderOn(db, town.clock)).handler
      assert.equal((await ask(handlers[at] as Handler, { put: { locator: old.bytes } })).status, 'MOVED')
    }
    assert.equal((await town.another().find(owner.key))?.seq, 2)
  }
})

test('a node that has seen a newer locator does not take an older one, should all holders roll back (G8)', async () => {
  const town = new Village()
  const [old, current] = [await locatorOf(owner, 1, town.clock.now()), await locatorOf(owner, 2, town.clock.now())]
  for (let n = 0; n < 6; n++) await town.add(answer(Status.OK, old.bytes))
  town.neighbourhood.remember(current)
  town.neighbourhood.remember(old)
  assert.equal((await town.neighbourhood.find(owner.key, { fresh: true }))?.seq, 2)
})

const liars: Array<[string, (town: Village) => Promise<Handler>]> = [
  ['refuses', async () => await Promise.resolve(answer(Status.POLICY))],
  ['answers a status that does not exist', async () => await Promise.resolve(answer(999))],
  ['hangs up', async () => await Promise.resolve(hangUp)],
  [
    'answers garbage',
    async () => await Promise.resolve(async () => await Promise.resolve(new Uint8Array(300).fill(255)))
  ],
  ['answers garbage as a locator', async () => await Promise.resolve(answer(Status.OK, new Uint8Array(300).fill(255)))],
  ['answers no locator with OK', async () => await Promise.resolve(answer(Status.OK))],
  ['answers MOVED', async () => await Promise.resolve(answer(Status.MOVED))],
  ['denies the mailbox', async () => await Promise.resolve(answer(Status.NO_MAILBOX))],
  ['answers an older locator', async town => answer(Status.OK, (await locatorOf(owner, 1, town.clock.now())).bytes)],
  [
    'answers an expired locator',
    async town => answer(Status.OK, (await locatorOf(owner, 9, town.clock.now() - 99 * msPerHour)).bytes)
  ],
  [
    'answers the locator of another mailbox',
    async town => answer(Status.OK, (await locatorOf(generateIdentity(), 9, town.clock.now())).bytes)
  ],
  [
    'answers a locator whose signature was changed',
    async town => {
      const bytes = (await locatorOf(owner, 9, town.clock.now())).bytes.slice()
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
      return answer(Status.OK, bytes)
    }
  ]
]

for (const [what, lie] of liars) {
  test(`most peers ${what.replace(/^(\w+)s /, '$1 ')}: find gives what one honest holder has (G8)`, async () => {
    const town = new Village()
    const lying = await lie(town)
    for (let n = 0; n < 4; n++) await town.add(lying)
    await village([await locatorOf(owner, 2, town.clock.now())], town)
    assert.equal((await town.neighbourhood.find(owner.key))?.seq, 2)
  })
}

test('the highest seq wins, whoever has it', async () => {
  const town = new Village()
  const held = await Promise.all([1, 3, 2].map(async seq => await locatorOf(owner, seq, town.clock.now())))
  await village(held, town)
  assert.equal((await town.neighbourhood.find(owner.key))?.seq, 3)
})

test('find does not wait for a peer that never answers once five have answered', { timeout: 10_000 }, async () => {
  const town = new Village()
  for (let n = 0; n < 3; n++) await town.add(silence)
  await village(copies(locatorAnswersWanted, await locatorOf(owner, 2, town.clock.now())), town)
  const found = town.neighbourhood.find(owner.key)
  await town.settled(locatorAnswersWanted)
  // less than any deadline
  town.clock.advance(locatorGraceMs)
  assert.equal((await found)?.seq, 2)
})

test('with fewer answers find waits for its deadline and gives what it has', async () => {
  const town = new Village()
  await town.add(silence)
  await village(copies(2, await locatorOf(owner, 2, town.clock.now())), town)
  const found = town.neighbourhood.find(owner.key)
  await town.settled(2)
  town.clock.advance(locatorCallMs)
  assert.equal((await found)?.seq, 2)
})

test('a peer that cannot be reached does not hold find up', async () => {
  const town = await village()
  const gone = await town.add(silence)
  gone.stop()
  await village([await locatorOf(owner, 2, town.clock.now())], town)
  assert.equal((await town.neighbourhood.find(owner.key))?.seq, 2)
})

test('when most say that they have none there is none', async () => {
  const town = await village(copies(3, undefined))
  assert.equal(await town.neighbourhood.find(owner.key), undefined)
})

test('when too few answered to be sure that there is none, find fails with TOO_FEW_RELAYS', async () => {
  const town = await village([undefined])
  for (let n = 0; n < 3; n++) await town.add(answer(Status.UNAVAILABLE))
  await assert.rejects(town.neighbourhood.find(owner.key), failsWith('TOO_FEW_RELAYS'))
})

test('when nobody answered find fails with NO_RELAY: peers gone, peers silent, no peers', async () => {
  const nobody = new Village()
  await assert.rejects(nobody.neighbourhood.find(owner.key), failsWith('NO_RELAY'))
  const town = new Village()
  const gone = await town.add(hangUp)
  gone.stop()
  let asked = 0
  await town.add(async () => {
    asked++
    return await new Promise<never>(() => undefined)
  })
  const found = assert.rejects(town.neighbourhood.find(owner.key), failsWith('NO_RELAY'))
  for (let turn = 0; turn < 100 && asked === 0; turn++) await town.settled(0)
  town.clock.advance(locatorCallMs)
  await found
})

test('find stops with ABORTED when its caller stops it', async () => {
  const town = new Village()
  await town.add(silence)
  const stop = new AbortController()
  const found = assert.rejects(town.neighbourhood.find(owner.key, { signal: stop.signal }), failsWith('ABORTED'))
  await town.settled(0)
  stop.abort()
  await found
})

test('a locator read is asked for again after its cache hours, or when the caller wants a fresh one', async () => {
  const town = new Village()
  await village([await locatorOf(owner, 2, town.clock.now(), { validHours: 90 })], town)
  await town.neighbourhood.find(owner.key)
  await town.neighbourhood.find(owner.key)
  assert.equal(town.answered, 1)
  await town.neighbourhood.find(owner.key, { fresh: true })
  assert.equal(town.answered, 2)
  town.clock.advance(cacheHours * msPerHour)
  await town.neighbourhood.find(owner.key)
  assert.equal(town.answered, 3)
})

test('publish says how many were asked and how many took it', async () => {
  const town = await village(copies(3, undefined))
  assert.deepEqual(await town.neighbourhood.publish(await locatorOf(owner, 1, town.clock.now())), {
    accepted: 3,
    asked: 3
  })
})

test('publish is good when eight took it and others refuse', async () => {
  const town = await village(copies(locatorCopiesWanted, undefined))
  for (let n = 0; n < 4; n++) await town.add(answer(Status.POLICY))
  const { accepted, asked } = await town.neighbourhood.publish(await locatorOf(owner, 1, town.clock.now()))
  assert.deepEqual([accepted, asked], [8, 12])
})

test('publish is good when more than half of few relays took it: a dead one does not keep its successor out', async () => {
  const town = await village([undefined, undefined])
  await town.add(answer(Status.QUOTA))
  const { accepted, asked } = await town.neighbourhood.publish(await locatorOf(owner, 1, town.clock.now()))
  assert.deepEqual([accepted, asked], [2, 3])
})

test('publish fails with TOO_FEW_RELAYS when no more than half took it', async () => {
  const town = await village([undefined, undefined])
  for (let n = 0; n < 2; n++) await town.add(answer(Status.QUOTA))
  await assert.rejects(
    town.neighbourhood.publish(await locatorOf(owner, 1, town.clock.now())),
    failsWith('TOO_FEW_RELAYS')
  )
})

test('publish fails with NO_RELAY when nobody answered', async () => {
  const town = new Village()
  const gone = await town.add(hangUp)
  gone.stop()
  await assert.rejects(town.neighbourhood.publish(await locatorOf(owner, 1, town.clock.now())), failsWith('NO_RELAY'))
})

test('publish of an old locator fails with MOVED and carries the newer one, which find then gives (G8)', async () => {
  const town = new Village()
  const [old, current] = [await locatorOf(owner, 1, town.clock.now()), await locatorOf(owner, 2, town.clock.now())]
  await village(copies(3, current), town)
  await assert.rejects(
    town.neighbourhood.publish(old),
    error => isMailboxError(error, 'MOVED') && Buffer.from(error.locator ?? []).equals(current.bytes)
  )
  assert.equal((await town.neighbourhood.find(owner.key))?.seq, 2)
})

test('MOVED with a locator that is not newer counts as a refusal, not as a move', async () => {
  const town = new Village()
  const [old, current] = [await locatorOf(owner, 1, town.clock.now()), await locatorOf(owner, 2, town.clock.now())]
  for (let n = 0; n < 3; n++) await town.add(answer(Status.MOVED, old.bytes))
  await assert.rejects(town.neighbourhood.publish(current), failsWith('TOO_FEW_RELAYS'))
})
