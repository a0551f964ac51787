/** Reading one relay: pages from the saved cursor until it is drained, then waiting for what comes (SPEC §8.5, §8.8). */
import { isMailboxError, MailboxError } from '../errors.ts'
import type { IdentityKey } from '../identity/keys.ts'
import { pullBytesMax, pullRecordsMax, recordsPerMailboxMax, requestDeadlineMs, subscribeWaitMsMax } from '../limits.ts'
import type { Page } from '../wire/messages.js'
import type { PeerAddress } from '../wire/port.ts'
import type { Intake, FailedRecord, Taken } from './intake.ts'
import type { Owner } from './owner.ts'
import type { RegistrationState } from './registration.ts'
import type { CursorRow } from './rows.ts'
import type { LocalStore } from './store.ts'

/** A page holds at least one record, so an honest relay is drained after as many pages as it may hold records. */
const pagesMax = recordsPerMailboxMax + 1

export interface CollectorInit {
  readonly store: LocalStore
  readonly owner: Owner
  readonly intake: Intake
  readonly state: RegistrationState
  readonly mailbox: IdentityKey
}

export class Collector {
  readonly #init: CollectorInit

  constructor(init: CollectorInit) {
    this.#init = init
  }

  /**
   * Pulls `relay` until it has nothing more.
   * @throws MailboxError of the relay or the network, MALFORMED (the relay's pages lead nowhere), STORE. What was
   * taken before stays taken.
   */
  async drain(relay: PeerAddress, signal: AbortSignal | undefined): Promise<Taken> {
    let received = 0
    let requests = 0
    const failed: FailedRecord[] = []
    for (let pages = 0; pages < pagesMax; pages++) {
      const { page, after } = await this.#page(relay, signal, 0)
      const taken = await this.#take(relay, page, after)
      received += taken.received
      requests += taken.requests
      // bounded by what a relay may hold: beyond it the records are counted nowhere, and still not hidden
      if (failed.length < recordsPerMailboxMax) failed.push(...taken.failed)
      if (!page.more) return { received, requests, failed }
      if (page.records.length === 0) break
    }
    throw new MailboxError('MALFORMED', `Relay ${relay.id} has pages without end.`)
  }

  /** One SUBSCRIBE: resolves when records came or the relay's wait was over. False: nothing came after the cursor. */
  async wait(relay: PeerAddress, signal: AbortSignal): Promise<boolean> {
    const { page, after } = await this.#page(relay, signal, subscribeWaitMsMax)
    await this.#take(relay, page, after)
    return page.records.length > 0 && (page.next?.seq ?? 0) > (after?.seq ?? 0)
  }

  /** With the cursor after which it begins. */
  async #page(
    relay: PeerAddress,
    signal: AbortSignal | undefined,
    waitMs: number
  ): Promise<{ page: Page; after: CursorRow | undefined }> {
    const { store } = this.#init
    const cursor = await store.cursors.get(relay.id)
    try {
      return { page: await this.#ask(relay, cursor, signal, waitMs), after: cursor }
    } catch (error) {
      if (isMailboxError(error, 'MOVED') && error.locator !== undefined) await this.#init.state.adopt(error.locator)
      // SPEC §8.5: the relay's store is another than the cursor's: from the start, and what is seen is not taken twice
      if (cursor === undefined || !isMailboxError(error, 'CURSOR')) throw error
      return { page: await this.#ask(relay, undefined, signal, waitMs), after: undefined }
    }
  }

  async #ask(
    relay: PeerAddress,
    after: CursorRow | undefined,
    signal: AbortSignal | undefined,
    waitMs: number
  ): Promise<Page> {
    const call = {
      mailbox: this.#init.mailbox,
      recordsMax: pullRecordsMax,
      bytesMax: pullBytesMax,
      ...(after === undefined ? {} : { after })
    }
    const { page } =
      waitMs > 0
        ? await this.#init.owner.call(
            relay,
            { subscribe: { ...call, waitMs } },
            { signal, deadlineMs: waitMs + requestDeadlineMs }
          )
        : await this.#init.owner.call(relay, { pull: call }, { signal })
    if (page === undefined) throw new MailboxError('MALFORMED', `Relay ${relay.id} sent no page.`)
    return page
  }

  async #take(relay: PeerAddress, page: Page, after: CursorRow | undefined): Promise<Taken> {
    const { epoch, seq } = page.next ?? {}
    const cursor = epoch === undefined || seq === undefined ? undefined : { epoch, seq }
    if (page.records.length === 0) return { received: 0, requests: 0, failed: [] }
    return await this.#init.intake.take(relay.id, page.records, cursor, after)
  }
}
