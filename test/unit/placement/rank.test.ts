import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { peerText } from '../../../src/identity/peer.ts'
import type { Candidate } from '../../../src/placement/rank.ts'
import { chooseRelays, networkOf } from '../../../src/placement/rank.ts'
import { peerIdOf } from '../../helpers/fake-relay.ts'

/** Peer ids are slow to make: properties choose among these. */
const ids = Array.from({ length: 24 }, () => peerText(peerIdOf(generateIdentity())))
const mailbox = fc.uint8Array({ minLength: 32, maxLength: 32 })
const want = fc.record({ active: fc.integer({ min: 1, max: 5 }), standby: fc.integer({ min: 0, max: 2 }) })
const candidate = fc
  .record({
    id: fc.constantFrom(...ids),
    net: fc.integer({ min: 1, max: 8 }),
    host: fc.integer({ min: 1, max: 254 }),
    room: fc.boolean()
  })
  .map(({ id, net, host, room }): Candidate => ({ id, addresses: [`/ip4/8.8.${net}.${host}/tcp/4001`], room }))
const candidates = fc.uniqueArray(candidate, { selector: ({ id }) => id, maxLength: 24 })
const chosen = (...of: Parameters<typeof chooseRelays>): string[] => {
  const { active, standby } = chooseRelays(...of)
  return [...active, ...standby].map(({ id }) => id)
}

test('the same candidates give the same choice in any order', () => {
  fc.assert(
    fc.property(mailbox, want, candidates, fc.nat(), (key, places, all, turn) => {
      const cut = all.length === 0 ? 0 : turn % all.length
      assert.deepEqual(
        chosen(key, [...all.slice(cut), ...all.slice(0, cut)].reverse(), places),
        chosen(key, all, places)
      )
    }),
    { numRuns: 100 }
  )
})

test('as many as wanted are chosen while there are that many with room, active places first, nobody twice', () => {
  fc.assert(
    fc.property(mailbox, want, candidates, (key, places, all) => {
      const { active, standby } = chooseRelays(key, [...all, ...all], places)
      const room = all.filter(each => each.room).length
      assert.equal(active.length, Math.min(places.active, room))
      assert.equal(standby.length, Math.min(places.standby, Math.max(0, room - places.active)))
      assert.equal(new Set([...active, ...standby].map(({ id }) => id)).size, active.length + standby.length)
      assert([...active, ...standby].every(each => each.room))
    }),
    { numRuns: 100 }
  )
})

test('when one candidate goes, at most one other takes its place', () => {
  fc.assert(
    fc.property(
      mailbox,
      want,
      candidates.filter(all => all.length > 0),
      fc.nat(),
      (key, places, all, turn) => {
        const before = chosen(key, all, places)
        const gone = all[turn % all.length]?.id
        const left = chosen(
          key,
          all.filter(({ id }) => id !== gone),
          places
        )
        assert(left.filter(id => !before.includes(id)).length <= 1, 'more than one is new')
        const lost = before.filter(id => !left.includes(id))
        assert(lost.every(id => id === gone) && lost.length <= 1, 'one that stayed was dropped')
      }
    ),
    { numRuns: 200 }
  )
})

test('one relay per /24 is chosen while there are as many networks as places', () => {
  fc.assert(
    fc.property(mailbox, want, candidates, (key, places, all) => {
      const byId = new Map(all.map(each => [each.id, networkOf(each)]))
      const networks = new Set(all.filter(each => each.room).map(networkOf))
      const used = chosen(key, all, places).map(id => byId.get(id))
      assert.equal(new Set(used).size, Math.min(networks.size, used.length))
    }),
    { numRuns: 200 }
  )
})

test('a public address decides the network; what cannot be parsed says nothing', () => {
  const id = ids[0] ?? ''
  assert.equal(networkOf({ id, addresses: ['/ip4/10.0.0.1/tcp/1', '/ip4/8.8.8.8/tcp/1', 'nonsense'] }), '4 080808')
  assert.equal(networkOf({ id, addresses: ['/ip4/10.0.0.1/tcp/1'] }), '4 0a0000')
  assert.equal(networkOf({ id, addresses: ['nonsense', '/dns4/example.org/tcp/1'] }), undefined)
})
