/**
 * Command line transcripts: what a person types and what comes back, in a text file.
 *
 *   # A sentence that names the test
 *   $ mailbox id show --data {dir}/nobody
 *   ! a line of stderr
 *   > a line of stdout
 *   = 73
 *
 * `{name}` is a value the test knows, `…` any characters within a line, a line `⋮` any lines, `@name <- pattern` before `=` keeps the first
 * group of a match on stdout as `{name}`. `< text` is a line of stdin; `^ text` interrupts the command (SIGINT) when it has
 * written `text`. Every command states its exit code.
 */
import assert from 'node:assert/strict'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

export interface Exchange {
  readonly command: string
  readonly stdin: string[]
  readonly stdout: string[]
  readonly stderr: string[]
  readonly keep: Array<{ name: string; pattern: string }>
  /** What it writes before it is interrupted. */
  until?: string
  exit: number
}

export interface Scene {
  readonly name: string
  readonly exchanges: Exchange[]
}

/** What no command may print, whatever a stranger wrote: control, direction and invisible characters. */
const driving = /(?![\n\t])[\p{Cc}\p{Bidi_C}\p{Zl}\p{Zp}]|[\u200b-\u200d\u2060\ufeff]/u

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')

export function readScenes(path: string): Scene[] {
  const scenes: Scene[] = []
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const rest = line.slice(2)
    const exchange = scenes.at(-1)?.exchanges.at(-1)
    if (line.startsWith('# ')) scenes.push({ name: rest, exchanges: [] })
    else if (line.startsWith('$ '))
      scenes.at(-1)?.exchanges.push({ command: rest, stdin: [], stdout: [], stderr: [], keep: [], exit: -1 })
    else if (line.startsWith('< ')) exchange?.stdin.push(rest)
    else if (line.startsWith('>')) exchange?.stdout.push(rest)
    else if (line.startsWith('!')) exchange?.stderr.push(rest)
    else if (line.startsWith('^ ') && exchange !== undefined) exchange.until = rest
    else if (line.startsWith('= ') && exchange !== undefined) exchange.exit = Number(rest)
    else if (line.startsWith('@')) {
      const [name = '', pattern = ''] = line.slice(1).split(' <- ')
      exchange?.keep.push({ name, pattern })
    } else assert.equal(line.trim(), '', `${path}: a line of an unknown kind: ${line}`)
  }
  return scenes
}

const fill = (line: string, values: ReadonlyMap<string, string>): string =>
  line.replace(/\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole)

/** Words, and words in double quotes. */
export const wordsOf = (command: string): string[] =>
  (command.match(/"[^"]*"|\S+/g) ?? []).map(word => word.replace(/^"(.*)"$/s, '$1'))

function matches(wanted: readonly string[], found: readonly string[]): boolean {
  const patterns = wanted.map(line => {
    if (line === '⋮') return '(?:.*\n)*'
    const parts = line.split('…').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    return `${parts.join('.*')}\n`
  })
  return new RegExp(`^${patterns.join('')}$`).test(found.map(line => `${line}\n`).join(''))
}

const linesOf = (output: string): string[] => (output === '' ? [] : output.replace(/\n$/, '').split('\n'))

/** Sends SIGINT once, when `until` has been written. */
function interruptAt(child: ChildProcessWithoutNullStreams, until: string): void {
  let written = ''
  const look = (chunk: Buffer): void => {
    if (written.includes(until)) return
    written += chunk.toString()
    if (written.includes(until)) child.kill('SIGINT')
  }
  child.stdout.on('data', look)
  child.stderr.on('data', look)
}

/** All that a command has of the environment of its test. */
export function surroundings(): Record<string, string> {
  const { PATH = '', NODE_COMPILE_CACHE } = process.env
  return { PATH, ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }) }
}

export async function perform(
  scene: Scene,
  values: Map<string, string>,
  variables: Record<string, string>
): Promise<void> {
  for (const exchange of scene.exchanges) {
    const [program, ...args] = wordsOf(fill(exchange.command, values))
    assert.equal(program, 'mailbox')
    const child = spawn(process.execPath, [main, ...args], { env: { ...surroundings(), ...variables } })
    child.stdin.end(exchange.stdin.map(line => `${fill(line, values)}\n`).join(''))
    if (exchange.until !== undefined) interruptAt(child, fill(exchange.until, values))
    // read before it is awaited, so that no end is missed
    const ended = new Promise<number | null>(resolve => {
      child.on('close', resolve)
    })
    const [stdout, stderr, exit] = await Promise.all([text(child.stdout), text(child.stderr), ended])
    assert.doesNotMatch(stdout + stderr, driving, `${exchange.command}: a character that a terminal obeys or hides`)
    for (const { name, pattern } of exchange.keep) {
      const found = new RegExp(pattern, 'm').exec(stdout)?.[1]
      assert.ok(found !== undefined, `${exchange.command}: nothing on stdout matches ${pattern}:\n${stdout}`)
      values.set(name, found)
    }
    const wanted = {
      stdout: exchange.stdout.map(line => fill(line, values)),
      stderr: exchange.stderr.map(line => fill(line, values))
    }
    const found = { stdout: linesOf(stdout), stderr: linesOf(stderr) }
    const same = matches(wanted.stdout, found.stdout) && matches(wanted.stderr, found.stderr) && exit === exchange.exit
    if (!same)
      assert.deepEqual(
        { command: exchange.command, ...found, exit },
        { command: exchange.command, ...wanted, exit: exchange.exit }
      )
  }
}
