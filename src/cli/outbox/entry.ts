/** Messages of the outbox for people and for programs, and how one is named. */
import type { Attempt } from '../../client/history.ts'
import type { Mailbox } from '../../client/mailbox.ts'
import type { OutboxEntry } from '../../client/outbox.ts'
import type { ReceiptNote } from '../../client/message.ts'
import { msPerHour } from '../../environment.ts'
import { MailboxError } from '../../errors.ts'
import type { Io } from '../io.ts'
import { idOf } from '../listing.ts'
import type { People } from '../people.ts'
import type { Column } from '../table.ts'
import { addressText, idText } from '../table.ts'
import { timeText } from '../visible.ts'

type Fields = Readonly<Record<string, unknown>>

export interface Entry {
  readonly entry: OutboxEntry
  /** The owner's name for the recipient. */
  readonly name: string | undefined
}

export async function entryOf(entry: OutboxEntry, people: People): Promise<Entry> {
  return { entry, name: await people.name(entry.to) }
}

export function entryFields({ entry: { expiresHour, ...entry }, name }: Entry): Fields {
  return { ...entry, name, expiresMs: expiresHour * msPerHour }
}

export function receiptFields({ keepUntilHour, ...receipt }: ReceiptNote): Fields {
  return { ...receipt, keepUntilMs: keepUntilHour * msPerHour }
}

export function attemptFields({ receipt, ...attempt }: Attempt): Fields {
  return receipt === undefined ? attempt : { ...attempt, receipt: receiptFields(receipt) }
}

/** Why it is not stored, as a sentence with its code. */
export const reasonOf = ({ lastError }: OutboxEntry): string =>
  lastError === undefined ? '' : `${lastError.message} (${lastError.code})`

export const columnsOf = (io: Io): Array<Column<Entry>> => [
  { head: 'ID', cell: ({ entry }) => idText(io, entry.id) },
  { head: 'STATE', cell: ({ entry }) => entry.state },
  { head: 'TO', cell: ({ entry, name }) => name ?? addressText(io, entry.to), widthMax: 24 },
  { head: 'WRITTEN', cell: ({ entry }) => timeText(entry.createdMs) },
  { head: 'TRIED', cell: ({ entry }) => String(entry.attempts) },
  { head: 'AGAIN', cell: ({ entry: { nextMs } }) => (nextMs === undefined ? '' : timeText(nextMs)) },
  { head: 'BECAUSE', cell: ({ entry }) => reasonOf(entry), widthMax: 60 }
]

export const attemptColumns: Array<Column<Attempt>> = [
  { head: 'AT', cell: ({ atMs }) => timeText(atMs) },
  { head: 'RELAY', cell: ({ relay }) => relay ?? '(none found)' },
  {
    head: 'ANSWER',
    cell: ({ code, receipt }) =>
      receipt === undefined
        ? (code ?? '')
        : `signed, keeps it until ${timeText(receipt.keepUntilHour * msPerHour)} at most`
  }
]

/** A record id or a handle; or the beginning of one in the outbox. @throws MailboxError NOT_FOUND, USAGE */
export async function outboxIdOf({ outbox }: Mailbox, text: string): Promise<string> {
  if (/^([0-9a-f]{32}){1,2}$/.test(text)) return text
  const shelf = {
    list: () => outbox.list(),
    get: outbox.get.bind(outbox),
    called: 'the outbox',
    command: 'mailbox outbox'
  }
  return await idOf(shelf, text)
}

/** @throws MailboxError NOT_FOUND */
export async function required({ outbox }: Mailbox, id: string): Promise<OutboxEntry> {
  const entry = await outbox.get(id)
  if (entry !== undefined) return entry
  const stored = (await outbox.receipts(id)) !== undefined
  throw new MailboxError(
    'NOT_FOUND',
    stored
      ? `The message ${id} is stored and has left the outbox: "mailbox sent open ${id}" shows it.`
      : `There is no message ${id} in the outbox; "mailbox outbox" lists those that are.`
  )
}
