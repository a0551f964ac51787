import { isMailboxError, MailboxError } from '../errors.ts'
import type { Locator } from '../identity/locator.ts'
import { locatorAnswersWanted } from '../limits.ts'

/** What the relays of one neighbourhood said to one question. */
export class Asks {
  readonly asked: number
  /** Relays that answered as the protocol wants, with a locator or without. */
  answered = 0
  /** The locators among the answers, verified. */
  readonly locators: Locator[] = []
  #reached = 0
  #open = true

  constructor(asked: number) {
    this.asked = asked
  }

  answer(locator: Locator | undefined): void {
    if (!this.#open) return
    this.#reached++
    this.answered++
    if (locator !== undefined) this.locators.push(locator)
  }

  fail(error: unknown): void {
    if (
      this.#open &&
      !isMailboxError(error, 'NO_RELAY') &&
      !isMailboxError(error, 'TIMEOUT') &&
      !isMailboxError(error, 'DISCONNECTED')
    ) {
      this.#reached++
    }
  }

  /** Takes no more answers: what is counted stays as it is. */
  close(): this {
    this.#open = false
    return this
  }

  /** Enough relays said that they have none: 5, or most of a small neighbourhood. */
  get sureOfNone(): boolean {
    const none = this.answered - this.locators.length
    return this.asked > 0 && none >= Math.min(locatorAnswersWanted, Math.floor(this.asked / 2) + 1)
  }

  failure(): MailboxError {
    if (this.#reached === 0) return new MailboxError('NO_RELAY', `none of ${this.asked} relays answered`)
    return new MailboxError(
      'TOO_FEW_RELAYS',
      `only ${this.answered} of ${this.asked} relays gave an answer that can be used`
    )
  }
}
