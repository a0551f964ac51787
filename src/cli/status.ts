/** mailbox status: what the relays say about this identity's mailbox. */
import type { Command } from 'commander'
import type { RelayStatus } from '../client/mailbox.ts'
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
import { sizeText, timeText } from './visible.ts'

function relayLine({ id, role, online, code, records = 0, bytes = 0, leaseUntilHour = 0 }: RelayStatus): string {
  if (!online) return `  ${role.padEnd(7)} ${id} no answer (${code ?? 'UNKNOWN'})`
  return `  ${role.padEnd(7)} ${id} ${records} records, ${sizeText(bytes)}, until ${timeText(leaseUntilHour * msPerHour)}`
}

async function status(io: Io, given: Given, { mailbox, signal }: Session): Promise<void> {
  const found = await progress(io, 'Asking the relays', async () => await mailbox.status({ signal }))
  const { address, registered, writeQuorum, outbox, leaving } = found
  if (given.json === true) {
    const relays = found.relays.map(({ leaseUntilHour, ...relay }) =>
      leaseUntilHour === undefined ? relay : { ...relay, leaseUntilMs: leaseUntilHour * msPerHour }
    )
    printJson(io, { type: 'status', address, registered, writeQuorum, relays, leaving, outbox })
    return
  }
  print(io, address)
  for (const relay of found.relays) print(io, relayLine(relay))
  const refused = refusedLine(found.relays)
  if (refused !== undefined) print(io, refused)
  print(io, `  outbox  ${outbox}`)
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
