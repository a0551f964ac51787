/**
 * What a mailbox takes: the owner's word, and what was shown for a record (SPEC §7.6). The same for a deposit and, with
 * laxer rules, for every record from a replica, which cannot bring in what its senders could not.
 */
import { equals } from 'uint8arrays/equals'
import { MailboxError } from '../errors.ts'
import type { KeyBundle } from '../identity/bundle.ts'
import { verifyGateProof, type Proof } from '../identity/proof.ts'
import type { Header } from '../identity/record.ts'
import { stampBits, stampPrefix } from '../identity/stamp.ts'
import { clockSkewHours, gateChecksAtOnceMax, gateChecksWaitingMax, gatesHeldMax, tagBytes } from '../limits.ts'
import { Turns } from '../placement/turns.ts'
import type { Record } from '../wire/messages.js'
import { checkStamp, strangersRoom, type Lane } from './lanes.ts'
import type { RelayLimits } from './options.ts'

export interface Arrival {
  readonly record: Record
  readonly header: Header
  readonly proof: Proof
  readonly bundle: KeyBundle
  readonly nowHour: number
  /** Set for a record from another replica: the relays that the locator lists, each of which may have taken its fill. */
  readonly replicas?: number
}

/** What a record has to show besides, once it is worth the work. */
export interface Claim {
  readonly lane: Lane
  readonly mailbox: Uint8Array
  readonly proof: Proof
  /** Of the gate, 32 bytes. */
  readonly publicKey?: Uint8Array
  /** Zero bits that a stamp needs; absent: none is asked for. */
  readonly asked?: number
}

/**
 * The lane that a record comes in through, by checks that cost nothing: everything of §7.6 but the signature or the stamp.
 * @throws MailboxError AUTH, POLICY, SIZE, EXPIRED
 */
export function claimOf(arrival: Arrival, limits: RelayLimits): Claim {
  const { proof, header } = arrival
  return {
    mailbox: header.mailbox,
    proof,
    ...(proof.kind === 'gate' ? gateClaim(arrival, proof.gate, limits) : strangersClaim(arrival, limits))
  }
}

function gateClaim(arrival: Arrival, id: Uint8Array, limits: RelayLimits): Pick<Claim, 'lane' | 'publicKey'> {
  const { bundle, replicas } = arrival
  // bounded by gatesMax
  const gate = bundle.gates.find(one => equals(one.id, id))
  if (gate === undefined) throw new MailboxError('AUTH', 'The mailbox has no such gate.')
  // what came in before is taken from those who hold it
  if (gate.revokedHour !== 0 && replicas === undefined) throw new MailboxError('AUTH', 'The gate has been revoked.')
  checkSize(arrival, bundle.classBytesMax, bundle.ttlHoursMax)
  const times = replicas ?? 1
  const room = { records: times * limits.recordsPerMailbox, bytes: times * limits.bytesPerMailbox }
  return {
    lane: { kind: 'gate', gate: gate.id, room, share: gate.share, gatesMax: times * gatesHeldMax },
    publicKey: gate.publicKey
  }
}

function strangersClaim(arrival: Arrival, limits: RelayLimits): Pick<Claim, 'lane' | 'asked'> {
  const { bundle, replicas, nowHour } = arrival
  const before = replicas === undefined || (bundle.before?.untilHour ?? 0) <= nowHour ? undefined : bundle.before
  const policies = before === undefined ? [bundle] : [bundle, before]
  const isOpen = policies.some(({ strangers }) => strangers === 'open')
  const bits = policies.flatMap(({ strangers, powBits }) => (strangers === 'pow' ? [powBits] : []))
  if (!isOpen && bits.length === 0) throw new MailboxError('POLICY', 'The owner takes no records from strangers.')
  // what was laxer before may have been the size and the time as well
  if (before === undefined) checkSize(arrival, bundle.strangersClassBytesMax, bundle.strangersTtlHoursMax)
  else checkSize(arrival, bundle.classBytesMax, bundle.ttlHoursMax)
  return {
    lane: { kind: 'strangers', room: strangersRoom(limits, replicas) },
    ...(isOpen ? {} : { asked: Math.min(...bits) })
  }
}

function checkSize({ record, header, nowHour }: Arrival, classBytesMax: number, ttlHoursMax: number): void {
  if (record.ct.byteLength > classBytesMax + tagBytes) throw new MailboxError('SIZE', 'Larger than the owner takes.')
  if (header.expiresHour - nowHour > ttlHoursMax + clockSkewHours)
    throw new MailboxError('EXPIRED', 'The expiry is later than the owner allows.')
}

/** Checks signatures of gates beside the event loop, a few at a time, so that the disk has threads left. */
export class Admission {
  readonly #turns = new Turns({ atOnce: gateChecksAtOnceMax, waitingMax: gateChecksWaitingMax })

  /**
   * Checks the signature or the stamp of a claim.
   * @param o.repair of a record from another replica: nothing more is asked for what is filled
   * @throws MailboxError AUTH, POW with the bits asked for, BUSY when too many wait
   */
  async prove(claim: Claim, recordId: Uint8Array, o: { repair: boolean }): Promise<Lane> {
    const { lane, mailbox, proof, publicKey, asked } = claim
    if (proof.kind === 'gate' && publicKey !== undefined) {
      const { signature } = proof
      const isSigned = await this.#turns.take(
        async () => await verifyGateProof(publicKey, mailbox, recordId, signature)
      )
      if (!isSigned) throw new MailboxError('AUTH', 'The gate has not let this record in.')
      return lane
    }
    if (asked === undefined) return lane
    const bits = proof.kind === 'stamp' ? stampBits(stampPrefix('record', mailbox, recordId), proof.nonce) : 0
    checkStamp(bits, asked)
    // what is filled is judged in the commit, where a record that is known is answered first (G6)
    return o.repair || lane.kind === 'gate' ? lane : { ...lane, stamp: { bits, asked } }
  }
}
