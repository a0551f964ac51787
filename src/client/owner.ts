/** Calls that only the owner may make: proved once per channel, again when a relay has forgotten (SPEC §8.1). */
import { equals } from 'uint8arrays'
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import { MailboxError, Status } from '../errors.ts'
import { createOwnerAuth, scopes } from '../identity/ownerauth.ts'
import type { Identity } from '../identity/keys.ts'
import { peerBytes } from '../identity/peer.ts'
import { clockSkewHours, sessionHoursMax } from '../limits.ts'
import { OwnerRequest, OwnerResponse } from '../wire/messages.js'
import type { CallOptions, Channel, Network, PeerAddress } from '../wire/port.ts'
import { protocols } from '../wire/port.ts'
import { abortable } from './abort.ts'
import { parseAnswer, refusalOf } from './answer.ts'

export interface OwnerInit {
  readonly network: Network
  readonly identity: Identity
  readonly env: Environment
}

export class Owner {
  readonly #init: OwnerInit
  /** Which channels carry a proof; an entry goes with its channel. */
  readonly #proofs = new WeakMap<Channel, Promise<void>>()
  /** Bounded by the relays that the owner's locators name: nobody else is asked. */
  readonly #draining = new Set<string>()

  constructor(init: OwnerInit) {
    this.#init = init
  }

  /** Relays that said with their last answer that they are leaving (SPEC §8.10). */
  get draining(): ReadonlySet<string> {
    return this.#draining
  }

  /**
   * Asks one relay. The channel is opened and proved when needed; one AUTH answer leads to one new proof.
   * @throws MailboxError of the relay's status, or NO_RELAY, TIMEOUT, ABORTED, DISCONNECTED, MALFORMED
   */
  async call(relay: PeerAddress, request: OwnerRequest, options: CallOptions = {}): Promise<OwnerResponse> {
    const channel = await this.#init.network.channel(relay, protocols.owner, { signal: options.signal })
    const proof = this.#prove(channel, relay)
    await abortable(proof, options.signal)
    let response = await ask(channel, relay, request, options)
    if (response.status === Status.AUTH) {
      // SPEC §8.1: a proof ends with its hour or with the relay's memory
      if (this.#proofs.get(channel) === proof) this.#proofs.delete(channel)
      await abortable(this.#prove(channel, relay), options.signal)
      response = await ask(channel, relay, request, options)
    }
    if (response.draining) this.#draining.add(relay.id)
    else this.#draining.delete(relay.id)
    const refusal = refusalOf(response, relay.id)
    if (refusal !== undefined) throw refusal
    return response
  }

  #prove(channel: Channel, relay: PeerAddress): Promise<void> {
    const held = this.#proofs.get(channel)
    if (held !== undefined) return held
    // Shared by all callers of the channel, so no caller's signal ends it: its calls have their own deadlines.
    const proof = this.#exchangeProof(channel, relay)
    this.#proofs.set(channel, proof)
    proof.catch(() => {
      if (this.#proofs.get(channel) === proof) this.#proofs.delete(channel)
    })
    return proof
  }

  async #exchangeProof(channel: Channel, relay: PeerAddress): Promise<void> {
    const { identity, env } = this.#init
    // SPEC §8.1: the proof names the relay that was meant, not whoever answered
    if (!equals(channel.remotePeer, peerBytes(relay.id))) {
      throw new MailboxError('AUTH', `The other end is not relay ${relay.id}.`)
    }
    const challenged = await ask(channel, relay, { challenge: {} })
    const refusal = refusalOf(challenged, relay.id)
    if (refusal !== undefined) throw refusal
    const nonce = challenged.challenge?.nonce
    if (nonce?.length !== 32) throw new MailboxError('MALFORMED', `Relay ${relay.id} sent no nonce.`)
    const auth = await createOwnerAuth(identity, {
      relay: channel.remotePeer,
      client: channel.localPeer,
      nonce,
      mailbox: identity.key,
      scopes: scopes.all,
      // within the day that a relay allows, whichever of the two clocks is ahead
      expiresHour: hourOf(env.now()) + sessionHoursMax - 2 * clockSkewHours
    })
    const answered = refusalOf(await ask(channel, relay, { auth }), relay.id)
    if (answered !== undefined) throw answered
  }
}

async function ask(
  channel: Channel,
  relay: PeerAddress,
  request: OwnerRequest,
  options: CallOptions = {}
): Promise<OwnerResponse> {
  const bytes = await channel.call(OwnerRequest.encode(request), options)
  return parseAnswer(OwnerResponse, bytes, relay.id)
}
