/**
 * What a sender can learn from answers (SPEC §7.2 check 7, §7.4): whether a record is new, held or acked is in none of
 * their bytes. Each is compared with the answer to a record that is new at that moment.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { msPerHour } from '../../../src/environment.ts'
import { Status } from '../../../src/errors.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { recordId } from '../../../src/identity/record.ts'
import { createTombstone } from '../../../src/identity/tombstone.ts'
import { DepositResponse, Receipt, ReceiptBody } from '../../../src/wire/messages.js'
import { RelayWorld, type Peer, type RelayHost } from '../../helpers/relays.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** All of an answer but what must differ: the record's id, and what is signed and hashed over it. Order is of arrival. */
function visible(answer: DepositResponse): unknown {
  const receipts = answer.receipts.map(receipt => {
    const { recordId: id, mailbox, ...body } = ReceiptBody.decode(receipt.body)
    const { relay, path, signature, index, leaves } = receipt
    return {
      relay: hex(relay),
      mailbox: hex(mailbox),
      body,
      bytes: Receipt.encode(receipt).length,
      lengths: [id.length, receipt.body.length, signature.length, ...path.map(hash => hash.length)],
      places: [index, leaves]
    }
  })
  const bytes = DepositResponse.encode(answer).length
  return { ...answer, receipts: receipts.toSorted((a, b) => (a.relay < b.relay ? -1 : 1)), bytes }
}

async function scene(relays: number): Promise<{
  world: RelayWorld
  host: RelayHost
  answers: (who: Peer, fanOut: boolean) => Promise<void>
  ack: () => Promise<void>
}> {
  const world = await RelayWorld.start(relays)
  const bob = generateIdentity()
  await world.registered(bob)
  const host = world.host(0)
  const record = await world.peer().record(host, bob.key)
  const answers = async (who: Peer, fanOut: boolean): Promise<void> => {
    const answer = await who.deposit(host, record, { fanOut })
    // the same expiry as the record's, so that the receipt promises the same
    const fresh = await who.record(host, bob.key, { ttlHours: 24 - (world.nowHour - startHour) })
    const control = await who.deposit(host, fresh, { fanOut })
    assert.equal(answer.status, Status.OK)
    assert.equal(answer.receipts.length, fanOut ? relays : 1)
    assert.deepEqual(visible(answer), visible(control))
    for (const { body } of answer.receipts)
      assert.equal(ReceiptBody.decode(body).receivedMs, world.nowHour * msPerHour, 'the hour of the answer')
  }
  const startHour = world.nowHour
  const ack = async (): Promise<void> => {
    for (const each of world.hosts) {
      const owner = world.peer()
      assert.equal(await owner.prove(each, bob), Status.OK)
      const o = { ids: [recordId(record)], dropAfterHour: startHour + 24, issuedMs: world.clock.now() }
      const tombstone = await createTombstone(bob, o)
      assert.equal((await owner.owner(each, { tombstone: { tombstone } })).status, Status.OK)
    }
  }
  return { world, host, answers, ack }
}

for (const fanOut of [false, true]) {
  test(`G6: no byte of an answer ${fanOut ? 'of a coordinator ' : ''}tells whether a record is new, held or acked`, async t => {
    const { world, answers, ack } = await scene(fanOut ? 3 : 1)
    t.after(async () => {
      await world.close()
    })
    const [first, second] = [world.peer(), world.peer()]
    await answers(first, fanOut)
    await answers(first, fanOut)
    world.clock.advance(msPerHour + 61_234)
    for (const who of [first, second]) await answers(who, fanOut)
    await ack()
    for (const who of [first, second]) await answers(who, fanOut)
    world.clock.advance(2 * msPerHour)
    for (const who of [first, second, world.peer()]) await answers(who, fanOut)
  })
}

test('G6: the answer to a record that is known waits for the disk as that to a new one', async t => {
  const { world, host, answers } = await scene(1)
  t.after(async () => {
    await world.close()
  })
  const peer = world.peer()
  await answers(peer, false)
  const before = host.database.batches
  await answers(peer, false)
  assert.equal(host.database.batches - before, 2, 'one write for the repeat, one for the new record')
})

test('G6: a relay with no room on its disk writes nothing for a record that it knows', async t => {
  const { world, host } = await scene(1)
  t.after(async () => {
    await world.close()
  })
  const bob = generateIdentity()
  await world.registered(bob)
  const peer = world.peer()
  const record = await peer.record(host, bob.key)
  assert.equal((await peer.deposit(host, record)).status, Status.OK)
  host.disk.level = 'owners-only'
  const before = host.database.batches
  assert.equal((await peer.deposit(host, record)).status, Status.OK)
  assert.equal(host.database.batches, before)
})
