/** The applications of one row: a sender that goes on whatever happens, owners that pull and ack a part, new machines. */
import { MemoryLevel } from 'memory-level'
import { silent, type Log } from '../../src/environment.ts'
import { isMailboxError } from '../../src/errors.ts'
import { Mailbox } from '../../src/client/mailbox.ts'
import type { OutboxEntry, Receipts } from '../../src/client/outbox.ts'
import type { PrivateIdentity } from '../../src/identity/keys.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { listLimitMax } from '../../src/limits.ts'
import type { PeerAddress } from '../../src/wire/port.ts'
import { sound } from '../helpers/clients.ts'
import type { Lab } from './lab.ts'
import { Ledger, type Inbox } from './ledger.ts'
import { pause, until } from './waiting.ts'
import { openToAll } from '../helpers/lanes.ts'

type Level = MemoryLevel<string, Uint8Array>

/** Sends at the same time, and the pause of each of them before its next. */
const sendersAtOnce = 12
const sendPauseMs = 150
/** Offers of one row. */
const offersMax = 600
const pullPauseMs = 500
/** One message in so many is acked. */
const ackedShare = 3
const reachMs = 60_000

export interface Owner {
  readonly identity: PrivateIdentity
  readonly mailbox: Mailbox
  /** Its store right after registering, as `[key, value]`: with the keys that open mail, and no mail. */
  readonly backup: ReadonlyArray<[string, Uint8Array]>
}

export interface SeenOf {
  receipts: number
  /** Acks that it has confirmed. */
  acks: number
  /** By how much its latest receipt was ahead of our clock. */
  aheadMs: number
}

/** Of the sender. */
export interface Counts {
  /** First attempts after which it did not know whether the message was stored. */
  unsure: number
  /** Times that it asked a relay, waited for the deadline and got no answer. */
  vain: number
}

export interface LoadOptions {
  /** Absent: `sendPauseMs`. */
  readonly pauseMs?: number
  /** False: owners do not come by. */
  readonly owners?: boolean
}

export class Load {
  readonly ledger = new Ledger()
  readonly owners: readonly Owner[]
  readonly #lab: Lab
  readonly #relays: readonly PeerAddress[]
  readonly #sender: Mailbox
  readonly #options: LoadOptions
  readonly #stopping = new AbortController()
  #working: Promise<unknown> = Promise.resolve()
  #offers = 0
  /** Relay → what the applications have seen of it. */
  readonly #seen = new Map<string, SeenOf>()
  readonly counts: Counts

  private constructor(
    around: { lab: Lab; relays: readonly PeerAddress[] },
    people: { sender: Mailbox; owners: readonly Owner[]; counts: Counts },
    o: LoadOptions
  ) {
    this.#lab = around.lab
    this.#relays = around.relays
    this.#sender = people.sender
    this.owners = people.owners
    this.counts = people.counts
    this.#options = o
  }

  /** Three mailboxes on the relays, W = 2 of 3, and a sender. */
  static async open(lab: Lab, relays: readonly PeerAddress[], o: LoadOptions = {}): Promise<Load> {
    const owners = await Promise.all(
      [0, 1, 2].map(async () => {
        const identity = generateIdentity()
        const { mailbox, store } = await machine(relays, identity)
        await mailbox.register({ relays: [...relays], active: relays.length, standby: 0 })
        return { identity, mailbox, backup: await store.iterator().all() }
      })
    )
    const counts = { unsure: 0, vain: 0 }
    const { mailbox: sender } = await machine(relays, generateIdentity(), [], (_level, event, fields) => {
      if (event === 'deposit_failed' && fields?.code === 'TIMEOUT') counts.vain++
    })
    const load = new Load({ lab, relays }, { sender, owners, counts }, o)
    lab.defer(async () => {
      await load.close()
    })
    return load
  }

  get mailboxes(): PrivateIdentity[] {
    return this.owners.map(({ identity }) => identity)
  }

  /** Begins to offer, and goes on until `stop`. */
  start(): void {
    const senders = Array.from({ length: sendersAtOnce }, async () => await this.#send())
    const owners = this.#options.owners === false ? [] : this.owners.map(async owner => await this.#collect(owner))
    this.#working = Promise.all([...senders, ...owners])
  }

  /** Offers nothing more. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#working
  }

  /** Resolves when `n` more messages are stored, or acked. */
  async more(n: number, outcome: 'stored' | 'acked' = 'stored'): Promise<void> {
    const wanted = this.ledger.count(outcome) + n
    await until(reachMs, `${n} more messages ${outcome}`, () => this.ledger.count(outcome) >= wanted)
  }

  /** What the applications have seen of one relay so far. */
  of(relay: { id: string }): SeenOf {
    let seen = this.#seen.get(relay.id)
    if (seen === undefined) {
      seen = { receipts: 0, acks: 0, aheadMs: NaN }
      this.#seen.set(relay.id, seen)
    }
    return seen
  }

  /** Retries what is not stored until the outbox is empty. @throws Error when it is not within `ms`, with what is left */
  async flush(ms: number): Promise<void> {
    let left: readonly OutboxEntry[] = []
    const flushed = until(ms, 'everything offered is stored', async () => {
      left = await this.#sender.outbox.flush()
      return left.length === 0
    })
    await flushed.catch((cause: unknown) => {
      const [first] = left
      throw new Error(`${left.length} messages stay ${first?.state}: ${first?.lastError?.message}`, { cause })
    })
  }

  /** Ends its machines. */
  async close(): Promise<void> {
    await this.stop()
    await Promise.all(
      [this.#sender, ...this.owners.map(({ mailbox }) => mailbox)].map(async mailbox => await mailbox.close())
    )
  }

  /** What the owners' machines have got. */
  async inboxes(): Promise<Inbox[]> {
    return await Promise.all(this.owners.map(async ({ mailbox }) => await inboxOf(mailbox, [])))
  }

  /** What a new machine of each owner gets. @throws Error unless it is told that this is everything */
  async freshInboxes(): Promise<Inbox[]> {
    return await Promise.all(
      this.owners.map(async ({ identity, backup }) => {
        const { mailbox } = await machine(this.#relays, identity, backup)
        const { complete, failed } = await mailbox.inbox.pull()
        if (!complete) throw new Error('a new machine was not told that nothing is missing')
        const inbox = await inboxOf(
          mailbox,
          failed.map(({ id }) => id)
        )
        await mailbox.close()
        return inbox
      })
    )
  }

  async #send(): Promise<void> {
    const { pauseMs = sendPauseMs } = this.#options
    while (!this.#stopping.signal.aborted && this.#offers < offersMax) {
      const label = `m${this.#offers++}`
      const to = this.#lab.chance.pick(this.owners).mailbox.address
      await this.#offer(label, to)
      await pause(pauseMs, this.#stopping.signal).catch(() => undefined)
    }
  }

  async #offer(label: string, to: string): Promise<void> {
    this.ledger.offered(label, to)
    try {
      const sent = await this.#sender.send(to, label)
      if (isRecordId(sent.id)) this.ledger.sealed(label, sent.id)
      if (sent.state === 'unknown') this.counts.unsure++
      void this.#follow(label, sent.stored())
    } catch (error) {
      // nothing is queued then
      if (!isMailboxError(error)) throw error
      this.ledger.failed(label)
    }
  }

  async #follow(label: string, stored: Promise<Receipts>): Promise<void> {
    try {
      const { id, relays, storedMs } = await stored
      this.ledger.sealed(label, id)
      for (const { relay, receivedMs } of relays) {
        const seen = this.of({ id: relay })
        seen.receipts++
        seen.aheadMs = receivedMs - storedMs
      }
      this.ledger.stored(
        label,
        relays.map(({ relay }) => relay)
      )
    } catch (error) {
      if (!isMailboxError(error)) throw error
      // closed before it was known: that is `unknown`
      if (error.code !== 'CLOSED') this.ledger.failed(label)
    }
  }

  async #collect({ mailbox }: Owner): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        await mailbox.inbox.pull({ signal })
        await this.#ack(mailbox)
      } catch (error) {
        // relays that are away; the next round asks again
        if (!isMailboxError(error)) throw error
      }
      await pause(pullPauseMs, signal).catch(() => undefined)
    }
  }

  async #ack(mailbox: Mailbox): Promise<void> {
    const wanted = new Map<string, string>()
    for (const { id, ackedMs, body } of await sound(mailbox.inbox.list({ limit: listLimitMax, order: 'oldest' }))) {
      const label = labelOf(body)
      if (ackedMs === undefined && Number(label.slice(1)) % ackedShare === 0) wanted.set(label, id)
    }
    if (wanted.size === 0) return
    for (const label of wanted.keys()) this.ledger.acking(label)
    const { confirmed } = await mailbox.inbox.ack([...wanted.values()])
    for (const label of wanted.keys()) this.ledger.acked(label, confirmed.length)
    for (const id of confirmed) this.of({ id }).acks += wanted.size
  }
}

async function inboxOf(mailbox: Mailbox, unopened: readonly string[]): Promise<Inbox> {
  const messages = await sound(mailbox.inbox.list({ limit: listLimitMax, order: 'oldest' }))
  const labels = messages.map(({ body }) => labelOf(body))
  return { mailbox: mailbox.address, labels, unopened }
}

/** Otherwise it is the handle of a message that is not sealed yet. */
const isRecordId = (id: string): boolean => id.length === 64

function labelOf(body: Uint8Array): string {
  return new TextDecoder().decode(body)
}

/** A client with a node and a store of its own, on what a backup holds. */
async function machine(
  relays: readonly PeerAddress[],
  identity: PrivateIdentity,
  backup: ReadonlyArray<[string, Uint8Array]> = [],
  log: Log = silent
): Promise<{ mailbox: Mailbox; store: Level }> {
  const store: Level = new MemoryLevel({ keyEncoding: 'utf8', valueEncoding: 'view' })
  await store.batch(backup.map(([key, value]) => ({ type: 'put', key, value })))
  const o = { ackPolicy: 'manual', strangers: 'inbox' } as const
  const mailbox = await Mailbox.open({ identity, store, bootstrap: [...relays], strangersLane: openToAll, ...o, log })
  return { mailbox, store }
}
