/** A relay says what it offers: every half hour, and when that has changed (SPEC §6.6). */
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { pause, type Environment, type Log } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { roomOf, signAdvert, type AdvertFields } from '../identity/advert.ts'
import { identityFromSeed, type Identity } from '../identity/keys.ts'
import { isShortMultiaddr } from '../identity/multiaddr.ts'
import {
  advertEveryMs,
  advertLookMs,
  advertSpacingMs,
  advertValidMs,
  dialAddressesMax,
  ladderBytes,
  ttlHoursMax
} from '../limits.ts'
import type { AdvertGossip } from '../placement/gossip.ts'
import { registrationBitsOf } from './opening.ts'
import type { RelayLimits } from './options.ts'
import type { RelayStats } from './relay.ts'

export interface AdvertiseInit {
  readonly gossip: AdvertGossip
  /** Of the libp2p node: Ed25519. */
  readonly privateKey: PrivateKey
  readonly peerId: PeerId
  readonly addresses: () => readonly Multiaddr[]
  readonly stats: () => RelayStats
  readonly limits: RelayLimits
  /** Name and version, at most 32 characters. */
  readonly program: string
  readonly env: Environment
  readonly log: Log
  /** Ends it. */
  readonly signal: AbortSignal
}

type Offer = Omit<AdvertFields, 'issuedMs' | 'validUntilMs'>

/** Resolves once `signal` aborts; never rejects. @throws MailboxError KEY when the node's key is not Ed25519 */
export async function advertise(init: AdvertiseInit): Promise<void> {
  const { env, signal, privateKey } = init
  if (privateKey.type !== 'Ed25519') throw new MailboxError('KEY', 'A relay needs an Ed25519 node key.')
  const relay = identityFromSeed(privateKey.raw.subarray(0, 32))
  let said: { readonly what: string; readonly atMs: number } | undefined
  while (!signal.aborted) {
    const offer = offerOf(init)
    const what = newsOf(offer)
    const sinceMs = said === undefined ? Infinity : env.now() - said.atMs
    if (init.gossip.isHeard && (sinceMs >= advertEveryMs || (what !== said?.what && sinceMs >= advertSpacingMs))) {
      await say(init, relay, offer)
      said = { what, atMs: env.now() }
    }
    await pause(env, advertLookMs, signal)
  }
}

/** How much room there is changes all the time, and is said with the next advert. */
function newsOf({ addresses, draining, room }: Offer): string {
  return JSON.stringify([addresses, draining, room > 0])
}

function offerOf({ addresses, peerId, stats, limits, program }: AdvertiseInit): Offer {
  const { draining, mailboxes } = stats()
  return {
    addresses: addresses()
      .map(address => address.toString().replace(`/p2p/${peerId.toString()}`, ''))
      .filter(isShortMultiaddr)
      .slice(0, dialAddressesMax),
    program,
    room: draining ? 0 : roomOf(limits.mailboxes - mailboxes),
    recordsPerMailbox: limits.recordsPerMailbox,
    bytesPerMailbox: limits.bytesPerMailbox,
    classBytesMax: ladderBytes.at(-1) ?? 0,
    ttlHoursMax,
    registration: limits.registration,
    registrationBits: registrationBitsOf(limits),
    draining
  }
}

async function say({ gossip, env, log }: AdvertiseInit, relay: Identity, offer: Offer): Promise<void> {
  const issuedMs = Math.floor(env.now() / 1_000) * 1_000
  try {
    const { bytes } = await signAdvert(relay, { ...offer, issuedMs, validUntilMs: issuedMs + advertValidMs })
    await gossip.publish(bytes)
    log('debug', 'advert_given', { draining: offer.draining })
  } catch (error) {
    // a hint that nobody gets: the next one is due in half an hour
    log('warn', 'advert_failed', { code: isMailboxError(error) ? error.code : 'UNEXPECTED', error: String(error) })
  }
}
