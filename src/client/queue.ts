/**
 * The outbox on disk: each change is one batch, so that a crash leaves a message queued, sealed, stored or ended, and
 * never between two of them (SPEC §10.1, §10.2).
 */
import { MailboxError } from '../errors.ts'
import { handleBytes, outboxMessagesMax } from '../limits.ts'
import { appended } from './history.ts'
import type { Outcome } from './depositor.ts'
import type { Ledger } from './ledger.ts'
import type { AttemptRow, DraftRow, OutboxRow, SentRow } from './rows.ts'
import type { SealedDraft } from './sealer.ts'
import { salvaged } from './salvage.ts'
import { enterSent } from './sentbox.ts'
import type { LocalStore, Operation } from './store.ts'

/** Whether it is to be stamped is of no interest here. */
type Sealed = Omit<SealedDraft, 'stampable'>

/** A message in the outbox: under its handle until it is sealed, under its record id then. */
export interface Place {
  /** The same from beginning to end: the handle, or, where there never was one, the record id. */
  readonly key: string
  readonly id: string
  readonly row: OutboxRow
}

const handleForm = new RegExp(`^[0-9a-f]{${2 * handleBytes}}$`)

export const isSealed = ({ id, row }: Place): boolean => id !== row.handle

export const placeOf = (id: string, row: OutboxRow): Place => ({ key: row.handle ?? id, id, row })

export class Queue {
  readonly #store: LocalStore
  readonly #ledger: Ledger

  constructor(store: LocalStore, ledger: Ledger) {
    this.#store = store
    this.#ledger = ledger
  }

  /** @param id record id or handle */
  async find(id: string): Promise<Place | undefined> {
    const named = await this.recordId(id)
    const row = await this.#store.outbox.get(named)
    if (row !== undefined) return placeOf(named, row)
    // it may have been sealed between the two: that happens once
    return named === id && (await this.recordId(id)) !== id ? await this.find(id) : undefined
  }

  /** What is in the sentbox of a message that was here. */
  async stored(key: string): Promise<{ id: string; to: string; handle?: string } | undefined> {
    const id = await this.recordId(key)
    const row = await this.#store.sentStates.get(id)
    if (row === undefined) return undefined
    return { id, to: row.peer, ...(row.handle === undefined ? {} : { handle: row.handle }) }
  }

  /** The record id that a handle stands for; otherwise what was given. */
  async recordId(id: string): Promise<string> {
    return handleForm.test(id) ? ((await this.#store.handles.get(id)) ?? id) : id
  }

  /** Everything in the outbox, in no particular order; of an entry that cannot be read its id alone. */
  async *places(): AsyncGenerator<Place | { readonly damaged: string }> {
    for await (const [id, row] of this.#store.outbox.tryEntries({ limit: outboxMessagesMax }))
      yield row instanceof MailboxError ? { damaged: id } : placeOf(id, row)
  }

  /**
   * What is in the place of an entry, which may be one that cannot be read; undefined when it was set aside.
   * @param key as in `Place`, or a record id
   */
  async mend(key: string, nowMs: number): Promise<{ place: Place | undefined; wasDamaged: boolean }> {
    const id = await this.recordId(key)
    const [row] = await this.#store.outbox.tryMany([id])
    if (!(row instanceof MailboxError))
      return { place: row === undefined ? undefined : placeOf(id, row), wasDamaged: false }
    const mended = await salvaged(this.#store, id, { handle: handleForm.test(id), nowMs })
    return { place: mended === undefined ? undefined : placeOf(id, mended), wasDamaged: true }
  }

  /** Entries of which nothing can be read. */
  async damaged(): Promise<ReadonlyArray<{ readonly id: string; readonly atMs: number }>> {
    const found: Array<{ id: string; atMs: number }> = []
    for await (const [id, { atMs }] of this.#store.aside.entries({ limit: outboxMessagesMax })) found.push({ id, atMs })
    return found
  }

  async content({ id, row }: Place): Promise<DraftRow | SentRow | undefined> {
    const draft = id === row.handle ? await this.#store.drafts.get(id) : undefined
    // else it was sealed, be it since `place` was found
    return draft ?? (await this.#store.sent.get(await this.recordId(id)))
  }

  async draft(handle: string): Promise<DraftRow | undefined> {
    return await this.#store.drafts.get(handle)
  }

  async record(id: string): Promise<SealedDraft['record'] | undefined> {
    return await this.#store.records.get(id)
  }

  async history(id: string): Promise<readonly AttemptRow[]> {
    return (await this.#store.history.get(await this.recordId(id))) ?? []
  }

  /** As `history`, for what goes on with it: one that is damaged begins anew. */
  async #historyOf(id: string): Promise<readonly AttemptRow[]> {
    const [rows] = await this.#store.history.tryMany([id])
    return rows === undefined || rows instanceof MailboxError ? [] : rows
  }

  async addDraft(handle: string, draft: DraftRow, row: OutboxRow): Promise<void> {
    const { outbox, drafts } = this.#store
    await this.#store.commit([drafts.put(handle, draft), outbox.put(handle, { ...row, handle })])
  }

  async addSealed(sealed: Sealed, row: OutboxRow): Promise<void> {
    await this.#store.commit(this.#sealed(sealed, row))
  }

  /** What was a draft is a record from now on; its handle stays an alias. */
  async seal({ id: handle, row }: Place, sealed: Sealed): Promise<Place> {
    const { outbox, drafts, handles, history } = this.#store
    const now = { ...row, expiresHour: sealed.sent.expiresHour }
    await this.#store.commit([
      ...this.#sealed(sealed, now),
      outbox.del(handle),
      drafts.del(handle),
      handles.put(handle, sealed.id),
      history.put(sealed.id, await this.#historyOf(handle)),
      history.del(handle)
    ])
    return placeOf(sealed.id, now)
  }

  #sealed({ id, record: { header, enc, ct }, sent }: Sealed, row: OutboxRow): Operation[] {
    const { records, sent: copies, outbox } = this.#store
    return [records.put(id, { header, enc, ct }), copies.put(id, sent), outbox.put(id, row)]
  }

  async put({ id, row }: Place, notes: readonly AttemptRow[]): Promise<void> {
    const { outbox, records, history } = this.#store
    const operations = [outbox.put(id, row)]
    if (notes.length > 0) operations.push(history.put(id, appended(await this.#historyOf(id), notes)))
    // The sealed bytes are of no more use; the message and the reason stay.
    if (row.endedMs !== undefined) operations.push(records.del(id))
    await this.#store.commit(operations)
  }

  /** Out of the outbox and into the sentbox. */
  async store({ id, row: { to, handle } }: Place, { receipts, writeQuorum, notes }: Outcome): Promise<void> {
    const { outbox, records, history } = this.#store
    await this.#ledger.change(async change => {
      change.put(outbox.del(id), records.del(id), history.put(id, appended(await this.#historyOf(id), notes)))
      enterSent(change, id, { to, receipts, writeQuorum, ...(handle === undefined ? {} : { handle }) })
    })
  }

  async forget({ id, row: { handle } }: Place): Promise<void> {
    const { outbox, drafts, handles, history, sent, records } = this.#store
    await this.#store.commit([
      ...[outbox, drafts, history, sent, records].map(table => table.del(id)),
      ...(handle === undefined ? [] : [handles.del(handle)])
    ])
  }
}

/** @throws MailboxError NOT_FOUND */
export const notFound = (id: string): MailboxError =>
  new MailboxError('NOT_FOUND', `No message ${id} was sent from here.`)
