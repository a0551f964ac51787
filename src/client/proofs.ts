/**
 * Why a relay is to take a record of ours: a gate that the recipient has given, or a stamp (SPEC §7.6, §10.12). What is
 * asked for is known from the recipient's bundle before anything is sent.
 */
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import type { MailboxError } from '../errors.ts'
import { addressOf } from '../identity/address.ts'
import type { IdentityKey } from '../identity/keys.ts'
import { gateProof, stampProof } from '../identity/proof.ts'
import { stampPrefix } from '../identity/stamp.ts'
import { clockSkewHours, tagBytes } from '../limits.ts'
import type { Record } from '../wire/messages.js'
import type { GivenGates } from './given.ts'
import { isRevoked, laneOf, refusalBy, stampBitsOf, type Lane } from './lanes.ts'
import type { Recipient, Recipients } from './recipients.ts'
import type { StampRow } from './rows.ts'
import type { StampProgress, Stamper } from './stamper.ts'

export interface Admissible {
  readonly mailbox: IdentityKey
  /** Record id. */
  readonly id: Uint8Array
  readonly record: Record
  readonly expiresHour: number
}

/** `stamp`: it is new, and to be kept. `refusal`: this recipient does not take the record, now or later. */
export type Proving =
  { readonly proof: Uint8Array | undefined; readonly stamp?: StampRow } | { readonly refusal: MailboxError }

export interface ProveOptions {
  /** Solved before for this record. */
  readonly stamp?: StampRow | undefined
  /** Zero bits that relays have asked for. */
  readonly asked?: readonly number[]
  /** The bundle is to be fetched again: relays do not agree with the one that is here. */
  readonly fresh?: boolean
  readonly signal: AbortSignal
  readonly progress?: StampProgress
}

export interface ProofsInit {
  readonly recipients: Recipients
  readonly given: GivenGates
  readonly stamper: Stamper
  readonly env: Environment
}

export class Proofs {
  readonly #init: ProofsInit

  constructor(init: ProofsInit) {
    this.#init = init
  }

  /** By which lane a message to `address` goes. A gate that its owner has revoked is forgotten. @throws MailboxError STORE */
  async laneOf(address: string, { bundle }: Pick<Recipient, 'bundle'>): Promise<Lane> {
    const { given } = this.#init
    const held = await given.of(address)
    if (held !== undefined && isRevoked(bundle, held.gate)) await given.forget(address, held.gate)
    return laneOf(bundle, held?.gate)
  }

  /** @throws MailboxError as `Recipients.keys` and `Stamper.stamp` */
  async prove(what: Admissible, o: ProveOptions): Promise<Proving> {
    const { recipients } = this.#init
    const { mailbox } = what
    const address = addressOf(mailbox)
    const recipient = await recipients.keys(mailbox, { signal: o.signal, ...(o.fresh === true ? { fresh: true } : {}) })
    const fresh = o.fresh === true ? recipient : await this.#newerThanGate(address, mailbox, recipient, o.signal)
    const lane = await this.laneOf(address, fresh)
    if (lane.kind === 'gate') return { proof: await gateProof(lane.gate, mailbox, what.id) }
    const refusal = this.#refusal(what, lane)
    if (refusal !== undefined && o.fresh !== true) return await this.prove(what, { ...o, fresh: true })
    if (refusal !== undefined) return { refusal }
    if (lane.policy !== 'pow') return { proof: undefined }
    return await this.#stamped(what, lane, [fresh.powBits, ...(o.asked ?? [])], o)
  }

  /** A gate that came after the bundle may be in the next one. */
  async #newerThanGate(
    address: string,
    mailbox: IdentityKey,
    recipient: Recipient,
    signal: AbortSignal
  ): Promise<Recipient> {
    const held = await this.#init.given.of(address)
    if (held === undefined || held.atMs <= recipient.bundleMs) return recipient
    if (laneOf(recipient.bundle, held.gate).kind === 'gate') return recipient
    return await this.#init.recipients.keys(mailbox, { fresh: true, signal })
  }

  #refusal({ record, expiresHour }: Admissible, lane: Lane): MailboxError | undefined {
    // what was sealed an hour ago has an hour less to live; relays allow for clocks that differ
    const hours = expiresHour - hourOf(this.#init.env.now())
    return refusalBy(lane, record.ct.length - tagBytes, hours - clockSkewHours)
  }

  async #stamped(
    { mailbox, id }: Admissible,
    lane: Lane & { kind: 'strangers' },
    asked: readonly number[],
    { stamp: held, signal, progress }: ProveOptions
  ): Promise<Proving> {
    const bits = stampBitsOf(lane, asked)
    if (held !== undefined && held.bits >= bits) return { proof: stampProof(held.nonce) }
    const prefix = stampPrefix('record', mailbox, id)
    const { stamper } = this.#init
    const nonce = await stamper.stamp(prefix, bits, { signal, ...(progress === undefined ? {} : { progress }) })
    return { proof: stampProof(nonce), stamp: { nonce, bits } }
  }
}
