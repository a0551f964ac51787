/** A page of a mailbox's records in the order of arrival, as an owner pulls it (SPEC §8.5). */
import type { Rows } from './database.ts'
import { kinds, rangeOf, readU32, recordKey, seqOfRecordKey } from './keys.ts'

export interface StoredPage {
  /** Encoded StoredRecords, oldest arrival first. */
  readonly records: Uint8Array[]
  /** Arrival number of the last one looked at. */
  readonly lastSeq: number
  readonly more: boolean
}

export interface PageLimits {
  readonly recordsMax: number
  readonly bytesMax: number
  readonly nowHour: number
}

/** @throws MailboxError STORE */
export async function pageOf(
  rows: Rows,
  { mailbox, after, limits }: { mailbox: Uint8Array; after: number; limits: PageLimits }
): Promise<StoredPage> {
  const cursor = rows.scan({ gt: recordKey(mailbox, after), lt: rangeOf(kinds.record, mailbox).lt })
  const records: Uint8Array[] = []
  let bytes = 0
  let lastSeq = after
  let want = limits.recordsMax + 1
  try {
    // bounded by what a mailbox may hold: expired records are passed over, however many
    for (;;) {
      const entries = await cursor.nextv(want)
      if (entries.length === 0) return { records, lastSeq, more: false }
      for (const [key, value] of entries) {
        const expired = readU32(value) <= limits.nowHour
        const full =
          records.length >= limits.recordsMax || (records.length > 0 && bytes + value.byteLength > limits.bytesMax)
        if (full && !expired) return { records, lastSeq, more: true }
        lastSeq = seqOfRecordKey(key)
        if (expired) continue
        records.push(value.subarray(4))
        bytes += value.byteLength
      }
      // as many as the page still holds if they are of the same size, and the one that shows whether there is more
      if (bytes > 0) want = 1 + Math.max(0, Math.floor(((limits.bytesMax - bytes) / bytes) * records.length))
      want = Math.min(want, limits.recordsMax + 1)
    }
  } finally {
    await cursor.close()
  }
}

/** How many records of a mailbox arrived after `seq`, and the arrival number of the newest. @throws MailboxError STORE */
export async function afterSeq(
  rows: Rows,
  mailbox: Uint8Array,
  seq: number
): Promise<{ unacked: number; headSeq: number }> {
  const cursor = rows.scan({
    gt: recordKey(mailbox, seq),
    lt: rangeOf(kinds.record, mailbox).lt,
    values: false
  })
  let unacked = 0
  let headSeq = seq
  try {
    // bounded by recordsPerMailbox
    for (;;) {
      const entries = await cursor.nextv(256)
      const last = entries.at(-1)
      if (last === undefined) return { unacked, headSeq }
      unacked += entries.length
      headSeq = seqOfRecordKey(last[0])
    }
  } finally {
    await cursor.close()
  }
}
