/** Which relays a new mailbox is opened on: those the owner names, or the ranked ones among those that answer (SPEC §6.5). */
import type { Environment, Log } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import type { LocatorRelay } from '../identity/locator.ts'
import { isShortMultiaddr } from '../identity/multiaddr.ts'
import {
  chooserLooksMax,
  chooserPauseMs,
  dialTimeoutMs,
  relayAddressesMax,
  relaysActiveDefault,
  relaysActiveMax,
  relaysStandbyMax
} from '../limits.ts'
import type { AdvertBook, Hint } from '../placement/adverts.ts'
import type { Closest } from '../placement/dht.ts'
import { locatorKey } from '../placement/neighbourhood.ts'
import type { Candidate } from '../placement/rank.ts'
import { chooseRelays, networkOf } from '../placement/rank.ts'
import { DepositRequest, DepositResponse, type RelayInfo } from '../wire/messages.js'
import type { Network, PeerAddress } from '../wire/port.ts'
import { protocols } from '../wire/port.ts'
import { anyOf, bounded, throwIfAborted } from './abort.ts'
import { Invites, type Obstacle } from './admittance.ts'
import { parseAnswer } from './answer.ts'
import { parseRelay } from './relay-text.ts'

/** Relays asked what room they have, at most; more than two neighbourhoods would not change the choice. */
const candidatesMax = 40
const askedAtOnce = 8
/** Of those passed over, named in an error. */
const passedNamedMax = 5

interface PassedOver extends Obstacle {
  readonly id: string
}

/** A mailbox one of whose relays leaves. */
export interface Present {
  readonly relays: readonly LocatorRelay[]
  /** The one to replace now. */
  readonly relay: LocatorRelay
  /** Relays that are leaving, this one among them. */
  readonly leaving: ReadonlySet<string>
  /** Those of before that have opened nothing yet. */
  readonly invites: Invites
}

export interface Wanted {
  active?: number
  standby?: number
  signal?: AbortSignal
}

export interface ChooserInit {
  readonly network: Network
  readonly closest: Closest
  readonly bootstrap: readonly PeerAddress[]
  /** What relays say of themselves, where the node hears it. */
  readonly adverts?: AdvertBook | undefined
  readonly env: Environment
  readonly log: Log
}

const hintOrder: Record<Hint, number> = { yes: 0, unknown: 1, no: 2 }

export class Chooser {
  readonly #init: ChooserInit

  constructor(init: ChooserInit) {
    this.#init = init
  }

  /** @throws MailboxError CONFIG when an address does not parse, one relay is named twice, or there are too many */
  given(relays: ReadonlyArray<string | PeerAddress>, want: Wanted): LocatorRelay[] {
    const active = Math.min(want.active ?? relaysActiveDefault, relaysActiveMax)
    const parsed = relays.map(relay => (typeof relay === 'string' ? parseRelay(relay) : relay))
    if (parsed.length === 0) throw new MailboxError('CONFIG', 'The list of relays is empty.')
    if (parsed.length > active + (want.standby ?? relaysStandbyMax)) {
      throw new MailboxError(
        'CONFIG',
        `${parsed.length} relays were given; ${active} active and ${want.standby ?? relaysStandbyMax} standby ones can be used.`
      )
    }
    if (new Set(parsed.map(relay => relay.id)).size < parsed.length)
      throw new MailboxError('CONFIG', 'A relay was given twice.')
    return parsed.map((relay, at) => listed(relay, at < active ? 'active' : 'standby'))
  }

  /**
   * Searches `chooserLooksMax` times for as many relays as are to be active, and then takes those with room.
   * Relays that the owner holds an invite of come first; who asks for what the owner lacks is passed over.
   * @throws MailboxError NO_RELAY when no relay with room answered, INVITATION when that is since an invite is not good,
   * BOOTSTRAP, ABORTED
   */
  async choose(
    mailbox: Uint8Array,
    want: Wanted,
    invites: Invites = new Invites([], this.#init.env)
  ): Promise<LocatorRelay[]> {
    const { active = relaysActiveDefault, standby = relaysStandbyMax, signal } = want
    let looks = 1
    let chosen = await this.#look(mailbox, { active, standby }, invites, signal)
    // relays that have just started are not yet known to those that are asked for them
    while (chosen.asked < active && looks++ < chooserLooksMax) {
      await this.#init.env.delay(chooserPauseMs, anyOf(signal))
      chosen = await this.#look(mailbox, { active, standby }, invites, signal)
    }
    if (chosen.active.length === 0) throw nobody(chosen.asked, chosen.passed)
    return [
      ...chosen.active.map(relay => listed(relay, 'active')),
      ...chosen.standby.map(relay => listed(relay, 'standby'))
    ]
  }

  async #look(
    mailbox: Uint8Array,
    want: { active: number; standby: number },
    invites: Invites,
    signal: AbortSignal | undefined
  ): Promise<{ active: Candidate[]; standby: Candidate[]; asked: number; passed: readonly PassedOver[] }> {
    const candidates = await this.#candidates(mailbox, invites, signal)
    const { able, passed } = await this.#asked(candidates, invites, signal)
    const isInvited = ({ id }: Candidate): boolean => invites.for(id) !== undefined
    const first = chooseRelays(mailbox, able.filter(isInvited), want)
    const then = chooseRelays(
      mailbox,
      able.filter(candidate => !isInvited(candidate)),
      { active: want.active - first.active.length, standby: want.standby - first.standby.length }
    )
    return {
      active: [...first.active, ...then.active],
      standby: [...first.standby, ...then.standby],
      asked: candidates.length,
      passed
    }
  }

  /**
   * The relays of a mailbox when one of them leaves (SPEC §6.5): into an active place moves a standby that answers,
   * and the place that is free then goes to the heaviest candidate with room, on a network of its own if there is one.
   * @returns the new list, and who took the place of `relay`
   * @throws MailboxError NO_RELAY when nobody can, BOOTSTRAP, ABORTED
   */
  async instead(
    mailbox: Uint8Array,
    { relays, relay, leaving, invites }: Present,
    signal: AbortSignal
  ): Promise<{ readonly relays: readonly LocatorRelay[]; readonly by: string }> {
    const kept = relays.filter(({ id }) => id !== relay.id)
    const candidates = (await this.#candidates(mailbox, invites, signal)).filter(({ id }) =>
      relays.every(one => one.id !== id)
    )
    const [standby] =
      relay.role === 'standby'
        ? []
        : await this.#answering(
            kept.filter(({ id, role }) => role === 'standby' && !leaving.has(id)),
            signal
          )
    const { able: free, passed } = await this.#asked(candidates, invites, signal)
    const networks = new Set(kept.map(networkOf).filter(network => network !== undefined))
    const isApart = (candidate: Candidate): boolean => candidate.room && !networks.has(networkOf(candidate) ?? '')
    const from = free.some(isApart) ? free.filter(isApart) : free
    const [next] = chooseRelays(mailbox, from, { active: 1, standby: 0 }).active
    if (standby !== undefined) {
      const raised = relays.flatMap(one =>
        one.id === relay.id ? [listed(standby, 'active')] : one.id === standby.id ? [] : [one]
      )
      return { relays: next === undefined ? raised : [...raised, listed(next, 'standby')], by: standby.id }
    }
    if (next === undefined) throw nobody(candidates.length, passed)
    return { relays: relays.map(one => (one.id === relay.id ? listed(next, relay.role) : one)), by: next.id }
  }

  /** Those that answer, are not leaving, and may open the mailbox; and those that ask for what the owner lacks. */
  async #asked(
    peers: readonly PeerAddress[],
    invites: Invites,
    signal: AbortSignal | undefined
  ): Promise<{ able: Candidate[]; passed: PassedOver[] }> {
    const passed: PassedOver[] = []
    const able: Candidate[] = []
    for (const { info, ...candidate } of await this.#answering(peers, signal)) {
      const obstacle = invites.obstacle(candidate.id, info)
      if (obstacle === undefined) able.push(candidate)
      else passed.push({ id: candidate.id, ...obstacle })
    }
    return { able, passed }
  }

  /** Those that answer and are not leaving. */
  async #answering(
    peers: readonly PeerAddress[],
    signal: AbortSignal | undefined
  ): Promise<Array<Candidate & { readonly info: RelayInfo }>> {
    const answers = await bounded(peers, askedAtOnce, async peer => {
      const info = await this.info(peer, signal)
      return info === undefined || info.draining ? undefined : { ...peer, room: info.mailboxesFree > 0, info }
    })
    throwIfAborted(signal)
    return answers.filter(answer => answer !== undefined)
  }

  async #candidates(mailbox: Uint8Array, invites: Invites, signal: AbortSignal | undefined): Promise<PeerAddress[]> {
    const near = await this.#init.closest(locatorKey(mailbox), anyOf(signal))
    const { adverts, bootstrap, env } = this.#init
    // an invite names its relay; where that is, the network knows
    const invited = invites.relays.map(id => ({ id, addresses: [] }))
    const byId = new Map([...invited, ...near, ...bootstrap].map(peer => [peer.id, peer]))
    const found = [...byId.values()]
    if (adverts === undefined) return found.slice(0, candidatesMax)
    const nowMs = env.now()
    const order = ({ id }: PeerAddress): number => hintOrder[adverts.hint(id, nowMs)]
    // what strangers say of themselves fills up, and takes nobody's place
    const others = adverts.offers(nowMs).filter(({ id }) => !byId.has(id))
    return [...found.toSorted((a, b) => order(a) - order(b)), ...others].slice(0, candidatesMax)
  }

  /** What a relay says that it offers (SPEC §7.1); undefined when it does not answer. */
  async info(peer: PeerAddress, signal: AbortSignal | undefined): Promise<RelayInfo | undefined> {
    try {
      const channel = await this.#init.network.channel(peer, protocols.deposit, { signal, deadlineMs: dialTimeoutMs })
      const bytes = await channel.call(DepositRequest.encode({ info: {} }), { signal, deadlineMs: dialTimeoutMs })
      return parseAnswer(DepositResponse, bytes, peer.id).relay
    } catch (error) {
      if (!isMailboxError(error)) throw error
      this.#init.log('debug', 'candidate_failed', { relay: peer.id, code: error.code })
      return undefined
    }
  }
}

function nobody(asked: number, passed: readonly PassedOver[]): MailboxError {
  const why = passed.slice(0, passedNamedMax).map(({ id, reason }) => `${id}: ${reason}`)
  return new MailboxError(
    passed.some(({ code }) => code === 'INVITATION') ? 'INVITATION' : 'NO_RELAY',
    `None of the ${asked} relays that were asked has room for this mailbox${why.length === 0 ? '' : ` (${why.join(', ')})`}.`
  )
}

const listed = (relay: PeerAddress, role: 'active' | 'standby'): LocatorRelay => ({
  id: relay.id,
  // a relay that names one that no locator may hold is listed by its others
  addresses: relay.addresses.filter(isShortMultiaddr).slice(0, relayAddressesMax),
  role
})
