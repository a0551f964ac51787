/**
 * Which relays a mailbox uses when its owner has no preference: highest random weight, spread over networks. Pure.
 * SPEC §6.5.
 */
import { isPrivate } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import { compare } from 'uint8arrays/compare'
import { toString } from 'uint8arrays/to-string'
import { sha256 } from '../crypto/primitives.ts'
import { domains } from '../identity/domains.ts'
import { peerBytes } from '../identity/peer.ts'
import { hostBytes, readMultiaddr } from '../wire/host.ts'
import type { PeerAddress } from '../wire/port.ts'

export interface Candidate extends PeerAddress {
  /** False: the relay says that it takes no more mailboxes. */
  readonly room: boolean
}

export interface Choice {
  readonly active: Candidate[]
  readonly standby: Candidate[]
}

interface Ranked {
  readonly candidate: Candidate
  readonly weight: Uint8Array
}

/**
 * Chooses relays for `mailbox` among the candidates with room. The same candidates give the same choice in any order,
 * and when one of them goes, at most one other takes its place (SPEC §6.5). Fewer than wanted come back when there
 * are fewer; active places are filled first.
 * @throws MailboxError KEY when a candidate's id is not a peer id
 */
export function chooseRelays(
  mailbox: Uint8Array,
  candidates: readonly Candidate[],
  want: { active: number; standby: number }
): Choice {
  const ranked = rank(mailbox, candidates)
  const places = want.active + want.standby
  const networks = new Set<string>()
  const apart: Candidate[] = []
  const rest: Candidate[] = []
  for (const { candidate } of ranked) {
    const network = networkOf(candidate)
    if (network !== undefined && networks.has(network)) {
      rest.push(candidate)
    } else {
      if (network !== undefined) networks.add(network)
      apart.push(candidate)
    }
  }
  // Only where there are fewer networks than places may two relays share one.
  const chosen = [...apart, ...rest].slice(0, places)
  return { active: chosen.slice(0, want.active), standby: chosen.slice(want.active) }
}

/** Candidates with room, heaviest first; a relay named twice counts once. */
function rank(mailbox: Uint8Array, candidates: readonly Candidate[]): Ranked[] {
  const distinct = new Map<string, Ranked>()
  for (const candidate of candidates) {
    if (!candidate.room) continue
    const peer = peerBytes(candidate.id)
    const weight = sha256(domains.rank, mailbox, peer)
    distinct.set(toString(peer, 'base64'), { candidate, weight })
  }
  return [...distinct.values()].sort((a, b) => compare(b.weight, a.weight))
}

/**
 * The network a relay stands in: one /24 or /48, so that networks part the relays and the loss of one relay moves one
 * place only. Public addresses decide; private ones only where a relay has no other, as in a laboratory. The smallest
 * one counts, because the order of addresses means nothing. Undefined where only names are known.
 */
export function networkOf(peer: PeerAddress): string | undefined {
  const addresses = peer.addresses.map(readMultiaddr).filter(address => address !== undefined)
  const open = addresses.filter(address => !isPrivate(address))
  return smallestNetwork(open) ?? smallestNetwork(addresses)
}

function smallestNetwork(addresses: readonly Multiaddr[]): string | undefined {
  return addresses
    .map(prefixOf)
    .filter(prefix => prefix !== undefined)
    .sort()[0]
}

function prefixOf(address: Multiaddr): string | undefined {
  const host = hostBytes(address)
  if (host === undefined) return undefined
  return host.length === 4 ? `4 ${toString(host.subarray(0, 3), 'hex')}` : `6 ${toString(host.subarray(0, 6), 'hex')}`
}
