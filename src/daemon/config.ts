/**
 * Configuration: read, resolve, freeze. Flags win over environment variables, those over the config file (JSON), that
 * over the defaults; each value remembers where it came from. What is not in the table of keys.ts is an error.
 */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { MailboxError } from '../errors.ts'
import type { KeyName, Role, ValuesOf } from './keys.ts'
import { flagOf, keyNames, keyOf, keysOf, variableOf } from './keys.ts'
import { nearest } from './suggest.ts'

/** `default`, or the flag, the variable or the file that gave the value. */
export type Origin = string

export interface Effective<R extends Role> {
  readonly config: ValuesOf<R>
  readonly origins: Readonly<Record<string, Origin>>
  /** Sentences about MAILBOX_ variables that no key reads. They may be another program's, so they are no error. */
  readonly warnings: readonly string[]
}

export type RelayConfig = ValuesOf<'relay'>
export type ClientConfig = ValuesOf<'client'>
export type Variables = Readonly<Record<string, string | undefined>>

export interface Sources {
  /** Values by key name, as the command line's parser leaves them: text, or a list of texts. */
  readonly flags?: Readonly<Record<string, unknown>>
  readonly variables?: Variables
  readonly file?: { readonly path: string; readonly text: string }
}

/** Read by this module and the command line, and no key of a config file. */
const otherVariables = ['MAILBOX_CONFIG', 'MAILBOX_PASSPHRASE']

const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) as string | undefined
  return text === undefined ? 'nothing' : text.length > 80 ? `${text.slice(0, 77)}…` : text
}

function fromText(name: KeyName, given: unknown): unknown {
  const { kind } = keyOf(name)
  if (kind === 'list') {
    const parts: unknown[] = Array.isArray(given) ? given : [given]
    return parts
      .flatMap(part => String(part).split(','))
      .map(part => part.trim())
      .filter(part => part !== '')
  }
  if (kind === 'boolean') return given === 'true' ? true : given === 'false' ? false : given
  if (kind === 'number') return /^-?\d+$/.test(String(given)) ? Number(given) : given
  return given
}

function check(name: KeyName, value: unknown, origin: Origin, code: 'CONFIG' | 'USAGE'): unknown {
  const key = keyOf(name)
  const result = key.schema.safeParse(value)
  if (result.success) return Array.isArray(result.data) ? Object.freeze([...(result.data as unknown[])]) : result.data
  throw new MailboxError(code, `${name} (from ${origin}) is ${quoted(value)}; expected ${key.expects}.`)
}

function parseFile(file: { path: string; text: string }): Map<KeyName, unknown> {
  let parsed: unknown
  try {
    parsed = JSON.parse(file.text)
  } catch (cause) {
    throw new MailboxError('CONFIG', `The config file ${file.path} is not JSON: ${(cause as Error).message}.`, {
      cause
    })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new MailboxError(
      'CONFIG',
      `The config file ${file.path} holds ${quoted(parsed)}; expected one JSON object of keys.`
    )
  }
  const values = new Map<KeyName, unknown>()
  for (const [name, value] of Object.entries(parsed)) {
    if (!(keyNames as string[]).includes(name)) throw unknownKey(name, file.path)
    // keys of the other role are checked too: one file may serve both
    values.set(name as KeyName, check(name as KeyName, value, file.path, 'CONFIG'))
  }
  return values
}

function unknownKey(name: string, where: string): MailboxError {
  const near = nearest(name, keyNames)
  const advice = near === undefined ? `known keys are ${keyNames.join(', ')}` : `did you mean ${near}?`
  return new MailboxError('CONFIG', `${where} has the key ${quoted(name)}, which does not exist; ${advice}`)
}

function strayVariables(variables: Variables): string[] {
  const known = [...keyNames.map(variableOf), ...otherVariables]
  return Object.keys(variables)
    .filter(name => name.startsWith('MAILBOX_') && !known.includes(name))
    .map(name => {
      const near = nearest(name, known)
      return `The variable ${name} is not read${near === undefined ? '.' : `; did you mean ${near}?`}`
    })
}

/** Where data goes when nothing says otherwise. */
function dataPath(role: Role, configured: string, variables: Variables): string {
  if (configured !== '') return resolve(configured)
  const xdg = variables.XDG_DATA_HOME
  const home = xdg !== undefined && isAbsolute(xdg) ? xdg : join(variables.HOME ?? homedir(), '.local', 'share')
  return join(home, 'libp2p-mailbox', role)
}

/**
 * The effective configuration of one role, frozen.
 * @throws MailboxError CONFIG (file, variable), USAGE (flag)
 */
export function resolveConfig<R extends Role>(role: R, sources: Sources = {}): Effective<R> {
  const { flags = {}, variables = {}, file } = sources
  const filed = file === undefined ? new Map<KeyName, unknown>() : parseFile(file)
  const config: Record<string, unknown> = {}
  const origins: Record<string, Origin> = {}
  for (const name of keysOf(role)) {
    const flag = flags[name]
    const variable = variables[variableOf(name)]
    if (flag !== undefined) {
      origins[name] = `flag ${flagOf(name)}`
      config[name] = check(name, fromText(name, flag), origins[name], 'USAGE')
    } else if (variable !== undefined) {
      origins[name] = `variable ${variableOf(name)}`
      config[name] = check(name, fromText(name, variable), origins[name], 'CONFIG')
    } else if (file !== undefined && filed.has(name)) {
      origins[name] = `file ${file.path}`
      config[name] = filed.get(name)
    } else {
      origins[name] = 'default'
      config[name] = check(name, keyOf(name).fallback, 'default', 'CONFIG')
    }
  }
  config.data = dataPath(role, config.data as string, variables)
  return Object.freeze({
    config: Object.freeze(config) as ValuesOf<R>,
    origins: Object.freeze(origins),
    warnings: Object.freeze(strayVariables(variables))
  })
}

/**
 * Values given by a program instead of a command line: the same checks, the same defaults.
 * @throws MailboxError CONFIG
 */
export function configOf<R extends Role>(
  role: R,
  values: Partial<ValuesOf<R>>,
  variables: Variables = {}
): ValuesOf<R> {
  const text = JSON.stringify(values)
  return resolveConfig(role, { variables: pathsOf(variables), file: { path: 'config', text } }).config
}

/** A program that configures by arguments does not want its values overruled by MAILBOX_ variables. */
function pathsOf({ HOME, XDG_DATA_HOME }: Variables): Variables {
  return { HOME, XDG_DATA_HOME }
}

/**
 * Reads the config file, if one is named by `path` or MAILBOX_CONFIG, and resolves.
 * @throws MailboxError CONFIG, USAGE
 */
export async function loadConfig<R extends Role>(
  role: R,
  o: { flags?: Readonly<Record<string, unknown>>; variables?: Variables; path?: string | undefined }
): Promise<Effective<R>> {
  const { flags = {}, variables = {} } = o
  const path = o.path ?? variables.MAILBOX_CONFIG
  if (path === undefined) return resolveConfig(role, { flags, variables })
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unreadable'
    throw new MailboxError('CONFIG', `The config file ${path} cannot be read (${reason}).`, { cause })
  }
  return resolveConfig(role, { flags, variables, file: { path, text } })
}
