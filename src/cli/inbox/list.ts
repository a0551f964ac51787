/** mailbox inbox list: fetches what the relays hold, then lists what is here. */
import type { PullReport } from '../../client/inbox.ts'
import type { InboxItem } from '../../client/message.ts'
import { isBad } from '../../client/message.ts'
import { MailboxError } from '../../errors.ts'
import type { Io } from '../io.ts'
import { printJson, talk } from '../io.ts'
import { talkOfLeaving } from '../leaving.ts'
import type { ListQuery } from '../listing.ts'
import { gist, rowFields, savedAs } from '../message.ts'
import type { Given } from '../options.ts'
import type { Session } from '../owner.ts'
import { progress } from '../progress.ts'
import type { Column } from '../table.ts'
import { addressText, idText, printTable } from '../table.ts'
import { sizeText, timeText } from '../visible.ts'

interface Listed {
  readonly item: InboxItem
  readonly file: string | undefined
}

const columnsOf = (io: Io): Array<Column<Listed>> => [
  { head: 'ID', cell: ({ item }) => idText(io, item.id) },
  { head: 'RECEIVED', cell: ({ item }) => timeText(isBad(item) ? item.arrivedMs : item.receivedMs) },
  { head: 'FROM', cell: ({ item }) => (isBad(item) ? '?' : addressText(io, item.from)) },
  { head: 'SIZE', cell: ({ item }) => (isBad(item) ? '?' : sizeText(item.body.length)) },
  { head: 'SUBJECT OR FIRST WORDS', cell: ({ item, file }) => file ?? gist(item), widthMax: 60 }
]

async function pull(io: Io, given: Given, { mailbox, signal }: Session): Promise<PullReport | undefined> {
  if (given.offline === true) return undefined
  return await progress(io, 'Asking the relays', async () => await mailbox.inbox.pull({ signal }))
}

function tell(io: Io, report: PullReport, shown: number): void {
  const answered = report.relays.filter(relay => relay.answered).length
  const { received, complete, relays } = report
  talk(
    io,
    `${received} new, ${shown} shown; ${answered} of ${relays.length} relays gave everything they hold${complete ? ', nothing is missing' : ''}.`
  )
}

/** @throws MailboxError INCOMPLETE */
function judge(io: Io, { failed, complete, relays, leaving }: PullReport): void {
  talkOfLeaving(io, leaving)
  for (const { id, code } of failed)
    talk(io, `mailbox: the record ${id} does not open (${code}); it stays on the relays until it expires.`)
  if (complete) return
  const answered = relays.filter(relay => relay.answered).length
  throw new MailboxError(
    'INCOMPLETE',
    `Only ${answered} of ${relays.length} relays answered, so messages may be missing here; try again later.`
  )
}

export async function list(io: Io, given: Given, session: Session, query: ListQuery): Promise<void> {
  const report = await pull(io, given, session)
  // what is kept of each: at most listLimitMax rows
  const rows: Listed[] = []
  const heads: Array<Readonly<Record<string, unknown>>> = []
  for await (const item of session.mailbox.inbox.list({ ...query, signal: session.signal })) {
    const file = isBad(item) ? undefined : await savedAs(given, item)
    if (given.json === true) heads.push({ ...rowFields(item), file })
    else rows.push({ item, file })
  }
  if (given.json === true) printJson(io, { type: 'inbox', messages: heads, pull: report })
  else printTable(io, rows, columnsOf(io))
  if (report === undefined) return
  if (given.json !== true) tell(io, report, rows.length)
  judge(io, report)
}
