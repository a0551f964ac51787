/**
 * What an address is to this owner, and what follows from it: messages of those it knows come into the inbox, those of
 * others among the requests while there is room, and those of blocked ones nowhere (SPEC §10.10).
 *
 * A change of standing is one batch. What it means for requests that are here already follows in batches of its own,
 * from a note in that batch, so that a crash in between loses nothing.
 */
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { blockedMax, contactsMax, knownMax, requestsMax, requestsPerSenderMax, requestsWaitingMax } from '../limits.ts'
import type { Acks } from './acks.ts'
import type { Change } from './change.ts'
import type { GivenGates } from './given.ts'
import type { Decide } from './intake.ts'
import type { Ledger } from './ledger.ts'
import { listRange, listName, parseEntry, placeMax } from './lists.ts'
import { move, remove } from './marks.ts'
import type { RegistrationState } from './registration.ts'
import type { WaitingRow } from './rows.ts'
import type { LocalStore } from './store.ts'

/** Requests moved or deleted by one batch, and addresses looked at by one round. */
const settledAtOnce = 100

export type Strangers = 'requests' | 'inbox'
export type Standing = 'known' | 'blocked' | 'stranger'

/** Requests that were found on the relays and not taken. */
export interface Waiting {
  readonly messages: number
  readonly code: 'QUOTA'
  /** `requestsMax`, `requestsPerSenderMax` or both. */
  readonly limits: readonly string[]
}

export interface StandingsInit {
  readonly store: LocalStore
  readonly ledger: Ledger
  readonly acks: Acks
  readonly state: RegistrationState
  readonly env: Environment
  /** This owner's own. */
  readonly address: string
  readonly strangers: Strangers
  readonly given: GivenGates
  /** Takes up an invitation that came with a message; true when it was good, and its sender is known now. */
  readonly invited: (arrival: Parameters<Decide>[0], change: Change) => Promise<boolean>
}

const maxima = { contacts: contactsMax, blocked: blockedMax, known: knownMax, waiting: requestsWaitingMax } as const

export class Standings {
  readonly #init: StandingsInit

  constructor(init: StandingsInit) {
    this.#init = init
  }

  async of(change: Change, address: string): Promise<Standing> {
    const { store, address: self } = this.#init
    if (address === self) return 'known'
    if ((await change.get(store.blocked, address)) !== undefined) return 'blocked'
    if ((await change.get(store.contacts, address)) !== undefined) return 'known'
    return (await change.get(store.known, address)) === undefined ? 'stranger' : 'known'
  }

  /** Where a new message goes. */
  readonly decide: Decide = async (arrival, change) => {
    const { strangers, invited } = this.#init
    await this.#found(change, arrival.id)
    const standing = await this.of(change, arrival.sender)
    if (standing === 'blocked') return 'drop'
    if (standing === 'known' || (await invited(arrival, change))) {
      const { gate, createdMs } = arrival.opened
      if (gate !== undefined) await this.#init.given.keep(change, arrival.sender, gate, createdMs)
      return 'inbox'
    }
    if (strangers === 'inbox') return 'inbox'
    const limit = await this.#full(change, arrival.sender)
    if (limit === undefined) return 'requests'
    await this.#wait(change, arrival.id, { from: arrival.sender, expiresHour: arrival.expiresHour, limit })
    return 'wait'
  }

  async #full(change: Change, sender: string): Promise<WaitingRow['limit'] | undefined> {
    if ((await change.count(listName('requests', sender))) >= requestsPerSenderMax) return 'requestsPerSenderMax'
    return (await change.count(listName('requests'))) >= requestsMax ? 'requestsMax' : undefined
  }

  /** A record that waited is looked at again. */
  async #found(change: Change, id: string): Promise<void> {
    const { store } = this.#init
    if (((await change.get(store.tally, 'waiting')) ?? 0) === 0) return
    if ((await change.get(store.waiting, id)) === undefined) return
    change.put(store.waiting.del(id))
    await this.count(change, 'waiting', -1)
  }

  /** Beyond `requestsWaitingMax` a record is not noted; those that are make it found again all the same. */
  async #wait(change: Change, id: string, row: WaitingRow): Promise<void> {
    const { store } = this.#init
    if (((await change.get(store.tally, 'waiting')) ?? 0) >= requestsWaitingMax) return
    change.put(store.waiting.put(id, row))
    await this.count(change, 'waiting', 1)
  }

  /** From now on `address` is known: as a contact, or by `how`. */
  async know(change: Change, address: string, how: 'contact' | 'otherwise'): Promise<void> {
    const { store, env } = this.#init
    if (how === 'otherwise' && (await this.of(change, address)) !== 'known') {
      await this.#makeRoom(change)
      if ((await change.get(store.known, address)) === undefined) await this.count(change, 'known', 1)
      change.put(store.known.put(address, env.now()))
    }
    this.touch(change, address)
  }

  /** Its standing has changed: what is here of it, or waits, is looked at again by `settle`, what this batch brings too. */
  touch(change: Change, address: string): void {
    change.put(this.#init.store.settling.put(address, null))
  }

  /** No longer known, unless it is a contact. */
  async forget(change: Change, address: string): Promise<void> {
    const { store } = this.#init
    if ((await change.get(store.known, address)) === undefined) return
    change.put(store.known.del(address))
    if ((await change.get(store.contacts, address)) === undefined) change.put(store.given.del(address))
    await this.count(change, 'known', -1)
  }

  async #makeRoom(change: Change): Promise<void> {
    const { store } = this.#init
    if (((await change.get(store.tally, 'known')) ?? 0) < knownMax) return
    // the one that sorts first, which is as good as chance
    for await (const address of store.known.keys({ limit: 1 })) await this.forget(change, address)
  }

  /** @throws MailboxError QUOTA when there would be too many */
  async count(change: Change, what: keyof typeof maxima, by: 1 | -1): Promise<void> {
    const { tally } = this.#init.store
    const count = ((await change.get(tally, what)) ?? 0) + by
    const max = maxima[what]
    if (by > 0 && count > max)
      throw new MailboxError('QUOTA', `There are ${max} ${what} already: remove one first.`, { limit: `${what}Max` })
    change.put(tally.put(what, count))
  }

  /**
   * There is room again, or a standing has changed: the relays are read from their start, so that what waits there is
   * taken. Nothing when nothing waits. Never in a change that takes messages.
   */
  async lookAgain(change: Change): Promise<void> {
    const { store } = this.#init
    if (((await change.get(store.tally, 'waiting')) ?? 0) === 0) return
    for await (const id of store.waiting.keys({ limit: requestsWaitingMax })) change.put(store.waiting.del(id))
    for await (const relay of store.cursors.keys()) change.put(store.cursors.del(relay))
    change.put(store.tally.put('waiting', 0), store.tally.put('looks', ((await store.tally.get('looks')) ?? 0) + 1))
  }

  /** How often `lookAgain` had to: what was read before says nothing about what waits. */
  async looks(): Promise<number> {
    return (await this.#init.store.tally.get('looks')) ?? 0
  }

  /** Forgets those that have expired. */
  async waiting(): Promise<Waiting | undefined> {
    const { store, ledger, env } = this.#init
    if (((await store.tally.get('waiting')) ?? 0) === 0) return undefined
    return await ledger.change(async change => {
      const limits = new Set<string>()
      let messages = 0
      for await (const [id, { expiresHour, limit }] of store.waiting.entries({ limit: requestsWaitingMax })) {
        if (expiresHour > hourOf(env.now())) {
          limits.add(limit)
          messages++
        } else change.put(store.waiting.del(id))
      }
      change.put(store.tally.put('waiting', messages))
      return messages === 0 ? undefined : { messages, code: 'QUOTA', limits: [...limits].toSorted() }
    })
  }

  /** Moves or deletes the requests of those whose standing has changed. Goes on with what a crash has left. */
  readonly settle = async (): Promise<void> => {
    const { store } = this.#init
    // the store says what there is to do: another call may have looked before this one's change was committed. Every
    // round removes what it has found.
    for (let found = settledAtOnce; found === settledAtOnce;) {
      const addresses: string[] = []
      for await (const address of store.settling.keys({ limit: settledAtOnce })) addresses.push(address)
      for (const address of addresses) await this.#settle(address)
      found = addresses.length
    }
  }

  async #settle(address: string): Promise<void> {
    // there are no more requests than that, and the last batch finds none
    for (let batch = 0; batch <= Math.ceil(requestsMax / settledAtOnce); batch++)
      if (await this.#settleSome(address)) return
  }

  /** True: nothing is left to do. */
  async #settleSome(address: string): Promise<boolean> {
    const { store, ledger } = this.#init
    return await ledger.change(async change => {
      const standing = await this.of(change, address)
      const ids: string[] = []
      const range = listRange(listName('requests', address), 0, placeMax)
      if (standing !== 'stranger') {
        for await (const key of store.lists.keys({ ...range, limit: settledAtOnce })) ids.push(parseEntry(key).id)
        await this.lookAgain(change)
      }
      const states = await store.states.tryMany(ids)
      // one that is damaged stays where it is listed, and holds up no other
      const sound = ids.filter((_, at) => !(states[at] instanceof MailboxError))
      for (const id of sound) await (standing === 'known' ? this.#admit(change, id) : this.discard(change, id))
      const done = ids.length < settledAtOnce
      if (done) change.put(store.settling.del(address))
      return done
    })
  }

  async #admit(change: Change, id: string): Promise<void> {
    const { store } = this.#init
    const state = await change.get(store.states, id)
    if (state?.list !== 'requests') return
    const message = await change.get(store.messages, id)
    if (message?.gate !== undefined) await this.#init.given.keep(change, state.peer, message.gate, message.createdMs)
    move(change, store, id, state, 'inbox')
  }

  /** The copy here goes, the relays are told at the next contact, and it is not taken again. */
  async discard(change: Change, id: string): Promise<void> {
    const { store, acks, state } = this.#init
    const row = await change.get(store.states, id)
    if (row?.list !== 'requests') return
    if (row.ackedMs === undefined) change.put(...acks.drop(state.relays, id, row.expiresHour))
    remove(change, store, id, row)
  }
}
