/** That senders did not get through, for the owner, in one line with what to do. */
import type { RelayStatus } from '../client/mailbox.ts'
import type { Refusal } from '../client/refused.ts'
import { timeText } from './visible.ts'

const full = 'Take what is there: "mailbox inbox".'
const fast = 'They try again by themselves.'

/** By limit, else by status. */
const advice: Readonly<Record<string, string>> = {
  strangersRecordsMax: `What strangers may leave is full. ${full}`,
  strangersBytesMax: `What strangers may leave is full. ${full}`,
  gateShare: `What those may leave whom you have invited is full. ${full}`,
  recordsPerMailboxMax: `The mailbox is full. ${full}`,
  bytesPerMailboxMax: `The mailbox is full. ${full}`,
  diskFreeBytesMin:
    'The disk of a relay is nearly full: its operator sees to it, or "mailbox relays replace" leaves it.',
  POW: 'Strangers without enough proof of work; whom you invite needs none: "mailbox invite".',
  POLICY: 'You take nothing from strangers; whom you invite may write: "mailbox invite".',
  SIZE: 'Larger than you take of them.',
  EXPIRED: 'To be kept for longer than you allow.',
  AUTH: 'With permission that is not valid, or not any more; "mailbox invite" gives a new one.'
}

/** Undefined: nobody was refused. */
export function refusedLine(relays: readonly RelayStatus[]): string | undefined {
  const sums = new Map<string, Refusal>()
  for (const refusal of relays.flatMap(({ refused = [] }) => refused)) {
    const kind = refusal.limit ?? refusal.status
    const { count = 0, lastMs = 0 } = sums.get(kind) ?? {}
    sums.set(kind, { ...refusal, count: count + refusal.count, lastMs: Math.max(lastMs, refusal.lastMs) })
  }
  const ranked = [...sums].toSorted(([, a], [, b]) => b.count - a.count)
  const [most] = ranked
  if (most === undefined) return undefined
  const [kind, { status }] = most
  const parts = ranked.map(([name, { count }]) => `${count} ${name}`)
  const last = Math.max(...ranked.map(([, { lastMs }]) => lastMs))
  const what = advice[kind] ?? (status === 'BUSY' ? `Too much at once. ${fast}` : '')
  return `  refused ${parts.join(', ')}, last ${timeText(last)}. ${what}`.trimEnd()
}
