/** Tombstones that the owner did not sign, brought by everybody who may not: on owner streams, and by repair. */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { hourOf } from '../../../src/environment.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import { createOwnerAuth, scopes } from '../../../src/identity/ownerauth.ts'
import { peerBytes } from '../../../src/identity/peer.ts'
import { createTombstone } from '../../../src/identity/tombstone.ts'
import { itemKinds } from '../../../src/relay/inventory.ts'
import { SyncRequest, SyncResponse, Tombstone } from '../../../src/wire/messages.js'
import { protocols } from '../../../src/wire/port.ts'
import type { Attack } from '../attack.ts'
import type { Attacker } from '../attacker.ts'
import { type Line, Lines } from '../forging.ts'

const perSecond = 60
const lines = 12
const messages = 24
const idBytes = 32

/** By the attackers' own key, by it in the owner's name, and in the owner's name without a signature. */
async function forged(attacker: Attacker, signer: PrivateIdentity): Promise<Uint8Array> {
  const ids = fromString(attacker.brief.given.ids ?? '', 'hex')
  const mailbox = fromString(attacker.brief.given.mailbox ?? '', 'hex') as PrivateIdentity['key']
  const signed = await createTombstone(signer, {
    ids: Array.from({ length: ids.length / idBytes }, (_, n) => ids.subarray(n * idBytes, (n + 1) * idBytes)),
    dropAfterHour: hourOf(Date.now()) + 24,
    issuedMs: Date.now(),
    mailbox
  })
  const own = Tombstone.decode(signed)
  const made = [
    own,
    { ...own, signer: mailbox },
    { ...own, signer: mailbox, signature: attacker.chance.bytes(64) },
    { ...own, deviceCert: attacker.chance.bytes(120) }
  ]
  return Tombstone.encode(attacker.chance.pick(made))
}

/** A proof for the attacker's own mailbox, which is worth nothing for another. */
async function prove(line: Line, relay: string, signer: PrivateIdentity): Promise<void> {
  const { challenge } = await line.owner({ challenge: {} })
  const auth = await createOwnerAuth(signer, {
    relay: peerBytes(relay),
    client: line.self,
    nonce: challenge?.nonce ?? new Uint8Array(0),
    mailbox: signer.key,
    scopes: scopes.all,
    expiresHour: hourOf(Date.now()) + 2
  })
  await line.owner({ auth })
}

export const forgedTombstones: Attack = {
  name: 'forged-tombstones',
  title: `${perSecond} tombstones a second for ${messages} messages that wait, from ${lines} groups: on owner streams, with a proof for another mailbox, and by repair, from relays that are not listed and from one that is`,
  crew: 1,
  setting: { lie: 'tombstones' },
  arm: async ({ honest }) => {
    const { mailbox, ids } = await honest.waiting(messages)
    return { mailbox: toString(mailbox, 'hex'), ids: ids.join('') }
  },
  strike: async attacker => {
    const [owners, syncs] = [new Lines(attacker, protocols.owner), new Lines(attacker, protocols.sync)]
    const mailbox = fromString(attacker.brief.given.mailbox ?? '', 'hex')
    const proved = new WeakSet<Line>()
    const signer = generateIdentity()
    await attacker.every(perSecond, 64, async n => {
      const at = n % lines
      const tombstone = await forged(attacker, signer)
      if (attacker.chance.happens(0.5)) {
        const line = await owners.at(at)
        if (!proved.has(line) && attacker.chance.happens(0.5)) {
          proved.add(line)
          await prove(line, attacker.relay(at).id, signer)
        }
        await line.owner({ tombstone: { tombstone } })
        return
      }
      const line = await syncs.at(at)
      const status = (bytes: Uint8Array): number => SyncResponse.decode(bytes).status
      await line.ask('HELLO', SyncRequest.encode({ hello: { salt: attacker.chance.bytes(16) } }), status)
      const items = { mailbox, ranges: new Uint8Array(0), first: true }
      await line.ask('ITEMS', SyncRequest.encode({ items }), status)
      const give = { mailbox, items: [{ kind: itemKinds.tombstone, value: tombstone }] }
      await line.ask('GIVE', SyncRequest.encode({ give }), status)
    })
  },
  judge: async ({ honest }, counts) => {
    const taken = (counts.get('tombstone OK') ?? 0) + (counts.get('GIVE OK') ?? 0)
    const missing = await honest.missing()
    return [
      ...(taken > 0 ? [`${taken} forged tombstones were taken`] : []),
      ...(missing > 0 ? [`${missing} of ${messages} messages that waited are gone`] : [])
    ]
  }
}
