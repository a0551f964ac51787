import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isMailboxError } from '../../../src/errors.ts'
import { openHostConfig, scopes, signHostConfig } from '../../../src/identity/device.ts'
import { createOwnerAuth, verifyOwnerAuth } from '../../../src/identity/ownerauth.ts'
import { createTombstone, openTombstone } from '../../../src/identity/tombstone.ts'
import { bob, client, device, fixedBytes, hex, nowHour, nowMs, peerOf, relays } from '../../vectors/fixed.ts'
import { certificateWith, serial } from '../../vectors/positive.ts'

const relay = peerOf((relays[0] as (typeof relays)[number]).key)
const ends = { relay, client: peerOf(client.key), nonce: fixedBytes('nonce', 32) }
const fields = { dropAfterHour: nowHour + 336, issuedMs: nowMs }

test('G7: the owner proves itself to one relay, over one connection, for one challenge', async () => {
  const call = await createOwnerAuth(bob, { ...ends, mailbox: bob.key, scopes: scopes.all, expiresHour: nowHour + 24 })
  const proved = await verifyOwnerAuth(call, { ...ends, nowHour })
  assert.deepEqual([hex(proved.mailbox), hex(proved.signer), proved.scopes], [hex(bob.key), hex(bob.key), 7])
  await assert.rejects(verifyOwnerAuth(call, { ...ends, nonce: fixedBytes('other', 32), nowHour }), { code: 'AUTH' })
})

test('a certified device proves itself with its own key for the scopes it has', async () => {
  const deviceCert = (await certificateWith(serial, scopes.pull)).bytes
  const wish = { ...ends, mailbox: bob.key, scopes: scopes.pull, expiresHour: nowHour + 1, deviceCert }
  const proved = await verifyOwnerAuth(await createOwnerAuth(device, wish), { ...ends, nowHour })
  assert.deepEqual([hex(proved.mailbox), hex(proved.signer)], [hex(bob.key), hex(device.key)])
})

test('any changed byte of an answer to a challenge is refused', async () => {
  const call = await createOwnerAuth(bob, { ...ends, mailbox: bob.key, scopes: 1, expiresHour: nowHour + 1 })
  for (let at = 0; at < call.body.length; at++) {
    const body = call.body.with(at, (call.body[at] ?? 0) ^ 1)
    await assert.rejects(verifyOwnerAuth({ ...call, body }, { ...ends, nowHour }), { code: 'AUTH' }, `byte ${at}`)
  }
})

test('G7: a tombstone of the owner or of a device with the scope opens with its ids', async () => {
  const ids = Array.from({ length: 1_024 }, (_, index) => fixedBytes(`id ${index}`, 32))
  const deviceCert = (await certificateWith(serial, scopes.tombstone)).bytes
  const [own, delegated] = [
    await createTombstone(bob, { ...fields, ids }),
    await createTombstone(device, { ...fields, ids, mailbox: bob.key, deviceCert })
  ]
  const opened = await openTombstone(own, { nowHour })
  assert.deepEqual(opened.ids.map(hex), ids.map(hex))
  assert.deepEqual([hex(opened.mailbox), opened.dropAfterHour, opened.issuedMs], [hex(bob.key), nowHour + 336, nowMs])
  assert.equal(hex((await openTombstone(delegated, { nowHour })).signer), hex(device.key))
})

test('a tombstone of more ids than the limit, of none, or of a short id is not made', async () => {
  const ids = new Array<Uint8Array>(1_025).fill(fixedBytes('id', 32))
  await assert.rejects(createTombstone(bob, { ...fields, ids }), { code: 'SIZE' })
  await assert.rejects(createTombstone(bob, { ...fields, ids: [] }), { code: 'MALFORMED' })
  await assert.rejects(createTombstone(bob, { ...fields, ids: [fixedBytes('id', 31)] }), { code: 'MALFORMED' })
})

test('a tombstone with a changed byte is refused, or says the same in another encoding', async () => {
  const bytes = await createTombstone(bob, { ...fields, ids: [fixedBytes('id', 32)] })
  const facts = await openTombstone(bytes, { nowHour })
  let refused = 0
  for (let at = 0; at < bytes.length; at++) {
    try {
      assert.deepEqual(await openTombstone(bytes.with(at, (bytes[at] ?? 0) ^ 1), { nowHour }), facts)
    } catch (error) {
      assert.ok(isMailboxError(error) && ['AUTH', 'MALFORMED', 'SIZE'].includes(error.code))
      refused++
    }
  }
  // what is left are wire types of the three outer fields, which are not signed and not read
  assert.ok(refused >= bytes.length - 3)
})

test('a host config reads back as it was signed', async () => {
  const certificate = await certificateWith(serial, scopes.pull)
  const config = { seq: 3, issuedHour: nowHour, deviceCerts: [certificate.bytes], revoked: [serial], quotaBytes: 5_000 }
  const signed = await signHostConfig(bob, config)
  const opened = await openHostConfig(signed.bytes, { mailbox: bob.key })
  assert.deepEqual(opened, signed)
  assert.deepEqual([opened.seq, opened.quotaBytes, hex(opened.revoked[0] ?? new Uint8Array())], [3, 5_000, hex(serial)])
  await assert.rejects(openHostConfig(signed.bytes, { mailbox: device.key }), { code: 'DESCRIPTOR' })
})

test('a host config over a limit is not signed', async () => {
  const config = { seq: 3, issuedHour: nowHour, deviceCerts: [], revoked: [], quotaBytes: 0 }
  await assert.rejects(signHostConfig(bob, { ...config, seq: 0 }), { code: 'DESCRIPTOR' })
  await assert.rejects(signHostConfig(bob, { ...config, revoked: [Uint8Array.of(1)] }), { code: 'DESCRIPTOR' })
  const large = new Array<Uint8Array>(2).fill(new Uint8Array(9 * 1024))
  await assert.rejects(signHostConfig(bob, { ...config, deviceCerts: large }), { code: 'SIZE' })
})
