/** The bench as text. */
import type { CaseResult, EndToEnd, Mark, Row } from './cases.ts'
import type { ListCost } from './lists.ts'
import type { Figures } from './measure.ts'
import type { MemoryCost } from './memory.ts'
import type { RepairCost } from './reconciliation.ts'

type Cells = readonly string[]

const columns: readonly { readonly head: string; readonly cell: (row: Row) => string }[] = [
  { head: 'system', cell: row => row.system },
  { head: 'B/message', cell: row => whole(row.messageBytes) },
  { head: 'deposits/s', cell: ({ figures }) => whole(figures.depositsPerSecond) },
  { head: 'p50 ms', cell: ({ figures }) => figures.depositP50Ms.toFixed(2) },
  { head: 'p99 ms', cell: ({ figures }) => figures.depositP99Ms.toFixed(1) },
  { head: 'CPU ms', cell: ({ figures }) => figures.depositCpuMs.toFixed(3) },
  { head: 'client', cell: ({ figures }) => figures.depositClientCpuMs.toFixed(3) },
  { head: 'drain/s', cell: ({ figures }) => whole(figures.drainPerSecond) },
  { head: 'CPU ms', cell: ({ figures }) => figures.drainCpuMs.toFixed(3) },
  { head: 'disk B', cell: ({ figures }) => whole(figures.diskBytes) },
  { head: 'RSS MiB', cell: ({ figures }) => whole(figures.residentMiB) },
  { head: 'peak', cell: ({ figures }) => whole(figures.residentPeakMiB) },
  { head: 'other load', cell: ({ figures }) => figures.otherCores.toFixed(2) }
]

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function grid(lines: readonly Cells[]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map(line => line[column]!.length)))
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
  return lines.map(line => line.map(pad).join('  ').trimEnd()).join('\n')
}

export function caseText(result: CaseResult): string {
  const { load } = result.case
  const lines = [columns.map(({ head }) => head), ...result.rows.map(row => columns.map(({ cell }) => cell(row)))]
  const [relay, ...others] = result.rows
  return [
    `${result.case.title}: body ${whole(result.case.bodyBytes)} B, record ${whole(result.recordBytes)} B; ` +
      `${whole(load.messages)} messages to ${load.mailboxes} mailboxes after as many to warm up, ${load.senders} senders one at a time each, ` +
      `${load.collectors} collectors`,
    grid(lines),
    ...others.filter(row => row.system.startsWith('floor')).map(row => ratios(relay!, row))
  ].join('\n')
}

function ratios(relay: Row, other: Row): string {
  const ratio = (field: keyof Figures): string => (relay.figures[field] / other.figures[field]).toFixed(2)
  const what = `${relay.system} / ${other.system} with ${whole(other.messageBytes)} B`
  return (
    `  ${what}: deposits/s ${ratio('depositsPerSecond')}, CPU ${ratio('depositCpuMs')}, p99 ${ratio('depositP99Ms')}, ` +
    `drain/s ${ratio('drainPerSecond')}, drain CPU ${ratio('drainCpuMs')}, disk ${ratio('diskBytes')}`
  )
}

export function endToEndText(results: readonly EndToEnd[]): string {
  const lines = results.map(({ suite, figures }) => [
    `suite ${suite}`,
    `seal + deposit ${whole(figures.depositsPerSecond)}/s (client CPU ${figures.depositClientCpuMs.toFixed(2)} ms)`,
    `pull + open ${whole(figures.drainPerSecond)}/s (client CPU ${figures.drainClientCpuMs.toFixed(2)} ms)`
  ])
  return `End to end, one client process, 1 KiB bodies, one relay\n${grid(lines)}`
}

export function repairText(costs: readonly RepairCost[]): string {
  const lines = costs.map(({ items, differing, rounds, bytes, listBytes, ms, reference }) => [
    `${whole(items)} items, ${differing} differ`,
    `${rounds} rounds`,
    `${whole(bytes)} B`,
    `${ms.toFixed(0)} ms`,
    `every id ${whole(listBytes)} B`,
    reference === undefined ? '' : `reference ${reference[0]} rounds, ${whole(reference[1])} B`
  ])
  return `What it costs two relays to learn what differs\n${grid(lines)}`
}

export function listsText(costs: readonly ListCost[]): string {
  const names = [...(costs[0]?.ms.keys() ?? [])]
  const lines = costs.map(({ messages, ms }) => [
    whole(messages),
    ...names.map(name => `${(ms.get(name) ?? NaN).toFixed(2)} ms`)
  ])
  return `A client's lists, 512 B bodies, 50 peers, one in ten unread, pages of 50\n${grid([['messages', ...names], ...lines])}`
}

export function marksText(marks: readonly Mark[]): string {
  const lines = marks.map(({ what, value, bound, met }) => [
    what,
    value.toFixed(2),
    `mark ${bound}`,
    met ? 'met' : 'not met'
  ])
  return `Marks, 1 KiB body, relay W = 1 against the floor behind TLS with the same bytes\n${grid(lines)}`
}

export function memoryText(costs: readonly MemoryCost[]): string {
  const kib = (bytes: number): string => (bytes / 1_024).toFixed(1)
  const lines = costs.map(({ what, count, residentBytes, liveBytes, countedBytes }) => [
    what,
    whole(count),
    kib(residentBytes),
    kib(liveBytes),
    kib(countedBytes)
  ])
  return `What each costs a relay in memory, KiB\n${grid([['each', 'of', 'resident', 'live', 'counted as'], ...lines])}`
}
