/** Messages as callers see them. */
import { MailboxError } from '../errors.ts'
import type { RangeOptions } from './listing.ts'
import type { MessageRow, SentRow, SentStateRow, StateRow } from './rows.ts'

/** A message that was received and opened; the bytes are the application's. */
export interface Message {
  /** Record id, 64 hex digits. */
  readonly id: string
  /** Address of the sender, whose signature was verified. */
  readonly from: string
  readonly to: string
  /** When the relay that delivered it says it took it, milliseconds since 1970. */
  readonly receivedMs: number
  /** When it came into its list here: the order of lists, and what `since` and `until` mean. Each has another. */
  readonly arrivedMs: number
  /** When the sender says it was written. Shown, never acted on. */
  readonly createdMs: number
  readonly contentType: string
  readonly body: Uint8Array
  readonly subject?: string
  /** Record id of the message that this one answers. */
  readonly inReplyTo?: string
  /** Unix hours. */
  readonly expiresHour: number
  readonly readMs?: number
  /** When this client took it off the relays, or asked to. */
  readonly ackedMs?: number
}

/** A message that this client sent, with the copy kept here. */
export interface SentMessage {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly createdMs: number
  readonly contentType: string
  readonly body: Uint8Array
  readonly subject?: string
  readonly inReplyTo?: string
  readonly expiresHour: number
  /** When W relays had confirmed that they have it on disk: the order of lists. */
  readonly storedMs: number
  readonly receipts: readonly ReceiptNote[]
}

/** What one relay has signed for. */
export interface ReceiptNote {
  readonly relay: string
  /** The hour in which the relay answered, milliseconds since 1970. */
  readonly receivedMs: number
  /** The relay keeps the record until this hour, unless it is acked. */
  readonly keepUntilHour: number
}

/** A message whose entries in the store are not sound: it is listed, and hides no other. It can be deleted. */
export interface BadMessage {
  readonly id: string
  /** Where it is in its list, milliseconds since 1970. */
  readonly arrivedMs: number
  readonly error: MailboxError
}

export type InboxItem = Message | BadMessage
export type SentItem = SentMessage | BadMessage

export function isBad(item: InboxItem | SentItem): item is BadMessage {
  return 'error' in item
}

export function badMessage(id: string, arrivedMs: number, cause: unknown): BadMessage {
  const error = new MailboxError('DAMAGED', `The message ${id} cannot be read from the store; it can be deleted.`, {
    cause
  })
  return { id, arrivedMs, error }
}

/** @throws MailboxError DAMAGED unless the row has the form of one */
export function messageOf(id: string, to: string, row: MessageRow, state: StateRow): Message {
  const { from, receivedMs, createdMs, contentType, body, expiresHour } = checked(row, ['from', 'receivedMs'])
  const { place: arrivedMs } = state
  return {
    id,
    from,
    to,
    receivedMs,
    arrivedMs,
    createdMs,
    contentType,
    body,
    ...about(row),
    expiresHour,
    ...marks(state)
  }
}

/** @throws MailboxError DAMAGED unless the row has the form of one */
export function sentMessageOf(
  id: string,
  from: string,
  row: SentRow,
  { place: storedMs }: SentStateRow,
  receipts: readonly ReceiptNote[]
): SentMessage {
  const { to, createdMs, contentType, body, expiresHour } = checked(row, ['to'])
  return { id, from, to, createdMs, contentType, body, ...about(row), expiresHour, storedMs, receipts }
}

const kinds = {
  from: 'string',
  to: 'string',
  contentType: 'string',
  receivedMs: 'number',
  createdMs: 'number'
} as const

function checked<T extends MessageRow | SentRow>(row: T, more: ReadonlyArray<keyof typeof kinds>): T {
  const fields: Readonly<Record<string, unknown>> = typeof row === 'object' ? { ...row } : {}
  const wrong = [...more, 'contentType', 'createdMs'].filter(
    name => typeof fields[name] !== kinds[name as keyof typeof kinds]
  )
  if (!(fields.body instanceof Uint8Array)) wrong.push('body')
  if (wrong.length === 0) return row
  throw new MailboxError('DAMAGED', `It has no ${wrong.join(', ')}.`)
}

/** Subject and what it answers, where it has them. */
export const about = ({
  subject,
  inReplyTo
}: {
  subject?: string
  inReplyTo?: string
}): { subject?: string; inReplyTo?: string } => ({
  ...(subject === undefined ? {} : { subject }),
  ...(inReplyTo === undefined ? {} : { inReplyTo })
})

const marks = ({ readMs, ackedMs }: StateRow): { readMs?: number; ackedMs?: number } => ({
  ...(readMs === undefined ? {} : { readMs }),
  ...(ackedMs === undefined ? {} : { ackedMs })
})

export interface ListOptions extends RangeOptions {
  /** Default all. */
  readonly status?: 'all' | 'read' | 'unread'
  /** Address of the sender: only what came from there. */
  readonly from?: string
}

export interface SentListOptions extends RangeOptions {
  /** Address: only what was sent there. */
  readonly to?: string
}
