/** Everything that is about other people: put together here, because each part needs another. */
import type { Environment } from '../environment.ts'
import type { Identity } from '../identity/keys.ts'
import type { Acks } from './acks.ts'
import { Contacts } from './contacts.ts'
import { Gates } from './gates.ts'
import { GivenGates } from './given.ts'
import { Invitations } from './invitations.ts'
import type { Ledger } from './ledger.ts'
import type { Life } from './life.ts'
import type { RegistrationState } from './registration.ts'
import type { Strangers } from './standing.ts'
import { Standings } from './standing.ts'
import type { LocalStore } from './store.ts'

export interface PeopleInit {
  readonly store: LocalStore
  readonly ledger: Ledger
  readonly acks: Acks
  readonly state: RegistrationState
  readonly identity: Identity
  readonly address: string
  readonly env: Environment
  readonly life: Life
  readonly strangers: Strangers
}

export interface People {
  readonly standings: Standings
  readonly contacts: Contacts
  readonly invitations: Invitations
  /** Of this owner's mailbox, and of others' mailboxes. */
  readonly gates: Gates
  readonly given: GivenGates
  /** The seed of the gate that this owner deals to an address, if any. */
  readonly dealt: (address: string) => Promise<Uint8Array | undefined>
  /** Before anything leaves for `address`: its answers are to come into the inbox. The token to send, if any. */
  readonly meet: (address: string) => Promise<Uint8Array | undefined>
}

/** Goes on with what a crash has left. @throws MailboxError STORE, DAMAGED */
export async function meetPeople(init: PeopleInit): Promise<People> {
  const { store, ledger, identity } = init
  const gates = new Gates(init)
  const given = new GivenGates({ ...init, own: async () => await gates.dealtTo({}) })
  const standings: Standings = new Standings({
    ...init,
    given,
    invited: async (arrival, change) => await invitations.use(arrival, change)
  })
  const contacts = new Contacts({ ...init, standings, gates, mailbox: identity.key })
  const invitations = new Invitations({ ...init, contacts, standings, gates, given })
  await standings.settle()
  // whoever waited for room among the requests needs none of it
  if (init.strangers === 'inbox')
    await ledger.change(async change => {
      await standings.lookAgain(change)
    })
  return {
    standings,
    contacts,
    invitations,
    gates,
    given,
    dealt: async address => {
      const row = await store.contacts.get(address)
      if (row === undefined || (await store.blocked.get(address)) !== undefined) return undefined
      return await gates.dealtTo(row)
    },
    meet: async address => {
      const isKnown = (await store.contacts.get(address)) ?? (await store.known.get(address))
      if (isKnown === undefined && address !== init.address) {
        await ledger.change(async change => {
          await standings.know(change, address, 'otherwise')
        })
        await standings.settle()
      }
      return await invitations.tokenFor(address)
    }
  }
}
