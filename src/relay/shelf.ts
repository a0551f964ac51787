/** The locators this relay keeps for its neighbourhood, in its own store (SPEC §6.3). */
import type { Locator } from '../identity/locator.ts'
import type { LocatorShelf } from '../placement/holder.ts'
import { kinds, mailboxOfKey } from './keys.ts'
import { diskFull, shelve } from './operations.ts'
import { anyDisk, hasRoom, type Disk } from './options.ts'
import type { RelayStore } from './store.ts'

export class Shelf implements LocatorShelf {
  readonly #store: RelayStore
  readonly #disk: Disk
  #held = 0

  constructor(store: RelayStore, disk: Disk = anyDisk) {
    this.#store = store
    this.#disk = disk
  }

  /** Counts what is held; called at the start and when an hour has passed. */
  async recount(): Promise<void> {
    const before = this.#held
    let held = 0
    for await (const [key] of this.#store.list(kinds.shelf)) if (key.byteLength > 0) held++
    // and what was shelved while it counted
    this.#held += held - before
  }

  async get(mailbox: Uint8Array): Promise<Uint8Array | undefined> {
    const shelved = await this.#store.read('shelf', mailbox)
    return shelved?.subarray(4)
  }

  /** @throws MailboxError QUOTA for one more on a disk that is nearly full, STORE, BUSY, CLOSED */
  async put(mailbox: Uint8Array, locator: Locator): Promise<void> {
    const known = await this.get(mailbox)
    if (known === undefined && !hasRoom(this.#disk, 'strangers')) throw diskFull()
    await this.#store.write(shelve(mailbox, locator))
    if (known === undefined) this.#held++
  }

  async *held(): AsyncGenerator<{ mailbox: Uint8Array; locator: Uint8Array }> {
    for await (const [key, value] of this.#store.list(kinds.shelf))
      yield { mailbox: mailboxOfKey(key), locator: value.subarray(4) }
  }

  count(): number {
    return this.#held
  }
}
