/** mailbox invite and accept: first contact by one text that is handed over, or shown as a QR code. */
import type { Command } from 'commander'
import { renderUnicodeCompact } from 'uqr'
import type { Invited, InviteOptions } from '../client/invitations.ts'
import { MailboxError } from '../errors.ts'
import { addGroup, addUsual } from './group.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import type { Given } from './options.ts'
import { addClientOptions, hoursOf } from './options.ts'
import type { Session } from './owner.ts'
import { withMailbox } from './owner.ts'
import { People } from './people.ts'
import type { Column } from './table.ts'
import { addressText, printTable } from './table.ts'
import { timeText, visibleLine } from './visible.ts'

interface Listed {
  readonly invitation: Invited
  readonly usedBy: string
}

const columns: Array<Column<Listed>> = [
  { head: 'ID', cell: ({ invitation }) => invitation.id },
  { head: 'STATE', cell: ({ invitation }) => invitation.state },
  { head: 'GIVEN OUT', cell: ({ invitation }) => timeText(invitation.createdMs) },
  { head: 'EXPIRES', cell: ({ invitation }) => timeText(invitation.expiresMs) },
  { head: 'FOR', cell: ({ invitation }) => invitation.contact ?? '', widthMax: 24 },
  { head: 'USED BY', cell: ({ usedBy }) => usedBy, widthMax: 24 }
]

/** A code as rows of half blocks, light on dark; the lines are data. */
function printQr(io: Io, uri: string): void {
  const lines = renderUnicodeCompact(uri).split('\n')
  const width = lines[0]?.length ?? 0
  for (const line of lines) print(io, line)
  const { columns: wide } = io.stdout
  if (io.stdout.isTTY === true && wide !== undefined && wide < width)
    talk(io, `mailbox: the code is ${width} columns wide and this terminal ${wide}: make it wider and run this again.`)
}

async function create(io: Io, given: Given, { mailbox, signal }: Session, o: InviteOptions): Promise<void> {
  const { id, uri, expiresMs, leftOut } = await mailbox.invitations.create({ ...o, signal })
  if (given.json === true) {
    printJson(io, { type: 'invitation', id, uri, expiresMs, leftOut })
    return
  }
  print(io, uri)
  if (given.qr === true) printQr(io, uri)
  if (leftOut.length > 0)
    talk(io, `mailbox: ${leftOut.length} of your relays did not fit into it; whoever accepts it asks the others first.`)
  talk(io, `Whoever has it can use it, once, until ${timeText(expiresMs)}: "mailbox accept URI". It is ${id} here.`)
  if (mailbox.relays.length === 0) talk(io, 'mailbox: you have no mailbox yet; "mailbox register" opens one.')
}

async function list(io: Io, given: Given, { mailbox, signal }: Session): Promise<void> {
  const invitations = await mailbox.invitations.list({ signal })
  if (given.json === true) {
    printJson(io, { type: 'invitations', invitations })
    return
  }
  const people = new People(mailbox)
  const rows: Listed[] = []
  for (const invitation of invitations) {
    const { usedBy } = invitation
    const name = usedBy === undefined ? '' : ((await people.name(usedBy)) ?? addressText(io, usedBy))
    rows.push({ invitation, usedBy: name })
  }
  printTable(io, rows, columns)
  if (rows.length === 0) talk(io, 'No invitations: "mailbox invite" makes one.')
}

async function accept(io: Io, given: Given, { mailbox, signal }: Session, uri: string): Promise<void> {
  const name = typeof given.name === 'string' ? { name: given.name } : {}
  const contact = await mailbox.invitations.accept(uri, { ...name, signal })
  if (given.json === true) printJson(io, { type: 'contact', ...contact })
  else {
    print(io, `${visibleLine(contact.name)} ${contact.address}`)
    talk(io, 'The first message you send there says that the invitation was accepted.')
  }
}

/** @throws MailboxError USAGE */
function inviteOptionsOf(given: Given): InviteOptions {
  const { name, contact, gate } = given
  const ttlHours = hoursOf(given)
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof contact === 'string' ? { contact } : {}),
    ...(typeof gate === 'string' ? { gate } : {}),
    ...(ttlHours === undefined ? {} : { ttlHours })
  }
}

function addCreate(group: Command, io: Io): void {
  const command = addUsual(group, 'create', 'print an invitation for one person, a URI')
    .option('--name <name>', 'what it calls you')
    .option('--contact <name>', 'what to call whoever uses it (default: after the address)')
    .option('--gate <gate>', 'give this gate, by name or id, instead of the one for all contacts')
    .option('--ttl-hours <hours>', 'it can be used for so long (default: 336)')
    .option('--qr', 'print it as a QR code too')
  addClientOptions(command).action(async (given: Given) => {
    const options = inviteOptionsOf(given)
    if (given.qr === true && given.json === true)
      throw new MailboxError('USAGE', 'A QR code is for people and --json for programs: give one of them.')
    await withMailbox(io, given, async session => {
      await create(io, given, session, options)
    })
  })
}

export function addInvite(program: Command, io: Io): void {
  const group = addGroup(program, 'invite', 'make a contact of one person by a text that you hand over')
  addCreate(group, io)
  addClientOptions(group.command('list').description('list the invitations you have given out')).action(
    async (given: Given) => {
      await withMailbox(io, given, async session => {
        await list(io, given, session)
      })
    }
  )
  const revoking = group.command('revoke').description('take an invitation back').argument('<id>', 'its id')
  addClientOptions(revoking).action(async (id: string, given: Given) => {
    await withMailbox(io, given, async ({ mailbox, signal }) => {
      await mailbox.invitations.revoke(id, { signal })
      if (given.json === true) printJson(io, { type: 'revoked', id })
      else talk(io, `The invitation ${id} cannot be used any more.`)
    })
  })
}

export function addAccept(program: Command, io: Io): void {
  const command = program
    .command('accept')
    .description('take an invitation: the inviter becomes a contact')
    .argument('<uri>', 'the invitation, mailbox:…')
    .option('--name <name>', 'what to call the inviter (default: what the invitation says)')
  addClientOptions(command).action(async (uri: string, given: Given) => {
    await withMailbox(io, given, async session => {
      await accept(io, given, session, uri)
    })
  })
}
