import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { MemoryLevel } from 'memory-level'
import { compare } from 'uint8arrays/compare'
import { equals } from 'uint8arrays/equals'
import { xor } from 'uint8arrays/xor'
import { silent } from '../../../src/environment.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { peerText } from '../../../src/identity/peer.ts'
import { haveItemsMax, locatorAcceptRelays, locatorPutBurstMax } from '../../../src/limits.ts'
import { kadPosition, type Closest } from '../../../src/placement/dht.ts'
import { LocatorHolder, type LocatorHolderInit } from '../../../src/placement/holder.ts'
import { locatorKeys } from '../../../src/placement/neighbourhood.ts'
import { ManualClock } from '../../helpers/clients.ts'
import { peerIdOf } from '../../helpers/fake-relay.ts'
import { holderRates } from '../../helpers/rates.ts'
import { ask, holderOn, locatorOf, sessionOf } from '../../helpers/neighbourhood.ts'

const owner = generateIdentity()
const clock = new ManualClock()
const locator = await locatorOf(owner, 1, clock.now())
const peers = Array.from({ length: locatorAcceptRelays + 1 }, () => peerIdOf(generateIdentity()))

/** A holder over a shelf of one entry, and what it logged. */
function holder(held: Uint8Array | undefined, o: Partial<LocatorHolderInit> = {}) {
  const logged: string[] = []
  let now = held
  const shelf = {
    get: async () => await Promise.resolve(now),
    put: async (_mailbox: Uint8Array, { bytes }: { bytes: Uint8Array }) => {
      now = bytes
      await Promise.resolve()
    },
    count: () => (now === undefined ? 0 : 1)
  }
  const log = (_level: string, event: string): number => logged.push(event)
  const self = peers[0] as Uint8Array
  const { handler } = new LocatorHolder({ shelf, env: clock, self, log, rates: holderRates(clock), ...o })
  return { handler, logged }
}

test('PUTs of new mailboxes at the same time do not hold more locators than the limit (G10)', async () => {
  const { handler } = await holderOn(new MemoryLevel(), clock, { heldMax: 1 })
  const statuses = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const { bytes } = await locatorOf(generateIdentity(), 1, clock.now())
      return (await ask(handler, { put: { locator: bytes } })).status
    })
  )
  assert.deepEqual(statuses.sort(), ['OK', 'QUOTA', 'QUOTA', 'QUOTA', 'QUOTA'])
})

test('HAVE spends the budget of a peer by the items it names (G10)', async () => {
  const { handler } = await holderOn(new MemoryLevel(), clock)
  const items = Array.from({ length: haveItemsMax }, () => ({ ...locator, mailbox: randomBytes(32) }))
  const session = sessionOf()
  const statuses: string[] = []
  for (let n = 0; n <= locatorPutBurstMax && statuses.at(-1) !== 'BUSY'; n++) {
    statuses.push((await ask(handler, { have: { items } }, session)).status)
  }
  assert.equal(statuses.length, Math.floor(locatorPutBurstMax / 16) + 1)
  assert.equal(statuses.at(-1), 'BUSY')
})

test('a mailbox that has not 32 bytes is MALFORMED', async () => {
  const { handler } = await holderOn(new MemoryLevel(), clock)
  const mailbox = randomBytes(31)
  assert.equal((await ask(handler, { get: { mailbox } })).status, 'MALFORMED')
  assert.equal((await ask(handler, { have: { items: [{ ...locator, mailbox }] } })).status, 'MALFORMED')
})

test('a held locator that cannot be read is UNAVAILABLE and logged, is wanted, and gives way to a good one (G11)', async () => {
  const { handler, logged } = holder(new Uint8Array(40).fill(7))
  const { mailbox, seq, digest } = locator
  assert.equal((await ask(handler, { get: { mailbox } })).status, 'UNAVAILABLE')
  assert.deepEqual(logged, ['locator.failed'])
  assert.equal((await ask(handler, { have: { items: [{ mailbox, seq, digest }] } })).want.length, 1)
  assert.equal((await ask(handler, { put: { locator: locator.bytes } })).status, 'OK')
  assert.deepEqual((await ask(handler, { get: { mailbox } })).locator, locator.bytes)
})

test('a held locator whose signature no longer verifies is not served', async () => {
  const bytes = locator.bytes.slice()
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  assert.equal((await ask(holder(bytes).handler, { get: { mailbox: owner.key } })).status, 'UNAVAILABLE')
})

test('a shelf that fails is UNAVAILABLE and logged, never NO_MAILBOX (G11)', async () => {
  const shelf = {
    get: async () => await Promise.reject(new Error('disk')),
    put: async () => await Promise.resolve(),
    count: () => 0
  }
  const { handler, logged } = holder(undefined, { shelf })
  assert.equal((await ask(handler, { get: { mailbox: owner.key } })).status, 'UNAVAILABLE')
  assert.deepEqual(logged, ['locator.failed'])
})

/** Peer ids by their distance to a key, nearest first. */
const nearestFirst = (ids: readonly Uint8Array[], key: Uint8Array): Uint8Array[] =>
  ids.toSorted((a, b) => compare(xor(kadPosition(a), kadPosition(key)), xor(kadPosition(b), kadPosition(key))))

/** As many that are closer to `key` than `self`. */
function closerThan(self: Uint8Array, key: Uint8Array, count: number): Uint8Array[] {
  const closer: Uint8Array[] = []
  while (closer.length < count) {
    const id = peerIdOf(generateIdentity())
    if (nearestFirst([id, self], key)[0] === id) closer.push(id)
  }
  return closer
}

const [first, second] = locatorKeys(owner.key)
for (const [place, known, status] of [
  [locatorAcceptRelays, locatorAcceptRelays, 'POLICY'],
  [locatorAcceptRelays - 1, locatorAcceptRelays, 'OK'],
  [locatorAcceptRelays, locatorAcceptRelays - 1, 'OK']
] as const) {
  for (const [name, key, other] of [
    ['first', first, second],
    ['second', second, first]
  ] as const) {
    test(`far from the other key, with ${known} relays known the one in place ${place + 1} next to the ${name} answers ${status}`, async () => {
      const byDistance = nearestFirst(peers, key)
      const self = byDistance[place] as Uint8Array
      const near = byDistance.filter(peer => peer !== self).slice(0, known)
      const far = closerThan(self, other, locatorAcceptRelays)
      const closest: Closest = async asked =>
        await Promise.resolve((equals(asked, key) ? near : far).map(id => ({ id: peerText(id), addresses: [] })))
      const { handler } = holder(undefined, { self, closest, log: silent })
      assert.equal((await ask(handler, { put: { locator: locator.bytes } })).status, status)
      const { want } = await ask(handler, { have: { items: [{ ...locator, seq: 2 }] } })
      assert.equal(want.length, status === 'OK' ? 1 : 0)
    })
  }
}
