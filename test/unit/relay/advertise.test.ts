/** When a relay says what it offers (SPEC §6.6). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { silent } from '../../../src/environment.ts'
import { advertEveryMs, advertLookMs, advertNeighboursFew, advertSpacingMs } from '../../../src/limits.ts'
import { advertise } from '../../../src/relay/advertise.ts'
import { defaultLimits } from '../../../src/relay/options.ts'
import { ManualClock } from '../../helpers/clients.ts'
import { turns } from '../../helpers/streams.ts'

test('who joins a young network hears of a relay soon, and a grown one is told every half hour', async t => {
  const clock = new ManualClock()
  const stop = new AbortController()
  const gossip = {
    neighbours: 0,
    said: 0,
    publish: async () => {
      gossip.said++
      await Promise.resolve()
    }
  }
  const privateKey = await generateKeyPair('Ed25519')
  const counts = { mailboxes: 1, listing: 1, records: 0, bytes: 0, locators: 0, relaysWaiting: 0, draining: false }
  const advertising = advertise({
    gossip,
    privateKey,
    peerId: peerIdFromPrivateKey(privateKey),
    addresses: () => [],
    stats: () => counts,
    limits: defaultLimits,
    program: 'test/1',
    env: clock,
    log: silent,
    signal: stop.signal
  })
  t.after(async () => {
    stop.abort()
    await advertising
  })
  const pass = async (ms: number): Promise<number> => {
    for (let passed = 0; passed < ms; passed += advertLookMs) {
      await turns(5)
      clock.advance(advertLookMs)
    }
    await turns(5)
    return gossip.said
  }
  assert.equal(await pass(advertSpacingMs), 0)
  for (let neighbours = 1; neighbours <= advertNeighboursFew; neighbours++) {
    gossip.neighbours = neighbours
    assert.equal(await pass(2 * advertSpacingMs), neighbours)
  }
  // from now on new ones are no news, nor are those that come back
  gossip.neighbours = 2
  await pass(2 * advertSpacingMs)
  gossip.neighbours = 3 * advertNeighboursFew
  assert.equal(await pass(2 * advertSpacingMs), advertNeighboursFew)
  assert.equal(await pass(advertEveryMs), advertNeighboursFew + 1)
})
