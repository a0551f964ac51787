/** Rows for people: aligned columns, each shortened on a terminal; where the output is piped, nothing is shortened. */
import Table from 'cli-table3'
import type { Io } from './io.ts'
import { visibleLine } from './visible.ts'

export interface Column<Row> {
  readonly head: string
  /** May hold text of strangers: it is made visible here. */
  readonly cell: (row: Row) => string
  /** On a terminal: at most this many characters. */
  readonly widthMax?: number
}

/** No frame: rows that can be read, copied and cut. */
const chars = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid']
  ].map(name => [name, ''])
)

/** First characters of an id, enough to tell messages of one mailbox apart and to name one on the command line. */
export const shortIdLength = 12

export function shortened(text: string, lengthMax: number): string {
  const characters = Array.from(text)
  return characters.length <= lengthMax ? text : `${characters.slice(0, lengthMax - 1).join('')}…`
}

/** An id as people see it: short on a terminal, whole where another program may read it. */
export const idText = (io: Io, id: string): string => (io.stdout.isTTY === true ? id.slice(0, shortIdLength) : id)

/** An address likewise. */
export const addressText = (io: Io, address: string): string =>
  io.stdout.isTTY === true && address.length > 20 ? `${address.slice(0, 10)}…${address.slice(-6)}` : address

/** Writes a heading and a line for each row; nothing when there are none. */
export function printTable<Row>(io: Io, rows: readonly Row[], columns: ReadonlyArray<Column<Row>>): void {
  if (rows.length === 0) return
  const tty = io.stdout.isTTY === true
  const table = new Table({
    head: columns.map(({ head }) => head),
    chars: { ...chars, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true }
  })
  for (const row of rows) {
    table.push(
      columns.map(({ cell, widthMax = Infinity }) => {
        const text = visibleLine(cell(row))
        return tty ? shortened(text, widthMax) : text
      })
    )
  }
  io.stdout.write(`${table.toString().replace(/[ ]+$/gm, '')}\n`)
}
