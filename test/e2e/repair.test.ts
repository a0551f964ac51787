/** Relays as processes repair each other with nobody asking them to (SPEC §9.8). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Testnet, until } from '../helpers/testnet.ts'

const net = await Testnet.start(3)
const bob = await net.person('bob')
const alice = await net.person('alice')
await net.run('bob', 'register')

const everywhere = async (records: number): Promise<void> => {
  await until(async () => (await net.records()).every(held => held === records), `not ${records} on every relay`)
}

const sent = [net.file(1), net.file(200 * 1024)]

test('G2: what a relay missed while it was down is given to it; then the two that signed may die', async () => {
  await net.kill(2)
  for (const { path } of sent) await net.send(alice, bob, path)
  await net.restart(2)
  await everywhere(2)
  await net.kill(0)
  await net.kill(1)
  // one relay of three is not enough to know that nothing is missing (G3); what it has is taken and acked there
  await assert.rejects(net.inbox(bob), /INCOMPLETE/)
  assert.equal(await net.metric(2, 'mailbox_records'), 0)
})

test('G5: an ack that one relay took reaches the relays that were dead during it, and nothing comes twice', async () => {
  await net.restart(0)
  await net.restart(1)
  await everywhere(0)
  const { messages, pull } = await net.inbox(bob)
  assert.deepEqual([pull?.received, pull?.complete], [0, true])
  assert.deepEqual(messages.map(message => message.sha256).sort(), sent.map(file => file.sha256).sort())
})
