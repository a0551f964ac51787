/**
 * First contact by invitation: what this owner has given out, and what it has accepted of others. Whoever writes with the
 * token of an open invitation becomes a contact, and its message comes into the inbox (SPEC §10.10).
 */
import { equals, toString } from 'uint8arrays'
import type { Environment } from '../environment.ts'
import { hourOf, msPerHour } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { sha256 } from '../crypto/primitives.ts'
import { domains } from '../identity/domains.ts'
import { tokenBytes } from '../identity/inner.ts'
import { openInvitation, signInvitation } from '../identity/invitation.ts'
import type { Identity } from '../identity/keys.ts'
import { checkedName } from '../identity/name.ts'
import {
  clockSkewHours,
  invitationHoursDefault,
  invitationHoursMax,
  invitationsMax,
  ttlHoursMax,
  ttlHoursMin
} from '../limits.ts'
import type { PeerAddress } from '../wire/port.ts'
import type { Change } from './change.ts'
import type { Contact, Contacts } from './contacts.ts'
import type { Gates } from './gates.ts'
import type { GivenGates } from './given.ts'
import type { Arrival } from './intake.ts'
import type { Ledger } from './ledger.ts'
import type { Life } from './life.ts'
import type { RegistrationState } from './registration.ts'
import type { InvitationRow } from './rows.ts'
import type { Standings } from './standing.ts'
import type { LocalStore } from './store.ts'

export interface InviteOptions {
  /** What the invitation calls this owner. */
  readonly name?: string
  /** What the contact is to be called that comes of it; otherwise it is called after its address. */
  readonly contact?: string
  /** 1 to 2,160; default 336 (14 days). */
  readonly ttlHours?: number
  /** Name or id of the gate that it gives, and that the contact is dealt; default: the one for all contacts. */
  readonly gate?: string
  readonly signal?: AbortSignal
}

export interface OpenInvitation {
  /** Names it in `list` and `revoke`; says nothing about the token. */
  readonly id: string
  /** What to hand out. Whoever has seen it can use it, once. */
  readonly uri: string
  readonly expiresMs: number
}

export interface Invited extends OpenInvitation {
  readonly createdMs: number
  readonly state: 'open' | 'used' | 'expired'
  readonly contact?: string
  /** Address of who has used it, and when that was seen here. */
  readonly usedBy?: string
  readonly usedMs?: number
}

export interface InvitationsInit {
  readonly store: LocalStore
  readonly ledger: Ledger
  readonly identity: Identity
  readonly contacts: Contacts
  readonly standings: Standings
  readonly state: RegistrationState
  readonly env: Environment
  readonly life: Life
  readonly gates: Gates
  readonly given: GivenGates
}

interface Signalled {
  readonly signal?: AbortSignal
}

/** Names tried for a contact that comes of an invitation, before its address alone is one. */
const namesMax = 100

export class Invitations {
  readonly #init: InvitationsInit

  constructor(init: InvitationsInit) {
    this.#init = init
  }

  /**
   * An invitation for one person. It names relays of the mailbox, where it has been opened; those that do not fit are in
   * `leftOut`.
   * @throws MailboxError CONTACT (a name that cannot be one), NOT_FOUND (no such gate in force), EXPIRED (`ttlHours` out of range), QUOTA when
   * `invitationsMax` are open, ABORTED, CLOSED, STORE
   */
  async create(o: InviteOptions = {}): Promise<OpenInvitation & { readonly leftOut: readonly string[] }> {
    const { life, ledger, store, env, identity, state, gates } = this.#init
    const expiresHour = hourOf(env.now()) + hours(o.ttlHours)
    const contact = o.contact === undefined ? {} : { contact: checkedName(o.contact) }
    return await life.run(o.signal, async () => {
      const token = env.random(tokenBytes)
      const relays = (state.locator?.relays ?? []).filter(({ role }) => role === 'active')
      const name = o.name === undefined ? {} : { name: o.name }
      const own = o.gate === undefined ? undefined : await gates.toDeal(o.gate)
      const gate = await ledger.change(async change => await gates.seedOf(change, own))
      const { uri, leftOut } = await signInvitation(identity, { token, expiresHour, relays, gate, ...name })
      const dealt = own === undefined ? {} : { gate: own }
      const id = idOf(token)
      await ledger.change(async change => {
        await this.#makeRoom(change)
        change.put(store.invitations.put(id, { token, uri, createdMs: env.now(), expiresHour, ...contact, ...dealt }))
      })
      return { id, uri, expiresMs: expiresHour * msPerHour, leftOut: leftOut.map(relay => relay.id) }
    })
  }

  /** What was given out and is open, or was not long ago; the newest first. @throws MailboxError ABORTED, CLOSED, STORE */
  async list(o: Signalled = {}): Promise<readonly Invited[]> {
    const { life, store, env } = this.#init
    return await life.run(o.signal, async () => {
      const found: Invited[] = []
      for await (const [id, row] of store.invitations.entries({ limit: invitationsMax }))
        found.push(invitedOf(id, row, env.now()))
      return found.toSorted((a, b) => b.createdMs - a.createdMs)
    })
  }

  /** Whoever uses it from now on is a stranger. @throws MailboxError INVITATION (no such one), ABORTED, CLOSED, STORE */
  async revoke(id: string, o: Signalled = {}): Promise<void> {
    const { life, ledger, store } = this.#init
    await life.run(o.signal, async () => {
      await ledger.change(async change => {
        if ((await change.get(store.invitations, id)) === undefined)
          throw new MailboxError('INVITATION', 'There is no such invitation here: list those that are open.')
        change.put(store.invitations.del(id))
      })
    })
  }

  /**
   * Makes the inviter a contact; what is sent to it while the invitation lasts says that it was accepted. Asks nobody.
   * @throws MailboxError INVITATION (not an invitation, damaged, expired, of another version, one's own), CONTACT (no
   * name given here or there; the name is another contact's; the inviter is blocked), QUOTA, ABORTED, CLOSED, STORE
   */
  async accept(uri: string, o: { name?: string } & Signalled = {}): Promise<Contact> {
    const { life, ledger, store, env, identity, contacts, standings, given } = this.#init
    return await life.run(o.signal, async () => {
      const { address, token, expiresHour, relays, name, gate } = await openInvitation(uri, { nowMs: env.now() })
      if (address === identity.address)
        throw new MailboxError('INVITATION', 'This is an invitation of your own: give it to somebody else.')
      const contact = await ledger.change(async change => {
        if ((await standings.of(change, address)) === 'blocked')
          throw new MailboxError('CONTACT', 'The inviter is blocked: unblock it first.')
        change.put(store.accepted.put(address, { token, expiresHour, relays }))
        if (gate !== undefined) await given.keep(change, address, gate, env.now())
        return await contacts.keep(change, address, o.name ?? name)
      })
      await standings.settle()
      return contact
    })
  }

  /** The token that a message to `address` is to carry (SPEC §3.5). @throws MailboxError STORE */
  async tokenFor(address: string): Promise<Uint8Array | undefined> {
    const { store, env } = this.#init
    const row = await store.accepted.get(address)
    return row === undefined || row.expiresHour <= hourOf(env.now()) ? undefined : row.token
  }

  /** Relays that the inviter's invitation has named, as long as it is a contact. @throws MailboxError STORE */
  readonly relaysOf = async (address: string): Promise<readonly PeerAddress[]> =>
    (await this.#init.store.accepted.get(address))?.relays ?? []

  /** A message of a stranger's that carries a token: true when it is good, and then it is used. */
  readonly use = async ({ sender, opened, receivedMs }: Arrival, change: Change): Promise<boolean> => {
    const { store, env } = this.#init
    const { invitation: token } = opened
    if (token === undefined) return false
    const id = idOf(token)
    const row = await change.get(store.invitations, id)
    if (row === undefined || row.usedBy !== undefined || !equals(row.token, token)) return false
    // by when it was sent, not by when it is collected: this owner may have been away
    if (hourOf(receivedMs) >= row.expiresHour || isOver(row, env.now())) return false
    change.put(store.invitations.put(id, { ...row, usedBy: sender, usedMs: env.now() }))
    await this.#admit(change, sender, row)
    return true
  }

  async #admit(change: Change, address: string, { contact, gate }: InvitationRow): Promise<void> {
    const { contacts, standings } = this.#init
    try {
      await contacts.put(change, address, await this.#freeName(change, address, contact), gate)
    } catch (error) {
      // as many contacts as there can be: its messages come into the inbox all the same
      if (!isMailboxError(error, 'QUOTA')) throw error
      await standings.know(change, address, 'otherwise')
    }
  }

  /** The name wanted, with a number where another contact has it. */
  async #freeName(change: Change, address: string, wanted = `invited ${address.slice(-8)}`): Promise<string> {
    const { contacts } = this.#init
    if (await contacts.isFree(change, wanted)) return wanted
    // half a character at its end would make it no name
    const start = wanted.slice(0, 40).replace(/\p{Cs}$/u, '')
    for (let n = 2; n <= namesMax; n++) {
      const name = `${start} ${n}`
      if (await contacts.isFree(change, name)) return name
    }
    return `invited ${address.slice(8)}`
  }

  /** Lets go of what can have no effect any more, then of what was used. @throws MailboxError QUOTA */
  async #makeRoom(change: Change): Promise<void> {
    const { store, env } = this.#init
    const rows: [string, InvitationRow][] = []
    for await (const entry of store.invitations.entries({ limit: invitationsMax })) rows.push(entry)
    const kept = rows.filter(([, row]) => !isOver(row, env.now()))
    const used = kept
      .filter(([, row]) => row.usedBy !== undefined)
      .toSorted(([, a], [, b]) => a.createdMs - b.createdMs)
    const surplus = used.slice(0, Math.max(0, kept.length + 1 - invitationsMax))
    if (kept.length - surplus.length >= invitationsMax)
      throw new MailboxError('QUOTA', `There are ${invitationsMax} open invitations already: revoke one first.`, {
        limit: 'invitationsMax'
      })
    const gone = [...rows.filter(row => !kept.includes(row)), ...surplus]
    change.put(...gone.map(([id]) => store.invitations.del(id)))
  }
}

/** What names an invitation without being of use to anybody. */
const idOf = (token: Uint8Array): string => toString(sha256(domains.invitation, token).subarray(0, 8), 'hex')

/** Nothing that was sent before it expired can be on its way any more. */
const isOver = ({ expiresHour }: InvitationRow, nowMs: number): boolean =>
  expiresHour + ttlHoursMax + 2 * clockSkewHours <= hourOf(nowMs)

function invitedOf(id: string, row: InvitationRow, nowMs: number): Invited {
  const { uri, createdMs, expiresHour, contact, usedBy, usedMs } = row
  const state = usedBy !== undefined ? 'used' : expiresHour <= hourOf(nowMs) ? 'expired' : 'open'
  return {
    id,
    uri,
    createdMs,
    expiresMs: expiresHour * msPerHour,
    state,
    ...(contact === undefined ? {} : { contact }),
    ...(usedBy === undefined ? {} : { usedBy }),
    ...(usedMs === undefined ? {} : { usedMs })
  }
}

/** @throws MailboxError EXPIRED */
function hours(ttlHours: number = invitationHoursDefault): number {
  if (Number.isInteger(ttlHours) && ttlHours >= ttlHoursMin && ttlHours <= invitationHoursMax) return ttlHours
  throw new MailboxError(
    'EXPIRED',
    `An invitation is good for ${ttlHoursMin} to ${invitationHoursMax} whole hours, not ${ttlHours}.`,
    { limit: 'invitationHoursMax' }
  )
}
