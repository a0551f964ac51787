/** Moves the mailbox away from a relay that is leaving, where the client chose its relays (SPEC §10.8). */
import type { Environment, Log } from '../environment.ts'
import type { ErrorCode } from '../errors.ts'
import { isMailboxError } from '../errors.ts'
import type { IdentityKey } from '../identity/keys.ts'
import type { LocatorRelay } from '../identity/locator.ts'
import { moveRetryMs } from '../limits.ts'
import { OneAtATime } from '../placement/turns.ts'
import type { InviteBook } from './admittance.ts'
import type { Chooser } from './chooser.ts'
import type { Former } from './former.ts'
import type { Leaving } from './leaving.ts'
import type { Owner } from './owner.ts'
import type { Registrar } from './register.ts'
import type { Registration, RegistrationState } from './registration.ts'

export interface MoverInit {
  readonly owner: Owner
  readonly state: RegistrationState
  readonly registrar: Registrar
  readonly chooser: Chooser
  readonly former: Former
  readonly invites: InviteBook
  readonly mailbox: IdentityKey
  readonly env: Environment
  readonly log: Log
}

export interface Settled {
  readonly leaving: readonly Leaving[]
  /** The one in force after a move. */
  readonly registration?: Registration
}

export class Mover {
  readonly #init: MoverInit
  /** One move at a time. */
  readonly #turns = new OneAtATime()
  #failed: { readonly relay: string; readonly code: ErrorCode; readonly untilMs: number } | undefined

  constructor(init: MoverInit) {
    this.#init = init
  }

  /** Listed relays that are leaving, and what will be done about each; asks nobody. */
  get pending(): readonly Leaving[] {
    const { state } = this.#init
    return this.#leaving.map(({ id }) => {
      if (state.row?.automatic !== true) return { relay: id, outcome: 'by-hand' }
      const failed = this.#failure
      return failed?.relay === id
        ? { relay: id, outcome: 'failed', code: failed.code }
        : { relay: id, outcome: 'waiting' }
    })
  }

  /**
   * Replaces the first listed relay that is leaving, if the client chose the relays. A failure leaves everything as it
   * is, and is not tried again before `moveRetryMs`.
   * @throws MailboxError STORE
   */
  async settle(signal: AbortSignal): Promise<Settled> {
    if (this.#leaving.length === 0) return { leaving: [] }
    return await this.#turns.take('', async () => await this.#settle(signal))
  }

  async #settle(signal: AbortSignal): Promise<Settled> {
    const [first, ...rest] = this.pending
    const relay = this.#leaving.find(({ id }) => id === first?.relay)
    if (first?.outcome !== 'waiting' || relay === undefined) return { leaving: this.pending }
    try {
      const { registration, by } = await this.#replace(relay, signal)
      this.#init.log('info', 'mailbox_moved', { from: relay.id, to: by })
      return { leaving: [{ relay: relay.id, outcome: 'moved', by }, ...rest], registration }
    } catch (error) {
      if (!isMailboxError(error) || error.code === 'STORE') throw error
      const { code } = error
      this.#init.log('warn', 'move_failed', { from: relay.id, code })
      // who was interrupted has not found out anything
      if (!signal.aborted) this.#failed = { relay: relay.id, code, untilMs: this.#init.env.now() + moveRetryMs }
      return { leaving: [{ relay: relay.id, outcome: 'failed', code }, ...rest] }
    }
  }

  async #replace(
    relay: LocatorRelay,
    signal: AbortSignal
  ): Promise<{ readonly registration: Registration; readonly by: string }> {
    const { chooser, registrar, owner, state, mailbox, invites } = this.#init
    const locator = state.required()
    const present = { relays: locator.relays, relay, leaving: owner.draining, invites: await invites.held() }
    const { relays, by } = await chooser.instead(mailbox, present, signal)
    const registration = await registrar.moveTo(relays, locator, signal)
    await this.#tellFormer(signal)
    return { registration, by }
  }

  /** The mailbox has moved, whatever comes of this: who cannot be told now is told at the next contact. */
  async #tellFormer(signal: AbortSignal): Promise<void> {
    const { former, state, log } = this.#init
    try {
      await state.told(await former.tell(signal))
    } catch (error) {
      if (!isMailboxError(error) || error.code === 'STORE') throw error
      log('info', 'former_not_told', { code: error.code })
    }
  }

  get #leaving(): readonly LocatorRelay[] {
    const { state, owner } = this.#init
    return state.locator?.relays.filter(({ id }) => owner.draining.has(id)) ?? []
  }

  get #failure(): { readonly relay: string; readonly code: ErrorCode } | undefined {
    return this.#failed !== undefined && this.#init.env.now() < this.#failed.untilMs ? this.#failed : undefined
  }
}
