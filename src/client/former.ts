/** Tells relays that the mailbox has left them where it is now, so that they take no more records (SPEC §10.7). */
import type { Log } from '../environment.ts'
import { isMailboxError } from '../errors.ts'
import type { IdentityKey } from '../identity/keys.ts'
import { formerLocatorsMax, relaysActiveMax, relaysStandbyMax } from '../limits.ts'
import { bounded } from './abort.ts'
import type { Owner } from './owner.ts'
import type { RegistrationState, SourceRelay } from './registration.ts'

const atOnce = formerLocatorsMax * (relaysActiveMax + relaysStandbyMax)

export interface FormerInit {
  readonly owner: Owner
  readonly state: RegistrationState
  readonly mailbox: IdentityKey
  readonly log: Log
}

export class Former {
  readonly #init: FormerInit

  constructor(init: FormerInit) {
    this.#init = init
  }

  /**
   * Those that cannot be reached are told at the next contact.
   * @returns what those know that have answered, for `RegistrationState.told`
   * @throws MailboxError ABORTED, STORE
   */
  async tell(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const known = new Map<string, number>()
    await bounded(this.#init.state.untold, atOnce, async relay => {
      const seq = await this.#tellOne(relay, signal)
      if (seq !== undefined) known.set(relay.id, seq)
    })
    return known
  }

  /** @returns the seq up to which the relay takes no more records */
  async #tellOne(relay: SourceRelay, signal: AbortSignal): Promise<number | undefined> {
    const { owner, state, mailbox, log } = this.#init
    const { bytes, seq } = state.required()
    try {
      await owner.call(relay, { config: { mailbox, locator: bytes } }, { signal })
      return seq
    } catch (error) {
      if (!isMailboxError(error) || error.code === 'ABORTED' || error.code === 'STORE') throw error
      // it holds a newer locator, so none older than ours any more
      if (error.code === 'MOVED') return seq
      // without a mailbox it takes no records under any locator
      if (error.code === 'NO_MAILBOX') return Infinity
      log('info', 'former_not_told', { relay: relay.id, code: error.code })
      return undefined
    }
  }
}
