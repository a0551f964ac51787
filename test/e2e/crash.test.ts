/** Issue 2, Must show 3: what is confirmed survives SIGKILL, and what is acked stays gone. The tests run in order. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Testnet, until } from '../helpers/testnet.ts'

const net = await Testnet.start(3)
const bob = await net.person('bob')
const alice = await net.person('alice')
await net.run('bob', 'register')

const empty = async (): Promise<void> => {
  await until(async () => (await net.records()).every(records => records === 0), 'a relay holds records')
}

for (const victim of [0, 1, 2]) {
  test(`G1, G2: a confirmed message arrives although relay ${victim} of three is killed`, async () => {
    const sent = net.file(3 * 1024)
    await net.send(alice, bob, sent.path)
    await net.kill(victim)
    const { messages, pull } = await net.inbox(bob, '--limit', '1')
    await net.restart(victim)
    assert.deepEqual([pull?.received, pull?.complete], [1, true])
    assert.deepEqual([messages[0]?.from, messages[0]?.sha256], [alice.address, sent.sha256])
  })
}

test('G5: a relay that was down during the ack gives nothing twice, and drops the records it has kept', async () => {
  assert.equal((await net.inbox(bob)).pull?.received, 0)
  await empty()
})

test('G1, G2: what is confirmed arrives after all three relays are killed and started again', async () => {
  const sent = [net.file(1), net.file(200 * 1024)]
  const receipts: string[] = []
  for (const { path } of sent) receipts.push(...(await net.send(alice, bob, path)))
  await net.killAll()
  await net.restartAll()
  const held = await net.records()
  const signed = net.relays.map(({ id }) => receipts.filter(signer => signer === id).length)
  assert.ok(
    held.every((records, n) => records >= (signed[n] ?? 0)),
    `the relays signed for ${signed.join()} and hold ${held.join()}`
  )
  const { messages, pull } = await net.inbox(bob, '--limit', '2')
  assert.deepEqual([pull?.received, pull?.complete], [2, true])
  assert.deepEqual(messages.map(message => message.sha256).sort(), sent.map(file => file.sha256).sort())
  await empty()
})

test('G5: acked messages stay gone after all three relays are killed and started again', async () => {
  await net.killAll()
  await net.restartAll()
  assert.deepEqual(await net.records(), [0, 0, 0])
  const { pull } = await net.inbox(bob)
  assert.deepEqual([pull?.received, pull?.complete], [0, true])
})

test('G5: a new machine of the same identity gets none of the acked messages', async () => {
  const again = await net.newMachine(bob, 'bob-again')
  const [registration] = await net.run(again.name, 'register')
  assert.equal(registration?.alreadyOpen, true)
  const { messages, pull } = await net.inbox(again)
  assert.deepEqual([messages.length, pull?.received, pull?.complete], [0, 0, true])
})
