/** What an open mailbox is made of, put together once: each part is given the others that it needs. */
import type { Libp2p } from '@libp2p/interface'
import { silent, systemEnvironment } from '../environment.ts'
import type { Environment, Log } from '../environment.ts'
import type { Identity } from '../identity/keys.ts'
import { watchBufferMax } from '../limits.ts'
import type { AdvertBook } from '../placement/adverts.ts'
import type { Closest } from '../placement/dht.ts'
import { Neighbourhood } from '../placement/neighbourhood.ts'
import type { Network, PeerAddress } from '../wire/port.ts'
import { Acks } from './acks.ts'
import type { AckPolicy } from './intake.ts'
import { Intake } from './intake.ts'
import { Bell } from './bell.ts'
import { InviteBook, RegistrationStamp } from './admittance.ts'
import { Asker } from './asker.ts'
import { Chooser } from './chooser.ts'
import { Collector } from './collector.ts'
import type { Contacts } from './contacts.ts'
import { Conversations } from './conversations.ts'
import { Depositor } from './depositor.ts'
import { Former } from './former.ts'
import type { Gates } from './gates.ts'
import { Inbox } from './inbox.ts'
import type { Invitations } from './invitations.ts'
import { Keyring } from './keyring.ts'
import { Ledger } from './ledger.ts'
import { Life } from './life.ts'
import { Mover } from './mover.ts'
import type { ClientNode } from './node.ts'
import { joinNode, startNode } from './node.ts'
import { Outbox } from './outbox.ts'
import { Owner } from './owner.ts'
import { meetPeople } from './people.ts'
import { Proofs } from './proofs.ts'
import { Recipients } from './recipients.ts'
import { Registrar } from './register.ts'
import { RegistrationState } from './registration.ts'
import { Renewer } from './renewer.ts'
import { Requests } from './requests.ts'
import { Sealer } from './sealer.ts'
import { sweepSeen } from './seen.ts'
import { Sender } from './sender.ts'
import { SendingNodes, type Sending } from './sending.ts'
import { Sentbox } from './sentbox.ts'
import { MessageReader } from './reader.ts'
import { createStamper } from './stamper.ts'
import type { Strangers } from './standing.ts'
import type { Database } from './store.ts'
import type { LocalStore } from './store.ts'
import { strangersLaneFrom, type StrangersLane } from './strangers-lane.ts'
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
  /**
   * What strangers may leave: `policy` `closed`, `pow` (default) or `open`, `bits` of a stamp, `classBytesMax` and
   * `ttlHoursMax` (SPEC §7.6). A change is published by the next `register`.
   */
  readonly strangersLane?: Partial<StrangersLane>
  /** Messages that may wait for the consumer of a live watch before it gets SLOW_CONSUMER; default 1,000. */
  readonly watchLagMax?: number
  readonly env?: Environment
  readonly log?: Log
  /** Closes the mailbox. */
  readonly signal?: AbortSignal
}

/**
 * With `libp2p`, an existing node; with `network` and `closest`, any other; with neither, a node of its own, which with
 * `gossip` (default false) hears what relays say of themselves and passes it on (SPEC §6.6). With a node of its own it sends
 * through others, each under a key of one batch; with `libp2p` through `sendThrough`, or else through `libp2p` itself.
 */
export type OpenOptions = CommonOptions &
  (
    | { readonly libp2p?: never; readonly network?: never; readonly closest?: never; readonly gossip?: boolean }
    | {
        readonly libp2p: Libp2p
        /** A second node to send through, so that relays cannot join what is sent and what is collected (SPEC §7). */
        readonly sendThrough?: Libp2p
        readonly network?: never
        readonly closest?: never
      }
    | { readonly libp2p?: never; readonly network: Network; readonly closest: Closest }
  )

export interface Parts {
  readonly node: ClientNode
  readonly sending: Sending
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
  readonly gates: Gates
  readonly strangersLane: StrangersLane
  readonly address: string
}

export async function nodeOf(o: OpenOptions, bootstrap: readonly PeerAddress[]): Promise<ClientNode> {
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

/** What deposits and the questions before them go through. `relays`: where a new node may start from. */
function sendingOf(o: OpenOptions, node: ClientNode, relays: () => readonly PeerAddress[]): Sending {
  const { env = systemEnvironment, log = silent } = o
  if (o.libp2p === undefined && o.network === undefined)
    return new SendingNodes({ env, log, start: async () => await startNode(relays(), { log, env, gossip: false }) })
  if (o.libp2p !== undefined && o.sendThrough !== undefined) return joinNode(o.sendThrough, relays(), log)
  return node
}

/** What the caller left out is the default. @throws MailboxError CONFIG */
function settled(o: OpenOptions) {
  const { identity, env = systemEnvironment, log = silent, ackPolicy: policy = 'on-store' } = o
  const { strangers = 'requests', watchLagMax: lagMax = watchBufferMax } = o
  return { identity, env, log, policy, strangers, lagMax, strangersLane: strangersLaneFrom(o.strangersLane) }
}

export async function assemble(
  o: OpenOptions,
  store: LocalStore,
  node: ClientNode,
  bootstrap: readonly PeerAddress[]
): Promise<Parts> {
  const { identity, env, log, policy, strangers, lagMax, strangersLane } = settled(o)
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
  const sending = sendingOf(o, node, () => (bootstrap.length > 0 ? bootstrap : state.relays))
  const outward = { ...common, network: sending.network }
  const lookups = sending === node ? neighbourhood : new Neighbourhood({ ...outward, closest: sending.closest, extra })
  const owner = new Owner(common)
  const acks = new Acks({ ...common, owner })
  const people = await meetPeople({ ...common, acks, state, strangers })
  const { decide, settle } = people.standings
  const recipients = new Recipients({ ...outward, neighbourhood: lookups, hints: people.invitations.relaysOf })
  const hear = recipients.hear.bind(recipients)
  const intake = await Intake.open({ ...common, keyring, state, acks, policy, decide, settle, hear })
  const former = new Former({ owner, state, mailbox: identity.key, log })
  const collector = new Collector({ store, owner, intake, state, mailbox: identity.key })
  const chooser = new Chooser({ network, closest, bootstrap, adverts: o.adverts ?? node.adverts, env, log })
  const stamper = createStamper()
  const stamp = new RegistrationStamp({ store, mailbox: identity.key, stamper })
  const asker = new Asker({ owner, chooser, stamp, env, log })
  const invites = new InviteBook(common)
  const registering = { neighbourhood, keyring, state, chooser, asker, owner, invites, strangersLane }
  const registrar = new Registrar({ ...common, ...people, ...registering })
  const mover = new Mover({ owner, state, registrar, chooser, former, invites, mailbox: identity.key, env, log })
  const depositor = new Depositor({ ...outward, recipients })
  const reader = new MessageReader({ store, address, note: encoded => depositor.note(encoded) })
  const collecting = { ...common, ...people, state, collector, former, mover, acks, reader }
  const renewer = new Renewer({ registrar, state, env, log })
  const watcher = new Watcher({ ...collecting, renewer, policy, lagMax, bell })
  await Promise.all([sweepSeen(store, env), recipients.sweep(), ledger.change(async change => await change.sweep())])
  const proofs = new Proofs({ ...outward, ...people, recipients, stamper })
  const sealer = new Sealer({ ...common, ...people, recipients, proofs, own: () => state.locator })
  const outbox = await Outbox.open({ ...common, sealer, depositor, proofs })
  return {
    ...people,
    node,
    sending,
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
    strangersLane,
    registrar,
    mover,
    sender: new Sender({ ...common, ...people, outbox })
  }
}
