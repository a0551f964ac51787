/** Whoever keeps the account of the connection that a stream belongs to, as the ends of its streams know it. */
import type { MessageStream } from '@libp2p/interface'

/** Holds bytes that no buffer of libp2p shows. */
export interface Holder {
  readonly heldBytes: number
  /** Of these, answers that wait to be sent. */
  readonly queuedBytes: number
  /** Reads on after `holding` has become false. */
  proceed: () => void
}

export interface Landlord {
  /** Bounded by the streams of the connection. */
  readonly holders: Set<Holder>
  /** True while the connection may not read requests. */
  readonly holding: boolean
  /** @throws MailboxError ABORTED */
  readonly room: (bytes: number, signal: AbortSignal) => Promise<() => void>
  readonly vouch: () => void
}

/** An entry goes with its stream. */
const landlords = new WeakMap<MessageStream, Landlord>()

export function settle(stream: MessageStream, landlord: Landlord): void {
  landlords.set(stream, landlord)
}

/** Undefined for a stream of a muxer that keeps no account. */
export function landlordOf(stream: MessageStream): Landlord | undefined {
  return landlords.get(stream)
}
