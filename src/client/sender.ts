/** From words to a message in the outbox, and one attempt to have it stored (SPEC §7.5, §10.2). */
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import type { ErrorCode } from '../errors.ts'
import { MailboxError } from '../errors.ts'
import { parseAddress } from '../identity/address.ts'
import { ttlHoursDefault, ttlHoursMax, ttlHoursMin } from '../limits.ts'
import type { Body } from './content.ts'
import { checkSubject, contentOf } from './content.ts'
import type { Life } from './life.ts'
import type { Outbox, Receipts } from './outbox.ts'
import type { DraftRow, OutboxState } from './rows.ts'

export interface SendOptions {
  /**
   * `type/subtype[; params]`, at most 64 bytes; default `text/plain` for text, `application/json` for JSON,
   * `application/octet-stream` for bytes.
   */
  contentType?: string
  /** 1 to 720; default 336 (14 days), or what the recipient allows. */
  ttlHours?: number
  /** At most 1 KiB of UTF-8. */
  subject?: string
  /** Record id of the message that this one answers. */
  inReplyTo?: string
  /** Ends the waiting. A message that is durable by then stays in the outbox: `outbox.cancel` takes it back. */
  signal?: AbortSignal
}

/** A message that is durably in the outbox, or beyond it. */
export interface Sent {
  /** Record id; the handle when the message could not be sealed yet. Either names the message in `outbox`. */
  readonly id: string
  readonly to: string
  /** As it was when `send` resolved. */
  readonly state: 'stored' | OutboxState
  /** Why it is not stored yet. */
  readonly lastError?: { readonly code: ErrorCode; readonly message: string }
  /** Resolves when W relays have confirmed; rejects with what ended it: see `Outbox.stored`. */
  readonly stored: (o?: { signal?: AbortSignal }) => Promise<Receipts>
}

export interface SenderInit {
  readonly outbox: Outbox
  readonly env: Environment
  readonly life: Life
  /** Makes the recipient known to this owner; the invitation's token that the message is to carry, if any. */
  readonly meet: (address: string) => Promise<Uint8Array | undefined>
}

export class Sender {
  readonly #init: SenderInit

  constructor(init: SenderInit) {
    this.#init = init
  }

  /**
   * Resolves once the message is durable here and was tried once. Not stored then is a state, not an error: the outbox
   * goes on, also when nobody has opened a mailbox for `to` or no relay can be reached. Nothing is queued when it throws.
   * @throws MailboxError ADDRESS; CONTENT: a body, content type or subject that is not what it claims; SIZE: a body over
   * 252 KiB, a content type over 64 bytes, a subject over 1 KiB; EXPIRED: `ttlHours` outside 1 to 720; NOT_FOUND:
   * `inReplyTo` is no record id; QUOTA: the outbox is full; ABORTED, CLOSED, STORE
   */
  async send(to: string, body: Body, o: SendOptions = {}): Promise<Sent> {
    return await this.#init.life.run(o.signal, async signal => {
      const draft = this.#draft(to, body, o)
      const invitation = await this.#init.meet(to)
      const id = await this.#init.outbox.add(invitation === undefined ? draft : { ...draft, invitation })
      return await this.#tryOnce(id, to, signal)
    })
  }

  #draft(to: string, body: Body, o: SendOptions): DraftRow {
    parseAddress(to)
    const content = contentOf(body, o.contentType)
    const nowMs = this.#init.env.now()
    const { subject, inReplyTo } = o
    if (subject !== undefined) checkSubject(subject)
    if (inReplyTo !== undefined) checkRecordId(inReplyTo)
    return {
      to,
      createdMs: nowMs,
      ...content,
      expiresHour: hourOf(nowMs) + hours(o.ttlHours),
      strict: o.ttlHours !== undefined,
      ...(subject === undefined ? {} : { subject }),
      ...(inReplyTo === undefined ? {} : { inReplyTo })
    }
  }

  async #tryOnce(id: string, to: string, signal: AbortSignal): Promise<Sent> {
    const { outbox } = this.#init
    const stored = async (o?: { signal?: AbortSignal }): Promise<Receipts> => await outbox.stored(id, o)
    const entry = await outbox.attempt(id, signal)
    if (entry === undefined) return { id: (await outbox.receipts(id))?.id ?? id, to, state: 'stored', stored }
    const { state, lastError } = entry
    return { id: entry.id, to, state, stored, ...(lastError === undefined ? {} : { lastError }) }
  }
}

/** @throws MailboxError EXPIRED */
function hours(ttlHours: number = ttlHoursDefault): number {
  if (Number.isInteger(ttlHours) && ttlHours >= ttlHoursMin && ttlHours <= ttlHoursMax) return ttlHours
  throw new MailboxError(
    'EXPIRED',
    `A message is kept for ${ttlHoursMin} to ${ttlHoursMax} whole hours, not ${ttlHours}.`,
    { limit: 'ttlHoursMax' }
  )
}

/** @throws MailboxError NOT_FOUND unless `text` has the form of a record id */
function checkRecordId(text: string): void {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new MailboxError('NOT_FOUND', `"${text}" is not a message id: 64 hex digits.`)
}
