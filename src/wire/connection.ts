/** One connection in the account: what it makes this node hold is read off its muxer's buffers (SPEC §5.6). */
import type { MessageStream, Stream } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import type { MailboxError } from '../errors.ts'
import { connectionCostBytes, streamCostBytes } from '../limits.ts'
import { ranks, type Account, type Rank, type Tenant } from './account.ts'
import type { Holder, Landlord } from './landlord.ts'
import type { Origin } from './origin.ts'

/** What is looked at of a muxer. */
export interface Buffers {
  readonly streams: readonly Pick<Stream, 'readBufferLength' | 'writeBufferLength'>[]
  readonly decoder: { readonly buffer: Uint8ArrayList }
}

type Lengths = Pick<MessageStream, 'readBufferLength' | 'writeBufferLength'>

const lengthsOf = (stream: Lengths | undefined): number =>
  stream === undefined ? 0 : stream.readBufferLength + stream.writeBufferLength

/** What is kept below the streams: of a socket's writes, of messages of a WebSocket and of noise that are not whole. */
interface Kept {
  readonly socket?: { readonly writableLength?: number }
  readonly websocket?: {
    readonly bufferedAmount?: number
    readonly _receiver?: { readonly _bufferedBytes?: number; readonly _messageLength?: number }
  }
  readonly decoder?: { readonly buffer?: { readonly byteLength: number } }
}

/** Nothing is known of other carriers. */
function keptBytes(below: unknown): number {
  const { socket, websocket, decoder } = (below ?? {}) as Kept
  const receiver = websocket?._receiver
  return (
    (socket?.writableLength ?? 0) +
    (websocket?.bufferedAmount ?? 0) +
    (receiver?._bufferedBytes ?? 0) +
    (receiver?._messageLength ?? 0) +
    (decoder?.buffer?.byteLength ?? 0)
  )
}

export interface AccountedInit {
  readonly account: Account
  readonly muxer: Buffers
  readonly secured: MessageStream
  readonly origin: Origin | undefined
  /** What is known of a peer besides what it proved on this connection. */
  readonly rankOf: (peer: string) => Rank
  /** Remembers that a peer has proved to own a mailbox. */
  readonly onVouch?: ((peer: string) => void) | undefined
}

export class Accounted implements Tenant, Landlord {
  readonly holders = new Set<Holder>()
  readonly group: string | undefined
  readonly #init: AccountedInit
  readonly #peer: string | undefined
  #isOwner = false
  #holding = false

  constructor(init: AccountedInit) {
    this.#init = init
    this.group = init.origin?.group
    this.#peer = init.origin?.peer.toString()
  }

  get holding(): boolean {
    return this.#holding
  }

  /** False for a stranger that holds more than its share: it has streams, which are not read either. */
  get mayOpen(): boolean {
    return !this.#holding || this.rank() !== ranks.stranger
  }

  /** Streams that are open, either way. */
  get streams(): number {
    return this.#init.muxer.streams.length
  }

  readonly bytes = (): number => {
    const { muxer, secured, origin } = this.#init
    let bytes = connectionCostBytes + muxer.decoder.buffer.byteLength
    bytes += lengthsOf(secured) + lengthsOf(origin?.carrier) + keptBytes(secured) + keptBytes(origin?.carrier)
    for (const stream of muxer.streams) bytes += streamCostBytes + lengthsOf(stream)
    for (const holder of this.holders) bytes += holder.heldBytes
    return bytes
  }

  readonly unsent = (): number => {
    let bytes = 0
    for (const stream of this.#init.muxer.streams) bytes += stream.writeBufferLength
    for (const holder of this.holders) bytes += holder.queuedBytes
    return bytes
  }

  readonly rank = (): Rank => {
    const known = this.#peer === undefined ? ranks.stranger : this.#init.rankOf(this.#peer)
    return known === ranks.stranger && this.#isOwner ? ranks.owner : known
  }

  readonly hold = (on: boolean): void => {
    this.#holding = on
    if (!on) for (const holder of [...this.holders]) holder.proceed()
  }

  readonly cut = (error: MailboxError): void => {
    this.#init.secured.abort(error)
  }

  readonly vouch = (): void => {
    this.#isOwner = true
    if (this.#peer !== undefined) this.#init.onVouch?.(this.#peer)
  }

  readonly room = async (bytes: number, signal: AbortSignal): Promise<() => void> =>
    await this.#init.account.room(this, bytes, signal)
}
