/** mailbox inbox watch: what is new, then what comes. */
import type { BadMessage, Message } from '../../client/message.ts'
import type { WatchEvent } from '../../client/watch.ts'
import type { Io } from '../io.ts'
import { printJson, talk } from '../io.ts'
import { talkOfLeaving } from '../leaving.ts'
import { showMessage } from '../message.ts'
import type { Given } from '../options.ts'
import type { Session } from '../owner.ts'

async function show(io: Io, given: Given, seen: WatchEvent): Promise<void> {
  if (seen.type === 'message') await showMessage(io, given, seen.message)
  else if ('message' in seen) showChange(io, given, seen.type, seen.message)
  else if (seen.type === 'bad') showBad(io, given, seen.bad)
  else if (seen.type === 'drained') {
    if (given.json === true) printJson(io, { type: 'drained', complete: seen.complete })
    else talk(io, `Drained${seen.complete ? '' : ', though not enough relays answered to be sure'}; waiting for more.`)
  } else if (given.json === true) printJson(io, { ...seen })
  else if (seen.type === 'leaving') talkOfLeaving(io, [seen])
  else talk(io, `Relay ${seen.relay} is ${seen.type}.`)
}

/** What another than this command has done with a message, or that one waits among the requests. */
function showChange(
  io: Io,
  given: Given,
  type: 'request' | 'read' | 'unread' | 'deleted',
  { id, from }: Message
): void {
  if (given.json === true) printJson(io, type === 'request' ? { type, id, from } : { type, id })
  else if (type === 'request') talk(io, `A message of somebody unknown waits among the requests: ${id}.`)
  else talk(io, `The message ${id} is ${type}.`)
}

function showBad(io: Io, given: Given, { id, error }: BadMessage): void {
  if (given.json === true) printJson(io, { type: 'bad', id, error: { code: error.code, message: error.message } })
  else talk(io, `mailbox: ${error.message}`)
}

/** Ends without an error when the caller interrupts it: that is how a watch ends. */
export async function watch(io: Io, given: Given, { mailbox, signal }: Session): Promise<void> {
  try {
    for await (const seen of mailbox.inbox.watch({ signal })) await show(io, given, seen)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
