/**
 * What this client shows to relays that do not let everybody open a mailbox (SPEC §8.2, §10.4): one stamp for all of them,
 * and the invites that its owner was given.
 */
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import { MailboxError, type ErrorCode } from '../errors.ts'
import { endOf, openInvite, readInvite, type Invite } from '../identity/invite.ts'
import type { IdentityKey } from '../identity/keys.ts'
import { policyOfNumber } from '../identity/registration-policy.ts'
import { stampPrefix } from '../identity/stamp.ts'
import { invitesGivenMax, powBitsMax } from '../limits.ts'
import { OneAtATime } from '../placement/turns.ts'
import type { RelayInfo } from '../wire/messages.js'
import type { Stamper, StampProgress } from './stamper.ts'
import type { LocalStore } from './store.ts'

/** Why a relay does not open this mailbox. INVITATION: an invite was given, and is not good. */
export interface Obstacle {
  readonly code: ErrorCode
  readonly reason: string
}

/** The invites of one registration, each for the relay that signed it. */
export class Invites {
  readonly #byRelay: ReadonlyMap<string, Invite>
  readonly #env: Environment

  constructor(invites: readonly Invite[], env: Environment) {
    // of two of one relay the one that lasts longer
    const ordered = invites.toSorted((a, b) => a.expiresHour - b.expiresHour)
    this.#byRelay = new Map(ordered.map(invite => [invite.relay, invite]))
    this.#env = env
  }

  /** @throws MailboxError INVITATION: one of them is none, or damaged; CONFIG: more than `invitesGivenMax` */
  static read(texts: readonly string[], env: Environment): Invites {
    if (texts.length > invitesGivenMax)
      throw new MailboxError('CONFIG', `At most ${invitesGivenMax} invites are taken, not ${texts.length}.`)
    return new Invites(texts.map(readInvite), env)
  }

  /** For that relay, unless it has expired. */
  for(relay: string): Uint8Array | undefined {
    const invite = this.#byRelay.get(relay)
    return invite !== undefined && invite.expiresHour > hourOf(this.#env.now()) ? invite.bytes : undefined
  }

  get all(): readonly Invite[] {
    return [...this.#byRelay.values()]
  }

  /** Relays that signed one. */
  get relays(): string[] {
    return [...this.#byRelay.keys()]
  }

  /** Why that relay will not open a mailbox, as far as what it says of itself tells; undefined: it may. */
  obstacle(relay: string, { registration, registrationBits }: RelayInfo): Obstacle | undefined {
    if (policyOfNumber(registration) === 'invite' && this.for(relay) === undefined) return this.#lacking(relay)
    if (registrationBits <= powBitsMax) return undefined
    return { code: 'POW', reason: `it asks for a stamp of ${registrationBits} bits` }
  }

  /** Why it has refused with POLICY, by what it says of itself. */
  refusal(relay: string, { draining, registration }: RelayInfo): Obstacle | undefined {
    if (draining) return { code: 'POLICY', reason: 'it is leaving' }
    const policy = policyOfNumber(registration)
    if (policy === 'allow-list')
      return { code: 'POLICY', reason: 'it opens mailboxes for those that its operator has listed' }
    if (policy !== 'invite') return undefined
    if (this.for(relay) === undefined) return this.#lacking(relay)
    return { code: 'INVITATION', reason: 'it did not take its invite, which was used before' }
  }

  #lacking(relay: string): Obstacle {
    const invite = this.#byRelay.get(relay)
    const end = invite === undefined ? undefined : endOf(invite, this.#env.now())
    if (end !== undefined) return { code: 'INVITATION', reason: end }
    if (this.#byRelay.size === 0) return { code: 'POLICY', reason: 'it asks for an invite of its operator' }
    const reason = 'it asks for an invite of its own operator, and those given are of other relays'
    return { code: 'INVITATION', reason }
  }
}

/** Invites that were given and have opened nothing yet: for when the client changes to another relay by itself. */
export class InviteBook {
  readonly #store: LocalStore
  readonly #env: Environment

  constructor(o: { readonly store: LocalStore; readonly env: Environment }) {
    this.#store = o.store
    this.#env = o.env
  }

  /** Of each relay the last one, and of them all the `invitesGivenMax` that last longest. @throws MailboxError STORE */
  async keep(given: Invites): Promise<void> {
    const { invites } = this.#store
    const kept = new Map([...(await this.#all()), ...given.all].map(invite => [invite.relay, invite]))
    const lasting = [...kept.values()].toSorted((a, b) => b.expiresHour - a.expiresHour).slice(0, invitesGivenMax)
    const relays = new Set(
      lasting.filter(({ expiresHour }) => expiresHour > hourOf(this.#env.now())).map(({ relay }) => relay)
    )
    await this.#store.commit([
      ...[...kept.keys()].filter(relay => !relays.has(relay)).map(relay => invites.del(relay)),
      ...given.all.filter(({ relay }) => relays.has(relay)).map(({ relay, bytes }) => invites.put(relay, bytes))
    ])
  }

  /** @throws MailboxError STORE */
  async held(): Promise<Invites> {
    return new Invites(await this.#all(), this.#env)
  }

  /** These relays have opened the mailbox. @throws MailboxError STORE */
  async used(relays: readonly string[]): Promise<void> {
    await this.#store.commit(relays.map(relay => this.#store.invites.del(relay)))
  }

  async #all(): Promise<Invite[]> {
    const held: Invite[] = []
    for await (const [, bytes] of this.#store.invites.tryEntries({ limit: invitesGivenMax }))
      if (!(bytes instanceof MailboxError)) held.push(openInvite(bytes))
    return held
  }
}

/** The stamp of this mailbox: made once, kept, and made again only when a relay asks for more. */
export class RegistrationStamp {
  readonly #store: LocalStore
  readonly #mailbox: IdentityKey
  readonly #stamper: Stamper
  /** Relays are asked side by side, and one stamp serves them all. */
  readonly #turns = new OneAtATime()

  constructor(o: { readonly store: LocalStore; readonly mailbox: IdentityKey; readonly stamper: Stamper }) {
    this.#store = o.store
    this.#mailbox = o.mailbox
    this.#stamper = o.stamper
  }

  /** The nonce that is kept. @throws MailboxError STORE */
  async held(): Promise<Uint8Array | undefined> {
    return (await this.#store.stamp.get(''))?.nonce
  }

  /** @throws MailboxError POW: too many bits, or none found; ABORTED, BUSY, STORE */
  async of(bits: number, o: { readonly signal: AbortSignal; readonly progress?: StampProgress }): Promise<Uint8Array> {
    return await this.#turns.take('', async () => {
      const held = await this.#store.stamp.get('')
      if (held !== undefined && held.bits >= bits) return held.nonce
      const nonce = await this.#stamper.stamp(stampPrefix('registration', this.#mailbox), bits, o)
      await this.#store.commit([this.#store.stamp.put('', { nonce, bits })])
      return nonce
    })
  }
}
