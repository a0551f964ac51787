/** What people read about the configuration, rendered from the table of keys: config/default.json and the README. */
import type { Effective } from './config.ts'
import type { KeyName, Role } from './keys.ts'
import { flagOf, keyNames, keyOf, variableOf } from './keys.ts'

/** config/default.json: every key at its default. */
export function sampleConfig(): string {
  const lines = keyNames.map(name => `  "${name}": ${JSON.stringify(keyOf(name).fallback)}`)
  return `{\n${lines.join(',\n')}\n}\n`
}

const cell = (value: unknown): string => {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(item => `\`${String(item)}\``).join(' ')
  return value === '' ? 'empty' : `\`${String(value)}\``
}

function row(name: KeyName): string {
  const key = keyOf(name)
  const cells = [
    `\`${name}\``,
    key.roles.join(', '),
    cell(key.fallback),
    key.unit,
    `\`${flagOf(name)}\``,
    `\`${variableOf(name)}\``,
    key.meaning
  ]
  return `| ${cells.join(' | ')} |`
}

/** The README's configuration table. */
export function configTable(): string {
  const head = '| key | of | default | unit | flag | variable | meaning |\n|---|---|---|---|---|---|---|'
  return `${head}\n${keyNames.map(row).join('\n')}\n`
}

/** What `--print-config` prints: a config file again, with the origin of each value beside it. */
export function printConfig<R extends Role>(effective: Effective<R>): string {
  const values = Object.fromEntries(
    Object.entries(effective.config).map(([name, value]) => [name, { value, origin: effective.origins[name] }])
  )
  return `${JSON.stringify(values, null, 2)}\n`
}
