/** mailbox requests: messages of people that this owner does not know, until it decides about them. */
import type { Command } from 'commander'
import type { Mailbox } from '../client/mailbox.ts'
import type { Message } from '../client/message.ts'
import { addGroup, addUsual } from './group.ts'
import type { Io } from './io.ts'
import { printJson, talk } from './io.ts'
import type { ListQuery, Shelf } from './listing.ts'
import { addListOptions, eachOf, find, idsOf, queryOf, sought } from './listing.ts'
import { showMessage } from './message.ts'
import { addOnMessages } from './named.ts'
import type { Given } from './options.ts'
import { addClientOptions } from './options.ts'
import type { Session } from './owner.ts'
import { withMailbox } from './owner.ts'
import { checkWho, isAddress, People } from './people.ts'
import type { Row } from './rows.ts'
import { columnsOf, jsonOf, rowOf } from './rows.ts'
import { printTable } from './table.ts'
import { visibleLine } from './visible.ts'

const whoText = 'the address of a sender, or the id of a request or the beginning of it'

const shelfOf = ({ requests }: Mailbox): Shelf<Message> => ({
  get: async id => await requests.get(id),
  list: o => requests.list(o),
  called: 'the requests',
  command: 'mailbox requests'
})

/** The sender that is meant. @throws MailboxError ADDRESS, NOT_FOUND, USAGE */
async function senderOf(mailbox: Mailbox, who: string): Promise<string> {
  return isAddress(who) ? who : (await find(shelfOf(mailbox), who)).from
}

async function list(io: Io, given: Given, { mailbox, signal }: Session, query: ListQuery): Promise<void> {
  const people = new People(mailbox)
  // at most listLimitMax
  const rows: Row[] = []
  const next = await eachOf(
    async o => await mailbox.requests.page({ ...o, signal }),
    await sought(shelfOf(mailbox), query),
    async item => {
      rows.push(await rowOf({}, item, people))
    }
  )
  const { all } = await mailbox.requests.counts({ signal })
  const waiting = await mailbox.requests.waiting()
  if (given.json === true) {
    printJson(io, { type: 'requests', all, messages: rows.map(jsonOf), next, waiting })
    return
  }
  printTable(io, rows, columnsOf(io, { who: 'FROM', marks: false }))
  talk(io, `${rows.length} shown of ${all}.`)
  if (waiting !== undefined) talk(io, 'More wait on the relays for want of room here: accept, block or delete some.')
}

async function accept(io: Io, given: Given, { mailbox, signal }: Session, who: string): Promise<void> {
  const address = await senderOf(mailbox, who)
  const name = typeof given.name === 'string' ? { name: given.name } : {}
  const contact = await mailbox.requests.accept(address, { ...name, signal })
  if (given.json === true) printJson(io, { type: 'accepted', address, name: contact?.name })
  else {
    const known = contact === undefined ? address : `"${visibleLine(contact.name)}" (${address})`
    talk(io, `What ${known} has left is in the inbox, and what comes goes there.`)
  }
}

async function block(io: Io, given: Given, { mailbox, signal }: Session, who: string): Promise<void> {
  const address = await senderOf(mailbox, who)
  await mailbox.requests.block(address, { signal })
  if (given.json === true) printJson(io, { type: 'blocked', address, blocked: true })
  else talk(io, `The requests of ${address} are deleted, and what it sends is dropped from now on.`)
}

async function remove(io: Io, given: Given, { mailbox, signal }: Session, texts: readonly string[]): Promise<void> {
  const ids = await idsOf(shelfOf(mailbox), texts)
  await mailbox.requests.delete(ids, { signal })
  if (given.json === true) printJson(io, { type: 'marked', as: 'deleted', ids })
  else
    talk(
      io,
      `${ids.length === 1 ? 'One request is' : `${ids.length} requests are`} deleted; their senders stay unknown.`
    )
}

function addDecisions(group: Command, io: Io): void {
  const accepting = group
    .command('accept')
    .description('know a sender from now on: its messages come into the inbox')
    .argument('<who>', whoText)
    .option('--name <name>', 'make it a contact of this name')
  const blocking = group
    .command('block')
    .description('delete the requests of a sender, and take no more from it')
    .argument('<who>', whoText)
  for (const [command, work] of [
    [accepting, accept],
    [blocking, block]
  ] as const)
    addClientOptions(command).action(async (who: string, given: Given) => {
      checkWho(who)
      await withMailbox(io, given, async session => {
        await work(io, given, session, who)
      })
    })
}

export function addRequests(program: Command, io: Io): void {
  const group = addGroup(program, 'requests', 'messages of people you do not know: accept, block or delete them')
  addClientOptions(addListOptions(addUsual(group, 'list', 'list them'))).action(async (given: Given) => {
    const query = queryOf(given)
    await withMailbox(io, given, async session => {
      await list(io, given, session, query)
    })
  })
  const opening = group
    .command('open')
    .description('show one with its body; nobody is told')
    .argument('<id>', 'its id, or the beginning of it')
    .option('--out <dir>', 'save the body as a file in this directory, named by the message id')
  addClientOptions(opening).action(async (id: string, given: Given) => {
    await withMailbox(io, given, async ({ mailbox }) => {
      await showMessage(io, given, await find(shelfOf(mailbox), id), new People(mailbox))
    })
  })
  addDecisions(group, io)
  addOnMessages(group, io, {
    name: 'delete',
    description: 'delete requests here and at the relays; their senders stay unknown',
    work: remove
  })
}
