/**
 * npm run mutants: does the suite notice? Each mutant is made in a copy of the repository, where the test that must fail
 * is run; the same test, alone, passes in the copy before.
 *
 *   npm run mutants [-- text of a mutant's name]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { mutants } from './mutants.ts'
import type { Edit, Mutant } from './mutants.ts'

const root = join(import.meta.dirname, '..', '..')
const copied = ['src', 'test', 'config', 'package.json', 'tsconfig.json']
/** Of one run of one test; a mutant may make it hang, and is then not killed by the test that is named. */
const runMs = 150_000
const outputCharactersMax = 100_000

function copy(): string {
  const to = mkdtempSync(join(tmpdir(), 'mailbox-mutants-'))
  for (const name of copied) cpSync(join(root, name), join(to, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'))
  return to
}

/** Runs one test of the suite. */
async function suite(
  directory: string,
  { file, test }: Mutant['killer']
): Promise<{ passed: boolean; output: string }> {
  const args = ['--disable-warning=ExperimentalWarning', 'config/test.ts', file.replace(/^test\//, ''), '--only', test]
  const child = spawn(process.execPath, args, {
    cwd: directory,
    // what is compiled there is of no use elsewhere
    env: { ...process.env, NODE_COMPILE_CACHE: join(directory, 'node-cache') },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.timeout(runMs)
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-outputCharactersMax)
    })
  const [code] = (await once(child, 'close')) as [number | null]
  return { passed: code === 0, output }
}

/** Makes the edits of one file after the other. @returns what takes them back */
function mutate(directory: string, edits: readonly Edit[]): () => void {
  const originals = new Map(edits.map(({ file }) => [file, readFileSync(join(directory, file), 'utf8')]))
  const changed = new Map(originals)
  for (const { file, find, replace } of edits) {
    const parts = (changed.get(file) ?? '').split(find)
    if (parts.length !== 2) throw new Error(`${file} has "${find}" ${parts.length - 1} times; expected once`)
    changed.set(file, parts.join(replace))
  }
  for (const [file, text] of changed) writeFileSync(join(directory, file), text)
  return () => {
    for (const [file, text] of originals) writeFileSync(join(directory, file), text)
  }
}

async function isKilled(directory: string, { edits, killer }: Mutant): Promise<boolean> {
  const restore = mutate(directory, edits)
  try {
    const { passed, output } = await suite(directory, killer)
    // as config/test.ts shows a failure: the name of the test, and its line
    return !passed && output.includes(`  ${killer.test} (line `)
  } finally {
    restore()
  }
}

/** In a copy where nothing else goes on. @returns whether the test passes there, and fails with the mutant */
async function isNoticed(directory: string, mutant: Mutant): Promise<boolean> {
  const { name, killer } = mutant
  const { passed, output } = await suite(directory, killer)
  const dead = passed && (await isKilled(directory, mutant))
  const verdict = passed ? (dead ? 'killed  ' : 'SURVIVED') : 'UNSOUND '
  process.stdout.write(`${verdict}  ${name}\n          ${killer.file}: ${killer.test}\n`)
  if (!passed) process.stdout.write(`It fails without the mutant:\n${output}\n`)
  return dead
}

const wanted = process.argv.slice(2).join(' ')
const chosen = mutants.filter(({ name }) => name.includes(wanted))
const queue = chosen.values()
let killed = 0
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    const directory = copy()
    try {
      for (const mutant of queue) if (await isNoticed(directory, mutant)) killed++
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
)
process.stdout.write(`${killed} passed, ${chosen.length - killed} failed\n`)
process.exitCode = killed === chosen.length && chosen.length > 0 ? 0 : 1
