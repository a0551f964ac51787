/** mailbox completion: scripts for shells, which ask `mailbox complete -- …` what may come next. */
import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'

/** To be called when every other command is there: it reads the tree. */
export function addCompletion(program: Command): void {
  tab(program, { completionCommandName: 'completion' })
  program.commands
    .find(command => command.name() === 'completion')
    ?.description('print a completion script for a shell, to be read by it: source <(mailbox completion bash)')
}
