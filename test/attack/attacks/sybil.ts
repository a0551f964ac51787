/** Relays of one operator on the 20 places next to where a mailbox's locator is kept, all of which say that there is none. */
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { compare } from 'uint8arrays/compare'
import { xor } from 'uint8arrays/xor'
import { silent } from '../../../src/environment.ts'
import { Status } from '../../../src/errors.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import { peerBytes, peerOfKey } from '../../../src/identity/peer.ts'
import { neighbourhoodRelays } from '../../../src/limits.ts'
import { kadPosition, privateDht } from '../../../src/placement/dht.ts'
import { locatorKey } from '../../../src/placement/neighbourhood.ts'
import { Libp2pNetwork } from '../../../src/wire/libp2p.ts'
import { LocatorRequest, LocatorResponse } from '../../../src/wire/messages.js'
import { protocols } from '../../../src/wire/port.ts'
import { boundTo } from '../../helpers/bound.ts'
import type { Attack } from '../attack.ts'
import type { Attacker } from '../attacker.ts'
import { mailboxOf } from '../forging.ts'

/** Keys that one place may cost; with as few relays as here it is about a dozen. */
const triesMax = 1_000_000

/** Identities whose peer ids are nearer to the mailbox's place than every relay of the network. */
function ground(attacker: Attacker): PrivateIdentity[] {
  const place = kadPosition(locatorKey(mailboxOf(attacker)))
  const distance = (peer: Uint8Array): Uint8Array => xor(kadPosition(peer), place)
  const [nearest = new Uint8Array(0)] = attacker.brief.relays.map(({ id }) => distance(peerBytes(id))).sort(compare)
  const found: PrivateIdentity[] = []
  for (let tries = 0; found.length < neighbourhoodRelays; tries++) {
    if (tries > triesMax) throw new Error('no more places were found')
    attacker.count('keys tried')
    const identity = generateIdentity()
    if (compare(distance(peerOfKey(identity.key)), nearest) < 0) found.push(identity)
  }
  return found
}

/** A relay as far as the DHT and the locator protocol go. */
async function stand(attacker: Attacker, identity: PrivateIdentity, n: number): Promise<void> {
  const address = attacker.addressOf(n)
  const options = boundTo(address)
  const node = await createLibp2p({
    ...options,
    addresses: { listen: [`/ip4/${address}/tcp/0`] },
    privateKey: await generateKeyPairFromSeed('Ed25519', identity.seed),
    services: { ...options.services, dht: privateDht({ clientMode: false }) }
  })
  await new Libp2pNetwork(node, silent).handle(protocols.locator, async bytes => {
    const { get, put } = LocatorRequest.decode(bytes)
    attacker.count(get === undefined ? (put === undefined ? 'HAVE' : 'PUT taken and dropped') : 'GET denied')
    const status = get === undefined ? Status.OK : Status.NO_MAILBOX
    return await Promise.resolve(LocatorResponse.encode({ status, retryAfterMs: 0, limit: 0, want: [] }))
  })
  for (const relay of attacker.brief.relays) await node.dial(multiaddr(relay.addresses[0]))
  attacker.count('places taken')
}

let identities: PrivateIdentity[] = []

export const sybil: Attack = {
  name: 'sybil',
  title: `the ${neighbourhoodRelays} places next to a mailbox's key, from as many groups, by ids ground for it; they know no locator and drop those that they are given`,
  crew: 1,
  secondsMin: 15,
  prime: async attacker => {
    identities = ground(attacker)
    await Promise.resolve()
  },
  strike: async attacker => {
    await Promise.all(
      identities.map(async (identity, n) => {
        await stand(attacker, identity, n)
      })
    )
    await attacker.end()
  },
  judge: async (_scene, counts) => {
    const denied = counts.get('GET denied') ?? 0
    return await Promise.resolve(denied === 0 ? ['no liar was asked, so nothing is shown'] : [])
  }
}
