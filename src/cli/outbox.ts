/** mailbox outbox: what is not stored yet, and why. */
import type { Command } from 'commander'
import type { OutboxEntry } from '../client/outbox.ts'
import { msPerHour } from '../environment.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import type { Given } from './options.ts'
import { addClientOptions } from './options.ts'
import type { Session } from './owner.ts'
import { requireBootstrap, withMailbox } from './owner.ts'
import { progress } from './progress.ts'
import { timeText } from './visible.ts'

function show(io: Io, given: Given, entry: OutboxEntry): void {
  const { id, to, state, createdMs, expiresHour, attempts, nextMs, lastError } = entry
  if (given.json === true) {
    printJson(io, {
      type: 'outbox',
      id,
      to,
      state,
      createdMs,
      expiresMs: expiresHour * msPerHour,
      attempts,
      nextMs,
      lastError
    })
    return
  }
  print(io, `${id} ${state}`)
  print(io, `  to       ${to}`)
  print(io, `  written  ${timeText(createdMs)}, expires ${timeText(expiresHour * msPerHour)}, ${attempts} attempts`)
  if (lastError !== undefined) print(io, `  because  ${lastError.message} (${lastError.code})`)
}

async function list(io: Io, given: Given, { mailbox, effective, signal }: Session): Promise<void> {
  if (given.flush === true) {
    requireBootstrap(effective)
    await progress(io, 'Trying again', async () => await mailbox.outbox.flush({ signal }))
  }
  let entries = 0
  for await (const entry of mailbox.outbox.list()) {
    show(io, given, entry)
    entries++
  }
  if (given.json !== true)
    talk(io, entries === 0 ? 'The outbox is empty: every message is stored.' : `${entries} messages are not stored.`)
}

export function addOutbox(program: Command, io: Io): void {
  const command = program
    .command('outbox')
    .description('list messages that are not stored yet')
    .option('--flush', 'try them all now')
  addClientOptions(command).action(async (given: Given) => {
    await withMailbox(io, given, async session => {
      await list(io, given, session)
    })
  })
}
