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
import { contactNameBytesMax } from '../limits.ts'
import { throwIfAborted } from './abort.ts'
import type { Change } from './change.ts'
import type { Gates } from './gates.ts'
import type { Ledger } from './ledger.ts'
import type { Life } from './life.ts'
import type { ContactRow } from './rows.ts'
import type { Standings } from './standing.ts'
import type { LocalStore } from './store.ts'

export interface Contact {
  readonly address: string
  /** The owner's name for it. */
  readonly name: string
  readonly addedMs: number
  /** When the owner said that the safety numbers agree; absent: not compared. */
  readonly verifiedMs?: number
  readonly blocked: boolean
  /** Id of the gate that it is dealt; absent: the default one. */
  readonly gate?: string
}

export interface ContactsInit {
  readonly store: LocalStore
  readonly ledger: Ledger
  readonly standings: Standings
  /** The owner's key. */
  readonly mailbox: IdentityKey
  readonly env: Environment
  readonly life: Life
  readonly gates: Gates
}

interface Signalled {
  readonly signal?: AbortSignal
}

export class Contacts {
  readonly #init: ContactsInit

  constructor(init: ContactsInit) {
    this.#init = init
  }

  /**
   * Its messages come into the inbox, those that are among the requests too.
   * @throws MailboxError ADDRESS, CONTACT (the name is another contact's, or cannot be one; the address is a contact
   * already), QUOTA (`contactsMax`), ABORTED, CLOSED, STORE
   */
  async add({ address, name }: { address: string; name: string }, o: Signalled = {}): Promise<Contact> {
    parseAddress(address)
    return await this.#change(o, async change => await this.put(change, address, name))
  }

  /** `add` as a part of another change; `Standings.settle` is to follow it. @throws MailboxError as `add` */
  async put(change: Change, address: string, text: string, gate?: string): Promise<Contact> {
    const { store, env, standings } = this.#init
    const name = checkedName(text)
    const held = await change.get(store.contacts, address)
    if (held !== undefined)
      throw new MailboxError('CONTACT', `This address is the contact "${held.name}" already: rename it, or remove it.`)
    // first, since whoever goes on without the contact is to keep nothing of it
    await standings.count(change, 'contacts', 1)
    await this.#take(change, name, address)
    const row = { name, addedMs: env.now(), ...(gate === undefined ? {} : { gate }) }
    change.put(store.contacts.put(address, row))
    await standings.know(change, address, 'contact')
    return await this.#contact(address, row, change)
  }

  /**
   * The contact that `address` is already, or the one it becomes.
   * @throws MailboxError CONTACT without a name for a new one, and as `add`
   */
  async keep(change: Change, address: string, name: string | undefined): Promise<Contact> {
    const held = await change.get(this.#init.store.contacts, address)
    if (held !== undefined) return await this.#contact(address, held, change)
    if (name === undefined)
      throw new MailboxError('CONTACT', 'The inviter gives no name of its own: choose one for this contact.')
    return await this.put(change, address, name)
  }

  /** Whether no contact has this name. */
  async isFree(change: Change, name: string): Promise<boolean> {
    return (await change.get(this.#init.store.names, foldedName(name))) === undefined
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
    const found = await this.#find(addressOrName)
    return found === undefined ? undefined : await this.#contact(found.address, found.row)
  }

  /** @throws MailboxError CONTACT (no such contact; the name is another's, or cannot be one), ABORTED, CLOSED, STORE */
  async rename(addressOrName: string, to: string, o: Signalled = {}): Promise<Contact> {
    const name = checkedName(to)
    return await this.#change(o, async change => {
      const { store } = this.#init
      const { address, row } = await this.#required(addressOrName)
      change.put(store.names.del(foldedName(row.name)))
      await this.#take(change, name, address)
      return await this.#set(change, address, { ...row, name })
    })
  }

  /**
   * It is a stranger from then on, also when it was written to. Messages stay. A blocked address stays blocked.
   * @throws MailboxError CONTACT, ABORTED, CLOSED, STORE
   */
  async remove(addressOrName: string, o: Signalled = {}): Promise<void> {
    await this.#change(o, async change => {
      const { store, standings } = this.#init
      const { address, row } = await this.#required(addressOrName)
      change.put(store.contacts.del(address), store.names.del(foldedName(row.name)), store.accepted.del(address))
      change.put(store.given.del(address))
      await standings.count(change, 'contacts', -1)
      await standings.forget(change, address)
    })
  }

  /**
   * Marks a contact whose safety number was compared. With `number`, as the contact has read it out or as a code shows
   * it, it is compared here.
   * @throws MailboxError CONTACT (no such contact; `number` is not 60 digits, or is another), ABORTED, CLOSED, STORE
   */
  async verify(addressOrName: string, number?: string, o: Signalled = {}): Promise<Contact> {
    return await this.#change(o, async change => {
      const { address, row } = await this.#required(addressOrName)
      if (number !== undefined) this.#compare(address, row.name, number)
      return await this.#set(change, address, { ...row, verifiedMs: this.#init.env.now() })
    })
  }

  /** @throws MailboxError CONTACT, ABORTED, CLOSED, STORE */
  async unverify(addressOrName: string, o: Signalled = {}): Promise<Contact> {
    return await this.#change(o, async change => {
      const { address, row } = await this.#required(addressOrName)
      const { name, addedMs, gate } = row
      return await this.#set(change, address, { name, addedMs, ...(gate === undefined ? {} : { gate }) })
    })
  }

  /**
   * What is sent to this contact from now on gives it this gate of the mailbox, by name or id, to deposit through.
   * Undefined: the default one. It keeps what it has until its owner revokes it.
   * @throws MailboxError CONTACT, NOT_FOUND (no such gate in force), ABORTED, CLOSED, STORE
   */
  async deal(addressOrName: string, gate: string | undefined, o: Signalled = {}): Promise<Contact> {
    return await this.#change(o, async change => {
      const { address, row } = await this.#required(addressOrName)
      const { name, addedMs, verifiedMs } = row
      const dealt = gate === undefined ? {} : { gate: await this.#init.gates.toDeal(gate) }
      const verified = verifiedMs === undefined ? {} : { verifiedMs }
      return await this.#set(change, address, { name, addedMs, ...verified, ...dealt })
    })
  }

  /**
   * From now on what comes from this sender is taken off the relays and never shown, and its requests are deleted. What
   * is in the inbox stays. It need not be a contact.
   * @throws MailboxError CONTACT or ADDRESS when there is no such contact and it is no address, QUOTA (`blockedMax`),
   * ABORTED, CLOSED, STORE
   */
  async block(addressOrName: string, o: Signalled = {}): Promise<void> {
    await this.#change(o, async change => {
      const { store, env, standings } = this.#init
      const address = await this.#addressOf(addressOrName)
      if ((await change.get(store.blocked, address)) !== undefined) return
      await standings.count(change, 'blocked', 1)
      change.put(store.blocked.put(address, { atMs: env.now() }))
      standings.touch(change, address)
    })
  }

  /** @throws MailboxError CONTACT or ADDRESS as `block`, ABORTED, CLOSED, STORE */
  async unblock(addressOrName: string, o: Signalled = {}): Promise<void> {
    await this.#change(o, async change => {
      const { store, standings } = this.#init
      const address = await this.#addressOf(addressOrName)
      if ((await change.get(store.blocked, address)) === undefined) return
      change.put(store.blocked.del(address))
      await standings.count(change, 'blocked', -1)
    })
  }

  /** Every blocked address, contact or not. @throws MailboxError STORE */
  async *blocked(o: Signalled = {}): AsyncGenerator<{ readonly address: string; readonly atMs: number }> {
    for await (const [address, { atMs }] of this.#init.store.blocked.entries()) {
      throwIfAborted(o.signal)
      yield { address, atMs }
    }
  }

  async #change<T>(o: Signalled, work: (change: Change) => Promise<T>): Promise<T> {
    const { life, ledger, standings } = this.#init
    return await life.run(o.signal, async signal => {
      const result = await ledger.change(async change => {
        throwIfAborted(signal)
        return await work(change)
      })
      await standings.settle()
      return result
    })
  }

  /** @throws MailboxError CONTACT when the name is another contact's */
  async #take(change: Change, name: string, address: string): Promise<void> {
    const { store } = this.#init
    const holder = await change.get(store.names, foldedName(name))
    if (holder !== undefined && holder !== address) {
      const held = await change.get(store.contacts, holder)
      throw new MailboxError(
        'CONTACT',
        `"${held?.name ?? name}" is the name of the contact ${holder} already: choose another name.`
      )
    }
    change.put(store.names.put(foldedName(name), address))
  }

  async #find(addressOrName: string): Promise<{ address: string; row: ContactRow } | undefined> {
    const { store } = this.#init
    const row = await store.contacts.get(addressOrName)
    if (row !== undefined) return { address: addressOrName, row }
    if (addressOrName.length > contactNameBytesMax) return undefined
    const address = await store.names.get(foldedName(addressOrName))
    const named = address === undefined ? undefined : await store.contacts.get(address)
    return address === undefined || named === undefined ? undefined : { address, row: named }
  }

  async #required(addressOrName: string): Promise<{ address: string; row: ContactRow }> {
    const found = await this.#find(addressOrName)
    if (found !== undefined) return found
    throw new MailboxError('CONTACT', 'There is no contact of this name or address: add it first.')
  }

  async #addressOf(addressOrName: string): Promise<string> {
    const found = await this.#find(addressOrName)
    if (found !== undefined) return found.address
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

  async #set(change: Change, address: string, row: ContactRow): Promise<Contact> {
    change.put(this.#init.store.contacts.put(address, row))
    return await this.#contact(address, row, change)
  }

  async #contact(address: string, row: ContactRow, change?: Change): Promise<Contact> {
    const { blocked } = this.#init.store
    const held = await (change === undefined ? blocked.get(address) : change.get(blocked, address))
    return { address, ...row, blocked: held !== undefined }
  }
}
