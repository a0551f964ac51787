/**
 * The people that an owner knows by name: petnames of its own choice, unique, for addresses that never change; whose
 * safety number was compared, and from whom nothing is wanted any more (SPEC §10.10).
 */
import type { Environment } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { parseAddress } from '../identity/address.ts'
import type { IdentityKey } from '../identity/keys.ts'
import { checkedName, foldedName } from '../identity/name.ts'
import { parseSafetyNumber, safetyNumber } from '../identity/safety.ts'
import { blockedMax, contactsMax, listLimitMax } from '../limits.ts'
import { throwIfAborted } from './abort.ts'
import type { Life } from './life.ts'
import type { ContactRow } from './rows.ts'
import type { LocalStore, Operation } from './store.ts'

export interface Contact {
  readonly address: string
  /** The owner's name for it. */
  readonly name: string
  readonly addedMs: number
  /** When the owner said that the safety numbers agree; absent: not compared. */
  readonly verifiedMs?: number
  readonly blocked: boolean
}

export interface ContactsInit {
  readonly store: LocalStore
  /** The owner's key. */
  readonly mailbox: IdentityKey
  readonly env: Environment
  readonly life: Life
}

interface Signalled {
  readonly signal?: AbortSignal
}

export class Contacts {
  readonly #init: ContactsInit
  /** Changes are made one after the other: looking and committing is one step. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(init: ContactsInit) {
    this.#init = init
  }

  /**
   * @throws MailboxError ADDRESS, CONTACT (the name is another contact's, or cannot be one; the address is a contact
   * already), QUOTA (`contactsMax`), ABORTED, CLOSED, STORE
   */
  async add({ address, name: text }: { address: string; name: string }, o: Signalled = {}): Promise<Contact> {
    parseAddress(address)
    const name = checkedName(text)
    return await this.#change(o, async () => {
      const { store, env } = this.#init
      const held = await store.contacts.get(address)
      if (held !== undefined)
        throw new MailboxError(
          'CONTACT',
          `This address is the contact "${held.name}" already: rename it, or remove it.`
        )
      const names = await this.#free(name, address)
      const row = { name, addedMs: env.now() }
      const counted = await this.#count('contacts', 1, contactsMax)
      return [[...names, ...counted, store.contacts.put(address, row)], await this.#contact(address, row)]
    })
  }

  /**
   * By name. Read as the caller takes them.
   * @throws MailboxError STORE
   */
  async *list(o: Signalled = {}): AsyncGenerator<Contact> {
    const { store } = this.#init
    for await (const [, address] of store.names.entries()) {
      throwIfAborted(o.signal)
      const row = await store.contacts.get(address)
      if (row !== undefined) yield await this.#contact(address, row)
    }
  }

  /** By address, or by name as `add` compares it. Undefined: no such contact. */
  async get(addressOrName: string): Promise<Contact | undefined> {
    const { store } = this.#init
    const row = await store.contacts.get(addressOrName)
    if (row !== undefined) return await this.#contact(addressOrName, row)
    const address = await store.names.get(foldedName(addressOrName.slice(0, listLimitMax)))
    const named = address === undefined ? undefined : await store.contacts.get(address)
    return address === undefined || named === undefined ? undefined : await this.#contact(address, named)
  }

  /** @throws MailboxError CONTACT (no such contact; the name is another's, or cannot be one), ABORTED, CLOSED, STORE */
  async rename(addressOrName: string, to: string, o: Signalled = {}): Promise<Contact> {
    const name = checkedName(to)
    return await this.#change(o, async () => {
      const { store } = this.#init
      const { address, row } = await this.#required(addressOrName)
      const names = await this.#free(name, address)
      const renamed = { ...row, name }
      const operations = [store.names.del(foldedName(row.name)), ...names, store.contacts.put(address, renamed)]
      return [operations, await this.#contact(address, renamed)]
    })
  }

  /** Messages stay. A blocked address stays blocked. @throws MailboxError CONTACT, ABORTED, CLOSED, STORE */
  async remove(addressOrName: string, o: Signalled = {}): Promise<void> {
    await this.#change(o, async () => {
      const { store } = this.#init
      const { address, row } = await this.#required(addressOrName)
      const counted = await this.#count('contacts', -1, contactsMax)
      return [[store.contacts.del(address), store.names.del(foldedName(row.name)), ...counted], undefined]
    })
  }

  /**
   * Marks a contact whose safety number was compared. With `number`, as the contact has read it out or as a code shows
   * it, it is compared here.
   * @throws MailboxError CONTACT (no such contact; `number` is not 60 digits, or is another), ABORTED, CLOSED, STORE
   */
  async verify(addressOrName: string, number?: string, o: Signalled = {}): Promise<Contact> {
    return await this.#change(o, async () => {
      const { address, row } = await this.#required(addressOrName)
      if (number !== undefined) this.#compare(address, row.name, number)
      return await this.#put(address, { ...row, verifiedMs: this.#init.env.now() })
    })
  }

  /** @throws MailboxError CONTACT, ABORTED, CLOSED, STORE */
  async unverify(addressOrName: string, o: Signalled = {}): Promise<Contact> {
    return await this.#change(o, async () => {
      const { address, row } = await this.#required(addressOrName)
      const { name, addedMs } = row
      return await this.#put(address, { name, addedMs })
    })
  }

  /**
   * From now on what comes from this sender is taken off the relays and never shown. What is here stays. It need not be
   * a contact.
   * @throws MailboxError CONTACT or ADDRESS when there is no such contact and it is no address, QUOTA (`blockedMax`),
   * ABORTED, CLOSED, STORE
   */
  async block(addressOrName: string, o: Signalled = {}): Promise<void> {
    await this.#change(o, async () => {
      const { store, env } = this.#init
      const address = await this.#addressOf(addressOrName)
      if ((await store.blocked.get(address)) !== undefined) return [[], undefined]
      const counted = await this.#count('blocked', 1, blockedMax)
      return [[store.blocked.put(address, { atMs: env.now() }), ...counted], undefined]
    })
  }

  /** @throws MailboxError CONTACT or ADDRESS as `block`, ABORTED, CLOSED, STORE */
  async unblock(addressOrName: string, o: Signalled = {}): Promise<void> {
    await this.#change(o, async () => {
      const { store } = this.#init
      const address = await this.#addressOf(addressOrName)
      if ((await store.blocked.get(address)) === undefined) return [[], undefined]
      return [[store.blocked.del(address), ...(await this.#count('blocked', -1, blockedMax))], undefined]
    })
  }

  /** Every blocked address, contact or not. @throws MailboxError STORE */
  async *blocked(o: Signalled = {}): AsyncGenerator<{ readonly address: string; readonly atMs: number }> {
    for await (const [address, { atMs }] of this.#init.store.blocked.entries()) {
      throwIfAborted(o.signal)
      yield { address, atMs }
    }
  }

  /** One synced batch, made while nobody else makes one. */
  async #change<T>(o: Signalled, make: () => Promise<[Operation[], T]>): Promise<T> {
    return await this.#init.life.run(o.signal, async signal => {
      const changed = this.#turn.then(async () => {
        throwIfAborted(signal)
        const [operations, result] = await make()
        await this.#init.store.commit(operations)
        return result
      })
      this.#turn = changed.then(
        () => undefined,
        () => undefined
      )
      return await changed
    })
  }

  /** @throws MailboxError CONTACT when the name is another contact's */
  async #free(name: string, address: string): Promise<Operation[]> {
    const { store } = this.#init
    const folded = foldedName(name)
    const holder = await store.names.get(folded)
    if (holder === undefined || holder === address) return [store.names.put(folded, address)]
    const held = await store.contacts.get(holder)
    throw new MailboxError(
      'CONTACT',
      `"${held?.name ?? name}" is the name of the contact ${holder} already: choose another name.`
    )
  }

  async #required(addressOrName: string): Promise<{ address: string; row: ContactRow }> {
    const contact = await this.get(addressOrName)
    const row = contact === undefined ? undefined : await this.#init.store.contacts.get(contact.address)
    if (contact === undefined || row === undefined)
      throw new MailboxError('CONTACT', 'There is no contact of this name or address: add it first.')
    return { address: contact.address, row }
  }

  async #addressOf(addressOrName: string): Promise<string> {
    const contact = await this.get(addressOrName)
    if (contact !== undefined) return contact.address
    if (!addressOrName.startsWith('bbaare'))
      throw new MailboxError('CONTACT', 'There is no contact of this name: give the address.')
    parseAddress(addressOrName)
    return addressOrName
  }

  #compare(address: string, name: string, number: string): void {
    const given = parseSafetyNumber(number)
    if (given === undefined)
      throw new MailboxError('CONTACT', 'A safety number has 60 digits, in 12 groups of 5: compare all of them.')
    if (given !== safetyNumber(this.#init.mailbox, parseAddress(address)))
      throw new MailboxError(
        'CONTACT',
        `This is not the safety number with "${name}": one of you has another address than the other believes. Exchange addresses again, face to face if you can.`
      )
  }

  async #count(what: 'contacts' | 'blocked', change: number, max: number): Promise<Operation[]> {
    const { tally } = this.#init.store
    const count = ((await tally.get(what)) ?? 0) + change
    if (change > 0 && count > max)
      throw new MailboxError('QUOTA', `There are ${max} ${what} already: remove one first.`, { limit: `${what}Max` })
    return [tally.put(what, count)]
  }

  async #put(address: string, row: ContactRow): Promise<[Operation[], Contact]> {
    return [[this.#init.store.contacts.put(address, row)], await this.#contact(address, row)]
  }

  async #contact(address: string, { name, addedMs, verifiedMs }: ContactRow): Promise<Contact> {
    const blocked = (await this.#init.store.blocked.get(address)) !== undefined
    return { address, name, addedMs, blocked, ...(verifiedMs === undefined ? {} : { verifiedMs }) }
  }
}
