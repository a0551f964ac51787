/** mailbox register: open the mailbox on relays, or renew it. */
import type { Command } from 'commander'
import type { Registered } from '../client/registration.ts'
import { msPerHour } from '../environment.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import { talkOfLeaving } from './leaving.ts'
import type { Given } from './options.ts'
import { addClientOptions, isGiven } from './options.ts'
import type { Session } from './owner.ts'
import { requireBootstrap, withMailbox } from './owner.ts'
import { progress, stampProgress } from './progress.ts'
import { timeText } from './visible.ts'

async function register(io: Io, given: Given, session: Session): Promise<void> {
  const { mailbox, effective, signal } = session
  const { relays, active, standby, invites } = effective.config
  if (!(await mailbox.status({ signal })).registered) requireBootstrap(effective)
  const registration = await progress(
    io,
    'Opening the mailbox',
    async () =>
      await mailbox.register({
        signal,
        invites,
        progress: stampProgress(io, session.busy),
        ...(relays.length > 0 ? { relays } : {}),
        ...(isGiven(effective, 'active') ? { active } : {}),
        ...(isGiven(effective, 'standby') ? { standby } : {})
      })
  )
  showRegistration(io, given, mailbox.address, registration)
  const listed = registration.relays.filter(relay => relay.role === 'active').length
  if (listed < active) {
    talk(io, `mailbox: only ${listed} relays have it, not ${active}; register again when more are there.`)
  }
}

export function showRegistration(io: Io, given: Given, address: string, registration: Registered): void {
  if (given.json === true) printRegistrationJson(io, address, registration)
  else printRegistration(io, address, registration)
  talkOfLeaving(io, registration.leaving)
}

function printRegistrationJson(io: Io, address: string, registration: Registered): void {
  const { leaseUntilHour, writeQuorum, alreadyOpen, leaving } = registration
  const relays = registration.relays.map(({ leaseUntilHour: hour, ...relay }) =>
    hour === undefined ? relay : { ...relay, leaseUntilMs: hour * msPerHour }
  )
  printJson(io, {
    type: 'registration',
    address,
    alreadyOpen,
    writeQuorum,
    leaseUntilMs: leaseUntilHour * msPerHour,
    relays,
    leaving
  })
}

function printRegistration(io: Io, address: string, registration: Registered): void {
  const { relays, leaseUntilHour, writeQuorum, alreadyOpen } = registration
  print(io, address)
  for (const { id, role, code, reason } of relays) print(io, `  ${role.padEnd(7)} ${id} ${reason ?? code ?? 'granted'}`)
  const active = relays.filter(relay => relay.role === 'active').length
  talk(
    io,
    `${alreadyOpen ? 'Renewed' : 'Open'}: ${active} active relays, a message is stored when ${writeQuorum} have it; until ${timeText(leaseUntilHour * msPerHour)}.`
  )
}

export function addRegister(program: Command, io: Io): void {
  const command = program.command('register').description('open the mailbox of this identity on relays, or renew it')
  addClientOptions(command, ['relays', 'active', 'standby', 'invites']).action(async (given: Given) => {
    await withMailbox(io, given, async session => {
      await register(io, given, session)
    })
  })
}
