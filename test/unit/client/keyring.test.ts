import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Keyring } from '../../../src/client/keyring.ts'
import { LocalStore } from '../../../src/client/store.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { BreakableLevel, ManualClock } from '../../helpers/clients.ts'

test('prekeys that a failing disk did not take are not held: nothing is published that a restart would not know', async () => {
  const identity = generateIdentity()
  const db = new BreakableLevel()
  const store = await LocalStore.open(db, identity.key)
  const keyring = await Keyring.open(store, identity, new ManualClock())
  const lastResort = keyring.keys.size

  db.left = 0
  await assert.rejects(keyring.stage(await keyring.plan(undefined)), { code: 'STORE' })
  assert.equal(keyring.keys.size, lastResort)

  db.left = Infinity
  const rotation = await keyring.plan(undefined)
  await keyring.stage(rotation)
  const reopened = await Keyring.open(store, identity, new ManualClock())
  for (const { keyId } of keyring.published(rotation))
    assert.ok(reopened.keys.has(Buffer.from(keyId).toString('hex')), 'a published key is on disk')
})
