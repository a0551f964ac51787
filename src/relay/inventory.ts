/**
 * What a mailbox is made of on this relay, as replicas compare it: live records, tombstones and the owner's documents,
 * each under a name that is the same on every replica (SPEC §9.5).
 */
import { createHash, hash } from 'node:crypto'
import { compare } from 'uint8arrays/compare'
import { hourOf, type Environment } from '../environment.ts'
import { clockSkewHours, giveBytesMax, giveItemsMax, mailboxesMax } from '../limits.ts'
import { Tombstone, TombstoneBody, type SyncItem } from '../wire/messages.js'
import type { Directory } from './directory.ts'
import { decodeEntry, idOf, kinds, nameOf, u32 } from './keys.ts'
import type { RelayStore } from './store.ts'
import { lastUsed } from '../placement/cache.ts'

export const itemKinds = { record: 1, tombstone: 2, locator: 3, bundle: 4, config: 5 } as const
export type ItemKind = (typeof itemKinds)[keyof typeof itemKinds]

export interface HeldItem {
  readonly kind: ItemKind
  /** Unix hour: the expiry of a record, the end of a tombstone, 0 for a document. The same on every replica. */
  readonly key: number
  /** Record id, SHA-256 of a tombstone's body, digest of a document. 32 bytes. */
  readonly id: Uint8Array
}

/** What two relays call an item between them: nobody who makes one can choose it (SPEC §9.6). */
export function saltedId(salt: Uint8Array, item: HeldItem): Uint8Array {
  return hash('sha256', Buffer.concat([salt, Uint8Array.of(item.kind), item.id]), 'buffer')
}

interface Digest {
  readonly digest: Uint8Array
  /** Until something of it expires. */
  readonly untilHour: number
}

export class Inventory {
  readonly #store: RelayStore
  readonly #directory: Directory
  readonly #env: Environment
  /** Bounded by mailboxesMax, a hundred bytes each; an entry leaves when its mailbox changes. */
  readonly #digests = lastUsed<Digest>(mailboxesMax)
  /** Mailboxes whose digest is being made, and whether they have changed meanwhile. Bounded by requests in flight. */
  readonly #making = new Map<string, boolean>()

  constructor(o: { store: RelayStore; directory: Directory; env: Environment }) {
    this.#store = o.store
    this.#directory = o.directory
    this.#env = o.env
    o.store.onChange(mailbox => {
      const name = nameOf(mailbox)
      this.#digests.delete(name)
      if (this.#making.has(name)) this.#making.set(name, true)
    })
  }

  /** All digests, to be made again. */
  forget(): void {
    this.#digests.clear()
    for (const name of this.#making.keys()) this.#making.set(name, true)
  }

  /** @throws MailboxError NO_MAILBOX, STORE */
  async items(mailbox: Uint8Array): Promise<HeldItem[]> {
    const { locator, bundle, config } = await this.#directory.need(mailbox)
    const items: HeldItem[] = [
      { kind: itemKinds.locator, key: 0, id: locator.digest },
      { kind: itemKinds.bundle, key: 0, id: bundle.digest }
    ]
    if (config !== undefined) items.push({ kind: itemKinds.config, key: 0, id: config.digest })
    const nowHour = hourOf(this.#env.now())
    // bounded by recordsPerMailbox, twice over after a repair, and tombstonesPerMailboxMax
    for await (const [key, value] of this.#store.list(kinds.entry, mailbox)) {
      const { live, expiresHour } = decodeEntry(value)
      if (live && expiresHour > nowHour) items.push({ kind: itemKinds.record, key: expiresHour, id: idOf(key) })
    }
    for await (const [key, value] of this.#store.list(kinds.tombstone, mailbox)) {
      const { dropAfterHour } = TombstoneBody.decode(Tombstone.decode(value.subarray(4)).body)
      // not the hour until which it is kept: a relay that knew a record keeps its tombstone longer
      if (dropAfterHour + 2 * clockSkewHours > nowHour)
        items.push({ kind: itemKinds.tombstone, key: dropAfterHour, id: idOf(key) })
    }
    return items
  }

  /** Equal on two replicas if and only if their items are. @throws MailboxError NO_MAILBOX, STORE */
  async digest(mailbox: Uint8Array): Promise<Uint8Array> {
    const name = nameOf(mailbox)
    const known = this.#digests.get(name)
    if (known !== undefined && known.untilHour > hourOf(this.#env.now())) return known.digest
    this.#making.set(name, false)
    try {
      const made = digestOf(await this.items(mailbox))
      if (this.#making.get(name) === false) this.#digests.set(name, made)
      return made.digest
    } finally {
      this.#making.delete(name)
    }
  }

  /**
   * The values of the first of `items`, as many as one message holds; what is gone meanwhile is left out, and so are
   * records unless `records` is set.
   * @returns the values, and how many of `items` they speak for
   */
  async values(
    mailbox: Uint8Array,
    items: readonly HeldItem[],
    o: { records: boolean }
  ): Promise<{ values: SyncItem[]; served: number }> {
    const values: SyncItem[] = []
    let bytes = 0
    let served = 0
    for (const item of items) {
      const isLeftOut = item.kind === itemKinds.record && !o.records
      const value = isLeftOut ? undefined : await this.#value(mailbox, item)
      const full = values.length === giveItemsMax || bytes + (value?.byteLength ?? 0) > giveBytesMax
      if (full && values.length > 0) break
      served++
      if (value === undefined) continue
      values.push({ kind: item.kind, value })
      bytes += value.byteLength
    }
    return { values, served }
  }

  async #value(mailbox: Uint8Array, { kind, id }: HeldItem): Promise<Uint8Array | undefined> {
    if (kind === itemKinds.record) return await this.#store.record(mailbox, id)
    if (kind === itemKinds.tombstone) return await this.#store.tombstone(mailbox, id)
    const { locator, bundle, config } = await this.#directory.need(mailbox)
    if (kind === itemKinds.locator) return locator.bytes
    return kind === itemKinds.bundle ? bundle.bytes : config?.bytes
  }
}

function digestOf(items: HeldItem[]): Digest {
  items.sort((a, b) => a.key - b.key || a.kind - b.kind || compare(a.id, b.id))
  const hasher = createHash('sha256')
  let untilHour = Infinity
  for (const { kind, key, id } of items) {
    hasher.update(u32(key)).update(Uint8Array.of(kind)).update(id)
    const lastHour = kind === itemKinds.tombstone ? key + 2 * clockSkewHours : key
    if (key > 0) untilHour = Math.min(untilHour, lastHour)
  }
  return { digest: hasher.digest(), untilHour }
}
