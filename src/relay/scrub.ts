/**
 * Keeps what a relay holds sound while it runs (SPEC §9.11): a mailbox in which a read met a corrupt row is mended at
 * once, and all of them are looked at over and over, slowly, for what no read would meet. What was set aside is brought
 * from the other relays of the mailbox.
 */
import type { Environment, Log } from '../environment.ts'
import { isMailboxError } from '../errors.ts'
import { scrubBytesMax, scrubEveryMs, scrubMailboxesMax, suspectsMax } from '../limits.ts'
import type { Directory } from './directory.ts'
import { nameOf } from './keys.ts'
import type { Observe } from './options.ts'
import type { Replicator } from './replicator.ts'
import type { RelayStore } from './store.ts'

export interface ScrubInit {
  readonly store: RelayStore
  readonly directory: Directory
  readonly replicator: Replicator
  readonly env: Environment
  readonly log: Log
  readonly observe: Observe
  /** Aborts when the relay stops. */
  readonly stopping: AbortSignal
}

export class Scrub {
  readonly #init: ScrubInit
  /** Mailboxes to be mended. Bounded by suspectsMax; what finds no place is met again. */
  readonly #suspects = new Map<string, Uint8Array>()
  /** The last mailbox looked at. */
  #at: Uint8Array | undefined
  /** When the next look at everything begins. */
  #nextMs = 0
  #mending: Promise<void> | undefined
  #walking: Promise<void> | undefined

  constructor(init: ScrubInit) {
    this.#init = init
    init.store.onCorrupt(mailbox => {
      this.#suspect(mailbox)
    })
  }

  /** Resolves when nothing is being mended, after `stopping`. */
  async stopped(): Promise<void> {
    await Promise.all([this.#mending, this.#walking])
  }

  /** Looks at all mailboxes now. */
  everything(): void {
    this.#at = undefined
    this.#nextMs = 0
    this.#walking ??= this.#walk().finally(() => {
      this.#walking = undefined
    })
  }

  async #walk(): Promise<void> {
    const { stopping, log } = this.#init
    try {
      do await this.step()
      while (this.#at !== undefined && !stopping.aborted)
    } catch (error) {
      log('error', 'scrub_failed', { code: isMailboxError(error) ? error.code : 'UNEXPECTED', error: String(error) })
    }
  }

  /** Looks at the next mailboxes, about scrubBytesMax of records, if there are any yet. @throws MailboxError STORE */
  async step(): Promise<void> {
    const { store, env, stopping } = this.#init
    if (env.now() < this.#nextMs) return
    let bytes = 0
    for (let seen = 0; seen < scrubMailboxesMax && bytes < scrubBytesMax && !stopping.aborted; seen++) {
      this.#at = await store.mailboxAfter(this.#at)
      if (this.#at === undefined) {
        this.#nextMs = env.now() + scrubEveryMs
        return
      }
      const { problems, bytesRead } = await store.examine(this.#at)
      bytes += bytesRead
      if (problems.length > 0) this.#suspect(this.#at)
    }
  }

  #suspect(mailbox: Uint8Array | undefined): void {
    const { log, observe } = this.#init
    if (mailbox === undefined) {
      observe('corrupt', 1)
      log('error', 'store_damaged', { advice: 'stop the relay and run: mailbox relay repair' })
    } else if (this.#suspects.size < suspectsMax) {
      this.#suspects.set(nameOf(mailbox), mailbox)
      this.#mending ??= this.#mend().finally(() => {
        this.#mending = undefined
      })
    }
  }

  async #mend(): Promise<void> {
    const { stopping } = this.#init
    // ends: what is mended is sound, and what cannot be mended is left until it is met again
    for (const [name, mailbox] of this.#suspects) {
      if (stopping.aborted) return
      this.#suspects.delete(name)
      await this.#one(mailbox)
    }
  }

  async #one(mailbox: Uint8Array): Promise<void> {
    const { store, directory, replicator, log, observe } = this.#init
    try {
      const problems = await store.mend(mailbox)
      if (problems.length === 0) return
      observe('corrupt', problems.length)
      log('error', 'quarantined', { problems: [...new Set(problems)], rows: problems.length })
      const hosted = await directory.get(mailbox)
      if (hosted !== undefined) replicator.changed(mailbox, hosted.locator)
    } catch (error) {
      log('error', 'mending_failed', { code: isMailboxError(error) ? error.code : 'UNEXPECTED', error: String(error) })
    }
  }
}
