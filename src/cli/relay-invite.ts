/** mailbox relay invite: makes invites with the key of a relay, whether it runs or not. */
import type { Command } from 'commander'
import { hourOf, msPerHour, systemEnvironment } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { inviteIdBytes, signInvite } from '../identity/invite.ts'
import { inviteCountMax, inviteHoursDefault, inviteHoursMax } from '../limits.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import type { Given } from './options.ts'
import { addJson, addKeys, effectiveConfig, hoursOf } from './options.ts'
import { relayOf } from './relay-identity.ts'
import { timeText } from './visible.ts'

async function invite(io: Io, given: Given): Promise<void> {
  const count = countOf(given)
  const hours = termOf(given)
  const { data, registration } = (await effectiveConfig('relay', given, io)).config
  const { id, identity } = await relayOf(data)
  const { now, random } = systemEnvironment
  // good for the whole of the last hour
  const expiresHour = hourOf(now()) + hours + 1
  const invites: string[] = []
  for (let made = 0; made < count; made++)
    invites.push(await signInvite(identity, { id: random(inviteIdBytes), expiresHour }))
  const expiresMs = expiresHour * msPerHour
  if (given.json === true) printJson(io, { type: 'invites', id, invites, expiresMs })
  else {
    for (const one of invites) print(io, one)
    talk(io, `Each opens one mailbox, once, until ${timeText(expiresMs)}: "mailbox register --invite INVITE".`)
  }
  if (registration !== 'invite')
    talk(io, `mailbox: as it is configured here this relay asks for no invite: its registration is ${registration}.`)
}

/** @throws MailboxError USAGE */
function countOf({ count }: Given): number {
  if (count === undefined) return 1
  const wanted = typeof count === 'string' && /^\d{1,5}$/.test(count) ? Number(count) : 0
  if (wanted >= 1 && wanted <= inviteCountMax) return wanted
  throw new MailboxError('USAGE', `--count takes a whole number from 1 to ${inviteCountMax}.`)
}

/** @throws MailboxError USAGE */
function termOf(given: Given): number {
  const hours = hoursOf(given) ?? inviteHoursDefault
  if (hours >= 1 && hours <= inviteHoursMax) return hours
  throw new MailboxError('USAGE', `--ttl-hours is "${hours}"; an invite is good for 1 to ${inviteHoursMax} hours.`)
}

export function addRelayInvite(relay: Command, io: Io): void {
  const command = relay
    .command('invite')
    .description(
      'print invites of the relay of this data directory: each opens one mailbox where registration is invite'
    )
    .option('--count <number>', `as many invites, one a line (default: 1, at most ${inviteCountMax})`)
    .option('--ttl-hours <hours>', `each can be used for so long (default: ${inviteHoursDefault})`)
  addJson(addKeys(command, ['data', 'registration'])).action(async (given: Given) => {
    await invite(io, given)
  })
}
