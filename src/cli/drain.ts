/** mailbox relay drain: says to a relay that it is leaving, and to its operator who is still on it. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Command } from 'commander'
import { setDraining } from '../daemon/drain.ts'
import type { Standing } from '../daemon/http.ts'
import { adminTimeoutMs, drainLookMs } from '../limits.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import type { Given } from './options.ts'
import { addJson, addKeys, effectiveConfig } from './options.ts'
import { relayOf } from './relay-identity.ts'

/** A running relay has looked by then. */
const noticeMs = 5 * drainLookMs
const pollMs = 100

/** What the relay of that id says at its admin address; undefined when nobody, or another, answers there. */
async function standingOf(id: string, admin: string, signal: AbortSignal): Promise<Standing | undefined> {
  if (admin === 'off') return undefined
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(adminTimeoutMs)])
    const standing = (await (await fetch(`http://${admin}/health/ready`, { signal: within })).json()) as Standing
    return standing.id === id ? standing : undefined
  } catch (error) {
    signal.throwIfAborted()
    // nobody there, or not an answer of ours
    if (error instanceof Error) return undefined
    throw error
  }
}

/** Until the running relay says the same, at most `noticeMs`. */
async function noticed(id: string, admin: string, leaving: boolean, io: Io): Promise<Standing | undefined> {
  const end = performance.now() + noticeMs
  for (;;) {
    const standing = await standingOf(id, admin, io.signal)
    if (standing === undefined || standing.draining === leaving || performance.now() > end) return standing
    await delay(pollMs, undefined, { signal: io.signal })
  }
}

async function drain(io: Io, given: Given): Promise<void> {
  const { data, admin } = (await effectiveConfig('relay', given, io)).config
  const draining = given.undo !== true
  const { directory, id } = await relayOf(data)
  await setDraining(directory, draining)
  const standing = await noticed(id, admin, draining, io)
  const known = standing?.draining === draining
  if (given.json === true)
    printJson(io, { type: 'drain', id, draining, running: known, ...(known ? { listing: standing.listing } : {}) })
  else {
    print(io, `${id} ${draining ? 'is leaving' : 'stays'}`)
    if (known) print(io, `  ${standing.listing} mailboxes list it`)
  }
  if (!known)
    talk(
      io,
      `mailbox: no answer of this relay at its admin address (${admin}); it looks into ${directory} every second, and when it starts.`
    )
  else if (draining && standing.listing > 0)
    talk(io, 'Their owners move when they next connect; run this again to see how many are left.')
}

export function addDrain(relay: Command, io: Io): void {
  const command = relay
    .command('drain')
    .description('say to the relay of this data directory that it is leaving: its owners move to other relays')
    .option('--undo', 'say that it stays after all')
  addJson(addKeys(command, ['data', 'admin'])).action(async (given: Given) => {
    await drain(io, given)
  })
}
