/**
 * yamux with the limits that it lacks, none of which a handler could set: it would take a data frame of 4 GiB, since a
 * frame is compared with the window when it is whole; it keeps what comes in pieces of a byte as pieces of a byte; and
 * it negotiates a protocol for every stream that is opened, however often that happens (SPEC §5.6).
 */
import { yamux } from '@chainsafe/libp2p-yamux'
import type { MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import { MailboxError } from '../errors.ts'
import { earlyStreamsMax, streamsPerConnectionMax, yamuxReadBufferBytes, yamuxWindowBytes } from '../limits.ts'
import type { ConnectionOpens, Opens } from './opens.ts'
import { originOf } from './origin.ts'
import { compact } from './pieces.ts'

/** What is used of yamux beyond its types: each is a method that it calls on itself, or what it keeps between two chunks. */
interface Insides {
  readonly decoder: { buffer: Uint8ArrayList }
  onData: (bytes: Uint8Array | Uint8ArrayList) => void
  incomingStream: (id: number) => void
  handlePing: (header: { flag: number }) => void
  readonly sendFrame: (header: { type: number; flag: number; streamID: number; length: number }) => void
}

const headerBytes = 12
const windowUpdate = 1
const syn = 1
const reset = 8

export interface MuxerInit {
  readonly opens: Opens
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number
}

export function guardedYamux({ opens, now = () => performance.now() }: MuxerInit): () => StreamMuxerFactory {
  // the package does not export the type that yamux() gives
  const create: () => StreamMuxerFactory = yamux({
    maxInboundStreams: streamsPerConnectionMax,
    maxOutboundStreams: streamsPerConnectionMax,
    maxEarlyStreams: earlyStreamsMax,
    streamOptions: { maxStreamWindowSize: yamuxWindowBytes, maxReadBufferLength: yamuxReadBufferBytes }
  })
  return () => {
    const factory = create()
    const make = factory.createStreamMuxer.bind(factory)
    factory.createStreamMuxer = (connection: MessageStream): StreamMuxer => {
      const muxer = make(connection)
      guard(muxer as StreamMuxer & Insides, opens.connection(originOf(connection)?.group, now()), now)
      return muxer
    }
    return factory
  }
}

/** What is thrown here ends the connection: yamux's own way with a peer that breaks its protocol. */
function guard(muxer: Insides, opens: ConnectionOpens, now: () => number): void {
  const onData = muxer.onData.bind(muxer)
  muxer.onData = bytes => {
    onData(bytes)
    checkPartial(muxer.decoder.buffer)
  }
  const incoming = muxer.incomingStream.bind(muxer)
  muxer.incomingStream = id => {
    const verdict = opens.take(now())
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
