/** What a mailbox holds on a relay, in all and by the lane that it came in through (SPEC §7.6, §9.1). */
import { nameOf, readU32, readU64, setU32, setU64 } from './keys.ts'

export const gateIdBytes = 8
/** The lane of strangers, where a gate's id stands otherwise. */
export const strangersLane = new Uint8Array(gateIdBytes)

export interface LaneCount {
  records: number
  bytes: number
}

export interface Counters {
  /** Of all lanes. */
  records: number
  bytes: number
  /** Ids and tombstones remembered. */
  tombstones: number
  readonly strangers: LaneCount
  /** By name of the gate's id. Only gates of which something is held: bounded by `gatesHeldMax` for each listed relay. */
  readonly gates: Map<string, LaneCount>
}

export const noCounters = (): Counters => ({
  records: 0,
  bytes: 0,
  tombstones: 0,
  strangers: { records: 0, bytes: 0 },
  gates: new Map()
})

const isStrangers = (lane: Uint8Array): boolean => lane.every(byte => byte === 0)

/** What one lane holds; undefined: a gate of which nothing is held. */
export function heldIn({ strangers, gates }: Counters, lane: Uint8Array): LaneCount | undefined {
  return isStrangers(lane) ? strangers : gates.get(nameOf(lane))
}

/** Counts a record in. */
export function countIn(count: Counters, lane: Uint8Array, bytes: number): void {
  const held = heldIn(count, lane) ?? { records: 0, bytes: 0 }
  if (!isStrangers(lane)) count.gates.set(nameOf(lane), held)
  for (const sum of [count, held]) {
    sum.records++
    sum.bytes += bytes
  }
}

/** Counts a record out; a gate of which nothing is left is counted no more. */
export function countOut(count: Counters, lane: Uint8Array, bytes: number): void {
  const held = heldIn(count, lane)
  for (const sum of held === undefined ? [count] : [count, held]) {
    sum.records--
    sum.bytes -= bytes
  }
  if (held !== undefined && held !== count.strangers && held.records <= 0) count.gates.delete(nameOf(lane))
}

/** Of the fixed part; what gates hold follows. */
export const countersBytesMin = 28
const gateBytes = gateIdBytes + 12

/** The same counters give the same bytes. */
export function encodeCounters({ records, bytes, tombstones, strangers, gates }: Counters): Uint8Array {
  const row = new Uint8Array(countersBytesMin + gates.size * gateBytes)
  setU32(row, 0, records)
  setU64(row, 4, bytes)
  setU32(row, 12, tombstones)
  setU32(row, 16, strangers.records)
  setU64(row, 20, strangers.bytes)
  let at = countersBytesMin
  for (const [name, held] of [...gates].sort(([a], [b]) => (a < b ? -1 : 1))) {
    row.set(Buffer.from(name, 'latin1'), at)
    setU32(row, at + gateIdBytes, held.records)
    setU64(row, at + gateIdBytes + 4, held.bytes)
    at += gateBytes
  }
  return row
}

export function decodeCounters(row: Uint8Array | undefined): Counters {
  const count = noCounters()
  if (row === undefined) return count
  for (let at = countersBytesMin; at + gateBytes <= row.byteLength; at += gateBytes) {
    const held = { records: readU32(row, at + gateIdBytes), bytes: readU64(row, at + gateIdBytes + 4) }
    count.gates.set(nameOf(row.subarray(at, at + gateIdBytes)), held)
  }
  const strangers = { records: readU32(row, 16), bytes: readU64(row, 20) }
  return { ...count, records: readU32(row), bytes: readU64(row, 4), tombstones: readU32(row, 12), strangers }
}
