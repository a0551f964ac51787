/**
 * Keeps the mailbox open while somebody watches it: locator and bundle are signed anew, prekeys change and leases go on,
 * without another call of `register` (SPEC §10.4).
 */
import { hourOf, msPerHour, pause, type Environment, type Log } from '../environment.ts'
import { isMailboxError } from '../errors.ts'
import { prekeyRotationHours, renewLookMs } from '../limits.ts'
import { OneAtATime } from '../placement/turns.ts'
import type { Registrar } from './register.ts'
import type { RegistrationState } from './registration.ts'

export interface RenewerInit {
  readonly registrar: Registrar
  readonly state: RegistrationState
  readonly env: Environment
  readonly log: Log
}

export class Renewer {
  readonly #init: RenewerInit
  /** Several watches renew once. */
  readonly #turns = new OneAtATime()

  constructor(init: RenewerInit) {
    this.#init = init
  }

  /**
   * Renews when it is time, until `signal` aborts; what fails is tried again at the next look. By the wall clock, looked at
   * often: a machine sleeps, and its timers with it.
   * @throws MailboxError STORE
   */
  async run(signal: AbortSignal): Promise<void> {
    const { env } = this.#init
    while (!signal.aborted) {
      await this.#turns.take('', async () => {
        if (this.#isDue && !signal.aborted) await this.#renew(signal)
      })
      await pause(env, renewLookMs, signal)
    }
  }

  /** As old as the oldest prekey may be in use: a bundle that is signed then has the next one. */
  get #isDue(): boolean {
    const { state, env } = this.#init
    const { row } = state
    if (row === undefined) return false
    return Math.min(row.bundleHour, row.locatorHour) + prekeyRotationHours <= hourOf(env.now())
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { registrar, log } = this.#init
    try {
      const { leaseUntilHour } = await registrar.register({ signal })
      log('info', 'mailbox_renewed', { untilMs: leaseUntilHour * msPerHour })
    } catch (error) {
      if (!isMailboxError(error) || error.code === 'STORE') throw error
      if (!signal.aborted) log('warn', 'renew_failed', { code: error.code })
    }
  }
}
