/** mailbox inbox list: fetches what the relays hold, then lists what is here. */
import type { PullReport } from '../../client/inbox.ts'
import type { ListOptions } from '../../client/message.ts'
import { MailboxError } from '../../errors.ts'
import type { Io } from '../io.ts'
import { printJson, talk } from '../io.ts'
import { talkOfLeaving } from '../leaving.ts'
import type { ListQuery } from '../listing.ts'
import { choiceOf, eachOf, queryOf, sought } from '../listing.ts'
import type { Given } from '../options.ts'
import type { Session } from '../owner.ts'
import { addressOf, checkWho, People } from '../people.ts'
import { progress } from '../progress.ts'
import type { Row } from '../rows.ts'
import { columnsOf, jsonOf, rowOf } from '../rows.ts'
import { printTable } from '../table.ts'
import { shelfOf } from './marks.ts'

export type InboxQuery = ListQuery & Pick<ListOptions, 'status' | 'from'>

/** What the options ask for; `from` may be a name still. @throws MailboxError USAGE, SIZE, ADDRESS */
export function inboxQueryOf(given: Given): InboxQuery {
  const status = choiceOf(given, 'status', ['all', 'read', 'unread'])
  if (typeof given.from === 'string') checkWho(given.from)
  return {
    ...queryOf(given),
    ...(status === undefined ? {} : { status }),
    ...(typeof given.from === 'string' ? { from: given.from } : {})
  }
}

async function pull(io: Io, given: Given, { mailbox, signal }: Session): Promise<PullReport | undefined> {
  if (given.offline === true) return undefined
  return await progress(io, 'Asking the relays', async () => await mailbox.inbox.pull({ signal }))
}

const answeredOf = ({ relays }: PullReport): number => relays.filter(relay => relay.answered).length

function tell(io: Io, report: PullReport): void {
  const { received, requests, complete, relays } = report
  const waiting = requests === 0 ? '' : `, ${requests} from people you do not know ("mailbox requests")`
  const sure = complete ? ', nothing is missing' : ''
  talk(
    io,
    `${received} new${waiting}; ${answeredOf(report)} of ${relays.length} relays gave everything they hold${sure}.`
  )
}

/** @throws MailboxError INCOMPLETE */
function judge(io: Io, report: PullReport): void {
  const { failed, complete, relays, leaving } = report
  talkOfLeaving(io, leaving)
  for (const { id, code } of failed)
    talk(io, `mailbox: the record ${id} does not open (${code}); it stays on the relays until it expires.`)
  if (complete) return
  throw new MailboxError(
    'INCOMPLETE',
    `Only ${answeredOf(report)} of ${relays.length} relays answered, so messages may be missing here; try again later.`
  )
}

export async function list(io: Io, given: Given, session: Session, query: InboxQuery): Promise<void> {
  const { mailbox, signal } = session
  const { from } = query
  const wanted = from === undefined ? query : { ...query, from: await addressOf(mailbox, from) }
  const report = await pull(io, given, session)
  const people = new People(mailbox)
  const lines: Array<Readonly<Record<string, unknown>>> = []
  const rows: Row[] = []
  const next = await eachOf(
    async o => await mailbox.inbox.page({ ...o, signal }),
    await sought(shelfOf(mailbox), wanted),
    async item => {
      const row = await rowOf(given, item, people)
      if (given.json === true) lines.push(jsonOf(row))
      else rows.push(row)
    }
  )
  const { all, unread } = await mailbox.inbox.counts({ signal })
  if (given.json === true) printJson(io, { type: 'inbox', all, unread, messages: lines, next, pull: report })
  else {
    printTable(io, rows, columnsOf(io, { who: 'FROM', marks: true }))
    talk(io, `${rows.length} shown of ${all}, ${unread} not read.`)
    if (report !== undefined) tell(io, report)
  }
  if (report !== undefined) judge(io, report)
}
