/** Which relays are asked, and in which order, when some say what they offer (SPEC §6.5, §6.6). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Chooser } from '../../../src/client/chooser.ts'
import { silent, type Environment } from '../../../src/environment.ts'
import { signAdvert } from '../../../src/identity/advert.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { chooserPauseMs } from '../../../src/limits.ts'
import { peerText } from '../../../src/identity/peer.ts'
import { AdvertBook } from '../../../src/placement/adverts.ts'
import type { PeerAddress } from '../../../src/wire/port.ts'
import { peerIdOf } from '../../helpers/fake-relay.ts'
import { RelayWorld } from '../../helpers/relays.ts'
import { advertFields } from '../../vectors/positive.ts'

/** More relays than a chooser asks, none of which is there. */
const nowhere: PeerAddress[] = Array.from({ length: 40 }, () => ({
  id: peerText(peerIdOf(generateIdentity())),
  addresses: []
}))

/** A clock whose delays are over at once, and are noted. */
const passing = ({ now, random }: Environment, waits: number[] = []): Environment => ({
  now,
  random,
  delay: async ms => {
    waits.push(ms)
    await Promise.resolve()
  }
})

test('a relay that is known by its advert alone is found, asked and chosen; one that says it is leaving comes last', async t => {
  const world = await RelayWorld.start(2)
  t.after(async () => {
    await world.close()
  })
  const [stays, leaves] = [world.host(0), world.host(1)]
  const issuedMs = Math.floor(world.clock.now() / 1_000) * 1_000
  const adverts = new AdvertBook()
  for (const [host, draining] of [
    [stays, false],
    [leaves, true]
  ] as const) {
    const fields = { ...advertFields, issuedMs, validUntilMs: issuedMs + 1_000_000, addresses: [], draining }
    await adverts.take((await signAdvert(host.identity, fields)).bytes, world.clock.now())
  }
  const chosen = async (near: readonly PeerAddress[], book?: AdvertBook): Promise<string[]> => {
    const chooser = new Chooser({
      network: world.network.join(peerIdOf(generateIdentity())).network,
      closest: async () => await Promise.resolve([...near]),
      bootstrap: [],
      adverts: book,
      env: passing(world.clock),
      log: silent
    })
    const relays = await chooser.choose(generateIdentity().key, { active: 3, standby: 0 })
    return relays.map(({ id }) => id).sort()
  }
  const both = [stays.address, leaves.address]
  assert.deepEqual(await chosen([], adverts), [stays.address.id])
  // nothing depends on adverts: what a relay says of itself when it is asked counts
  assert.deepEqual(await chosen(both, adverts), both.map(({ id }) => id).sort())
  assert.deepEqual(await chosen(both), both.map(({ id }) => id).sort())
  // of more than are asked, who is said to have room is asked first, and who is said to leave last
  assert.deepEqual(await chosen([leaves.address, ...nowhere.slice(0, 39), stays.address], adverts), [stays.address.id])
  // what strangers say takes the place of nobody who was found
  await assert.rejects(chosen(nowhere, adverts), { code: 'NO_RELAY' })
})

test('relays that are found late are chosen: a client that finds too few looks again', async t => {
  const world = await RelayWorld.start(3)
  t.after(async () => {
    await world.close()
  })
  const addresses = [0, 1, 2].map(n => world.host(n).address)
  const waits: number[] = []
  const chosen = async (known: readonly number[]): Promise<number> => {
    let looks = 0
    const chooser = new Chooser({
      network: world.network.join(peerIdOf(generateIdentity())).network,
      closest: async () => await Promise.resolve(addresses.slice(0, known[looks++] ?? 0)),
      bootstrap: [],
      env: passing(world.clock, waits),
      log: silent
    })
    return (await chooser.choose(generateIdentity().key, { active: 3, standby: 0 })).length
  }
  assert.equal(await chosen([3]), 3)
  assert.deepEqual(waits, [])
  assert.equal(await chosen([1, 3]), 3)
  assert.equal(await chosen([0, 1, 3]), 3)
  // not for ever: those there are do
  assert.equal(await chosen([1, 1, 2, 3]), 2)
  await assert.rejects(chosen([0, 0, 0, 3]), { code: 'NO_RELAY' })
  assert.deepEqual(waits, Array(1 + 2 + 2 + 2).fill(chooserPauseMs))
  // one that was found and takes nobody will not do so a second later
  world.host(0).relay.drain(true)
  assert.equal(await chosen([3, 3]), 2)
  assert.equal(waits.length, 7)
})
