/** What a relay does for whom in a second: each budget, its name in a refusal, and who is not touched (SPEC §9.12). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Status } from '../../../src/errors.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import { depositFloorBurst, depositFloorPerSecond, limitName, unauthenticatedCallsMax } from '../../../src/limits.ts'
import { defaultLimits, type RelayLimits } from '../../../src/relay/options.ts'
import type { DepositResponse, Record } from '../../../src/wire/messages.js'
import { RelayWorld, type Peer } from '../../helpers/relays.ts'

interface Scene {
  readonly world: RelayWorld
  readonly bob: PrivateIdentity
  readonly record: Record
}

/** One relay with Bob's mailbox, and a record for him. The same record again costs as much and takes no room (G6). */
async function scene(t: TestContext, limits: Partial<RelayLimits>, relays: number = 1): Promise<Scene> {
  const world = await RelayWorld.start(relays, limits)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  await world.registered(bob)
  return { world, bob, record: await world.peer('192.0.2.200').record(world.host(0), bob.key) }
}

async function deposits({ world, record }: Scene, peer: Peer, times: number): Promise<DepositResponse[]> {
  const host = world.host(0)
  return await Promise.all(Array.from({ length: times }, async () => await peer.deposit(host, record)))
}

const oks = (answers: readonly DepositResponse[]): number => answers.filter(({ status }) => status === Status.OK).length

function refusedBy(answers: readonly DepositResponse[], limit: string): number {
  const refused = answers.filter(({ status }) => status !== Status.OK)
  for (const answer of refused) {
    assert.equal(answer.status, Status.BUSY)
    assert.equal(limitName(answer.limit), limit)
    assert.ok(answer.retryAfterMs > 0)
  }
  return refused.length
}

test('a peer has its deposits at once and then its rate, whatever streams it opens', async t => {
  const at = await scene(t, { peerDepositsPerSecond: 4 })
  const peer = at.world.peer('192.0.2.1')
  const first = await deposits(at, peer, 15)
  assert.equal(oks(first), 10)
  assert.equal(refusedBy(first, 'peerDepositsPerSecondMax'), 5)
  assert.equal(first.at(-1)?.retryAfterMs, 250)
  at.world.host(0).node.stop()
  at.world.host(0).node.start()
  assert.equal(refusedBy(await deposits(at, peer, 1), 'peerDepositsPerSecondMax'), 1)
  at.world.clock.advance(1_000)
  assert.equal(oks(await deposits(at, peer, 5)), 4)
})

test('peers of one group share its rate; another group has its own', async t => {
  const at = await scene(t, { peerDepositsPerSecond: 4, groupDepositsPerSecond: 10 })
  const answers: DepositResponse[] = []
  for (let n = 0; n < 30; n++) answers.push(...(await deposits(at, at.world.peer('192.0.2.1'), 1)))
  assert.equal(oks(answers), 20)
  assert.equal(refusedBy(answers, 'groupDepositsPerSecondMax'), 10)
  assert.equal(oks(await deposits(at, at.world.peer('192.0.2.2'), 10)), 10)
})

test('peers whose address is not known have no group to share', async t => {
  const at = await scene(t, { peerDepositsPerSecond: 4, groupDepositsPerSecond: 1 })
  for (let n = 0; n < 5; n++) assert.equal(oks(await deposits(at, at.world.peer(), 4)), 4)
})

test('a mailbox has its rate, and a group its floor in a mailbox that others flood', async t => {
  const at = await scene(t, { mailboxDepositsPerSecond: 10 })
  const flood = await deposits(at, at.world.peer('192.0.2.1'), 60)
  assert.equal(oks(flood), 20 + depositFloorBurst)
  refusedBy(flood, 'mailboxDepositsPerSecondMax')
  const honest = at.world.peer('192.0.2.2')
  assert.equal(oks(await deposits(at, honest, depositFloorBurst)), depositFloorBurst)
  assert.equal(oks(await deposits(at, honest, 1)), 0)
})

test('G10: a flood by one group leaves other groups their floor, and another mailbox what it has', async t => {
  const at = await scene(t, { depositsPerSecond: 20 })
  const carol = generateIdentity()
  await at.world.registered(carol)
  const flood = await deposits(at, at.world.peer('192.0.2.1'), 100)
  assert.equal(oks(flood), 40 + depositFloorBurst)
  refusedBy(flood, 'depositsPerSecondMax')
  const honest = at.world.peer('192.0.2.2')
  const letter = await honest.record(at.world.host(0), carol.key)
  assert.equal((await honest.deposit(at.world.host(0), letter)).status, Status.OK)
  // on and on
  for (let second = 0; second < 20; second++) {
    at.world.clock.advance(1_000 / depositFloorPerSecond)
    await deposits(at, at.world.peer('192.0.2.1'), 60)
    assert.equal(oks(await deposits(at, honest, 1)), 1, `second ${second}`)
  }
})

test('G10: a thousand fresh peers of one group get one group’s share, and an honest group everything it asks', async t => {
  const { peerDepositsPerSecond, groupDepositsPerSecond, depositsPerSecond, mailboxDepositsPerSecond } = defaultLimits
  const at = await scene(t, {
    peerDepositsPerSecond,
    groupDepositsPerSecond,
    depositsPerSecond,
    mailboxDepositsPerSecond
  })
  const answers: DepositResponse[] = []
  for (let n = 0; n < 1_000; n++) answers.push(...(await deposits(at, at.world.peer('2001:db8:1:aa00::/56'), 1)))
  assert.equal(oks(answers), 2 * groupDepositsPerSecond)
  refusedBy(answers, 'groupDepositsPerSecondMax')
  assert.equal(oks(await deposits(at, at.world.peer('192.0.2.2'), 50)), 50)
})

test('bytes of a peer count, whatever they ask for', async t => {
  const at = await scene(t, { peerBytesPerSecond: 10_000 })
  const big = await at.world.peer().record(at.world.host(0), at.bob.key, { body: new Uint8Array(7_000) })
  const peer = at.world.peer('192.0.2.1')
  assert.equal(oks(await deposits({ ...at, record: big }, peer, 2)), 2)
  refusedBy(await deposits({ ...at, record: big }, peer, 1), 'peerBytesPerSecondMax')
  const { status } = await peer.info(at.world.host(0), at.bob.key)
  assert.equal(status, Status.OK, 'what is left serves a small request')
})

test('requests of any kind count, and who goes on although it is refused is cut off', async t => {
  const at = await scene(t, { requestsPerSecond: 10 })
  const peer = at.world.peer('192.0.2.1')
  const host = at.world.host(0)
  const answers: DepositResponse[] = []
  await assert.rejects(
    async () => {
      for (let n = 0; n < 200; n++) answers.push(await peer.info(host, at.bob.key))
    },
    { code: 'DISCONNECTED' }
  )
  // 50 at once, of which each of these takes 2; then as many refusals
  assert.equal(oks(answers), 25)
  const refused = refusedBy(answers, 'requestsPerSecondMax')
  assert.ok(refused >= 40 && refused <= 60, String(refused))
  // and on a new stream as well, until it has waited
  await assert.rejects(peer.info(host, at.bob.key), { code: 'DISCONNECTED' })
  at.world.clock.advance(10_000)
  assert.equal((await peer.info(host, at.bob.key)).status, Status.OK)
})

test('what another relay of the mailbox forwards has no budget of a peer, of a group or of senders', async t => {
  const at = await scene(t, { peerDepositsPerSecond: 1, groupDepositsPerSecond: 1, mailboxDepositsPerSecond: 5 }, 3)
  // several senders at each relay, so that each of the three is given what two others were
  for (let n = 0; n < 15; n++) {
    const host = at.world.host(n % 3)
    const { status, receipts } = await at.world.peer().deposit(host, at.record, { fanOut: true })
    assert.equal(status, Status.OK)
    assert.equal(receipts.length, 3)
  }
})

test('a relay says what rates it has before anything is sent', async t => {
  const at = await scene(t, { peerDepositsPerSecond: 7, groupDepositsPerSecond: 8, mailboxDepositsPerSecond: 9 })
  const { relay } = await at.world.peer().info(at.world.host(0), at.bob.key)
  assert.equal(relay?.peerDepositsPerSecond, 7)
  assert.equal(relay.groupDepositsPerSecond, 8)
  assert.equal(relay.mailboxDepositsPerSecond, 9)
})

test('G10: an owner pulls, acks and is woken while strangers have used up all requests of its address', async t => {
  const at = await scene(t, { requestsPerSecond: 20 })
  const host = at.world.host(0)
  const owner = at.world.peer('192.0.2.1')
  assert.equal(await owner.prove(host, at.bob), Status.OK)
  assert.equal((await owner.deposit(host, at.record)).status, Status.OK)
  const statuses: number[] = []
  for (let n = 0; n < 10; n++) {
    const stranger = at.world.peer('192.0.2.1')
    for (let m = 0; m < 30; m++) statuses.push((await stranger.info(host, at.bob.key)).status)
  }
  assert.equal(statuses.at(-1), Status.BUSY)
  const { head } = (await owner.owner(host, { status: { mailbox: at.bob.key } })).mailbox ?? {}
  assert.equal((await owner.pulled(host, at.bob.key)).length, 1)
  assert.ok(head !== undefined)
  assert.equal((await owner.owner(host, { ack: { mailbox: at.bob.key, upTo: head } })).status, Status.OK)
  const page = await owner.owner(host, { subscribe: { mailbox: at.bob.key, recordsMax: 0, bytesMax: 0, waitMs: 1 } })
  assert.equal(page.page?.records.length, 1)
})

test('what an owner asks is bounded too, and a page counts by what is in it', async t => {
  const at = await scene(t, { requestsPerSecond: 5 })
  const host = at.world.host(0)
  const owner = at.world.peer()
  assert.equal(await owner.prove(host, at.bob), Status.OK)
  const answers = []
  for (let n = 0; n < 60; n++)
    answers.push(await owner.owner(host, { pull: { mailbox: at.bob.key, recordsMax: 0, bytesMax: 0 } }))
  const served = answers.filter(({ status }) => status === Status.OK).length
  // 50 at once, less what registering has cost
  assert.ok(served > 5 && served < 20, String(served))
  const last = answers.at(-1)
  assert.equal(last?.status, Status.BUSY)
  assert.equal(limitName(last.limit), 'requestsPerSecondMax')
  at.world.clock.advance(last.retryAfterMs)
  assert.equal((await owner.owner(host, { pull: { mailbox: at.bob.key, recordsMax: 0, bytesMax: 0 } })).status, 100)
})

test('peers that fail to authenticate use up what their group may fail; who has not failed is let in', async t => {
  const at = await scene(t, {})
  const host = at.world.host(0)
  const mallory = generateIdentity()
  // each fails once, as somebody who is not Bob
  const failing = Array.from({ length: unauthenticatedCallsMax }, () => at.world.peer('192.0.2.1'))
  for (const peer of failing) assert.equal(await peer.prove(host, mallory, { mailbox: at.bob.key }), Status.AUTH)
  for (const peer of failing) assert.equal(await peer.prove(host, mallory, { mailbox: at.bob.key }), Status.BUSY)
  assert.equal(await at.world.peer('192.0.2.1').prove(host, at.bob), Status.OK)
  assert.equal(await at.world.peer('192.0.2.2').prove(host, at.bob), Status.OK)
  at.world.clock.advance(1_000)
  assert.equal(await failing[0]?.prove(host, mallory, { mailbox: at.bob.key }), Status.AUTH)
  assert.equal(await failing[1]?.prove(host, mallory, { mailbox: at.bob.key }), Status.BUSY)
})
