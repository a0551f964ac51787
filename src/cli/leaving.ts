/** What came of relays that are leaving, for people. */
import type { Leaving } from '../client/leaving.ts'
import type { Io } from './io.ts'
import { talk } from './io.ts'

function sentence({ relay, outcome, by, code }: Leaving): string {
  if (outcome === 'moved') return `Relay ${relay} is leaving: this mailbox is on ${by ?? ''} instead.`
  if (outcome === 'waiting') return `Relay ${relay} is leaving: the next "mailbox inbox" moves away from it.`
  if (outcome === 'failed')
    return `mailbox: relay ${relay} is leaving and no other took its place (${code ?? ''}); tried again at the next connect.`
  return `mailbox: relay ${relay} is leaving; you listed it, so you choose: "mailbox relays replace ${relay} MULTIADDR".`
}

export function talkOfLeaving(io: Io, leaving: readonly Leaving[]): void {
  for (const one of leaving) talk(io, sentence(one))
}
