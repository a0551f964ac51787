/** From a message in words to a sealed record, once its recipient's keys are known (SPEC §7.5, §10.2). */
import { fromString, toString } from 'uint8arrays'
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { parseAddress } from '../identity/address.ts'
import type { KeyBundle } from '../identity/bundle.ts'
import { pickKey } from '../identity/bundle.ts'
import type { Outgoing } from '../identity/envelope.ts'
import { seal } from '../identity/envelope.ts'
import type { Identity } from '../identity/keys.ts'
import type { Locator } from '../identity/locator.ts'
import { tagBytes, ttlHoursMin } from '../limits.ts'
import type { Record } from '../wire/messages.js'
import { about } from './message.ts'
import type { Recipients } from './recipients.ts'
import type { DraftRow, SentRow } from './rows.ts'

/** A record, with the copy of its message that stays here. */
export interface SealedDraft {
  readonly id: string
  readonly record: Record
  readonly sent: SentRow
}

/** `refusal`: this recipient does not take the message, now or later. */
export type Sealing = { readonly sealed: SealedDraft } | { readonly refusal: MailboxError }

export interface SealerInit {
  readonly identity: Identity
  readonly recipients: Recipients
  /** Where the sender's own mailbox is; undefined without one. */
  readonly own: () => Locator | undefined
  readonly env: Environment
}

export class Sealer {
  readonly #init: SealerInit

  constructor(init: SealerInit) {
    this.#init = init
  }

  /** Without asking anybody: undefined when somebody has to be asked, or the recipient does not take the message. */
  async atOnce(draft: DraftRow): Promise<SealedDraft | undefined> {
    const { recipients, env } = this.#init
    const held = await recipients.held(parseAddress(draft.to))
    if (held === undefined || held.bundle.keys.length === 0 || held.bundle.validUntilHour <= hourOf(env.now()))
      return undefined
    const sealing = await this.#seal(draft, held.bundle)
    return 'sealed' in sealing ? sealing.sealed : undefined
  }

  /** @throws MailboxError as `Recipients.keys`; VERSION, EXPIRED or KEY when its keys are of no use now */
  async seal(draft: DraftRow, signal: AbortSignal): Promise<Sealing> {
    const { bundle } = await this.#init.recipients.keys(parseAddress(draft.to), { signal })
    return await this.#seal(draft, bundle)
  }

  async #seal(draft: DraftRow, bundle: KeyBundle): Promise<Sealing> {
    const { identity, env } = this.#init
    const nowHour = hourOf(env.now())
    const latestHour = nowHour + bundle.ttlHoursMax
    if (draft.strict && draft.expiresHour > latestHour) return { refusal: tooLong(draft.expiresHour - nowHour, bundle) }
    const expiresHour = Math.min(draft.expiresHour, latestHour)
    const sealed = async (message: Outgoing): Promise<{ record: Record; id: Uint8Array; bytes: number }> => {
      const { record, id } = await seal({
        mailbox: parseAddress(draft.to),
        key: pickKey(bundle, nowHour),
        sender: identity,
        message,
        expiresHour,
        random: env.random
      })
      return { record, id, bytes: record.ct.length - tagBytes }
    }
    const bare = outgoing(draft)
    const returnLocator = this.#returnLocator(nowHour)
    let one = await sealed(returnLocator === undefined ? bare : { ...bare, returnLocator })
    // the message goes before what is only a hint
    if (returnLocator !== undefined && one.bytes > bundle.classBytesMax) one = await sealed(bare)
    const { record, id, bytes } = one
    if (bytes > bundle.classBytesMax) return { refusal: tooLarge(bytes, bundle) }
    return { sealed: { id: toString(id, 'hex'), record, sent: copyOf(draft, expiresHour) } }
  }

  /** SPEC §7.5: the recipient's answers need no lookup. */
  #returnLocator(nowHour: number): Uint8Array | undefined {
    const own = this.#init.own()
    return own === undefined || own.closed || own.validUntilHour <= nowHour ? undefined : own.bytes
  }
}

/** The copy that stays. */
function copyOf(draft: DraftRow, expiresHour: number): SentRow {
  const { to, createdMs, contentType, body } = draft
  return { to, createdMs, contentType, body, expiresHour, ...about(draft) }
}

function outgoing({ contentType, body, createdMs, subject, inReplyTo, invitation }: DraftRow): Outgoing {
  return {
    contentType,
    body,
    createdMs,
    ...(subject === undefined ? {} : { subject }),
    ...(invitation === undefined ? {} : { invitation }),
    ...(inReplyTo === undefined ? {} : { inReplyTo: fromString(inReplyTo, 'hex') })
  }
}

const tooLong = (hours: number, bundle: KeyBundle): MailboxError =>
  new MailboxError(
    'EXPIRED',
    `This mailbox takes messages for ${ttlHoursMin} to ${bundle.ttlHoursMax} hours, not ${hours}.`,
    { limit: 'ttlHoursMax' }
  )

const tooLarge = (bytes: number, bundle: KeyBundle): MailboxError =>
  new MailboxError('SIZE', `The sealed message has ${bytes} bytes; this mailbox takes ${bundle.classBytesMax}.`, {
    limit: 'classBytesMax'
  })
