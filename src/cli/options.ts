/** Flags of the commands, made from the table of configuration keys. */
import type { Command } from 'commander'
import { Option } from 'commander'
import type { Effective, Variables } from '../daemon/config.ts'
import { loadConfig } from '../daemon/config.ts'
import type { KeyName, Role } from '../daemon/keys.ts'
import { flagOf, keyOf, keysOf } from '../daemon/keys.ts'
import { MailboxError } from '../errors.ts'
import type { Io } from './io.ts'
import { talk } from './io.ts'

/** As commander hands options to an action. */
export type Given = Readonly<Record<string, unknown>>

const collect = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value]

function optionOf(name: KeyName): Option {
  const { kind, unit, meaning, fallback } = keyOf(name)
  const shown = Array.isArray(fallback) ? fallback.join(' ') : String(fallback)
  const text = `${meaning}${kind === 'list' ? ' May be repeated.' : ''}${shown === '' ? '' : ` (default: ${shown})`}`
  const option = new Option(`${flagOf(name)} <${unit}>`, text)
  return kind === 'list' ? option.argParser(collect) : option
}

/** Adds the flags of keys and `--config`. */
export function addKeys(command: Command, names: readonly KeyName[]): Command {
  for (const name of names) command.addOption(optionOf(name))
  return command.option('--config <file>', 'JSON file of configuration keys (or the variable MAILBOX_CONFIG)')
}

export function addJson(command: Command): Command {
  return command.option('--json', 'print JSON, one object per line')
}

/** What every command of an owner or a sender takes. */
export function addClientOptions(command: Command, more: readonly KeyName[] = []): Command {
  addKeys(command, [...more, 'data', 'passphraseFile', 'bootstrap', 'waitMs'])
  command.option('--verbose', 'log to stderr what happens on the network')
  return addJson(command)
}

/** `--ttl-hours`. @throws MailboxError USAGE */
export function hoursOf({ ttlHours }: Given): number | undefined {
  if (typeof ttlHours !== 'string') return undefined
  if (/^\d{1,4}$/.test(ttlHours)) return Number(ttlHours)
  throw new MailboxError('USAGE', `--ttl-hours is "${ttlHours}"; expected a whole number of hours.`)
}

function flagValues(role: Role, given: Given): Record<string, unknown> {
  return Object.fromEntries(keysOf(role).map(name => [name, given[attributeOf(name)]]))
}

const attributeOf = (name: KeyName): string => optionOf(name).attributeName()

/** The effective configuration of a command; warnings about stray variables go to stderr. */
export async function effectiveConfig<R extends Role>(role: R, given: Given, io: Io): Promise<Effective<R>> {
  const variables: Variables = io.variables
  const path = typeof given.config === 'string' ? given.config : undefined
  const effective = await loadConfig(role, { flags: flagValues(role, given), variables, path })
  for (const warning of effective.warnings) talk(io, `mailbox: ${warning}`)
  return effective
}

/** Set by a flag, a variable or a file. */
export function isGiven(effective: { readonly origins: Readonly<Record<string, string>> }, name: KeyName): boolean {
  return effective.origins[name] !== 'default'
}
