/** mailbox inbox watch: what is new, then what comes. */
import type { WatchEvent } from '../../client/watch.ts'
import type { Io } from '../io.ts'
import { printJson, talk } from '../io.ts'
import { talkOfLeaving } from '../leaving.ts'
import { showMessage } from '../message.ts'
import type { Given } from '../options.ts'
import type { Session } from '../owner.ts'

async function show(io: Io, given: Given, seen: WatchEvent): Promise<void> {
  if (seen.type === 'message') await showMessage(io, given, seen.message)
  else if (given.json === true) printJson(io, { ...seen })
  else if (seen.type === 'drained')
    talk(io, `Drained${seen.complete ? '' : ', though not enough relays answered to be sure'}; waiting for more.`)
  else if (seen.type === 'leaving') talkOfLeaving(io, [seen])
  else talk(io, `Relay ${seen.relay} is ${seen.type}.`)
}

/** Ends without an error when the caller interrupts it: that is how a watch ends. */
export async function watch(io: Io, given: Given, { mailbox, signal }: Session): Promise<void> {
  try {
    for await (const seen of mailbox.inbox.watch({ signal })) await show(io, given, seen)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
