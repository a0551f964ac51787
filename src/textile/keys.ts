/** Keys in the shapes of `@textile/crypto`. Only Ed25519, as there; checked as every key here is (SPEC §2.1). */
import { concat } from 'uint8arrays/concat'
import { systemEnvironment } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import type { IdentityKey, PrivateIdentity } from '../identity/keys.ts'
import { identityFromSeed, parseIdentityKey, verify } from '../identity/keys.ts'
import { decrypt, encrypt } from './box.ts'
import {
  privateKeyBytes,
  privateKeyFromString,
  privateKeyToString,
  publicKeyBytes,
  publicKeyBytesFromString,
  publicKeyToString
} from './text.ts'

/** Whoever verifies: a key of another library fits. */
export interface Public {
  verify: (data: Uint8Array, signature: Uint8Array) => Promise<boolean>
  /** The libp2p protobuf, 36 bytes. */
  readonly bytes: Uint8Array
}

/** Whoever signs. To open a mailbox takes more: see `Users.getToken`. */
export interface Identity {
  sign: (data: Uint8Array) => Promise<Uint8Array>
  readonly public: Public
}

export interface Private extends Identity {
  /** The libp2p protobuf, 68 bytes. */
  readonly bytes: Uint8Array
}

/** @throws MailboxError KEY */
function requireEd25519(type: string): void {
  if (type !== 'ed25519') throw new MailboxError('KEY', `Keys are of type ed25519, not ${type}.`)
}

export class PublicKey implements Public {
  /** 32 bytes. */
  readonly pubKey: IdentityKey
  readonly type: string

  /** @throws MailboxError KEY */
  constructor(pubKey: Uint8Array, type: string = 'ed25519') {
    requireEd25519(type)
    this.pubKey = parseIdentityKey(pubKey)
    this.type = type
  }

  /** @throws MailboxError ADDRESS */
  static fromString(text: string): PublicKey {
    return new PublicKey(publicKeyBytesFromString(text))
  }

  get bytes(): Uint8Array {
    return publicKeyBytes(this.pubKey)
  }

  /** Never throws: a signature that cannot be one is a wrong one. */
  async verify(data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return verify(this.pubKey, data, signature)
  }

  async encrypt(data: Uint8Array): Promise<Uint8Array> {
    return await encrypt(data, this.pubKey, this.type)
  }

  /** The address: 59 characters. */
  toString(): string {
    return publicKeyToString(this)
  }
}

/** A private key. Its secrets are accessors of a private field, so that printing or serialising the object shows none. */
export class PrivateKey implements Private {
  /** 32 bytes. */
  readonly pubKey: IdentityKey
  readonly type: string
  readonly #identity: PrivateIdentity

  /** @throws MailboxError KEY unless the secret is a seed of 32 bytes */
  constructor(secretKey: Uint8Array, type: string = 'ed25519') {
    requireEd25519(type)
    this.#identity = identityFromSeed(secretKey)
    this.pubKey = this.#identity.key
    this.type = type
  }

  static fromRandom(): PrivateKey {
    return new PrivateKey(systemEnvironment.random(32))
  }

  /** @throws MailboxError KEY */
  static fromRawEd25519Seed(rawSeed: Uint8Array): PrivateKey {
    return new PrivateKey(rawSeed)
  }

  /** Takes the legacy form, with the public half twice, as well. @throws MailboxError KEY */
  static fromString(text: string): PrivateKey {
    return new PrivateKey(privateKeyFromString(text))
  }

  /** 32 bytes. */
  get seed(): Uint8Array {
    return this.#identity.seed
  }

  /** 64 bytes: the seed, then the public key. */
  get privKey(): Uint8Array {
    return concat([this.seed, this.pubKey])
  }

  get public(): PublicKey {
    return new PublicKey(this.pubKey)
  }

  get bytes(): Uint8Array {
    return privateKeyBytes(this.seed)
  }

  /** Always true: a private key without its secret cannot be made. */
  canSign(): boolean {
    return true
  }

  async sign(data: Uint8Array): Promise<Uint8Array> {
    return await this.#identity.sign(data)
  }

  /** @throws MailboxError SEAL */
  async decrypt(ciphertext: Uint8Array): Promise<Uint8Array> {
    return await decrypt(ciphertext, this.seed, this.type)
  }

  /** 110 characters. */
  toString(): string {
    return privateKeyToString(this)
  }
}
