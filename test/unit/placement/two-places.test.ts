/** The two neighbourhoods of a mailbox: what one of them says or does is not enough (SPEC §6.2, §6.4). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryLevel } from 'memory-level'
import { equals } from 'uint8arrays/equals'
import { Status } from '../../../src/errors.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { locatorAnswersWanted, locatorCallMs, locatorGraceMs, neighbourhoodRelays } from '../../../src/limits.ts'
import { locatorKey, Neighbourhood } from '../../../src/placement/neighbourhood.ts'
import { LocatorResponse } from '../../../src/wire/messages.js'
import type { Handler, PeerAddress } from '../../../src/wire/port.ts'
import { failsWith, holderOn, locatorOf, Village } from '../../helpers/neighbourhood.ts'

const owner = generateIdentity()

const says =
  (status: number, locator?: Uint8Array): Handler =>
  async () => {
    const answer = { status, retryAfterMs: 0, limit: 0, want: [] }
    return await Promise.resolve(LocatorResponse.encode(locator === undefined ? answer : { ...answer, locator }))
  }
const silence: Handler = async () => await new Promise<never>(() => undefined)

/** Two neighbourhoods, apart from each other. */
class TwoPlaces extends Village {
  readonly first: PeerAddress[] = []
  readonly second: PeerAddress[] = []

  /** What a node knows that has asked nothing yet. */
  reader(): Neighbourhood {
    return new Neighbourhood({
      network: this.asker.network,
      closest: async key => await Promise.resolve([...(equals(key, locatorKey(owner.key)) ? this.first : this.second)]),
      env: this.clock
    })
  }

  async liars(place: PeerAddress[], handler: Handler, count: number = neighbourhoodRelays): Promise<void> {
    for (let n = 0; n < count; n++) place.push((await this.add(handler)).address)
  }

  async holders(place: PeerAddress[], count: number): Promise<void> {
    for (let n = 0; n < count; n++)
      place.push((await this.honest(async () => await holderOn(new MemoryLevel(), this.clock))).address)
  }
}

for (const [what, lie] of [
  ['that there is none', async () => await Promise.resolve(says(Status.NO_MAILBOX))],
  [
    'an old locator that is still valid',
    async (town: TwoPlaces) => says(Status.OK, (await locatorOf(owner, 1, town.clock.now())).bytes)
  ]
] as const) {
  for (const captured of ['first', 'second'] as const) {
    test(`all 20 of the ${captured} neighbourhood say ${what}: a stranger finds what the other holds (G8)`, async () => {
      const town = new TwoPlaces()
      await town.liars(town[captured], await lie(town))
      await town.holders(town[captured === 'first' ? 'second' : 'first'], neighbourhoodRelays)
      await town.reader().publish(await locatorOf(owner, 2, town.clock.now()))
      assert.equal((await town.reader().find(owner.key))?.seq, 2)
    })
  }
}

test('20 that never answer hold a read up until their deadline, and do not make it fail', async () => {
  const town = new TwoPlaces()
  await town.holders(town.second, neighbourhoodRelays)
  await town.reader().publish(await locatorOf(owner, 2, town.clock.now()))
  await town.liars(town.first, silence)
  const answered = town.answered
  const found = town.reader().find(owner.key)
  await town.settled(answered + neighbourhoodRelays)
  town.clock.advance(locatorCallMs)
  assert.equal((await found)?.seq, 2)
})

test('liars that answer first do not end a read before an honest relay that is slower within the grace', async () => {
  const town = new TwoPlaces()
  const [old, current] = [await locatorOf(owner, 1, town.clock.now()), await locatorOf(owner, 2, town.clock.now())]
  const gate = Promise.withResolvers<undefined>()
  const slow: Handler = async (request, session) => {
    await gate.promise
    return await says(Status.OK, current.bytes)(request, session)
  }
  await town.liars(town.first, says(Status.OK, old.bytes))
  await town.liars(town.second, says(Status.OK, old.bytes), neighbourhoodRelays - 1)
  await town.liars(town.second, slow, 1)
  const found = town.reader().find(owner.key)
  await town.settled(2 * neighbourhoodRelays - 1)
  town.clock.advance(locatorGraceMs - 1)
  gate.resolve(undefined)
  assert.equal((await found)?.seq, 2)
})

test('a newer locator that comes within the grace has to be agreed upon too, or everybody has to have answered', async () => {
  const town = new TwoPlaces()
  const [old, current] = [await locatorOf(owner, 1, town.clock.now()), await locatorOf(owner, 2, town.clock.now())]
  const gate = Promise.withResolvers<undefined>()
  for (const place of [town.first, town.second]) {
    await town.liars(place, says(Status.OK, old.bytes), locatorAnswersWanted)
    await town.liars(place, silence, 1)
  }
  await town.liars(
    town.second,
    async (request, session) => {
      await gate.promise
      return await says(Status.OK, current.bytes)(request, session)
    },
    1
  )
  let ended = false
  const found = town
    .reader()
    .find(owner.key)
    .finally(() => {
      ended = true
    })
  await town.settled(2 * locatorAnswersWanted)
  gate.resolve(undefined)
  await town.settled(2 * locatorAnswersWanted + 1)
  town.clock.advance(locatorGraceMs)
  await town.settled(0)
  assert.equal(ended, false)
  town.clock.advance(locatorCallMs)
  assert.equal((await found)?.seq, 2)
})

test('that there is no mailbox is believed when both neighbourhoods say so, and not when one does (G11)', async () => {
  const town = new TwoPlaces()
  await town.liars(town.first, says(Status.NO_MAILBOX))
  await town.liars(town.second, says(Status.UNAVAILABLE))
  await assert.rejects(town.reader().find(owner.key), failsWith('TOO_FEW_RELAYS'))
  const empty = new TwoPlaces()
  await empty.holders(empty.first, locatorAnswersWanted)
  await empty.holders(empty.second, locatorAnswersWanted)
  assert.equal(await empty.reader().find(owner.key), undefined)
})

test('when the lookup of one key finds nobody, nobody having a locator is no answer (G11)', async () => {
  const town = new TwoPlaces()
  await town.holders(town.first, neighbourhoodRelays)
  await assert.rejects(town.reader().find(owner.key), failsWith('TOO_FEW_RELAYS'))
})

for (const captured of ['first', 'second'] as const) {
  test(`an owner opens its mailbox although all 20 of the ${captured} neighbourhood refuse`, async () => {
    const town = new TwoPlaces()
    await town.liars(town[captured], says(Status.POLICY))
    await town.holders(town[captured === 'first' ? 'second' : 'first'], neighbourhoodRelays)
    const { accepted, asked } = await town.reader().publish(await locatorOf(owner, 1, town.clock.now()))
    assert.deepEqual([accepted, asked], [neighbourhoodRelays, 2 * neighbourhoodRelays])
  })
}

test('where both neighbourhoods are the same relays each is asked once', async () => {
  const town = new TwoPlaces()
  await town.holders(town.first, 3)
  town.second.push(...town.first)
  await town.reader().publish(await locatorOf(owner, 1, town.clock.now()))
  assert.equal(town.answered, 3)
  assert.equal((await town.reader().find(owner.key))?.seq, 1)
  assert.equal(town.answered, 6)
})
