/**
 * What becomes of a mailbox that has left this relay (SPEC §9.9). It is handed over to the relays it went to, dropped when
 * each of them has everything, and then for some time only the answer to where it is.
 */
import { hourOf, type Environment, type Log } from '../environment.ts'
import type { Directory } from './directory.ts'
import { kinds, mailboxOfKey } from './keys.ts'
import { isTime, stepOf } from './left.ts'
import type { Observe } from './options.ts'
import type { RelayStore } from './store.ts'
import { LeftMailbox } from '../wire/messages.js'

export interface LeavingInit {
  readonly store: RelayStore
  readonly directory: Directory
  readonly env: Environment
  readonly log: Log
  readonly observe: Observe
}

export class Leaving {
  readonly #init: LeavingInit

  constructor(init: LeavingInit) {
    this.#init = init
  }

  /** Takes the next step for every mailbox that has left. @throws MailboxError STORE, CLOSED, BUSY */
  async sweep(signal: AbortSignal): Promise<void> {
    const { store, directory, env } = this.#init
    // bounded by mailboxesMax
    for await (const [key, value] of store.list(kinds.left)) {
      if (signal.aborted) return
      // nothing is read and verified for those whose time has not come
      if (!isTime(LeftMailbox.decode(value), hourOf(env.now()))) continue
      const mailbox = mailboxOfKey(key)
      const hosted = await directory.known(mailbox)
      const step = hosted?.left === undefined ? undefined : stepOf(hosted.left, hosted.locator, hourOf(env.now()))
      if (step !== undefined) await this.#take(step, mailbox)
    }
  }

  async #take(step: 'drop' | 'forget', mailbox: Uint8Array): Promise<void> {
    const { store, directory, log, observe } = this.#init
    const records = await directory.leave(mailbox, step, async () => await store.drop(mailbox))
    observe('left', records)
    log('info', step === 'drop' ? 'mailbox_dropped' : 'mailbox_forgotten', { records })
  }
}
