/** Messages as the lines of a list. */
import type { BadMessage } from '../client/message.ts'
import { isBad } from '../client/message.ts'
import type { Io } from './io.ts'
import type { AnyMessage } from './message.ts'
import { gist, rowFields, savedAs } from './message.ts'
import type { Given } from './options.ts'
import type { People } from './people.ts'
import type { Column } from './table.ts'
import { addressText, idText } from './table.ts'
import { sizeText, timeText } from './visible.ts'

export interface Row {
  readonly item: AnyMessage | BadMessage
  /** The owner's name for the other. */
  readonly name: string | undefined
  /** Where the body was saved. */
  readonly file: string | undefined
}

/** The other: who sent it here, or to whom it was sent. Undefined when that cannot be read. */
export function peerOf(item: AnyMessage | BadMessage): string | undefined {
  if (isBad(item)) return undefined
  return 'receivedMs' in item ? item.from : item.to
}

export async function rowOf(given: Given, item: AnyMessage | BadMessage, people: People): Promise<Row> {
  const peer = peerOf(item)
  return {
    item,
    name: peer === undefined ? undefined : await people.name(peer),
    file: isBad(item) ? undefined : await savedAs(given, item)
  }
}

export const jsonOf = ({ item, name, file }: Row): Readonly<Record<string, unknown>> => ({
  ...rowFields(item, name),
  file
})

/** Where it is in its list. */
const arrivedMs = (item: AnyMessage | BadMessage): number =>
  isBad(item) || 'receivedMs' in item ? item.arrivedMs : item.storedMs

const unread = ({ item }: Row): string =>
  !isBad(item) && 'receivedMs' in item && item.readMs === undefined ? 'new' : ''

/** @param o.who heading of the column of the other; @param o.marks a column that says what is unread */
export function columnsOf(io: Io, o: { who: string; marks: boolean }): Array<Column<Row>> {
  const marks = { head: '', cell: unread }
  return [
    { head: 'ID', cell: ({ item }) => idText(io, item.id) },
    ...(o.marks ? [marks] : []),
    { head: 'ARRIVED', cell: ({ item }) => timeText(arrivedMs(item)) },
    { head: o.who, cell: ({ item, name }) => name ?? addressText(io, peerOf(item) ?? '?'), widthMax: 24 },
    { head: 'SIZE', cell: ({ item }) => (isBad(item) ? '?' : sizeText(item.body.length)) },
    { head: 'SUBJECT OR FIRST WORDS', cell: ({ item, file }) => file ?? gist(item), widthMax: 60 }
  ]
}
