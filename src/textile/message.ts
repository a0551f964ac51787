/** Messages and list options in the shapes of `@textile/users`. */
import { parseAddress } from '../identity/address.ts'
import type { IdentityKey } from '../identity/keys.ts'
import type { ListOptions, Message, SentListOptions, SentMessage } from '../client/message.ts'
import { receivedBox, sentBox } from './content.ts'

export interface UserMessage {
  /** Record id, 64 hex digits. */
  id: string
  /** Addresses. */
  to: string
  from: string
  /** A Textile box, which the owner's key decrypts. */
  body: Uint8Array
  /** The sender's, of `body`; empty for what was not sent through this door. Who sent it was verified before, either way. */
  signature: Uint8Array
  /** When the sender says it was written, nanoseconds since 1970. */
  createdAt: number
  /** Nanoseconds since 1970, 0 while unread; absent in the sentbox. */
  readAt?: number
}

export const Status = { ALL: 0, READ: 1, UNREAD: 2 } as const
export type Status = (typeof Status)[keyof typeof Status]

export interface SentboxListOptions {
  /** Id of the message to begin with, which is the first of the list (inclusive). */
  seek?: string
  /** Default 100, at most 10,000. */
  limit?: number
  /** Default false: newest first. */
  ascending?: boolean
}

export interface InboxListOptions extends SentboxListOptions {
  status?: Status
}

/** Textile's unit of time. */
export const nanoseconds = (ms: number): number => ms * 1_000_000

const statuses = new Map<Status, ListOptions['status'] & string>([
  [Status.ALL, 'all'],
  [Status.READ, 'read'],
  [Status.UNREAD, 'unread']
])

/** Textile counts 0 and an empty text as not given. */
export function sentboxRange({ seek, limit, ascending }: SentboxListOptions): SentListOptions {
  return {
    order: ascending === true ? 'oldest' : 'newest',
    ...(seek === undefined || seek === '' ? {} : { seek }),
    ...(limit === undefined || limit === 0 ? {} : { limit })
  }
}

/** @throws TypeError for a status that is none */
export function inboxRange({ status = Status.ALL, ...o }: InboxListOptions): ListOptions {
  const known = statuses.get(status)
  if (known === undefined) throw new TypeError(`status is ${String(status)}; expected Status.ALL, READ or UNREAD.`)
  return { ...sentboxRange(o), status: known }
}

export function inboxMessage(message: Message, owner: IdentityKey): UserMessage {
  const { id, to, from, createdMs, readMs = 0 } = message
  const { body, signature } = receivedBox(message, { from: parseAddress(from), to: owner })
  return { id, to, from, body, signature, createdAt: nanoseconds(createdMs), readAt: nanoseconds(readMs) }
}

export function sentboxMessage(message: SentMessage, owner: IdentityKey): UserMessage {
  const { id, to, from, createdMs } = message
  return { id, to, from, ...sentBox(message, owner), createdAt: nanoseconds(createdMs) }
}
