/**
 * npm run fuzz: changes inputs of every decoder and handler, guided by what they make run.
 *
 *   npm run fuzz -- [--seconds 60] [--minutes 5] [--only locator,frames] [--seed 1] [--runs 10000]
 *   npm run fuzz -- --replay FILE --only TARGET   one input again, with its stack
 *   npm run fuzz -- --keep [--only locator]       adds to the corpus the few inputs that run something more
 *
 * --seconds is of all targets together, --minutes and --runs of each. A run with --runs and one seed is the same again.
 * Inputs that fail are written to .bench/fuzz/TARGET/. The last line counts targets without and with findings.
 */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { blocks, filesOf, instrument } from './instrument.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    minutes: { type: 'string' },
    runs: { type: 'string' },
    only: { type: 'string' },
    seed: { type: 'string', default: '1' },
    replay: { type: 'string' },
    keep: { type: 'boolean', default: false }
  }
})

instrument()
const { targets } = await import('./targets/index.ts')
const { Fuzzer, fewest, judge } = await import('./engine.ts')
const { corpusOf, crashes, keep } = await import('./corpus.ts')
type Target = (typeof targets)[number]
type Tally = InstanceType<typeof Fuzzer>['tally']

function number(text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value >= 0) return value
  throw new RangeError(`"${text}" is not a number`)
}

const only = values.only?.split(',')
const chosen = targets.filter(({ name }) => only === undefined || only.includes(name))
if (chosen.length === 0) throw new RangeError(`the targets are: ${targets.map(({ name }) => name).join(', ')}`)

const say = (line: string): unknown => process.stdout.write(`${line}\n`)

/** Milliseconds for one target: a minute of all unless said otherwise, or none when the runs are counted. */
function msOfEach(): number {
  if (values.runs !== undefined) return Infinity
  if (values.minutes !== undefined) return number(values.minutes) * 60_000
  return (number(values.seconds ?? '60') * 1_000) / chosen.length
}

async function fuzz(target: Target): Promise<Tally> {
  const fuzzer = new Fuzzer(target, number(values.seed))
  const known = corpusOf(target.name).map(({ input }) => input)
  await fuzzer.begin([...(await target.seeds()), ...known])
  const endMs = performance.now() + msOfEach()
  const runsMax = values.runs === undefined ? Infinity : number(values.runs)
  await fuzzer.run(executions => executions >= runsMax || performance.now() >= endMs)
  return fuzzer.tally
}

const row = (cells: readonly (string | number)[]): string =>
  cells.map((cell, n) => (n === 0 ? String(cell).padEnd(12) : String(cell).padStart(12))).join(' ')

function report(tally: Tally): void {
  const { target, executions, accepted, ms, corpus, covered, findings } = tally
  const files = filesOf(covered).size
  say(
    row([target, executions, (ms / 60_000).toFixed(2), accepted, corpus.length, covered.size, files, findings.length])
  )
  for (const { input, what } of findings) {
    const path = keep(target, input, crashes)
    say(`  ${what.split('\n').slice(0, 8).join('\n  ')}\n  again: npm run fuzz -- --only ${target} --replay ${path}`)
  }
}

/** The corpus in the repository is made anew: as few and as small inputs as run all that the seeds do not. */
async function renew(target: Target, found: readonly Uint8Array[]): Promise<void> {
  const seeds = await target.seeds()
  const kept = await fewest(target, [...seeds, ...found])
  const isSeed = (input: Uint8Array): boolean => seeds.some(seed => Buffer.compare(seed, input) === 0)
  rmSync(join(import.meta.dirname, 'corpus', target.name), { recursive: true, force: true })
  const named = kept.filter(input => !isSeed(input)).map(input => keep(target.name, input))
  say(`  corpus: ${named.length} inputs besides ${seeds.length} seeds`)
}

async function replay(path: string): Promise<boolean> {
  const { wrong, accepted } = await judge(chosen[0] as Target, new Uint8Array(readFileSync(path)))
  say(wrong ?? (accepted ? 'accepted' : 'refused, as documented'))
  return wrong === undefined
}

async function fuzzAll(): Promise<void> {
  say(row(['target', 'executions', 'minutes', 'accepted', 'corpus', 'blocks', 'files', 'findings']))
  let failed = 0
  for (const target of chosen) {
    const tally = await fuzz(target)
    report(tally)
    if (tally.findings.length > 0) failed++
    if (values.keep) await renew(target, tally.corpus)
  }
  say(`${blocks()} blocks in the modules loaded`)
  say(`${chosen.length - failed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
}

if (values.replay === undefined) await fuzzAll()
else process.exitCode = (await replay(values.replay)) ? 0 : 1
