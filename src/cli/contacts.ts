/** mailbox contacts: names for addresses, safety numbers, and from whom nothing is wanted. */
import type { Command } from 'commander'
import type { Contact } from '../client/contacts.ts'
import { defaultGateName } from '../client/gates.ts'
import { addGroup, addUsual } from './group.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import type { Given } from './options.ts'
import { addClientOptions } from './options.ts'
import type { Session } from './owner.ts'
import { withMailbox } from './owner.ts'
import { addressOf, checkWho } from './people.ts'
import type { Column } from './table.ts'
import { addressText, printTable } from './table.ts'
import { timeText, visibleLine } from './visible.ts'

const whoText = 'a contact or an address'

function stateOf({ verifiedMs, blocked }: Contact): string {
  const verified = verifiedMs === undefined ? 'not compared' : `compared ${timeText(verifiedMs).slice(0, 10)}`
  return blocked ? `${verified}, blocked` : verified
}

/** Name of the gate that it is dealt, by its id. */
type GateNames = ReadonlyMap<string, string>

const gateOf = ({ gate }: Contact, names: GateNames): string =>
  gate === undefined ? defaultGateName : (names.get(gate) ?? `none: ${gate} is revoked`)

const columnsOf = (io: Io, names: GateNames): Array<Column<Contact>> => [
  { head: 'NAME', cell: ({ name }) => name, widthMax: 32 },
  { head: 'GATE', cell: contact => gateOf(contact, names), widthMax: 32 },
  { head: 'ADDRESS', cell: ({ address }) => addressText(io, address) },
  { head: 'SAFETY NUMBER', cell: stateOf }
]

function show(io: Io, given: Given, contact: Contact): void {
  if (given.json === true) printJson(io, { type: 'contact', ...contact })
  else print(io, `${visibleLine(contact.name)} ${contact.address} ${stateOf(contact)}`)
}

async function list(io: Io, given: Given, { mailbox, signal }: Session): Promise<void> {
  // bounded by contactsMax and blockedMax
  const contacts: Contact[] = []
  for await (const contact of mailbox.contacts.list({ signal })) contacts.push(contact)
  const blocked: Array<{ address: string; atMs: number }> = []
  for await (const one of mailbox.contacts.blocked({ signal })) blocked.push(one)
  if (given.json === true) {
    printJson(io, { type: 'contacts', contacts, blocked })
    return
  }
  const gates = (await mailbox.gates.list({ signal })).filter(({ revokedMs }) => revokedMs === undefined)
  printTable(io, contacts, columnsOf(io, new Map(gates.map(({ id, name }) => [id, name]))))
  const strangers = blocked.filter(({ address }) => !contacts.some(contact => contact.address === address))
  for (const { address, atMs } of strangers) print(io, `(blocked since ${timeText(atMs)}) ${address}`)
  if (contacts.length === 0) talk(io, 'No contacts yet: "mailbox contacts add NAME ADDRESS" makes one.')
}

async function remove(io: Io, given: Given, { mailbox, signal }: Session, who: string): Promise<void> {
  const contact = await mailbox.contacts.get(who)
  await mailbox.contacts.remove(who, { signal })
  const { address = who, name = who } = contact ?? {}
  if (given.json === true) printJson(io, { type: 'removed', address, name })
  else talk(io, `"${visibleLine(name)}" is no contact any more; what is here from ${address} stays.`)
}

async function block(
  io: Io,
  given: Given,
  { mailbox, signal }: Session,
  o: { who: string; blocked: boolean }
): Promise<void> {
  const address = await addressOf(mailbox, o.who)
  await mailbox.contacts[o.blocked ? 'block' : 'unblock'](address, { signal })
  if (given.json === true) printJson(io, { type: 'blocked', address, blocked: o.blocked })
  else talk(io, o.blocked ? `What ${address} sends is dropped from now on.` : `What ${address} sends is taken again.`)
}

async function safety(io: Io, given: Given, { mailbox }: Session, who: string): Promise<void> {
  const address = await addressOf(mailbox, who)
  const safetyNumber = mailbox.safetyNumber(address)
  const contact = await mailbox.contacts.get(address)
  if (given.json === true) {
    printJson(io, { type: 'contact', ...(contact ?? { address, blocked: false }), safetyNumber })
    return
  }
  // three lines of four groups, as they are read out
  const groups = safetyNumber.split(' ')
  for (let at = 0; at < groups.length; at += 4) print(io, groups.slice(at, at + 4).join(' '))
  talk(io, 'Both of you see these digits when nobody is between you: compare them, then "mailbox contacts verify".')
}

async function verify(
  io: Io,
  given: Given,
  { mailbox, signal }: Session,
  o: { who: string; number: string | undefined }
): Promise<void> {
  const { contacts } = mailbox
  if (given.undo === true) show(io, given, await contacts.unverify(o.who, { signal }))
  else show(io, given, await contacts.verify(o.who, o.number, { signal }))
}

type OnContact = (session: Session, given: Given, args: readonly string[]) => Promise<void>

/** A command of the group; each of `args` is an argument with what it means. */
function addCommand(
  group: Command,
  io: Io,
  o: { command: Command; args: ReadonlyArray<readonly [string, string]>; work: OnContact }
): void {
  for (const [name, meaning] of o.args) o.command.argument(name, meaning)
  addClientOptions(o.command).action(async () => {
    const args = o.command.args
    const given: Given = o.command.opts()
    // whatever is meant as an address is looked at before anything is opened
    for (const text of args) checkWho(text)
    await withMailbox(io, given, async session => {
      await o.work(session, given, args)
    })
  })
}

function addNaming(group: Command, io: Io): void {
  addCommand(group, io, {
    command: group.command('add').description('give an address a name'),
    args: [
      ['<name>', 'your name for it'],
      ['<address>', 'the address']
    ],
    work: async ({ mailbox, signal }, given, [name = '', address = '']) => {
      show(io, given, await mailbox.contacts.add({ name, address }, { signal }))
    }
  })
  addCommand(group, io, {
    command: group.command('rename').description('give a contact another name'),
    args: [
      ['<who>', whoText],
      ['<name>', 'the new name']
    ],
    work: async ({ mailbox, signal }, given, [who = '', name = '']) => {
      show(io, given, await mailbox.contacts.rename(who, name, { signal }))
    }
  })
  addCommand(group, io, {
    command: group.command('remove').description('forget a name; messages stay'),
    args: [['<who>', whoText]],
    work: async (session, given, [who = '']) => {
      await remove(io, given, session, who)
    }
  })
}

function addDeal(group: Command, io: Io): void {
  addCommand(group, io, {
    command: group
      .command('deal')
      .description('give a contact another gate with what you send it; without one the gate for all contacts'),
    args: [
      ['<who>', whoText],
      ['[gate]', 'name or id of the gate']
    ],
    work: async ({ mailbox, signal }, given, [who = '', gate]) => {
      show(io, given, await mailbox.contacts.deal(who, gate, { signal }))
    }
  })
}

function addTrust(group: Command, io: Io): void {
  addCommand(group, io, {
    command: group.command('safety').description('print the safety number, to be compared over another way'),
    args: [['<who>', whoText]],
    work: async (session, given, [who = '']) => {
      await safety(io, given, session, who)
    }
  })
  addCommand(group, io, {
    command: group
      .command('verify')
      .description('remember that the safety numbers agree; a number that is given is compared here')
      .option('--undo', 'forget it'),
    args: [
      ['<who>', whoText],
      ['[number]', 'the 60 digits that the other sees, in quotes']
    ],
    work: async (session, given, [who = '', number]) => {
      await verify(io, given, session, { who, number })
    }
  })
  for (const blocked of [true, false])
    addCommand(group, io, {
      command: group
        .command(blocked ? 'block' : 'unblock')
        .description(
          blocked ? 'drop unseen what this sender leaves from now on' : 'take messages of this sender again'
        ),
      args: [['<who>', whoText]],
      work: async (session, given, [who = '']) => {
        await block(io, given, session, { who, blocked })
      }
    })
}

export function addContacts(program: Command, io: Io): void {
  const group = addGroup(program, 'contacts', 'names for addresses, safety numbers, and who is blocked')
  addCommand(group, io, {
    command: addUsual(group, 'list', 'list the contacts by name, and who is blocked'),
    args: [],
    work: async (session, given) => {
      await list(io, given, session)
    }
  })
  addNaming(group, io)
  addDeal(group, io)
  addTrust(group, io)
}
