/**
 * The gates of this owner's mailbox: who holds the secret of one may deposit without proof of work, until it is revoked
 * (SPEC §4.9, §10.12). The key bundle has the public part of them at the next `register`.
 */
import { toString } from 'uint8arrays'
import type { Environment } from '../environment.ts'
import { hourOf, msPerHour } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import type { BundleGate } from '../identity/bundle.ts'
import { gateFromSeed, gateIdOf, generateGate } from '../identity/gate.ts'
import { checkedName, foldedName } from '../identity/name.ts'
import { clockSkewHours, gateShareDefault, gatesMax, ttlHoursMax } from '../limits.ts'
import type { Change } from './change.ts'
import type { Ledger } from './ledger.ts'
import type { Life } from './life.ts'
import type { ContactRow, GateRow } from './rows.ts'
import type { LocalStore } from './store.ts'

/** Dealt to contacts for whom no other is named; made when it is first needed. */
export const defaultGateName = 'contacts'

export interface OwnGate {
  /** 16 hex digits; a proof names its gate so. */
  readonly id: string
  readonly name: string
  /** Percent of what a relay holds for the mailbox that records of this gate may take. */
  readonly share: number
  readonly createdMs: number
  /** It lets in nothing new since then; absent: it is in force. Whole hours. */
  readonly revokedMs?: number
  /** True: its secret was lost with a store. Those who hold it get in by it; nobody else can be given it. */
  readonly recovered?: boolean
}

export interface GatesInit {
  readonly store: LocalStore
  readonly ledger: Ledger
  readonly env: Environment
  readonly life: Life
}

interface Signalled {
  readonly signal?: AbortSignal
}

type Held = readonly [id: string, row: GateRow]

export class Gates {
  readonly #init: GatesInit

  constructor(init: GatesInit) {
    this.#init = init
  }

  /** In the order in which they were made; revoked ones until all that they let in has expired. @throws MailboxError STORE */
  async list(o: Signalled = {}): Promise<readonly OwnGate[]> {
    return await this.#init.life.run(o.signal, async () => (await this.#all()).map(ownOf))
  }

  /**
   * A gate for some contacts, or for one: see `Contacts.deal` and `InviteOptions.gate`. In force once `register` has
   * published it.
   * @param share percent, 1 to 100; default 50
   * @throws MailboxError CONTACT (a name that cannot be one, or is another gate's), CONFIG (share), QUOTA (`gatesMax`),
   * ABORTED, CLOSED, STORE
   */
  async create({ name, share }: { name: string; share?: number }, o: Signalled = {}): Promise<OwnGate> {
    return await this.#change(o, async change => ownOf(await this.#make(change, checkedName(name), share)))
  }

  /**
   * Whoever holds it is a stranger once `register` has published that; those to whom the default gate was dealt get the
   * next one with what is sent to them. `gate`: its name or id.
   * @throws MailboxError NOT_FOUND, ABORTED, CLOSED, STORE
   */
  async revoke(gate: string, o: Signalled = {}): Promise<OwnGate> {
    return await this.#change(o, async change => {
      const [id, row] = await this.find(gate)
      const revoked = { ...row, revokedHour: hourOf(this.#init.env.now()) }
      change.put(this.#init.store.gates.put(id, revoked))
      return ownOf([id, revoked])
    })
  }

  /** One that is in force, by its name or id. @throws MailboxError NOT_FOUND, STORE */
  async find(gate: string): Promise<Held> {
    const named = foldedName(gate)
    const found = (await this.#inForce()).find(([id, { name }]) => id === gate || foldedName(name) === named)
    if (found !== undefined) return found
    throw new MailboxError('NOT_FOUND', 'There is no gate of this name or id that is in force: list them.')
  }

  /** Id and row of the default one, which is made if need be. @throws MailboxError QUOTA, STORE */
  async default(change: Change): Promise<Held> {
    return (await this.#default()) ?? (await this.#make(change, defaultGateName, undefined))
  }

  /** One that can be given to others, by its name or id. @throws MailboxError NOT_FOUND, STORE */
  async toDeal(gate: string): Promise<string> {
    const [id, row] = await this.find(gate)
    dealable(row)
    return id
  }

  /** The seed of a gate for whoever uses an invitation. @throws MailboxError NOT_FOUND, QUOTA, STORE */
  async seedOf(change: Change, id: string | undefined): Promise<Uint8Array> {
    const [, row] = id === undefined ? await this.default(change) : await this.find(id)
    return dealable(row)
  }

  /** What a contact is dealt: undefined when its own gate was revoked, or there is no room for a default one. @throws MailboxError STORE */
  async dealtTo({ gate }: Pick<ContactRow, 'gate'>): Promise<Uint8Array | undefined> {
    if (gate !== undefined) return (await this.#inForce()).find(([id]) => id === gate)?.[1].seed
    const held = await this.#default()
    if (held !== undefined) return held[1].seed
    try {
      return await this.#init.ledger.change(async change => await this.seedOf(change, undefined))
    } catch (error) {
      if (!isMailboxError(error, 'QUOTA')) throw error
      return undefined
    }
  }

  /**
   * Takes over those of an own bundle that are not known here: whoever holds one goes on getting in by it, after the store
   * that had it was lost, or when another client of this owner made it.
   * @throws MailboxError STORE
   */
  async recover(gates: readonly BundleGate[]): Promise<void> {
    const { ledger, store, env } = this.#init
    await ledger.change(async change => {
      for (const { id: bytes, publicKey, share, revokedHour } of gates) {
        const id = toString(bytes, 'hex')
        const held = await change.get(store.gates, id)
        // one that either of them has revoked is revoked
        const revoked = held?.revokedHour ?? (revokedHour === 0 ? undefined : revokedHour)
        const made = held ?? { name: `recovered-${id.slice(0, 8)}`, share, publicKey, createdMs: env.now() }
        const row = revoked === undefined ? made : { ...made, revokedHour: revoked }
        if (!isOver(row, env.now())) change.put(store.gates.put(id, row))
      }
    })
  }

  /**
   * For the key bundle, the default one among them if there is room for it. Forgets those whose records have all expired.
   * @throws MailboxError STORE
   */
  async published(): Promise<readonly BundleGate[]> {
    const { ledger, store, env } = this.#init
    return await ledger.change(async change => {
      const held = new Map(await this.#all())
      if ((await this.#default()) !== undefined || this.#hasRoom(held.values())) {
        const [id, row] = await this.default(change)
        held.set(id, row)
      }
      for (const [id, row] of held) if (isOver(row, env.now())) change.put(store.gates.del(id))
      return [...held.values()].flatMap(row => (isOver(row, env.now()) ? [] : [publicOf(row)]))
    })
  }

  async #make(change: Change, name: string, share = gateShareDefault): Promise<Held> {
    const { store, env } = this.#init
    if (!Number.isInteger(share) || share < 1 || share > 100)
      throw new MailboxError('CONFIG', `The share of a gate is 1 to 100 percent, not ${share}.`)
    const all = await this.#all()
    if (all.some(([, row]) => row.revokedHour === undefined && foldedName(row.name) === foldedName(name)))
      throw new MailboxError('CONTACT', `There is a gate "${name}" already: choose another name.`)
    if (!this.#hasRoom(all.map(([, row]) => row)))
      throw new MailboxError(
        'QUOTA',
        `There are ${gatesMax} gates, with those revoked in the last month: no more can be made.`,
        { limit: 'gatesMax' }
      )
    const gate = generateGate(env.random)
    const held: Held = [toString(gate.id, 'hex'), { name, share, seed: gate.seed, createdMs: env.now() }]
    change.put(store.gates.put(...held))
    return held
  }

  #hasRoom(rows: Iterable<GateRow>): boolean {
    const nowMs = this.#init.env.now()
    return [...rows].filter(row => !isOver(row, nowMs)).length < gatesMax
  }

  async #default(): Promise<Held | undefined> {
    return (await this.#inForce()).find(([, { name }]) => name === defaultGateName)
  }

  async #inForce(): Promise<readonly Held[]> {
    return (await this.#all()).filter(([, { revokedHour }]) => revokedHour === undefined)
  }

  async #all(): Promise<readonly Held[]> {
    const held: Held[] = []
    for await (const entry of this.#init.store.gates.entries()) held.push(entry)
    return held.toSorted(([, a], [, b]) => a.createdMs - b.createdMs)
  }

  async #change<T>(o: Signalled, work: (change: Change) => Promise<T>): Promise<T> {
    const { life, ledger } = this.#init
    return await life.run(o.signal, async () => await ledger.change(work))
  }
}

/** @throws MailboxError NOT_FOUND */
function dealable({ name, seed }: GateRow): Uint8Array {
  if (seed !== undefined) return seed
  throw new MailboxError(
    'NOT_FOUND',
    `The secret of the gate "${name}" was lost with the store that had it: it can be revoked, and not be given to others.`
  )
}

function ownOf([id, { name, share, createdMs, revokedHour, seed }]: Held): OwnGate {
  return {
    id,
    name,
    share,
    createdMs,
    ...(seed === undefined ? { recovered: true } : {}),
    ...(revokedHour === undefined ? {} : { revokedMs: revokedHour * msPerHour })
  }
}

function publicOf({ seed, publicKey: kept, share, revokedHour = 0 }: GateRow): BundleGate {
  const publicKey = seed === undefined ? kept : gateFromSeed(seed).publicKey
  if (publicKey === undefined) throw new MailboxError('DAMAGED', 'A gate in the local store has no key.')
  return { publicKey, id: gateIdOf(publicKey), share, revokedHour }
}

/** All that it let in has expired. */
const isOver = ({ revokedHour }: GateRow, nowMs: number): boolean =>
  revokedHour !== undefined && revokedHour + ttlHoursMax + 2 * clockSkewHours <= hourOf(nowMs)
