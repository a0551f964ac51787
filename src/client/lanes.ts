/** By which way a record may come into somebody's mailbox, and what may come by it (SPEC §7.6). Pure. */
import { equals } from 'uint8arrays'
import { MailboxError } from '../errors.ts'
import type { KeyBundle } from '../identity/bundle.ts'
import type { Gate } from '../identity/gate.ts'
import { strangersRiseBitsMax, ttlHoursMin } from '../limits.ts'

interface Bounds {
  readonly classBytesMax: number
  readonly ttlHoursMax: number
}

export type Lane =
  | (Bounds & { readonly kind: 'gate'; readonly gate: Gate })
  | (Bounds & { readonly kind: 'strangers'; readonly policy: KeyBundle['strangers']; readonly bits: number })

/** The lane of a gate that the owner's bundle lets in, else that of strangers. */
export function laneOf(bundle: KeyBundle, gate: Gate | undefined): Lane {
  const listed =
    gate === undefined ? undefined : bundle.gates.find(({ publicKey }) => equals(publicKey, gate.publicKey))
  if (gate !== undefined && listed?.revokedHour === 0)
    return { kind: 'gate', gate, classBytesMax: bundle.classBytesMax, ttlHoursMax: bundle.ttlHoursMax }
  return {
    kind: 'strangers',
    policy: bundle.strangers,
    bits: bundle.powBits,
    classBytesMax: bundle.strangersClassBytesMax,
    ttlHoursMax: bundle.strangersTtlHoursMax
  }
}

/** True: the owner says that this gate lets nobody in any more. */
export function isRevoked(bundle: KeyBundle, gate: Gate): boolean {
  return bundle.gates.some(({ publicKey, revokedHour }) => equals(publicKey, gate.publicKey) && revokedHour > 0)
}

/** Why a sealed message of this size and time to live does not come in by this lane, now or later. */
export function refusalBy(lane: Lane, bytes: number, hours: number): MailboxError | undefined {
  if (lane.kind === 'strangers' && lane.policy === 'closed')
    return new MailboxError('POLICY', `This mailbox takes nothing from strangers: ${remedy}`)
  const hint = lane.kind === 'strangers' ? ` from strangers. For more, ${remedy}` : '.'
  if (hours > lane.ttlHoursMax)
    return new MailboxError(
      'EXPIRED',
      `The time to live is ${hours} hours; this mailbox takes ${ttlHoursMin} to ${lane.ttlHoursMax}${hint}`,
      { limit: lane.kind === 'strangers' ? 'strangersTtlHoursMax' : 'ttlHoursMax' }
    )
  if (bytes > lane.classBytesMax)
    return new MailboxError(
      'SIZE',
      `The sealed message has ${bytes} bytes; this mailbox takes ${lane.classBytesMax}${hint}`,
      { limit: lane.kind === 'strangers' ? 'strangersClassBytesMax' : 'classBytesMax' }
    )
  return undefined
}

const remedy = 'ask its owner for an invitation.'

/** Zero bits of a stamp: of what relays ask for the most that a filling lane may ask for. Others ask in vain. */
export function stampBitsOf({ bits }: Lane & { kind: 'strangers' }, asked: readonly number[]): number {
  return Math.max(bits, ...asked.filter(more => more <= bits + strangersRiseBitsMax))
}
