/** mailbox sent: what was sent from here and is stored. */
import type { Command } from 'commander'
import type { Mailbox } from '../client/mailbox.ts'
import type { SentMessage } from '../client/message.ts'
import { addGroup, addUsual } from './group.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import type { ListQuery, Shelf } from './listing.ts'
import { addListOptions, eachOf, find, idsOf, queryOf, sought } from './listing.ts'
import { gist, messageFields, savedAs, showMessage } from './message.ts'
import { receiptFields } from './outbox/entry.ts'
import { addOnMessages } from './named.ts'
import type { Given } from './options.ts'
import { addClientOptions } from './options.ts'
import type { Session } from './owner.ts'
import { withMailbox } from './owner.ts'
import { addressOf, checkWho, People } from './people.ts'
import type { Row } from './rows.ts'
import { columnsOf, jsonOf, rowOf } from './rows.ts'
import { printTable } from './table.ts'
import { visibleLine } from './visible.ts'

const shelfOf = ({ sentbox }: Mailbox): Shelf<SentMessage> => ({
  get: async id => await sentbox.get(id),
  list: o => sentbox.list(o),
  called: 'the sentbox',
  command: 'mailbox sent'
})

async function list(io: Io, given: Given, { mailbox, signal }: Session, query: ListQuery): Promise<void> {
  const to = typeof given.to === 'string' ? { to: await addressOf(mailbox, given.to) } : {}
  const people = new People(mailbox)
  // at most listLimitMax
  const rows: Row[] = []
  const next = await eachOf(
    async o => await mailbox.sentbox.page({ ...o, ...to, signal }),
    await sought(shelfOf(mailbox), query),
    async item => {
      rows.push(await rowOf({}, item, people))
    }
  )
  const { all } = await mailbox.sentbox.counts({ signal })
  if (given.json === true) {
    printJson(io, { type: 'sentbox', all, messages: rows.map(jsonOf), next })
    return
  }
  printTable(io, rows, columnsOf(io, { who: 'TO', marks: false }))
  talk(io, `${rows.length} shown of ${all}.`)
}

async function open(io: Io, given: Given, { mailbox }: Session, text: string): Promise<void> {
  const message = await find(shelfOf(mailbox), text)
  const people = new People(mailbox)
  if (given.json === true) {
    const fields = messageFields(message, await savedAs(given, message), await people.name(message.to))
    printJson(io, { type: 'message', ...fields, receipts: message.receipts.map(receiptFields) })
    return
  }
  await showMessage(io, given, message, people)
  for (const { relay } of message.receipts) print(io, `  stored   ${relay}`)
}

async function remove(io: Io, given: Given, session: Session, texts: readonly string[]): Promise<void> {
  const { mailbox, signal } = session
  const ids = await idsOf(shelfOf(mailbox), texts)
  await mailbox.sentbox.delete(ids, { signal })
  if (given.json === true) printJson(io, { type: 'marked', as: 'deleted', ids })
  else
    talk(io, `${ids.length === 1 ? 'One copy is' : `${ids.length} copies are`} deleted here; what was sent stays sent.`)
}

/** Ends without an error when the caller interrupts it: that is how a watch ends. */
async function watch(io: Io, given: Given, { mailbox, signal }: Session): Promise<void> {
  const people = new People(mailbox)
  const after = typeof given.after === 'string' ? { after: given.after } : {}
  talk(io, 'Waiting for what is in the outbox to be stored.')
  try {
    for await (const event of mailbox.sentbox.watch({ ...after, signal })) {
      const { type, cursor } = event
      const item = type === 'bad' ? event.bad : event.message
      const row = await rowOf({}, item, people)
      const done = type === 'message' ? 'stored' : type
      if (given.json === true) printJson(io, { type: done, ...jsonOf(row), cursor })
      else print(io, `${item.id} ${done}: ${visibleLine(gist(item))}`)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function addList(group: Command, io: Io): void {
  const command = addListOptions(addUsual(group, 'list', 'list what was sent from here and is stored')).option(
    '--to <who>',
    'only what was sent to this contact or address'
  )
  addClientOptions(command).action(async (given: Given) => {
    const query = queryOf(given)
    if (typeof given.to === 'string') checkWho(given.to)
    await withMailbox(io, given, async session => {
      await list(io, given, session, query)
    })
  })
}

export function addSent(program: Command, io: Io): void {
  const group = addGroup(program, 'sent', 'list, open and delete what was sent from here and is stored')
  addList(group, io)
  const opening = group
    .command('open')
    .description('show one message with its body, and the relays that have signed for it')
    .argument('<id>', 'its id, or the beginning of it')
    .option('--out <dir>', 'save the body as a file in this directory, named by the message id')
  addClientOptions(opening).action(async (id: string, given: Given) => {
    await withMailbox(io, given, async session => {
      await open(io, given, session, id)
    })
  })
  const watching = group
    .command('watch')
    .description('say what is stored and what is deleted from now on, until interrupted')
    .option('--after <cursor>', 'go on after the event that had this cursor')
  addClientOptions(watching).action(async (given: Given) => {
    const use = async (session: Session): Promise<void> => {
      await watch(io, given, session)
    }
    await withMailbox(io, given, use, { endless: true })
  })
  addOnMessages(group, io, {
    name: 'delete',
    description: 'delete the copies here; this recalls nothing',
    work: remove
  })
}
