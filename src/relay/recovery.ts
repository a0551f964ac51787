/**
 * What a relay does when its store has failed: it serves no writes, opens the store again, with growing pauses while
 * that fails, and goes on when what is there has been read (SPEC §9.2).
 */
import { backoffMs, pause, type Environment, type Log } from '../environment.ts'
import { isMailboxError } from '../errors.ts'
import { salvagesMax, storeReopenMsMax, storeReopenMsMin } from '../limits.ts'
import type { Disk, Observe } from './options.ts'
import type { RelayStore } from './store.ts'

export interface RecoveryInit {
  readonly store: RelayStore
  readonly disk: Disk
  readonly env: Environment
  readonly log: Log
  readonly observe: Observe
  /** Aborts when the relay stops. */
  readonly stopping: AbortSignal
  /** Reads again what was read at the start; nothing is written before it is done. */
  readonly reread: () => Promise<void>
  /** The relay serves again; `salvaged`: what could not be read has been left behind. */
  readonly recovered: (salvaged: boolean) => void
}

export class Recovery {
  readonly #init: RecoveryInit
  #running: Promise<void> | undefined
  #damaged = false
  #salvages = 0

  constructor(init: RecoveryInit) {
    this.#init = init
    init.store.onDamage(cause => {
      this.#damage(cause)
    })
    init.store.onFailure(() => {
      this.#running ??= this.#run().finally(() => {
        this.#running = undefined
      })
    })
  }

  /** The database cannot read its own files: what reads there fails, until it has been salvaged. */
  get damaged(): boolean {
    return this.#damaged
  }

  #damage(cause: unknown): void {
    const { store, disk, log } = this.#init
    if (this.#damaged) return
    this.#damaged = true
    const salvages = disk.salvage !== undefined && this.#salvages < salvagesMax
    log('error', 'store_damaged', { error: String(cause), salvages, advice: 'mailbox relay repair' })
    if (salvages) store.fail(cause)
  }

  /** Resolves when nothing is being opened any more, after `stopping`. */
  async stopped(): Promise<void> {
    await this.#running
  }

  /** Ends when the store takes writes again or the relay stops; a disk may be given room, or come back, at any time. */
  async #run(): Promise<void> {
    const { store, env, log, observe, recovered, stopping } = this.#init
    observe('storeFailed', 1)
    log('error', 'store_failed', { error: rootOf(store.failure) })
    // half of each pause by chance: relays on one disk fail together
    const pauseMs = (attempts: number): number => backoffMs(env, attempts, storeReopenMsMin, storeReopenMsMax)
    for (let attempts = 0; await pause(env, pauseMs(attempts), stopping); attempts++) {
      try {
        const salvaged = await this.#reopen()
        log('info', 'store_reopened', { attempts: attempts + 1 })
        recovered(salvaged)
        return
      } catch (error) {
        const code = isMailboxError(error) ? error.code : 'UNEXPECTED'
        log('error', 'store_reopen_failed', { code, error: rootOf(error), attempts: attempts + 1 })
      }
    }
  }

  /** @returns whether what could not be read has been left behind */
  async #reopen(): Promise<boolean> {
    const { store, reread } = this.#init
    let salvaged = false
    const closed = async (): Promise<void> => {
      salvaged = await this.#closed()
    }
    await store.reopen({ closed, opened: reread })
    return salvaged
  }

  async #closed(): Promise<boolean> {
    const { disk, log } = this.#init
    await disk.makeRoom()
    if (!this.#damaged || disk.salvage === undefined) return false
    this.#salvages++
    await disk.salvage()
    this.#damaged = false
    log('info', 'store_salvaged')
    return true
  }
}

/** What the system or the database said, below our own sentences. */
function rootOf(error: unknown): string {
  let root = error
  while (root instanceof Error && root.cause !== undefined) root = root.cause
  return String(root)
}
