/** People on the command line: a contact's name is taken wherever an address is, and shown where one is known. */
import type { Contact } from '../client/contacts.ts'
import type { Mailbox } from '../client/mailbox.ts'
import { MailboxError } from '../errors.ts'
import { parseAddress } from '../identity/address.ts'

type Contacts = Pick<Mailbox, 'contacts'>

/** What a text that is meant as an address begins with; no name of a contact is one. */
const addressStart = /^bbaare/

/** It is meant as one. */
export const isAddress = (who: string): boolean => addressStart.test(who)

/** Says early what is wrong with a malformed address. @throws MailboxError ADDRESS */
export function checkWho(who: string): void {
  if (isAddress(who)) parseAddress(who)
}

/**
 * The address of a contact's name, or the address itself.
 * @throws MailboxError ADDRESS for a malformed address, CONTACT for a name that no contact has
 */
export async function addressOf({ contacts }: Contacts, who: string): Promise<string> {
  const contact = await contacts.get(who)
  if (contact !== undefined) return contact.address
  if (!isAddress(who))
    throw new MailboxError(
      'CONTACT',
      `No contact is called "${who}", and it is no address; "mailbox contacts" lists the names you have given.`
    )
  parseAddress(who)
  return who
}

/** Contacts by address, for the lines of one list or one watch; each is looked up once. */
export class People {
  readonly #contacts: Mailbox['contacts']
  /** Bounded by the entries of the list: `listLimitMax`, or emptied at that many. */
  readonly #known = new Map<string, Contact | undefined>()

  constructor({ contacts }: Contacts) {
    this.#contacts = contacts
  }

  async contact(address: string): Promise<Contact | undefined> {
    if (!this.#known.has(address)) {
      if (this.#known.size >= peopleMax) this.#known.clear()
      this.#known.set(address, await this.#contacts.get(address))
    }
    return this.#known.get(address)
  }

  /** The contact's name; undefined for who has none. */
  async name(address: string): Promise<string | undefined> {
    return (await this.contact(address))?.name
  }
}

const peopleMax = 10_000
