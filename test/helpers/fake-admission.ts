/** What a relay says of a record and its proof, by SPEC §7.6 read once more: for the fake relay. */
import { equals } from 'uint8arrays'
import type { Environment } from '../../src/environment.ts'
import { hourOf } from '../../src/environment.ts'
import { Status } from '../../src/errors.ts'
import { openBundle } from '../../src/identity/bundle.ts'
import { decodeProof, verifyGateProof } from '../../src/identity/proof.ts'
import { decodeHeader, recordId } from '../../src/identity/record.ts'
import { stampBits, stampPrefix } from '../../src/identity/stamp.ts'
import { clockSkewHours, tagBytes } from '../../src/limits.ts'
import type { Record } from '../../src/wire/messages.js'

interface Refusal {
  readonly status: number
  readonly powBits?: number
}

/** @param o.rise bits beyond the owner's */
export async function refusalOf(
  bytes: Uint8Array | undefined,
  record: Record,
  encoded: Uint8Array | undefined,
  o: { rise: number; env: Environment }
): Promise<Refusal | undefined> {
  if (bytes === undefined) return undefined
  const bundle = await openBundle(bytes, {})
  const { mailbox, expiresHour } = decodeHeader(record.header)
  const id = recordId(record)
  const proof = decodeProof(encoded)
  const within = (classBytesMax: number, ttlHoursMax: number): Refusal | undefined => {
    if (record.ct.length - tagBytes > classBytesMax) return { status: Status.SIZE }
    return expiresHour - hourOf(o.env.now()) > ttlHoursMax + clockSkewHours ? { status: Status.EXPIRED } : undefined
  }
  if (proof.kind === 'gate') {
    const gate = bundle.gates.find(one => equals(one.id, proof.gate))
    const good = gate?.revokedHour === 0 && (await verifyGateProof(gate.publicKey, mailbox, id, proof.signature))
    return good ? within(bundle.classBytesMax, bundle.ttlHoursMax) : { status: Status.AUTH }
  }
  if (bundle.strangers === 'closed') return { status: Status.POLICY }
  const wrong = within(bundle.strangersClassBytesMax, bundle.strangersTtlHoursMax)
  if (wrong !== undefined || bundle.strangers === 'open') return wrong
  const bits = bundle.powBits + o.rise
  const made = proof.kind === 'stamp' ? stampBits(stampPrefix('record', mailbox, id), proof.nonce) : -1
  return made >= bits ? undefined : { status: Status.POW, powBits: bits }
}
