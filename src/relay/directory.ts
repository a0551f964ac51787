/**
 * The mailboxes this relay hosts: lease, locator, bundle and host config of each, and what the owner's word may change
 * (SPEC §8.2, §8.3). Nothing older ever replaces something newer (G8).
 */
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import type { IdentityKey } from '../identity/keys.ts'
import { recallLocator, type Locator } from '../identity/locator.ts'
import { cachedMailboxesMax, leaseHours, movedHours } from '../limits.ts'
import { OneAtATime } from '../placement/turns.ts'
import {
  isHeld,
  isLeased,
  isToRenew,
  keepHosted,
  keepNothing,
  mergeWord,
  readHosted,
  type HostedMailbox,
  type OwnerDocuments,
  type OwnerWord
} from './hosted.ts'
import type { SpentInvite, UsedInvites } from './invites.ts'
import { kinds, mailboxOfKey, nameOf } from './keys.ts'
import { leftAt } from './left.ts'
import { decodeLease, diskFull, encodeLease, keep, type LeaseEntry } from './operations.ts'
import type { Credentials, Opening } from './opening.ts'
import { hasRoom, type Disk } from './options.ts'
import type { Replicas } from './replicas.ts'
import type { RelayStore } from './store.ts'
import { LeftMailbox } from '../wire/messages.js'
import { lastUsed } from '../placement/cache.ts'

/** Where nothing is kept equal. */
const nowhere = { relays: [], closed: true }

export interface DirectoryOptions {
  readonly store: RelayStore
  readonly env: Environment
  readonly mailboxesMax: number
  readonly disk: Disk
  /** Whom it lets open a mailbox, and what they used for it. */
  readonly opening: Opening
  readonly invites: UsedInvites
  /** This relay's peer id text: a locator that does not list it is no reason to host. */
  readonly self: string
  /** Told of every locator that is taken. */
  readonly replicas: Replicas
}

export class Directory {
  readonly #options: DirectoryOptions
  /** Bounded by cachedMailboxesMax. */
  readonly #cache = lastUsed<HostedMailbox>(cachedMailboxesMax)
  /** Changes of one mailbox, one after the other. */
  readonly #turns = new OneAtATime()
  #count = 0

  constructor(options: DirectoryOptions) {
    this.#options = options
  }

  /** Counts the mailboxes that are held; called before serving, and when an hour has passed. */
  async recount(): Promise<void> {
    const { store } = this.#options
    const before = this.#count
    let held = 0
    // bounded, as the next, by mailboxesMax
    const left = new Set<string>()
    for await (const [key] of store.list(kinds.left)) left.add(nameOf(mailboxOfKey(key)))
    for await (const [key, value] of store.list(kinds.lease)) {
      if (isHeld(decodeLease(value), left.has(nameOf(mailboxOfKey(key))), this.#nowHour())) held++
    }
    // and what was registered while it counted
    this.#count += held - before
  }

  /**
   * Learns from the locators on disk which other relays hold what; called before serving. What was remembered of
   * documents is forgotten.
   * @returns how many locators could not be read: their mailboxes are not repaired
   */
  async relearn(): Promise<number> {
    let unreadable = 0
    const { store, replicas } = this.#options
    this.#cache.clear()
    replicas.forget()
    // bounded by mailboxesMax
    const dropped = new Set<string>()
    for await (const [key, value] of store.list(kinds.left))
      if (LeftMailbox.decode(value).dropped) dropped.add(nameOf(mailboxOfKey(key)))
    for await (const [key, bytes] of store.list(kinds.locator)) {
      try {
        const mailbox = mailboxOfKey(key)
        if (!dropped.has(nameOf(mailbox))) replicas.change(mailbox, undefined, recallLocator(bytes))
      } catch (error) {
        if (!isMailboxError(error)) throw error
        unreadable++
      }
    }
    return unreadable
  }

  get mailboxes(): number {
    return this.#count
  }

  get free(): number {
    const { disk, mailboxesMax } = this.#options
    return hasRoom(disk, 'mailboxes') ? Math.max(0, mailboxesMax - this.#count) : 0
  }

  /** Undefined when this relay does not hold the mailbox: no lease, or one that ended long ago (SPEC §8.2). */
  async get(mailbox: Uint8Array): Promise<HostedMailbox | undefined> {
    const known = await this.known(mailbox)
    return known !== undefined && this.#isHeld(known) ? known : undefined
  }

  #isHeld({ lease, left }: HostedMailbox): boolean {
    return isHeld(lease, left !== undefined, this.#nowHour())
  }

  /** What is on the disk, held or waiting to be dropped. */
  async known(mailbox: Uint8Array): Promise<HostedMailbox | undefined> {
    const name = nameOf(mailbox)
    const cached = this.#cache.get(name)
    if (cached !== undefined) return cached
    const read = await readHosted(this.#options.store, mailbox)
    // what was saved meanwhile stands (G8)
    const known = this.#cache.get(name) ?? read
    if (known !== undefined) this.#cache.set(name, known)
    return known
  }

  /** @throws MailboxError NO_MAILBOX */
  async need(mailbox: Uint8Array): Promise<HostedMailbox> {
    const hosted = await this.get(mailbox)
    if (hosted === undefined) throw new MailboxError('NO_MAILBOX', 'This relay hosts no such mailbox.')
    return hosted
  }

  /** To leave something there. @throws MailboxError NO_MAILBOX, also when it is read-only since its lease has ended */
  async open(mailbox: Uint8Array): Promise<HostedMailbox> {
    const hosted = await this.need(mailbox)
    if (!isLeased(hosted.lease, this.#nowHour()))
      throw new MailboxError('NO_MAILBOX', 'The lease of the mailbox has ended.')
    return hosted
  }

  /**
   * The owner has pulled: its lease goes on, if it has not ended and `leaseRenewHours` of it are gone (SPEC §8.2).
   * @throws MailboxError STORE, BUSY, CLOSED
   */
  async renew(mailbox: Uint8Array, hosted: HostedMailbox): Promise<void> {
    if (!isToRenew(hosted, this.#nowHour())) return
    await this.#turns.take(nameOf(mailbox), async () => {
      const held = await this.known(mailbox)
      if (held === undefined || !isToRenew(held, this.#nowHour())) return
      const lease = { ...held.lease, untilHour: this.#nowHour() + leaseHours }
      await this.#options.store.write(keep(mailbox, { lease: encodeLease(lease) }))
      this.#cache.set(nameOf(mailbox), { ...held, lease })
    })
  }

  /** True when the mailbox's current locator names this relay. */
  lists(hosted: HostedMailbox): boolean {
    return this.#listsSelf(hosted.locator)
  }

  #listsSelf({ closed, relays }: Locator): boolean {
    return !closed && relays.some(relay => relay.id === this.#options.self)
  }

  /**
   * Grants or renews a lease and takes what is newer of the documents. Who may open a mailbox is asked only where none is
   * held, and before any document is looked at.
   * @throws MailboxError DESCRIPTOR, EXPIRED, QUOTA (no room), POW, POLICY (not admitted, or not listed by the locator),
   * BUSY, MOVED (a newer locator is held)
   */
  async register(
    mailbox: IdentityKey,
    documents: OwnerDocuments & Credentials,
    group: string | undefined
  ): Promise<LeaseEntry> {
    return await this.#turns.take(nameOf(mailbox), async () => {
      // what is not held any more does not let an older locator back in (G8)
      const known = await this.known(mailbox)
      const held = known !== undefined && this.#isHeld(known) ? known : undefined
      if (held === undefined && !hasRoom(this.#options.disk, 'mailboxes')) throw diskFull()
      if (held === undefined && this.free === 0)
        throw new MailboxError('QUOTA', 'This relay takes no more mailboxes.', { limit: 'mailboxesMax' })
      const invite = held === undefined ? this.#options.opening.admit(mailbox, documents, group) : undefined
      const next = await mergeWord(known, documents, { mailbox, nowHour: this.#nowHour() })
      if (!next.locator.relays.some(relay => relay.id === this.#options.self)) {
        throw new MailboxError('POLICY', 'The locator does not name this relay.')
      }
      const now = this.#options.env.now()
      const lease = { untilHour: hourOf(now) + leaseHours, registeredMs: held?.lease.registeredMs ?? now }
      await this.#save(mailbox, { ...next, lease, left: undefined }, known, invite)
      if (held === undefined) this.#count++
      return lease
    })
  }

  /** Takes what is newer of the documents of a mailbox that is hosted already. @throws as `register`, and NO_MAILBOX */
  async configure(mailbox: IdentityKey, documents: OwnerDocuments): Promise<LeaseEntry> {
    return await this.#turns.take(nameOf(mailbox), async () => {
      const held = await this.need(mailbox)
      const next = await mergeWord(held, documents, { mailbox, nowHour: this.#nowHour() })
      const hosted = this.#after(held, next)
      await this.#save(mailbox, hosted, held)
      return hosted.lease
    })
  }

  /** A mailbox that leaves is kept, and answered for, for some time (SPEC §9.9). */
  #after(held: HostedMailbox, next: OwnerWord): HostedMailbox {
    if (this.#listsSelf(next.locator)) return { ...next, lease: held.lease, left: undefined }
    // who has proved to have everything under one locator may not be who keeps it under the next
    if (held.left !== undefined)
      return {
        ...next,
        lease: held.lease,
        left: next.locator === held.locator ? held.left : { ...held.left, proved: [] }
      }
    const lease = { ...held.lease, untilHour: this.#nowHour() + movedHours }
    return { ...next, lease, left: leftAt(this.#nowHour(), held.locator.bytes) }
  }

  /** Relay `id` has everything that is held of a mailbox that has left for the relays of `locator`. */
  async proved(mailbox: Uint8Array, id: string, locator: Locator): Promise<void> {
    await this.#turns.take(nameOf(mailbox), async () => {
      const held = await this.known(mailbox)
      if (held?.left === undefined || held.left.proved.includes(id) || held.locator.seq !== locator.seq) return
      await this.#save(mailbox, { ...held, left: { ...held.left, proved: [...held.left.proved, id] } }, held)
    })
  }

  /** Drops, by `drop`, what is held of a mailbox that has left, and with `forget` that it was here. @returns what `drop` does */
  async leave(mailbox: Uint8Array, step: 'drop' | 'forget', drop: () => Promise<number>): Promise<number> {
    return await this.#turns.take(nameOf(mailbox), async () => {
      const held = await this.known(mailbox)
      // it may have come back meanwhile
      if (held?.left === undefined) return 0
      const dropped = await drop()
      if (step === 'drop') await this.#save(mailbox, { ...held, left: { ...held.left, dropped: true } }, held)
      else await this.#forget(mailbox, held)
      this.#options.replicas.change(mailbox, held.locator, nowhere)
      return dropped
    })
  }

  /**
   * Drops, by `drop`, what is there of a mailbox that is not held any more, and that it was here.
   * @returns what `drop` does; undefined when it is held: its owner may have come back
   */
  async reap(mailbox: Uint8Array, drop: () => Promise<number>): Promise<number | undefined> {
    return await this.#turns.take(nameOf(mailbox), async () => {
      const known = await this.known(mailbox)
      if (known !== undefined && this.#isHeld(known)) return undefined
      const dropped = await drop()
      await this.#forget(mailbox, known)
      if (known !== undefined) this.#options.replicas.change(mailbox, known.locator, nowhere)
      return dropped
    })
  }

  async #forget(mailbox: Uint8Array, held: HostedMailbox | undefined): Promise<void> {
    await this.#options.store.write(keepNothing(mailbox))
    this.#cache.delete(nameOf(mailbox))
    if (held !== undefined && this.#isHeld(held)) this.#count--
  }

  async #save(
    mailbox: Uint8Array,
    hosted: HostedMailbox,
    before: HostedMailbox | undefined,
    invite?: SpentInvite
  ): Promise<void> {
    const operation = keepHosted(mailbox, hosted)
    if (invite === undefined) await this.#options.store.write(operation)
    else await this.#options.invites.spend(invite, operation)
    this.#cache.set(nameOf(mailbox), hosted)
    // a digest made between the write and now has seen the documents before
    this.#options.store.changed(mailbox)
    this.#options.replicas.change(mailbox, before?.locator, hosted.locator)
  }

  #nowHour(): number {
    return hourOf(this.#options.env.now())
  }
}
