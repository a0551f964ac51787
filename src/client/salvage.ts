/**
 * An entry of the outbox that cannot be read, by what is beside it: with its record it goes on, with its message it ends as
 * failed, and with neither it is set aside. Nothing of it is lost silently (SPEC §10.2).
 */
import { MailboxError } from '../errors.ts'
import { addressOf } from '../identity/address.ts'
import { parseIdentityKey } from '../identity/keys.ts'
import { decodeHeader } from '../identity/record.ts'
import type { DraftRow, OutboxRow, RecordRow, SentRow } from './rows.ts'
import type { LocalStore } from './store.ts'

export const reasonDamaged = 'The entry was damaged in the local store.'

interface Whose {
  readonly to: string
  readonly createdMs: number
  readonly expiresHour: number
}

/**
 * @param handle set: the entry is of a message that is not sealed, and is named by this
 * @returns the row in its place; undefined: it was set aside, or there is none
 * @throws MailboxError STORE
 */
export async function salvaged(
  store: LocalStore,
  id: string,
  o: { readonly handle: boolean; readonly nowMs: number }
): Promise<OutboxRow | undefined> {
  const row = await mended(store, id, o)
  if (row !== undefined) {
    await store.commit([store.outbox.put(id, row)])
    return row
  }
  const bytes = await store.outbox.raw(id)
  if (bytes !== undefined) await store.commit([store.aside.put(id, { bytes, atMs: o.nowMs }), store.outbox.del(id)])
  return undefined
}

async function mended(
  store: LocalStore,
  id: string,
  { handle, nowMs }: { readonly handle: boolean; readonly nowMs: number }
): Promise<OutboxRow | undefined> {
  const what = { attempts: 0, nextMs: nowMs, receipts: [], code: 'DAMAGED', reason: reasonDamaged }
  if (handle) {
    // it may have been cancelled: nothing leaves without its sender
    const whose = ofMessage((await store.drafts.tryMany([id]))[0])
    return whose === undefined ? undefined : { ...whose, ...what, handle: id, state: 'failed', endedMs: nowMs }
  }
  const [[record], [copy]] = [await store.records.tryMany([id]), await store.sent.tryMany([id])]
  const whose = ofMessage(copy)
  // the record's bytes go when an entry ends: this one was waiting, and relays may have it
  const waiting = ofRecord(record, whose?.createdMs ?? nowMs)
  if (waiting !== undefined) return { ...waiting, ...what, state: 'unknown', left: true }
  return whose === undefined ? undefined : { ...whose, ...what, left: true, state: 'failed', endedMs: nowMs }
}

function ofMessage(row: SentRow | DraftRow | MailboxError | undefined): Whose | undefined {
  if (row === undefined || row instanceof MailboxError || typeof row.to !== 'string') return undefined
  return { to: row.to, createdMs: row.createdMs, expiresHour: row.expiresHour }
}

function ofRecord(row: RecordRow | MailboxError | undefined, createdMs: number): Whose | undefined {
  if (row === undefined || row instanceof MailboxError) return undefined
  try {
    const { mailbox, expiresHour } = decodeHeader(row.header)
    return { to: addressOf(parseIdentityKey(mailbox)), createdMs, expiresHour }
  } catch {
    // bytes that are no record: its message may be sound
    return undefined
  }
}
