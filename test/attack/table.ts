/** Rows as text. */
import type { Counts, Row } from './attack.ts'
import { problems } from './attack.ts'
import type { Share } from './honest.ts'

const nameWidth = 22

const headings = ['before', 'p99', 'during', 'p99', 'RSS', 'disk', 'crash'] as const
const widths = [8, 8, 8, 8, 8, 9, 5] as const

export const heading = `${'attack'.padEnd(nameWidth)} | ${headings.map((text, at) => text.padStart(widths[at] ?? 0)).join(' | ')} | refused`

const percent = ({ done, all }: Share): string => (all === 0 ? '-' : `${((100 * done) / all).toFixed(1)} %`)
const ms = ({ p99Ms }: Share): string => (Number.isNaN(p99Ms) ? '-' : `${p99Ms.toFixed(0)} ms`)

function counted(counts: Counts): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a)
  return sorted.map(([name, value]) => `${name} ${value.toLocaleString('en')}`).join(', ')
}

/** One line, and more for what the attackers did and for each problem. */
export function textOf(row: Row): string {
  const { before, during } = row
  const disk = `${row.grownMiB < 0 ? '' : '+'}${row.grownMiB.toFixed(1)} MiB`
  const crash = row.crashed.length > 0 ? 'YES' : 'no'
  const cells = [percent(before), ms(before), percent(during), ms(during), `${row.rssMiB.toFixed(0)} MiB`, disk, crash]
  const padded = cells.map((text, at) => text.padStart(widths[at] ?? 0))
  return [
    `${row.name.padEnd(nameWidth)} | ${padded.join(' | ')} | ${counted(row.refused) || '-'}`,
    `    ${row.title}`,
    `    attackers: ${counted(row.counts)}; ${row.load}; honest operations ${before.all} before, ${during.all} during`,
    ...(row.failures.size > 0 ? [`    honest clients were told: ${counted(row.failures)}`] : []),
    ...problems(row).map(problem => `    FAILED: ${problem}`)
  ].join('\n')
}
