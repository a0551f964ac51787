/**
 * Every tier of test/ under node:test: a line per file, failures in full, one total at the end.
 *
 *   npm test                      every tier
 *   npm test -- unit property     these tiers
 *   npm test -- unit/identity     files whose path contains this text
 *   … --only 'a title'            of these the tests with this title
 */
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import type { TestEvent } from 'node:test/reporters'
import { parseArgs } from 'node:util'

/** In this order: what is cheap and pure tells first. */
const quick = ['repo', 'vectors', 'unit', 'contract', 'property', 'fuzz', 'sim', 'bench']
/** Commands, and many processes and sockets that mostly wait: two files at a time, after the simulation, which takes every core. */
const processes = ['cli', 'e2e']
const processesAtOnce = Math.min(2, availableParallelism())
/** But for those that measure time or memory, or keep every core busy: nothing runs beside them. */
const alone = ['attack', 'daemon', 'faultlab', 'memory', 'stop', 'watch'].map(name => `test/e2e/${name}.test.ts`)
/** A test that hangs fails after this long, and a file that does not end after that long. */
const testTimeoutMs = 120_000
const fileTimeoutMs = 420_000
/** What a failed file wrote is shown, this many characters of it from the end. */
const outputCharactersMax = 20_000

const root = join(import.meta.dirname, '..')
const { positionals: wanted, values } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } })
/** Every process of a test reads the compiled code of the first: half of what it takes to begin. */
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/node')
const total = { passed: 0, failed: 0, skipped: 0 }

function isWanted(tier: string, file: string): boolean {
  return wanted.length === 0 || wanted.some(text => text === tier || (text.includes('/') && file.includes(text)))
}

function filesOf(tiers: readonly string[]): string[] {
  return tiers.flatMap(tier =>
    globSync(`test/${tier}/**/*.test.ts`, { cwd: root })
      .filter(file => isWanted(tier, file))
      .sort()
  )
}

function failureText(event: Extract<TestEvent, { type: 'test:fail' }>): string {
  const { name, line, details } = event.data
  const cause = details.error.cause
  const text = (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)).replace(
    /\n\s+at [^\n]*\(?node:internal[^\n]*/g,
    ''
  )
  return `  ${name}${line === undefined ? '' : ` (line ${line})`}\n${text.replace(/^/gm, '    ')}\n`
}

/** The end of a test's full name, which begins with those of its suites. */
const titled = (title: string): RegExp => new RegExp(`${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)

/** Runs one file in its own process and prints its line. */
async function runFile(file: string): Promise<void> {
  const count = { passed: 0, failed: 0, skipped: 0 }
  const startedMs = Date.now()
  const deadline = AbortSignal.timeout(fileTimeoutMs)
  let failures = ''
  let output = ''
  for await (const event of run({
    files: [join(root, file)],
    timeout: testTimeoutMs,
    signal: deadline,
    ...(values.only === undefined ? {} : { testNamePatterns: titled(values.only) })
  }) as AsyncIterable<TestEvent>) {
    if (event.type === 'test:stdout' || event.type === 'test:stderr') {
      output = (output + event.data.message).slice(-outputCharactersMax)
    } else if (
      event.type === 'test:pass' &&
      event.data.details.type !== 'suite' &&
      event.data.name !== join(root, file)
    ) {
      if (event.data.skip === undefined) count.passed++
      else count.skipped++
    } else if (event.type === 'test:fail') {
      // a parent repeats the failure of its child
      if (failures !== '' && (event.data.details.error as { failureType?: string }).failureType === 'subtestsFailed')
        continue
      count.failed++
      failures += failureText(event)
    }
  }
  if (deadline.aborted && failures === '') {
    count.failed++
    failures = `  did not end within ${fileTimeoutMs / 1000} s: a timer, a socket or a process is left open\n`
  }
  if (count.passed + count.failed + count.skipped === 0) {
    count.failed++
    failures = '  has no tests\n'
  }
  report(
    file,
    count,
    Date.now() - startedMs,
    failures === '' ? '' : failures + (output === '' ? '' : `  It wrote:\n${output}`)
  )
}

function report(file: string, count: typeof total, ms: number, failures: string): void {
  total.passed += count.passed
  total.failed += count.failed
  total.skipped += count.skipped
  const skipped = count.skipped === 0 ? '' : `, ${count.skipped} skipped`
  const outcome =
    count.failed === 0 ? `${count.passed} passed${skipped}` : `${count.failed} FAILED, ${count.passed} passed${skipped}`
  console.log(`${relative('test', file)}: ${outcome} (${(ms / 1000).toFixed(1)} s)\n${failures}`.trimEnd())
}

/** Runs files, so many at once. */
async function runFiles(files: readonly string[], atOnce: number): Promise<void> {
  const queue = files.values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const file of queue) await runFile(file)
    })
  )
}

const isSociable = (file: string): boolean => !alone.includes(file)

let ended = false
// printed on the way out whatever happens, so that a run cut short never looks like a short run
process.once('exit', () => {
  if (!ended) {
    console.log('The run ended before its last file did.')
    total.failed++
  }
  if (total.skipped > 0) console.log(`${total.skipped} skipped`)
  console.log(`${total.passed} passed, ${total.failed} failed`)
  process.exitCode = total.failed === 0 ? 0 : 1
})
await runFiles(filesOf(quick), availableParallelism())
await runFiles(filesOf(processes).filter(isSociable), processesAtOnce)
await runFiles(
  filesOf(processes).filter(file => !isSociable(file)),
  1
)
if (total.passed + total.failed === 0) {
  console.log(`No test file matches ${wanted.join(' ')}`)
  total.failed++
}
ended = true
