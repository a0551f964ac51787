/** A peer that speaks libp2p and then whatever bytes it likes: streams without the checks of src/wire. */
import assert from 'node:assert/strict'
import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { Libp2p } from 'libp2p'
import { createLibp2p } from 'libp2p'
import type { Uint8ArrayList } from 'uint8arraylist'
import { silent } from '../../src/environment.ts'
import { streamsPerPeerMax } from '../../src/limits.ts'
import type { kadProtocol } from '../../src/placement/dht.ts'
import { encodeFrame, FrameReader } from '../../src/wire/frame.ts'
import { libp2pDefaults, Libp2pNetwork } from '../../src/wire/libp2p.ts'
import type { Protocol } from '../../src/wire/port.ts'

const waitMs = 20_000

/** The request on stream id 1 and so on is the caller's to number. */
export class RawStream {
  readonly stream: Stream
  readonly #answers = new Map<number, PromiseWithResolvers<Uint8Array>>()
  readonly #ended = Promise.withResolvers<undefined>()

  constructor(stream: Stream) {
    this.stream = stream
    const reader = new FrameReader()
    stream.addEventListener('message', ({ data }) => {
      for (const { id, body } of reader.push(data instanceof Uint8Array ? data : data.subarray())) {
        this.#answer(id).resolve(body.slice())
      }
    })
    stream.addEventListener('close', () => this.#ended.resolve(undefined))
  }

  write(bytes: Uint8Array): void {
    this.stream.send(bytes)
  }

  async ask(id: number, request: Uint8Array): Promise<Uint8Array> {
    this.write(encodeFrame(id, request))
    return await this.answered(id)
  }

  /** The answer under this id; fails when the stream ends before, or after `waitMs`. */
  async answered(id: number): Promise<Uint8Array> {
    const answer = await within(Promise.race([this.#answer(id).promise, this.#ended.promise]), `an answer to ${id}`)
    assert.ok(answer !== undefined, `the stream ended before an answer to ${id}`)
    return answer
  }

  /** Resolves when the other end has ended the stream. */
  async ended(): Promise<void> {
    await within(this.#ended.promise, 'the end of the stream')
  }

  drop(): void {
    this.stream.abort(new Error('done'))
  }

  #answer(id: number): PromiseWithResolvers<Uint8Array> {
    const held = this.#answers.get(id) ?? Promise.withResolvers<Uint8Array>()
    this.#answers.set(id, held)
    return held
  }
}

async function within<T>(work: Promise<T>, what: string): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no ${what} within ${waitMs} ms`)), waitMs)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Frames of yamux: 0 data, 1 window update, 2 ping; flags 1 SYN, 4 FIN, 8 RST. */
export interface RawMuxer {
  readonly sendFrame: (
    header: { type: number; flag: number; streamID: number; length: number },
    data?: Uint8ArrayList
  ) => void
  readonly isOpen: () => boolean
  /** Resolves when the other end has ended the connection. */
  readonly ended: () => Promise<void>
}

export class RawPeer {
  readonly node: Libp2p
  readonly network: Libp2pNetwork

  private constructor(node: Libp2p) {
    this.node = node
    this.network = new Libp2pNetwork(node, silent)
  }

  static async start(): Promise<RawPeer> {
    return new RawPeer(await createLibp2p(libp2pDefaults()))
  }

  get id(): Uint8Array {
    return this.node.peerId.toMultihash().bytes
  }

  async open(address: string, protocol: Protocol | typeof kadProtocol): Promise<RawStream> {
    return new RawStream(await this.stream(address, protocol))
  }

  /** A stream of any protocol, of which nothing is read. */
  async stream(address: string, protocol: string): Promise<Stream> {
    const connection = await this.node.dial(multiaddr(address))
    const options = { maxOutboundStreams: streamsPerPeerMax, negotiateFully: true }
    return await connection.newStream(protocol, options)
  }

  /** A connection of its own to the relay, with what its muxer sends underneath: no checks, no negotiation. */
  async muxer(address: string): Promise<RawMuxer> {
    const connection = await this.node.dial(multiaddr(address), { force: true })
    const ended = Promise.withResolvers<undefined>()
    connection.addEventListener('close', () => ended.resolve(undefined))
    const { muxer } = connection as unknown as {
      muxer: Pick<RawMuxer, 'sendFrame'> & { handlePingResponse: () => void }
    }
    // answers to pings that this end did not send through its muxer
    muxer.handlePingResponse = () => undefined
    return {
      sendFrame: (header, data) => {
        muxer.sendFrame(header, data)
      },
      isOpen: () => connection.status === 'open',
      ended: async () => {
        await within(ended.promise, 'the end of the connection')
      }
    }
  }

  async stop(): Promise<void> {
    await this.network.stop()
    await this.node.stop()
  }
}
