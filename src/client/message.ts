/** Messages as callers see them. */
import type { MessageRow, SentRow } from './rows.ts'

/** A message that was received and opened; the bytes are the application's. */
export interface Message {
  /** Record id, 64 hex digits. */
  readonly id: string
  /** Address of the sender, whose signature was verified. */
  readonly from: string
  readonly to: string
  /** When the relay that delivered it says it took it, milliseconds since 1970. */
  readonly receivedMs: number
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
  /** When W relays had confirmed that they have it on disk. */
  readonly storedMs: number
  readonly receipts: readonly ReceiptNote[]
}

/** What one relay has signed for. */
export interface ReceiptNote {
  readonly relay: string
  readonly receivedMs: number
  /** The relay keeps the record until this hour, unless it is acked. */
  readonly keepUntilHour: number
}

export function messageOf(id: string, to: string, row: MessageRow): Message {
  const { from, receivedMs, createdMs, contentType, body, expiresHour } = row
  return { id, from, to, receivedMs, createdMs, contentType, body, ...about(row), expiresHour, ...marks(row) }
}

export function sentMessageOf(id: string, from: string, row: SentRow, receipts: readonly ReceiptNote[]): SentMessage {
  const { to, createdMs, contentType, body, expiresHour, storedMs = 0 } = row
  return { id, from, to, createdMs, contentType, body, ...about(row), expiresHour, storedMs, receipts }
}

const about = ({
  subject,
  inReplyTo
}: {
  subject?: string
  inReplyTo?: string
}): { subject?: string; inReplyTo?: string } => ({
  ...(subject === undefined ? {} : { subject }),
  ...(inReplyTo === undefined ? {} : { inReplyTo })
})

const marks = ({ readMs, ackedMs }: MessageRow): { readMs?: number; ackedMs?: number } => ({
  ...(readMs === undefined ? {} : { readMs }),
  ...(ackedMs === undefined ? {} : { ackedMs })
})

export interface ListOptions {
  /** 1 to 10,000; default 100. */
  readonly limit?: number
  /** By arrival here; default newest first. */
  readonly order?: 'newest' | 'oldest'
  readonly signal?: AbortSignal
}
