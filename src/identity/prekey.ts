/** Prekeys: the owner's own encryption keys, how they are made, rotated and erased (SPEC §4.7). */
import { mlkem768X25519PublicKey, x25519PublicKey } from '../crypto/primitives.ts'
import { MailboxError } from '../errors.ts'
import {
  cacheHours,
  clockSkewHours,
  prekeyRotationHours,
  prekeyValidHours,
  ttlHoursMax as ttlHoursCeiling
} from '../limits.ts'
import { keyIdOf, type BundleKey } from './bundle.ts'
import type { Identity, KeptKeys } from './keys.ts'

export interface Prekey extends BundleKey {
  /** 32 bytes, the KEM's serialised private key: X25519 scalar (suite 1) or MLKEM768-X25519 seed (suite 2). */
  secret: Uint8Array
  /** A last-resort key of a wallet: opens in the place of `secret`, which is empty then. Never stored. */
  open?: KeptKeys['open']
  createdHour: number
  /** When a newer rotating key took its place. */
  replacedHour?: number
}

const secretBytes = 32

/**
 * A new rotating key, valid for `prekeyValidHours`.
 * @throws MailboxError VERSION for an unknown suite
 */
export async function generatePrekey(
  suite: number,
  o: { nowHour: number; random: (n: number) => Uint8Array }
): Promise<Prekey> {
  const notAfterHour = o.nowHour + prekeyValidHours
  return prekeyFrom(suite, o.random(secretBytes), { notAfterHour, lastResort: false, createdHour: o.nowHour })
}

/**
 * The last-resort keys of an identity, one for each suite; those that a wallet keeps, where it does (SPEC §2.7).
 * @throws MailboxError WALLET, VERSION for an unknown suite
 */
export async function lastResortPrekeys(
  identity: Identity,
  suites: readonly number[],
  epoch: number
): Promise<Prekey[]> {
  const kept = identity.lastResort
  if (kept === undefined)
    return await Promise.all(suites.map(async suite => await lastResortPrekey(identity, suite, epoch)))
  return kept.keys
    .filter(({ suite }) => suites.includes(suite))
    .map(({ suite, publicKey }) => ({
      suite,
      keyId: keyIdOf(suite, publicKey),
      publicKey,
      secret: new Uint8Array(0),
      open: kept.open,
      notAfterHour: 0,
      lastResort: true,
      createdHour: 0
    }))
}

/**
 * The last-resort key of an identity: the same every time, so it survives the loss of everything but the seed.
 * @throws MailboxError VERSION for an unknown suite
 */
export async function lastResortPrekey(identity: Identity, suite: number, epoch: number): Promise<Prekey> {
  const secret = await identity.lastResortSeed(suite, epoch)
  return prekeyFrom(suite, secret, { notAfterHour: 0, lastResort: true, createdHour: 0 })
}

function prekeyFrom(
  suite: number,
  secret: Uint8Array,
  o: { notAfterHour: number; lastResort: boolean; createdHour: number }
): Prekey {
  const publicKey = publicKeyOf(suite, secret)
  return { suite, keyId: keyIdOf(suite, publicKey), publicKey, secret: new Uint8Array(secret), ...o }
}

/** The public half of a serialised private key: 32 bytes (suite 1) or 1,216 (suite 2). */
function publicKeyOf(suite: number, secret: Uint8Array): Uint8Array {
  if (suite === 1) return x25519PublicKey(secret)
  if (suite === 2) return mlkem768X25519PublicKey(secret)
  throw new MailboxError('VERSION', `Suite ${suite} is not known.`)
}

export interface RotateOptions {
  nowHour: number
  random: (n: number) => Uint8Array
  /** Suites the bundle is to offer. */
  suites: readonly number[]
  /** When a pull was last known to be complete (G3). */
  lastCompletePullHour?: number | undefined
  /** Of the bundle: no record sealed to a key lives longer. */
  ttlHoursMax: number
}

/**
 * One rotation step (SPEC §4.7): a suite whose current key is older than `prekeyRotationHours` gets a new one, and
 * replaced keys that can open nothing any more are left out of the answer. Bounded: a replaced key goes at the latest
 * when the last record that could be sealed to it has expired.
 */
export async function rotatePrekeys(
  held: readonly Prekey[],
  o: RotateOptions
): Promise<{ held: Prekey[]; changed: boolean }> {
  const kept = held.filter(key => key.lastResort || !erasable(key, o))
  let changed = kept.length !== held.length
  const next = [...kept]
  for (const suite of o.suites) {
    const current = next.filter(key => key.suite === suite && !key.lastResort && key.replacedHour === undefined)
    if (current.some(key => isFresh(key, o.nowHour))) continue
    for (const key of current) next[next.indexOf(key)] = { ...key, replacedHour: o.nowHour }
    next.push(await generatePrekey(suite, o))
    changed = true
  }
  return { held: next, changed }
}

/** A key from the future is the work of a clock that was wrong: replace it, or it would never rotate. */
function isFresh(key: Prekey, nowHour: number): boolean {
  return nowHour < key.createdHour + prekeyRotationHours && key.createdHour <= nowHour + clockSkewHours
}

function erasable(key: Prekey, o: RotateOptions): boolean {
  if (key.replacedHour === undefined) return false
  const afterReplacement = key.replacedHour + cacheHours + o.ttlHoursMax + 2 * clockSkewHours
  if (o.lastCompletePullHour !== undefined && o.lastCompletePullHour >= afterReplacement) return true
  const longest = Math.max(key.replacedHour + cacheHours, key.notAfterHour) + ttlHoursCeiling + 2 * clockSkewHours
  return o.nowHour >= longest
}
