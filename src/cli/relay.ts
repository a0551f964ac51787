/** mailbox relay: run a relay until a signal says stop. */
import type { Command } from 'commander'
import { collectWhenFull, tuneHeap } from '../daemon/heap.ts'
import { createLog } from '../daemon/log.ts'
import type { logLevels } from '../daemon/keys.ts'
import { keysOf } from '../daemon/keys.ts'
import { printConfig } from '../daemon/reference.ts'
import { addDrain } from './drain.ts'
import type { Io } from './io.ts'
import { print, printJson } from './io.ts'
import type { Given } from './options.ts'
import { addJson, addKeys, effectiveConfig } from './options.ts'
import { addRelayInvite } from './relay-invite.ts'

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>(resolve => {
    signal.addEventListener(
      'abort',
      () => {
        resolve()
      },
      { once: true }
    )
  })
}

async function relay(io: Io, given: Given): Promise<void> {
  const effective = await effectiveConfig('relay', given, io)
  if (given.printConfig === true) {
    io.stdout.write(printConfig(effective))
    return
  }
  const { config } = effective
  // libp2p takes a second to load; --print-config and --help do without
  const { createNode } = await import('../daemon/node.ts')
  tuneHeap()
  const log = createLog({ level: config.logLevel as (typeof logLevels)[number] })
  await using node = createNode(config, { log, onCensus: collectWhenFull(config.memoryBytesMax) })
  await node.start()
  const { id, addresses, admin } = node
  if (given.json === true) printJson(io, { type: 'relay', id, addresses, admin })
  else {
    for (const address of addresses) print(io, address)
    if (admin !== undefined) print(io, admin)
  }
  await aborted(io.signal)
}

export function addRelay(program: Command, io: Io): Command {
  const command = program
    .command('relay')
    .description('run a relay; prints the addresses that others dial, then its admin URL')
    .option('--print-config', 'print every key with its value and origin, and end')
  addJson(addKeys(command, keysOf('relay'))).action(async (given: Given) => {
    await relay(io, given)
  })
  command.enablePositionalOptions()
  addDrain(command, io)
  addRelayInvite(command, io)
  return command
}
