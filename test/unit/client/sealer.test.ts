import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress } from '../../../src/identity/address.ts'
import { openBundle } from '../../../src/identity/bundle.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { locatorBytesMax } from '../../../src/limits.ts'
import { laneOf } from '../../../src/client/lanes.ts'
import { Sealer } from '../../../src/client/sealer.ts'
import { locatorOf } from '../../helpers/neighbourhood.ts'
import { RelayWorld } from '../../helpers/relays.ts'

/** Sealed bytes of a message of `bodyBytes` to a mailbox that takes at most `classBytesMax`; undefined: it is refused. */
async function sealedBytes(o: {
  bodyBytes: number
  classBytesMax: number
  closed?: boolean
}): Promise<number | undefined> {
  const world = await RelayWorld.start(1)
  try {
    const bob = await world.registered()
    const mailbox = parseAddress(bob.address)
    const info = await world.peer().info(world.host(0), mailbox)
    assert.ok(info.bundle !== undefined)
    const bundle = {
      ...(await openBundle(info.bundle, { mailbox, nowHour: world.nowHour })),
      ...o,
      strangersClassBytesMax: o.classBytesMax
    }
    const alice = generateIdentity()
    const own = { ...(await locatorOf(alice, 1, world.clock.now())), closed: o.closed ?? false }
    assert.ok(own.bytes.length < locatorBytesMax)
    const recipients = { held: async () => await Promise.resolve({ bundle }) } as never
    const dealt = async (): Promise<undefined> => await Promise.resolve(undefined)
    const proofs = { laneOf: async () => await Promise.resolve(laneOf(bundle, undefined)) } as never
    const sealer = new Sealer({ identity: alice, recipients, proofs, dealt, own: () => own, env: world.clock })
    const sealed = await sealer.atOnce({
      to: bob.address,
      createdMs: world.clock.now(),
      contentType: 'text/plain',
      body: new Uint8Array(o.bodyBytes),
      expiresHour: world.nowHour + 24,
      strict: false
    })
    return sealed === undefined ? undefined : sealed.record.ct.length - 16
  } finally {
    await world.close()
  }
}

test('a message that the recipient would not take with the sender’s locator goes without it', async () => {
  assert.equal(await sealedBytes({ bodyBytes: 850, classBytesMax: 2048 }), 2048)
  assert.equal(await sealedBytes({ bodyBytes: 850, classBytesMax: 1024 }), 1024)
  assert.equal(await sealedBytes({ bodyBytes: 1200, classBytesMax: 1024 }), undefined)
})

test('a locator that says the mailbox is closed is not sent', async () => {
  assert.equal(await sealedBytes({ bodyBytes: 850, classBytesMax: 2048, closed: true }), 1024)
})
