/** mailbox outbox: what is not stored yet, why, and what is to become of it. */
import type { Command } from 'commander'
import type { OutboxEvent } from '../../client/outbox.ts'
import { isMailboxError } from '../../errors.ts'
import { addGroup, addUsual } from '../group.ts'
import type { Io } from '../io.ts'
import { print, printJson, talk } from '../io.ts'
import { gist } from '../message.ts'
import type { Given } from '../options.ts'
import { addClientOptions } from '../options.ts'
import type { Session } from '../owner.ts'
import { requireBootstrap, withMailbox } from '../owner.ts'
import { People } from '../people.ts'
import { progress } from '../progress.ts'
import { printTable } from '../table.ts'
import { sizeText, timeText, visibleLine } from '../visible.ts'
import type { Entry } from './entry.ts'
import {
  attemptColumns,
  attemptFields,
  columnsOf,
  entryFields,
  entryOf,
  outboxIdOf,
  reasonOf,
  required
} from './entry.ts'

const idText = 'its id or handle, or the beginning of it'

type Work = (io: Io, given: Given, session: Session, ids: readonly string[]) => Promise<void>

const list: Work = async (io, given, { mailbox }) => {
  const people = new People(mailbox)
  // bounded by outboxMessagesMax
  const entries: Entry[] = []
  for await (const entry of mailbox.outbox.list()) entries.push(await entryOf(entry, people))
  if (given.json === true) {
    printJson(io, { type: 'outbox', entries: entries.map(entryFields) })
    return
  }
  printTable(io, entries, columnsOf(io))
  const many = entries.length === 1 ? 'One message is' : `${entries.length} messages are`
  talk(io, entries.length === 0 ? 'The outbox is empty: every message is stored.' : `${many} not stored.`)
}

const show: Work = async (io, given, { mailbox }, [text = '']) => {
  const entry = await entryOf(await required(mailbox, await outboxIdOf(mailbox, text)), new People(mailbox))
  if (given.json === true) {
    printJson(io, { type: 'outbox-entry', ...entryFields(entry) })
    return
  }
  const { id, to, state, createdMs, attempts, nextMs, mayArrive } = entry.entry
  print(io, `${id} ${state}`)
  print(io, `  to       ${to}${entry.name === undefined ? '' : ` (${visibleLine(entry.name)})`}`)
  const message = await mailbox.outbox.message(id)
  if (message !== undefined) print(io, `  message  ${visibleLine(gist(message))} (${sizeText(message.body.length)})`)
  const tried = attempts === 1 ? 'tried once' : `tried ${attempts} times`
  print(io, `  written  ${timeText(createdMs)}, ${tried}${nextMs === undefined ? '' : `, again ${timeText(nextMs)}`}`)
  const why = reasonOf(entry.entry)
  if (why !== '') print(io, `  because  ${visibleLine(why)}`)
  if (mayArrive) print(io, '  arrives  perhaps: bytes of it may have reached a relay')
}

const history: Work = async (io, given, { mailbox }, [text = '']) => {
  const id = await outboxIdOf(mailbox, text)
  const attempts = await mailbox.outbox.history(id)
  if (given.json === true) printJson(io, { type: 'history', id, attempts: attempts.map(attemptFields) })
  else printTable(io, attempts, attemptColumns)
}

const cancel: Work = async (io, given, { mailbox }, [text = '']) => {
  const id = await outboxIdOf(mailbox, text)
  const { mayArrive } = await mailbox.outbox.cancel(id)
  if (given.json === true) printJson(io, { type: 'cancelled', id, mayArrive })
  else if (mayArrive) talk(io, 'Cancelled; it may arrive all the same, since bytes of it may have reached a relay.')
  else talk(io, 'Cancelled: nothing of it has left.')
}

const remove: Work = async (io, given, { mailbox }, texts) => {
  const ids: string[] = []
  for (const text of texts) {
    const id = await outboxIdOf(mailbox, text)
    await mailbox.outbox.delete(id)
    ids.push(id)
  }
  if (given.json === true) printJson(io, { type: 'marked', as: 'deleted', ids })
  else talk(io, `${ids.length === 1 ? 'One message is' : `${ids.length} messages are`} deleted.`)
}

const retry: Work = async (io, given, session, texts) => {
  const { mailbox, effective, signal } = session
  const ids: string[] = []
  for (const text of texts) ids.push(await outboxIdOf(mailbox, text))
  requireBootstrap(effective)
  await progress(io, 'Trying again', async () => {
    if (ids.length === 0) await mailbox.outbox.flush({ signal })
    for (const id of ids) await mailbox.outbox.retry(id, { signal })
  })
  await list(io, given, session, [])
}

async function showEvent(io: Io, given: Given, event: OutboxEvent, people: People): Promise<void> {
  if (event.type === 'damaged') {
    if (given.json === true) printJson(io, { type: 'outbox-event', event: event.type, id: event.id })
    else print(io, `${event.id} damaged: nothing of it could be read, and it was set aside`)
    return
  }
  const { id, to } = event.type === 'stored' ? event : event.entry
  const name = await people.name(to)
  const fields =
    event.type === 'stored' ? { id, handle: event.handle, to, name } : entryFields({ entry: event.entry, name })
  if (given.json === true) {
    printJson(io, { type: 'outbox-event', event: event.type, ...fields })
    return
  }
  const state = event.type === 'state' ? event.entry.state : event.type
  const why = event.type === 'state' ? reasonOf(event.entry) : ''
  print(io, `${id} ${state} to ${visibleLine(name ?? to)}${why === '' ? '' : `: ${visibleLine(why)}`}`)
}

/** Ends without an error when the caller interrupts it: that is how a watch ends. */
const watch: Work = async (io, given, { mailbox, signal }) => {
  const people = new People(mailbox)
  try {
    for await (const event of mailbox.outbox.watch({ signal })) await showEvent(io, given, event, people)
  } catch (error) {
    if (!signal.aborted || !isMailboxError(error)) throw error
  }
}

interface Described {
  readonly description: string
  readonly work: Work
  /** `<id>`, `<ids...>` or `[ids...]`. */
  readonly ids?: string
  readonly endless?: boolean
}

function addAction(command: Command, io: Io, o: Described): void {
  if (o.ids !== undefined) command.argument(o.ids, idText)
  addClientOptions(command.description(o.description)).action(async () => {
    const given: Given = command.opts()
    const use = async (session: Session): Promise<void> => {
      await o.work(io, given, session, command.args)
    }
    await withMailbox(io, given, use, { endless: o.endless === true })
  })
}

const commands: Readonly<Record<string, Described>> = {
  show: { description: 'say of one message where it stands, and why', ids: '<id>', work: show },
  history: {
    description: 'list what was tried for one message, and what each relay answered',
    ids: '<id>',
    work: history
  },
  cancel: { description: 'take one back; says whether it may arrive all the same', ids: '<id>', work: cancel },
  retry: { description: 'try them now; all of them when none is named', ids: '[ids...]', work: retry },
  delete: { description: 'remove messages that failed or expired', ids: '<ids...>', work: remove },
  watch: {
    description: 'try as scheduled, and say what becomes of each, until interrupted',
    endless: true,
    work: watch
  }
}

export function addOutbox(program: Command, io: Io): void {
  const group = addGroup(program, 'outbox', 'what is not stored yet: why, what was tried, try again, cancel')
  const description = 'list messages that are not stored, and why'
  addAction(addUsual(group, 'list', description), io, { description, work: list })
  for (const [name, described] of Object.entries(commands)) addAction(group.command(name), io, described)
}
