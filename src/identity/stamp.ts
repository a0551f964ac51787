/** Stamps: proofs of work, over what they are for (SPEC §7.6, §8.2). A worker finds them; here they are checked. */
import { concat } from 'uint8arrays/concat'
import { sha256 } from '../crypto/primitives.ts'
import { domains } from './domains.ts'

/** `record` lets a stranger's record in, its parts are mailbox and record id; `registration` opens a mailbox, its part. */
export type StampPurpose = 'record' | 'registration'

export const nonceBytes = 8

const prefixes = { record: domains.stamp, registration: domains.registrationStamp } as const

/** What a stamp is for: the nonce comes after it. */
export function stampPrefix(purpose: StampPurpose, ...parts: readonly Uint8Array[]): Uint8Array {
  return concat([new TextEncoder().encode(prefixes[purpose]), ...parts])
}

/** Zero bits that `SHA-256(prefix ‖ nonce)` begins with. */
export function stampBits(prefix: Uint8Array, nonce: Uint8Array): number {
  const hash = sha256(prefix, nonce)
  const at = hash.findIndex(byte => byte !== 0)
  return at === -1 ? 8 * hash.length : 8 * at + Math.clz32(hash[at] ?? 0) - 24
}
