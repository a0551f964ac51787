/**
 * An encrypted key file: the seed of an identity under a passphrase, one line of text. Its header names the address, so
 * that this can be shown without the passphrase (SPEC §2.4).
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { scryptAsync } from '@noble/hashes/scrypt.js'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { MailboxError } from '../errors.ts'
import { keyFileMemoryBytesMax, keyFileWorkMax, passphraseBytesMax } from '../limits.ts'
import { domains } from './domains.ts'
import { identityFromSeed, parseIdentityKey, type PrivateIdentity } from './keys.ts'
import { bytesText, publicText, textBytes } from './text.ts'

/** Of scrypt (RFC 7914): N = 2^`logN`, r and p. Opening takes 128 · N · r bytes of memory. */
export interface KeyFileCost {
  readonly logN: number
  readonly r: number
  readonly p: number
}

/** 128 MiB and about a second of one processor for each guess. */
export const keyFileCost: KeyFileCost = { logN: 17, r: 8, p: 1 }

export interface KeyFileHeader {
  /** What the file says; proved only when it opens. */
  readonly address: string
  readonly cost: KeyFileCost
}

interface Parsed extends KeyFileHeader {
  readonly header: Uint8Array
  readonly key: Uint8Array
  readonly salt: Uint8Array
  readonly nonce: Uint8Array
  readonly sealed: Uint8Array
}

const magic = new TextEncoder().encode('mbkf')
const version = 1
const saltBytes = 16
const nonceBytes = 24
const headerBytes = 80
const fileBytes = headerBytes + 48
/** Every text of a key file begins so: the multibase prefix and the magic. */
const begins = 'bnvrgwz'
const textLength = 206

/** Does this text mean to be a key file? Whether it is one, `keyFileHeader` and `openKeyFile` say. */
export function looksLikeKeyFile(text: string): boolean {
  return text.startsWith(begins)
}

/**
 * What can be read without the passphrase.
 * @throws MailboxError KEY: not a key file, or one that would cost too much to open; VERSION: a newer one
 */
export function keyFileHeader(text: string): KeyFileHeader {
  const { address, cost } = parse(text)
  return { address, cost }
}

/**
 * The text of a key file, 206 characters.
 * @param o.cost only tests take less than the default
 * @throws MailboxError PASSPHRASE when it is empty or too long, KEY when the cost is over its limits
 */
export async function sealKeyFile(
  identity: PrivateIdentity,
  passphrase: string,
  o: { random: (n: number) => Uint8Array; cost?: KeyFileCost; signal?: AbortSignal | undefined }
): Promise<string> {
  const { cost = keyFileCost, random, signal } = o
  checkCost(cost)
  const [salt, nonce] = [random(saltBytes), random(nonceBytes)]
  const fixed = Uint8Array.of(...magic, version, cost.logN, cost.r, cost.p)
  const header = concat([fixed, identity.key, salt, nonce])
  const key = await derive(passphrase, salt, cost, signal)
  return bytesText(concat([header, xchacha20poly1305(key, nonce, header).encrypt(identity.seed)]))
}

/**
 * The identity in a key file. Its cost is checked before any work is done.
 * @throws MailboxError PASSPHRASE: it is wrong, or the file was damaged, which cannot be told apart; KEY, VERSION
 */
export async function openKeyFile(
  text: string,
  passphrase: string,
  o: { signal?: AbortSignal | undefined } = {}
): Promise<PrivateIdentity> {
  const { header, key, salt, nonce, sealed, cost } = parse(text)
  const secret = await derive(passphrase, salt, cost, o.signal)
  const identity = identityFromSeed(unseal(secret, { header, nonce, sealed }))
  // whoever knows the passphrase can write a header of their choice
  if (!equals(identity.key, key)) throw new MailboxError('KEY', 'The seed in this key file is not that of its address.')
  return identity
}

function unseal(secret: Uint8Array, o: { header: Uint8Array; nonce: Uint8Array; sealed: Uint8Array }): Uint8Array {
  try {
    return xchacha20poly1305(secret, o.nonce, o.header).decrypt(o.sealed)
  } catch (cause) {
    throw new MailboxError(
      'PASSPHRASE',
      'The passphrase does not open this key file: it is wrong, or the file is damaged, which cannot be told apart; try again, or go back to a copy or the recovery phrase.',
      { cause }
    )
  }
}

/** 32 bytes. The passphrase counts in NFKC, so that it is the same from every keyboard. */
async function derive(
  passphrase: string,
  salt: Uint8Array,
  cost: KeyFileCost,
  signal: AbortSignal | undefined
): Promise<Uint8Array> {
  signal?.throwIfAborted()
  const password = passphraseBytes(passphrase)
  return await scryptAsync(password, concat([new TextEncoder().encode(domains.keyFile), salt]), {
    N: 2 ** cost.logN,
    r: cost.r,
    p: cost.p,
    dkLen: 32,
    onProgress: () => {
      signal?.throwIfAborted()
    }
  })
}

/** @throws MailboxError PASSPHRASE when it is empty or longer than `passphraseBytesMax` */
export function passphraseBytes(passphrase: string): Uint8Array {
  const bytes = new TextEncoder().encode(passphrase.normalize('NFKC'))
  if (bytes.length === 0) throw new MailboxError('PASSPHRASE', 'The passphrase is empty: give one with characters.')
  if (bytes.length > passphraseBytesMax) {
    throw new MailboxError(
      'PASSPHRASE',
      `The passphrase has ${bytes.length} bytes; at most ${passphraseBytesMax} are taken.`,
      { limit: 'passphraseBytesMax' }
    )
  }
  return bytes
}

function parse(text: string): Parsed {
  const bytes = textBytes(text)
  if (bytes === undefined || !equals(bytes.subarray(0, magic.length), magic)) throw notAKeyFile(text)
  if (bytes[magic.length] !== version) {
    throw new MailboxError(
      'VERSION',
      `This key file has version ${bytes[magic.length] ?? 'none'}, and this program reads version ${version}: use a newer program.`
    )
  }
  if (bytes.length !== fileBytes) throw notAKeyFile(text)
  const [logN = 0, r = 0, p = 0] = bytes.subarray(5, 8)
  const cost = { logN, r, p }
  checkCost(cost)
  const key = parseIdentityKey(bytes.subarray(8, 40))
  return {
    address: publicText(key),
    cost,
    header: bytes.subarray(0, headerBytes),
    key,
    salt: bytes.subarray(40, 56),
    nonce: bytes.subarray(56, headerBytes),
    sealed: bytes.subarray(headerBytes)
  }
}

/** A file that is not ours must not cost memory or hours before it is found to be none. */
function checkCost({ logN, r, p }: KeyFileCost): void {
  const [memory, work] = [128 * 2 ** logN * r, 2 ** logN * r * p]
  if (logN < 1 || r < 1 || p < 1) throw new MailboxError('KEY', 'The cost named in this key file is not one of scrypt.')
  if (memory > keyFileMemoryBytesMax) {
    throw new MailboxError(
      'KEY',
      `This key file asks for more than ${keyFileMemoryBytesMax} bytes of memory to be opened (keyFileMemoryBytesMax).`,
      { limit: 'keyFileMemoryBytesMax' }
    )
  }
  if (work > keyFileWorkMax) {
    throw new MailboxError('KEY', 'This key file asks for more work to be opened than is done (keyFileWorkMax).', {
      limit: 'keyFileWorkMax'
    })
  }
}

/** Never repeats the text, which may be a private key. */
function notAKeyFile(text: string): MailboxError {
  const wanted = `A key file is one line of ${textLength} characters of lower-case base32 that begin with ${begins}`
  if (!text.startsWith(begins)) return new MailboxError('KEY', `${wanted}; this begins otherwise.`)
  if (text.length !== textLength)
    return new MailboxError('KEY', `${wanted}; this has ${text.length} characters: take another copy.`)
  return new MailboxError('KEY', `${wanted}; this one contains an error: take another copy.`)
}
