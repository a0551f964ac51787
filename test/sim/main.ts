/**
 * npm run sim: many seeds of the simulation, or one again.
 *
 *   npm run sim -- --seeds 500 [--from 1] [--jobs 2] [--mailboxes 40] [--histories]
 *   npm run sim -- --seed 17
 *   npm run sim -- --seeds 50 --sabotage 'relay forgets acks' [--until resurrected]
 *   npm run sim -- --availability [--deposits 2000]
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { hasFailed, textOf, totalsOf } from './report.ts'
import { measure, tableOf, type Cell } from './availability.ts'
import { sabotages } from './sabotage.ts'
import { runAll, type Outcome } from './seeds.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    mailboxes: { type: 'string' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    sabotage: { type: 'string' },
    until: { type: 'string' },
    availability: { type: 'boolean', default: false },
    deposits: { type: 'string', default: '2000' },
    first: { type: 'boolean', default: false },
    histories: { type: 'boolean', default: false },
    'no-repair': { type: 'boolean', default: false }
  }
})

function whole(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new RangeError(`"${text}" is not a whole number`)
}

async function availability(): Promise<void> {
  const cells: Cell[] = []
  for (const up of [0.9, 0.95])
    for (const standby of [0, 2])
      cells.push(await measure({ up, standby, deposits: whole(values.deposits), seed: whole(values.from) }))
  process.stdout.write(`${tableOf(cells).join('\n')}\n`)
}

const seedsPerNote = 25

/** Half an hour is long to wait for the first line. */
function noteOf(runs: readonly Outcome[]): string {
  const stored = runs.reduce((sum, { verdict }) => sum + verdict.stored, 0)
  return `${runs.length} seeds, ${stored} stored, ${runs.filter(hasFailed).length} failed\n`
}

async function simulate(): Promise<void> {
  const { sabotage } = values
  if (sabotage !== undefined && sabotages[sabotage] === undefined)
    throw new RangeError(`the sabotages are: ${Object.keys(sabotages).join(', ')}`)
  const from = whole(values.seed ?? values.from)
  const count = values.seed === undefined ? whole(values.seeds) : 1
  const mailboxes = values.mailboxes === undefined ? undefined : whole(values.mailboxes)
  const repair = !values['no-repair']
  const orders = Array.from({ length: count }, (_, at) => ({ seed: from + at, sabotage, repair, mailboxes }))
  const runs: Outcome[] = []
  const startedMs = performance.now()
  for await (const run of runAll(orders, whole(values.jobs))) {
    runs.push(run)
    const text = textOf(run)
    if (values.seed !== undefined || text.failed) process.stdout.write(`${text.lines.join('\n')}\n`)
    else if (values.histories) process.stdout.write(`${text.lines[0] ?? ''}\n`)
    if (runs.length % seedsPerNote === 0) process.stderr.write(noteOf(runs))
    if (values.first && text.failed) break
    if (values.until !== undefined && text.lines.some(line => line.includes(`${values.until}: `))) break
  }
  const totals = totalsOf(runs)
  process.stdout.write(`${totals.lines.join('\n')}\n`)
  process.stdout.write(`${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`)
  process.exitCode = totals.failed ? 1 : 0
}

await (values.availability ? availability() : simulate())
