/** What it costs two relays to learn what differs, beside giving each other every id (SPEC §9.6). */
import { randomBytes } from 'node:crypto'
import { ItemSet, type Item } from '../../src/relay/reconcile.ts'
import { differences } from '../helpers/reconciliation.ts'

export interface RepairCost {
  readonly items: number
  readonly differing: number
  readonly rounds: number
  /** Both ways. */
  readonly bytes: number
  /** Of 32-byte ids, both ways. */
  readonly listBytes: number
  /** Building both sets and comparing them, milliseconds. */
  readonly ms: number
  /** Rounds and bytes of negentropy's reference implementation for as many items and differences, where known. */
  readonly reference?: readonly [rounds: number, bytes: number]
}

/** As measured with the reference implementation, items in order of time. */
const reference = new Map<string, readonly [number, number]>([
  ['10000 20', [2, 1_387]],
  ['10000 200', [3, 6_049]]
])
const hours = 14 * 24

function fresh(count: number): Item[] {
  return Array.from({ length: count }, (_, n) => ({
    key: 500_000 + Math.floor((n * hours) / Math.max(1, count)),
    id: randomBytes(32)
  }))
}

/** Half of the differences at each end, the newest of each: what one missed while it was away. */
export function repairCost(items: number, differing: number): RepairCost {
  const common = fresh(items - differing)
  const newest = (): Item[] => fresh(differing / 2).map(({ id }, n) => ({ key: 500_000 + hours - 1 - (n % 3), id }))
  const [ours, theirs] = [newest(), newest()]
  const started = performance.now()
  const found = differences(new ItemSet([...common, ...ours]), new ItemSet([...common, ...theirs]))
  const ms = performance.now() - started
  if (found.have.length !== differing / 2 || found.need.length !== differing / 2)
    throw new Error(`${found.have.length} and ${found.need.length} differences were found of ${differing}`)
  const known = reference.get(`${items} ${differing}`)
  return {
    items,
    differing,
    rounds: found.rounds,
    bytes: found.bytes,
    listBytes: 2 * 32 * (items - differing / 2),
    ms,
    ...(known === undefined ? {} : { reference: known })
  }
}

export function repairCosts(): RepairCost[] {
  return [0, 20, 200].map(differing => repairCost(10_000, differing))
}
