/** Which relays a new mailbox is opened on: those the owner names, or the ranked ones among those that answer (SPEC §6.5). */
import { multiaddr } from '@multiformats/multiaddr'
import type { Log } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import type { LocatorRelay } from '../identity/locator.ts'
import { dialTimeoutMs, relayAddressesMax, relaysActiveDefault, relaysActiveMax, relaysStandbyMax } from '../limits.ts'
import type { Closest } from '../placement/dht.ts'
import { locatorKey } from '../placement/neighbourhood.ts'
import type { Candidate } from '../placement/rank.ts'
import { chooseRelays } from '../placement/rank.ts'
import { DepositRequest, DepositResponse } from '../wire/messages.js'
import type { Network, PeerAddress } from '../wire/port.ts'
import { protocols } from '../wire/port.ts'
import { anyOf, bounded, throwIfAborted } from './abort.ts'
import { parseAnswer } from './answer.ts'

/** Relays asked what room they have, at most; more than two neighbourhoods would not change the choice. */
const candidatesMax = 40
const askedAtOnce = 8

export interface Wanted {
  active?: number
  standby?: number
  signal?: AbortSignal
}

export interface ChooserInit {
  readonly network: Network
  readonly closest: Closest
  readonly bootstrap: readonly PeerAddress[]
  readonly log: Log
}

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

  /** @throws MailboxError NO_RELAY when no relay with room answered, BOOTSTRAP, ABORTED */
  async choose(mailbox: Uint8Array, want: Wanted): Promise<LocatorRelay[]> {
    const candidates = await this.#candidates(mailbox, want.signal)
    const answers = await bounded(candidates, askedAtOnce, async peer => await this.#room(peer, want.signal))
    throwIfAborted(want.signal)
    const chosen = chooseRelays(
      mailbox,
      answers.filter(answer => answer !== undefined),
      {
        active: want.active ?? relaysActiveDefault,
        standby: want.standby ?? relaysStandbyMax
      }
    )
    if (chosen.active.length === 0) {
      throw new MailboxError(
        'NO_RELAY',
        `None of the ${candidates.length} relays that were asked has room for a mailbox.`
      )
    }
    return [
      ...chosen.active.map(relay => listed(relay, 'active')),
      ...chosen.standby.map(relay => listed(relay, 'standby'))
    ]
  }

  async #candidates(mailbox: Uint8Array, signal: AbortSignal | undefined): Promise<PeerAddress[]> {
    const near = await this.#init.closest(locatorKey(mailbox), anyOf(signal))
    const byId = new Map([...near, ...this.#init.bootstrap].map(peer => [peer.id, peer]))
    return [...byId.values()].slice(0, candidatesMax)
  }

  /** SPEC §7.1: INFO without a mailbox says what a relay offers. */
  async #room(peer: PeerAddress, signal: AbortSignal | undefined): Promise<Candidate | undefined> {
    try {
      const channel = await this.#init.network.channel(peer, protocols.deposit, { signal, deadlineMs: dialTimeoutMs })
      const bytes = await channel.call(DepositRequest.encode({ info: {} }), { signal, deadlineMs: dialTimeoutMs })
      const { relay } = parseAnswer(DepositResponse, bytes, peer.id)
      if (relay === undefined || relay.draining) return undefined
      return { ...peer, room: relay.mailboxesFree > 0 }
    } catch (error) {
      if (!isMailboxError(error)) throw error
      this.#init.log('debug', 'candidate_failed', { relay: peer.id, code: error.code })
      return undefined
    }
  }
}

const listed = (relay: PeerAddress, role: 'active' | 'standby'): LocatorRelay => ({
  id: relay.id,
  addresses: relay.addresses.slice(0, relayAddressesMax),
  role
})

/** @throws MailboxError CONFIG unless `text` is a multiaddr that ends in `/p2p/<peer id>` */
export function parseRelay(text: string): PeerAddress {
  try {
    const address = multiaddr(text)
    const id = address.getComponents().findLast(component => component.name === 'p2p')?.value
    if (id !== undefined)
      return { id, addresses: [address.toString().replace(`/p2p/${id}`, '')].filter(rest => rest !== '') }
  } catch (cause) {
    throw new MailboxError('CONFIG', `"${text}" is not a relay address.`, { cause })
  }
  throw new MailboxError('CONFIG', `"${text}" names no relay: it must end in /p2p/ and a peer id.`)
}
