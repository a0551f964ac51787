/** mailbox status: what the relays say about this identity's mailbox. */
import type { Command } from 'commander'
import type { RelayStatus } from '../client/mailbox.ts'
import type { StrangersLane } from '../client/strangers-lane.ts'
import { msPerHour } from '../environment.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import { talkOfLeaving } from './leaving.ts'
import type { Given } from './options.ts'
import { addClientOptions } from './options.ts'
import type { Session } from './owner.ts'
import { withMailbox } from './owner.ts'
import { progress } from './progress.ts'
import { refusedLine } from './refused.ts'
import { sizeText, timeText, visibleLine } from './visible.ts'

function laneText({ policy, bits, classBytesMax, ttlHoursMax }: StrangersLane): string {
  if (policy === 'closed') return 'may leave nothing'
  const asked = policy === 'pow' ? `, with a stamp of ${bits} bits` : ''
  return `may leave up to ${sizeText(classBytesMax)} for ${ttlHoursMax} h${asked}`
}

/** Who left what a relay holds. */
function heldText({ strangers, gates = [] }: RelayStatus, names: ReadonlyMap<string, string>): string {
  const parts = gates
    .filter(({ records }) => records > 0)
    .map(({ gate, records }) => `${records} by ${visibleLine(names.get(gate) ?? gate)}`)
  if (strangers !== undefined && strangers.records > 0) parts.push(`${strangers.records} of strangers`)
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function relayLine(status: RelayStatus, names: ReadonlyMap<string, string>): string {
  const { id, role, online, code, records = 0, bytes = 0, leaseUntilHour = 0 } = status
  if (!online) return `  ${role.padEnd(7)} ${id} no answer (${code ?? 'UNKNOWN'})`
  return `  ${role.padEnd(7)} ${id} ${records} records${heldText(status, names)}, ${sizeText(bytes)}, until ${timeText(leaseUntilHour * msPerHour)}`
}

async function status(io: Io, given: Given, { mailbox, signal }: Session): Promise<void> {
  const found = await progress(io, 'Asking the relays', async () => await mailbox.status({ signal }))
  const { address, registered, writeQuorum, outbox, damaged, leaving, strangersLane } = found
  if (given.json === true) {
    const relays = found.relays.map(({ leaseUntilHour, ...relay }) =>
      leaseUntilHour === undefined ? relay : { ...relay, leaseUntilMs: leaseUntilHour * msPerHour }
    )
    const aside = damaged === 0 ? {} : { damaged }
    printJson(io, {
      type: 'status',
      address,
      registered,
      writeQuorum,
      relays,
      leaving,
      outbox,
      ...aside,
      strangersLane
    })
    return
  }
  print(io, address)
  const names = new Map((await mailbox.gates.list({ signal })).map(({ id, name }) => [id, name]))
  for (const relay of found.relays) print(io, relayLine(relay, names))
  const refused = refusedLine(found.relays)
  if (refused !== undefined) print(io, refused)
  print(io, `  outbox  ${outbox}${damaged === 0 ? '' : `, and ${damaged} that cannot be read`}`)
  print(io, `  strangers ${laneText(strangersLane)}`)
  talkOfLeaving(io, leaving)
  if (!registered) talk(io, 'No mailbox yet: "mailbox register" opens one.')
}

export function addStatus(program: Command, io: Io): void {
  const command = program.command('status').description('show what the relays hold for this identity')
  addClientOptions(command).action(async (given: Given) => {
    await withMailbox(io, given, async session => {
      await status(io, given, session)
    })
  })
}
