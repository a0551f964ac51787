/** `/mailbox/deposit/1.0.0`: INFO and DEPOSIT (SPEC §7). */
import { hourOf, msPerHour, type Environment, type Log } from '../environment.ts'
import { MailboxError, Status } from '../errors.ts'
import { decodeProof, type Proof } from '../identity/proof.ts'
import { checkRecord, recordId, type Header } from '../identity/record.ts'
import { numberOfPolicy } from '../identity/registration-policy.ts'
import { ladderBytes, ttlHoursMax } from '../limits.ts'
import {
  DepositRequest,
  DepositResponse,
  type DepositCall,
  type Receipt,
  type Record,
  type RelayInfo
} from '../wire/messages.js'
import type { Handler, Session } from '../wire/port.ts'
import { claimOf, type Admission } from './admission.ts'
import { countRefusal, failedHere, decodeRequest, ok, refusal } from './answer.ts'
import type { Arrivals } from './arrivals.ts'
import { callerOf } from './caller.ts'
import type { Coordinator } from './coordinator.ts'
import type { Directory } from './directory.ts'
import type { HostedMailbox } from './hosted.ts'
import { bitsNow, senderOf, strangersRoom } from './lanes.ts'
import { registrationBitsOf } from './opening.ts'
import type { Disk, RelayLimits, Observe } from './options.ts'
import { costs, type Rates } from './rates.ts'
import type { Replicas } from './replicas.ts'
import type { Refusals } from './refusals.ts'
import type { ReceiptSigner } from './receipts.ts'
import type { Replicator } from './replicator.ts'
import type { RelayStore } from './store.ts'
import { takeRecord } from './taking.ts'

export interface DepositDesk {
  readonly store: RelayStore
  readonly directory: Directory
  readonly admission: Admission
  readonly coordinator: Coordinator
  readonly replicator: Replicator
  readonly signer: ReceiptSigner
  readonly arrivals: Arrivals
  readonly disk: Disk
  readonly env: Environment
  readonly log: Log
  readonly limits: RelayLimits
  readonly rates: Rates
  readonly refusals: Refusals
  readonly replicas: Replicas
  readonly observe: Observe
  readonly stopping: AbortSignal
  /** True: this relay is leaving. */
  readonly draining: () => boolean
}

export function depositHandler(desk: DepositDesk): Handler {
  return async (bytes, session) => {
    try {
      const charge = (): void => {
        desk.rates.request(session, desk.env.now(), { cost: costs.lookUp, bytes: bytes.byteLength })
      }
      // a relay that forwards: whether this mailbox is one that both keep is not known yet
      const mayForward = desk.replicas.has(callerOf(session))
      if (!mayForward) charge()
      const request = decodeRequest(DepositRequest, bytes)
      if (request.deposit !== undefined)
        return await accept(desk, request.deposit, { session, charge: mayForward ? charge : undefined })
      if (mayForward) charge()
      if (request.info !== undefined) return await info(desk, request.info.mailbox)
      throw new MailboxError('MALFORMED', 'No call in the request.')
    } catch (error) {
      const answer = refusal(error)
      // the asker gets a number; what went wrong stays here
      if (failedHere(error) && !desk.stopping.aborted) desk.log('error', 'request_failed', { error: String(error) })
      countRefusal(desk.observe, answer)
      if (desk.rates.isFlooding(session, desk.env.now())) throw error
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
    registration: numberOfPolicy(desk.limits.registration),
    registrationBits: registrationBitsOf(desk.limits),
    strangersRecords: desk.limits.strangersRecords,
    strangersBytes: desk.limits.strangersBytes,
    peerDepositsPerSecond: desk.limits.peerDepositsPerSecond,
    groupDepositsPerSecond: desk.limits.groupDepositsPerSecond,
    mailboxDepositsPerSecond: desk.limits.mailboxDepositsPerSecond
  }
  if (mailbox === undefined || mailbox.byteLength === 0) return DepositResponse.encode({ ...ok, relay })
  const hosted = await desk.directory.open(mailbox)
  const { locator, bundle } = hosted
  if (!desk.directory.lists(hosted))
    throw new MailboxError('MOVED', 'The mailbox is elsewhere.', { locator: locator.bytes })
  const powBits = await bitsFor(desk, hosted)
  return DepositResponse.encode({ ...ok, relay, locator: locator.bytes, bundle: bundle.bytes, powBits })
}

/** What a stranger's stamp needs now; 0: none is asked for. */
async function bitsFor({ store, limits }: DepositDesk, { bundle }: HostedMailbox): Promise<number> {
  if (bundle.strangers !== 'pow') return 0
  return bitsNow(bundle.powBits, await store.counters(bundle.mailbox), strangersRoom(limits))
}

/** The checks in order, cheap before dear, nothing on disk before the last (SPEC §7.2). */
async function accept(
  desk: DepositDesk,
  call: DepositCall,
  { session, charge }: { session: Session; charge: (() => void) | undefined }
): Promise<Uint8Array> {
  if (desk.stopping.aborted) throw new MailboxError('UNAVAILABLE', 'The relay stops.')
  const { record, fanOut } = call
  if (record === undefined) throw new MailboxError('MALFORMED', 'No record in the request.')
  const nowMs = desk.env.now()
  const header = checkRecord(record, { nowHour: hourOf(nowMs), ttlHoursMax })
  const shown = decodeProof(call.proof)
  const hosted = await desk.directory.open(header.mailbox)
  if (!desk.directory.lists(hosted))
    throw new MailboxError('MOVED', 'The mailbox is elsewhere.', { locator: hosted.locator.bytes })
  const isForwarded = isListed(hosted, callerOf(session))
  const proof = shown.kind === 'none' ? undefined : call.proof
  const delivery = { record, header, hosted, fanOut, shown, proof, isForwarded, session, nowMs }
  if (isForwarded) {
    desk.rates.forwarded(nowMs, { mailbox: header.mailbox, relays: hosted.locator.relays.length })
    return await take(desk, delivery)
  }
  charge?.()
  try {
    desk.rates.deposit(session, nowMs)
    return await take(desk, delivery)
  } catch (error) {
    // the owner is told that somebody did not get through; that a store failed is no word to a sender
    const answer = refusal(error)
    if (answer.status !== Status.UNAVAILABLE) desk.refusals.note(header.mailbox, answer, nowMs)
    throw error
  }
}

/** A record that has come where its mailbox is. */
interface Delivery {
  readonly record: Record
  readonly header: Header
  readonly hosted: HostedMailbox
  readonly fanOut: boolean
  readonly shown: Proof
  /** As it came; absent: none. */
  readonly proof: Uint8Array | undefined
  readonly isForwarded: boolean
  readonly session: Session
  readonly nowMs: number
}

async function take(desk: DepositDesk, delivery: Delivery): Promise<Uint8Array> {
  const { record, header, hosted, fanOut, shown, proof, isForwarded, session, nowMs } = delivery
  const { mailbox } = header
  const arrival = { record, header, proof: shown, bundle: hosted.bundle, nowHour: hourOf(nowMs) }
  const claim = claimOf(arrival, desk.limits)

  const id = recordId(record)
  const lane = await desk.admission.prove(claim, id, { repair: false })
  if (!isForwarded) desk.rates.admitted(session, desk.env.now(), { mailbox, sender: senderOf(lane) })
  const others = fanOut ? fanOutOf(desk, record, proof, hosted) : Promise.resolve([])
  const kept = await takeRecord(desk, {
    record,
    proof,
    lane,
    id,
    mailbox,
    expiresHour: header.expiresHour,
    receivedMs: nowMs
  })
  // a coordinator knows whom it did not reach; one that was forwarded to leaves it to the coordinator
  if (kept.fresh && !fanOut && !isForwarded) desk.replicator.changed(mailbox, hosted.locator, { records: true })
  desk.observe('deposit', 1)
  const own = await desk.signer.receipt({
    mailbox,
    recordId: id,
    // of this answer, to the hour: the time of the first deposit would tell who repeats one that it was not the first
    receivedMs: hourOf(nowMs) * msPerHour,
    keepUntilHour: kept.keepUntilHour
  })
  const receipts: Receipt[] = [own, ...(await others)]
  return DepositResponse.encode({ ...ok, status: Status.OK, receipts })
}

async function fanOutOf(
  { coordinator }: DepositDesk,
  record: Record,
  proof: Uint8Array | undefined,
  { locator }: HostedMailbox
): Promise<Receipt[]> {
  const forwarded = proof === undefined ? { record } : { record, proof }
  return await coordinator.fanOut(forwarded, locator, locator.writeQuorum - 1)
}

function isListed({ locator }: HostedMailbox, id: string): boolean {
  return locator.relays.some(relay => relay.id === id)
}
