/**
 * One attempt to get a record onto W relays: a coordinator first, the other active relays after it, standbys last
 * (SPEC §7.3, §7.5). What counts is a valid receipt of a listed relay for exactly this record, and nothing else.
 */
import { equals } from 'uint8arrays'
import type { Environment, Log } from '../environment.ts'
import type { ErrorCode } from '../errors.ts'
import { errorTable, isMailboxError, MailboxError } from '../errors.ts'
import type { IdentityKey } from '../identity/keys.ts'
import type { Locator, LocatorRelay } from '../identity/locator.ts'
import { supersedes } from '../identity/locator.ts'
import { ReceiptVerifier } from '../identity/receipt.ts'
import { coordinatorWaitMs, requestDeadlineMs } from '../limits.ts'
import type { Record } from '../wire/messages.js'
import { DepositRequest, DepositResponse, Receipt } from '../wire/messages.js'
import type { Network } from '../wire/port.ts'
import { protocols } from '../wire/port.ts'
import { parseAnswer, refusalOf } from './answer.ts'
import { shuffled } from './chance.ts'
import type { ReceiptNote } from './message.ts'
import type { ProveOptions, Proving } from './proofs.ts'
import { Pace } from './pace.ts'
import type { Recipients } from './recipients.ts'
import type { AttemptRow } from './rows.ts'

/** Times that an attempt follows MOVED. */
const movesMax = 3
/** Times that it proves again, for each locator: relays of a filling lane ask for a little more each time. */
const provesMax = 4

export interface Consignment {
  readonly mailbox: IdentityKey
  readonly id: Uint8Array
  readonly record: Record
  readonly expiresHour: number
  /** Encoded receipts of earlier attempts. */
  readonly receipts: readonly Uint8Array[]
  /** Encoded, that goes with the record; undefined: strangers need none. */
  readonly proof: Uint8Array | undefined
  /** Another one, when relays ask for that. @throws MailboxError as `Proofs.prove` */
  readonly prove: (o: Pick<ProveOptions, 'asked' | 'fresh'>, signal: AbortSignal) => Promise<Proving>
}

export interface Outcome {
  readonly state: 'stored' | 'queued' | 'no-mailbox' | 'full' | 'unknown' | 'failed'
  /** Encoded, at most one per relay. */
  readonly receipts: readonly Uint8Array[]
  readonly writeQuorum: number
  readonly error?: MailboxError
  /** True: the record went out, or may have. */
  readonly asked: boolean
  /** True: every relay of the locator in force has said in this attempt whether it has the record. */
  readonly definite: boolean
  /** What came of asking each relay, in order. */
  readonly notes: readonly AttemptRow[]
}

export interface DepositorInit {
  readonly network: Network
  readonly recipients: Recipients
  readonly env: Environment
  readonly log: Log
}

export class Depositor {
  readonly #init: DepositorInit
  readonly #verifier = new ReceiptVerifier()
  readonly #pace: Pace

  constructor(init: DepositorInit) {
    this.#init = init
    this.#pace = new Pace(init.env)
  }

  /** Never throws for what a relay or the network does: that is the outcome. @throws MailboxError STORE */
  async deposit(consignment: Consignment, signal: AbortSignal): Promise<Outcome> {
    const attempt = new Attempt({ ...this.#init, pace: this.#pace }, this.#verifier, consignment, signal)
    try {
      await attempt.run()
    } catch (error) {
      if (!isMailboxError(error) || error.code === 'STORE') throw error
      return attempt.outcome(error)
    }
    return attempt.outcome()
  }

  /** The facts of a receipt that was kept. */
  note(encoded: Uint8Array): ReceiptNote {
    const { relay, receivedMs, keepUntilHour } = this.#verifier.verify(Receipt.decode(encoded))
    return { relay, receivedMs, keepUntilHour }
  }
}

class Attempt {
  readonly #init: DepositorInit & { readonly pace: Pace }
  readonly #verifier: ReceiptVerifier
  readonly #consignment: Consignment
  readonly #signal: AbortSignal
  /** Relay → encoded receipt, and relay → why not. Bounded by the relays of the locators that this attempt follows. */
  readonly #receipts = new Map<string, Uint8Array>()
  readonly #refusals = new Map<string, MailboxError>()
  /** A request has gone out and its answer has not come. */
  #unsure = false
  #asked = false
  /** Bounded like the receipts, and by movesMax: a relay is asked once for each locator. */
  readonly #notes: AttemptRow[] = []
  #locator: Locator | undefined
  #proof: Uint8Array | undefined
  /** The recipient does not take it, which only the answers have brought to light. */
  #refusal: MailboxError | undefined

  constructor(
    init: DepositorInit & { readonly pace: Pace },
    verifier: ReceiptVerifier,
    consignment: Consignment,
    signal: AbortSignal
  ) {
    this.#init = init
    this.#verifier = verifier
    this.#consignment = consignment
    this.#signal = signal
    this.#proof = consignment.proof
    for (const encoded of consignment.receipts) this.#count(Receipt.decode(encoded), encoded)
  }

  async run(): Promise<void> {
    const { recipients } = this.#init
    const { mailbox } = this.#consignment
    this.#locator = await recipients.locate(mailbox, { signal: this.#signal })
    for (let moves = 0; moves < movesMax; moves++) {
      const before: Locator = this.#locator
      await this.#tryAll(before)
      for (let again = 0; again < provesMax && !this.#done(before) && (await this.#proveAgain()); again++)
        await this.#tryAll(before)
      if (this.#refusal !== undefined || this.#stored || this.#signal.aborted) return
      // SPEC §7.5: a newer locator may have come with MOVED; else the network is asked whether there is one.
      const moved = await recipients.locate(mailbox, { signal: this.#signal })
      const now: Locator = supersedes(moved, before) ? moved : await this.#lookAgain(before)
      if (!supersedes(now, before)) return
      this.#locator = now
    }
  }

  outcome(failure?: MailboxError): Outcome {
    const receipts =
      this.#locator === undefined
        ? this.#consignment.receipts
        : this.#listed.flatMap(({ id }) => this.#receipts.get(id) ?? [])
    const writeQuorum = this.#locator?.writeQuorum ?? 1
    const facts = { receipts, writeQuorum, asked: this.#asked, definite: this.#definite, notes: this.#noted(failure) }
    if (this.#stored) return { ...facts, state: 'stored' }
    if (this.#unsure) {
      const text = `${receipts.length} of ${writeQuorum} relays have confirmed; others were asked and have not answered.`
      const error = new MailboxError('UNKNOWN', text, { cause: failure ?? this.#worst })
      return { ...facts, state: 'unknown', error }
    }
    if (this.#refusal !== undefined && receipts.length === 0) return { ...facts, state: 'failed', error: this.#refusal }
    const error =
      failure ?? this.#worst ?? new MailboxError('NO_RELAY', "None of the mailbox's relays could be reached.")
    if (receipts.length > 0) return { ...facts, state: 'unknown', error }
    // the refusal, and not that a look for more relays was stopped
    if (this.#hopeless(writeQuorum)) return { ...facts, state: 'failed', error: this.#worst ?? error }
    return { ...facts, state: waitingState(error), error }
  }

  /** A look for relays that found none is noted too. */
  #noted(failure: MailboxError | undefined): readonly AttemptRow[] {
    if (failure === undefined) return this.#notes
    return [...this.#notes, { atMs: this.#init.env.now(), code: failure.code }]
  }

  get #definite(): boolean {
    const answered = ({ id }: LocatorRelay): boolean => {
      const code = this.#refusals.get(id)?.code
      return this.#receipts.has(id) || (code !== undefined && !silentCodes.has(code))
    }
    return this.#listed.length > 0 && this.#listed.every(answered)
  }

  get #listed(): readonly LocatorRelay[] {
    return this.#locator?.relays ?? []
  }

  /** SPEC §7.5: W distinct relays of the locator in force. */
  get #stored(): boolean {
    const { writeQuorum } = this.#locator ?? { writeQuorum: Infinity }
    return this.#listed.filter(relay => this.#receipts.has(relay.id)).length >= writeQuorum
  }

  async #tryAll(locator: Locator): Promise<void> {
    const { env } = this.#init
    const lacking = (role: string): LocatorRelay[] =>
      locator.relays.filter(relay => relay.role === role && !this.#receipts.has(relay.id))
    const [coordinator, ...others] = shuffled(lacking('active'), env)
    if (coordinator !== undefined) await this.#ask(coordinator, true)
    if (this.#done(locator)) return
    const rest = others.filter(relay => !this.#receipts.has(relay.id))
    await Promise.all(
      rest.map(async relay => {
        await this.#ask(relay, false)
      })
    )
    if (this.#done(locator)) return
    await Promise.all(
      lacking('standby').map(async relay => {
        await this.#ask(relay, false)
      })
    )
  }

  /** False: nothing would be different. */
  async #proveAgain(): Promise<boolean> {
    const errors = [...this.#refusals.values()]
    const asked = errors.flatMap(({ code, powBits }) => (code === 'POW' && powBits !== undefined ? [powBits] : []))
    const fresh = errors.some(({ code }) => admissionCodes.has(code))
    if (asked.length === 0 && !fresh) return false
    const proving = await this.#consignment.prove({ asked, fresh }, this.#signal)
    if ('refusal' in proving) this.#refusal = proving.refusal
    if ('refusal' in proving || same(proving.proof, this.#proof)) return false
    this.#proof = proving.proof
    return true
  }

  #done(locator: Locator): boolean {
    return this.#stored || this.#signal.aborted || this.#locator !== locator
  }

  async #lookAgain(before: Locator): Promise<Locator> {
    // Answers that are about the record, not about the place, would be the same elsewhere.
    const displaced = [...this.#refusals.values()].some(error => placeCodes.has(error.code))
    if (!displaced) return before
    return await this.#init.recipients.locate(this.#consignment.mailbox, { fresh: true, signal: this.#signal })
  }

  async #ask(relay: LocatorRelay, fanOut: boolean): Promise<void> {
    try {
      await this.#call(relay, fanOut)
      this.#refusals.delete(relay.id)
    } catch (error) {
      if (!isMailboxError(error) || error.code === 'STORE') throw error
      this.#refusals.set(relay.id, error)
      this.#notes.push({ atMs: this.#init.env.now(), relay: relay.id, code: error.code })
      this.#init.log('debug', 'deposit_failed', { relay: relay.id, code: error.code })
      if (error.code === 'MOVED' && error.locator !== undefined)
        await this.#init.recipients.adopt(this.#consignment.mailbox, error.locator)
    }
  }

  async #call(relay: LocatorRelay, fanOut: boolean): Promise<void> {
    const { env, network } = this.#init
    const patienceMs = fanOut ? coordinatorWaitMs : requestDeadlineMs
    const startMs = env.now()
    const channel = await network.channel(relay, protocols.deposit, { signal: this.#signal, deadlineMs: patienceMs })
    // clamped, since the wall clock may jump
    const deadlineMs = Math.min(patienceMs, Math.max(1, patienceMs - (env.now() - startMs)))
    const options = { signal: this.#signal, deadlineMs }
    const request = DepositRequest.encode({
      deposit: {
        record: this.#consignment.record,
        fanOut,
        ...(this.#proof === undefined ? {} : { proof: this.#proof })
      }
    })
    let answer: DepositResponse
    this.#asked = true
    try {
      const ask = async (): Promise<DepositResponse> =>
        parseAnswer(DepositResponse, await channel.call(request, options), relay.id)
      answer = await this.#init.pace.through(relay.id, ask, this.#signal)
    } catch (error) {
      // The request may have arrived and may have been stored (G11), unless it was not sent.
      this.#unsure ||= !isMailboxError(error, 'BUSY')
      throw error
    }
    const refusal = refusalOf(answer, relay.id)
    if (refusal?.code === 'UNAVAILABLE') this.#unsure = true
    for (const receipt of answer.receipts) {
      const facts = this.#count(receipt, Receipt.encode(receipt))
      if (facts !== undefined) this.#notes.push({ atMs: env.now(), ...facts })
    }
    if (refusal !== undefined) throw refusal
    if (!this.#receipts.has(relay.id))
      throw new MailboxError('RECEIPT', `Relay ${relay.id} gave no valid receipt of its own.`)
  }

  /** What the receipt says, when it is one for this record. */
  #count(receipt: Receipt, encoded: Uint8Array): ReceiptNote | undefined {
    const { id, mailbox, expiresHour } = this.#consignment
    try {
      const facts = this.#verifier.verify(receipt)
      // SPEC §7.5: for this record, this mailbox, and until it expires
      const { relay, receivedMs, keepUntilHour } = facts
      if (!equals(facts.recordId, id) || !equals(facts.mailbox, mailbox) || keepUntilHour < expiresHour)
        return undefined
      this.#receipts.set(facts.relay, encoded)
      return { relay, receivedMs, keepUntilHour }
    } catch (error) {
      if (!isMailboxError(error, 'RECEIPT')) throw error
      this.#init.log('warn', 'receipt_refused', { code: error.code })
      return undefined
    }
  }

  /** The refusal that says most: of the record before of the place, of the place before of the way there. */
  get #worst(): MailboxError | undefined {
    const listed = new Set(this.#listed.map(relay => relay.id))
    const errors = [...this.#refusals].filter(([id]) => listed.has(id)).map(([, error]) => error)
    const weight = ({ code }: MailboxError): number =>
      isFinal(code) ? 4 : wayCodes.has(code) ? 0 : code === 'NO_MAILBOX' ? 1 : code === 'QUOTA' ? 3 : 2
    return errors.toSorted((a, b) => weight(b) - weight(a))[0]
  }

  /** True when too few relays are left that have not refused this record for good. */
  #hopeless(writeQuorum: number): boolean {
    const final = this.#listed.filter(relay => isFinal(this.#refusals.get(relay.id)?.code))
    return this.#listed.length > 0 && this.#listed.length - final.length < writeQuorum
  }
}

const waitingState = ({ code }: MailboxError): 'queued' | 'no-mailbox' | 'full' =>
  code === 'NO_MAILBOX' ? 'no-mailbox' : code === 'QUOTA' ? 'full' : 'queued'

const wayCodes = new Set<ErrorCode>(['NO_RELAY', 'TIMEOUT', 'DISCONNECTED', 'ABORTED'])
/** After these it is not known whether a relay that was asked before has the record. */
const silentCodes = new Set<ErrorCode>([...wayCodes, 'BUSY', 'UNAVAILABLE', 'RECEIPT', 'MALFORMED'])
/** Answers to the proof and to what it lets in: the owner may have changed its bundle since this client has had it. */
const admissionCodes = new Set<ErrorCode>(['AUTH', 'POLICY', 'SIZE', 'EXPIRED'])
const placeCodes = new Set<ErrorCode>([...wayCodes, 'NO_MAILBOX', 'MOVED'])
/** A receipt that does not verify is this relay's fault, not the record's. */
const isFinal = (code: ErrorCode | undefined): boolean =>
  code !== undefined && code !== 'RECEIPT' && !errorTable[code].retryable

const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : equals(a, b)
