/** mailbox relays: which relays this mailbox is on, and changing them. */
import type { Command } from 'commander'
import { parseRelay } from '../client/relay-text.ts'
import type { SourceRelay } from '../client/registration.ts'
import { MailboxError } from '../errors.ts'
import type { PeerAddress } from '../wire/port.ts'
import { addGroup, addUsual } from './group.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import type { Given } from './options.ts'
import { addClientOptions } from './options.ts'
import type { Session } from './owner.ts'
import { withMailbox } from './owner.ts'
import { progress, stampProgress } from './progress.ts'
import { showRegistration } from './register.ts'

interface Wanted {
  readonly active: readonly PeerAddress[]
  readonly standby: readonly PeerAddress[]
}

const peerOf = ({ id, addresses }: PeerAddress): PeerAddress => ({ id, addresses })

/** @throws MailboxError NOT_REGISTERED */
function listed({ mailbox }: Session): Wanted {
  const relays = mailbox.relays.filter(({ role }) => role !== 'former')
  if (relays.length === 0)
    throw new MailboxError('NOT_REGISTERED', 'This identity has no mailbox yet: "mailbox register" opens one.')
  const of = (wanted: SourceRelay['role']): PeerAddress[] => relays.filter(({ role }) => role === wanted).map(peerOf)
  return { active: of('active'), standby: of('standby') }
}

/** @throws MailboxError CONFIG when it is not listed */
function without({ active, standby }: Wanted, id: string): Wanted {
  const left = (relays: readonly PeerAddress[]): PeerAddress[] => relays.filter(relay => relay.id !== id)
  const wanted = { active: left(active), standby: left(standby) }
  if (wanted.active.length + wanted.standby.length === active.length + standby.length)
    throw new MailboxError('CONFIG', `The mailbox is not on relay ${id}; "mailbox relays" lists those it is on.`)
  return wanted
}

function replaced({ active, standby }: Wanted, id: string, by: PeerAddress): Wanted {
  without({ active, standby }, id)
  const swap = (relays: readonly PeerAddress[]): PeerAddress[] => relays.map(relay => (relay.id === id ? by : relay))
  return { active: swap(active), standby: swap(standby) }
}

async function change(io: Io, given: Given, what: (relays: Wanted) => Wanted): Promise<void> {
  await withMailbox(io, given, async session => {
    const { mailbox, signal, busy, effective } = session
    const { active, standby } = what(listed(session))
    if (active.length === 0)
      throw new MailboxError('CONFIG', 'A mailbox needs at least one active relay: add another before you remove this.')
    const wanted = { relays: [...active, ...standby], active: active.length, standby: standby.length }
    const registration = await progress(
      io,
      'Telling the relays',
      async () =>
        await mailbox.register({
          ...wanted,
          signal,
          invites: effective.config.invites,
          progress: stampProgress(io, busy)
        })
    )
    showRegistration(io, given, mailbox.address, registration)
    if (mailbox.relays.some(({ role }) => role === 'former'))
      talk(io, 'Mail may still be on former relays: "mailbox inbox" collects from them too.')
  })
}

async function list(io: Io, given: Given): Promise<void> {
  await withMailbox(io, given, async session => {
    const { address, relays } = session.mailbox
    listed(session)
    if (given.json === true) printJson(io, { type: 'relays', address, relays })
    else {
      print(io, address)
      for (const { id, role, addresses } of relays) print(io, `  ${role.padEnd(7)} ${id} ${addresses.join(' ')}`)
    }
  })
}

export function addRelays(program: Command, io: Io): void {
  const relays = addGroup(program, 'relays', 'list the relays of this mailbox, or change them')
  addClientOptions(addUsual(relays, 'list', 'the relays this mailbox is on')).action(async (given: Given) => {
    await list(io, given)
  })
  const add = relays.command('add').description('one relay more').argument('<multiaddr>', 'ends in /p2p/ and a peer id')
  addClientOptions(add.option('--standby', 'takes deposits only while active relays are away'), ['invites']).action(
    async (text: string, given: Given) => {
      const relay = parseRelay(text)
      await change(io, given, ({ active, standby }) =>
        given.standby === true ? { active, standby: [...standby, relay] } : { active: [...active, relay], standby }
      )
    }
  )
  const remove = relays.command('remove').description('one relay less').argument('<peer>', 'its peer id')
  addClientOptions(remove).action(async (id: string, given: Given) => {
    await change(io, given, before => without(before, id))
  })
  const replace = relays
    .command('replace')
    .description('another relay in the place of one, such as one that is gone for good')
    .argument('<peer>', 'the peer id of the one to leave')
    .argument('<multiaddr>', 'the one to take instead, ending in /p2p/ and a peer id')
  addClientOptions(replace, ['invites']).action(async (id: string, text: string, given: Given) => {
    await change(io, given, before => replaced(before, id, parseRelay(text)))
  })
}
