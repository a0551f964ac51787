/** What runs of the simulation found, in words. */
import { msPerHour } from '../../src/environment.ts'
import { faultNames } from './faults.ts'
import { isClean } from './history.ts'
import type { Outcome } from './seeds.ts'

export interface Report {
  readonly lines: readonly string[]
  readonly failed: boolean
}

const counts = ['offered', 'stored', 'unknown', 'failed'] as const
const violations = ['lost', 'resurrected', 'duplicated', 'unexpected', 'unsettled'] as const

export function hasFailed({ verdict, errors }: Outcome): boolean {
  return !isClean(verdict) || errors.length > 0
}

/** One run in full. */
export function textOf(run: Outcome): Report {
  const { seed, verdict, digest, virtualMs, faults, errors } = run
  const failed = hasFailed(run)
  return {
    failed,
    lines: [
      `seed ${seed}: ${failed ? 'FAILED' : 'good'}, ${(virtualMs / msPerHour).toFixed(1)} virtual hours, history ${digest}`,
      `  faults: ${faults.join(', ')}`,
      `  ${counts.map(name => `${name} ${verdict[name]}`).join(', ')}`,
      ...violations.filter(name => verdict[name].length > 0).map(name => `  ${name}: ${verdict[name].join(' ')}`),
      ...errors.map(error => `  error: ${error}`)
    ]
  }
}

/** How often each was there, of all that there are. */
function countsOf(names: readonly string[]): string[] {
  return faultNames.map(name => `  ${String(names.filter(one => one === name).length).padStart(6)}  ${name}`)
}

/** All runs, and one that failed again. */
export function totalsOf(runs: readonly Outcome[]): Report {
  const hours = runs.reduce((sum, run) => sum + run.virtualMs, 0) / msPerHour
  const failed = runs.filter(hasFailed)
  const lines = [
    `seeds ${runs.length}, virtual time ${(hours / 24).toFixed(1)} days`,
    counts.map(name => `${name} ${runs.reduce((sum, { verdict }) => sum + verdict[name], 0)}`).join(', '),
    violations.map(name => `${name} ${runs.reduce((sum, { verdict }) => sum + verdict[name].length, 0)}`).join(', ')
  ]
  lines.push('faults', ...countsOf(runs.flatMap(run => run.faults)))
  const [first] = failed
  if (first !== undefined)
    lines.push(
      `${failed.length} seeds failed (${failed.map(({ seed }) => seed).join(' ')})`,
      `again: npm run sim -- --seed ${first.seed}`
    )
  return { lines, failed: first !== undefined }
}
