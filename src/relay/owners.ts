/** `/mailbox/owner/1.0.0`: what only the owner of a mailbox may ask (SPEC §8; G7). */
import { hourOf, type Environment, type Log } from '../environment.ts'
import { isMailboxError, MailboxError, statusName } from '../errors.ts'
import { verifyOwnerAuth, scopes } from '../identity/ownerauth.ts'
import type { IdentityKey } from '../identity/keys.ts'
import { peekDescriptor } from '../identity/signed.ts'
import {
  gatesMax,
  mailboxesPerStreamMax,
  pullBytesMax,
  pullRecordsMax,
  subscribeWaitMsMax,
  unauthenticatedCallsMax
} from '../limits.ts'
import {
  OwnerAuthBody,
  OwnerRequest,
  OwnerResponse,
  StoredRecord,
  Tombstone,
  TombstoneBody,
  type AuthCall,
  type GateUse,
  type Lease,
  type PullCall,
  type SubscribeCall
} from '../wire/messages.js'
import type { Handler, Session } from '../wire/port.ts'
import { countRefusal, failedHere, decodeRequest, ok, refusal } from './answer.ts'
import type { Arrivals } from './arrivals.ts'
import type { Counters } from './counters.ts'
import type { Directory } from './directory.ts'
import type { HostedMailbox } from './hosted.ts'
import { nameOf } from './keys.ts'
import { mark, type LeaseEntry } from './operations.ts'
import type { Observe, RelayLimits } from './options.ts'
import { costOf, costs, type Rates } from './rates.ts'
import type { Refusals } from './refusals.ts'
import type { Replicator } from './replicator.ts'
import type { RelayStore } from './store.ts'
import { takeTombstone } from './taking.ts'

export interface OwnerDesk {
  readonly store: RelayStore
  readonly directory: Directory
  readonly replicator: Replicator
  readonly arrivals: Arrivals
  readonly env: Environment
  readonly log: Log
  readonly limits: RelayLimits
  readonly rates: Rates
  readonly refusals: Refusals
  readonly observe: Observe
  readonly stopping: AbortSignal
  /** True: this relay is leaving. */
  readonly draining: () => boolean
}

interface Proof {
  readonly mailbox: IdentityKey
  readonly signer: IdentityKey
  readonly scopes: number
  readonly expiresHour: number
}

/** What one stream has proved. Proofs are bounded by mailboxesPerStreamMax. */
interface StreamState {
  readonly session: Session
  nonce: Uint8Array | undefined
  unproved: number
  readonly proofs: Map<string, Proof>
}

const stateOf = Symbol('owner state')
const nonceBytes = 32
const recordIdBytes = 32

function charge({ rates, env }: OwnerDesk, session: Session, cost: number, bytes: number = 0): void {
  rates.request(session, env.now(), { cost, bytes })
}

export function ownerHandler(desk: OwnerDesk): Handler {
  return async (bytes, session) => {
    const state = streamState(session)
    try {
      // who has proved nothing is a stranger
      if (state.proofs.size === 0) charge(desk, session, costs.call, bytes.byteLength)
      const result = await serve(desk, decodeRequest(OwnerRequest, bytes), session, state)
      return OwnerResponse.encode({ ...ok, ...result, draining: desk.draining() })
    } catch (error) {
      const answer = refusal(error)
      // the asker gets a number; what went wrong stays here
      if (failedHere(error)) desk.log('error', 'request_failed', { error: String(error) })
      countRefusal(desk.observe, answer)
      // who keeps asking without a proof is cut off: the check costs us a signature each time (SPEC §8.1)
      const isUnproved = statusName(answer.status) === 'AUTH' && ++state.unproved > unauthenticatedCallsMax
      if (isUnproved || desk.rates.isFlooding(session, desk.env.now())) throw error
      return OwnerResponse.encode({ ...answer, draining: desk.draining() })
    }
  }
}

function streamState(session: Session): StreamState {
  const held = session.state.get(stateOf) as StreamState | undefined
  if (held !== undefined) return held
  const state: StreamState = { session, nonce: undefined, unproved: 0, proofs: new Map() }
  session.state.set(stateOf, state)
  return state
}

type Result = Partial<OwnerResponse>

async function serve(desk: OwnerDesk, request: OwnerRequest, session: Session, state: StreamState): Promise<Result> {
  if (request.challenge !== undefined) {
    state.nonce = desk.env.random(nonceBytes)
    return { challenge: { nonce: state.nonce } }
  }
  if (request.auth !== undefined) return await attempt(desk, request.auth, session, state)
  if (request.register !== undefined) return await register(desk, request.register, session, state)
  if (request.config !== undefined) {
    const { mailbox } = proved(desk, state, request.config.mailbox, scopes.config, costs.documents)
    const before = await desk.directory.get(mailbox)
    const lease = await desk.directory.configure(mailbox, request.config)
    await announce(desk, mailbox, before)
    return { lease: leaseOf(desk, lease) }
  }
  if (request.status !== undefined) return await status(desk, request.status.mailbox, state)
  if (request.pull !== undefined) return await pull(desk, request.pull, state)
  if (request.ack?.upTo !== undefined) {
    const { mailbox, signer } = proved(desk, state, request.ack.mailbox, scopes.pull)
    await desk.store.write(mark(mailbox, signer, desk.store.seqAfter(request.ack.upTo)))
    return {}
  }
  if (request.tombstone !== undefined) return await bury(desk, request.tombstone.tombstone, state)
  if (request.subscribe !== undefined) return await subscribe(desk, request.subscribe, session, state)
  throw new MailboxError('MALFORMED', 'No call in the request.')
}

/** Those that fail are counted (SPEC §9.12). */
async function attempt(desk: OwnerDesk, call: AuthCall, session: Session, state: StreamState): Promise<Result> {
  charge(desk, session, costs.signature)
  desk.rates.attempt(session, desk.env.now())
  try {
    return await authenticate(desk, call, session, state)
  } catch (error) {
    if (isMailboxError(error, 'AUTH')) desk.rates.failed(session, desk.env.now())
    throw error
  }
}

/** SPEC §8.1. A nonce serves one attempt. */
async function authenticate(desk: OwnerDesk, call: AuthCall, session: Session, state: StreamState): Promise<Result> {
  const nonce = state.nonce
  state.nonce = undefined
  if (nonce === undefined) throw new MailboxError('AUTH', 'No challenge was asked for.')
  const { mailbox } = decodeRequest(OwnerAuthBody, call.body)
  if (state.proofs.size >= mailboxesPerStreamMax && !state.proofs.has(nameOf(mailbox)))
    throw new MailboxError('QUOTA', 'Too many mailboxes on one stream.', { limit: 'mailboxesPerStreamMax' })
  const hosted = await desk.directory.get(mailbox)
  const proof = await verifyOwnerAuth(call, {
    relay: session.localPeer,
    client: session.remotePeer,
    nonce,
    nowHour: hourOf(desk.env.now()),
    revoked: hosted?.config?.revoked
  })
  state.proofs.set(nameOf(proof.mailbox), proof)
  // a key is free, a mailbox is not
  if (hosted !== undefined) session.vouch?.()
  return {}
}

/**
 * @param cost what the call costs its owner (SPEC §9.12)
 * @throws MailboxError AUTH when this stream has no proof for the mailbox and scope, BUSY
 */
function proved(
  desk: OwnerDesk,
  state: StreamState,
  mailbox: Uint8Array,
  scope: number,
  cost: number = costs.call + costs.lookUp
): Proof {
  const proof = state.proofs.get(nameOf(mailbox))
  const nowMs = desk.env.now()
  if (proof === undefined || (proof.scopes & scope) === 0 || proof.expiresHour <= hourOf(nowMs)) {
    if (state.proofs.size > 0) charge(desk, state.session, costs.call)
    throw unproved()
  }
  if (cost > 0) desk.rates.owner(state.session, nowMs, { mailbox: proof.mailbox, cost })
  return proof
}

const unproved = (): MailboxError => new MailboxError('AUTH', 'The owner has not proved itself on this stream.')

/** The mailbox is the one that signed the locator; the proof must be for the same (SPEC §8.2). */
async function register(
  desk: OwnerDesk,
  call: NonNullable<OwnerRequest['register']>,
  session: Session,
  state: StreamState
): Promise<Result> {
  if (![...state.proofs.values()].some(proof => (proof.scopes & scopes.config) !== 0)) throw unproved()
  const { raw } = peekDescriptor(call.locator)
  if (!state.proofs.has(nameOf(raw))) {
    charge(desk, session, costs.call)
    throw new MailboxError('DESCRIPTOR', 'The locator is not signed by a mailbox that was proved.')
  }
  const { mailbox } = proved(desk, state, raw, scopes.config, costs.documents)
  const before = await desk.directory.get(mailbox)
  if (before === undefined && desk.draining())
    throw new MailboxError('POLICY', 'This relay is leaving and takes no new mailbox.')
  const lease = await desk.directory.register(mailbox, call, session.group)
  session.vouch?.()
  await announce(desk, mailbox, before)
  return { lease: leaseOf(desk, lease) }
}

/**
 * The owner tells every relay itself; who was away is told by the others, the relays that were left as well, and a new
 * one takes what they hold.
 */
async function announce(desk: OwnerDesk, mailbox: IdentityKey, before: HostedMailbox | undefined): Promise<void> {
  const { locator } = await desk.directory.need(mailbox)
  desk.replicator.changed(mailbox, locator)
  if (before !== undefined && before.locator !== locator) desk.replicator.changed(mailbox, before.locator)
}

function leaseOf(desk: OwnerDesk, lease: LeaseEntry): Lease {
  return {
    untilHour: lease.untilHour,
    recordsMax: desk.limits.recordsPerMailbox,
    bytesMax: desk.limits.bytesPerMailbox
  }
}

async function status(desk: OwnerDesk, asked: Uint8Array, state: StreamState): Promise<Result> {
  const { mailbox, signer } = proved(desk, state, asked, scopes.pull)
  const { store, directory } = desk
  const hosted = await directory.need(mailbox)
  const [counters, oldestMs, newestMs, markSeq] = await Promise.all([
    store.counters(mailbox),
    store.edgeMs(mailbox, false, receivedMs),
    store.edgeMs(mailbox, true, receivedMs),
    store.markOf(mailbox, signer)
  ])
  const { unacked, headSeq } = await store.after(mailbox, markSeq)
  return {
    mailbox: {
      records: counters.records,
      bytes: counters.bytes,
      tombstones: counters.tombstones,
      oldestMs,
      newestMs,
      unacked,
      leaseUntilHour: hosted.lease.untilHour,
      head: { epoch: store.epoch, seq: headSeq },
      locator: hosted.locator.bytes,
      bundle: hosted.bundle.bytes,
      strangersRecords: counters.strangers.records,
      strangersBytes: counters.strangers.bytes,
      gates: usedGates(counters, hosted),
      refused: desk.refusals.of(mailbox)
    }
  }
}

/** Of the gates that the owner has, what each has let in; then of those it had. */
function usedGates({ gates }: Counters, { bundle }: HostedMailbox): GateUse[] {
  const own = bundle.gates.map(({ id }) => nameOf(id))
  const others = [...gates.keys()].filter(name => !own.includes(name))
  return [...own, ...others].slice(0, gatesMax).map(name => {
    const { records = 0, bytes = 0 } = gates.get(name) ?? {}
    return { gate: new Uint8Array(Buffer.from(name, 'latin1')), records, bytes }
  })
}

const receivedMs = (stored: Uint8Array): number => StoredRecord.decode(stored).receivedMs

/** SPEC §8.5. */
async function pull(desk: OwnerDesk, call: PullCall, state: StreamState, cost?: number): Promise<Result> {
  const { mailbox } = proved(desk, state, call.mailbox, scopes.pull, cost)
  const madeRoom = await state.session.room?.(2 * pullBytesMax)
  try {
    return await readPage(desk, call, mailbox, state)
  } finally {
    madeRoom?.()
  }
}

async function readPage(desk: OwnerDesk, call: PullCall, mailbox: IdentityKey, state: StreamState): Promise<Result> {
  const hosted = await desk.directory.need(mailbox)
  const page = await desk.store.page(mailbox, desk.store.seqAfter(call.after), {
    recordsMax: atMost(call.recordsMax, pullRecordsMax),
    bytesMax: atMost(call.bytesMax, pullBytesMax),
    nowHour: hourOf(desk.env.now())
  })
  await renew(desk, mailbox, hosted)
  const bytes = page.records.reduce((sum, record) => sum + record.byteLength, 0)
  // known only now: what it exceeds the rate by is waited for by the next call
  desk.rates.answered(state.session, desk.env.now(), { mailbox, cost: costOf(page.records.length, bytes) })
  desk.observe('pulled', page.records.length)
  return { page: { next: { epoch: desk.store.epoch, seq: page.lastSeq }, records: page.records, more: page.more } }
}

/** A page that was read is given, whatever becomes of the lease: the next pull renews it. */
async function renew({ directory, log }: OwnerDesk, mailbox: IdentityKey, hosted: HostedMailbox): Promise<void> {
  try {
    await directory.renew(mailbox, hosted)
  } catch (error) {
    if (!isMailboxError(error)) throw error
    log('warn', 'lease_not_renewed', { code: error.code })
  }
}

/** Zero means that the caller leaves it to the relay. */
function atMost(asked: number, limit: number): number {
  return asked === 0 ? limit : Math.min(asked, limit)
}

/** A long poll: answered as soon as there is something after the cursor, or with an empty page (SPEC §8.8). */
async function subscribe(desk: OwnerDesk, call: SubscribeCall, session: Session, state: StreamState): Promise<Result> {
  const listening = desk.arrivals.listen(call.mailbox)
  try {
    const first = await pull(desk, call, state)
    if ((first.page?.records.length ?? 0) > 0 || desk.stopping.aborted) return first
    const arrived = await listening.arrived(Math.min(call.waitMs, subscribeWaitMsMax), session.signal)
    // one call, charged above
    return arrived ? await pull(desk, call, state, 0) : first
  } finally {
    listening.stop()
  }
}

/** SPEC §8.7: the tombstone carries its own signature; the stream's proof keeps strangers from making us check many. */
async function bury(desk: OwnerDesk, signed: Uint8Array, state: StreamState): Promise<Result> {
  const { body } = decodeRequest(Tombstone, signed)
  const { mailbox: named, ids } = decodeRequest(TombstoneBody, body)
  const cost = costs.signature + costOf(ids.byteLength / recordIdBytes)
  const { mailbox } = proved(desk, state, named, scopes.tombstone, cost)
  const hosted = await desk.directory.need(mailbox)
  desk.observe('tombstoned', await takeTombstone(desk, mailbox, hosted, signed))
  desk.replicator.changed(mailbox, hosted.locator)
  return {}
}
