/**
 * Repair, the asking end: makes what this relay and another hold of their mailboxes equal (SPEC §9.5 to §9.7). The
 * asking end learns the differences, takes what it lacks and gives what the other lacks.
 */
import { anySignal } from 'any-signal'
import { equals } from 'uint8arrays/equals'
import { noLongerAwaited, type Environment, type Log } from '../environment.ts'
import { isMailboxError, MailboxError, Status, statusName } from '../errors.ts'
import { parseIdentityKey } from '../identity/keys.ts'
import {
  reconcileRoundsMax,
  recordsPerMailboxMax,
  repairDeadlineMs,
  tombstonesPerMailboxMax,
  wantIdsMax
} from '../limits.ts'
import { OneAtATime } from '../placement/turns.ts'
import { SyncRequest, SyncResponse } from '../wire/messages.js'
import { patiently } from '../wire/patience.ts'
import { protocols, type Channel, type Network, type PeerAddress } from '../wire/port.ts'
import type { Directory } from './directory.ts'
import { itemKinds, type HeldItem, type Inventory } from './inventory.ts'
import { nameOf } from './keys.ts'
import type { Merge } from './merge.ts'
import { Initiator, type Difference, type ItemSet } from './reconcile.ts'
import { nothingRepaired, sumOf, type Repaired } from './repaired.ts'
import type { Replicas } from './replicas.ts'
import { itemSet, mailboxSet, saltBytes } from './salted.ts'

export interface RepairInit {
  readonly network: Network
  readonly directory: Directory
  readonly replicas: Replicas
  readonly inventory: Inventory
  readonly merge: Merge
  readonly env: Environment
  readonly log: Log
}

/** Ids that the other end may claim to have: twice what a full mailbox holds; what is more is the next repair's. */
const needMax = 2 * (recordsPerMailboxMax + tombstonesPerMailboxMax)
const pausesMax = 5
const pauseMsMax = 10_000
/** The other relay may have to look at every mailbox that is shared. */
const mailboxesDeadlineMs = 60_000

/** What is true of the other relay or of this one, and so of every mailbox; anything else is of one mailbox. */
const endsAll: ReadonlySet<string> = new Set([
  'NO_RELAY',
  'TIMEOUT',
  'DISCONNECTED',
  'ABORTED',
  'BUSY',
  'UNAVAILABLE',
  'CLOSED',
  'STORE'
])

interface Told extends Difference {
  readonly rounds: number
  readonly bytes: number
  /** False: the rest is the next repair's. */
  readonly isAll: boolean
}

interface Contact {
  readonly peer: PeerAddress
  readonly channel: Channel
  readonly salt: Uint8Array
  readonly signal: AbortSignal
}

export class Repair {
  readonly #init: RepairInit
  /** A stream's salt; an entry goes with its channel. */
  readonly #salts = new WeakMap<Channel, Promise<Uint8Array>>()
  /** The other end keeps one reconciliation of a stream at a time. */
  readonly #turns = new OneAtATime()

  constructor(init: RepairInit) {
    this.#init = init
  }

  /**
   * These mailboxes, and with `everything` all that is shared with `peer` and to be handed over to it. A mailbox that
   * cannot be repaired hides no other.
   * @throws MailboxError NO_RELAY, TIMEOUT, DISCONNECTED, ABORTED, BUSY, UNAVAILABLE, MALFORMED, STORE
   */
  async run(
    peer: PeerAddress,
    o: { mailboxes: Iterable<Uint8Array>; everything: boolean },
    signal: AbortSignal
  ): Promise<Repaired> {
    return await this.#turns.take(peer.id, async () => await this.#within(peer, o, signal))
  }

  /** At most `repairDeadlineMs`: a peer that never comes to an end keeps nobody else waiting. */
  async #within(
    peer: PeerAddress,
    o: { mailboxes: Iterable<Uint8Array>; everything: boolean },
    signal: AbortSignal
  ): Promise<Repaired> {
    const over = new AbortController()
    const done = new AbortController()
    this.#init.env.delay(repairDeadlineMs, done.signal).then(
      () => {
        over.abort(new MailboxError('TIMEOUT', `Not done within ${repairDeadlineMs} ms.`))
      },
      () => undefined
    )
    const either = anySignal([signal, over.signal])
    try {
      return await this.#run(peer, o, either)
    } finally {
      either.clear()
      done.abort(noLongerAwaited)
    }
  }

  async #run(
    peer: PeerAddress,
    { mailboxes, everything }: { mailboxes: Iterable<Uint8Array>; everything: boolean },
    signal: AbortSignal
  ): Promise<Repaired> {
    const contact = { peer, signal, ...(await this.#channel(peer, signal)) }
    let repaired = nothingRepaired
    for (const mailbox of mailboxes) repaired = sumOf(repaired, await this.#try(mailbox, contact))
    if (!everything) return repaired
    const { differing, told } = await this.#compare(contact)
    repaired = sumOf(repaired, { ...nothingRepaired, rounds: told.rounds, bytes: told.bytes })
    // bounded by the mailboxes that this relay keeps
    for (const mailbox of [...differing, ...this.#init.replicas.handedOverTo(peer.id)]) {
      repaired = sumOf(repaired, await this.#try(mailbox, contact))
    }
    return repaired
  }

  /** The mailboxes of which the two relays hold different things. */
  async #compare({ peer, channel, salt, signal }: Contact): Promise<{ differing: Uint8Array[]; told: Told }> {
    const { set, mailboxes } = await mailboxSet(this.#init, peer.id, salt, signal)
    if (set.size === 0) return { differing: [], told: { have: [], need: [], rounds: 0, bytes: 0, isAll: true } }
    const told = await reconcile(set, async (ranges, first) => {
      return await this.#call(channel, { mailboxes: { ranges, first } }, signal, mailboxesDeadlineMs)
    })
    return { differing: told.have.flatMap(id => mailboxes.get(nameOf(id)) ?? []), told }
  }

  async #try(mailbox: Uint8Array, contact: Contact): Promise<Repaired> {
    try {
      return await this.#mailbox(mailbox, contact)
    } catch (error) {
      if (!isMailboxError(error) || endsAll.has(error.code)) throw error
      const { peer } = contact
      if (error.code === 'MOVED' && error.locator !== undefined) await this.#adopt(mailbox, error.locator)
      // not kept by one of the two any more is no failure
      else if (error.code !== 'NO_MAILBOX')
        this.#init.log('warn', 'mailbox_not_repaired', { relay: peer.id, code: error.code })
      return nothingRepaired
    }
  }

  async #mailbox(mailbox: Uint8Array, contact: Contact): Promise<Repaired> {
    const { directory, inventory, replicas } = this.#init
    const { peer, channel, salt, signal } = contact
    const { locator: ours, left } = await directory.need(mailbox)
    const former = left === undefined ? {} : { former: left.locator }
    const { set, items } = await itemSet(inventory, mailbox, salt)
    const told = await reconcile(set, async (ranges, first) => {
      const request = { mailbox, ranges, first, ...(first ? { locator: ours.bytes, ...former } : {}) }
      const response = await this.#call(channel, { items: request }, signal)
      if (response.locator !== undefined) await this.#adopt(mailbox, response.locator)
      return response
    })
    const { locator } = await directory.need(mailbox)
    const { there, here } = replicas.recordsGo(locator, peer.id)
    // a relay that the mailbox has left gives, and takes nothing
    const need = left === undefined ? told.need : []
    const taken = await this.#take(mailbox, { ids: need, records: here }, contact)
    const have = told.have.flatMap(id => items.get(nameOf(id)) ?? [])
    const given = have.filter(({ kind }) => there || kind !== itemKinds.record)
    await this.#give(mailbox, given, contact)
    if (left !== undefined && told.isAll && have.length === 0) await directory.proved(mailbox, peer.id, ours)
    const differs = told.have.length > 0 || need.length > 0
    return { mailboxes: differs ? 1 : 0, given: given.length, taken, rounds: told.rounds, bytes: told.bytes }
  }

  async #adopt(mailbox: Uint8Array, locator: Uint8Array): Promise<void> {
    try {
      await this.#init.directory.configure(parseIdentityKey(mailbox), { locator })
    } catch (error) {
      // ours is the newer one, or theirs has expired: the records are repaired all the same
      if (!isMailboxError(error) || !['MOVED', 'EXPIRED'].includes(error.code)) throw error
    }
  }

  async #take(
    mailbox: Uint8Array,
    wanted: { ids: readonly Uint8Array[]; records: boolean },
    { peer, channel, signal }: Contact
  ): Promise<number> {
    let left = wanted.ids
    let taken = 0
    // ends: every answer speaks for at least one id, and brings something unless it speaks for all
    while (left.length > 0) {
      const ids = left.slice(0, wantIdsMax)
      const request = { mailbox, ids, noRecords: !wanted.records }
      const { items, served } = await this.#call(channel, { want: request }, signal)
      if (served < 1 || (items.length === 0 && served < ids.length))
        throw new MailboxError('MALFORMED', 'An answer to WANT that brings nothing.')
      left = left.slice(served)
      const given = wanted.records ? items : items.filter(({ kind }) => kind !== itemKinds.record)
      taken += await this.#init.merge.take(parseIdentityKey(mailbox), given, peer.id)
    }
    return taken
  }

  async #give(mailbox: Uint8Array, items: readonly HeldItem[], { channel, signal }: Contact): Promise<void> {
    let left = items
    // ends: every message speaks for at least one item
    while (left.length > 0) {
      const { values, served } = await this.#init.inventory.values(mailbox, left, { records: true })
      left = left.slice(served)
      if (values.length > 0) await this.#call(channel, { give: { mailbox, items: values } }, signal)
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
    const { salt: theirs } = await this.#call(channel, { hello: { salt: ours } }, signal)
    if (theirs.byteLength !== saltBytes || equals(theirs, ours))
      throw new MailboxError('MALFORMED', 'The other relay gave no salt of its own.')
    return Buffer.concat([ours, theirs])
  }

  /** A relay that asks for a pause is given it, `pausesMax` times. */
  async #call(channel: Channel, request: SyncRequest, signal: AbortSignal, deadlineMs?: number): Promise<SyncResponse> {
    const response = await patiently(this.#init.env, { pausesMax, pauseMsMax, signal }, async () =>
      decoded(await channel.call(SyncRequest.encode(request), { signal, deadlineMs }))
    )
    if (response.status !== Status.OK) throw refusalOf(response)
    return response
  }
}

function decoded(bytes: Uint8Array): SyncResponse {
  try {
    return SyncResponse.decode(bytes)
  } catch (cause) {
    throw new MailboxError('MALFORMED', 'Not an answer of the sync protocol.', { cause })
  }
}

function refusalOf({ status, retryAfterMs, locator }: SyncResponse): MailboxError {
  const code = statusName(status)
  return new MailboxError(code === 'OK' ? 'UNAVAILABLE' : code, 'The other relay refused a part of the repair.', {
    retryAfterMs,
    ...(locator === undefined ? {} : { locator })
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
    if (found.need.length > needMax) throw new MailboxError('MALFORMED', 'More items than a mailbox can have.')
    question = told.question
  }
  return { ...found, rounds, bytes, isAll: question === undefined }
}
