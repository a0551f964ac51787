/** The key bundle: the prekeys of a mailbox and what it takes, signed by its owner (SPEC §4.3, §4.7). */
import { equals } from 'uint8arrays/equals'
import { sha256 } from '../crypto/primitives.ts'
import { MailboxError } from '../errors.ts'
import {
  bundleBytesMax,
  bundleKeysMax,
  gatesMax,
  ladderBytes,
  powBitsMax,
  ttlHoursMax as ttlHoursCeiling,
  ttlHoursMin
} from '../limits.ts'
import {
  KeyBundle as BundleMessage,
  type BundleGate as GateMessage,
  type BundleKey as KeyMessage
} from '../wire/messages.js'
import { domains, payloadTypes } from './domains.ts'
import { gateIdOf } from './gate.ts'
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

/** A gate as the owner tells it to relays (SPEC §4.9). */
export interface BundleGate {
  /** 32 bytes, Ed25519; whether it is a point of the prime-order group is found out when a proof names it. */
  publicKey: Uint8Array
  /** 8 bytes, `gateIdOf` the public key. */
  id: Uint8Array
  /** Percent of the mailbox's limits that records through it may take, 1 to 100. */
  share: number
  /** 0: in force. Else nothing new comes through it, and what came is still taken in repair. */
  revokedHour: number
}

/** What held for strangers until not long ago, where it was laxer: records of then are taken in repair (SPEC §7.6). */
export interface StrangersBefore {
  strangers: Strangers
  powBits: number
  untilHour: number
}

export interface KeyBundleFields {
  seq: number
  issuedHour: number
  validUntilHour: number
  keys: readonly BundleKey[]
  strangers: Strangers
  /** Largest ladder size taken. */
  classBytesMax: number
  ttlHoursMax: number
  /** Zero bits of a stranger's stamp where `strangers` is 'pow'; relays ask for more as the lane fills. */
  powBits: number
  /** Largest ladder size taken from strangers, at most `classBytesMax`. */
  strangersClassBytesMax: number
  /** At most `ttlHoursMax`. */
  strangersTtlHoursMax: number
  gates: readonly BundleGate[]
  before?: StrangersBefore | undefined
}

export interface KeyBundle extends KeyBundleFields {
  readonly mailbox: IdentityKey
  /** The signed envelope. */
  readonly bytes: Uint8Array
  /** SHA-256 of the signed payload. */
  readonly digest: Uint8Array
}

/** As they are numbered on the wire, from 1 on. */
const strangers = ['closed', 'pow', 'open'] as const
const numberOf = (policy: Strangers): number => strangers.indexOf(policy) + 1

/** First 8 bytes of `SHA-256(domain ‖ suite ‖ public key)`, the suite being one byte (SPEC §3.3). */
export function keyIdOf(suite: number, publicKey: Uint8Array): Uint8Array {
  return sha256(domains.keyId, Uint8Array.of(suite), publicKey).slice(0, 8)
}

/**
 * Signs a key bundle.
 * @throws MailboxError DESCRIPTOR, SIZE, EXPIRED as `openBundle` would
 */
export async function signBundle(identity: Identity, fields: KeyBundleFields): Promise<KeyBundle> {
  const { before, ...rest } = fields
  const payload = BundleMessage.encode({
    version: 1,
    ...rest,
    keys: fields.keys.map(keyMessage),
    gates: fields.gates.map(gateMessage),
    strangers: numberOf(fields.strangers),
    ...(before === undefined ? {} : { before: { ...before, strangers: numberOf(before.strangers) } })
  })
  const bytes = await sealDescriptor(identity, domains.bundle, payloadTypes.bundle, payload)
  return await openBundle(bytes, { mailbox: identity.key, nowHour: fields.issuedHour })
}

/** Only what is public: a held prekey carries its secret in the same object. */
function keyMessage({ suite, keyId, publicKey, notAfterHour, lastResort }: BundleKey): KeyMessage {
  return { suite, keyId, publicKey, notAfterHour, lastResort }
}

/** Only what is public: a gate of the owner's own carries its seed in the same object. */
function gateMessage({ publicKey, share, revokedHour }: BundleGate): GateMessage {
  return { publicKey, share, revokedHour }
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
  const { version, strangers: number, before, ...fields } = message
  if (version !== 1) throw new MailboxError('VERSION', `Bundle version ${version} is not known.`)
  // SPEC §4.3 check 4
  const policy = policyOf(number)
  if (policy === undefined) throw new MailboxError('VERSION', `Strangers policy ${number} is not known.`)
  // SPEC §4.3 checks 5 to 7
  checkMessage(message)
  if (o.nowHour !== undefined) checkValidity(message, o.nowHour, 'key bundle')
  const keys = message.keys.filter(held => suites.has(held.suite))
  const gates = message.gates.map(gate => ({ ...gate, id: gateIdOf(gate.publicKey) }))
  require(gates.every(
    ({ id }, at) => gates.findIndex(gate => equals(gate.id, id)) === at
  ), 'A key bundle names a gate twice.')
  const earlier = before === undefined ? {} : { before: { ...before, strangers: earlierPolicy(before.strangers) } }
  return { mailbox: key, ...fields, strangers: policy, keys, gates, ...earlier, bytes, digest: sha256(payload) }
}

const policyOf = (number: number): Strangers | undefined => strangers[number - 1]

function earlierPolicy(number: number): Strangers {
  const policy = policyOf(number)
  if (policy === undefined) throw new MailboxError('DESCRIPTOR', `An earlier strangers policy ${number} is not known.`)
  return policy
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
  checkAdmission(message)
  // SPEC §4.3 check 6
  for (const key of message.keys) checkKey(key)
}

function checkAdmission(message: BundleMessage): void {
  const { strangersClassBytesMax, strangersTtlHoursMax, powBits, gates, before } = message
  require(ladderBytes.includes(strangersClassBytesMax) &&
    strangersClassBytesMax <=
      message.classBytesMax, 'The largest class for strangers is not on the ladder up to that for all.')
  require(strangersTtlHoursMax >= ttlHoursMin &&
    strangersTtlHoursMax <= message.ttlHoursMax, 'The longest time to live for strangers is out of range.')
  require(powBits <= powBitsMax && (before?.powBits ?? 0) <= powBitsMax, `A stamp has at most ${powBitsMax} bits.`)
  require(gates.length <= gatesMax, `A key bundle has at most ${gatesMax} gates.`)
  require(gates.every(({ publicKey }) => publicKey.length === 32), 'A public key of a gate has the wrong length.')
  require(gates.every(({ share }) => share >= 1 && share <= 100), 'The share of a gate is from 1 to 100 percent.')
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
