/** What the applications do: send, pull, ack, register; and what they make of the answers. */
import { msPerHour } from '../../src/environment.ts'
import type { Mailbox } from '../../src/client/mailbox.ts'
import { terminal } from '../../src/client/entry.ts'
import type { Message } from '../../src/client/message.ts'
import { listLimitMax } from '../../src/limits.ts'
import type { PeerAddress } from '../../src/wire/port.ts'
import { sound } from '../helpers/clients.ts'
import type { Chance } from './chance.ts'
import type { ClientNode } from './client-node.ts'
import { codeOf } from './client-node.ts'
import type { World } from './world.ts'

const watchMsMax = 20 * 60_000
const ttlHours = [1, 3, 24, 72, 336] as const
/** A send that throws one of these may have queued the message: its disk failed, or it was closed in between. */
const unsure = new Set(['STORE', 'CLOSED'])

/** The words of a message, of very different lengths, that show whether they came whole. */
function textOf(label: string): string {
  const number = Number(label.slice(1))
  return `${label} ${'.'.repeat(number % 7 === 0 ? 100 * number : number)}`
}

function labelOf(body: Uint8Array): string {
  const text = new TextDecoder().decode(body)
  const label = text.slice(0, Math.max(0, text.indexOf(' ')))
  return textOf(label) === text ? label : text
}

export class Workload {
  readonly #world: World
  readonly #chance: Chance
  /** Client → id → label of the messages that it must not forget. */
  readonly #queued = new Map<ClientNode, Map<string, string>>()
  readonly #stored = new Set<string>()
  /** Record id → label, of everything delivered. */
  readonly labels = new Map<string, string>()
  #sent = 0

  constructor(world: World) {
    this.#world = world
    this.#chance = world.chance.fork('workload')
    for (const client of world.clients) {
      this.#queued.set(client, new Map())
      client.opened = mailbox => {
        for (const [id, label] of this.#queued.get(client) ?? []) this.#follow(client, mailbox, id, label)
      }
    }
  }

  /** Owners who do not come by until they are asked to; their mail has only the relays. */
  away: ReadonlySet<ClientNode> = new Set()

  /** Plans what the applications do in the next `ms` milliseconds. */
  plan(ms: number, o: { sends: number; pullsMax: number }): void {
    for (let n = 0; n < o.sends; n++) this.#at(ms, async () => await this.#send())
    for (const client of this.#world.clients) {
      if (this.away.has(client)) continue
      const pulls = this.#chance.below(o.pullsMax + 1)
      for (let n = 0; n < pulls; n++) this.#at(ms, async () => await this.pull(client))
    }
  }

  /** Clients look after their registration every few hours, and sometimes move to other relays. */
  planRegistering(ms: number): void {
    const { clients, addresses } = this.#world
    for (const client of clients)
      for (let n = 0; n < ms / (6 * msPerHour); n++)
        this.#at(ms, async () => {
          const others = this.#chance.shuffled(addresses).slice(0, 3 + this.#chance.below(3))
          return await this.register(client, this.#chance.happens(0.3) ? others : undefined)
        })
  }

  /** Some owners stay for a while and see mail come. */
  planWatching(ms: number, watches: number): void {
    for (let n = 0; n < watches; n++) {
      const client = this.#chance.pick(this.#world.clients)
      if (this.away.has(client)) continue
      const forMs = this.#chance.between(0, watchMsMax)
      this.#at(ms, async () => {
        await this.#watch(client, forMs)
      })
    }
  }

  async #watch({ mailbox }: ClientNode, forMs: number): Promise<void> {
    if (mailbox === undefined) return
    const over = new AbortController()
    const callOff = this.#world.time.after(forMs, () => {
      over.abort()
    })
    const handedOut = new Set<string>()
    try {
      for await (const event of mailbox.inbox.watch({ signal: over.signal })) {
        if (event.type !== 'message') continue
        const { id, body } = event.message
        if (handedOut.has(id)) throw new TypeError(`one watch has handed out ${labelOf(body)} twice`)
        handedOut.add(id)
      }
    } catch (error) {
      codeOf(error)
    } finally {
      callOff()
    }
  }

  #at(ms: number, work: () => Promise<unknown>): void {
    this.#world.time.after(this.#chance.between(0, ms), () => {
      this.#world.launch(work)
    })
  }

  async #send(): Promise<void> {
    const { clients, time } = this.#world
    const client = this.#chance.pick(clients)
    const { address: to } = this.#chance.pick(clients.filter(other => other !== client)).identity
    const { mailbox } = client
    if (mailbox === undefined) return
    const label = `m${this.#sent++}`
    const hours = this.#chance.pick(ttlHours)
    const giveUp = new AbortController()
    if (this.#chance.happens(0.15))
      time.after(this.#chance.between(0, 2_000), () => {
        giveUp.abort()
      })
    this.#world.record({ type: 'offered', label, from: mailbox.address, to })
    try {
      const { id } = await mailbox.send(to, textOf(label), { ttlHours: hours, signal: giveUp.signal })
      this.#queued.get(client)?.set(id, label)
      this.#follow(client, mailbox, id, label)
    } catch (error) {
      const code = codeOf(error)
      if (!unsure.has(code)) this.#world.record({ type: 'refused', label, code })
    }
  }

  /** Waits for the outcome of a message that `send` has said is in the outbox. */
  #follow(client: ClientNode, mailbox: Mailbox, id: string, label: string): void {
    this.#world.launch(async () => {
      try {
        const { relays } = await mailbox.outbox.stored(id)
        this.#keep(label, Math.min(...relays.map(({ keepUntilHour }) => keepUntilHour)))
        this.#queued.get(client)?.delete(id)
      } catch (error) {
        const code = codeOf(error)
        if (code === 'NOT_FOUND') throw new TypeError(`${label} left the outbox silently`, { cause: error })
        // the mailbox closed or its store failed: the message is followed again when it opens
        if (code === 'CLOSED' || code === 'STORE' || client.mailbox !== mailbox) return
        this.#queued.get(client)?.delete(id)
        this.#world.record({ type: 'failed', label, code })
      }
    })
  }

  #keep(label: string, untilHour: number): void {
    if (this.#stored.has(label)) return
    this.#stored.add(label)
    this.#world.record({ type: 'stored', label, expiresMs: untilHour * msPerHour })
  }

  /** Pulls, and acks some of what is there when nothing does it by itself. */
  async pull(client: ClientNode): Promise<void> {
    const { mailbox } = client
    if (mailbox === undefined) return
    const startMs = this.#world.time.now
    try {
      const { complete } = await mailbox.inbox.pull()
      const messages = await this.#list(mailbox)
      const inbox = messages.map(({ body, from }) => ({ label: labelOf(body), from }))
      this.#world.record({ type: 'pulled', mailbox: mailbox.address, startMs, complete, inbox })
      if (client.init.ackPolicy === 'on-store') return
      const some = messages.filter(({ ackedMs }) => ackedMs === undefined && this.#chance.happens(0.5))
      await this.#ack(mailbox, some)
    } catch (error) {
      codeOf(error)
    }
  }

  /** Acks everything. False: some relay has not confirmed. */
  async ackAll(client: ClientNode): Promise<boolean> {
    const { mailbox } = client
    if (mailbox === undefined) return false
    try {
      return await this.#ack(mailbox, await this.#list(mailbox))
    } catch (error) {
      codeOf(error)
      return false
    }
  }

  async #ack(mailbox: Mailbox, messages: readonly Message[]): Promise<boolean> {
    const { pending } = await mailbox.inbox.ack(messages.map(({ id }) => id))
    if (pending.length > 0) return false
    const labels = messages.map(({ body }) => labelOf(body))
    this.#world.record({ type: 'acked', mailbox: mailbox.address, labels })
    return true
  }

  async #list(mailbox: Mailbox): Promise<Message[]> {
    const messages = await sound(mailbox.inbox.list({ limit: listLimitMax, order: 'oldest' }))
    for (const { id, body } of messages) this.labels.set(id, labelOf(body))
    return messages
  }

  /** False: the relays did not grant it. */
  async register(client: ClientNode, relays?: readonly PeerAddress[]): Promise<boolean> {
    if (client.mailbox === undefined) return false
    try {
      await client.register(relays)
      return true
    } catch (error) {
      codeOf(error)
      return false
    }
  }

  /** Learns what became of messages whose `send` did not return; by now nothing may wait. */
  async account(client: ClientNode): Promise<void> {
    const { mailbox } = client
    if (mailbox === undefined) return
    const waiting = (await mailbox.outbox.flush()).filter(({ state }) => !terminal(state))
    for (const { body, expiresHour } of await sound(mailbox.sentbox.list({ limit: listLimitMax })))
      this.#keep(labelOf(body), expiresHour)
    if (waiting.length > 0)
      throw new TypeError(`${client.name} cannot send although nothing is wrong`, { cause: waiting })
  }
}
