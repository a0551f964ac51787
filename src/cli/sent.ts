/** mailbox sent: what was sent from here and is stored. */
import type { Command } from 'commander'
import type { Mailbox } from '../client/mailbox.ts'
import type { SentItem, SentMessage } from '../client/message.ts'
import { isBad } from '../client/message.ts'
import { addGroup, addUsual } from './group.ts'
import type { Io } from './io.ts'
import { print, printJson } from './io.ts'
import type { ListQuery, Shelf } from './listing.ts'
import { addListOptions, find, queryOf } from './listing.ts'
import { gist, rowFields, messageFields, savedAs, showMessage } from './message.ts'
import type { Given } from './options.ts'
import { addClientOptions } from './options.ts'
import type { Session } from './owner.ts'
import { withMailbox } from './owner.ts'
import type { Column } from './table.ts'
import { addressText, idText, printTable } from './table.ts'
import { sizeText, timeText } from './visible.ts'

const columnsOf = (io: Io): Array<Column<SentItem>> => [
  { head: 'ID', cell: ({ id }) => idText(io, id) },
  { head: 'STORED', cell: item => timeText(isBad(item) ? item.arrivedMs : item.storedMs) },
  { head: 'TO', cell: item => (isBad(item) ? '?' : addressText(io, item.to)) },
  { head: 'SIZE', cell: item => (isBad(item) ? '?' : sizeText(item.body.length)) },
  { head: 'SUBJECT OR FIRST WORDS', cell: gist, widthMax: 60 }
]

const shelfOf = ({ sentbox }: Mailbox): Shelf<SentMessage> => ({
  get: async id => await sentbox.get(id),
  list: o => sentbox.list(o),
  called: 'this sentbox',
  command: 'mailbox sent'
})

async function list(io: Io, given: Given, { mailbox, signal }: Session, query: ListQuery): Promise<void> {
  // at most listLimitMax
  const messages: SentItem[] = []
  for await (const message of mailbox.sentbox.list({ ...query, signal })) messages.push(message)
  if (given.json === true) printJson(io, { type: 'sentbox', messages: messages.map(rowFields) })
  else printTable(io, messages, columnsOf(io))
}

async function open(io: Io, given: Given, { mailbox }: Session, text: string): Promise<void> {
  const message = await find(shelfOf(mailbox), text)
  if (given.json === true) {
    const file = await savedAs(given, message)
    printJson(io, { type: 'message', ...messageFields(message, file), receipts: message.receipts })
    return
  }
  await showMessage(io, given, message)
  for (const { relay } of message.receipts) print(io, `  stored   ${relay}`)
}

export function addSent(program: Command, io: Io): void {
  const group = addGroup(program, 'sent', 'list and open what was sent from here and is stored')
  addClientOptions(addListOptions(addUsual(group, 'list', 'list what was sent'))).action(async (given: Given) => {
    const query = queryOf(given)
    await withMailbox(io, given, async session => {
      await list(io, given, session, query)
    })
  })
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
}
