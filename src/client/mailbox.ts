/** One identity's mailbox as an application sees it: open, register, send, collect, close (SPEC §10). */
import type { Libp2p } from '@libp2p/interface'
import { silent, systemEnvironment } from '../environment.ts'
import type { Environment, Log } from '../environment.ts'
import type { ErrorCode } from '../errors.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { parseAddress } from '../identity/address.ts'
import type { Identity } from '../identity/keys.ts'
import { safetyNumber } from '../identity/safety.ts'
import { stopDeadlineMs, watchBufferMax } from '../limits.ts'
import type { AdvertBook } from '../placement/adverts.ts'
import type { Closest } from '../placement/dht.ts'
import { Neighbourhood } from '../placement/neighbourhood.ts'
import type { Network, PeerAddress } from '../wire/port.ts'
import { bounded, throwIfAborted } from './abort.ts'
import { Acks } from './acks.ts'
import type { AckPolicy } from './intake.ts'
import { Intake } from './intake.ts'
import { Bell } from './bell.ts'
import { Chooser, parseRelay } from './chooser.ts'
import type { Body } from './content.ts'
import { Collector } from './collector.ts'
import type { Contacts } from './contacts.ts'
import { Conversations } from './conversations.ts'
import { Depositor } from './depositor.ts'
import { Former } from './former.ts'
import { Inbox } from './inbox.ts'
import type { Invitations } from './invitations.ts'
import { Keyring } from './keyring.ts'
import type { Leaving } from './leaving.ts'
import { Ledger } from './ledger.ts'
import { Life } from './life.ts'
import { Mover } from './mover.ts'
import type { ClientNode } from './node.ts'
import { joinNode, startNode } from './node.ts'
import { Outbox } from './outbox.ts'
import { Owner } from './owner.ts'
import { meetPeople } from './people.ts'
import { Recipients } from './recipients.ts'
import { Registrar } from './register.ts'
import type { RegisterOptions } from './register.ts'
import { RegistrationState } from './registration.ts'
import type { Registered, SourceRelay } from './registration.ts'
import { Requests } from './requests.ts'
import { Sealer } from './sealer.ts'
import { sweepSeen } from './seen.ts'
import { Sender } from './sender.ts'
import type { SendOptions, Sent } from './sender.ts'
import { Sentbox } from './sentbox.ts'
import { MessageReader } from './reader.ts'
import type { Strangers } from './standing.ts'
import type { Database } from './store.ts'
import { LocalStore } from './store.ts'
import { Watcher } from './watch.ts'

interface CommonOptions {
  readonly identity: Identity
  /** Any abstract-level database, for this mailbox alone. It stays the caller's to close. */
  readonly store: Database
  /** Relays to start from, as multiaddrs ending in `/p2p/<id>`. */
  readonly bootstrap?: ReadonlyArray<string | PeerAddress>
  /** Hints for the choice of relays, where the application's node hears what relays say of themselves (SPEC §6.6). */
  readonly adverts?: AdvertBook
  /** Default `on-store`: acked once the opened message is durably in `store`. */
  readonly ackPolicy?: AckPolicy
  /**
   * Where messages of unknown senders come: among the requests (default), where each waits for a decision, or into the
   * inbox (SPEC §10.10).
   */
  readonly strangers?: Strangers
  /** Messages that may wait for the consumer of a live watch before it gets SLOW_CONSUMER; default 1,000. */
  readonly watchLagMax?: number
  readonly env?: Environment
  readonly log?: Log
  /** Closes the mailbox. */
  readonly signal?: AbortSignal
}

/**
 * With `libp2p`, an existing node; with `network` and `closest`, any other; with neither, a node of its own, which with
 * `gossip` (default false) hears what relays say of themselves and passes it on (SPEC §6.6).
 */
export type OpenOptions = CommonOptions &
  (
    | { readonly libp2p?: never; readonly network?: never; readonly closest?: never; readonly gossip?: boolean }
    | { readonly libp2p: Libp2p; readonly network?: never; readonly closest?: never }
    | { readonly libp2p?: never; readonly network: Network; readonly closest: Closest }
  )

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
  /** Unix hours. */
  readonly leaseUntilHour?: number
}

export interface MailboxStatus {
  readonly address: string
  /** False: `register` has not opened it yet, on this machine. */
  readonly registered: boolean
  /** W: relays that have to sign before a message is stored. */
  readonly writeQuorum?: number
  readonly relays: readonly RelayStatus[]
  /** Listed relays that are leaving, and what is going to be done about it (SPEC §10.8). */
  readonly leaving: readonly Leaving[]
  /** Messages in the outbox, failed and expired ones included. */
  readonly outbox: number
}

interface Parts {
  readonly node: ClientNode
  readonly env: Environment
  readonly life: Life
  readonly owner: Owner
  readonly mailboxKey: Identity['key']
  readonly state: RegistrationState
  readonly registrar: Registrar
  readonly mover: Mover
  readonly sender: Sender
  readonly inbox: Inbox
  readonly sentbox: Sentbox
  readonly outbox: Outbox
  readonly contacts: Contacts
  readonly requests: Requests
  readonly invitations: Invitations
  readonly address: string
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
   * holders; NO_RELAY, BOOTSTRAP, CONFIG (a relay's address does not parse, or too many were given), ABORTED, CLOSED,
   * STORE
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
      leaving: mover.pending,
      outbox: this.outbox.size,
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
    const { life, node, env } = this.#parts
    const done = new AbortController()
    const late = env.delay(stopDeadlineMs, done.signal).catch((error: unknown) => {
      if (!done.signal.aborted) throw error
    })
    await Promise.race([life.end(), late])
    done.abort()
    await node.stop()
  }

  async #relayStatus(relay: SourceRelay, signal: AbortSignal): Promise<RelayStatus> {
    const { id, role } = relay
    try {
      const { mailboxKey, owner } = this.#parts
      const { mailbox, draining } = await owner.call(relay, { status: { mailbox: mailboxKey } }, { signal })
      if (mailbox === undefined) throw new MailboxError('MALFORMED', `Relay ${id} sent no status.`)
      const { records, bytes, leaseUntilHour } = mailbox
      return { id, role, online: true, draining, records, bytes, leaseUntilHour }
    } catch (error) {
      if (!isMailboxError(error)) throw error
      return { id, role, online: false, code: error.code }
    }
  }
}

async function nodeOf(o: OpenOptions, bootstrap: readonly PeerAddress[]): Promise<ClientNode> {
  const log = o.log ?? silent
  if (o.libp2p !== undefined) return joinNode(o.libp2p, bootstrap, log)
  if (o.network === undefined) {
    const { env = systemEnvironment, gossip = false } = o
    return await startNode(bootstrap, { log, env, gossip })
  }
  return {
    network: o.network,
    closest: o.closest,
    stop: async () => {
      await Promise.resolve()
    }
  }
}

async function assemble(
  o: OpenOptions,
  store: LocalStore,
  node: ClientNode,
  bootstrap: readonly PeerAddress[]
): Promise<Parts> {
  const {
    identity,
    env = systemEnvironment,
    log = silent,
    ackPolicy: policy = 'on-store',
    strangers = 'requests',
    watchLagMax: lagMax = watchBufferMax
  } = o
  const life = new Life()
  const { network, closest } = node
  const { address } = identity
  const bell = new Bell()
  const ledger = await Ledger.open({ store, env, address, bell })
  const common = { store, identity, env, log, network, address, life, ledger }
  const state = await RegistrationState.open(store, identity.key, env)
  const keyring = await Keyring.open(store, identity, env)
  const extra = (): PeerAddress[] => [...bootstrap, ...state.relays]
  const neighbourhood = new Neighbourhood({ network, closest, env, log, extra })
  const owner = new Owner(common)
  const acks = new Acks({ ...common, owner })
  const people = await meetPeople({ ...common, acks, state, strangers })
  const { decide, settle } = people.standings
  const recipients = new Recipients({ ...common, neighbourhood, hints: people.invitations.relaysOf })
  const hear = recipients.hear.bind(recipients)
  const intake = await Intake.open({ ...common, keyring, state, acks, policy, decide, settle, hear })
  const former = new Former({ owner, state, mailbox: identity.key, log })
  const collector = new Collector({ store, owner, intake, state, mailbox: identity.key })
  const chooser = new Chooser({ network, closest, bootstrap, adverts: o.adverts ?? node.adverts, env, log })
  const registrar = new Registrar({ ...common, owner, neighbourhood, keyring, state, chooser })
  const mover = new Mover({ owner, state, registrar, chooser, former, mailbox: identity.key, env, log })
  const depositor = new Depositor({ ...common, recipients })
  const reader = new MessageReader({ store, address, note: encoded => depositor.note(encoded) })
  const collecting = { ...common, ...people, state, collector, former, mover, acks, reader }
  const watcher = new Watcher({ ...collecting, policy, lagMax, bell })
  await Promise.all([sweepSeen(store, env), recipients.sweep(), ledger.change(async change => await change.sweep())])
  const sealer = new Sealer({ ...common, recipients, own: () => state.locator })
  const outbox = await Outbox.open({ ...common, sealer, depositor })
  return {
    ...people,
    node,
    env,
    life,
    owner,
    state,
    outbox,
    address,
    mailboxKey: identity.key,
    inbox: new Inbox({ ...collecting, watcher, conversations: new Conversations({ store, reader }) }),
    requests: new Requests({ ...common, ...people, reader }),
    sentbox: new Sentbox({ ...common, reader, bell }),
    registrar,
    mover,
    sender: new Sender({ ...common, ...people, outbox })
  }
}
