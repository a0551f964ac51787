/** One identity's mailbox as an application sees it: open, register, send, collect, close (SPEC §10). */
import { toString } from 'uint8arrays'
import type { ErrorCode } from '../errors.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { parseAddress } from '../identity/address.ts'
import { safetyNumber } from '../identity/safety.ts'
import { stopDeadlineMs } from '../limits.ts'
import { bounded, throwIfAborted } from './abort.ts'
import type { Body } from './content.ts'
import type { Contacts } from './contacts.ts'
import type { Gates } from './gates.ts'
import type { Inbox } from './inbox.ts'
import type { Invitations } from './invitations.ts'
import type { Leaving } from './leaving.ts'
import type { Outbox } from './outbox.ts'
import type { RegisterOptions } from './register.ts'
import { refusalsOf, type Refusal } from './refused.ts'
import { parseRelay } from './relay-text.ts'
import type { Registered, SourceRelay } from './registration.ts'
import type { Requests } from './requests.ts'
import type { SendOptions, Sent } from './sender.ts'
import type { Sentbox } from './sentbox.ts'
import { LocalStore } from './store.ts'
import type { StrangersLane } from './strangers-lane.ts'
import { assemble, nodeOf, type OpenOptions, type Parts } from './parts.ts'

export type { OpenOptions } from './parts.ts'

export interface RelayStatus {
  /** Peer id. */
  readonly id: string
  /** `former`: not listed any more, and may still hold mail. */
  readonly role: SourceRelay['role']
  readonly online: boolean
  /** True: it says that it is leaving. */
  readonly draining?: boolean
  /** Why it gave no status. */
  readonly code?: ErrorCode
  /** What it holds for this mailbox. */
  readonly records?: number
  readonly bytes?: number
  /** Of it, what strangers have left. */
  readonly strangers?: Held
  /** What came by each gate, by its id in hex. */
  readonly gates?: ReadonlyArray<Held & { readonly gate: string }>
  /** Unix hours. */
  readonly leaseUntilHour?: number
  /** Deposits of senders that it has refused since it was started, most frequent first. Absent: none. */
  readonly refused?: readonly Refusal[]
}

export interface Held {
  readonly records: number
  readonly bytes: number
}

export interface MailboxStatus {
  readonly address: string
  /** False: `register` has not opened it yet, on this machine. */
  readonly registered: boolean
  /** W: relays that have to sign before a message is stored. */
  readonly writeQuorum?: number
  readonly relays: readonly RelayStatus[]
  /** What strangers may leave, as the next `register` says it. */
  readonly strangersLane: StrangersLane
  /** Listed relays that are leaving, and what is going to be done about it (SPEC §10.8). */
  readonly leaving: readonly Leaving[]
  /** Messages in the outbox, failed and expired ones included. */
  readonly outbox: number
  /** Entries of the outbox that could not be read and were set aside: `outbox.damaged` names them. */
  readonly damaged: number
}

/** The mailbox of one identity on this machine: its store, its relays, and what waits to be sent. */
export class Mailbox {
  /** The owner's: 59 characters, what others send to. */
  readonly address: string
  /** What others have left, and conversations. */
  readonly inbox: Inbox
  /** What was sent from here and is stored. */
  readonly sentbox: Sentbox
  /** What is not stored yet, or never will be. */
  readonly outbox: Outbox
  readonly contacts: Contacts
  readonly requests: Requests
  readonly invitations: Invitations
  /** Which contacts may deposit without proof of work. */
  readonly gates: Gates
  readonly #parts: Parts
  #closing: Promise<void> | undefined

  private constructor(parts: Parts) {
    this.#parts = parts
    this.address = parts.address
    this.inbox = parts.inbox
    this.sentbox = parts.sentbox
    this.outbox = parts.outbox
    this.contacts = parts.contacts
    this.requests = parts.requests
    this.invitations = parts.invitations
    this.gates = parts.gates
  }

  /**
   * Opens the local store and goes on with what a former process left in the outbox. Needs no network yet.
   * @throws MailboxError STORE, STORE_VERSION, DATA_DIR (another identity's store), CONFIG, ABORTED
   */
  static async open(o: OpenOptions): Promise<Mailbox> {
    throwIfAborted(o.signal)
    const store = await LocalStore.open(o.store, o.identity.key)
    const bootstrap = (o.bootstrap ?? []).map(relay => (typeof relay === 'string' ? parseRelay(relay) : relay))
    const node = await nodeOf(o, bootstrap)
    try {
      const mailbox = new Mailbox(await assemble(o, store, node, bootstrap))
      o.signal?.addEventListener(
        'abort',
        () => {
          void mailbox.close()
        },
        { once: true, signal: mailbox.#parts.life.closed }
      )
      return mailbox
    } catch (error) {
      await node.stop()
      throw error
    }
  }

  /**
   * Opens the mailbox on relays, or renews it; call it again before `leaseUntilHour` (SPEC §10.4). Moves away from a relay
   * that is leaving.
   * @throws MailboxError TOO_FEW_RELAYS when fewer than W active relays granted a lease or the locator found too few
   * holders; INVITATION when an invite is none, or opens nothing any more; MOVED when another client of this owner signs
   * newer locators meanwhile; NO_RELAY, BOOTSTRAP, CONFIG (a relay's address does not parse, or too many were given),
   * ABORTED, CLOSED, STORE
   */
  async register(o: RegisterOptions = {}): Promise<Registered> {
    const { life, registrar, mover } = this.#parts
    return await life.run(o.signal, async signal => {
      const registered = await registrar.register({ ...o, signal })
      const { leaving, registration = registered } = await mover.settle(signal)
      return { ...registration, alreadyOpen: registered.alreadyOpen, leaving }
    })
  }

  /** Those the mailbox is on, active ones first, and former ones that may still hold mail. Empty before `register`. */
  get relays(): readonly SourceRelay[] {
    return this.#parts.state.relays
  }

  /**
   * Leaves a message for the owner of the address `to`. Resolves once it is durable here and was tried once; not stored
   * then is a state, not an error, and the outbox goes on (SPEC §10.2). Nothing is queued when it throws.
   * @throws MailboxError ADDRESS; CONTENT: a body, content type or subject that is not what it claims; SIZE: a body over
   * 252 KiB, a content type over 64 bytes, a subject over 1 KiB; EXPIRED: `ttlHours` outside 1 to 720; NOT_FOUND:
   * `inReplyTo` is no record id; QUOTA: the outbox is full; ABORTED, CLOSED, STORE
   */
  async send(to: string, body: Body, o: SendOptions = {}): Promise<Sent> {
    return await this.#parts.sender.send(to, body, o)
  }

  /**
   * The 60 digits that this owner and that of `address` see alike, to be compared out of band (SPEC §2.6).
   * @throws MailboxError ADDRESS
   */
  safetyNumber(address: string): string {
    return safetyNumber(this.#parts.mailboxKey, parseAddress(address))
  }

  /**
   * What the relays say about this mailbox. Relays that do not answer are listed with their error code.
   * @throws MailboxError ABORTED, CLOSED, STORE
   */
  async status(o: { signal?: AbortSignal } = {}): Promise<MailboxStatus> {
    return await this.#parts.life.run(o.signal, async signal => await this.#status(signal))
  }

  async #status(signal: AbortSignal): Promise<MailboxStatus> {
    const { state, address, mover } = this.#parts
    const relays = await bounded(
      state.relays,
      Math.max(1, state.relays.length),
      async relay => await this.#relayStatus(relay, signal)
    )
    throwIfAborted(signal)
    const { locator } = state
    return {
      address,
      registered: locator !== undefined,
      relays,
      strangersLane: this.#parts.strangersLane,
      leaving: mover.pending,
      outbox: this.outbox.size,
      damaged: (await this.outbox.damaged()).length,
      ...(locator === undefined ? {} : { writeQuorum: locator.writeQuorum })
    }
  }

  /** Ends every loop within `stopDeadlineMs`. What is queued stays queued; the store and a given libp2p stay open. */
  async close(): Promise<void> {
    this.#closing ??= this.#close()
    await this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    const { life, node, sending, env } = this.#parts
    const done = new AbortController()
    const late = env.delay(stopDeadlineMs, done.signal).catch((error: unknown) => {
      if (!done.signal.aborted) throw error
    })
    await Promise.race([life.end(), late])
    done.abort()
    // they are one where the application gave the network
    await Promise.all(
      [...new Set([node, sending])].map(async part => {
        await part.stop()
      })
    )
  }

  async #relayStatus(relay: SourceRelay, signal: AbortSignal): Promise<RelayStatus> {
    const { id, role } = relay
    try {
      const { mailboxKey, owner } = this.#parts
      const { mailbox, draining } = await owner.call(relay, { status: { mailbox: mailboxKey } }, { signal })
      if (mailbox === undefined) throw new MailboxError('MALFORMED', `Relay ${id} sent no status.`)
      const { records, bytes, leaseUntilHour, strangersRecords, strangersBytes } = mailbox
      const strangers = { records: strangersRecords, bytes: strangersBytes }
      const gates = mailbox.gates.map(({ gate, ...held }) => ({ gate: toString(gate, 'hex'), ...held }))
      const refused = refusalsOf(mailbox.refused)
      const held = { records, bytes, strangers, gates, leaseUntilHour, ...(refused.length === 0 ? {} : { refused }) }
      return { id, role, online: true, draining, ...held }
    } catch (error) {
      if (!isMailboxError(error)) throw error
      return { id, role, online: false, code: error.code }
    }
  }
}
