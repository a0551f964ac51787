/**
 * yamux with the limits that it lacks, none of which a handler could set: it would take a data frame of 4 GiB, since a
 * frame is compared with the window when it is whole; it keeps what comes in pieces of a byte as pieces of a byte; and
 * it negotiates a protocol for every stream that is opened, however often that happens (SPEC §5.6).
 */
import { yamux } from '@chainsafe/libp2p-yamux'
import type { MessageStream, Stream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import { MailboxError } from '../errors.ts'
import {
  censusMs,
  earlyStreamsMax,
  streamsPerConnectionMax,
  yamuxReadBufferBytes,
  yamuxWindowBytes
} from '../limits.ts'
import { ranks, type Account } from './account.ts'
import { Accounted, type Buffers } from './connection.ts'
import type { Door, WireObserve } from './door.ts'
import { settle } from './landlord.ts'
import type { ConnectionOpens, Opens } from './opens.ts'
import { originOf } from './origin.ts'
import { compact } from './pieces.ts'
import { every } from './platform.ts'

/** What is used of yamux beyond its types: each is a method that it calls on itself, or what it keeps between two chunks. */
interface Insides extends Buffers {
  send: (bytes: Uint8Array | Uint8ArrayList) => boolean
  onRemoteStream: (stream: Stream) => void
  onData: (bytes: Uint8Array | Uint8ArrayList) => void
  incomingStream: (id: number) => void
  handlePing: (header: { flag: number }) => void
  handleGoAway: (reason: number) => void
  readonly sendFrame: (header: { type: number; flag: number; streamID: number; length: number }) => void
}

const headerBytes = 12
const windowUpdate = 1
const syn = 1
const reset = 8

export interface MuxerInit {
  readonly opens: Opens
  readonly account: Account
  /** Through which connections came, and which knows their peers; absent at nodes to which nobody comes. */
  readonly door?: Door
  readonly observe?: WireObserve
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number
}

export function guardedYamux(o: MuxerInit): () => StreamMuxerFactory {
  // the package does not export the type that yamux() gives
  const create: () => StreamMuxerFactory = yamux({
    maxInboundStreams: streamsPerConnectionMax,
    maxOutboundStreams: streamsPerConnectionMax,
    maxEarlyStreams: earlyStreamsMax,
    streamOptions: { maxStreamWindowSize: yamuxWindowBytes, maxReadBufferLength: yamuxReadBufferBytes }
  })
  const now = o.now ?? (() => performance.now())
  const census = counted(o.account)
  return () => {
    const factory = create()
    const make = factory.createStreamMuxer.bind(factory)
    factory.createStreamMuxer = (connection: MessageStream): StreamMuxer => {
      const muxer = make(connection) as StreamMuxer & Insides
      const origin = originOf(connection)
      const { account, door } = o
      const rankOf = door?.rankOf ?? (() => ranks.stranger)
      const tenant = new Accounted({ account, muxer, secured: connection, origin, rankOf, onVouch: door?.vouch })
      if (origin !== undefined) door?.settle(origin.carrier, tenant)
      guard(muxer, o.opens.connection(origin?.group, now()), tenant, { now, observe: o.observe })
      endTogether(muxer, connection)
      keep(muxer, account, tenant)
      account.enter(tenant)
      census.begin()
      connection.addEventListener('close', () => {
        account.leave(tenant)
        if (account.tenants.size === 0) census.end()
      })
      return muxer
    }
    return factory
  }
}

/** Counts while there is a connection. */
function counted(account: Account): { begin: () => void; end: () => void } {
  let end: (() => void) | undefined
  return {
    begin: () => {
      end ??= every(censusMs, () => {
        account.census()
      })
    },
    end: () => {
      end?.()
      end = undefined
    }
  }
}

/** Tells the account what moves, and the streams who keeps it. */
function keep(muxer: Insides, account: Account, tenant: Accounted): void {
  const onData = muxer.onData.bind(muxer)
  muxer.onData = bytes => {
    account.moved(bytes.byteLength)
    onData(bytes)
  }
  const send = muxer.send.bind(muxer)
  muxer.send = bytes => {
    account.moved(bytes.byteLength)
    return send(bytes)
  }
  const arrived = muxer.onRemoteStream.bind(muxer)
  muxer.onRemoteStream = stream => {
    settle(stream, tenant)
    arrived(stream)
  }
}

/** yamux gives up its streams alone: the connection would stay, be taken for a good one, and never carry a stream again. */
function endTogether(muxer: StreamMuxer & Insides, connection: MessageStream): void {
  const abort = muxer.abort.bind(muxer)
  muxer.abort = error => {
    abort(error)
    connection.abort(error)
  }
  const handleGoAway = muxer.handleGoAway.bind(muxer)
  muxer.handleGoAway = reason => {
    handleGoAway(reason)
    connection.abort(new MailboxError('BUSY', 'The peer ends the connection.'))
  }
}

/** What is thrown here ends the connection: yamux's own way with a peer that breaks its protocol. */
function guard(
  muxer: Insides,
  opens: ConnectionOpens,
  tenant: Accounted,
  { now, observe }: { now: () => number; observe: WireObserve | undefined }
): void {
  const onData = muxer.onData.bind(muxer)
  muxer.onData = bytes => {
    onData(bytes)
    checkPartial(muxer.decoder.buffer)
  }
  const incoming = muxer.incomingStream.bind(muxer)
  muxer.incomingStream = id => {
    const verdict = tenant.mayOpen ? opens.take(now()) : opens.refuse()
    if (verdict !== 'open') observe?.('streamRefused')
    if (verdict === 'open') incoming(id)
    else if (verdict === 'refuse') muxer.sendFrame({ type: windowUpdate, flag: reset, streamID: id, length: 0 })
    else throw new MailboxError('BUSY', 'Streams are opened too often.', { limit: 'streamOpensPerSecondMax' })
  }
  const handlePing = muxer.handlePing.bind(muxer)
  muxer.handlePing = header => {
    if ((header.flag & syn) !== 0 && !opens.ping(now()))
      throw new MailboxError('BUSY', 'The muxer is pinged too often.', { limit: 'muxerPingsPerSecondMax' })
    handlePing(header)
  }
}

/** @throws MailboxError MALFORMED when the frame that has begun is longer than any window */
function checkPartial(buffer: Uint8ArrayList): void {
  if (buffer.byteLength >= headerBytes && buffer.get(1) === 0 && buffer.getUint32(8) > yamuxWindowBytes)
    throw new MailboxError('MALFORMED', 'A frame of the muxer announces more than its window.')
  compact(buffer)
}
