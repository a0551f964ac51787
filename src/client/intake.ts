/**
 * From a page of stored records to opened messages in the local store. One batch holds the messages, everything that
 * keeps them from being delivered twice, the acks they cause and the relay's cursor: a crash falls before all of it or
 * after all of it (SPEC §10.1, §10.3).
 */
import { equals, toString } from 'uint8arrays'
import type { Environment, Log } from '../environment.ts'
import { hourOf } from '../environment.ts'
import { isMailboxError, type ErrorCode } from '../errors.ts'
import { addressOf } from '../identity/address.ts'
import type { Opened } from '../identity/envelope.ts'
import { isSound, open } from '../identity/envelope.ts'
import type { Identity } from '../identity/keys.ts'
import { decodeHeader, recordId, type Header } from '../identity/record.ts'
import { clockSkewHours, recordsPerMailboxMax, ttlHoursMax } from '../limits.ts'
import { StoredRecord } from '../wire/messages.js'
import { bounded } from './abort.ts'
import type { Acks } from './acks.ts'
import type { Change } from './change.ts'
import type { Keyring } from './keyring.ts'
import type { Ledger } from './ledger.ts'
import type { Destination } from './marks.ts'
import { enter } from './marks.ts'
import type { Recipients } from './recipients.ts'
import type { RegistrationState } from './registration.ts'
import type { CursorRow, MessageRow, SeenRow } from './rows.ts'
import { forgottenHour, recordKey, remember, uidKey } from './seen.ts'
import type { LocalStore } from './store.ts'
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
  /** Messages that are new in the inbox. */
  readonly received: number
  /** Messages that are new among the requests. */
  readonly requests: number
  readonly failed: readonly FailedRecord[]
}

/** A message that has been opened and is new here. */
export interface Arrival {
  readonly id: string
  /** Address. */
  readonly sender: string
  readonly opened: Opened
  readonly expiresHour: number
  /** When the relay says it took it. */
  readonly receivedMs: number
}

/**
 * Which list a new message comes into; `drop`: it is acked and remembered, and shown to nobody; `wait`: it is left on the
 * relays, as if it had not come. It runs within the change that enters the message, and may put into it what is to be true
 * with it.
 */
export type Decide = (arrival: Arrival, change: Change) => Promise<Destination | 'drop' | 'wait'>

export interface IntakeInit {
  readonly store: LocalStore
  readonly identity: Identity
  readonly keyring: Keyring
  readonly state: RegistrationState
  readonly acks: Acks
  readonly policy: AckPolicy
  readonly env: Environment
  readonly log: Log
  readonly ledger: Ledger
  /** Default: everything comes into the inbox. */
  readonly decide?: Decide
  /** Told of the locator that a message carried of its sender, once the message is here; `keep`: it is in the inbox. */
  readonly hear?: Recipients['hear']
  /** What is to follow a page, in changes of its own. */
  readonly settle?: () => Promise<void>
}

interface Served {
  readonly id: string
  readonly receivedMs: number
  readonly record: StoredRecord
  readonly expiresHour: number
}

/** A record that has not opened. */
class Unopened {
  readonly code: ErrorCode
  /** Nobody who holds its key can open it, now or later. */
  readonly spoiled: boolean

  constructor(code: ErrorCode, o: { spoiled: boolean }) {
    this.code = code
    this.spoiled = o.spoiled
  }
}

/** What has come of one page while it is taken. */
class PageTaken {
  readonly failed: FailedRecord[] = []
  /** Seen keys of this very page and their hours: bounded by the page. */
  readonly keys = new Map<string, number>()
  /** Locators of senders, as the messages came: bounded by the page. */
  readonly heard: Array<Parameters<Recipients['hear']>> = []
  received = 0
  requests = 0
}

export class Intake {
  readonly #init: IntakeInit
  #failedRows = 0
  /** Pages are taken one after the other, whichever relay they come from: looking and committing is one step. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(init: IntakeInit) {
    this.#init = init
  }

  static async open(init: IntakeInit): Promise<Intake> {
    const intake = new Intake(init)
    for await (const [id] of init.store.failed.entries({ limit: recordsPerMailboxMax }))
      if (id !== '') intake.#failedRows++
    return intake
  }

  /**
   * @param after where the page begins: the relay's cursor moves only over what has been read
   * @throws MailboxError STORE: then nothing of the page has been taken and the cursor is where it was
   */
  async take(
    relay: string,
    records: readonly Uint8Array[],
    cursor: CursorRow | undefined,
    after?: CursorRow
  ): Promise<Taken> {
    const taken = this.#turn.then(async () => await this.#take(relay, records, cursor, after))
    this.#turn = taken.then(
      () => undefined,
      () => undefined
    )
    return await taken
  }

  async #take(
    relay: string,
    records: readonly Uint8Array[],
    cursor: CursorRow | undefined,
    after: CursorRow | undefined
  ): Promise<Taken> {
    const { store, ledger } = this.#init
    const page = new PageTaken()
    const served = this.#read(records, page)
    const seen = await store.seen.getMany(served.map(({ id }) => recordKey(id)))
    // what is here was seen, also when a clock that was ahead has let it be forgotten
    const here = await store.states.tryMany(served.map(({ id }) => id))
    const unseen = served.filter((_, at) => seen[at] === undefined && here[at] === undefined)
    const results = await bounded(unseen, openedAtOnce, async one => await this.#open(one))
    await ledger.change(async change => {
      for (const [at, { id, expiresHour }] of served.entries()) {
        // SPEC §8.7: it was acked, and this relay has not heard of it or has lost it
        if (seen[at]?.acked === true) change.put(...this.#init.acks.pending([{ id: relay }], id, expiresHour))
      }
      for (const [at, one] of unseen.entries()) {
        const result = results[at]
        if (result instanceof Unopened) await this.#fail(relay, one, result, page, change)
        else if (result !== undefined && !page.keys.has(recordKey(one.id))) await this.#enter(one, result, page, change)
      }
      if (cursor !== undefined && (await this.#follows(relay, after))) change.put(store.cursors.put(relay, cursor))
    })
    for (const said of page.heard) await this.#init.hear?.(...said)
    await this.#init.settle?.()
    return page
  }

  /** False: meanwhile the relay is to be read again from before this page. */
  async #follows(relay: string, after: CursorRow | undefined): Promise<boolean> {
    if (after === undefined) return true
    const held = await this.#init.store.cursors.get(relay)
    return held !== undefined && equals(held.epoch, after.epoch) && held.seq >= after.seq
  }

  #read(records: readonly Uint8Array[], page: PageTaken): Served[] {
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

  /** One bad record never hides the others (SPEC §10.3). */
  async #open({ record: { header, enc, ct } }: Served): Promise<Opened | Unopened> {
    const { identity, keyring } = this.#init
    try {
      const opened = await open({ header, enc, ct }, { mailbox: identity.key, keys: keyring.keys })
      // sealed to another mailbox, or to a key that is not held here but may be elsewhere
      return opened ?? new Unopened('SEAL', { spoiled: false })
    } catch (error) {
      if (!isMailboxError(error)) throw error
      // what is of a later version will open one day
      const spoiled = error.code !== 'VERSION' && (await this.#opensItsOwn(decodeHeader(header)))
      return new Unopened(error.code, { spoiled })
    }
  }

  async #opensItsOwn({ keyId }: Header): Promise<boolean> {
    const { identity, keyring } = this.#init
    const key = keyring.keys.get(toString(keyId, 'hex'))
    return key !== undefined && (await isSound(key, identity.key))
  }

  async #enter(served: Served, opened: Opened, page: PageTaken, change: Change): Promise<void> {
    const { store, state, acks, policy, env, decide } = this.#init
    const { id, expiresHour } = served
    const byUid = uidKey(opened.sender, opened.uid)
    const before = page.keys.get(byUid) ?? (await store.seen.get(byUid))?.expiresHour
    const again = before !== undefined
    const sender = addressOf(opened.sender)
    // SPEC §10.3: sealed twice by its sender. The message is here; this copy is only taken off the relays.
    const arrival = { id, sender, opened, expiresHour, receivedMs: served.receivedMs }
    const list = again ? 'drop' : ((await decide?.(arrival, change)) ?? 'inbox')
    if (list === 'wait') return
    const acked = list === 'drop' || policy === 'on-store'
    const seen: SeenRow = { expiresHour, acked }
    const untilHour = Math.max(before ?? 0, expiresHour)
    page.keys.set(recordKey(id), expiresHour).set(byUid, untilHour)
    change.put(
      ...remember(store, recordKey(id), seen),
      ...remember(store, byUid, { ...seen, expiresHour: untilHour }),
      ...(acked ? acks.pending(state.relays, id, expiresHour) : []),
      store.failed.del(id)
    )
    if (list === 'drop') return
    const { returnLocator, createdMs: saidMs } = opened
    if (returnLocator !== undefined) page.heard.push([opened.sender, returnLocator, { saidMs, keep: list === 'inbox' }])
    if (list === 'inbox') page.received++
    else page.requests++
    const row = rowOf(served, sender, opened)
    const kept = list === 'requests' && opened.gate !== undefined ? { ...row, gate: opened.gate } : row
    enter(change, store, { id, row: kept, list, ...(acked ? { ackedMs: env.now() } : {}) })
  }

  async #fail(
    relay: string,
    { id, expiresHour }: Served,
    { code, spoiled }: Unopened,
    page: PageTaken,
    change: Change
  ): Promise<void> {
    const { store, state, acks, env, log } = this.#init
    page.failed.push({ id, code })
    log('warn', 'record_failed', { record: id, relay, code })
    // it would hold room until it expires that those who hold the same gate are short of (G10)
    if (spoiled)
      change.put(
        ...remember(store, recordKey(id), { expiresHour, acked: true }),
        ...acks.pending(state.relays, id, expiresHour)
      )
    if (this.#failedRows >= recordsPerMailboxMax || (await store.failed.get(id)) !== undefined) return
    this.#failedRows++
    change.put(
      store.failed.put(id, { code, relay, atMs: env.now() }),
      store.ends.put(`${orderKey(expiresHour)}:${recordKey(id)}`, null)
    )
  }
}

function rowOf({ receivedMs, expiresHour }: Served, from: string, opened: Opened): MessageRow {
  const { createdMs, contentType, body, subject, inReplyTo } = opened
  return {
    from,
    receivedMs,
    createdMs,
    contentType,
    body,
    expiresHour,
    ...(subject === undefined ? {} : { subject }),
    ...(inReplyTo === undefined ? {} : { inReplyTo: toString(inReplyTo, 'hex') })
  }
}
