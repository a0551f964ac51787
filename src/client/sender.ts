/** From words to a sealed message in the outbox, and one attempt to have it stored (SPEC §7.5, §10.2). */
import { fromString, toString } from 'uint8arrays'
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import type { ErrorCode } from '../errors.ts'
import { MailboxError } from '../errors.ts'
import { parseAddress } from '../identity/address.ts'
import { pickKey } from '../identity/bundle.ts'
import type { KeyBundle } from '../identity/bundle.ts'
import { seal } from '../identity/envelope.ts'
import type { Outgoing } from '../identity/envelope.ts'
import type { Identity } from '../identity/keys.ts'
import { bodyBytesMax, contentTypeBytesMax, tagBytes, ttlHoursDefault, ttlHoursMin } from '../limits.ts'
import { throwIfAborted } from './abort.ts'
import type { Life } from './life.ts'
import type { Outbox, Receipts } from './outbox.ts'
import type { Recipients } from './recipients.ts'
import type { OutboxState } from './rows.ts'

export interface SendOptions {
  /** At most 64 bytes; default `text/plain` for text, `application/octet-stream` for bytes. */
  contentType?: string
  /** 1 to what the recipient allows, 720 at most; default 336 (14 days). */
  ttlHours?: number
  subject?: string
  /** Record id of the message that this one answers. */
  inReplyTo?: string
  signal?: AbortSignal
}

/** A message that is durably in the outbox, or beyond it. */
export interface Sent {
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
  readonly identity: Identity
  readonly recipients: Recipients
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
   * goes on. Nothing is queued when it throws.
   * @throws MailboxError ADDRESS, SIZE (body over 252 KiB, content type over 64 bytes, or more than the recipient takes),
   * EXPIRED (`ttlHours` outside what the recipient takes), NO_MAILBOX, NO_RELAY, TOO_FEW_RELAYS, BOOTSTRAP, QUOTA
   * (outbox full), ABORTED, CLOSED, STORE
   */
  async send(to: string, body: Uint8Array | string, o: SendOptions = {}): Promise<Sent> {
    return await this.#init.life.run(o.signal, async signal => await this.#send(to, body, o, signal))
  }

  async #send(to: string, body: Uint8Array | string, o: SendOptions, signal: AbortSignal): Promise<Sent> {
    const { identity, recipients, outbox, env } = this.#init
    const mailbox = parseAddress(to)
    const written = this.#outgoing(body, o)
    const { bundle } = await recipients.keys(mailbox, { signal })
    const expiresHour = hourOf(env.now()) + hours(o.ttlHours, bundle)
    const key = pickKey(bundle, hourOf(env.now()))
    const invitation = await this.#init.meet(to)
    const message = invitation === undefined ? written : { ...written, invitation }
    const sealed = await seal({ mailbox, key, sender: identity, message, expiresHour, random: env.random })
    checkClass(sealed.record.ct.length - tagBytes, bundle)
    throwIfAborted(signal)
    const id = toString(sealed.id, 'hex')
    const { createdMs, contentType, body: bytes } = message
    const about = {
      ...(o.subject === undefined ? {} : { subject: o.subject }),
      ...(o.inReplyTo === undefined ? {} : { inReplyTo: o.inReplyTo })
    }
    // SPEC §10.2: on disk before any byte leaves
    await outbox.add({
      id,
      record: sealed.record,
      sent: { to, createdMs, contentType, body: bytes, expiresHour, ...about }
    })
    return await this.#tryOnce(id, to, signal)
  }

  async #tryOnce(id: string, to: string, signal: AbortSignal): Promise<Sent> {
    const { outbox } = this.#init
    const stored = async (o?: { signal?: AbortSignal }): Promise<Receipts> => await outbox.stored(id, o)
    const entry = await outbox.attempt(id, signal)
    if (entry === undefined) return { id, to, state: 'stored', stored }
    const { state, lastError } = entry
    return { id, to, state, stored, ...(lastError === undefined ? {} : { lastError }) }
  }

  #outgoing(body: Uint8Array | string, o: SendOptions): Outgoing {
    const bytes = typeof body === 'string' ? fromString(body) : body
    if (bytes.length > bodyBytesMax) {
      throw new MailboxError('SIZE', `The body has ${bytes.length} bytes; bodyBytesMax is ${bodyBytesMax}.`, {
        limit: 'bodyBytesMax'
      })
    }
    const contentType = o.contentType ?? (typeof body === 'string' ? 'text/plain' : 'application/octet-stream')
    if (fromString(contentType).length > contentTypeBytesMax) {
      throw new MailboxError('SIZE', `The content type is over contentTypeBytesMax, ${contentTypeBytesMax} bytes.`, {
        limit: 'contentTypeBytesMax'
      })
    }
    return {
      contentType,
      body: bytes,
      createdMs: this.#init.env.now(),
      ...(o.subject === undefined ? {} : { subject: o.subject }),
      ...(o.inReplyTo === undefined ? {} : { inReplyTo: recordIdOf(o.inReplyTo) })
    }
  }
}

/** @throws MailboxError EXPIRED */
function hours(ttlHours: number | undefined, bundle: KeyBundle): number {
  const wanted = ttlHours ?? Math.min(ttlHoursDefault, bundle.ttlHoursMax)
  if (Number.isInteger(wanted) && wanted >= ttlHoursMin && wanted <= bundle.ttlHoursMax) return wanted
  throw new MailboxError(
    'EXPIRED',
    `This mailbox takes messages for ${ttlHoursMin} to ${bundle.ttlHoursMax} hours, not ${wanted}.`,
    { limit: 'ttlHoursMax' }
  )
}

/** @throws MailboxError SIZE */
function checkClass(bytes: number, bundle: KeyBundle): void {
  if (bytes <= bundle.classBytesMax) return
  throw new MailboxError('SIZE', `The sealed message has ${bytes} bytes; this mailbox takes ${bundle.classBytesMax}.`, {
    limit: 'classBytesMax'
  })
}

/** @throws MailboxError NOT_FOUND unless `text` has the form of a record id */
function recordIdOf(text: string): Uint8Array {
  if (/^[0-9a-f]{64}$/.test(text)) return fromString(text, 'hex')
  throw new MailboxError('NOT_FOUND', `"${text}" is not a message id: 64 hex digits.`)
}
