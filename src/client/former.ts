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
   * @returns those that know, for `RegistrationState.told`
   * @throws MailboxError ABORTED, STORE
   */
  async tell(signal: AbortSignal): Promise<readonly string[]> {
    const answered = await bounded(this.#init.state.untold, atOnce, async relay => await this.#tellOne(relay, signal))
    return answered.filter(id => id !== undefined)
  }

  async #tellOne(relay: SourceRelay, signal: AbortSignal): Promise<string | undefined> {
    const { owner, state, mailbox, log } = this.#init
    try {
      await owner.call(relay, { config: { mailbox, locator: state.required().bytes } }, { signal })
      return relay.id
    } catch (error) {
      if (!isMailboxError(error) || error.code === 'ABORTED' || error.code === 'STORE') throw error
      // one holds a newer locator of another client's, the other no mailbox: neither takes records under the old one
      if (error.code === 'MOVED' || error.code === 'NO_MAILBOX') return relay.id
      log('info', 'former_not_told', { relay: relay.id, code: error.code })
      return undefined
    }
  }
}
