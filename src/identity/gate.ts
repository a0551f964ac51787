/** Gates: who holds the secret of one may deposit in a mailbox without proof of work (SPEC §4.9). */
import { randomBytes, sha256, signer } from '../crypto/primitives.ts'
import { MailboxError } from '../errors.ts'
import { domains } from './domains.ts'

export interface Gate {
  /** 32 bytes, the secret: contacts have it. */
  readonly seed: Uint8Array
  /** 32 bytes, Ed25519: the owner's key bundle has it. */
  readonly publicKey: Uint8Array
  /** 8 bytes, `gateIdOf` the public key. */
  readonly id: Uint8Array
  /** Ed25519 signature, 64 bytes. */
  readonly sign: (message: Uint8Array) => Uint8Array
}

/** A new gate; `random` is native randomness unless given. */
export function generateGate(random: (n: number) => Uint8Array = randomBytes): Gate {
  return gateFromSeed(random(32))
}

/**
 * The gate of a seed.
 * @throws MailboxError KEY unless the seed has 32 bytes
 */
export function gateFromSeed(seed: Uint8Array): Gate {
  if (seed.length !== 32) throw new MailboxError('KEY', `The seed of a gate has 32 bytes, not ${seed.length}.`)
  return new SeedGate(seed)
}

/** First 8 bytes of `SHA-256(domain ‖ public key)`: how a proof names its gate. */
export function gateIdOf(publicKey: Uint8Array): Uint8Array {
  return sha256(domains.gateId, publicKey).slice(0, 8)
}

class SeedGate implements Gate {
  readonly publicKey: Uint8Array
  readonly id: Uint8Array
  readonly sign: (message: Uint8Array) => Uint8Array
  // a private field: printing or serialising a gate shows no secret
  readonly #seed: Uint8Array

  constructor(seed: Uint8Array) {
    this.#seed = new Uint8Array(seed)
    const { publicKey, sign } = signer(seed)
    this.publicKey = publicKey
    this.sign = sign
    this.id = gateIdOf(publicKey)
  }

  get seed(): Uint8Array {
    return new Uint8Array(this.#seed)
  }
}
