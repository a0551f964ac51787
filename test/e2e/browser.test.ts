/** Issue 4, Must show 7: the bundle for browsers, run without Node, with relays that are processes of their own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foreignFiles } from '../../config/browser.ts'
import { bundleOf, runInBrowser } from '../helpers/browser.ts'
import type { Input, Result } from '../helpers/browser-scenario.ts'
import { Testnet } from '../helpers/testnet.ts'

const bundle = await bundleOf('test/helpers/browser-scenario.ts')

test('the bundle of a client has no relay, no daemon, no command line and nothing native', () => {
  assert.deepEqual(foreignFiles(bundle), [])
  const files = [...bundle.files.keys()]
  for (const file of ['client/mailbox', 'crypto/primitives.browser', 'crypto/hpke.browser', 'wire/platform.browser']) {
    assert.ok(files.includes(`/src/${file}.ts`), file)
  }
  for (const file of ['crypto/primitives', 'crypto/hpke', 'wire/platform', 'wire/cipher']) {
    assert.ok(!files.includes(`/src/${file}.ts`), file)
  }
})

test('G4, G7: where nothing of Node is, a client registers over WebSockets, sends, receives, also from outside, acks, and keeps it in IndexedDB', async () => {
  const net = await Testnet.start(3, { webSockets: true })
  const alice = await net.person('alice')
  await net.run('alice', 'register')
  const bootstrap = net.relays.flatMap(({ addresses }) => addresses.filter(address => address.includes('/ws')))
  assert.equal(bootstrap.length, 3)
  const input: Input = { bootstrap, outside: alice.address }
  const answer = net.file(1_000)
  const result = (await runInBrowser(bundle, input, async bob => {
    const { messages } = await net.inbox(alice)
    assert.deepEqual(
      messages.map(({ from }) => from),
      [bob]
    )
    await net.send(alice, { name: 'bob', address: String(bob) }, answer.path)
  })) as Result
  assert.ok(result.node.every(type => type === 'undefined'))
  assert.ok(result.signers.every(count => count >= 2))
  assert.deepEqual(result.received.map(({ from }) => from).sort(), [alice.address, result.carol].sort())
  assert.equal(result.received.find(({ from }) => from === result.carol)?.text, 'from another page')
  assert.deepEqual([result.confirmed, result.left, result.online, result.kept], [3, 0, 3, 2])
})
