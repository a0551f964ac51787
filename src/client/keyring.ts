/**
 * The secrets that open mail: rotating prekeys, held in the store, and last-resort keys, derived from the identity.
 * New prekeys are on disk before any bundle names them, and a key counts as replaced only once the bundle without it
 * has been accepted: no crash leaves senders sealing to a key that nobody holds (SPEC §4.7, §10.1).
 */
import { toString } from 'uint8arrays'
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import type { BundleKey } from '../identity/bundle.ts'
import type { Identity } from '../identity/keys.ts'
import type { Prekey } from '../identity/prekey.ts'
import { lastResortPrekeys, rotatePrekeys } from '../identity/prekey.ts'
import { bundleKeysMax, ttlHoursMax } from '../limits.ts'
import type { LocalStore, Operation } from './store.ts'

/** Strongest first: the order in which a sender picks. */
export const suites = [2, 1] as const
const lastResortEpoch = 0

export interface Rotation {
  readonly held: readonly Prekey[]
  readonly changed: boolean
}

export class Keyring {
  readonly #store: LocalStore
  readonly #env: Environment
  readonly #lastResort: readonly Prekey[]
  /** Bounded by the rotation rule: a replaced key is erased after the longest life of a record. */
  #held: readonly Prekey[]

  private constructor(store: LocalStore, env: Environment, held: readonly Prekey[], lastResort: readonly Prekey[]) {
    this.#store = store
    this.#env = env
    this.#held = held
    this.#lastResort = lastResort
  }

  static async open(store: LocalStore, identity: Identity, env: Environment): Promise<Keyring> {
    const lastResort = await lastResortPrekeys(identity, suites, lastResortEpoch)
    const row = await store.keyring.get('')
    return new Keyring(store, env, row?.prekeys ?? [], lastResort)
  }

  /** Every key a record may be sealed to, by the hex of its key id. */
  get keys(): ReadonlyMap<string, Prekey> {
    return new Map([...this.#lastResort, ...this.#held].map(key => [toString(key.keyId, 'hex'), key]))
  }

  /** What the rotation rule wants now; nothing is changed yet. */
  async plan(completeHour: number | undefined): Promise<Rotation> {
    return await rotatePrekeys(this.#held, {
      nowHour: hourOf(this.#env.now()),
      random: this.#env.random,
      suites: [...suites],
      ttlHoursMax,
      ...(completeHour === undefined ? {} : { lastCompletePullHour: completeHour })
    })
  }

  /** Before the new bundle leaves: the new keys on disk, the old ones as they were. */
  async stage(rotation: Rotation): Promise<void> {
    const known = new Set(this.#held.map(key => toString(key.keyId, 'hex')))
    const added = rotation.held.filter(key => !known.has(toString(key.keyId, 'hex')))
    if (added.length === 0) return
    const held = [...this.#held, ...added]
    await this.#store.commit([this.#store.keyring.put('', { prekeys: held })])
    this.#held = held
  }

  /** After the new bundle is accepted: for the batch that records it. Follow with `settled`. */
  settle(rotation: Rotation): Operation[] {
    return [this.#store.keyring.put('', { prekeys: rotation.held })]
  }

  settled(rotation: Rotation): void {
    this.#held = rotation.held
  }

  /** The public halves for a bundle: current keys, newest first, then last resort. */
  published(rotation: Rotation): BundleKey[] {
    const current = rotation.held
      .filter(key => key.replacedHour === undefined)
      .toSorted((a, b) => b.createdHour - a.createdHour || b.suite - a.suite)
    return [...current.slice(0, bundleKeysMax - this.#lastResort.length), ...this.#lastResort].map(
      ({ suite, keyId, publicKey, notAfterHour, lastResort }) => ({ suite, keyId, publicKey, notAfterHour, lastResort })
    )
  }
}
