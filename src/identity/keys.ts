/**
 * Identity keys. A key is parsed once, strictly; from then on its type says so. Signatures are verified by
 * crypto/ only, whose rules are the strict ones of RFC 8032 (SPEC §2.1).
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { LRUCache } from 'lru-cache'
import { concat } from 'uint8arrays/concat'
import type { Signer, Verifier } from '../crypto/port.ts'
import { hkdf, randomBytes, sha256, signer, verifier } from '../crypto/primitives.ts'
import { MailboxError } from '../errors.ts'
import { identityKeysCachedMax } from '../limits.ts'
import { domains } from './domains.ts'
import { binary, privateText, publicText } from './text.ts'

/** An Ed25519 public key, 32 bytes, that passed `parseIdentityKey`. */
export type IdentityKey = Uint8Array & { readonly brand: 'identity key' }

export interface Identity {
  readonly key: IdentityKey
  /** Text form of `key`, 59 characters. */
  readonly address: string
  /** Ed25519 signature, 64 bytes. */
  sign: (message: Uint8Array) => Promise<Uint8Array>
  /** 32 bytes that only the holder of the seed can derive: the secret of a last-resort prekey (SPEC §4.7). */
  lastResortSeed: (suite: number, epoch: number) => Promise<Uint8Array>
  /** Last-resort keys that never leave a wallet; then `lastResortSeed` is not called (SPEC §2.7). */
  readonly lastResort?: KeptKeys
}

/** Encryption keys whose secrets somebody else keeps. */
export interface KeptKeys {
  /** At most one for each suite. */
  readonly keys: ReadonlyArray<{ readonly suite: number; readonly publicKey: Uint8Array }>
  /** The plaintext; undefined when it does not open. @throws MailboxError WALLET when there is no answer */
  readonly open: (sealed: SealedBytes) => Promise<Uint8Array | undefined>
}

/** HPKE base mode, single shot (SPEC §3.6). */
export interface SealedBytes {
  readonly suite: number
  readonly enc: Uint8Array
  readonly ct: Uint8Array
  readonly info: Uint8Array
  readonly aad: Uint8Array
}

export interface PrivateIdentity extends Identity {
  /** 32 bytes. */
  readonly seed: Uint8Array
  /** Private key text, 110 characters. */
  toText: () => string
}

const keyBytes = 32
const signatureBytes = 64

interface ParsedKey {
  readonly verifier: Verifier
  /** SHA-256 of what has verified under this key lately and comes again: at most `lastingMax`, the latest first. */
  lasting: readonly string[]
}

/** Keys that passed the check, ready to verify with; bounded by `identityKeysCachedMax`. */
const parsed = new LRUCache<string, ParsedKey>({ max: identityKeysCachedMax })
/** An owner's locator, bundle and config, and the locator before. */
const lastingMax = 4

/**
 * Takes a key back from our own store as parsed: it was checked when it was stored, and the check costs 2 ms. Never for
 * bytes that come from elsewhere.
 */
export function recallIdentityKey(bytes: Uint8Array): void {
  const key = new Uint8Array(bytes)
  if (!parsed.has(binary(key))) keep(key)
}

function keep(key: Uint8Array): ParsedKey {
  const known = { verifier: verifier(key), lasting: [] }
  parsed.set(binary(key), known)
  return known
}

/**
 * Checks that 32 bytes are the canonical encoding of a point of the prime-order group other than the identity
 * (SPEC §2.1 checks 1 to 3). The answer is a copy.
 * @throws MailboxError KEY
 */
export function parseIdentityKey(bytes: Uint8Array): IdentityKey {
  const key = new Uint8Array(bytes) as IdentityKey
  // SPEC §2.1 check 1
  if (key.length !== keyBytes)
    throw new MailboxError('KEY', `An identity key has ${keyBytes} bytes, not ${key.length}.`)
  if (!parsed.has(binary(key))) {
    requirePrimeOrder(key)
    keep(key)
  }
  return key
}

function requirePrimeOrder(key: Uint8Array): void {
  const point = decodePoint(key)
  // SPEC §2.1 check 3
  if (point.isSmallOrder()) throw new MailboxError('KEY', 'An identity key must not be a point of small order.')
  // P + T with T of order 2, 4 or 8 shares its X25519 image with P, so it would be a second name of the same mailbox
  if (!point.isTorsionFree()) throw new MailboxError('KEY', 'An identity key must be in the prime-order group.')
}

function decodePoint(key: Uint8Array): InstanceType<typeof ed25519.Point> {
  try {
    // SPEC §2.1 check 2: false is the strict decoding of RFC 8032
    return ed25519.Point.fromBytes(key, false)
  } catch (cause) {
    throw new MailboxError('KEY', 'An identity key must be the canonical encoding of an Ed25519 point.', { cause })
  }
}

/** True when `signature` is the strict Ed25519 signature of `message` by `key`. Never throws. */
export function verify(key: IdentityKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== signatureBytes) return false
  return knownOf(key).verifier(message, signature)
}

/**
 * The answer of `verify`, for what is signed once and shown again and again, as locators are: the same bytes under the
 * same signature are worked out once, as long as they are among the last few of their key. Never throws.
 */
export function verifyLasting(key: IdentityKey, message: Uint8Array, signature: Uint8Array): boolean {
  // and so the two cannot be cut otherwise
  if (signature.length !== signatureBytes) return false
  const known = knownOf(key)
  const name = binary(sha256(signature, message))
  if (known.lasting.includes(name)) return true
  if (!known.verifier(message, signature)) return false
  known.lasting = [name, ...known.lasting.slice(0, lastingMax - 1)]
  return true
}

/** The answer of `verify`, worked out beside the event loop where the runtime has threads for it. Never throws. */
export async function verifyAside(key: IdentityKey, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return signature.length === signatureBytes && (await knownOf(key).verifier.aside(message, signature))
}

/** A key that was pushed out of the cache since it was parsed comes back: its type says that it passed the check. */
const knownOf = (key: IdentityKey): ParsedKey => parsed.get(binary(key)) ?? keep(key)

/**
 * The identity of a seed.
 * @throws MailboxError KEY unless the seed has 32 bytes
 */
export function identityFromSeed(seed: Uint8Array): PrivateIdentity {
  if (seed.length !== keyBytes) throw new MailboxError('KEY', `A seed has ${keyBytes} bytes, not ${seed.length}.`)
  return new SeedIdentity(seed)
}

/** A new identity; `random` is native randomness unless given. */
export function generateIdentity(random: (n: number) => Uint8Array = randomBytes): PrivateIdentity {
  return identityFromSeed(random(keyBytes))
}

class SeedIdentity implements PrivateIdentity {
  readonly key: IdentityKey
  readonly address: string
  // private fields: printing or serialising an identity shows no secret
  readonly #seed: Uint8Array
  readonly #signer: Signer

  constructor(seed: Uint8Array) {
    this.#seed = new Uint8Array(seed)
    this.#signer = signer(seed)
    // a multiple of the base point by a clamped scalar: in the prime-order group without a check
    this.key = new Uint8Array(this.#signer.publicKey) as IdentityKey
    keep(this.key)
    this.address = publicText(this.key)
  }

  get seed(): Uint8Array {
    return new Uint8Array(this.#seed)
  }

  async sign(message: Uint8Array): Promise<Uint8Array> {
    return this.#signer.sign(message)
  }

  async lastResortSeed(suite: number, epoch: number): Promise<Uint8Array> {
    return lastResortSecret(this.#seed, suite, epoch)
  }

  toText(): string {
    return privateText(this.#seed, this.key)
  }
}

/** The secret of a last-resort key, 32 bytes, from what only its owner has (SPEC §4.7). */
export function lastResortSecret(secret: Uint8Array, suite: number, epoch: number): Uint8Array {
  const info = concat([new TextEncoder().encode(domains.lastResort), Uint8Array.of(suite), u32(epoch)])
  return hkdf(secret, info, keyBytes)
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}
