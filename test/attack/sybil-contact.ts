/**
 * Contacts against Sybils that have all 20 places next to both keys of every mailbox: real relays and real clients over
 * function calls, and 20 liars as the whole of what the DHT gives for either key.
 */
import assert from 'node:assert/strict'
import { Mailbox } from '../../src/client/mailbox.ts'
import { msPerHour } from '../../src/environment.ts'
import { Status } from '../../src/errors.ts'
import { parseAddress } from '../../src/identity/address.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { cacheHours, locatorCallMs, neighbourhoodRelays } from '../../src/limits.ts'
import { LocatorRequest, LocatorResponse } from '../../src/wire/messages.js'
import type { PeerAddress } from '../../src/wire/port.ts'
import { protocols } from '../../src/wire/port.ts'
import { BreakableLevel, openToAll } from '../helpers/clients.ts'
import { peerIdOf } from '../helpers/fake-relay.ts'
import { RelayWorld } from '../helpers/relays.ts'
import { sybilReport, type Lie } from './sybil.ts'

export interface ContactRow {
  readonly lie: Lie
  /** True: the contact has changed all its relays since it was heard from last. */
  readonly moved: boolean
  readonly tries: number
  /** Messages stored at the first try, and read by the contact. */
  readonly delivered: number
  /** The same of senders that have never heard from it. */
  readonly strangers: number
}

const lies = ['none', 'old', 'silent', 'slow'] as const

class Siege {
  readonly world: RelayWorld
  readonly #liars: PeerAddress[] = []
  readonly #open: Mailbox[] = []
  readonly #lie: Lie
  /** The locator that liars replay. */
  #old: Uint8Array | undefined
  /** True: the DHT gives liars and nobody else. */
  isOn = false
  #waiting = 0

  constructor(world: RelayWorld, lie: Lie) {
    this.world = world
    this.#lie = lie
  }

  async settle(): Promise<void> {
    for (let n = 0; n < neighbourhoodRelays; n++) {
      const { responder, address } = this.world.network.join(peerIdOf(generateIdentity()))
      await responder.handle(protocols.locator, async request => await this.#answer(request))
      this.#liars.push(address)
    }
  }

  async mailbox(): Promise<Mailbox> {
    const { world } = this
    const hosts = world.hosts.map(({ address }) => address)
    const mailbox = await Mailbox.open({
      identity: generateIdentity(),
      store: new BreakableLevel(),
      network: world.network.join(peerIdOf(generateIdentity())).network,
      closest: async () => await Promise.resolve(this.isOn ? this.#liars : hosts),
      env: world.clock,
      strangers: 'inbox',
      // a stamp is not what is tried here
      strangersLane: openToAll
    })
    this.#open.push(mailbox)
    return mailbox
  }

  async on(mailbox: Mailbox, ...at: number[]): Promise<Mailbox> {
    const relays = at.map(n => this.world.host(n).address)
    await mailbox.register({ relays, active: at.length, standby: 0 })
    return mailbox
  }

  async steal(mailbox: Mailbox): Promise<void> {
    this.#old = (await this.world.peer().info(this.world.host(0), parseAddress(mailbox.address))).locator
  }

  async end(): Promise<void> {
    for (const mailbox of this.#open) await mailbox.close()
    await this.world.close()
  }

  async #answer(request: Uint8Array): Promise<Uint8Array> {
    const none = { status: Status.NO_MAILBOX, retryAfterMs: 0, limit: 0, want: [] }
    const old = this.#old === undefined ? none : { ...none, status: Status.OK, locator: this.#old }
    if (LocatorRequest.decode(request).get === undefined) return LocatorResponse.encode({ ...none, status: Status.OK })
    if (this.#lie === 'silent' || this.#lie === 'slow') await this.#wait(this.#lie)
    return LocatorResponse.encode(this.#lie === 'none' ? none : old)
  }

  /** Time passes when all liars have been asked and make their reader wait. */
  async #wait(lie: 'silent' | 'slow'): Promise<void> {
    const { clock } = this.world
    const late = clock.delay(lie === 'slow' ? locatorCallMs - 500 : 10 * locatorCallMs)
    this.#waiting++
    if (this.#waiting % this.#liars.length === 0)
      setImmediate(() => {
        clock.advance(lie === 'slow' ? locatorCallMs - 500 : locatorCallMs)
      })
    await late
  }
}

async function deliver(lie: Lie, moved: boolean): Promise<{ delivered: boolean; stranger: boolean }> {
  const siege = new Siege(await RelayWorld.start(6), lie)
  try {
    await siege.settle()
    const alice = await siege.on(await siege.mailbox(), 0, 1, 2)
    const bob = await siege.on(await siege.mailbox(), 0, 1, 2)
    await siege.steal(alice)
    assert.equal((await alice.send(bob.address, 'hello')).state, 'stored')
    assert.equal((await bob.inbox.pull()).received, 1)
    siege.world.clock.advance((cacheHours + 1) * msPerHour)
    if (moved) {
      await siege.on(alice, 3, 4, 5)
      await alice.inbox.pull()
      // what a former relay says that is not asked any more: nothing
      await siege.world.host(0).relay.stop()
    }
    siege.isOn = true
    const sent = await bob.send(alice.address, 'found you')
    const stranger = await (await siege.mailbox()).send(alice.address, 'are you there?')
    const { received } = await alice.inbox.pull()
    if (moved) await siege.world.host(0).start()
    const stored = [sent, stranger].filter(({ state }) => state === 'stored').length
    assert.equal(received, stored, 'what is stored is read')
    return { delivered: sent.state === 'stored', stranger: stranger.state === 'stored' }
  } finally {
    await siege.end()
  }
}

/** One row for each lie, with a contact that has moved and one that has not. */
export async function* besiegedContacts(o: { tries: number; lies?: readonly Lie[] }): AsyncGenerator<ContactRow> {
  for (const lie of o.lies ?? lies) {
    for (const moved of [false, true]) {
      let [delivered, strangers] = [0, 0]
      for (let n = 0; n < o.tries; n++) {
        const outcome = await deliver(lie, moved)
        if (outcome.delivered) delivered++
        if (outcome.stranger) strangers++
      }
      yield { lie, moved, tries: o.tries, delivered, strangers }
    }
  }
}

/** True when every message of a contact was stored at once. */
export function contactsHold(rows: readonly ContactRow[]): boolean {
  return rows.every(({ delivered, tries }) => delivered === tries)
}

export function contactText(rows: readonly ContactRow[]): string {
  const lines = rows.map(({ lie, moved, tries, delivered, strangers }) => [
    lie,
    moved ? 'yes' : 'no',
    `${delivered} of ${tries}`,
    `${strangers} of ${tries}`
  ])
  const heading = ['liars say', 'it has moved', 'contacts deliver', 'strangers deliver']
  return [heading, heading.map(() => '---'), ...lines].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/** Both tables of the README: `lookups` mailboxes looked for, and `tries` messages to contacts. */
async function main(): Promise<void> {
  const [lookups, tries] = [Number(process.argv[2] ?? 200), Number(process.argv[3] ?? 10)]
  const print = (text: string): void => {
    process.stdout.write(`${text}\n`)
  }
  const holds = await sybilReport({ lookups, print })
  const rows: ContactRow[] = []
  for await (const row of besiegedContacts({ tries })) rows.push(row)
  print(contactText(rows))
  process.exitCode = holds && contactsHold(rows) ? 0 : 1
}

if (import.meta.main) await main()
