/** A mailbox that changes its relays loses nothing, and says what it does not know (SPEC §10.7). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import { Status } from '../../../src/errors.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import { formerLocatorsMax, repairSettleMs } from '../../../src/limits.ts'
import { sound } from '../../helpers/clients.ts'
import { RelayWorld, type Peer, type RelayHost } from '../../helpers/relays.ts'

interface Scene {
  readonly world: RelayWorld
  readonly bob: PrivateIdentity
  readonly mailbox: Mailbox
  readonly peer: Peer
}

/** Relays 0, 1 and 2 of `relays` host Bob. */
async function scene(t: TestContext, relays = 4): Promise<Scene> {
  const world = await RelayWorld.start(relays)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  const mailbox = await world.mailbox(bob)
  await move({ world, mailbox }, 0, 1, 2)
  return { world, bob, mailbox, peer: world.peer() }
}

async function move({ world, mailbox }: Pick<Scene, 'world' | 'mailbox'>, ...to: number[]): Promise<void> {
  await mailbox.register({ relays: to.map(at => world.host(at).address), active: to.length, standby: 0 })
}

async function deposited({ world, bob, peer }: Scene, ...hosts: number[]): Promise<void> {
  const record = await peer.record(world.host(hosts[0] ?? 0), bob.key)
  for (const at of hosts) assert.equal((await peer.deposit(world.host(at), record)).status, Status.OK)
}

const outOfReach = (hosts: RelayHost[], isOut: boolean): void => {
  for (const { node } of hosts)
    if (isOut) node.stop()
    else node.start()
}

for (const away of [[0], [1], [2], [3]]) {
  test(`G3: a message that only former relays confirmed is found with relay ${away.join()} of four away`, async t => {
    const here = await scene(t)
    await deposited(here, 0, 2)
    await move(here, 0, 1, 3)
    outOfReach(
      away.map(at => here.world.host(at)),
      true
    )
    const { received, complete } = await here.mailbox.inbox.pull()
    assert.deepEqual([received, complete], [1, true])
  })
}

test('G3: answers that meet no quorum of the former relays are not complete', async t => {
  const here = await scene(t)
  await deposited(here, 0, 2)
  await move(here, 0, 1, 3)
  const away = [here.world.host(0), here.world.host(2)]
  outOfReach(away, true)
  assert.deepEqual(await pulled(here.mailbox), [0, false])
  outOfReach(away, false)
  assert.deepEqual(await pulled(here.mailbox), [1, true])
})

async function pulled(mailbox: Mailbox): Promise<[number, boolean]> {
  const { received, complete } = await mailbox.inbox.pull()
  return [received, complete]
}

test('a former relay answers MOVED, and is done with when nothing more can be on it', async t => {
  const here = await scene(t)
  const { world, bob, mailbox, peer } = here
  await deposited(here, 0, 2)
  const record = await peer.record(world.host(2), bob.key)
  await move(here, 0, 1, 3)
  assert.equal((await mailbox.status()).relays.length, 4)
  await mailbox.inbox.pull()
  assert.equal((await peer.deposit(world.host(2), record)).status, Status.MOVED)
  // the acks have reached it too
  assert.equal(world.host(2).relay.stats().records, 0)
  assert.deepEqual(
    (await mailbox.status()).relays.map(({ id }) => id).sort(),
    [0, 1, 3].map(at => world.host(at).address.id).sort()
  )
})

test('a relay that holds the new locator only later may have taken records under the old one', async t => {
  const here = await scene(t)
  const { world, mailbox } = here
  outOfReach([world.host(1)], true)
  await move(here, 0, 1, 3)
  outOfReach([world.host(1)], false)
  // Alice knows the old locator: relays 1 and 2 do as well
  await deposited(here, 1, 2)
  outOfReach([world.host(1), world.host(2)], true)
  assert.deepEqual(await pulled(mailbox), [0, false])
  outOfReach([world.host(1), world.host(2)], false)
  assert.deepEqual(await pulled(mailbox), [1, true])
})

test('G3: a change that failed may be in force sound the same: its relays are collected from', async t => {
  const here = await scene(t, 5)
  const [one, three, four] = [1, 3, 4].map(at => here.world.host(at)) as [RelayHost, RelayHost, RelayHost]
  outOfReach([one, three], true)
  await assert.rejects(move(here, 1, 3, 4), { code: 'TOO_FEW_RELAYS' })
  outOfReach([one, three], false)
  // relay 4 has granted it, and relay 1, which keeps the mailbox already, is told so
  await four.relay.repair(new AbortController().signal)
  await deposited(here, 1, 4)
  outOfReach([one], true)
  // two of the three that were asked answer: relay 3 that it has no such mailbox
  const { received, complete } = await here.mailbox.inbox.pull()
  assert.deepEqual([received, complete], [1, true])
  outOfReach([four], true)
  assert.equal((await here.mailbox.inbox.pull()).complete, false)

  // a later change is newer than the one that failed
  outOfReach([one, four], false)
  await move(here, 0, 1, 2)
  await here.mailbox.inbox.pull()
  await here.mailbox.inbox.pull()
  assert.deepEqual(
    here.mailbox.relays.map(({ role }) => role),
    ['active', 'active', 'active']
  )
})

test('a change that no relay has heard of leaves nothing behind', async t => {
  const here = await scene(t, 5)
  const away = [1, 3, 4].map(at => here.world.host(at))
  outOfReach(away, true)
  await assert.rejects(move(here, 1, 3, 4), { code: 'TOO_FEW_RELAYS' })
  assert.equal(here.mailbox.relays.length, 3)
})

test('relays are changed only so often without collecting', async t => {
  const here = await scene(t, 4 + formerLocatorsMax)
  for (let change = 0; change < formerLocatorsMax; change++) await move(here, 0, 1, 3 + change)
  await assert.rejects(move(here, 0, 1, 3 + formerLocatorsMax), { code: 'INCOMPLETE', limit: 'formerLocatorsMax' })
  // back on relays that mail may be on anyway
  await move(here, 0, 1, 3)
  await here.mailbox.inbox.pull()
  await here.mailbox.inbox.pull()
  await move(here, 0, 1, 3 + formerLocatorsMax)
})

test('G2: each of three relays is replaced while messages keep arriving, and none is lost', async t => {
  // the DHT names relays that answer; here three dead ones are asked too, and are not the half
  const here = await scene(t, 9)
  const { world, mailbox } = here
  const alice = await world.mailbox()
  const sent: string[] = []
  const send = async (): Promise<void> => {
    const { id, state } = await alice.send(mailbox.address, `message ${sent.length}`)
    assert.equal(state, 'stored')
    sent.push(id)
  }
  const listed = [0, 1, 2]
  for (const [place, next] of [3, 4, 5].entries()) {
    await send()
    const gone = world.host(place)
    // it dies with what it holds, and is replaced
    gone.node.stop()
    await send()
    listed[place] = next
    await move(here, ...listed)
    await send()
    const repaired = world.host(next).observed('repaired')
    world.clock.advance(repairSettleMs)
    await repaired
  }
  assert.equal((await mailbox.inbox.pull()).received, sent.length)
  const ids = (await sound(mailbox.inbox.list())).map(message => message.id)
  assert.deepEqual(ids.sort(), sent.sort())
})
