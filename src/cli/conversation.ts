/** mailbox conversation: what went both ways with one person, or with whom there is something. */
import type { Command } from 'commander'
import type { Conversation, ConversationItem } from '../client/conversations.ts'
import type { RangeOptions } from '../client/listing.ts'
import { isBad } from '../client/message.ts'
import type { Io } from './io.ts'
import { printJson } from './io.ts'
import type { ListQuery } from './listing.ts'
import { addListOptions, eachOf, queryOf, sought } from './listing.ts'
import { gist } from './message.ts'
import type { Given } from './options.ts'
import { addClientOptions } from './options.ts'
import type { Session } from './owner.ts'
import { withMailbox } from './owner.ts'
import { addressOf, checkWho, People } from './people.ts'
import type { Row } from './rows.ts'
import { jsonOf, rowOf } from './rows.ts'
import type { Column } from './table.ts'
import { addressText, idText, printTable } from './table.ts'
import { sizeText, timeText } from './visible.ts'

interface Line extends Row {
  readonly item: ConversationItem
}

interface Talk {
  readonly conversation: Conversation
  readonly name: string | undefined
}

const timeOf = (item: ConversationItem): number =>
  isBad(item) || item.direction === 'in' ? item.arrivedMs : item.storedMs

const linesColumns = (io: Io, peer: string): Array<Column<Line>> => [
  { head: 'ID', cell: ({ item }) => idText(io, item.id) },
  { head: 'ARRIVED', cell: ({ item }) => timeText(timeOf(item)) },
  {
    head: 'FROM',
    cell: ({ item, name }) => (item.direction === 'out' ? 'you' : (name ?? addressText(io, peer))),
    widthMax: 24
  },
  { head: 'SIZE', cell: ({ item }) => (isBad(item) ? '?' : sizeText(item.body.length)) },
  { head: 'SUBJECT OR FIRST WORDS', cell: ({ item }) => gist(item), widthMax: 60 }
]

const talksColumns = (io: Io): Array<Column<Talk>> => [
  { head: 'WITH', cell: ({ conversation, name }) => name ?? addressText(io, conversation.peer), widthMax: 24 },
  { head: 'MESSAGES', cell: ({ conversation }) => String(conversation.all) },
  { head: 'NOT READ', cell: ({ conversation }) => String(conversation.unread) },
  { head: 'LAST', cell: ({ conversation }) => timeText(timeOf(conversation.last)) },
  { head: 'SUBJECT OR FIRST WORDS', cell: ({ conversation }) => gist(conversation.last), widthMax: 60 }
]

/** With one person: the newest of them, in the order in which they came. */
async function lines(io: Io, given: Given, session: Session, o: { who: string; query: ListQuery }): Promise<void> {
  const { mailbox, signal } = session
  const peer = await addressOf(mailbox, o.who)
  const people = new People(mailbox)
  const shelf = {
    list: (query: RangeOptions) => mailbox.inbox.conversation(peer, query),
    called: 'this conversation',
    command: 'mailbox conversation WHO'
  }
  // at most listLimitMax
  const found: Line[] = []
  const next = await eachOf(
    async query => await mailbox.inbox.conversationPage(peer, { ...query, signal }),
    await sought(shelf, o.query),
    async item => {
      found.push({ ...(await rowOf({}, item, people)), item })
    }
  )
  if (given.order === undefined) found.reverse()
  if (given.json === true) {
    const messages = found.map(line => ({ direction: line.item.direction, ...jsonOf(line) }))
    printJson(io, { type: 'conversation', peer, name: await people.name(peer), messages, next })
  } else printTable(io, found, linesColumns(io, peer))
}

async function talks(io: Io, given: Given, { mailbox, signal }: Session, query: ListQuery): Promise<void> {
  const people = new People(mailbox)
  const found: Talk[] = []
  const { seek } = query
  const next = await eachOf(
    async o => await mailbox.inbox.conversations({ ...o, signal }),
    seek === undefined ? query : { ...query, seek: await addressOf(mailbox, seek) },
    async conversation => {
      found.push({ conversation, name: await people.name(conversation.peer) })
    }
  )
  if (given.json !== true) {
    printTable(io, found, talksColumns(io))
    return
  }
  const conversations = await Promise.all(
    found.map(async ({ conversation: { last, ...conversation }, name }) => ({
      ...conversation,
      name,
      last: { direction: last.direction, ...jsonOf(await rowOf({}, last, people)) }
    }))
  )
  printJson(io, { type: 'conversations', conversations, next })
}

export function addConversation(program: Command, io: Io): void {
  const command = program
    .command('conversation')
    .description('list what went both ways with one person, the newest last; or with whom there is something')
    .argument('[who]', 'a contact or an address')
  addClientOptions(addListOptions(command)).action(async (who: string | undefined, given: Given) => {
    const query = queryOf(given)
    if (who !== undefined) checkWho(who)
    await withMailbox(io, given, async session => {
      await (who === undefined ? talks(io, given, session, query) : lines(io, given, session, { who, query }))
    })
  })
}
