/** mailbox inbox: what others have left. */
import type { Command } from 'commander'
import type { Message } from '../../client/message.ts'
import type { Mailbox } from '../../client/mailbox.ts'
import { addGroup, addUsual } from '../group.ts'
import type { Io } from '../io.ts'
import { printJson, talk } from '../io.ts'
import type { Shelf } from '../listing.ts'
import { addListOptions, find, queryOf } from '../listing.ts'
import { showMessage } from '../message.ts'
import type { Given } from '../options.ts'
import { addClientOptions } from '../options.ts'
import type { Session } from '../owner.ts'
import { withMailbox } from '../owner.ts'
import { progress } from '../progress.ts'
import { list } from './list.ts'
import { watch } from './watch.ts'

const outText = 'save the body as a file in this directory, named by the message id'

export const shelfOf = ({ inbox }: Mailbox): Shelf<Message> => ({
  get: async id => await inbox.get(id),
  list: o => inbox.list(o),
  called: 'this inbox',
  command: 'mailbox inbox'
})

async function open(io: Io, given: Given, { mailbox }: Session, id: string): Promise<void> {
  await showMessage(io, given, await find(shelfOf(mailbox), id))
}

async function ack(io: Io, given: Given, { mailbox, signal }: Session, texts: readonly string[]): Promise<void> {
  const ids: string[] = []
  for (const text of texts) ids.push((await find(shelfOf(mailbox), text)).id)
  const { confirmed, pending } = await progress(
    io,
    'Telling the relays',
    async () => await mailbox.inbox.ack(ids, { signal })
  )
  if (given.json === true) printJson(io, { type: 'acked', ids, confirmed, pending })
  else
    talk(
      io,
      `${confirmed.length} relays have dropped them${pending.length === 0 ? '' : `; ${pending.length} are told when they answer again`}.`
    )
}

function addList(group: Command, io: Io): void {
  const command = addListOptions(addUsual(group, 'list', 'fetch what the relays hold, and list what is here'))
    .option('--offline', 'list what is here, ask no relay')
    .option('--out <dir>', outText)
    .option('--keep', 'do not ack: relays keep them until "mailbox inbox ack"')
  addClientOptions(command).action(async (given: Given) => {
    const query = queryOf(given)
    await withMailbox(
      io,
      given,
      async session => {
        await list(io, given, session, query)
      },
      { keep: given.keep === true }
    )
  })
}

function addWatch(group: Command, io: Io): void {
  const command = group
    .command('watch')
    .description('show messages with their bodies, what is new and then what comes, until interrupted')
    .option('--out <dir>', outText)
    .option('--keep', 'do not ack: relays keep them until "mailbox inbox ack"')
  addClientOptions(command).action(async (given: Given) => {
    await withMailbox(
      io,
      given,
      async session => {
        await watch(io, given, session)
      },
      { endless: true, keep: given.keep === true }
    )
  })
}

export function addInbox(program: Command, io: Io): void {
  const group = addGroup(program, 'inbox', 'fetch, list, open and delete what others have left')
  addList(group, io)
  const opening = group
    .command('open')
    .description('show one message with its body')
    .argument('<id>', 'its id, or the beginning of it')
  addClientOptions(opening.option('--out <dir>', outText)).action(async (id: string, given: Given) => {
    await withMailbox(io, given, async session => {
      await open(io, given, session, id)
    })
  })
  const acking = group
    .command('ack')
    .description('tell the relays to drop messages that were fetched with --keep; the copies here stay')
    .argument('<ids...>', 'their ids, or the beginnings of them')
  addClientOptions(acking).action(async (ids: string[], given: Given) => {
    await withMailbox(io, given, async session => {
      await ack(io, given, session, ids)
    })
  })
  addWatch(group, io)
}
