/**
 * The mailboxes this relay hosts: lease, locator, bundle and host config of each, and what the owner's word may change
 * (SPEC §8.2, §8.3). Nothing older ever replaces something newer (G8).
 */
import { LRUCache } from 'lru-cache'
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { openBundle, type KeyBundle } from '../identity/bundle.ts'
import { openHostConfig, type HostConfig } from '../identity/device.ts'
import { openLocator, recallLocator, supersedes, type Locator } from '../identity/locator.ts'
import { recallIdentityKey, type IdentityKey } from '../identity/keys.ts'
import { cachedMailboxesMax, leaseHours } from '../limits.ts'
import { OneAtATime } from '../placement/turns.ts'
import { kinds, mailboxOfKey, nameOf } from './keys.ts'
import { decodeLease, diskFull, encodeLease, keep, type LeaseEntry } from './operations.ts'
import type { Disk } from './options.ts'
import type { Replicas } from './replicas.ts'
import type { RelayStore } from './store.ts'

export interface HostedMailbox {
  readonly lease: LeaseEntry
  readonly locator: Locator
  readonly bundle: KeyBundle
  readonly config: HostConfig | undefined
}

/** What REGISTER and CONFIG carry. */
export interface OwnerDocuments {
  readonly locator?: Uint8Array | undefined
  readonly bundle?: Uint8Array | undefined
  readonly config?: Uint8Array | undefined
}

export interface DirectoryOptions {
  readonly store: RelayStore
  readonly env: Environment
  readonly mailboxesMax: number
  readonly disk: Disk
  /** This relay's peer id text: a locator that does not list it is no reason to host. */
  readonly self: string
  /** Told of every locator that is taken. */
  readonly replicas: Replicas
}

export class Directory {
  readonly #options: DirectoryOptions
  /** Bounded by cachedMailboxesMax. */
  readonly #cache = new LRUCache<string, HostedMailbox>({ max: cachedMailboxesMax })
  /** Changes of one mailbox, one after the other. */
  readonly #turns = new OneAtATime()
  #count = 0

  constructor(options: DirectoryOptions) {
    this.#options = options
  }

  /** Counts the leases that have not run out; called before serving, and when an hour has passed. */
  async recount(): Promise<void> {
    const before = this.#count
    let leases = 0
    for await (const entry of this.#options.store.list(kinds.lease)) {
      if (decodeLease(entry[1]).untilHour > this.#nowHour()) leases++
    }
    // and what was registered while it counted
    this.#count += leases - before
  }

  /**
   * Learns from the locators on disk which other relays hold what; called before serving. What was remembered of
   * documents is forgotten.
   * @returns how many locators could not be read: their mailboxes are not repaired
   */
  async relearn(): Promise<number> {
    let unreadable = 0
    this.#cache.clear()
    this.#options.replicas.forget()
    for await (const [key, bytes] of this.#options.store.list(kinds.locator)) {
      try {
        this.#options.replicas.change(mailboxOfKey(key), undefined, recallLocator(bytes))
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
    return disk.hasRoom() ? Math.max(0, mailboxesMax - this.#count) : 0
  }

  /** Undefined when this relay has no lease for the mailbox, or the lease has run out. */
  async get(mailbox: Uint8Array): Promise<HostedMailbox | undefined> {
    const known = await this.#known(mailbox)
    return known !== undefined && this.#isLeased(known) ? known : undefined
  }

  #isLeased(hosted: HostedMailbox): boolean {
    return hosted.lease.untilHour > this.#nowHour()
  }

  /** With a lease that has run out too. */
  async #known(mailbox: Uint8Array): Promise<HostedMailbox | undefined> {
    const name = nameOf(mailbox)
    const cached = this.#cache.get(name)
    if (cached !== undefined) return cached
    const read = await this.#read(mailbox)
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

  /** True when the mailbox's current locator names this relay. */
  lists(hosted: HostedMailbox): boolean {
    return !hosted.locator.closed && hosted.locator.relays.some(relay => relay.id === this.#options.self)
  }

  /**
   * Grants or renews a lease and takes what is newer of the documents.
   * @throws MailboxError DESCRIPTOR, EXPIRED, QUOTA (no room), MOVED (a newer locator is held), POLICY (not listed)
   */
  async register(mailbox: IdentityKey, documents: OwnerDocuments): Promise<LeaseEntry> {
    return await this.#turns.take(nameOf(mailbox), async () => {
      // a lease that ran out does not let an older locator back in (G8)
      const known = await this.#known(mailbox)
      const held = known !== undefined && this.#isLeased(known) ? known : undefined
      if (held === undefined && !this.#options.disk.hasRoom()) throw diskFull()
      if (held === undefined && this.free === 0)
        throw new MailboxError('QUOTA', 'This relay takes no more mailboxes.', { limit: 'mailboxesMax' })
      const next = await this.#merge(mailbox, known, documents)
      if (!next.locator.relays.some(relay => relay.id === this.#options.self)) {
        throw new MailboxError('POLICY', 'The locator does not name this relay.')
      }
      const now = this.#options.env.now()
      const lease = { untilHour: hourOf(now) + leaseHours, registeredMs: held?.lease.registeredMs ?? now }
      await this.#save(mailbox, { ...next, lease }, known)
      if (held === undefined) this.#count++
      return lease
    })
  }

  /** Takes what is newer of the documents of a mailbox that is hosted already. @throws as `register`, and NO_MAILBOX */
  async configure(mailbox: IdentityKey, documents: OwnerDocuments): Promise<LeaseEntry> {
    return await this.#turns.take(nameOf(mailbox), async () => {
      const held = await this.need(mailbox)
      const next = await this.#merge(mailbox, held, documents)
      await this.#save(mailbox, { ...next, lease: held.lease }, held)
      return held.lease
    })
  }

  async #merge(
    mailbox: IdentityKey,
    held: HostedMailbox | undefined,
    documents: OwnerDocuments
  ): Promise<Omit<HostedMailbox, 'lease'>> {
    const o = { mailbox, nowHour: this.#nowHour() }
    const locator = newer(
      held?.locator,
      documents.locator === undefined ? undefined : await openLocator(documents.locator, o)
    )
    const bundle = newer(
      held?.bundle,
      documents.bundle === undefined ? undefined : await openBundle(documents.bundle, o)
    )
    const config = newer(
      held?.config,
      documents.config === undefined ? undefined : await openHostConfig(documents.config, o)
    )
    if (locator === undefined || bundle === undefined)
      throw new MailboxError('DESCRIPTOR', 'A locator and a key bundle are needed to open a mailbox.')
    if (
      documents.locator !== undefined &&
      held !== undefined &&
      locator === held.locator &&
      !sameBytes(documents.locator, held.locator.bytes)
    ) {
      throw new MailboxError('MOVED', 'A newer locator is held.', { locator: held.locator.bytes })
    }
    return { locator, bundle, config }
  }

  async #save(mailbox: Uint8Array, hosted: HostedMailbox, before: HostedMailbox | undefined): Promise<void> {
    await this.#options.store.write(
      keep(mailbox, {
        lease: encodeLease(hosted.lease),
        locator: hosted.locator.bytes,
        bundle: hosted.bundle.bytes,
        ...(hosted.config === undefined ? {} : { config: hosted.config.bytes })
      })
    )
    this.#cache.set(nameOf(mailbox), hosted)
    // a digest made between the write and now has seen the documents before
    this.#options.store.changed(mailbox)
    this.#options.replicas.change(mailbox, before?.locator, hosted.locator)
  }

  /** What is held was checked when it was taken; a clock that has moved on must not hide it. */
  async #read(mailbox: Uint8Array): Promise<HostedMailbox | undefined> {
    const [lease, locator, bundle, config] = await this.#options.store.readAll(
      mailbox,
      'lease',
      'locator',
      'bundle',
      'config'
    )
    if (lease === undefined || locator === undefined || bundle === undefined) return undefined
    // its locator was verified under this key before it was stored
    recallIdentityKey(mailbox)
    const o = { mailbox }
    return {
      lease: decodeLease(lease),
      locator: await openLocator(locator, o),
      bundle: await openBundle(bundle, o),
      config: config === undefined ? undefined : await openHostConfig(config, o)
    }
  }

  #nowHour(): number {
    return hourOf(this.#options.env.now())
  }
}

interface Dated {
  readonly seq: number
  readonly digest: Uint8Array
}

function newer<T extends Dated>(held: T | undefined, offered: T | undefined): T | undefined {
  if (held === undefined || offered === undefined) return offered ?? held
  return supersedes(offered, held) ? offered : held
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
