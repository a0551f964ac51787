/**
 * What a relay holds in memory at worst, in bytes, as a sum of parts (SPEC §5.6). Pure arithmetic: the account enforces
 * the part that remote ends have, the other parts are bounded where they are kept.
 */
import {
  baseBytes,
  censusBytes,
  commitQueueBytesMax,
  connectionCostBytes,
  frameBytesMax,
  groupsKnownMax,
  identityKeysCachedMax,
  inFlightMax,
  ownersKnownMax,
  pendingConnectionsMax,
  pendingCostBytes,
  readBufferBytesHigh,
  receiptRootsMax,
  requestCostBytes,
  streamCostBytes,
  streamsPerConnectionMax,
  yamuxReadBufferBytes,
  yamuxWindowBytes
} from '../limits.ts'

const KiB = 1024

/** What is remembered by the thousand: a kilobyte for an identity key, a receipt root and a group, a quarter for an owner. */
export const cachesBytes = (identityKeysCachedMax + receiptRootsMax + groupsKnownMax) * KiB + ownersKnownMax * (KiB / 4)

/** Parts that do not belong to any open connection. */
export const otherParts = {
  process: baseBytes,
  commitQueue: commitQueueBytesMax,
  caches: cachesBytes,
  pendingConnections: pendingConnectionsMax * pendingCostBytes,
  betweenCensuses: 2 * censusBytes
} as const

export const otherBytes: number = Object.values(otherParts).reduce((sum, part) => sum + part, 0)

/** Least that leaves room for ten connections that do their worst. */
export const memoryBytesMin: number = otherBytes + 64 * KiB * KiB

/** What is left for connections, streams and their buffers together. */
export function remoteBytesOf(memoryBytesMax: number): number {
  return Math.max(memoryBytesMax, memoryBytesMin) - otherBytes
}

/** One stream whose owner does its worst: it fills the window, pauses us, and reads no answer. */
export const streamWorstBytes: number =
  streamCostBytes +
  yamuxReadBufferBytes +
  readBufferBytesHigh +
  inFlightMax * requestCostBytes +
  // the request that makes the responder stop, and the answer that comes then
  2 * frameBytesMax

/** One connection with every stream it may have at its worst, and a frame of the muxer that is not whole. */
export const connectionWorstBytes: number =
  connectionCostBytes + yamuxWindowBytes + streamsPerConnectionMax * streamWorstBytes

/** What `connections` could hold if nobody kept the account: the reason that there is one. */
export function unboundedBytes(connections: number): number {
  return connections * connectionWorstBytes
}
