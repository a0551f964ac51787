/** `/mailbox/deposit/1.0.0`: INFO and DEPOSIT (SPEC §7). */
import { hourOf, type Environment, type Log } from '../environment.ts'
import { MailboxError, Status, statusName } from '../errors.ts'
import { checkRecord, recordId } from '../identity/record.ts'
import { peerText } from '../identity/peer.ts'
import { ladderBytes, ttlHoursMax } from '../limits.ts'
import { DepositRequest, DepositResponse, type Receipt, type Record, type RelayInfo } from '../wire/messages.js'
import type { Handler, Session } from '../wire/port.ts'
import { checkPolicy } from './admission.ts'
import { decodeRequest, ok, refusal } from './answer.ts'
import type { Arrivals } from './arrivals.ts'
import { Budget } from '../placement/budget.ts'
import type { Coordinator } from './coordinator.ts'
import type { Directory } from './directory.ts'
import type { HostedMailbox } from './hosted.ts'
import { registrations, type Disk, type RelayLimits, type Observe } from './options.ts'
import type { ReceiptSigner } from './receipts.ts'
import type { Replicator } from './replicator.ts'
import type { RelayStore } from './store.ts'
import { takeRecord } from './taking.ts'

export interface DepositDesk {
  readonly store: RelayStore
  readonly directory: Directory
  readonly coordinator: Coordinator
  readonly replicator: Replicator
  readonly signer: ReceiptSigner
  readonly arrivals: Arrivals
  readonly disk: Disk
  readonly env: Environment
  readonly log: Log
  readonly limits: RelayLimits
  readonly observe: Observe
  readonly stopping: AbortSignal
  /** True: this relay is leaving. */
  readonly draining: () => boolean
}

const budgetOf = Symbol('deposit budget')

export function depositHandler(desk: DepositDesk): Handler {
  return async (bytes, session) => {
    try {
      const request = decodeRequest(DepositRequest, bytes)
      if (request.info !== undefined) return await info(desk, request.info.mailbox)
      if (request.deposit?.record !== undefined)
        return await accept(desk, request.deposit.record, request.deposit.fanOut, session)
      throw new MailboxError('MALFORMED', 'No call in the request.')
    } catch (error) {
      const answer = refusal(error)
      // the asker gets a number; what went wrong stays here
      if (answer.status === Status.UNAVAILABLE && !desk.stopping.aborted)
        desk.log('error', 'request_failed', { error: String(error) })
      desk.observe('refused', 1, statusName(answer.status))
      return DepositResponse.encode(answer)
    }
  }
}

async function info(desk: DepositDesk, mailbox: Uint8Array | undefined): Promise<Uint8Array> {
  const draining = desk.draining() || desk.stopping.aborted
  const relay: RelayInfo = {
    recordsPerMailbox: desk.limits.recordsPerMailbox,
    bytesPerMailbox: desk.limits.bytesPerMailbox,
    mailboxesFree: draining ? 0 : desk.directory.free,
    classBytesMax: ladderBytes.at(-1) ?? 0,
    ttlHoursMax,
    draining,
    registration: registrations.indexOf(desk.limits.registration) + 1,
    registrationBits: desk.limits.registrationBits,
    strangersRecords: desk.limits.strangersRecords,
    strangersBytes: desk.limits.strangersBytes,
    peerDepositsPerSecond: 0,
    groupDepositsPerSecond: 0,
    mailboxDepositsPerSecond: 0
  }
  if (mailbox === undefined || mailbox.byteLength === 0) return DepositResponse.encode({ ...ok, relay })
  const hosted = await desk.directory.open(mailbox)
  const { locator, bundle } = hosted
  if (!desk.directory.lists(hosted))
    throw new MailboxError('MOVED', 'The mailbox is elsewhere.', { locator: locator.bytes })
  return DepositResponse.encode({ ...ok, relay, locator: locator.bytes, bundle: bundle.bytes })
}

/** The checks in order, cheap before dear, nothing on disk before the last (SPEC §7.2). */
async function accept(desk: DepositDesk, record: Record, fanOut: boolean, session: Session): Promise<Uint8Array> {
  if (desk.stopping.aborted) throw new MailboxError('UNAVAILABLE', 'The relay stops.')
  const nowMs = desk.env.now()
  const header = checkRecord(record, { nowHour: hourOf(nowMs), ttlHoursMax })
  const hosted = await desk.directory.open(header.mailbox)
  if (!desk.directory.lists(hosted))
    throw new MailboxError('MOVED', 'The mailbox is elsewhere.', { locator: hosted.locator.bytes })
  checkPolicy(hosted, record, header, hourOf(nowMs))
  spend(desk, session, hosted, nowMs)

  const id = recordId(record)
  const others = fanOut
    ? desk.coordinator.fanOut(record, hosted.locator, hosted.locator.writeQuorum - 1)
    : Promise.resolve([])
  const kept = await takeRecord(desk, {
    record,
    id,
    mailbox: header.mailbox,
    expiresHour: header.expiresHour,
    receivedMs: nowMs,
    recordsMax: desk.limits.recordsPerMailbox,
    bytesMax: desk.limits.bytesPerMailbox
  })
  // a coordinator knows whom it did not reach; one that was forwarded to leaves it to the coordinator
  if (kept.fresh && !fanOut && !isListed(hosted, peerText(session.remotePeer)))
    desk.replicator.changed(header.mailbox, hosted.locator, { records: true })
  desk.observe('deposit', 1)
  const own = await desk.signer.receipt({
    mailbox: header.mailbox,
    recordId: id,
    receivedMs: kept.receivedMs,
    keepUntilHour: kept.keepUntilHour
  })
  const receipts: Receipt[] = [own, ...(await others)]
  return DepositResponse.encode({ ...ok, status: Status.OK, receipts })
}

function isListed({ locator }: HostedMailbox, id: string): boolean {
  return locator.relays.some(relay => relay.id === id)
}

/** Co-replicas forward what others sent, so they have no budget of their own; their senders had one. */
function spend(desk: DepositDesk, session: Session, hosted: HostedMailbox, nowMs: number): void {
  let budget = session.state.get(budgetOf) as Budget | undefined
  if (budget === undefined) {
    budget = new Budget({ perSecond: desk.limits.depositsPerSecond, burst: 2 * desk.limits.depositsPerSecond }, nowMs)
    session.state.set(budgetOf, budget)
  }
  const waitMs = budget.take(nowMs)
  if (waitMs === 0) return
  if (isListed(hosted, peerText(session.remotePeer))) return
  throw new MailboxError('BUSY', 'Too many deposits from one sender.', {
    limit: 'depositsPerSecondMax',
    retryAfterMs: waitMs
  })
}
