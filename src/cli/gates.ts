/** mailbox gates: by which contacts deposit without proof of work, and how much of the mailbox each may fill. */
import type { Command } from 'commander'
import type { OwnGate } from '../client/gates.ts'
import { MailboxError } from '../errors.ts'
import { addGroup, addUsual } from './group.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import type { Given } from './options.ts'
import { addClientOptions } from './options.ts'
import type { Session } from './owner.ts'
import { withMailbox } from './owner.ts'
import type { Column } from './table.ts'
import { printTable } from './table.ts'
import { timeText, visibleLine } from './visible.ts'

const stateOf = ({ revokedMs, recovered }: OwnGate): string =>
  revokedMs !== undefined
    ? `revoked ${timeText(revokedMs)}`
    : recovered === true
      ? 'in force, its secret lost'
      : 'in force'

const columns: Array<Column<OwnGate>> = [
  { head: 'ID', cell: ({ id }) => id },
  { head: 'NAME', cell: ({ name }) => name, widthMax: 32 },
  { head: 'SHARE', cell: ({ share }) => `${share} %` },
  { head: 'MADE', cell: ({ createdMs }) => timeText(createdMs) },
  { head: 'STATE', cell: stateOf }
]

const later = '"mailbox register" publishes that.'

function show(io: Io, given: Given, gate: OwnGate): void {
  if (given.json === true) {
    printJson(io, { type: 'gate', ...gate })
    return
  }
  print(io, `${gate.id} ${visibleLine(gate.name)} ${gate.share} % ${stateOf(gate)}`)
  talk(
    io,
    gate.revokedMs === undefined ? `It is in force once ${later}` : `Whoever holds it is a stranger once ${later}`
  )
}

async function list(io: Io, given: Given, { mailbox, signal }: Session): Promise<void> {
  const gates = await mailbox.gates.list({ signal })
  if (given.json === true) {
    printJson(io, { type: 'gates', gates })
    return
  }
  printTable(io, gates, columns)
  if (gates.length === 0) talk(io, 'No gates yet: "mailbox register" makes one for all contacts.')
}

/** @throws MailboxError USAGE */
function shareOf({ share }: Given): { share?: number } {
  if (typeof share !== 'string') return {}
  if (/^\d{1,3}$/.test(share) && Number(share) >= 1 && Number(share) <= 100) return { share: Number(share) }
  throw new MailboxError('USAGE', `--share is "${share}"; expected a whole number of percent, 1 to 100.`)
}

export function addGates(program: Command, io: Io): void {
  const group = addGroup(program, 'gates', 'by which contacts deposit without proof of work')
  addClientOptions(addUsual(group, 'list', 'list the gates, and those revoked not long ago')).action(
    async (given: Given) => {
      await withMailbox(io, given, async session => {
        await list(io, given, session)
      })
    }
  )
  const creating = group
    .command('create')
    .description('make a gate for some contacts: "mailbox contacts deal" and "invite --gate" give it to them')
    .argument('<name>', 'your name for it')
    .option('--share <percent>', 'of what a relay holds for the mailbox, as much may come by it (default: 50)')
  addClientOptions(creating).action(async (name: string, given: Given) => {
    const share = shareOf(given)
    await withMailbox(io, given, async ({ mailbox, signal }) => {
      show(io, given, await mailbox.gates.create({ name, ...share }, { signal }))
    })
  })
  const revoking = group
    .command('revoke')
    .description('let nobody in by a gate any more; what came by it stays')
    .argument('<gate>', 'its name or id')
  addClientOptions(revoking).action(async (gate: string, given: Given) => {
    await withMailbox(io, given, async ({ mailbox, signal }) => {
      show(io, given, await mailbox.gates.revoke(gate, { signal }))
    })
  })
}
