/** mailbox completion: scripts for shells, which ask `mailbox complete -- …` what may come next. */
import tab from '@bomb.sh/tab'
import addTab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'
import type { Io } from './io.ts'
import { print } from './io.ts'

/**
 * tab's own script for bash needs functions of the package bash-completion, cannot be read twice, and hands what is being
 * typed to `eval`. Where nothing of ours may come next, bash completes file names.
 */
const bash = [
  '# bash completion for mailbox',
  '__mailbox_complete() {',
  '    local word=${COMP_WORDS[COMP_CWORD]} line',
  '    COMPREPLY=()',
  '    while IFS= read -r line; do',
  '        [[ $line == :* ]] && continue',
  "        line=${line%%$'\\t'*}",
  '        [[ $line == "$word"* ]] && COMPREPLY+=("$line")',
  '    done < <(mailbox complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)',
  '}',
  'complete -o default -F __mailbox_complete mailbox'
]

/** To be called when every other command is there: it reads the tree. */
export function addCompletion(program: Command, io: Io): void {
  addTab(program, { completionCommandName: 'completion' })
  program.commands
    .find(command => command.name() === 'completion')
    ?.description('print a completion script for a shell, to be read by it: source <(mailbox completion bash)')
    .action((shell: string) => {
      if (shell === 'bash') for (const line of bash) print(io, line)
      else tab.setup(program.name(), program.name(), shell)
    })
}
