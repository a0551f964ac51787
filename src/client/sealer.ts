/** From a message in words to a sealed record, once its recipient's keys are known (SPEC §7.5, §10.2). */
import { fromString, toString } from 'uint8arrays'
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import type { MailboxError } from '../errors.ts'
import { parseAddress } from '../identity/address.ts'
import { pickKey } from '../identity/bundle.ts'
import type { Outgoing } from '../identity/envelope.ts'
import { seal } from '../identity/envelope.ts'
import type { Identity } from '../identity/keys.ts'
import type { Locator } from '../identity/locator.ts'
import { tagBytes } from '../limits.ts'
import type { Record } from '../wire/messages.js'
import { refusalBy } from './lanes.ts'
import { about } from './message.ts'
import type { Proofs } from './proofs.ts'
import type { Recipient, Recipients } from './recipients.ts'
import type { DraftRow, SentRow } from './rows.ts'

/** A record, with the copy of its message that stays here. */
export interface SealedDraft {
  readonly id: string
  readonly record: Record
  readonly sent: SentRow
  /** It is to have a stamp before it leaves. */
  readonly stampable: boolean
}

/** `refusal`: this recipient does not take the message, now or later. */
export type Sealing = { readonly sealed: SealedDraft } | { readonly refusal: MailboxError }

export interface SealerInit {
  readonly identity: Identity
  readonly recipients: Recipients
  readonly proofs: Proofs
  /** Where the sender's own mailbox is; undefined without one. */
  readonly own: () => Locator | undefined
  /** The seed of the gate that this owner deals to an address, if any. */
  readonly dealt: (address: string) => Promise<Uint8Array | undefined>
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
    const sealing = await this.#seal(draft, held)
    return 'sealed' in sealing ? sealing.sealed : undefined
  }

  /** @throws MailboxError as `Recipients.keys`; VERSION, EXPIRED or KEY when its keys are of no use now */
  async seal(draft: DraftRow, signal: AbortSignal): Promise<Sealing> {
    const { recipients } = this.#init
    const mailbox = parseAddress(draft.to)
    const held = await recipients.keys(mailbox, { signal })
    const sealing = await this.#seal(draft, held)
    if ('sealed' in sealing) return sealing
    // its owner may take more since the bundle that is here
    return await this.#seal(draft, await recipients.keys(mailbox, { fresh: true, signal }))
  }

  async #seal(draft: DraftRow, recipient: Recipient): Promise<Sealing> {
    const { identity, env, proofs, dealt } = this.#init
    const { bundle } = recipient
    const nowHour = hourOf(env.now())
    const lane = await proofs.laneOf(draft.to, recipient)
    const latestHour = nowHour + lane.ttlHoursMax
    const expiresHour = draft.strict ? draft.expiresHour : Math.min(draft.expiresHour, latestHour)
    const refusal = refusalBy(lane, 0, expiresHour - nowHour)
    if (refusal !== undefined) return { refusal }
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
    const bare = outgoing(draft, await dealt(draft.to))
    const returnLocator = this.#returnLocator(nowHour)
    let one = await sealed(returnLocator === undefined ? bare : { ...bare, returnLocator })
    // the message goes before what is only a hint
    if (returnLocator !== undefined && one.bytes > lane.classBytesMax) one = await sealed(bare)
    const { record, id, bytes } = one
    const tooLarge = refusalBy(lane, bytes, 0)
    if (tooLarge !== undefined) return { refusal: tooLarge }
    const stampable = lane.kind === 'strangers' && lane.policy === 'pow'
    return { sealed: { id: toString(id, 'hex'), record, sent: copyOf(draft, expiresHour), stampable } }
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

function outgoing(
  { contentType, body, createdMs, subject, inReplyTo, invitation }: DraftRow,
  gate: Uint8Array | undefined
): Outgoing {
  return {
    contentType,
    body,
    createdMs,
    ...(subject === undefined ? {} : { subject }),
    ...(invitation === undefined ? {} : { invitation }),
    ...(inReplyTo === undefined ? {} : { inReplyTo: fromString(inReplyTo, 'hex') }),
    ...(gate === undefined ? {} : { gate })
  }
}
