/** Between the body of a message and the boxes that Textile's applications open. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyBytesMax } from '../../../src/limits.ts'
import { readContent, receivedBox, sentBox, textileContentType, writeContent } from '../../../src/textile/content.ts'
import { PrivateKey } from '../../../src/textile/index.ts'
import { alice, bob, carol, fixedBytes, hex } from '../../vectors/fixed.ts'

const [from, to] = [PrivateKey.fromRawEd25519Seed(alice.seed), PrivateKey.fromRawEd25519Seed(bob.seed)]
const parties = { identity: from, from: alice.key, to: bob.key }
const body = fixedBytes('body', 500)

test('what is sent comes out as boxes for both sides that open, with signatures of the sender that verify', async () => {
  const { content, own } = await writeContent(body, parties)
  const message = { contentType: textileContentType, body: content }
  assert.equal(hex(readContent(message)), hex(body))
  const received = receivedBox(message, { from: alice.key, to: bob.key })
  assert.equal(hex(await to.decrypt(received.body)), hex(body))
  assert.equal(await from.public.verify(received.body, received.signature), true)
  assert.deepEqual(sentBox(message, alice.key), own)
  assert.equal(hex(await from.decrypt(own.body)), hex(body))
  assert.equal(await from.public.verify(own.body, own.signature), true)
  assert.notEqual(hex(own.body), hex(received.body))
})

test('a message has one box each time it is listed, and two messages of one text have two', async () => {
  const [one, two] = [await writeContent(body, parties), await writeContent(body, parties)]
  const boxOf = (content: Uint8Array): string =>
    hex(receivedBox({ contentType: textileContentType, body: content }, { from: alice.key, to: bob.key }).body)
  assert.equal(boxOf(one.content), boxOf(one.content))
  assert.notEqual(boxOf(one.content), boxOf(two.content))
})

test('textile never: tampered body or signature: what does not verify is handed out without a signature', async () => {
  const { content } = await writeContent(body, parties)
  for (const at of [0, 20, content.length - 1]) {
    const changed = { contentType: textileContentType, body: content.with(at, (content[at] ?? 0) ^ 1) }
    const { body: box, signature } = receivedBox(changed, { from: alice.key, to: bob.key })
    assert.equal(signature.length, 0, `byte ${at}`)
    assert.equal(hex(await to.decrypt(box)), hex(readContent(changed)))
  }
  const { signature } = receivedBox(
    { contentType: textileContentType, body: content },
    { from: carol.key, to: bob.key }
  )
  assert.equal(signature.length, 0, 'from another sender')
})

test('D13: a box and its signature that are sent again in the name of another do not verify', async () => {
  const { content } = await writeContent(body, parties)
  const replayed = { contentType: textileContentType, body: content }
  for (const other of [
    { from: alice.key, to: carol.key },
    { from: carol.key, to: bob.key }
  ])
    assert.equal(receivedBox(replayed, other).signature.length, 0)
})

test('what another client sent is in a box as well, without a signature', async () => {
  for (const message of [
    { contentType: 'text/plain', body },
    { contentType: textileContentType, body: body.subarray(0, 143) }
  ]) {
    const { body: box, signature } = receivedBox(message, { from: alice.key, to: bob.key })
    assert.equal(hex(await to.decrypt(box)), hex(message.body))
    assert.equal(signature.length, 0)
    assert.equal(hex(await from.decrypt(sentBox(message, alice.key).body)), hex(message.body))
  }
})

test('an empty body and the largest one are sent, a larger one is SIZE', async () => {
  for (const length of [0, bodyBytesMax - 144]) {
    const { content } = await writeContent(new Uint8Array(length), parties)
    assert.equal(readContent({ contentType: textileContentType, body: content }).length, length)
  }
  await assert.rejects(writeContent(new Uint8Array(bodyBytesMax - 143), parties), {
    code: 'SIZE',
    limit: 'bodyBytesMax'
  })
})

test('an identity whose signatures do not verify with its own public key is refused', async () => {
  const identity = { sign: async () => await Promise.resolve(new Uint8Array(64)), public: from.public }
  await assert.rejects(writeContent(body, { ...parties, identity }), { code: 'KEY' })
})
