/** Drops the mailboxes whose owners have not come back in time (SPEC §8.2, §9.3). */
import { hourOf, type Environment, type Log } from '../environment.ts'
import type { Directory } from './directory.ts'
import { isHeld } from './hosted.ts'
import { kinds, mailboxOfKey } from './keys.ts'
import { decodeLease } from './operations.ts'
import type { Observe } from './options.ts'
import type { RelayStore } from './store.ts'

export interface ReaperInit {
  readonly store: RelayStore
  readonly directory: Directory
  readonly env: Environment
  readonly log: Log
  readonly observe: Observe
}

export class Reaper {
  readonly #init: ReaperInit

  constructor(init: ReaperInit) {
    this.#init = init
  }

  /** Drops every mailbox that is not held any more, slice by slice. @throws MailboxError STORE, CLOSED, BUSY */
  async sweep(signal: AbortSignal): Promise<void> {
    const { store, env } = this.#init
    // bounded by mailboxesMax, twice over while those that are not held wait for this
    for await (const [key, value] of store.list(kinds.lease)) {
      if (signal.aborted) return
      // one that has left is seen to before (SPEC §9.9)
      if (!isHeld(decodeLease(value), false, hourOf(env.now()))) await this.#reap(mailboxOfKey(key))
    }
  }

  async #reap(mailbox: Uint8Array): Promise<void> {
    const { store, directory, log, observe } = this.#init
    const records = await directory.reap(mailbox, async () => await store.drop(mailbox))
    if (records === undefined) return
    observe('lapsed', records)
    log('info', 'mailbox_lapsed', { records })
  }
}
