/** mailbox outbox: what is not stored yet, and why. */
import type { Command } from 'commander'
import type { OutboxEntry } from '../../client/outbox.ts'
import { msPerHour } from '../../environment.ts'
import { addGroup, addUsual } from '../group.ts'
import type { Io } from '../io.ts'
import { printJson, talk } from '../io.ts'
import type { Given } from '../options.ts'
import { addClientOptions } from '../options.ts'
import type { Session } from '../owner.ts'
import { requireBootstrap, withMailbox } from '../owner.ts'
import { progress } from '../progress.ts'
import type { Column } from '../table.ts'
import { addressText, idText, printTable } from '../table.ts'
import { timeText } from '../visible.ts'

const columnsOf = (io: Io): Array<Column<OutboxEntry>> => [
  { head: 'ID', cell: ({ id }) => idText(io, id) },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'TO', cell: ({ to }) => addressText(io, to) },
  { head: 'WRITTEN', cell: ({ createdMs }) => timeText(createdMs) },
  { head: 'TRIED', cell: ({ attempts }) => String(attempts) },
  { head: 'AGAIN', cell: ({ nextMs }) => (nextMs === undefined ? '' : timeText(nextMs)) },
  {
    head: 'BECAUSE',
    cell: ({ lastError }) => (lastError === undefined ? '' : `${lastError.message} (${lastError.code})`),
    widthMax: 60
  }
]

function entryFields({ expiresHour, ...entry }: OutboxEntry): Readonly<Record<string, unknown>> {
  return { ...entry, expiresMs: expiresHour * msPerHour }
}

async function list(io: Io, given: Given, { mailbox }: Session): Promise<void> {
  // bounded by outboxMessagesMax
  const entries: OutboxEntry[] = []
  for await (const entry of mailbox.outbox.list()) entries.push(entry)
  if (given.json === true) {
    printJson(io, { type: 'outbox', entries: entries.map(entryFields) })
    return
  }
  printTable(io, entries, columnsOf(io))
  const many = entries.length === 1 ? 'One message is' : `${entries.length} messages are`
  talk(io, entries.length === 0 ? 'The outbox is empty: every message is stored.' : `${many} not stored.`)
}

async function retry(io: Io, given: Given, session: Session): Promise<void> {
  const { mailbox, effective, signal } = session
  requireBootstrap(effective)
  await progress(io, 'Trying again', async () => await mailbox.outbox.flush({ signal }))
  await list(io, given, session)
}

export function addOutbox(program: Command, io: Io): void {
  const group = addGroup(program, 'outbox', 'list what is not stored yet, and try again')
  addClientOptions(addUsual(group, 'list', 'list messages that are not stored, and why')).action(
    async (given: Given) => {
      await withMailbox(io, given, async session => {
        await list(io, given, session)
      })
    }
  )
  addClientOptions(group.command('retry').description('try all of them now')).action(async (given: Given) => {
    await withMailbox(io, given, async session => {
      await retry(io, given, session)
    })
  })
}
