import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toString } from 'uint8arrays'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { all, BreakableLevel, sound, World } from '../../helpers/clients.ts'

test('a message left for someone who is away is there when they come back, once, verified, and then gone from the relays', async t => {
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const bobIdentity = generateIdentity()
  const store = new BreakableLevel()
  const first = await world.registered({ identity: bobIdentity, store })
  await first.close()
  const alice = await world.mailbox()
  const sent = await alice.send(bobIdentity.address, 'hello', { subject: 'greeting' })
  assert.equal(sent.state, 'stored')
  const receipts = await sent.stored()
  assert.ok(receipts.relays.length >= 2)
  const bob = await world.mailbox({ identity: bobIdentity, store })
  const report = await bob.inbox.pull()
  assert.deepEqual(
    { received: report.received, failed: report.failed, complete: report.complete },
    { received: 1, failed: [], complete: true }
  )
  const [message, ...more] = await sound(bob.inbox.list())
  assert.equal(more.length, 0)
  assert.equal(message?.from, alice.address)
  assert.equal(message.to, bob.address)
  assert.equal(message.id, sent.id)
  assert.equal(toString(message.body), 'hello')
  assert.equal(message.contentType, 'text/plain')
  assert.equal(message.subject, 'greeting')
  assert.deepEqual(
    world.relays.map(relay => relay.entries.length),
    [0, 0, 0]
  )
  const [copy] = await sound(alice.sentbox.list())
  assert.equal(copy?.id, sent.id)
  assert.equal(toString(copy.body), 'hello')
  assert.equal(copy.receipts.length, receipts.relays.length)
  assert.deepEqual(await all(alice.outbox.list()), [])
})
