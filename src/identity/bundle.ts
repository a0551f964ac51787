/** The key bundle: the prekeys of a mailbox and what it takes, signed by its owner (SPEC §4.3, §4.7). */
import { equals } from 'uint8arrays/equals'
import { sha256 } from '../crypto/primitives.ts'
import { MailboxError } from '../errors.ts'
import { bundleBytesMax, bundleKeysMax, ladderBytes, ttlHoursMax as ttlHoursCeiling, ttlHoursMin } from '../limits.ts'
import { KeyBundle as BundleMessage, type BundleKey as KeyMessage } from '../wire/messages.js'
import { domains, payloadTypes } from './domains.ts'
import type { Identity, IdentityKey } from './keys.ts'
import { checkValidity } from './locator.ts'
import { suites } from './record.ts'
import { openDescriptor, sealDescriptor } from './signed.ts'

export interface BundleKey {
  suite: number
  /** 8 bytes, `keyIdOf` the suite and public key. */
  keyId: Uint8Array
  /** 32 bytes (suite 1) or 1,216 (suite 2). */
  publicKey: Uint8Array
  /** Senders use the key before this hour. 0 with `lastResort`: as long as the bundle is valid. */
  notAfterHour: number
  /** Derived from the seed: no forward secrecy, used only when no rotating key is valid. */
  lastResort: boolean
}

/** What strangers may do: nothing, deposit with a proof of work, deposit. */
export type Strangers = 'closed' | 'pow' | 'open'

export interface KeyBundleFields {
  seq: number
  issuedHour: number
  validUntilHour: number
  keys: readonly BundleKey[]
  strangers: Strangers
  /** Largest ladder size taken. */
  classBytesMax: number
  ttlHoursMax: number
}

export interface KeyBundle extends KeyBundleFields {
  readonly mailbox: IdentityKey
  /** The signed envelope. */
  readonly bytes: Uint8Array
  /** SHA-256 of the signed payload. */
  readonly digest: Uint8Array
}

const strangers = ['closed', 'pow', 'open'] as const

/** First 8 bytes of `SHA-256(domain ‖ suite ‖ public key)`, the suite being one byte (SPEC §3.3). */
export function keyIdOf(suite: number, publicKey: Uint8Array): Uint8Array {
  return sha256(domains.keyId, Uint8Array.of(suite), publicKey).slice(0, 8)
}

/**
 * Signs a key bundle.
 * @throws MailboxError DESCRIPTOR, SIZE, EXPIRED as `openBundle` would
 */
export async function signBundle(identity: Identity, fields: KeyBundleFields): Promise<KeyBundle> {
  const payload = BundleMessage.encode({
    version: 1,
    ...fields,
    keys: fields.keys.map(keyMessage),
    strangers: strangers.indexOf(fields.strangers) + 1
  })
  const bytes = await sealDescriptor(identity, domains.bundle, payloadTypes.bundle, payload)
  return await openBundle(bytes, { mailbox: identity.key, nowHour: fields.issuedHour })
}

/** Only what is public: a held prekey carries its secret in the same object. */
function keyMessage({ suite, keyId, publicKey, notAfterHour, lastResort }: BundleKey): KeyMessage {
  return { suite, keyId, publicKey, notAfterHour, lastResort }
}

/**
 * Opens a key bundle (SPEC §4.3 checks 1 to 7). Keys of suites this version does not know are left out.
 * @throws MailboxError SIZE, DESCRIPTOR, VERSION, EXPIRED
 */
export async function openBundle(
  bytes: Uint8Array,
  // without nowHour: what was taken before, and checked then
  o: { mailbox?: Uint8Array | undefined; nowHour?: number | undefined }
): Promise<KeyBundle> {
  // SPEC §4.3 check 1
  if (bytes.length > bundleBytesMax) {
    throw new MailboxError('SIZE', `A key bundle has at most ${bundleBytesMax} bytes, not ${bytes.length}.`, {
      limit: 'bundleBytesMax'
    })
  }
  // SPEC §4.3 check 2
  const { key, payload } = await openDescriptor(bytes, domains.bundle, payloadTypes.bundle, o.mailbox)
  // SPEC §4.3 check 3
  const message = decode(payload)
  if (message.version !== 1) throw new MailboxError('VERSION', `Bundle version ${message.version} is not known.`)
  // SPEC §4.3 check 4
  const policy = strangers[message.strangers - 1]
  if (policy === undefined) throw new MailboxError('VERSION', `Strangers policy ${message.strangers} is not known.`)
  // SPEC §4.3 checks 5 to 7
  checkMessage(message)
  if (o.nowHour !== undefined) checkValidity(message, o.nowHour, 'key bundle')
  const { seq, issuedHour, validUntilHour, classBytesMax, ttlHoursMax } = message
  const keys = message.keys.filter(held => suites.has(held.suite))
  const digest = sha256(payload)
  return {
    mailbox: key,
    seq,
    issuedHour,
    validUntilHour,
    keys,
    strangers: policy,
    classBytesMax,
    ttlHoursMax,
    bytes,
    digest
  }
}

function decode(payload: Uint8Array): BundleMessage {
  try {
    return BundleMessage.decode(payload)
  } catch (cause) {
    throw new MailboxError('DESCRIPTOR', 'The payload of a key bundle cannot be read.', { cause })
  }
}

function checkMessage(message: BundleMessage): void {
  require(Number.isSafeInteger(message.seq) && message.seq > 0, 'The seq of a key bundle is not a positive integer.')
  require(message.issuedHour < message.validUntilHour, 'A key bundle ends before it begins.')
  require(message.keys.length >= 1 &&
    message.keys.length <= bundleKeysMax, `A key bundle has 1 to ${bundleKeysMax} keys.`)
  require(ladderBytes.includes(message.classBytesMax), 'The largest class of a key bundle is not on the ladder.')
  require(message.ttlHoursMax >= ttlHoursMin &&
    message.ttlHoursMax <= ttlHoursCeiling, 'The longest time to live of a key bundle is out of range.')
  // SPEC §4.3 check 6
  for (const key of message.keys) checkKey(key)
}

function checkKey(key: KeyMessage): void {
  const sizes = suites.get(key.suite)
  if (sizes === undefined) return
  require(key.publicKey.length === sizes.publicKeyBytes, 'A public key of a bundle has the wrong length.')
  require(equals(key.keyId, keyIdOf(key.suite, key.publicKey)), 'A key id of a bundle is not that of its key.')
}

/**
 * The key to seal to (SPEC §4.7): of the valid rotating keys the strongest suite, of those the one valid longest;
 * without one, the last-resort key of the strongest suite.
 * @throws MailboxError VERSION when the bundle has no key of a known suite, EXPIRED when none is valid
 */
export function pickKey(bundle: KeyBundle, nowHour: number): BundleKey {
  if (bundle.keys.length === 0) throw new MailboxError('VERSION', 'The key bundle has no key of a suite known here.')
  checkValidity(bundle, nowHour, 'key bundle')
  const valid = bundle.keys.filter(key => key.notAfterHour > nowHour || (key.lastResort && key.notAfterHour === 0))
  const best = valid.toSorted(better)[0]
  if (best === undefined) throw new MailboxError('EXPIRED', 'No key of the key bundle is valid any more.')
  return best
}

function better(a: BundleKey, b: BundleKey): number {
  return Number(a.lastResort) - Number(b.lastResort) || b.suite - a.suite || b.notAfterHour - a.notAfterHour
}

function require(condition: boolean, otherwise: string): void {
  if (!condition) throw new MailboxError('DESCRIPTOR', otherwise)
}
