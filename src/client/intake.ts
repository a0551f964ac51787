/**
 * From a page of stored records to opened messages in the local store. One batch holds the messages, everything that
 * keeps them from being delivered twice, the acks they cause and the relay's cursor: a crash falls before all of it or
 * after all of it (SPEC §10.1, §10.3).
 */
import { toString } from 'uint8arrays'
import type { Environment, Log } from '../environment.ts'
import { hourOf } from '../environment.ts'
import type { ErrorCode } from '../errors.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { addressOf } from '../identity/address.ts'
import type { Opened } from '../identity/envelope.ts'
import { open } from '../identity/envelope.ts'
import type { Identity } from '../identity/keys.ts'
import { decodeHeader, recordId } from '../identity/record.ts'
import { clockSkewHours, recordsPerMailboxMax, ttlHoursMax } from '../limits.ts'
import { StoredRecord } from '../wire/messages.js'
import { bounded } from './abort.ts'
import type { Acks } from './acks.ts'
import type { Bell } from './bell.ts'
import type { Keyring } from './keyring.ts'
import type { RegistrationState } from './registration.ts'
import type { CursorRow, SeenRow } from './rows.ts'
import { forgottenHour, recordKey, remember, uidKey } from './seen.ts'
import type { LocalStore, Operation } from './store.ts'
import { orderKey } from './store.ts'

/** Opening waits for native crypto; more at once gains nothing. */
const openedAtOnce = 8

/** `on-store`: a message is acked when it is durably here. `manual`: the application acks. */
export type AckPolicy = 'on-store' | 'manual'

export interface FailedRecord {
  /** Record id, 64 hex digits; empty when not even a record could be read. */
  readonly id: string
  readonly code: ErrorCode
}

export interface Taken {
  /** Messages that are new here. */
  readonly received: number
  readonly failed: readonly FailedRecord[]
}

export interface IntakeInit {
  readonly store: LocalStore
  readonly identity: Identity
  readonly keyring: Keyring
  readonly state: RegistrationState
  readonly acks: Acks
  readonly policy: AckPolicy
  readonly env: Environment
  readonly log: Log
  /** Rung after every batch that holds new messages. */
  readonly bell: Bell
}

interface Arrival {
  readonly id: string
  readonly receivedMs: number
  readonly record: StoredRecord
  readonly expiresHour: number
}

/** The batch of one page while it is made. */
class PageBatch {
  readonly operations: Operation[] = []
  readonly failed: FailedRecord[] = []
  /** Seen keys of this very page and their hours: bounded by the page. */
  readonly keys = new Map<string, number>()
  received = 0
  lastOrder: number

  constructor(lastOrder: number) {
    this.lastOrder = lastOrder
  }
}

export class Intake {
  readonly #init: IntakeInit
  #lastOrder = 0
  #failedRows = 0
  /** Pages are taken one after the other, whichever relay they come from: looking and committing is one step. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(init: IntakeInit) {
    this.#init = init
  }

  static async open(init: IntakeInit): Promise<Intake> {
    const intake = new Intake(init)
    for await (const [order] of init.store.inbox.entries({ reverse: true, limit: 1 })) intake.#lastOrder = Number(order)
    for await (const [id] of init.store.failed.entries({ limit: recordsPerMailboxMax }))
      if (id !== '') intake.#failedRows++
    return intake
  }

  /** Arrival number of the newest message here; 0: none. */
  get lastOrder(): number {
    return this.#lastOrder
  }

  /** @throws MailboxError STORE: then nothing of the page has been taken and the cursor is where it was */
  async take(relay: string, records: readonly Uint8Array[], cursor: CursorRow | undefined): Promise<Taken> {
    const taken = this.#turn.then(async () => await this.#take(relay, records, cursor))
    this.#turn = taken.then(
      () => undefined,
      () => undefined
    )
    return await taken
  }

  async #take(relay: string, records: readonly Uint8Array[], cursor: CursorRow | undefined): Promise<Taken> {
    const { store, bell } = this.#init
    const page = new PageBatch(this.#lastOrder)
    const arrivals = this.#read(records, page)
    const seen = await store.seen.getMany(arrivals.map(arrival => recordKey(arrival.id)))
    for (const [at, { id, expiresHour }] of arrivals.entries()) {
      // SPEC §8.7: it was acked, and this relay has not heard of it or has lost it
      if (seen[at]?.acked === true) page.operations.push(...this.#init.acks.pending([{ id: relay }], id, expiresHour))
    }
    const unseen = arrivals.filter((_, at) => seen[at] === undefined)
    const results = await bounded(unseen, openedAtOnce, async arrival => await this.#open(arrival))
    for (const [at, arrival] of unseen.entries()) {
      const result = results[at]
      if (result instanceof MailboxError) await this.#fail(relay, arrival, result.code, page)
      else if (result !== undefined && !page.keys.has(recordKey(arrival.id))) await this.#enter(arrival, result, page)
    }
    if (cursor !== undefined) page.operations.push(store.cursors.put(relay, cursor))
    await store.commit(page.operations)
    this.#lastOrder = page.lastOrder
    if (page.received > 0) bell.ring()
    return page
  }

  #read(records: readonly Uint8Array[], page: PageBatch): Arrival[] {
    const nowHour = hourOf(this.#init.env.now())
    return records.flatMap(bytes => {
      try {
        const record = StoredRecord.decode(bytes)
        const { expiresHour } = decodeHeader(record.header)
        // SPEC §10.3: past this hour a second delivery could not be told from a first
        if (forgottenHour(expiresHour) <= nowHour) return []
        const id = toString(recordId(record), 'hex')
        if (expiresHour > nowHour + ttlHoursMax + 2 * clockSkewHours) {
          page.failed.push({ id, code: 'EXPIRED' })
          return []
        }
        return [{ id, record, expiresHour, receivedMs: record.receivedMs }]
      } catch (error) {
        page.failed.push({ id: '', code: isMailboxError(error) ? error.code : 'MALFORMED' })
        return []
      }
    })
  }

  /** One bad record never hides the others (SPEC §10.3). It is not acked: another client may hold its key. */
  async #open({ record: { header, enc, ct } }: Arrival): Promise<Opened | MailboxError> {
    const { identity, keyring } = this.#init
    try {
      const opened = await open({ header, enc, ct }, { mailbox: identity.key, keys: keyring.keys })
      return opened ?? new MailboxError('SEAL', 'Sealed to another mailbox, or to a key that is not held here.')
    } catch (error) {
      if (isMailboxError(error)) return error
      throw error
    }
  }

  async #enter(arrival: Arrival, opened: Opened, page: PageBatch): Promise<void> {
    const { store, state, acks, policy, env } = this.#init
    const { id, expiresHour } = arrival
    const byUid = uidKey(opened.sender, opened.uid)
    const before = page.keys.get(byUid) ?? (await store.seen.get(byUid))?.expiresHour
    const again = before !== undefined
    const acked = again || policy === 'on-store'
    const row: SeenRow = { expiresHour, acked }
    const untilHour = Math.max(before ?? 0, expiresHour)
    page.keys.set(recordKey(id), expiresHour).set(byUid, untilHour)
    page.operations.push(
      ...remember(store, recordKey(id), row),
      ...remember(store, byUid, { ...row, expiresHour: untilHour })
    )
    if (acked) page.operations.push(...acks.pending(state.relays, id, expiresHour))
    // SPEC §10.3: sealed twice by its sender. The message is here; this copy is only taken off the relays.
    if (again) return
    const order = ++page.lastOrder
    page.received++
    page.operations.push(
      store.inbox.put(orderKey(order), id),
      store.fresh.put(orderKey(order), id),
      store.failed.del(id),
      store.messages.put(id, {
        order,
        from: addressOf(opened.sender),
        receivedMs: arrival.receivedMs,
        createdMs: opened.createdMs,
        contentType: opened.contentType,
        body: opened.body,
        expiresHour,
        ...(opened.subject === undefined ? {} : { subject: opened.subject }),
        ...(opened.inReplyTo === undefined ? {} : { inReplyTo: toString(opened.inReplyTo, 'hex') }),
        ...(acked ? { ackedMs: env.now() } : {})
      })
    )
  }

  async #fail(relay: string, { id, expiresHour }: Arrival, code: ErrorCode, page: PageBatch): Promise<void> {
    const { store, env, log } = this.#init
    page.failed.push({ id, code })
    log('warn', 'record_failed', { record: id, relay, code })
    if (this.#failedRows >= recordsPerMailboxMax || (await store.failed.get(id)) !== undefined) return
    this.#failedRows++
    page.operations.push(
      store.failed.put(id, { code, relay, atMs: env.now() }),
      store.ends.put(`${orderKey(expiresHour)}:${recordKey(id)}`, null)
    )
  }
}
