/** mailbox inbox watch: what is new, then what comes and what is done with it. */
import type { BadMessage, Message } from '../../client/message.ts'
import type { WatchEvent } from '../../client/watch.ts'
import type { Io } from '../io.ts'
import { printJson, talk } from '../io.ts'
import { talkOfLeaving } from '../leaving.ts'
import { messageFields, rowFields, savedAs, showMessage } from '../message.ts'
import type { Given } from '../options.ts'
import type { Session } from '../owner.ts'
import { People } from '../people.ts'

async function show(io: Io, given: Given, seen: WatchEvent, people: People): Promise<void> {
  if (seen.type === 'message' && given.json !== true) await showMessage(io, given, seen.message, people)
  else if (seen.type === 'message') {
    const fields = messageFields(seen.message, await savedAs(given, seen.message), await people.name(seen.message.from))
    printJson(io, { type: 'message', ...fields, live: seen.live, cursor: seen.cursor })
  } else if ('message' in seen) await showChange(io, given, seen, people)
  else if (seen.type === 'bad') showBad(io, given, seen.bad, seen.cursor)
  else if (given.json === true) printJson(io, { ...seen })
  else if (seen.type === 'drained')
    talk(io, `Drained${seen.complete ? '' : ', though not enough relays answered to be sure'}; waiting for more.`)
  else if (seen.type === 'leaving') talkOfLeaving(io, [seen])
  else talk(io, `Relay ${seen.relay} is ${seen.type}.`)
}

type Change = Extract<WatchEvent, { readonly message: Message }>

/** What another than this command has done with a message, or that one waits among the requests. */
async function showChange(io: Io, given: Given, seen: Change, people: People): Promise<void> {
  const { type, message, cursor } = seen
  if (given.json === true)
    printJson(io, { type, ...rowFields(message, await people.name(message.from)), live: seen.live, cursor })
  else if (type === 'request')
    talk(io, `A message of somebody you do not know waits: "mailbox requests" lists it (${message.id}).`)
  else talk(io, `The message ${message.id} is ${type}.`)
}

function showBad(io: Io, given: Given, { id, error }: BadMessage, cursor: string): void {
  if (given.json === true)
    printJson(io, { type: 'bad', id, error: { code: error.code, message: error.message }, cursor })
  else talk(io, `mailbox: ${error.message}`)
}

/** Ends without an error when the caller interrupts it: that is how a watch ends. */
export async function watch(io: Io, given: Given, { mailbox, signal }: Session): Promise<void> {
  const people = new People(mailbox)
  const after = typeof given.after === 'string' ? { after: given.after } : {}
  try {
    for await (const seen of mailbox.inbox.watch({ ...after, signal })) await show(io, given, seen, people)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
