/**
 * Honest people who use the relays all the time: an owner who collects, contacts who were invited, and a stranger, who
 * comes each time with a new node from an address that the relays have not seen. Success is what a person would call
 * that: stored within `patienceMs` and, in the end, with the owner exactly once.
 */
import type { Libp2p } from 'libp2p'
import { createLibp2p } from 'libp2p'
import { MemoryLevel } from 'memory-level'
import { Mailbox } from '../../src/client/mailbox.ts'
import { isMailboxError } from '../../src/errors.ts'
import type { PrivateIdentity } from '../../src/identity/keys.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { listLimitMax, powBitsDefault, strangersClassBytesMax, strangersTtlHoursMax } from '../../src/limits.ts'
import { privateDht } from '../../src/placement/dht.ts'
import type { PeerAddress } from '../../src/wire/port.ts'
import { pause, until } from '../faultlab/waiting.ts'
import { boundTo } from '../helpers/bound.ts'
import type { Setting } from './attack.ts'
import { sound } from '../helpers/clients.ts'

/** What a person waits for. */
const patienceMs = 15_000
const settleMs = 60_000
const ttlHours = 48
const contactsCount = 3
const contactPauseMs = 200
const strangerPauseMs = 1_000
const pullPauseMs = 400

/** What happens while attackers get ready does not count. */
export type Phase = 'warming' | 'before' | 'during' | 'after'

/** Operations of one phase. */
export interface Share {
  readonly done: number
  readonly all: number
  /** Of those done. */
  readonly p99Ms: number
}

interface Operation {
  readonly phase: Phase
  readonly kind: 'send' | 'stranger' | 'pull'
  readonly ms: number
  readonly done: boolean
}

export class Honest implements AsyncDisposable {
  readonly owner: Mailbox
  readonly identity: PrivateIdentity
  phase: Phase = 'warming'
  /** What failed operations were told → how often. */
  readonly failures = new Map<string, number>()
  readonly #relays: readonly PeerAddress[]
  readonly #contacts: Mailbox[] = []
  readonly #operations: Operation[] = []
  /** Bounded by the time of an attack and the pauses. */
  readonly #stored = new Set<string>()
  readonly #offered = new Set<string>()
  readonly #stopping = new AbortController()
  readonly #stack = new AsyncDisposableStack()
  /** Record ids that came and did not open. */
  readonly unopened = new Set<string>()
  #working: Promise<unknown> = Promise.resolve()
  #waiting: { mailbox: Mailbox; ids: string[] } | undefined
  #addresses = 1

  private constructor(owner: Mailbox, identity: PrivateIdentity, relays: readonly PeerAddress[]) {
    this.owner = owner
    this.identity = identity
    this.#relays = relays
  }

  static async open(relays: readonly PeerAddress[], { strangersBits = powBitsDefault }: Setting): Promise<Honest> {
    const identity = generateIdentity()
    const stack = new AsyncDisposableStack()
    const { mailbox: owner } = await client(relays, identity, '127.0.2.1', stack, strangersBits)
    await owner.register({ relays, active: relays.length, standby: 0 })
    const honest = new Honest(owner, identity, relays)
    honest.#stack.use(stack)
    for (let n = 0; n < contactsCount; n++) honest.#contacts.push(await honest.contact())
    return honest
  }

  /** A client that an owner has invited. */
  async contact(owner: Mailbox = this.owner): Promise<Mailbox> {
    const { mailbox } = await client(this.#relays, generateIdentity(), this.#address(), this.#stack)
    await mailbox.invitations.accept((await owner.invitations.create()).uri, { name: 'owner' })
    return mailbox
  }

  /** The owner changes the roles of its relays and back: two locators newer than the one before. */
  async renew(): Promise<void> {
    const relays = this.#relays
    await this.owner.register({ relays, active: relays.length - 1, standby: 1 })
    await this.owner.register({ relays, active: relays.length, standby: 0 })
  }

  /** Sends one message, and does not wait for relays. */
  async offer(label: string): Promise<Awaited<ReturnType<Mailbox['send']>>> {
    const [contact] = this.#contacts
    if (contact === undefined) throw new Error('there is no contact')
    this.#offered.add(label)
    return await contact.send(this.owner.address, label)
  }

  /** Whether a message that was offered is stored, and by whom. */
  async receipts(id: string): Promise<unknown> {
    return await this.#contacts[0]?.outbox.receipts(id)
  }

  /** Another mailbox, with messages that nobody has collected. @returns whose it is, and their record ids in hex */
  async waiting(messages: number): Promise<{ mailbox: Uint8Array; ids: string[] }> {
    const identity = generateIdentity()
    const { mailbox } = await client(this.#relays, identity, this.#address(), this.#stack)
    await mailbox.register({ relays: this.#relays, active: this.#relays.length, standby: 0 })
    const sender = await this.contact(mailbox)
    const ids: string[] = []
    for (let n = 0; n < messages; n++) {
      const sent = await sender.send(mailbox.address, `waiting ${n}`)
      ids.push((await sent.stored({ signal: AbortSignal.timeout(settleMs) })).id)
    }
    this.#waiting = { mailbox, ids }
    return { mailbox: identity.key, ids }
  }

  /** How many of those messages do not come when they are collected. */
  async missing(): Promise<number> {
    if (this.#waiting === undefined) return 0
    const { mailbox, ids } = this.#waiting
    await mailbox.inbox.pull()
    const here = new Set((await sound(mailbox.inbox.list({ limit: listLimitMax }))).map(({ id }) => id))
    return ids.filter(id => !here.has(id)).length
  }

  /** Begins, and goes on until `stop`. */
  start(): void {
    this.#working = Promise.all([
      ...this.#contacts.map(async (contact, n) => {
        await this.#again(contactPauseMs, async at => {
          await this.#send(contact, 'send', `contact ${n}, message ${at}`)
        })
      }),
      this.#again(strangerPauseMs, async at => {
        await this.#visit(at)
      }),
      this.#again(pullPauseMs, async () => {
        await this.#pull()
      })
    ])
  }

  /** Begins nothing more; resolves when what was begun has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#working
  }

  share(phase: Phase): Share {
    const of = this.#operations.filter(operation => operation.phase === phase)
    const done = of.filter(operation => operation.done).map(({ ms }) => ms)
    done.sort((a, b) => a - b)
    return { done: done.length, all: of.length, p99Ms: done[Math.ceil(0.99 * done.length) - 1] ?? NaN }
  }

  /** Collects until everything that was stored is here. @returns what is wrong with the inbox */
  async settle(): Promise<string[]> {
    let labels: string[] = []
    const collected = until(settleMs, 'everything that was stored is with its owner', async () => {
      await this.#collect()
      labels = await this.#labels()
      const here = new Set(labels)
      return this.#stored.isSubsetOf(here)
    })
    const late = await collected.then(
      () => [],
      () => {
        const here = new Set(labels)
        const missing = [...this.#stored].filter(label => !here.has(label))
        return [`${missing.length} stored messages did not come: ${missing.slice(0, 5).join('; ')}`]
      }
    )
    const twice = labels.filter((label, at) => labels.indexOf(label) < at)
    const strange = labels.filter(label => !this.#offered.has(label))
    return [
      ...late,
      ...(twice.length > 0 ? [`came twice: ${twice.slice(0, 5).join('; ')}`] : []),
      ...(strange.length > 0 ? [`nobody honest sent: ${strange.slice(0, 5).join('; ')}`] : [])
    ]
  }

  /** Sends one message and follows it. @returns whether it was stored in time */
  async #send(from: Mailbox, kind: 'send' | 'stranger', label: string): Promise<boolean> {
    return await this.#timed(kind, async () => {
      this.#offered.add(label)
      const sent = await from.send(this.owner.address, label, { ttlHours })
      const signal = AbortSignal.timeout(patienceMs)
      await sent.stored({ signal }).catch((error: unknown) => {
        if (signal.aborted && isMailboxError(error, 'ABORTED'))
          throw new Error(`${sent.state} ${sent.lastError?.code ?? 'TIMEOUT'}`)
        throw error
      })
      this.#stored.add(label)
    })
  }

  async #visit(at: number): Promise<void> {
    await using stack = new AsyncDisposableStack()
    const { mailbox } = await client(this.#relays, generateIdentity(), this.#address(), stack)
    await this.#send(mailbox, 'stranger', `stranger ${at}`)
  }

  async #pull(): Promise<void> {
    await this.#timed('pull', async () => {
      if (!(await this.#collect())) throw new Error('INCOMPLETE')
    })
  }

  async #collect(): Promise<boolean> {
    const { failed, complete } = await this.owner.inbox.pull({ signal: AbortSignal.timeout(patienceMs) })
    for (const { id } of failed) this.unopened.add(id)
    return complete
  }

  async #labels(): Promise<string[]> {
    const messages = await sound(this.owner.inbox.list({ limit: listLimitMax, order: 'oldest' }))
    return messages.map(({ body }) => new TextDecoder().decode(body))
  }

  async #timed(kind: Operation['kind'], work: () => Promise<void>): Promise<boolean> {
    const { phase } = this
    const startedMs = performance.now()
    const code = await work().then(
      () => undefined,
      (error: unknown) => (isMailboxError(error) ? error.code : error instanceof Error ? error.message : String(error))
    )
    const ms = performance.now() - startedMs
    const done = code === undefined && ms <= patienceMs
    this.#operations.push({ phase, kind, ms, done })
    if (!done) {
      const told = `${kind} ${phase}: ${code ?? 'late'}`
      this.failures.set(told, (this.failures.get(told) ?? 0) + 1)
    }
    return done
  }

  async #again(pauseMs: number, work: (at: number) => Promise<void>): Promise<void> {
    const { signal } = this.#stopping
    for (let at = 0; !signal.aborted; at++) {
      await work(at)
      await pause(pauseMs, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
    }
  }

  #address(): string {
    const n = this.#addresses++
    return `127.1.${1 + (n >> 7)}.${1 + (n & 127)}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    await this.#working
    await this.#stack.disposeAsync()
  }
}

/** A client whose connections come from `address`. */
async function client(
  relays: readonly PeerAddress[],
  identity: PrivateIdentity,
  address: string,
  stack: AsyncDisposableStack,
  strangersBits: number = powBitsDefault
): Promise<{ mailbox: Mailbox; node: Libp2p }> {
  const options = boundTo(address)
  const node = await createLibp2p({
    ...options,
    services: { ...options.services, dht: privateDht({ clientMode: true }) }
  })
  stack.defer(async () => {
    await node.stop()
  })
  const store = new MemoryLevel<string, Uint8Array>({ keyEncoding: 'utf8', valueEncoding: 'view' })
  const mailbox = stack.use(
    await Mailbox.open({
      identity,
      store,
      libp2p: node,
      bootstrap: [...relays],
      strangers: 'inbox',
      strangersLane: {
        policy: 'pow',
        bits: strangersBits,
        classBytesMax: strangersClassBytesMax,
        ttlHoursMax: strangersTtlHoursMax
      }
    })
  )
  return { mailbox, node }
}
