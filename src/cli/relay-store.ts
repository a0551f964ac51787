/** mailbox relay verify, repair: the store of a relay that does not run. */
import type { Command } from 'commander'
import { systemEnvironment } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import type { Survey } from '../relay/survey.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import type { Given } from './options.ts'
import { addJson, addKeys, effectiveConfig } from './options.ts'

const lossAdvice = 'What was set aside comes back from the other relays of its mailbox when this one runs again.'

const plain = ({ mailboxes, records, bytes, tombstones, quarantined, problems }: Survey): Record<string, unknown> => ({
  mailboxes,
  records,
  bytes,
  tombstones,
  quarantined,
  problems: Object.fromEntries(problems)
})

function show(io: Io, { mailboxes, records, bytes, tombstones, quarantined }: Survey): void {
  print(io, `mailboxes: ${mailboxes}, records: ${records}, bytes: ${bytes}, removals remembered: ${tombstones}`)
  if (quarantined > 0) print(io, `rows set aside: ${quarantined}`)
}

function showProblems(io: Io, { problems }: Survey): void {
  for (const [problem, times] of problems) print(io, `  ${problem}: ${times}`)
}

async function verify(io: Io, given: Given): Promise<void> {
  const { config } = await effectiveConfig('relay', given, io)
  const { verifyStore } = await import('../daemon/upkeep.ts')
  const found = await verifyStore(config.data, systemEnvironment)
  const sound = found.problems.size === 0
  if (given.json === true) printJson(io, { type: 'store', sound, ...plain(found) })
  else {
    show(io, found)
    showProblems(io, found)
    if (sound) print(io, 'sound')
  }
  if (!sound)
    throw new MailboxError('DAMAGED', 'The store holds something that is not sound: see "mailbox relay repair".')
}

async function repair(io: Io, given: Given): Promise<void> {
  const { config } = await effectiveConfig('relay', given, io)
  const { repairStore } = await import('../daemon/upkeep.ts')
  const { salvaged, repaired, now } = await repairStore(config.data, systemEnvironment)
  const sound = now.problems.size === 0
  if (given.json === true) {
    printJson(io, { type: 'repaired', sound, salvaged, repaired: Object.fromEntries(repaired.problems), ...plain(now) })
  } else {
    if (salvaged) print(io, 'LevelDB kept what it could read; the rest is in store/lost')
    show(io, now)
    showProblems(io, repaired)
    print(io, repaired.problems.size === 0 && !salvaged ? 'sound, nothing to repair' : sound ? 'repaired' : 'not sound')
  }
  if (repaired.problems.size > 0 || salvaged) talk(io, lossAdvice)
  if (!sound) throw new MailboxError('DAMAGED', 'The store holds something that could not be repaired.')
}

export function addRelayStore(relay: Command, io: Io): void {
  const verifying = relay
    .command('verify')
    .description('check every record, index and signature in the store of a relay that does not run; changes nothing')
  addJson(addKeys(verifying, ['data'])).action(async (given: Given) => {
    await verify(io, given)
  })
  const repairing = relay
    .command('repair')
    .description('set aside what "verify" finds and make the rest sound; other relays have what is lacking then')
  addJson(addKeys(repairing, ['data'])).action(async (given: Given) => {
    await repair(io, given)
  })
}
