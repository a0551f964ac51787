import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { connectionIdleMs, negotiationMs } from '../../../src/limits.ts'
import { ranks, type Rank } from '../../../src/wire/account.ts'
import { Places, type Caller, type Cut, type Guest, type PlaceLimits, type Refusal } from '../../../src/wire/places.ts'

/** Of 100 places 10 are for relays of the mailboxes, 10 more for those and owners: 80 are anybody's. */
const limits: PlaceLimits = { connections: 100, pending: 4, perGroup: 64, rate: { perSecond: 1, burst: 1_000 } }

class Peer implements Caller, Guest {
  readonly group: string | undefined
  readonly isOurs: boolean
  standing: Rank
  open = 0
  isCut = false
  spoken = false

  constructor(o: { group?: string; rank?: Rank; streams?: number; isOurs?: boolean } = {}) {
    this.group = o.group
    this.standing = o.rank ?? ranks.stranger
    this.open = o.streams ?? 0
    this.isOurs = o.isOurs ?? false
  }

  readonly said = (): boolean => this.spoken
  readonly rank = (): Rank => this.standing
  readonly streams = (): number => this.open
  readonly cut = (): void => {
    this.isCut = true
  }
}

const cutOf = (peers: readonly Peer[]): number[] => peers.flatMap(({ isCut }, n) => (isCut ? [n] : []))

function house(o: Partial<PlaceLimits> = {}) {
  const cuts: Cut[] = []
  const places = new Places({ ...limits, ...o }, why => cuts.push(why))
  const seated = (count: number, of: ConstructorParameters<typeof Peer>[0] = {}, nowMs: number = 0): Peer[] =>
    Array.from({ length: count }, (_, n) => {
      const peer = new Peer({ group: `g${n}`, streams: 1, ...of })
      assert.equal(places.seat(peer, nowMs), undefined)
      return peer
    })
  return { places, cuts, seated }
}

describe('a connection that comes', () => {
  test('is refused when its group has as many as one may have, open or being negotiated', () => {
    const { places } = house({ perGroup: 3 })
    const guests = [1, 2].map(() => new Peer({ group: '192.0.2.1' }))
    for (const guest of guests) places.seat(guest, 0)
    const caller = new Peer({ group: '192.0.2.1' })
    const come = (group: string): Refusal | undefined => places.arrive(new Peer({ group }), 0)
    assert.equal(places.arrive(caller, 0), undefined)
    assert.deepEqual([come('192.0.2.1'), come('192.0.2.2')], ['group', undefined])
    places.leave(caller)
    assert.equal(come('192.0.2.1'), undefined)
  })

  test('is refused when its group comes too often, and no other group is', () => {
    const { places } = house({ rate: { perSecond: 2, burst: 3 } })
    const come = (group: string, nowMs: number): Refusal | undefined => {
      const caller = new Peer({ group })
      const refusal = places.arrive(caller, nowMs)
      places.leave(caller)
      return refusal
    }
    assert.deepEqual(
      [0, 0, 0, 0].map(nowMs => come('a', nowMs)),
      [undefined, undefined, undefined, 'rate']
    )
    assert.equal(come('b', 0), undefined)
    assert.deepEqual([come('a', 500), come('a', 500)], [undefined, 'rate'])
  })

  test('takes the place of the one that has said nothing for longest, in the group that has most such', () => {
    const { places, cuts } = house({ perGroup: 2 })
    const waiting = ['a', 'b', 'b', 'c'].map(group => new Peer({ group }))
    for (const caller of waiting) assert.equal(places.arrive(caller, 0), undefined)
    assert.equal(places.arrive(new Peer({ group: 'd' }), 0), undefined)
    assert.deepEqual([cutOf(waiting), cuts, places.callers], [[1], ['pending'], 4])
    // it is no longer counted for its group
    assert.equal(places.arrive(new Peer({ group: 'b' }), 0), undefined)
  })
})

describe('a connection that is negotiated', () => {
  test('is not interrupted by those that say nothing, whatever their number', () => {
    const { places } = house()
    const speaking = ['a', 'a', 'a'].map(group => new Peer({ group }))
    for (const caller of speaking) {
      assert.equal(places.arrive(caller, 0), undefined)
      caller.spoken = true
    }
    const silent = Array.from({ length: 10 }, (_, n) => new Peer({ group: `s${n}` }))
    for (const caller of silent) assert.equal(places.arrive(caller, 0), undefined)
    assert.deepEqual([cutOf(speaking), cutOf(silent)], [[], [0, 1, 2, 3, 4, 5, 6, 7, 8]])
    for (const caller of silent) caller.spoken = true
    assert.equal(places.arrive(new Peer({ group: 'b' }), 0), undefined)
    assert.deepEqual(cutOf(speaking), [0])
  })
})

describe('a peer that is known', () => {
  test('is a relay of a mailbox here: strangers leave it its places, however many they are', () => {
    const { places, seated } = house()
    const strangers = seated(80)
    // as many more as like to come
    seated(100)
    assert.equal(places.guests, 80)
    const relays = seated(20, { rank: ranks.replica })
    assert.equal(places.guests, 100)
    const more = seated(5, { rank: ranks.replica })
    assert.deepEqual([cutOf(relays), cutOf(more), places.guests], [[], [], 100])
    assert.equal(cutOf(strangers).length, 80)
  })

  test('is an owner: neither strangers nor more strangers than that keep it out', () => {
    const { places, seated } = house()
    seated(80)
    const owners = seated(30, { rank: ranks.owner })
    seated(200)
    assert.deepEqual(cutOf(owners), [])
    assert.equal(places.guests, 90)
  })

  test('is a stranger and becomes an owner: from then on no stranger takes its place', () => {
    const { seated } = house()
    const owner = seated(1, {}, 1)[0] as Peer
    seated(79)
    owner.standing = ranks.owner
    seated(500, {}, 2)
    assert.equal(owner.isCut, false)
  })

  test('is a stranger among owners: it takes no place of theirs', () => {
    const { places, seated } = house()
    const owners = seated(90, { rank: ranks.owner })
    assert.equal(places.seat(new Peer(), 0), 'full')
    assert.deepEqual(cutOf(owners), [])
    const relay = new Peer({ rank: ranks.replica })
    assert.equal(places.seat(relay, 0), undefined)
  })

  test('is an owner among owners: it takes the place of one whose group has many, or of none', () => {
    const { places, seated } = house()
    seated(80, { rank: ranks.owner })
    const many = seated(10, { rank: ranks.owner, group: 'many' })
    assert.equal(places.seat(new Peer({ rank: ranks.owner, group: 'new' }), 0), undefined)
    assert.deepEqual(cutOf(many), [0])
    assert.equal(places.seat(new Peer({ rank: ranks.owner, group: 'many' }), 0), 'full')
  })

  test('takes the place of a stranger that does nothing, then of the largest group, then of the oldest', () => {
    const { places, seated } = house()
    const nowMs = 10 * negotiationMs
    const [oldest] = seated(1, { group: 'old' })
    const idle = seated(1, { group: 'idle', streams: 0 })
    const many = seated(2, { group: 'many' }, 5)
    const others = seated(76, {}, 10)
    const next = (group: string): unknown => places.seat(new Peer({ group, streams: 1 }), nowMs)
    next('x')
    assert.deepEqual([cutOf(idle), cutOf(many)], [[0], []])
    next('y')
    assert.deepEqual([cutOf(many), oldest?.isCut], [[0], false])
    next('z')
    assert.deepEqual([cutOf(many), oldest?.isCut, cutOf(others)], [[0], true, []])
  })

  test('was dialled by this node: it is never refused, and leaves after those that came', () => {
    const { places, seated } = house()
    const dialled = seated(1, { isOurs: true })
    seated(89, { rank: ranks.owner })
    const more = new Peer({ isOurs: true })
    assert.equal(places.seat(more, 0), undefined)
    assert.deepEqual([cutOf(dialled), places.guests], [[0], 90])
    assert.equal(places.seat(new Peer({ isOurs: true, rank: ranks.owner }), 0), undefined)
  })

  test('has not had a stream for long: it goes, and those that have had one stay', () => {
    const { places, cuts, seated } = house()
    const [idle, busy, late] = [...seated(2, { streams: 0 }), ...seated(1, { streams: 0 }, 1)] as [Peer, Peer, Peer]
    busy.open = 1
    places.look(connectionIdleMs - 1)
    busy.open = 0
    places.look(connectionIdleMs)
    assert.deepEqual([idle.isCut, busy.isCut, late.isCut, cuts], [true, false, false, ['idle']])
    places.look(2 * connectionIdleMs - 1)
    assert.deepEqual([busy.isCut, late.isCut, places.guests], [true, true, 0])
  })
})
