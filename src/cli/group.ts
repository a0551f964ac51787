/** Commands below a command: one of them is meant when none is named, and a mistyped one gets a suggestion. */
import type { Command, CommanderError } from 'commander'
import { nearest } from '../daemon/suggest.ts'
import { MailboxError } from '../errors.ts'

/** The commands that are meant when only their group is named; bounded by the tree. */
const usuals = new WeakSet<Command>()

/** True: naming its group is enough. */
export const isUsual = (command: Command): boolean => usuals.has(command)

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}

/** @returns what is wrong with `word` where the name of a command of `group` was expected */
function unknown(group: Command, word: string): MailboxError {
  const names = group.commands.map(command => command.name())
  const path = pathOf(group)
  if (names.includes(word))
    return new MailboxError('USAGE', `Name the command before its options: "${path} ${word} …".`)
  const near = nearest(word, names)
  const advice = near === undefined ? `it has ${names.join(', ')}` : `did you mean "${path} ${near}"?`
  return new MailboxError('USAGE', `"${path}" has no command "${word}"; ${advice.replace(/([^?])$/, '$1.')}`)
}

/** A group: options that come after the name of a command are that command's. */
export function addGroup(program: Command, name: string, description: string): Command {
  return program.command(name).description(description).enablePositionalOptions()
}

/**
 * The command of a group that is meant when none is named. Commander alone would take a mistyped name for an argument
 * too many of this one.
 */
export function addUsual(group: Command, name: string, description: string): Command {
  const usual = group.command(name, { isDefault: true }).description(description)
  usuals.add(usual)
  group.addHelpText('after', `\nWithout a command: ${name}. Its options: ${pathOf(group)} ${name} --help`)
  return usual.exitOverride((error: CommanderError) => {
    const [word] = usual.args
    if (error.code === 'commander.excessArguments' && word !== undefined && group.args[0] !== name)
      throw unknown(group, word)
    throw error
  })
}
