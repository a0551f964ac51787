/** Textile's door with relays that are processes: its example as it was written, and what a Hub could not do. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { MemoryLevel } from 'memory-level'
import { PrivateKey, Users } from '../../src/textile/index.ts'
import { Listener, opened, textBytes } from '../helpers/textile.ts'
import { Testnet } from '../helpers/testnet.ts'

const root = join(import.meta.dirname, '..', '..')
const net = await Testnet.start(3)

/** Somebody on a libp2p node of their own, closed after the tests. */
async function user(identity: PrivateKey): Promise<Users> {
  const store = new MemoryLevel<string, Uint8Array>()
  const bootstrap = net.relays.map(({ address }) => address)
  const users = await Users.withKeyInfo({ key: 'an account at the Hub' }, { store, bootstrap })
  await users.getToken(identity)
  after(async () => {
    await users.close()
  })
  return users
}

async function owner(identity: PrivateKey): Promise<Users> {
  const users = await user(identity)
  await users.setupMailbox()
  return users
}

/** Runs the example to its end. @returns what it printed */
async function example(identity: PrivateKey): Promise<string[]> {
  const args = [net.path('textile'), identity.toString(), ...net.relays.map(({ address }) => address)]
  const self = join(root, 'config', 'source.ts')
  const child = spawn(process.execPath, ['--import', self, join(root, 'examples', 'textile-mailbox.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000
  })
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>])
  assert.equal(code, 0, output)
  return output.trimEnd().split('\n')
}

test('the example of Textile runs with one changed import, and finds what somebody without it sent meanwhile', async () => {
  const identity = PrivateKey.fromRandom()
  const address = identity.public.toString()
  assert.deepEqual(await example(identity), [
    `identity ${address}`,
    `new ${address}: a note to myself`,
    '0 in the inbox, 1 sent'
  ])
  const alice = await net.person('alice')
  await net.run('alice', 'send', address, 'from the command line')
  const again = await example(identity)
  assert.ok(again.includes(`inbox ${alice.address}: from the command line`), again.join('\n'))
  assert.equal(again.at(-1), '1 in the inbox, 2 sent')
})

test('D6: relays that are stopped and started again, one after the other, end no watch', async () => {
  const [a, b] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const [alice, bob] = [await user(a), await owner(b)]
  const listener = new Listener()
  bob.watchInbox(await bob.getMailboxID(), listener.callback)
  for (const n of [0, 1, 2]) {
    await net.stop(n)
    await alice.sendMessage(a, b.public, textBytes(`while ${n} was away`))
    await net.restart(n)
  }
  await listener.event(3)
  const told = await Promise.all(listener.events.map(async ({ message }) => opened(b, message)))
  assert.deepEqual(
    told.toSorted(),
    [0, 1, 2].map(n => `while ${n} was away`)
  )
  assert.deepEqual(listener.ends, [])
})

test('textile never: send to unregistered recipient: it waits with its sender, and arrives when a mailbox is set up', async () => {
  const [a, b] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const alice = await owner(a)
  const { id } = await alice.sendMessage(a, b.public, textBytes('you are not there yet'))
  assert.equal((await alice.mailbox.outbox.get(id))?.state, 'no-mailbox')
  assert.deepEqual(await alice.listSentboxMessages(), [])
  const bob = await owner(b)
  await alice.mailbox.outbox.retry(id)
  await alice.mailbox.outbox.stored(id)
  const [message] = await bob.listInboxMessages()
  assert.equal(await opened(b, message), 'you are not there yet')
})

test('D18: an operator who goes for ever takes no mail along', async () => {
  const [a, b] = [PrivateKey.fromRandom(), PrivateKey.fromRandom()]
  const [alice, bob] = [await user(a), await owner(b)]
  const sent = await alice.sendMessage(a, b.public, textBytes('kept by the others'))
  const [message] = await alice.listSentboxMessages()
  assert.equal(message?.id, sent.id)
  await net.kill(0)
  const listed = await bob.listInboxMessages()
  assert.equal(
    await opened(
      b,
      listed.find(({ id }) => id === sent.id)
    ),
    'kept by the others'
  )
  const { relays } = await bob.mailbox.inbox.pull()
  assert.equal(relays.filter(({ answered }) => answered).length, 2)
})
