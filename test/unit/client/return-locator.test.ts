/** Messages carry their sender's locator: who has heard from somebody finds it again whatever the network says (SPEC §7.5). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import { msPerHour } from '../../../src/environment.ts'
import { Status } from '../../../src/errors.ts'
import { openBundle, pickKey } from '../../../src/identity/bundle.ts'
import { seal } from '../../../src/identity/envelope.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import { cacheHours, locatorValidHours } from '../../../src/limits.ts'
import { LocatorRequest, LocatorResponse } from '../../../src/wire/messages.js'
import { protocols } from '../../../src/wire/port.ts'
import { locatorOf } from '../../helpers/neighbourhood.ts'
import { RelayWorld } from '../../helpers/relays.ts'

class Scene {
  readonly world: RelayWorld
  readonly aliceKey = generateIdentity()
  readonly bobKey = generateIdentity()
  /** Questions for a locator since the relays were captured. */
  asked = 0

  constructor(world: RelayWorld) {
    this.world = world
  }

  async open(identity: PrivateIdentity, ...at: number[]): Promise<Mailbox> {
    const mailbox = await this.world.mailbox(identity)
    await this.move(mailbox, ...at)
    return mailbox
  }

  async move(mailbox: Mailbox, ...to: number[]): Promise<void> {
    const relays = to.map(at => this.world.host(at).address)
    await mailbox.register({ relays, active: to.length, standby: 0 })
  }

  /** From now on every relay that is asked where a mailbox is lies: it says `status`, with `locator` if one is given. */
  async capture(status: number, locator?: Uint8Array): Promise<void> {
    const lie = { status, retryAfterMs: 0, limit: 0, want: [], ...(locator === undefined ? {} : { locator }) }
    for (const { node } of this.world.hosts) {
      await node.responder.unhandle(protocols.locator)
      await node.responder.handle(protocols.locator, async request => {
        if (LocatorRequest.decode(request).get !== undefined) this.asked++
        return await Promise.resolve(LocatorResponse.encode(lie))
      })
    }
  }

  /** A message of Alice's to Bob that carries these bytes as her locator, on relay `at`. */
  async letter(at: number, returnLocator: Uint8Array): Promise<void> {
    const { world, bobKey } = this
    const host = world.host(at)
    const { bundle } = await world.peer().info(host, bobKey.key)
    assert.ok(bundle !== undefined)
    const { record } = await seal({
      mailbox: bobKey.key,
      key: pickKey(await openBundle(bundle, { mailbox: bobKey.key, nowHour: world.nowHour }), world.nowHour),
      sender: this.aliceKey,
      message: {
        contentType: 'text/plain',
        body: new Uint8Array(1),
        createdMs: world.clock.now(),
        returnLocator
      },
      expiresHour: world.nowHour + 24,
      random: world.clock.random
    })
    assert.equal((await world.peer().deposit(host, record)).status, Status.OK)
  }
}

async function scene(t: TestContext, relays: number): Promise<Scene> {
  const world = await RelayWorld.start(relays)
  t.after(async () => {
    await world.close()
  })
  return new Scene(world)
}

/** Alice and Bob have mailboxes on relays 0 to 2, and Bob has read a message of hers. */
async function acquainted(t: TestContext, relays: number = 3): Promise<{ here: Scene; alice: Mailbox; bob: Mailbox }> {
  const here = await scene(t, relays)
  const [alice, bob] = [await here.open(here.aliceKey, 0, 1, 2), await here.open(here.bobKey, 0, 1, 2)]
  assert.equal((await alice.send(bob.address, 'hello')).state, 'stored')
  await bob.inbox.pull()
  return { here, alice, bob }
}

test('an answer needs no lookup: the message brought its sender’s locator', async t => {
  const { here, alice, bob } = await acquainted(t)
  await here.capture(Status.NO_MAILBOX)
  assert.equal((await bob.send(alice.address, 'hello yourself')).state, 'stored')
  assert.equal(here.asked, 0)
})

test('with every relay saying that there is no mailbox a stranger’s message waits, and is not failed', async t => {
  const { here, alice } = await acquainted(t)
  await here.capture(Status.NO_MAILBOX)
  const stranger = await here.world.mailbox()
  assert.equal((await stranger.send(alice.address, 'hello')).state, 'no-mailbox')
  assert.ok(here.asked > 0)
})

for (const [what, status] of [
  ['that there is no mailbox', Status.NO_MAILBOX],
  ['nothing of use', Status.UNAVAILABLE]
] as const) {
  test(`weeks later a contact is reached although every relay says ${what}`, async t => {
    const { here, alice, bob } = await acquainted(t)
    here.world.clock.advance((cacheHours + 20 * 24) * msPerHour)
    await here.capture(status)
    assert.equal((await bob.send(alice.address, 'are you there?')).state, 'stored')
    assert.ok(here.asked > 0)
  })
}

test('a contact that has moved is reached through its former relays, with every relay lying about where it is', async t => {
  const { here, alice, bob } = await acquainted(t, 6)
  const old = await here.world.peer().info(here.world.host(0), here.aliceKey.key)
  here.world.clock.advance((cacheHours + 1) * msPerHour)
  await here.move(alice, 3, 4, 5)
  await alice.inbox.pull()
  await here.capture(Status.OK, old.locator)
  assert.equal((await bob.send(alice.address, 'found you')).state, 'stored')
  assert.equal((await alice.inbox.pull()).received, 1)
})

test('so is one whose last locator known here is past its validity', async t => {
  const { here, alice, bob } = await acquainted(t, 6)
  here.world.clock.advance((locatorValidHours - 24) * msPerHour)
  await here.move(alice, 3, 4, 5)
  await alice.inbox.pull()
  here.world.clock.advance(48 * msPerHour)
  await here.capture(Status.NO_MAILBOX)
  assert.equal((await bob.send(alice.address, 'found you')).state, 'stored')
})

test('a locator of a former time, in a message that was late, replaces none that is newer (G8)', async t => {
  const { here, alice, bob } = await acquainted(t, 4)
  const { locator: old } = await here.world.peer().info(here.world.host(0), here.aliceKey.key)
  assert.ok(old !== undefined)
  await here.move(alice, 1, 2, 3)
  assert.equal((await alice.send(bob.address, 'from my new relays')).state, 'stored')
  await bob.inbox.pull()
  await here.letter(0, old)
  assert.equal((await bob.inbox.pull()).received, 1)
  await here.capture(Status.NO_MAILBOX)
  here.world.host(0).node.stop()
  assert.equal((await bob.send(alice.address, 'x')).state, 'stored')
  const notes = await bob.sentbox.list()[Symbol.asyncIterator]().next()
  assert.ok(notes.done !== true && 'receipts' in notes.value)
  assert.ok(!JSON.stringify(notes.value.receipts).includes(here.world.host(0).address.id))
})

test('what is not the sender’s own locator, or none, is passed over and the message is delivered', async t => {
  const { here, alice, bob } = await acquainted(t)
  const carol = await locatorOf(generateIdentity(), 9, here.world.clock.now())
  await here.letter(0, carol.bytes)
  await here.letter(0, new Uint8Array(700).fill(255))
  assert.equal((await bob.inbox.pull()).received, 2)
  await here.capture(Status.NO_MAILBOX)
  assert.equal((await bob.send(alice.address, 'still there')).state, 'stored')
})

test('a locator that came in an old message serves when nobody gives one, and does not save the lookup', async t => {
  const here = await scene(t, 3)
  const [alice, bob] = [await here.open(here.aliceKey, 0, 1, 2), await here.open(here.bobKey, 0, 1, 2)]
  assert.equal((await alice.send(bob.address, 'hello')).state, 'stored')
  here.world.clock.advance((cacheHours + 1) * msPerHour)
  await bob.inbox.pull()
  await here.capture(Status.NO_MAILBOX)
  assert.equal((await bob.send(alice.address, 'sorry, I was away')).state, 'stored')
  assert.ok(here.asked > 0)
})
