/** A relay process is told that it is leaving, and a mailbox goes to another one (SPEC §8.10, §10.8). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Line, RelayProcess } from '../../src/cli/cast.ts'
import { Testnet, until } from '../helpers/testnet.ts'

const net = await Testnet.start(4)
const bob = await net.person('bob')
const alice = await net.person('alice')

async function drain({ name, admin }: RelayProcess, ...args: string[]): Promise<Line> {
  const [said] = await net.run(name, 'relay', 'drain', ...args, '--admin', admin.replace('http://', ''))
  assert.ok(said !== undefined)
  return said
}

test('relay processes know each other by their adverts', async () => {
  for (const n of net.relays.keys())
    await until(async () => (await net.metric(n, 'mailbox_adverts')) === net.relays.length, `adverts at R${n}`)
})

test('mailbox relay drain, then mailbox inbox: the mailbox moves, and nothing is lost', async () => {
  const [registration] = await net.run(bob.name, 'register', '--standby', '0')
  const before = (registration?.relays as Line[]).map(({ id }) => id)
  const at = net.relays.findIndex(({ id }) => id === before[0])
  const leaving = net.relay(at)
  const { path, sha256 } = net.file(1_000)
  await net.send(alice, bob, path)

  assert.deepEqual(await drain(leaving), { type: 'drain', id: leaving.id, draining: true, running: true, listing: 1 })
  // said to the data directory, so a process that starts again knows
  await net.kill(at)
  await net.restart(at)
  assert.equal(await net.metric(at, 'mailbox_draining'), 1)

  const { messages, pull } = await net.inbox(bob)
  assert.deepEqual(
    messages.map(message => message.sha256),
    [sha256]
  )
  const spare = net.relays.find(({ id }) => !before.includes(id))
  assert.deepEqual(pull?.leaving, [{ relay: leaving.id, outcome: 'moved', by: spare?.id }])
  const again = await drain(net.relay(at))
  assert.equal(again.listing, 0)

  const second = net.file(1_000)
  const signers = await net.send(alice, bob, second.path)
  assert.ok(!signers.includes(leaving.id))
  const { messages: after } = await net.inbox(bob)
  assert.ok(after.some(message => message.sha256 === second.sha256))

  const stays = await drain(net.relay(at), '--undo')
  assert.deepEqual([stays.draining, await net.metric(at, 'mailbox_draining')], [false, 0])
})
