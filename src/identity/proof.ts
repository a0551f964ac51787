/** Why a relay takes a record: what travels beside it, and is checked again by every relay that gets it (SPEC §7.6). */
import { concat } from 'uint8arrays/concat'
import { isMailboxError, MailboxError } from '../errors.ts'
import { proofBytesMax } from '../limits.ts'
import { Proof as ProofMessage } from '../wire/messages.js'
import { domains, payloadTypes } from './domains.ts'
import type { Gate } from './gate.ts'
import { parseIdentityKey, verifyAside, type IdentityKey } from './keys.ts'
import { signingInput } from './signed.ts'
import { nonceBytes } from './stamp.ts'

export type Proof =
  /** `gate` is an id, 8 bytes; `signature` has 64 bytes and has not been verified. */
  | { readonly kind: 'gate'; readonly gate: Uint8Array; readonly signature: Uint8Array }
  /** `nonce` has 8 bytes; its work has not been counted. */
  | { readonly kind: 'stamp'; readonly nonce: Uint8Array }
  | { readonly kind: 'none' }

const none = new Uint8Array(0)

/**
 * Reads a proof: its form, and nothing else (SPEC §7.6 check 1).
 * @throws MailboxError MALFORMED
 */
export function decodeProof(bytes: Uint8Array | undefined): Proof {
  if (bytes === undefined) return { kind: 'none' }
  if (bytes.length > proofBytesMax) throw new MailboxError('MALFORMED', `A proof has at most ${proofBytesMax} bytes.`)
  const { gate, signature, nonce } = decode(bytes)
  if (gate.length === 8 && signature.length === 64 && nonce.length === 0) return { kind: 'gate', gate, signature }
  if (gate.length + signature.length > 0) throw new MailboxError('MALFORMED', 'A proof that is of no known kind.')
  if (nonce.length === nonceBytes) return { kind: 'stamp', nonce }
  if (nonce.length > 0) throw new MailboxError('MALFORMED', `The nonce of a stamp has ${nonceBytes} bytes.`)
  return { kind: 'none' }
}

function decode(bytes: Uint8Array): ProofMessage {
  try {
    return ProofMessage.decode(bytes)
  } catch (cause) {
    throw new MailboxError('MALFORMED', 'A proof that cannot be read.', { cause })
  }
}

/** The encoded proof of who holds a gate, for one record in one mailbox. */
export async function gateProof(gate: Gate, mailbox: Uint8Array, recordId: Uint8Array): Promise<Uint8Array> {
  const signature = await Promise.resolve(gate.sign(gateInput(mailbox, recordId)))
  return ProofMessage.encode({ gate: gate.id, signature, nonce: none })
}

/** The encoded proof of who has done the work; `nonce` has 8 bytes. */
export function stampProof(nonce: Uint8Array): Uint8Array {
  return ProofMessage.encode({ gate: none, signature: none, nonce })
}

/** True when the holder of a gate has let this record into this mailbox. Beside the event loop. Never throws. */
export async function verifyGateProof(
  publicKey: Uint8Array,
  mailbox: Uint8Array,
  recordId: Uint8Array,
  signature: Uint8Array
): Promise<boolean> {
  const key = keyOf(publicKey)
  return key !== undefined && (await verifyAside(key, gateInput(mailbox, recordId), signature))
}

/** SPEC §2.1: without it two relays could disagree about a signature, and a constant would open the gate for everybody. */
function keyOf(publicKey: Uint8Array): IdentityKey | undefined {
  try {
    return parseIdentityKey(publicKey)
  } catch (error) {
    if (isMailboxError(error)) return undefined
    throw error
  }
}

function gateInput(mailbox: Uint8Array, recordId: Uint8Array): Uint8Array {
  return signingInput(domains.gate, payloadTypes.gate, concat([mailbox, recordId]))
}
