import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastResortPrekey, rotatePrekeys, type Prekey, type RotateOptions } from '../../../src/identity/prekey.ts'
import { referenceSuite } from '../../vectors/reference.ts'
import { bob, fixedBytes, hex, nowHour, prekeyOf } from '../../vectors/fixed.ts'

const week = 7 * 24

function options(hours: number, change: Partial<RotateOptions> = {}): RotateOptions {
  const random = (n: number): Uint8Array => fixedBytes(`prekey at ${hours}`, n)
  return { nowHour: nowHour + hours, random, suites: [1], ttlHoursMax: 336, ...change }
}

async function heldAt(...hours: number[]): Promise<Prekey[]> {
  let held: Prekey[] = []
  for (const hour of hours) held = (await rotatePrekeys(held, options(hour))).held
  return held
}

test('the first rotation makes a key of each suite, and the next changes nothing', async () => {
  const first = await rotatePrekeys([], options(0, { suites: [2, 1] }))
  assert.deepEqual([first.changed, first.held.map(key => key.suite)], [true, [2, 1]])
  assert.deepEqual(await rotatePrekeys(first.held, options(week - 1, { suites: [2, 1] })), {
    held: first.held,
    changed: false
  })
})

test('after seven days a new key takes over and the old one is kept, marked replaced', async () => {
  const held = await heldAt(0, week)
  assert.deepEqual(
    held.map(key => key.replacedHour),
    [nowHour + week, undefined]
  )
  assert.equal(held[1]?.notAfterHour, nowHour + week + 30 * 24)
})

test('a replaced key is erased by a pull that was complete after every record sealed to it expired', async () => {
  const held = await heldAt(0, week)
  const enough = nowHour + week + 24 + 336 + 2
  const before = await rotatePrekeys(held, options(week + 1, { lastCompletePullHour: enough - 1 }))
  const after = await rotatePrekeys(held, options(week + 1, { lastCompletePullHour: enough }))
  assert.deepEqual([before.changed, before.held.length], [false, 2])
  assert.deepEqual([after.changed, after.held.map(key => key.replacedHour)], [true, [undefined]])
})

test('without a complete pull a replaced key is kept until no record sealed to it can be alive', async () => {
  const held = await heldAt(0, week)
  const last = 30 * 24 + 30 * 24 + 2
  const keepsFirst = async (hours: number): Promise<boolean> => {
    const { held: kept } = await rotatePrekeys(held, options(hours))
    return kept.some(key => hex(key.keyId) === hex(held[0]?.keyId ?? new Uint8Array()))
  }
  assert.deepEqual([await keepsFirst(last - 1), await keepsFirst(last)], [true, false])
})

test('the number of held keys is bounded when no pull is ever complete', async () => {
  const hours = Array.from({ length: 40 }, (_, index) => index * week)
  assert.ok((await heldAt(...hours)).length <= 10)
})

test('a last-resort key is never replaced or erased', async () => {
  const last = await lastResortPrekey(bob, 1, 0)
  const { held } = await rotatePrekeys([last], options(0))
  const later = await rotatePrekeys(held, options(52 * week, { lastCompletePullHour: nowHour + 52 * week }))
  assert.ok(later.held.some(key => hex(key.keyId) === hex(last.keyId) && key.replacedHour === undefined))
})

test('a key that claims to be from the future is replaced', async () => {
  const held = await heldAt(1000)
  const { held: next, changed } = await rotatePrekeys(held, options(0))
  assert.deepEqual([changed, next.length], [true, 2])
})

test('suites, epochs and identities have different last-resort keys', async () => {
  const ids = await Promise.all([lastResortPrekey(bob, 1, 0), lastResortPrekey(bob, 1, 1), lastResortPrekey(bob, 2, 0)])
  assert.equal(new Set(ids.map(key => hex(key.secret))).size, 3)
})

for (const suite of [1, 2]) {
  test(`another implementation derives the same public key of suite ${suite} from the secret`, async () => {
    const key = await prekeyOf('bob', suite)
    const reference = referenceSuite(suite)
    const secret = await reference.kem.deserializePrivateKey(new Uint8Array(key.secret).buffer)
    const publicKey = await reference.kem.deserializePublicKey(new Uint8Array(key.publicKey).buffer)
    const sender = await reference.createSenderContext({ recipientPublicKey: publicKey })
    const recipient = await reference.createRecipientContext({ recipientKey: secret, enc: sender.enc })
    const opened = await recipient.open(await sender.seal(Uint8Array.of(1, 2, 3)))
    assert.equal(hex(new Uint8Array(opened)), '010203')
  })
}
