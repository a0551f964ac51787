import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Mailbox } from '../../src/client/mailbox.ts'
import { requestsPerSenderMax } from '../../src/limits.ts'
import type { PrivateIdentity } from '../../src/identity/keys.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { BreakableLevel, sound, World } from '../helpers/clients.ts'
import { auditPeople } from '../helpers/people.ts'

type Standing = 'stranger' | 'known' | 'blocked'

/** What an owner's client should hold, by sender. */
class Model {
  readonly standings: Standing[] = ['stranger', 'stranger', 'stranger']
  readonly onRelays: string[][] = [[], [], []]
  readonly requests: string[][] = [[], [], []]
  readonly inbox: string[] = []

  pull(): void {
    for (const [who, waiting] of this.onRelays.entries()) {
      const standing = this.standings[who]
      const room = standing === 'stranger' ? requestsPerSenderMax - (this.requests[who]?.length ?? 0) : Infinity
      const taken = waiting.splice(0, Math.min(room, waiting.length))
      if (standing === 'known') this.inbox.push(...taken)
      if (standing === 'stranger') this.requests[who]?.push(...taken)
    }
  }

  become(who: number, standing: Standing): void {
    this.standings[who] = standing
    const requests = this.requests[who]?.splice(0) ?? []
    if (standing === 'known') this.inbox.push(...requests)
    if (standing === 'stranger') this.requests[who]?.push(...requests)
  }
}

interface Real {
  bob: Mailbox
  readonly senders: readonly Mailbox[]
  readonly invited: Set<number>
  sent: number
}

const who = fc.nat({ max: 2 })
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('send' as const), who, count: fc.constantFrom(1, 2, 15) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('pull' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constantFrom('accept' as const, 'block', 'unblock', 'forget', 'delete', 'invite'),
      who
    })
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restart' as const) }) }
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function textsOf(list: AsyncIterable<Parameters<typeof sound>[0] extends AsyncIterable<infer T> ? T : never>) {
  return (await sound(list)).map(({ body }) => Buffer.from(body).toString())
}

async function run(model: Model, real: Real, step: Step, reopen: () => Promise<Mailbox>): Promise<void> {
  if (step.type === 'pull') {
    model.pull()
    const { complete, waiting } = await real.bob.inbox.pull()
    const left = model.onRelays.flat().length
    assert.deepEqual([waiting?.messages ?? 0, complete], [left, left === 0])
    return
  }
  if (step.type === 'restart') {
    await real.bob.close()
    real.bob = await reopen()
    return
  }
  const sender = real.senders[step.who]
  assert.ok(sender !== undefined)
  if (step.type === 'send') {
    for (let n = 0; n < step.count; n++) {
      const text = `${step.who}: ${real.sent++}`
      await sender.send(real.bob.address, text)
      model.onRelays[step.who]?.push(text)
    }
    return
  }
  await decide(model, real, { type: step.type, who: step.who }, sender)
}

async function decide(
  model: Model,
  { bob, invited }: Real,
  { type, who }: { type: 'accept' | 'block' | 'unblock' | 'forget' | 'delete' | 'invite'; who: number },
  sender: Mailbox
): Promise<void> {
  const { address } = sender
  const standing = model.standings[who]
  if (type === 'accept') {
    if (standing === 'blocked') await assert.rejects(bob.requests.accept(address), { code: 'CONTACT' })
    else {
      await bob.requests.accept(address)
      model.become(who, 'known')
    }
  }
  if (type === 'block') {
    await bob.requests.block(address)
    model.become(who, 'blocked')
  }
  if (type === 'unblock' && standing === 'blocked') {
    await bob.contacts.unblock(address)
    // a contact and a known address are so again
    const known = (await bob.contacts.get(address)) !== undefined
    if (known) await bob.contacts.remove(address)
    else {
      await bob.contacts.add({ address, name: `sender ${who}` })
      await bob.contacts.remove(address)
    }
    model.become(who, 'stranger')
  }
  if (type === 'forget' && standing === 'known') {
    if ((await bob.contacts.get(address)) === undefined) await bob.contacts.add({ address, name: `sender ${who}` })
    await bob.contacts.remove(address)
    model.become(who, 'stranger')
  }
  if (type === 'delete') {
    const requests = (await sound(bob.requests.list({ from: address }))).map(({ id }) => id)
    await bob.requests.delete(requests)
    model.requests[who]?.splice(0)
  }
  if (type === 'invite' && standing === 'stranger' && !invited.has(who)) {
    invited.add(who)
    await sender.invitations.accept((await bob.invitations.create()).uri, { name: 'Bob' })
    await sender.send(bob.address, `${who}: invited`)
    model.onRelays[who]?.push(`${who}: invited`)
    // what waits of the sender is taken by the second
    for (let round = 0; round < 2; round++) await bob.inbox.pull()
    model.standings[who] = 'known'
    model.pull()
    model.become(who, 'known')
  }
}

test('G4: whatever strangers send and their owner decides, each message is where the decision puts it, and none is lost', async t => {
  const world = new World(3)
  t.after(async () => {
    await world.close()
  })
  const people = Array.from({ length: 3 }, (): PrivateIdentity => generateIdentity())
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 25 }), async steps => {
      for (const relay of world.relays) relay.wipe()
      const [identity, store] = [generateIdentity(), new BreakableLevel()]
      const reopen = async (): Promise<Mailbox> => await world.mailbox({ identity, store, strangers: 'requests' })
      const senders = await Promise.all(people.map(async one => await world.mailbox({ identity: one })))
      const real: Real = { bob: await reopen(), senders, invited: new Set(), sent: 0 }
      await real.bob.register()
      const model = new Model()
      for (const one of steps) {
        await run(model, real, one, reopen)
        assert.deepEqual((await textsOf(real.bob.inbox.list())).toSorted(), model.inbox.toSorted())
        assert.deepEqual((await textsOf(real.bob.requests.list())).toSorted(), model.requests.flat().toSorted())
      }
      await auditPeople(store, identity)
      await Promise.all(
        [real.bob, ...senders].map(async mailbox => {
          await mailbox.close()
        })
      )
    }),
    { numRuns: 25, interruptAfterTimeLimit: 60_000 }
  )
})
