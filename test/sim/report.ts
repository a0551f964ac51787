/** What runs of the simulation found, in words. */
import { inspect } from 'node:util'
import { msPerHour } from '../../src/environment.ts'
import { isClean } from './history.ts'
import type { Run } from './run.ts'

export interface Report {
  readonly lines: readonly string[]
  readonly failed: boolean
}

const counts = ['offered', 'stored', 'unknown', 'failed'] as const
const violations = ['lost', 'resurrected', 'duplicated', 'unexpected', 'unsettled'] as const

export function hasFailed({ verdict, errors }: Run): boolean {
  return !isClean(verdict) || errors.length > 0
}

/** One run in full. */
export function textOf(run: Run): Report {
  const { seed, verdict, digest, virtualMs, faults, errors } = run
  const failed = hasFailed(run)
  return {
    failed,
    lines: [
      `seed ${seed}: ${failed ? 'FAILED' : 'good'}, ${(virtualMs / msPerHour).toFixed(1)} virtual hours, history ${digest}`,
      `  faults: ${faults.join(', ')}`,
      `  ${counts.map(name => `${name} ${verdict[name]}`).join(', ')}`,
      ...violations.filter(name => verdict[name].length > 0).map(name => `  ${name}: ${verdict[name].join(' ')}`),
      ...errors.map(error => `  error: ${inspect(error)}`)
    ]
  }
}

/** All runs, and one that failed again. */
export function totalsOf(runs: readonly Run[]): Report {
  const hours = runs.reduce((sum, run) => sum + run.virtualMs, 0) / msPerHour
  const failed = runs.filter(hasFailed)
  const lines = [
    `seeds ${runs.length}, virtual time ${(hours / 24).toFixed(1)} days`,
    counts.map(name => `${name} ${runs.reduce((sum, { verdict }) => sum + verdict[name], 0)}`).join(', '),
    violations.map(name => `${name} ${runs.reduce((sum, { verdict }) => sum + verdict[name].length, 0)}`).join(', ')
  ]
  const [first] = failed
  if (first !== undefined)
    lines.push(
      `${failed.length} seeds failed (${failed.map(({ seed }) => seed).join(' ')})`,
      `again: npm run sim -- --seed ${first.seed}`
    )
  return { lines, failed: first !== undefined }
}
