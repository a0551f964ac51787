/** Commands on messages that are named by their ids, or the beginnings of them. */
import type { Command } from 'commander'
import type { Io } from './io.ts'
import type { Given } from './options.ts'
import { addClientOptions } from './options.ts'
import type { Session } from './owner.ts'
import { withMailbox } from './owner.ts'

export type OnMessages = (io: Io, given: Given, session: Session, texts: readonly string[]) => Promise<void>

export function addOnMessages(
  group: Command,
  io: Io,
  o: { name: string; description: string; work: OnMessages }
): void {
  const command = group
    .command(o.name)
    .description(o.description)
    .argument('<ids...>', 'their ids, or the beginnings of them')
  addClientOptions(command).action(async (texts: string[], given: Given) => {
    await withMailbox(io, given, async session => {
      await o.work(io, given, session, texts)
    })
  })
}
