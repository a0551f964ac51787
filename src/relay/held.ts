/** Stored records and tombstones as what they are, judged by their own bytes. */
import { createHash } from 'node:crypto'
import { decodeProof } from '../identity/proof.ts'
import { decodeHeader, recordId } from '../identity/record.ts'
import { StoredRecord, Tombstone, TombstoneBody } from '../wire/messages.js'
import { strangersLane } from './counters.ts'
import { readU32 } from './keys.ts'

/** What a stored record says of itself. */
export interface Held {
  readonly id: Uint8Array
  readonly mailbox: Uint8Array
  readonly expiresHour: number
  readonly receivedMs: number
  /** 8 bytes, as in its entry. */
  readonly lane: Uint8Array
}

/** Undefined when it does not decode, or its expiry is another than the record's. */
export function recordIn(value: Uint8Array): Held | undefined {
  return decoded(() => {
    const { receivedMs, header, enc, ct, proof } = StoredRecord.decode(value.subarray(4))
    const { mailbox, expiresHour } = decodeHeader(header)
    if (expiresHour !== readU32(value)) return undefined
    const shown = decodeProof(proof)
    const lane = shown.kind === 'gate' ? shown.gate : strangersLane
    return { id: recordId({ header, enc, ct }), mailbox, expiresHour, receivedMs, lane }
  })
}

export function tombstoneIn(
  value: Uint8Array
): { digest: Uint8Array; mailbox: Uint8Array; ids: Uint8Array[]; dropAfterHour: number } | undefined {
  return decoded(() => {
    const { body } = Tombstone.decode(value.subarray(4))
    const { mailbox, ids, dropAfterHour } = TombstoneBody.decode(body)
    const digest = createHash('sha256').update(body).digest()
    const list = Array.from({ length: ids.byteLength / 32 }, (_, at) => ids.slice(32 * at, 32 * (at + 1)))
    return { digest, mailbox, ids: list, dropAfterHour }
  })
}

function decoded<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch {
    return undefined
  }
}
