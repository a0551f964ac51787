import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open, seal, type Outgoing } from '../../../src/identity/envelope.ts'
import { decodeSigned, encodeSigned } from '../../../src/identity/inner.ts'
import { generatePrekey, lastResortPrekey, type Prekey } from '../../../src/identity/prekey.ts'
import { checkRecord } from '../../../src/identity/record.ts'
import { alice, bob, carol, fixedBytes, hex, nowHour, nowMs, prekeyOf } from '../../vectors/fixed.ts'

const message: Outgoing = { contentType: 'text/plain', body: fixedBytes('body', 100), createdMs: nowMs }
const random = (n: number): Uint8Array => fixedBytes('uid', n)

function held(...keys: Prekey[]): Map<string, Prekey> {
  return new Map(keys.map(key => [hex(key.keyId), key]))
}

async function sealed(key: Prekey, change: Partial<Outgoing> = {}): ReturnType<typeof seal> {
  const o = { mailbox: bob.key, key, sender: alice, expiresHour: nowHour + 336, random }
  return await seal({ ...o, message: { ...message, ...change } })
}

for (const suite of [1, 2]) {
  test(`G7: a message sealed in suite ${suite} opens with all its fields`, async () => {
    const key = await prekeyOf('bob', suite)
    const fields = { subject: 'Noon', inReplyTo: fixedBytes('id', 32), returnLocator: fixedBytes('locator', 500) }
    const { record, id, uid } = await sealed(key, fields)
    const opened = await open(record, { mailbox: bob.key, keys: held(key) })
    assert.deepEqual(opened, {
      ...message,
      ...fields,
      uid,
      id,
      mailbox: bob.key,
      sender: alice.key,
      expiresHour: nowHour + 336
    })
  })

  test(`a record of suite ${suite} is one that a relay takes`, async () => {
    const { record } = await sealed(await prekeyOf('bob', suite))
    assert.equal(checkRecord(record, { nowHour }).suite, suite)
    assert.equal(record.ct.length, 1024 + 16)
  })

  test(`a last-resort key of suite ${suite} opens what was sealed to it, from the seed alone`, async () => {
    const { record } = await sealed(await lastResortPrekey(bob, suite, 3))
    const again = await lastResortPrekey(bob, suite, 3)
    assert.equal((await open(record, { mailbox: bob.key, keys: held(again) }))?.contentType, 'text/plain')
  })
}

test('a record of another mailbox or of a key that is not held is not an error', async () => {
  const key = await prekeyOf('bob', 1)
  const { record } = await sealed(key)
  assert.equal(await open(record, { mailbox: carol.key, keys: held(key) }), undefined)
  assert.equal(await open(record, { mailbox: bob.key, keys: held(await prekeyOf('bob', 2)) }), undefined)
})

test('the largest body fits the largest record together with every other field', async () => {
  const key = await prekeyOf('bob', 1)
  const full = { body: new Uint8Array(252 * 1024), contentType: 'x'.repeat(64), subject: 'x'.repeat(1024) }
  const { record } = await sealed(key, {
    ...full,
    inReplyTo: fixedBytes('id', 32),
    returnLocator: new Uint8Array(2048)
  })
  assert.equal(record.ct.length, 256 * 1024 + 16)
})

test('a field over its limit is refused before anything is sealed', async () => {
  const key = await prekeyOf('bob', 1)
  const changes = [
    { body: new Uint8Array(252 * 1024 + 1) },
    { contentType: 'é'.repeat(33) },
    { subject: 'é'.repeat(513) },
    { returnLocator: new Uint8Array(2049) }
  ]
  for (const change of changes) await assert.rejects(sealed(key, change), { code: 'SIZE' })
})

test('a suite that is not known is refused', async () => {
  const key = { ...(await prekeyOf('bob', 1)), suite: 3 }
  await assert.rejects(sealed(key), { code: 'VERSION' })
  await assert.rejects(generatePrekey(3, { nowHour, random }), { code: 'VERSION' })
})

test('sealing the same message twice gives different records with the same uid', async () => {
  const key = await prekeyOf('bob', 2)
  const [first, second] = [await sealed(key), await sealed(key)]
  assert.notEqual(hex(first.id), hex(second.id))
  assert.equal(hex(first.uid), hex(second.uid))
})

test('a subject or content type with a lone surrogate is refused: no store gives it back as it came', () => {
  const fields = {
    uid: fixedBytes('uid', 16),
    createdMs: nowMs,
    contentType: 'text/plain',
    subject: 'xyz',
    body: new Uint8Array(0)
  }
  const tbs = encodeSigned(fields)
  assert.equal(decodeSigned(tbs).subject, 'xyz')
  for (const text of ['text/plain', 'xyz']) {
    const changed = tbs.slice()
    changed.set([0xed, 0xa0, 0x80], Buffer.from(tbs).lastIndexOf(text))
    assert.throws(() => decodeSigned(changed), { code: 'PADDING' })
  }
})
