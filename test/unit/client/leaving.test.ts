/** A relay says that it is leaving; a mailbox whose relays the client chose goes to another one (SPEC §10.8). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import type { WatchEvent } from '../../../src/client/watch.ts'
import { Status } from '../../../src/errors.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import { moveRetryMs, repairSettleMs } from '../../../src/limits.ts'
import { sound, World } from '../../helpers/clients.ts'
import { signInvite } from '../../../src/identity/invite.ts'
import { RelayHost, RelayWorld } from '../../helpers/relays.ts'

interface Scene {
  readonly world: RelayWorld
  readonly bob: PrivateIdentity
  readonly mailbox: Mailbox
}

/** A mailbox on relays that the client chose. */
async function scene(t: TestContext, relays = 4, want: { standby?: number } = { standby: 0 }): Promise<Scene> {
  const world = await RelayWorld.start(relays)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  const mailbox = await world.mailbox(bob)
  await mailbox.register({ active: 3, ...want })
  return { world, bob, mailbox }
}

const listed = (mailbox: Mailbox): string[] =>
  mailbox.relays.filter(({ role }) => role !== 'former').map(({ id }) => id)
const idsOf = (hosts: readonly RelayHost[]): string[] => hosts.map(host => host.address.id)

/** Of the mailbox's relays, the one at this place of its locator. */
function hostAt({ world, mailbox }: Scene, place: number): RelayHost {
  const host = world.hosts.find(({ address }) => address.id === listed(mailbox)[place])
  assert.ok(host !== undefined)
  return host
}

for (const [name, standby] of [
  ['no standby: a fourth relay', 0],
  ['a standby: it', 1]
] as const) {
  test(`of four relays one leaves, with ${name} takes its place at the next pull, and nothing is lost`, async t => {
    const here = await scene(t, 4, { standby })
    const { world, bob, mailbox } = here
    const leaving = hostAt(here, 1)
    const alice = await world.mailbox()
    const sent: string[] = []
    const send = async (): Promise<void> => {
      const { id, state } = await alice.send(mailbox.address, `message ${sent.length}`)
      assert.equal(state, 'stored')
      sent.push(id)
    }
    await send()
    const record = await world.peer().record(leaving, bob.key)
    leaving.relay.drain(true)
    await send()

    const others = world.hosts.filter(host => host !== leaving)
    const report = await mailbox.inbox.pull()
    const [moved] = report.leaving
    assert.deepEqual([moved?.relay, moved?.outcome], [leaving.address.id, 'moved'])
    assert.deepEqual(listed(mailbox).sort(), idsOf(others).sort())
    assert.deepEqual(
      mailbox.relays.filter(({ role }) => role === 'active').length,
      3,
      'as many active relays as before'
    )
    await send()
    world.clock.advance(repairSettleMs)
    assert.equal((await world.peer().deposit(leaving, record)).status, Status.MOVED)
    assert.equal(leaving.relay.stats().listing, 0)

    const after = await mailbox.inbox.pull()
    assert.deepEqual([after.complete, after.leaving], [true, []])
    const ids = (await sound(mailbox.inbox.list())).map(message => message.id)
    assert.deepEqual(ids.sort(), sent.sort())
  })
}

test('a registration moves away as well', async t => {
  const here = await scene(t)
  const leaving = hostAt(here, 0)
  leaving.relay.drain(true)
  const { relays, leaving: came } = await here.mailbox.register()
  assert.equal(came[0]?.outcome, 'moved')
  assert.deepEqual(relays.map(({ id }) => id).sort(), listed(here.mailbox).sort())
  assert.ok(!listed(here.mailbox).includes(leaving.address.id))
})

test('where the owner listed the relays nothing moves, and each answer says why', async t => {
  const here = await scene(t)
  const { world, mailbox } = here
  const mine = world.hosts.slice(0, 3)
  await mailbox.register({ relays: mine.map(host => host.address), active: 3, standby: 0 })
  world.host(2).relay.drain(true)
  const byHand = [{ relay: world.host(2).address.id, outcome: 'by-hand' }]
  assert.deepEqual((await mailbox.inbox.pull()).leaving, byHand)
  assert.deepEqual((await mailbox.register()).leaving, byHand)
  const status = await mailbox.status()
  assert.deepEqual(status.leaving, byHand)
  assert.deepEqual(
    status.relays.map(({ draining }) => draining),
    [false, false, true]
  )
  assert.deepEqual(listed(mailbox), idsOf(mine))
})

test('without another relay everything stays as it is, and it is tried again later', async t => {
  const here = await scene(t, 4)
  const { world, mailbox } = here
  const before = listed(mailbox)
  const spare = world.hosts.find(({ address }) => !before.includes(address.id))
  spare?.relay.drain(true)
  hostAt(here, 2).relay.drain(true)
  const failed = [{ relay: before[2], outcome: 'failed', code: 'NO_RELAY' }]
  assert.deepEqual((await mailbox.inbox.pull()).leaving, failed)
  assert.deepEqual(listed(mailbox), before)
  spare?.relay.drain(false)
  assert.deepEqual((await mailbox.inbox.pull()).leaving, failed)
  world.clock.advance(moveRetryMs)
  assert.equal((await mailbox.inbox.pull()).leaving[0]?.outcome, 'moved')
  assert.deepEqual(listed(mailbox)[2], spare?.address.id)
})

test('when the new relay refuses, no other relay is told anything', async t => {
  const world = new World(4)
  t.after(async () => {
    await world.close()
  })
  const mailbox = await world.mailbox()
  await mailbox.register({ active: 3, standby: 0 })
  const before = listed(mailbox)
  const at = (id: string | undefined): World['relays'][number] | undefined =>
    world.relays.find(({ address }) => address.id === id)
  const spare = world.relays.find(({ address }) => !before.includes(address.id))
  assert.ok(spare !== undefined)
  spare.fault = call => (call === 'register' ? Status.POLICY : undefined)
  const leaving = at(before[0])
  assert.ok(leaving !== undefined)
  leaving.draining = true
  const asked = before.map(id => at(id)?.count('register'))
  assert.deepEqual((await mailbox.inbox.pull()).leaving, [{ relay: before[0], outcome: 'failed', code: 'POLICY' }])
  assert.deepEqual(
    before.map(id => at(id)?.count('register')),
    asked
  )
  assert.deepEqual(listed(mailbox), before)
})

test('of two that are leaving, one is replaced at each connect', async t => {
  const here = await scene(t, 5)
  const { mailbox } = here
  const [first, second] = [hostAt(here, 0), hostAt(here, 2)]
  for (const host of [first, second]) host.relay.drain(true)
  assert.deepEqual(
    (await mailbox.inbox.pull()).leaving.map(({ outcome }) => outcome),
    ['moved', 'waiting']
  )
  assert.deepEqual(
    (await mailbox.inbox.pull()).leaving.map(({ outcome }) => outcome),
    ['moved']
  )
  const [one, other] = idsOf([first, second])
  assert.ok(!listed(mailbox).some(id => id === one || id === other))
})

test('a relay that stays after all is left alone', async t => {
  const here = await scene(t)
  const before = listed(here.mailbox)
  const host = hostAt(here, 0)
  host.relay.drain(true)
  await here.mailbox.status()
  host.relay.drain(false)
  assert.deepEqual((await here.mailbox.inbox.pull()).leaving, [])
  assert.deepEqual(listed(here.mailbox), before)
})

test('a watch tells of the move once, and follows the new relay', async t => {
  const here = await scene(t)
  const { world, bob, mailbox } = here
  const leaving = hostAt(here, 0)
  const spare = world.hosts.find(({ address }) => !listed(mailbox).includes(address.id))
  assert.ok(spare !== undefined)
  leaving.relay.drain(true)
  const stop = new AbortController()
  const events = mailbox.inbox.watch({ signal: stop.signal })
  const seen: WatchEvent[] = []
  const next = async (isIt: (event: WatchEvent) => boolean): Promise<WatchEvent> => {
    // bounded by the watch: the test's deadline ends it
    for await (const event of { [Symbol.asyncIterator]: () => ({ next: async () => await events.next() }) }) {
      seen.push(event)
      if (isIt(event)) return event
    }
    throw new assert.AssertionError({ message: 'the watch ended' })
  }
  await next(event => event.type === 'leaving')
  await next(event => event.type === 'online' && event.relay === spare.address.id)
  // only the new relay holds it: the watch has it from there
  const record = await world.peer().record(spare, bob.key)
  assert.equal((await world.peer().deposit(spare, record)).status, Status.OK)
  await next(event => event.type === 'message')
  stop.abort()
  await events.return()
  assert.deepEqual(
    seen.filter(event => event.type === 'leaving'),
    [{ type: 'leaving', relay: leaving.address.id, outcome: 'moved', by: spare.address.id }]
  )
})

test('an invite that was given before is shown to the relay that takes the place of one that leaves', async t => {
  const { world, mailbox, ...here } = await scene(t, 3)
  const invited = new RelayHost(world.network, { registration: 'invite' })
  world.hosts.push(invited)
  await invited.start()
  // out of reach when the invite is given, so that it is not used
  invited.node.stop()
  const invite = await signInvite(invited.identity, { id: new Uint8Array(16).fill(7), expiresHour: world.nowHour + 24 })
  await mailbox.register({ invites: [invite] })
  invited.node.start()
  const leaving = hostAt({ world, mailbox, ...here }, 0)
  leaving.relay.drain(true)
  const [first] = (await mailbox.inbox.pull()).leaving
  assert.deepEqual([first?.outcome, first?.outcome === 'moved' ? first.by : undefined], ['moved', invited.address.id])
  assert(listed(mailbox).includes(invited.address.id))
})
