/** Issue 2, Must show 2: every command is a process of its own, and the sender's has exited before the recipient's starts. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bodyBytesMax } from '../../src/limits.ts'
import { Testnet } from '../helpers/testnet.ts'

const net = await Testnet.start(3)
const bob = await net.person('bob')
const alice = await net.person('alice')
await net.run('bob', 'register')

for (const bytes of [1, 1024, 200 * 1024, bodyBytesMax]) {
  test(`G3, G7: a body of ${bytes} bytes arrives byte for byte, from the sender who wrote it`, async () => {
    const sent = net.file(bytes)
    await net.send(alice, bob, sent.path)
    const { messages, pull } = await net.inbox(bob, '--out', net.path('mail'), '--limit', '1')
    assert.deepEqual([pull?.received, pull?.complete], [1, true])
    const [message] = messages
    assert.deepEqual([message?.from, message?.to, message?.verified], [alice.address, bob.address, true])
    assert.deepEqual([message?.bytes, message?.sha256], [bytes, sent.sha256])
    assert.deepEqual(new Uint8Array(readFileSync(String(message?.file))), sent.body)
  })
}

test('a body over the limit is SIZE, which names the limit, and nothing is sent', async () => {
  const { path } = net.file(bodyBytesMax + 1)
  await assert.rejects(net.run('alice', 'send', bob.address, '--file', path), ({ message }: Error) => {
    assert.match(message, /ended with 26/)
    const said = /\{.*\}/.exec(message)?.[0] ?? '{}'
    const { error } = JSON.parse(said) as { error: { code: string; message: string } }
    assert.equal(error.code, 'SIZE')
    assert.ok(error.message.includes(`${bodyBytesMax} bytes (bodyBytesMax)`))
    return true
  })
  assert.equal((await net.inbox(bob)).pull?.received, 0)
  assert.deepEqual(await net.run('alice', 'outbox'), [{ type: 'outbox', entries: [] }])
})
