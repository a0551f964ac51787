/** How much fits into a lane, and what a stranger's stamp needs as the lane fills (SPEC §7.6). Pure. */
import { MailboxError } from '../errors.ts'
import { powBitsMax, quotaRetryMs, type LimitName } from '../limits.ts'
import { heldIn, strangersLane, type Counters } from './counters.ts'
import type { RelayLimits } from './options.ts'
import type { Sender } from './rates.ts'

/** What all records of a lane may take together. */
export interface Room {
  readonly records: number
  readonly bytes: number
}

/** The strangers lane of one relay, or of so many together. */
export const strangersRoom = ({ strangersRecords, strangersBytes }: RelayLimits, relays: number = 1): Room => ({
  records: relays * strangersRecords,
  bytes: relays * strangersBytes
})

/** A stranger's stamp, and how many bits the owner asks for. */
export interface Stamped {
  readonly bits: number
  readonly asked: number
}

/** The lane of a record that has been admitted, with what may be held there. */
export type Lane =
  | {
      readonly kind: 'strangers'
      /** Of all strangers. */
      readonly room: Room
      /** Absent: nothing is asked for, or nothing more than was shown already. */
      readonly stamp?: Stamped
    }
  | {
      readonly kind: 'gate'
      /** Its id, 8 bytes. */
      readonly gate: Uint8Array
      /** Of all gates together. */
      readonly room: Room
      /** Percent of it that one gate may take. */
      readonly share: number
      /** Gates that may hold something at the same time. */
      readonly gatesMax: number
    }

/** Whose rates and whose room on the disk it takes. */
export const senderOf = ({ kind }: Lane): Sender => (kind === 'gate' ? 'contacts' : 'strangers')

/** As it is kept with a record. */
export const laneId = (lane: Lane): Uint8Array => (lane.kind === 'gate' ? lane.gate : strangersLane)

/**
 * Whether one record of `bytes` more may come in.
 * @throws MailboxError QUOTA naming what is full; POW with the bits that a stamp needs now
 */
export function checkRoom(lane: Lane, count: Counters, bytes: number): void {
  const { room } = lane
  if (lane.kind === 'strangers') {
    const { strangers } = count
    if (strangers.records + 1 > room.records) throw quota('strangersRecordsMax')
    if (strangers.bytes + bytes > room.bytes) throw quota('strangersBytesMax')
    if (lane.stamp !== undefined) checkStamp(lane.stamp.bits, bitsNow(lane.stamp.asked, count, room))
    return
  }
  const held = heldIn(count, lane.gate)
  if (held === undefined && count.gates.size >= lane.gatesMax) throw quota('gateShare')
  if (((held?.records ?? 0) + 1) * 100 > lane.share * room.records) throw quota('gateShare')
  if (((held?.bytes ?? 0) + bytes) * 100 > lane.share * room.bytes) throw quota('gateShare')
  if (count.records - count.strangers.records + 1 > room.records) throw quota('recordsPerMailboxMax')
  if (count.bytes - count.strangers.bytes + bytes > room.bytes) throw quota('bytesPerMailboxMax')
}

/** What a stamp needs now: one bit more for each quarter of the strangers lane that is filled, by records or bytes. */
export function bitsNow(asked: number, { strangers }: Counters, room: Room): number {
  const filled = Math.max(shareOf(strangers.records, room.records), shareOf(strangers.bytes, room.bytes))
  return Math.min(powBitsMax, asked + Math.floor(4 * Math.min(1, filled)))
}

/** Of nothing, all of it is filled. */
const shareOf = (held: number, room: number): number => (room === 0 ? 1 : held / room)

/** @throws MailboxError POW */
export function checkStamp(bits: number, asked: number): void {
  if (bits < asked)
    throw new MailboxError('POW', `A stamp of ${asked} zero bits is needed, this has ${bits}.`, { powBits: asked })
}

export function quota(limit: LimitName): MailboxError {
  return new MailboxError('QUOTA', `The mailbox is full (${limit}).`, { limit, retryAfterMs: quotaRetryMs })
}
