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

const refusedText = ({ refused }: Row): string => counted(refused) || '-'

function cellsOf(row: Row): string[] {
  const { before, during, grownMiB, rssMiB, crashed } = row
  const disk = `${grownMiB < 0 ? '' : '+'}${grownMiB.toFixed(1)} MiB`
  const crash = crashed.length > 0 ? 'YES' : 'no'
  return [percent(before), ms(before), percent(during), ms(during), `${rssMiB.toFixed(0)} MiB`, disk, crash]
}

/** One line, and more for what the attackers did and for each problem. */
export function textOf(row: Row): string {
  const { before, during } = row
  const padded = cellsOf(row).map((text, at) => text.padStart(widths[at] ?? 0))
  return [
    `${row.name.padEnd(nameWidth)} | ${padded.join(' | ')} | ${refusedText(row)}`,
    `    ${row.title}`,
    `    attackers: ${counted(row.counts)}; ${row.load}; honest operations ${before.all} before, ${during.all} during`,
    ...(row.failures.size > 0 ? [`    honest clients were told: ${counted(row.failures)}`] : []),
    ...problems(row).map(problem => `    FAILED: ${problem}`)
  ].join('\n')
}

/** As in the README. */
export function markdownOf(rows: readonly Row[]): string {
  return [
    '| attack | honest before | p99 | during | p99 | RSS peak | disk | refused | crash |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows.map(
      row =>
        `| ${[`\`${row.name}\``, ...cellsOf(row).slice(0, -1), refusedText(row), cellsOf(row).at(-1)].join(' | ')} |`
    )
  ].join('\n')
}
