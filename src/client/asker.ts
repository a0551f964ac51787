/** Asks relays to open or keep this mailbox, with what they want to see of whoever asks (SPEC §8.2, §10.4). */
import { hourOf, type Environment, type Log } from '../environment.ts'
import { isMailboxError, MailboxError, type ErrorCode } from '../errors.ts'
import { openLocator, supersedes, type Locator, type LocatorRelay } from '../identity/locator.ts'
import { stampAsksMax } from '../limits.ts'
import type { RegisterCall } from '../wire/messages.js'
import { anyOf, bounded } from './abort.ts'
import type { Invites, Obstacle, RegistrationStamp } from './admittance.ts'
import type { Chooser } from './chooser.ts'
import type { Owner } from './owner.ts'
import type { RelayLease } from './registration.ts'
import type { StampProgress } from './stamper.ts'

export interface AskerInit {
  readonly owner: Owner
  readonly chooser: Chooser
  readonly stamp: RegistrationStamp
  readonly env: Environment
  readonly log: Log
}

export interface Asking {
  readonly invites: Invites
  readonly progress?: StampProgress | undefined
  readonly signal: AbortSignal | undefined
}

interface Documents {
  readonly locator: Locator
  readonly bundle: { readonly bytes: Uint8Array }
}

export class Asker {
  readonly #init: AskerInit

  constructor(init: AskerInit) {
    this.#init = init
  }

  /**
   * Every relay of the locator; who refuses is listed with why.
   * @throws MailboxError MOVED with a newer locator of the owner's, ABORTED, STORE
   */
  async all(documents: Documents, asking: Asking): Promise<RelayLease[]> {
    const { relays } = documents.locator
    return await bounded(relays, relays.length, async relay => {
      const { id, role } = relay
      try {
        return { id, role, leaseUntilHour: await this.one(documents, relay, asking) }
      } catch (error) {
        if (!isMailboxError(error) || error.code === 'STORE' || asking.signal?.aborted === true) throw error
        if (await this.#hasMoved(error, documents.locator)) throw error
        const refusal = (await this.#why(error, relay, asking)) ?? { code: error.code }
        this.#init.log('info', 'register_refused', { relay: id, code: refusal.code })
        return { id, role, ...refusal }
      }
    })
  }

  /**
   * A stamp is made when the relay asks for one.
   * @returns until which unix hour it keeps the mailbox
   * @throws MailboxError what it refuses with; POW: it asks for more than can be made; STORE, ABORTED
   */
  async one(documents: Documents, relay: LocatorRelay, asking: Asking): Promise<number> {
    const { stamp } = this.#init
    const signal = anyOf(asking.signal)
    const invite = asking.invites.for(relay.id)
    let nonce = await stamp.held()
    for (let asks = 1; ; asks++) {
      try {
        const credentials = { ...(invite === undefined ? {} : { invite }), ...(nonce === undefined ? {} : { nonce }) }
        return await this.#register(documents, relay, credentials, signal)
      } catch (error) {
        const bits = isMailboxError(error, 'POW') ? error.powBits : undefined
        if (bits === undefined || asks > stampAsksMax) throw error
        const { progress } = asking
        nonce = await stamp.of(bits, { signal, ...(progress === undefined ? {} : { progress }) })
      }
    }
  }

  /** What one relay says is of no weight for the others, unless the owner has signed it. */
  async #hasMoved({ code, locator }: MailboxError, current: Locator): Promise<boolean> {
    if (code !== 'MOVED' || locator === undefined) return false
    try {
      const nowHour = hourOf(this.#init.env.now())
      return supersedes(await openLocator(locator, { mailbox: current.mailbox, nowHour }), current)
    } catch (error) {
      if (!isMailboxError(error)) throw error
      return false
    }
  }

  async #register(
    { locator, bundle }: Documents,
    { id, addresses }: LocatorRelay,
    credentials: Pick<RegisterCall, 'invite' | 'nonce'>,
    signal: AbortSignal
  ): Promise<number> {
    const request = { register: { locator: locator.bytes, bundle: bundle.bytes, ...credentials } }
    const { lease } = await this.#init.owner.call({ id, addresses }, request, { signal })
    if (lease === undefined) throw new MailboxError('MALFORMED', `Relay ${id} granted nothing.`)
    return lease.untilHour
  }

  /** Why a relay has refused, where what it says of itself tells. */
  async #why(error: MailboxError, relay: LocatorRelay, { invites, signal }: Asking): Promise<Obstacle | undefined> {
    if (error.code !== 'POLICY') return undefined
    const info = await this.#init.chooser.info(relay, signal)
    return info === undefined ? undefined : invites.refusal(relay.id, info)
  }
}

/** Codes after which a relay may have done what it was asked to. */
const unsure: ReadonlySet<string> = new Set<ErrorCode>(['TIMEOUT', 'DISCONNECTED', 'UNAVAILABLE', 'MALFORMED'])

/** True: it has said no. */
export const isRefused = ({ code }: { readonly code?: string | undefined }): boolean =>
  code !== undefined && !unsure.has(code)

/** INVITATION where an invite that was given was not good. */
export function tooFew(leases: readonly RelayLease[], quorum: number): MailboxError {
  const granted = leases.filter(lease => lease.leaseUntilHour !== undefined).length
  const refusals = leases.flatMap(({ id, code, reason }) =>
    code === undefined ? [] : [reason === undefined ? `${id} ${code}` : `${id}: ${reason}`]
  )
  return new MailboxError(
    leases.some(({ code }) => code === 'INVITATION') ? 'INVITATION' : 'TOO_FEW_RELAYS',
    `${granted} of ${leases.length} relays granted a lease, ${quorum} active ones are needed (${refusals.join(', ')}).`
  )
}
