/** Proofs of an owner used again: on other streams, to other relays, by another peer; and one passed on by a listed relay. */
import { hourOf } from '../../../src/environment.ts'
import { createOwnerAuth, scopes } from '../../../src/identity/ownerauth.ts'
import { peerBytes } from '../../../src/identity/peer.ts'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { AuthCall } from '../../../src/wire/messages.js'
import { protocols } from '../../../src/wire/port.ts'
import type { Attack } from '../attack.ts'
import { Lines, mailboxOf } from '../forging.ts'

const perSecond = 80
const lines = 12

export const ownerAuth: Attack = {
  name: 'owner-auth',
  title: `${perSecond} times a second, from ${lines} groups: a proof of the owner for another stream, relay or peer, its own with its name in it, then PULL, TOMBSTONE and CONFIG; one relay of three passes challenges on`,
  crew: 1,
  setting: { lie: 'challenges' },
  /** What somebody with a tap on the owner's machine could have: an answer to a challenge for each relay. */
  arm: async ({ honest, relays }) => {
    const made = await Promise.all(
      relays.map(async ({ id }) => {
        const auth = await createOwnerAuth(honest.identity, {
          relay: peerBytes(id),
          client: peerBytes(relays[0]?.id ?? ''),
          nonce: new Uint8Array(32).fill(7),
          mailbox: honest.identity.key,
          scopes: scopes.all,
          expiresHour: hourOf(Date.now()) + 2
        })
        return toString(AuthCall.encode(auth), 'base64')
      })
    )
    return { auths: made.join(' ') }
  },
  strike: async attacker => {
    const owners = new Lines(attacker, protocols.owner)
    const auths = (attacker.brief.given.auths ?? '').split(' ').map(text => AuthCall.decode(fromString(text, 'base64')))
    const mailbox = mailboxOf(attacker)
    const signer = generateIdentity()
    await attacker.every(perSecond, 48, async n => {
      const at = n % lines
      const line = await owners.at(at)
      const { challenge } = attacker.chance.happens(0.7) ? await line.owner({ challenge: {} }) : {}
      const own = await createOwnerAuth(signer, {
        relay: peerBytes(attacker.relay(at).id),
        client: line.self,
        nonce: challenge?.nonce ?? new Uint8Array(32),
        mailbox,
        scopes: scopes.all,
        expiresHour: hourOf(Date.now()) + 2
      })
      const replayed = attacker.chance.pick(auths)
      await line.owner({ auth: attacker.chance.pick([replayed, own, { ...own, signature: replayed.signature }]) })
      const call = attacker.chance.pick([
        { pull: { mailbox, recordsMax: 1, bytesMax: 1 } },
        { status: { mailbox } },
        { config: { mailbox } },
        { ack: { mailbox, upTo: { epoch: new Uint8Array(16), seq: 1 } } }
      ])
      await line.owner(call)
    })
  },
  judge: async (_scene, counts) => {
    const taken = [...counts].filter(([what]) => / OK$/.test(what))
    const passedOn = [...counts].some(([what]) => what.startsWith('liar: auth '))
    return await Promise.resolve([
      ...taken.map(([what, times]) => `${what}, ${times} times`),
      ...(passedOn ? [] : ['no challenge was passed on, so nothing is shown of that'])
    ])
  }
}
