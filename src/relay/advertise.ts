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
  advertNeighboursFew,
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
  readonly gossip: Pick<AdvertGossip, 'neighbours' | 'publish'>
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

/** An advert, as far as it may be time for another. */
interface Said {
  readonly what: string
  readonly neighbours: number
  readonly atMs: number
}

/** Resolves once `signal` aborts; never rejects. @throws MailboxError KEY when the node's key is not Ed25519 */
export async function advertise(init: AdvertiseInit): Promise<void> {
  const { env, signal, privateKey } = init
  if (privateKey.type !== 'Ed25519') throw new MailboxError('KEY', 'A relay needs an Ed25519 node key.')
  const relay = identityFromSeed(privateKey.raw.subarray(0, 32))
  let said: Said | undefined
  while (!signal.aborted) {
    const offer = offerOf(init)
    const now: Said = { what: newsOf(offer), neighbours: init.gossip.neighbours, atMs: env.now() }
    if (isDue(now, said)) {
      await say(init, relay, offer)
      said = { ...now, atMs: env.now() }
    }
    await pause(env, advertLookMs, signal)
  }
}

function isDue(now: Said, said: Said | undefined): boolean {
  if (now.neighbours === 0) return false
  const sinceMs = said === undefined ? Infinity : now.atMs - said.atMs
  if (said === undefined || sinceMs >= advertEveryMs) return true
  const isHeardByMore = said.neighbours < Math.min(advertNeighboursFew, now.neighbours)
  return sinceMs >= advertSpacingMs && (now.what !== said.what || isHeardByMore)
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
