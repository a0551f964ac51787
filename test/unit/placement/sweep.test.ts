/** Locators stay at the relays closest to them, whoever comes and goes (SPEC §6.7). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryLevel } from 'memory-level'
import { compare } from 'uint8arrays/compare'
import { xor } from 'uint8arrays/xor'
import { silent } from '../../../src/environment.ts'
import { Status } from '../../../src/errors.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import type { Locator } from '../../../src/identity/locator.ts'
import { peerBytes } from '../../../src/identity/peer.ts'
import { haveItemsMax, neighbourhoodRelays, sweepEveryMs } from '../../../src/limits.ts'
import { kadPosition, type Closest } from '../../../src/placement/dht.ts'
import { LocatorHolder } from '../../../src/placement/holder.ts'
import { locatorKeys } from '../../../src/placement/neighbourhood.ts'
import { LocatorSweep } from '../../../src/placement/sweep.ts'
import { Shelf } from '../../../src/relay/shelf.ts'
import { RelayStore } from '../../../src/relay/store.ts'
import { MemoryNetwork, type MemoryNode } from '../../../src/testing/network.ts'
import { LocatorRequest, LocatorResponse } from '../../../src/wire/messages.js'
import { protocols, type Handler, type PeerAddress } from '../../../src/wire/port.ts'
import { ManualClock } from '../../helpers/clients.ts'
import { peerIdOf } from '../../helpers/fake-relay.ts'
import { holderRates } from '../../helpers/rates.ts'
import { ask, locatorOf } from '../../helpers/neighbourhood.ts'
import { aTurn } from '../../helpers/relays.ts'

const forever = new AbortController().signal

interface Holder {
  readonly node: MemoryNode
  readonly holder: LocatorHolder
  readonly sweep: LocatorSweep
}

/** Relays that all know each other, as much as a routing table of a small network does. */
class Country {
  readonly clock = new ManualClock()
  readonly network = new MemoryNetwork({ env: this.clock })
  readonly holders: Holder[] = []
  readonly stop = new AbortController()
  #strangers: PeerAddress[] = []

  async settle(count: number): Promise<void> {
    for (let n = 0; n < count; n++) await this.#add()
  }

  /** A relay that answers as `handler` does. */
  async stranger(handler: Handler): Promise<void> {
    const node = this.network.join(peerIdOf(generateIdentity()))
    await node.responder.handle(protocols.locator, handler)
    this.#strangers.push(node.address)
  }

  async #add(): Promise<void> {
    const self = peerIdOf(generateIdentity())
    const node = this.network.join(self)
    const shelf = new Shelf(await RelayStore.open(new MemoryLevel(), this.clock))
    const closest: Closest = async key =>
      await Promise.resolve(this.closest(key).filter(({ id }) => id !== node.address.id))
    const common = { env: this.clock, log: silent, self, closest }
    const holder = new LocatorHolder({ ...common, shelf, rates: holderRates(this.clock) })
    await node.responder.handle(protocols.locator, holder.handler)
    const { network } = node
    const held = shelf.held.bind(shelf)
    this.holders.push({
      node,
      holder,
      sweep: new LocatorSweep({ ...common, holder, network, held, stopping: this.stop.signal })
    })
  }

  leave(holder: Holder): void {
    holder.node.stop()
    this.holders.splice(this.holders.indexOf(holder), 1)
  }

  closest(key: Uint8Array): PeerAddress[] {
    const target = kadPosition(key)
    const distance = ({ id }: PeerAddress): Uint8Array => xor(kadPosition(peerBytes(id)), target)
    return [...this.holders.map(({ node }) => node.address), ...this.#strangers].sort((a, b) =>
      compare(distance(a), distance(b))
    )
  }

  near(mailbox: Uint8Array): Holder[] {
    const ids = locatorKeys(mailbox).flatMap(key =>
      this.closest(key)
        .slice(0, neighbourhoodRelays)
        .map(({ id }) => id)
    )
    return this.holders.filter(({ node }) => ids.includes(node.address.id))
  }

  async publish(locator: Locator, to: readonly Holder[]): Promise<void> {
    for (const { holder } of to)
      assert.equal((await ask(holder.handler, { put: { locator: locator.bytes } })).status, 'OK')
  }
}

async function holds({ holder }: Holder, { mailbox, bytes }: Locator): Promise<boolean> {
  const { locator } = await ask(holder.handler, { get: { mailbox } })
  return locator !== undefined && compare(locator, bytes) === 0
}

async function locators(country: Country, count: number): Promise<Locator[]> {
  const owners: PrivateIdentity[] = Array.from({ length: count }, () => generateIdentity())
  return await Promise.all(
    owners.map(async owner => await locatorOf(owner, 1, country.clock.now(), { validHours: 90 * 24 }))
  )
}

test('after half of the holders have gone and others have come closer, a sweep brings each locator to the 20 closest to each of its keys', async () => {
  const country = new Country()
  await country.settle(24)
  const all = await locators(country, 5)
  for (const locator of all) await country.publish(locator, country.near(locator.mailbox))
  for (const holder of country.holders.slice(0, 12)) country.leave(holder)
  await country.settle(20)
  for (const { sweep } of [...country.holders]) await sweep.once(forever)
  for (const locator of all) for (const near of country.near(locator.mailbox)) assert.ok(await holds(near, locator))
})

test('with nothing to do a sweep sends digests and no locator', async t => {
  const country = new Country()
  await country.settle(neighbourhoodRelays)
  const all = await locators(country, 100)
  for (const locator of all) await country.publish(locator, country.holders)
  const [first] = country.holders
  const { placed, bytes, ...swept } = (await first?.sweep.once(forever)) ?? assert.fail()
  assert.deepEqual([swept.locators, placed], [100, 0])
  const each = bytes / (100 * (neighbourhoodRelays - 1))
  t.diagnostic(`${each.toFixed(1)} bytes for each locator and relay; a locator has ${all[0]?.bytes.length}`)
  assert.ok(each < 100)
})

test('a relay with a newer locator teaches it, also one that took no part (G8)', async () => {
  const country = new Country()
  await country.settle(3)
  const owner = generateIdentity()
  const old = await locatorOf(owner, 1, country.clock.now())
  const current = await locatorOf(owner, 2, country.clock.now())
  const [a, b, c] = country.holders as [Holder, Holder, Holder]
  await country.publish(old, [a, c])
  await country.publish(current, [b])
  await b.sweep.once(forever)
  for (const holder of [a, b, c]) assert.ok(await holds(holder, current))
  await a.sweep.once(forever)
  for (const holder of [a, b, c]) assert.ok(await holds(holder, current))
})

test('an expired locator is not offered', async () => {
  const country = new Country()
  await country.settle(2)
  const [a] = country.holders as [Holder]
  await country.publish(await locatorOf(generateIdentity(), 1, country.clock.now(), { validHours: 24 }), [a])
  country.clock.advance(25 * 3_600_000)
  assert.equal((await a.sweep.once(forever)).locators, 0)
})

test('a relay that wants everything is sent what was offered and nothing else, and one that fails holds up no other', async () => {
  const country = new Country()
  await country.settle(1)
  let puts = 0
  const reply = (o: Partial<LocatorResponse>): Uint8Array =>
    LocatorResponse.encode({ status: Status.OK, retryAfterMs: 0, limit: 0, want: [], ...o })
  await country.stranger(async request => {
    const { have, put } = LocatorRequest.decode(request)
    if (put !== undefined) puts++
    const strangers = Array.from({ length: haveItemsMax - 10 }, () => generateIdentity().key)
    const want = [...strangers, ...(have?.items.map(({ mailbox }) => mailbox) ?? [])]
    return await Promise.resolve(reply({ want }))
  })
  await country.stranger(async () => await Promise.resolve(new Uint8Array(9).fill(255)))
  await country.stranger(async () => await Promise.resolve(reply({ status: Status.POLICY })))
  const [a] = country.holders as [Holder]
  for (const locator of await locators(country, 3)) await country.publish(locator, [a])
  const { placed } = await a.sweep.once(forever)
  assert.deepEqual([placed, puts], [3, 3])
})

test('a holder sweeps by itself within a day and a half, and again when its neighbours change', async () => {
  const country = new Country()
  await country.settle(1)
  const [a] = country.holders as [Holder]
  const [locator] = (await locators(country, 1)) as [Locator]
  await country.publish(locator, [a])
  const running = a.sweep.run()
  const until = async (hours: number): Promise<boolean> => {
    for (let hour = 0; hour < hours; hour++) {
      country.clock.advance(3_600_000)
      for (let turn = 0; turn < 100; turn++) await aTurn()
      if (await holds(country.holders.at(-1) as Holder, locator)) return true
    }
    return false
  }
  await country.settle(1)
  assert.ok(await until((1.5 * sweepEveryMs) / 3_600_000))
  await country.settle(1)
  assert.ok(await until(3))
  country.stop.abort()
  await running
})
