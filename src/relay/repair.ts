/**
 * Repair, the asking end: makes what this relay and another hold of their mailboxes equal (SPEC §9.5 to §9.7). The
 * asking end learns the differences, takes what it lacks and gives what the other lacks.
 */
import { equals } from 'uint8arrays/equals'
import type { Environment } from '../environment.ts'
import { isMailboxError, MailboxError, Status, statusName } from '../errors.ts'
import { parseIdentityKey } from '../identity/keys.ts'
import { reconcileRoundsMax, wantIdsMax } from '../limits.ts'
import { SyncRequest, SyncResponse } from '../wire/messages.js'
import { protocols, type Channel, type Network, type PeerAddress } from '../wire/port.ts'
import type { Directory } from './directory.ts'
import { itemKinds, type HeldItem, type Inventory } from './inventory.ts'
import { nameOf } from './keys.ts'
import type { Merge } from './merge.ts'
import { Initiator, type Difference, type ItemSet } from './reconcile.ts'
import type { Replicas } from './replicas.ts'
import { itemSet, mailboxSet, saltBytes } from './salted.ts'

export interface RepairInit {
  readonly network: Network
  readonly directory: Directory
  readonly replicas: Replicas
  readonly inventory: Inventory
  readonly merge: Merge
  readonly env: Environment
}

/** What one repair took and brought. */
export interface Repaired {
  /** Mailboxes that differed. */
  readonly mailboxes: number
  /** Items given to the other relay, and taken from it. */
  readonly given: number
  readonly taken: number
  /** Reconciliation messages asked, and bytes of reconciliation both ways. */
  readonly rounds: number
  readonly bytes: number
}

export const nothingRepaired: Repaired = { mailboxes: 0, given: 0, taken: 0, rounds: 0, bytes: 0 }

export function sumOf(a: Repaired, b: Repaired): Repaired {
  return {
    mailboxes: a.mailboxes + b.mailboxes,
    given: a.given + b.given,
    taken: a.taken + b.taken,
    rounds: a.rounds + b.rounds,
    bytes: a.bytes + b.bytes
  }
}

interface Told extends Difference {
  readonly rounds: number
  readonly bytes: number
}

export class Repair {
  readonly #init: RepairInit
  /** A stream's salt; an entry goes with its channel. */
  readonly #salts = new WeakMap<Channel, Promise<Uint8Array>>()

  constructor(init: RepairInit) {
    this.#init = init
  }

  /**
   * Everything that is shared with `peer`, and everything to hand over to it.
   * @throws MailboxError NO_RELAY, TIMEOUT, DISCONNECTED, ABORTED, STORE, and what the peer refuses with
   */
  async all(peer: PeerAddress, signal: AbortSignal): Promise<Repaired> {
    const { replicas } = this.#init
    const { channel, salt } = await this.#channel(peer, signal)
    const { set, mailboxes } = await mailboxSet(this.#init, peer.id, salt)
    let repaired = nothingRepaired
    let differing: Uint8Array[] = []
    if (set.size > 0) {
      const told = await reconcile(set, async (ranges, first) =>
        call(channel, { mailboxes: { ranges, first } }, signal)
      )
      differing = told.have.flatMap(id => mailboxes.get(nameOf(id)) ?? [])
      repaired = { ...nothingRepaired, rounds: told.rounds, bytes: told.bytes }
    }
    // bounded by the mailboxes that this relay keeps
    for (const mailbox of [...differing, ...replicas.handedOverTo(peer.id)]) {
      repaired = sumOf(repaired, await this.#unlessGone(mailbox, peer, signal))
    }
    return repaired
  }

  /** One mailbox. @throws as `all` */
  async mailbox(mailbox: Uint8Array, peer: PeerAddress, signal: AbortSignal): Promise<Repaired> {
    const { directory, inventory } = this.#init
    const { channel, salt } = await this.#channel(peer, signal)
    const ours = (await directory.need(mailbox)).locator.bytes
    const { set, items } = await itemSet(inventory, mailbox, salt)
    const told = await reconcile(set, async (ranges, first) => {
      const request = { mailbox, ranges, first, ...(first ? { locator: ours } : {}) }
      const response = await call(channel, { items: request }, signal)
      if (response.locator !== undefined) await this.#adopt(mailbox, response.locator)
      return response
    })
    const { locator } = await directory.need(mailbox)
    const { there, here } = this.#init.replicas.recordsGo(locator, peer.id)
    const taken = await this.#take(mailbox, { ids: told.need, records: here }, { peer, channel, signal })
    const have = told.have.flatMap(id => items.get(nameOf(id)) ?? [])
    const given = have.filter(({ kind }) => there || kind !== itemKinds.record)
    await this.#give(mailbox, given, channel, signal)
    const differs = told.have.length > 0 || told.need.length > 0
    return { mailboxes: differs ? 1 : 0, given: given.length, taken, rounds: told.rounds, bytes: told.bytes }
  }

  /** A mailbox that either relay does not keep any more is no failure of the repair. */
  async #unlessGone(mailbox: Uint8Array, peer: PeerAddress, signal: AbortSignal): Promise<Repaired> {
    try {
      return await this.mailbox(mailbox, peer, signal)
    } catch (error) {
      if (isMailboxError(error, 'NO_MAILBOX') || isMailboxError(error, 'POLICY')) return nothingRepaired
      throw error
    }
  }

  async #adopt(mailbox: Uint8Array, locator: Uint8Array): Promise<void> {
    try {
      await this.#init.directory.configure(parseIdentityKey(mailbox), { locator })
    } catch (error) {
      // ours is the newer one: the other relay has taken it, or refuses the rest
      if (!isMailboxError(error, 'MOVED')) throw error
    }
  }

  async #take(
    mailbox: Uint8Array,
    wanted: { ids: readonly Uint8Array[]; records: boolean },
    from: { peer: PeerAddress; channel: Channel; signal: AbortSignal }
  ): Promise<number> {
    const { channel, signal, peer } = from
    let left = [...wanted.ids]
    let taken = 0
    // ends: every answer speaks for at least one id
    while (left.length > 0) {
      const { items, served } = await call(channel, { want: { mailbox, ids: left.slice(0, wantIdsMax) } }, signal)
      if (served < 1) throw new MailboxError('MALFORMED', 'An answer to WANT that speaks for nothing.')
      left = left.slice(served)
      const given = wanted.records ? items : items.filter(({ kind }) => kind !== itemKinds.record)
      taken += (await this.#init.merge.take(parseIdentityKey(mailbox), given, peer.id)).taken
    }
    return taken
  }

  async #give(mailbox: Uint8Array, items: readonly HeldItem[], channel: Channel, signal: AbortSignal): Promise<void> {
    let left = items
    // ends: every message speaks for at least one item
    while (left.length > 0) {
      const { values, served } = await this.#init.inventory.values(mailbox, left)
      left = left.slice(served)
      if (values.length > 0) await call(channel, { give: { mailbox, items: values } }, signal)
    }
  }

  async #channel(peer: PeerAddress, signal: AbortSignal): Promise<{ channel: Channel; salt: Uint8Array }> {
    const channel = await this.#init.network.channel(peer, protocols.sync, { signal })
    const known = this.#salts.get(channel)
    const salt = known ?? this.#hello(channel, signal)
    if (known === undefined) {
      this.#salts.set(channel, salt)
      salt.catch(() => this.#salts.delete(channel))
    }
    return { channel, salt: await salt }
  }

  async #hello(channel: Channel, signal: AbortSignal): Promise<Uint8Array> {
    const ours = this.#init.env.random(saltBytes)
    const { salt: theirs } = await call(channel, { hello: { salt: ours } }, signal)
    if (theirs.byteLength !== saltBytes || equals(theirs, ours))
      throw new MailboxError('MALFORMED', 'The other relay gave no salt of its own.')
    return Buffer.concat([ours, theirs])
  }
}

async function call(channel: Channel, request: SyncRequest, signal: AbortSignal): Promise<SyncResponse> {
  const bytes = await channel.call(SyncRequest.encode(request), { signal })
  let response: SyncResponse
  try {
    response = SyncResponse.decode(bytes)
  } catch (cause) {
    throw new MailboxError('MALFORMED', 'Not an answer of the sync protocol.', { cause })
  }
  if (response.status === Status.OK) return response
  const code = statusName(response.status)
  throw new MailboxError(code === 'OK' ? 'UNAVAILABLE' : code, 'The other relay refused a part of the repair.', {
    retryAfterMs: response.retryAfterMs
  })
}

/** At most `reconcileRoundsMax` questions; what is not known by then is the next repair's. */
async function reconcile(
  set: ItemSet,
  ask: (ranges: Uint8Array, first: boolean) => Promise<SyncResponse>
): Promise<Told> {
  const initiator = new Initiator(set)
  const found: Difference = { have: [], need: [] }
  let question: Uint8Array | undefined = initiator.start()
  let rounds = 0
  let bytes = 0
  while (question !== undefined && rounds < reconcileRoundsMax) {
    const { ranges } = await ask(question, rounds === 0)
    rounds++
    bytes += question.byteLength + ranges.byteLength
    const told = initiator.next(ranges)
    found.have.push(...told.have)
    found.need.push(...told.need)
    question = told.question
  }
  return { ...found, rounds, bytes }
}
