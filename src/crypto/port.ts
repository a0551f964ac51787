/**
 * What identities, records and placement need of cryptography. Two modules fulfil it: `primitives.ts` with Node's native
 * crypto, and `primitives.browser.ts`, which the `browser` field of package.json puts in its place. Both give the same
 * bytes and refuse the same signatures (SPEC §2.1).
 */
export interface Signer {
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array
  /** 64 bytes. */
  readonly sign: (message: Uint8Array) => Uint8Array
}

/** Never throws; `signature` has 64 bytes. */
export interface Verifier {
  (message: Uint8Array, signature: Uint8Array): boolean
  /** The same answer, worked out beside the event loop where the runtime has threads for it. */
  readonly aside: (message: Uint8Array, signature: Uint8Array) => Promise<boolean>
}

export interface Primitives {
  /** Of the parts, one after the other; text counts as UTF-8. */
  readonly sha256: (...parts: (Uint8Array | string)[]) => Uint8Array
  /** HKDF-SHA256 without salt, `bytes` bytes. */
  readonly hkdf: (secret: Uint8Array, info: Uint8Array, bytes: number) => Uint8Array
  readonly randomBytes: (bytes: number) => Uint8Array
  /** Ed25519 from a seed of 32 bytes. */
  readonly signer: (seed: Uint8Array) => Signer
  /** Ed25519 without cofactor (SPEC §2.1), for a key that is known to be in the prime-order group. */
  readonly verifier: (publicKey: Uint8Array) => Verifier
  /** X25519 of a scalar and the base point, 32 bytes. */
  readonly x25519PublicKey: (scalar: Uint8Array) => Uint8Array
  /** MLKEM768-X25519 from its serialised private key, a seed of 32 bytes; 1,216 bytes. */
  readonly mlkem768X25519PublicKey: (seed: Uint8Array) => Uint8Array
}
