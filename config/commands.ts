/**
 * COMMANDS.md: every command, made from the tree that parses the command line.
 *
 *   npm run generate:commands     writes it
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { Command } from 'commander'
import type { Option } from 'commander'
import { forms } from '../src/cli/forms.ts'
import { isUsual } from '../src/cli/group.ts'
import type { Io } from '../src/cli/io.ts'
import { addClientOptions } from '../src/cli/options.ts'
import { createProgram } from '../src/cli/program.ts'

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() })

const io: Io = {
  stdin: Readable.from([]),
  stdout: nowhere(),
  stderr: nowhere(),
  variables: {},
  signal: new AbortController().signal
}

const help = createProgram(io).createHelp()

/** Commands by their path, such as `relays add`; in the order of --help. */
export function commandsOf(root: Command = createProgram(io), path = ''): Map<string, Command> {
  const found = new Map<string, Command>()
  for (const command of help.visibleCommands(root)) {
    if (command.name() === 'help') continue
    const own = `${path} ${command.name()}`.trim()
    if (isLeaf(command)) found.set(own, command)
    for (const [name, below] of commandsOf(command, own)) found.set(name, below)
  }
  return found
}

/** Does something itself: not only a group of others. */
const isLeaf = (command: Command): boolean =>
  command.commands.length === 0 || command.registeredArguments.length > 0 || ownOptions(command).length > 0

const ownOptions = (command: Command): Option[] =>
  help.visibleOptions(command).filter(({ long }) => long !== '--help' && long !== '--version')

/** What every command of an owner or a sender takes: said once. */
const clientOptions = ownOptions(addClientOptions(new Command()))
const isClient = (command: Command): boolean =>
  clientOptions.every(({ flags }) => command.options.some(option => option.flags === flags))

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/</g, '\\<')

const table = (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string =>
  rows.length === 0
    ? ''
    : [
        `| ${head.join(' | ')} |`,
        `|${'---|'.repeat(head.length)}`,
        ...rows.map(cells => `| ${cells.join(' | ')} |`)
      ].join('\n')

const optionRows = (options: readonly Option[]): string[][] =>
  options.map(({ flags, description }) => [`\`${flags}\``, cell(description)])

function usageOf(path: string, command: Command): string {
  const names = command.registeredArguments.map(argument => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`
    return argument.required ? `<${name}>` : `[${name}]`
  })
  return ['mailbox', path, ...names, '[options]'].join(' ')
}

function section(path: string, command: Command): string {
  const description = command.description()
  const usual = isUsual(command) ? ` It is what \`mailbox ${path.split(' ')[0] ?? ''}\` does.` : ''
  const isCommon = (option: Option): boolean =>
    isClient(command) ? clientOptions.some(({ flags }) => flags === option.flags) : option.flags === '--json'
  const args = command.registeredArguments.map(argument => [`\`${argument.name()}\``, cell(argument.description)])
  const options = ownOptions(command).filter(option => !isCommon(option))
  const common = isClient(command)
    ? 'Takes the [options of the client](#options-of-the-client) too.'
    : command.options.some(({ flags }) => flags === '--json')
      ? 'Takes `--json` too.'
      : ''
  return [
    `## mailbox ${path}`,
    `    $ ${usageOf(path, command)}`,
    `${description.slice(0, 1).toUpperCase()}${description.slice(1)}.${usual}`,
    table(['argument', 'meaning'], args),
    table(['option', 'meaning'], optionRows(options)),
    common
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

/** The text of COMMANDS.md. */
export function commandReference(): string {
  const sections = [...commandsOf()].map(([path, command]) => section(path, command))
  const text = [
    '# Commands',
    `Made by \`npm run generate:commands\` from what parses the command line; every command has \`--help\`. Data goes to
stdout, everything else to stderr. Text of strangers is shown with its control characters written out.`,
    ...sections,
    '## Options of the client',
    'Taken by every command of an owner or a sender. Keys of the configuration: [README](README.md#configuration).',
    table(['option', 'meaning'], optionRows(clientOptions)),
    '## JSON',
    `With \`--json\` a command prints one object with a \`type\`; those that go on (relay, inbox watch, chat, demo) print one a
line. Fields may be added, none changes its meaning. Times are milliseconds since 1970; \`?\` marks what is not always there.
An error is one line on stderr: \`{"error":{"code","message","limit"?,"retryAfterMs"?}}\`.`,
    table(
      ['type', 'by', 'fields'],
      Object.entries(forms).map(([type, { by, fields }]) => [`\`${type}\``, cell(by), cell(fields)])
    ),
    '## Exit codes',
    'Each error has a code and each code an exit code: [README](README.md#errors). Done is 0, a second SIGINT or SIGTERM 2, a fault of this program 70.'
  ].join('\n\n')
  return `${text}\n`
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, '..', 'COMMANDS.md'), commandReference())
