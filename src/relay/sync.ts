/** `/mailbox/sync/1.0.0`, the answering end: two relays of one mailbox compare what they hold (SPEC §9.5 to §9.7). */
import type { Turns } from '../placement/turns.ts'
import { hourOf, type Environment, type Log } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { parseIdentityKey, type IdentityKey } from '../identity/keys.ts'
import { openLocator, supersedes, type Locator } from '../identity/locator.ts'
import { giveBytesMax, giveItemsMax } from '../limits.ts'
import { SyncRequest, SyncResponse, type SyncGive, type SyncItems, type SyncWant } from '../wire/messages.js'
import type { Handler, Session } from '../wire/port.ts'
import { countRefusal, failedHere, decodeRequest, ok, refusal } from './answer.ts'
import { callerOf } from './caller.ts'
import type { Directory } from './directory.ts'
import type { HostedMailbox } from './hosted.ts'
import { itemKinds, type HeldItem, type Inventory } from './inventory.ts'
import { nameOf } from './keys.ts'
import type { Merge } from './merge.ts'
import type { Observe } from './options.ts'
import { respond, type ItemSet } from './reconcile.ts'
import { costs, type Rates } from './rates.ts'
import type { Replicas } from './replicas.ts'
import { mailboxSet, saltBytes, itemSet } from './salted.ts'

export interface SyncDesk {
  readonly directory: Directory
  readonly replicas: Replicas
  readonly inventory: Inventory
  readonly rates: Rates
  readonly merge: Merge
  /** Sets are built and compared a few at a time, whoever asks. */
  readonly turns: Turns
  readonly env: Environment
  readonly log: Log
  readonly observe: Observe
}

/** One reconciliation of a stream: a set as it was when it began. */
interface Snapshot {
  readonly mailbox: string
  readonly set: ItemSet
  /** Salted id → item. */
  readonly items: ReadonlyMap<string, HeldItem>
}

/** What one stream has said. At most one snapshot of each kind is kept. */
interface StreamState {
  salt: Uint8Array | undefined
  mailboxes: ItemSet | undefined
  items: Snapshot | undefined
  /** The mailbox that has left the other relay, and that it hands over. */
  handingOver: string | undefined
}

const stateOf = Symbol('sync state')

export function syncHandler(desk: SyncDesk): Handler {
  return async (bytes, session) => {
    try {
      const isReplica = desk.replicas.has(callerOf(session))
      if (!isReplica) desk.rates.request(session, desk.env.now(), { cost: costs.lookUp, bytes: bytes.byteLength })
      const request = decodeRequest(SyncRequest, bytes)
      desk.rates.repair(session, desk.env.now(), worthOf(request))
      // up to two locators are verified before it is known that nothing is shared
      if (!isReplica && request.items !== undefined)
        desk.rates.request(session, desk.env.now(), { cost: 2 * costs.signature, bytes: 0 })
      return SyncResponse.encode({ ...answer, ...(await serve(desk, request, session)) })
    } catch (error) {
      const refused = refusal(error)
      if (failedHere(error)) desk.log('error', 'request_failed', { error: String(error) })
      countRefusal(desk.observe, refused)
      if (desk.rates.isFlooding(session, desk.env.now())) throw error
      return SyncResponse.encode({ ...answer, ...refused })
    }
  }
}

const nothing = new Uint8Array(0)
const answer: SyncResponse = { ...ok, salt: nothing, ranges: nothing, items: [], served: 0 }

type Result = Partial<SyncResponse>

/** In reconciliations: each may look at a whole mailbox. What brings few items belongs to one. */
function worthOf({ mailboxes, items: set, want: wanted, give: given }: SyncRequest): number {
  if (mailboxes !== undefined || set !== undefined) return 1
  const entries = (wanted?.ids.length ?? 0) + (given?.items.length ?? 0)
  return 1 / 8 + Math.floor(entries / giveItemsMax)
}

async function serve(desk: SyncDesk, request: SyncRequest, session: Session): Promise<Result> {
  const state = streamState(session)
  const from = callerOf(session)
  if (request.hello !== undefined) return hello(desk, request.hello.salt, state)
  if (request.mailboxes !== undefined) {
    const { ranges, first } = request.mailboxes
    return await desk.turns.take(async () => {
      if (first) state.mailboxes = (await mailboxSet(desk, from, saltOf(state), session.signal)).set
      if (state.mailboxes === undefined) throw new MailboxError('MALFORMED', 'A reconciliation without a beginning.')
      return { ranges: respond(state.mailboxes, ranges) }
    }, session.signal)
  }
  if (request.items !== undefined) return await items(desk, request.items, state, session)
  if (request.want !== undefined) return await want(desk, request.want, state, session)
  if (request.give !== undefined) return await give(desk, request.give, state, from)
  throw new MailboxError('MALFORMED', 'No call in the request.')
}

function streamState(session: Session): StreamState {
  const held = session.state.get(stateOf) as StreamState | undefined
  if (held !== undefined) return held
  const state: StreamState = { salt: undefined, mailboxes: undefined, items: undefined, handingOver: undefined }
  session.state.set(stateOf, state)
  return state
}

/** Each end gives half of the salt, so neither can choose it. */
function hello(desk: SyncDesk, theirs: Uint8Array, state: StreamState): Result {
  if (theirs.byteLength !== saltBytes) throw new MailboxError('MALFORMED', `A salt has ${saltBytes} bytes.`)
  const ours = desk.env.random(saltBytes)
  Object.assign(state, { salt: Buffer.concat([theirs, ours]), mailboxes: undefined, items: undefined })
  return { salt: ours }
}

function saltOf({ salt }: StreamState): Uint8Array {
  if (salt === undefined) throw new MailboxError('MALFORMED', 'HELLO comes first.')
  return salt
}

async function items(desk: SyncDesk, call: SyncItems, state: StreamState, session: Session): Promise<Result> {
  const result: Result = {}
  if (call.first) {
    const from = callerOf(session)
    const { locator } = await newest(desk, call.mailbox, call.locator)
    state.handingOver = undefined
    if (!lists(locator, from)) {
      await mayHandOver(locator, call, from)
      state.handingOver = nameOf(call.mailbox)
    }
    if (call.locator !== undefined && Buffer.compare(call.locator, locator.bytes) !== 0) result.locator = locator.bytes
  }
  return await desk.turns.take(async () => {
    if (call.first) {
      const { set, items: held } = await itemSet(desk.inventory, call.mailbox, saltOf(state))
      state.items = { mailbox: nameOf(call.mailbox), set, items: held }
    }
    return { ...result, ranges: respond(snapshotOf(state, call.mailbox).set, call.ranges) }
  }, session.signal)
}

function snapshotOf({ items: snapshot }: StreamState, mailbox: Uint8Array): Snapshot {
  if (snapshot?.mailbox === nameOf(mailbox)) return snapshot
  throw new MailboxError('MALFORMED', 'A reconciliation without a beginning.')
}

async function want(desk: SyncDesk, call: SyncWant, state: StreamState, session: Session): Promise<Result> {
  const from = callerOf(session)
  const { locator } = await sharedWith(desk, call.mailbox, from)
  const records = !call.noRecords && desk.replicas.recordsGo(locator, from).there
  const known = snapshotOf(state, call.mailbox).items
  const wanted = call.ids.map(id => known.get(nameOf(id)))
  if (wanted.some(item => item === undefined)) throw new MailboxError('MALFORMED', 'An id that was never listed.')
  const madeRoom = await session.room?.(2 * giveBytesMax)
  try {
    const { values, served } = await desk.inventory.values(call.mailbox, wanted as HeldItem[], { records })
    return { items: values, served }
  } finally {
    madeRoom?.()
  }
}

async function give(desk: SyncDesk, call: SyncGive, state: StreamState, from: string): Promise<Result> {
  const isLeft = state.handingOver === nameOf(call.mailbox)
  const { locator } = isLeft ? await desk.directory.need(call.mailbox) : await sharedWith(desk, call.mailbox, from)
  const { here } = desk.replicas.recordsGo(locator, from)
  // a standby takes no records
  const taken = here ? call.items : call.items.filter(({ kind }) => kind !== itemKinds.record)
  await desk.merge.take(keyOf(call.mailbox), taken, from)
  return {}
}

function keyOf(mailbox: Uint8Array): IdentityKey {
  try {
    return parseIdentityKey(mailbox)
  } catch (cause) {
    throw new MailboxError('MALFORMED', 'Not a mailbox.', { cause })
  }
}

/** The mailbox, with the newer of our locator and the one offered. @throws MailboxError NO_MAILBOX, and what `configure` throws */
async function newest(desk: SyncDesk, mailbox: Uint8Array, offered: Uint8Array | undefined): Promise<HostedMailbox> {
  const hosted = await desk.directory.need(mailbox)
  if (offered === undefined || Buffer.compare(offered, hosted.locator.bytes) === 0) return hosted
  const key = keyOf(mailbox)
  // one that has expired changes nothing, and does not stand in the way of the records
  const theirs = await openLocator(offered, { mailbox: key })
  if (!supersedes(theirs, hosted.locator) || theirs.validUntilHour <= hourOf(desk.env.now())) return hosted
  await desk.directory.configure(key, { locator: offered })
  return await desk.directory.need(mailbox)
}

const lists = ({ relays }: Locator, id: string): boolean => relays.some(relay => relay.id === id)

/** The mailbox, if its locator lists the asking relay (SPEC §9.5). @throws MailboxError NO_MAILBOX, MOVED with ours */
async function sharedWith(desk: SyncDesk, mailbox: Uint8Array, from: string): Promise<HostedMailbox> {
  const hosted = await desk.directory.need(mailbox)
  if (lists(hosted.locator, from)) return hosted
  throw moved(hosted.locator)
}

/**
 * A relay that the mailbox has left shows by a former locator that it kept it, and hands over what it has (SPEC §9.9).
 * @throws MailboxError MOVED with ours, DESCRIPTOR
 */
async function mayHandOver(locator: Locator, { mailbox, former }: SyncItems, from: string): Promise<void> {
  if (former === undefined) throw moved(locator)
  const shown = await openLocator(former, { mailbox: keyOf(mailbox) })
  if (!lists(shown, from) || !supersedes(locator, shown)) throw moved(locator)
}

function moved({ bytes }: Locator): MailboxError {
  return new MailboxError('MOVED', 'The locator of the mailbox does not list the other relay.', { locator: bytes })
}
