/** Rows as text. */
import type { Row } from './fault.ts'
import { problems } from './fault.ts'

const columns = ['offered', 'stored', 'unknown', 'failed', 'lost', 'resurrected', 'duplicated', 'converged'] as const
const titleWidth = 58

export const heading = `${'fault'.padEnd(titleWidth)} | ${columns.join(' | ')}`

/** One line, and one more for each note and each problem. */
export function textOf(row: Row): string {
  const { verdict, convergedMs, notes } = row
  const { offered, stored, unknown, failed, lost, resurrected, duplicated } = verdict
  const counts = [offered, stored, unknown, failed, lost.length, resurrected.length, duplicated.length].map(String)
  const converged = convergedMs === undefined ? '-' : `${(convergedMs / 1000).toFixed(1)} s`
  const cells = [...counts, converged].map((text, at) => text.padStart(columns[at]?.length ?? 0))
  const found = problems(row)
  return [
    `${row.title.padEnd(titleWidth)} | ${cells.join(' | ')}`,
    ...notes.map(note => `    ${note}`),
    ...found.map(problem => `    FAILED: ${problem}`)
  ].join('\n')
}

export function totalsOf(rows: readonly Row[]): string {
  const kept = rows.filter(({ keeps }) => keeps).map(({ verdict }) => verdict)
  const sum = (count: (verdict: Row['verdict']) => number): number =>
    kept.reduce((all, verdict) => all + count(verdict), 0)
  const parts = [
    `offered ${sum(({ offered }) => offered)}`,
    `stored ${sum(({ stored }) => stored)}`,
    `unknown ${sum(({ unknown }) => unknown)}`,
    `failed ${sum(({ failed }) => failed)}`,
    `lost ${sum(({ lost }) => lost.length)}`,
    `resurrected ${sum(({ resurrected }) => resurrected.length)}`,
    `duplicated ${sum(({ duplicated }) => duplicated.length)}`
  ]
  const seen = rows.filter(({ keeps }) => !keeps).reduce((all, { verdict }) => all + verdict.lost.length, 0)
  return `${parts.join(', ')}; without syncs lost ${seen}`
}
