/** Watches in the shape of `@textile/users`: one callback for events, for the error that ends them, and for the end. */
import type { SentEvent } from '../client/sentbox.ts'
import type { WatchEvent } from '../client/watch.ts'
import { isMailboxError } from '../errors.ts'
import { parseAddress } from '../identity/address.ts'
import type { UserMessage } from './message.ts'
import { inboxMessage, sentboxMessage } from './message.ts'
import type { Session, Told } from './session.ts'

export const MailboxEventType = { CREATE: 'CREATE', SAVE: 'SAVE', DELETE: 'DELETE' } as const
export type MailboxEventType = (typeof MailboxEventType)[keyof typeof MailboxEventType]

export interface MailboxEvent {
  type: MailboxEventType
  messageID: string
  /** Of CREATE and SAVE: the message as it is then. */
  message?: UserMessage
  /** Of DELETE: the message as it was. Applications for Textile take an event with a `message` for one that is there. */
  deleted?: UserMessage
}

/**
 * With an event; with an error, once, when it ended the watch; with neither, once, when the mailbox was closed. What it
 * returns is awaited before the next call.
 */
export type WatchCallback = (reply?: MailboxEvent, error?: Error) => void | Promise<void>

export interface WatchState {
  readonly state: 'online' | 'offline'
  /** Peer id. */
  readonly relay: string
}

export interface Watching {
  /** Ends the watch; the callback is not called any more. */
  close: () => void
}

interface Box<E extends { readonly type: string }> {
  readonly told: Told
  /** Cursor of the last event there is. */
  readonly now: string
  readonly events: (o: { after: string; signal: AbortSignal }) => AsyncIterable<E>
  /** Undefined: nothing for the callback. */
  readonly convert: (event: E) => MailboxEvent | undefined
  readonly callback: WatchCallback
}

const eventTypes = new Map<string, MailboxEventType>([
  ['message', 'CREATE'],
  ['read', 'SAVE'],
  ['unread', 'SAVE'],
  ['deleted', 'DELETE']
])

export function watchInbox(
  { mailbox, inbox: told, unreadable }: Session,
  callback: WatchCallback,
  states: (state: WatchState) => void = () => undefined
): Watching {
  const owner = parseAddress(mailbox.address)
  const { inbox } = mailbox
  return start<WatchEvent>({
    told,
    callback,
    now: inbox.cursor,
    events: o => inbox.watch(o),
    convert: event => {
      if (event.type === 'online' || event.type === 'offline') states({ state: event.type, relay: event.relay })
      if (event.type === 'bad') unreadable(event.bad)
      return 'message' in event ? eventOf(event.type, inboxMessage(event.message, owner)) : undefined
    }
  })
}

export function watchSentbox({ mailbox, sentbox: told, unreadable }: Session, callback: WatchCallback): Watching {
  const owner = parseAddress(mailbox.address)
  const { sentbox } = mailbox
  return start<SentEvent>({
    told,
    callback,
    now: sentbox.cursor,
    events: o => sentbox.watch(o),
    convert: event => {
      if (event.type === 'bad') unreadable(event.bad)
      return 'message' in event ? eventOf(event.type, sentboxMessage(event.message, owner)) : undefined
    }
  })
}

function eventOf(happened: string, message: UserMessage): MailboxEvent | undefined {
  const type = eventTypes.get(happened)
  if (type === undefined) return undefined
  return { type, messageID: message.id, ...(type === 'DELETE' ? { deleted: message } : { message }) }
}

function start<E extends { readonly type: string }>(box: Box<E>): Watching {
  const stop = new AbortController()
  // rejects only when the callback's last call throws: nobody is left to tell
  void follow(box, stop.signal)
  return {
    close: () => {
      stop.abort()
    }
  }
}

/** Ends with the signal, or with the callback's last call. */
async function follow<E extends { readonly type: string }>(box: Box<E>, signal: AbortSignal): Promise<void> {
  const { told, callback } = box
  let failure: Error | undefined
  let after: string | undefined = told.cursor ?? box.now
  try {
    for (let more = true; more;) {
      try {
        for await (const event of box.events({ after, signal })) {
          await tell(box, event, signal)
          if ('cursor' in event && typeof event.cursor === 'string') after = event.cursor
        }
        more = false
      } catch (error) {
        // the store has kept what the callback was too slow for
        if (!isMailboxError(error, 'SLOW_CONSUMER')) throw error
      }
    }
  } catch (error) {
    failure = error instanceof Error ? error : new TypeError('The callback threw what is no error.', { cause: error })
    if (isMailboxError(error, 'CURSOR')) after = undefined
  }
  told.cursor = after
  if (!signal.aborted) await callback(undefined, failure)
}

async function tell<E extends { readonly type: string }>(box: Box<E>, event: E, signal: AbortSignal): Promise<void> {
  const reply = box.convert(event)
  if (reply === undefined || signal.aborted) return
  // a list that was made meanwhile has it
  if (reply.type === 'CREATE' && box.told.has(reply.messageID)) return
  await box.callback(reply)
}
