/**
 * Who may open a mailbox at this relay (SPEC §8.2). Asked when one that is not held is registered, and only then: whoever
 * has a mailbox here keeps it, whatever the policy has become.
 */
import { LRUCache } from 'lru-cache'
import { hourOf, type Environment } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { checkInvite, type Invite } from '../identity/invite.ts'
import type { IdentityKey } from '../identity/keys.ts'
import { nonceBytes, stampBits, stampPrefix } from '../identity/stamp.ts'
import { registrationGroupsMax } from '../limits.ts'
import { Budget } from '../wire/budget.ts'
import { checkStamp } from './lanes.ts'
import type { RelayLimits } from './options.ts'

/** What comes with REGISTER besides the documents. */
export interface Credentials {
  readonly invite?: Uint8Array | undefined
  readonly nonce?: Uint8Array | undefined
}

export interface OpeningInit {
  readonly limits: RelayLimits
  readonly env: Environment
  /** This relay's peer id, multihash bytes: it signs invites. */
  readonly self: Uint8Array
  /** Whether the operator has listed it; absent: nobody is. */
  readonly isListed?: ((mailbox: IdentityKey) => boolean) | undefined
}

/** Zero bits of the stamp that opens a mailbox; 0: none is asked for. */
export const registrationBitsOf = ({ registration, registrationBits }: RelayLimits): number =>
  registration === 'open' ? registrationBits : 0

export class Opening {
  readonly #init: OpeningInit
  /** By group. Bounded by registrationGroupsMax. */
  readonly #budgets = new LRUCache<string, Budget>({ max: registrationGroupsMax })

  constructor(init: OpeningInit) {
    this.#init = init
  }

  /**
   * Cheap before dear, and before any document is looked at.
   * @param group of whoever asks; undefined where it is not known: then nobody counts
   * @returns the invite to be spent with the lease, where there is one
   * @throws MailboxError POW with the bits, POLICY, BUSY (registrationsPerHourMax)
   */
  admit(mailbox: IdentityKey, credentials: Credentials, group: string | undefined): Invite | undefined {
    const invite = this.#check(mailbox, credentials)
    this.#spend(group)
    return invite
  }

  #check(mailbox: IdentityKey, { invite, nonce }: Credentials): Invite | undefined {
    const { limits, env, self, isListed } = this.#init
    switch (limits.registration) {
      case 'open':
        checkStamp(bitsOf(mailbox, nonce), limits.registrationBits)
        return undefined
      case 'allow-list':
        if (isListed?.(mailbox) !== true) throw new MailboxError('POLICY', 'The operator has not listed this mailbox.')
        return undefined
      case 'invite':
        if (invite === undefined) throw new MailboxError('POLICY', 'A mailbox is opened with an invite here.')
        return checkInvite(invite, { self, nowHour: hourOf(env.now()) })
    }
  }

  #spend(group: string | undefined): void {
    if (group === undefined) return
    const { registrationsPerHour } = this.#init.limits
    const nowMs = this.#init.env.now()
    const limits = { perSecond: registrationsPerHour / 3_600, burst: registrationsPerHour }
    const budget = this.#budgets.get(group) ?? new Budget(limits, nowMs)
    this.#budgets.set(group, budget)
    const retryAfterMs = budget.take(nowMs)
    if (retryAfterMs > 0)
      throw new MailboxError('BUSY', 'Too many mailboxes were opened from there.', {
        limit: 'registrationsPerHourMax',
        retryAfterMs
      })
  }
}

/** Zero bits of what was shown; 0: nothing, or what is no nonce. */
const bitsOf = (mailbox: IdentityKey, nonce: Uint8Array | undefined): number =>
  nonce?.length === nonceBytes ? stampBits(stampPrefix('registration', mailbox), nonce) : 0
