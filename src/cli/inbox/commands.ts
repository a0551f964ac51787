/** mailbox inbox: what others have left. */
import type { Command } from 'commander'
import { addGroup, addUsual } from '../group.ts'
import type { Io } from '../io.ts'
import { addListOptions, find } from '../listing.ts'
import { showMessage } from '../message.ts'
import type { OnMessages } from '../named.ts'
import { addOnMessages } from '../named.ts'
import type { Given } from '../options.ts'
import { addClientOptions } from '../options.ts'
import type { Session } from '../owner.ts'
import { withMailbox } from '../owner.ts'
import { People } from '../people.ts'
import { inboxQueryOf, list } from './list.ts'
import { ack, mark, remove, shelfOf } from './marks.ts'
import { watch } from './watch.ts'

const outText = 'save the body as a file in this directory, named by the message id'
const keepText = 'do not ack: relays keep them until "mailbox inbox ack"'
const idText = 'its id, or the beginning of it'

async function open(io: Io, given: Given, { mailbox, signal }: Session, id: string): Promise<void> {
  const message = await find(shelfOf(mailbox), id)
  await showMessage(io, given, message, new People(mailbox))
  if (given.peek !== true) await mailbox.inbox.read(message.id, { signal })
}

function addList(group: Command, io: Io): void {
  const command = addListOptions(addUsual(group, 'list', 'fetch what the relays hold, and list what is here'))
    .option('--status <status>', 'all, read or unread (default: all)')
    .option('--from <who>', 'only what this contact or address has left')
    .option('--offline', 'list what is here, ask no relay')
    .option('--out <dir>', outText)
    .option('--keep', keepText)
  addClientOptions(command, ['strangers']).action(async (given: Given) => {
    const query = inboxQueryOf(given)
    const use = async (session: Session): Promise<void> => {
      await list(io, given, session, query)
    }
    await withMailbox(io, given, use, { keep: given.keep === true })
  })
}

function addOpen(group: Command, io: Io): void {
  const command = group
    .command('open')
    .description('show one message with its body, and mark it as read')
    .argument('<id>', idText)
    .option('--peek', 'do not mark it')
    .option('--out <dir>', outText)
  addClientOptions(command).action(async (id: string, given: Given) => {
    await withMailbox(io, given, async session => {
      await open(io, given, session, id)
    })
  })
}

function addWatch(group: Command, io: Io): void {
  const command = group
    .command('watch')
    .description('show messages with their bodies, what is new and then what comes, until interrupted')
    .option('--after <cursor>', 'go on after the event that had this cursor')
    .option('--out <dir>', outText)
    .option('--keep', keepText)
  addClientOptions(command, ['strangers']).action(async (given: Given) => {
    const use = async (session: Session): Promise<void> => {
      await watch(io, given, session)
    }
    await withMailbox(io, given, use, { endless: true, keep: given.keep === true })
  })
}

const marking =
  (as: 'read' | 'unread'): OnMessages =>
  async (io, given, session, texts) => {
    await mark(io, given, session, { as, texts })
  }

export function addInbox(program: Command, io: Io): void {
  const group = addGroup(program, 'inbox', 'fetch, list, open and delete what others have left')
  addList(group, io)
  addOpen(group, io)
  addOnMessages(group, io, { name: 'read', description: 'mark messages as read', work: marking('read') })
  addOnMessages(group, io, { name: 'unread', description: 'mark messages as not read', work: marking('unread') })
  addOnMessages(group, io, {
    name: 'ack',
    description: 'tell the relays to drop messages that were fetched with --keep; the copies here stay',
    work: ack
  })
  addOnMessages(group, io, {
    name: 'delete',
    description: 'delete messages here and at the relays; they do not come back',
    work: remove
  })
  addWatch(group, io)
}
