/**
 * The network port over libp2p: one kept channel per peer and protocol, handlers behind bounded streams, and the
 * transport settings that the experiments behind SPEC §5.3 found necessary.
 */
import type { Connection, PeerId, Stream, StreamHandler } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { ping } from '@libp2p/ping'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { anySignal } from 'any-signal'
import { isMailboxError, MailboxError } from '../errors.ts'
import type { Log } from '../environment.ts'
import { connectionsMax, dialTimeoutMs, negotiationMs, pendingConnectionsMax, streamsPerPeerMax } from '../limits.ts'
import { Account } from './account.ts'
import type { Door, WireObserve } from './door.ts'
import { StreamChannel, StreamResponder } from './exchange.ts'
import { groupOf } from './group.ts'
import { briefIdentify } from './identify.ts'
import { guardedYamux } from './muxer.ts'
import { quietNoise } from './noise.ts'
import { defaultOpenLimits, Opens, type OpenLimits } from './opens.ts'
import { connections } from './platform.ts'
import type { CallOptions, Channel, Handler, Network, PeerAddress, Protocol, Responder } from './port.ts'

/** What is used of a libp2p node: a `Libp2p` itself fits, and so do a service's components through `fromComponents`. */
export interface Libp2pPort {
  readonly peerId: PeerId
  dial: (target: PeerId | Multiaddr[], options: { signal: AbortSignal }) => Promise<Connection>
  handle: (protocol: string, handler: StreamHandler, options: { maxInboundStreams: number }) => Promise<void>
  unhandle: (protocol: string) => Promise<void>
}

/** The part of libp2p's internal components that a service needs for the network port. */
export interface NetworkComponents {
  peerId: PeerId
  registrar: {
    handle: (protocol: string, handler: StreamHandler, options?: { maxInboundStreams?: number }) => Promise<void>
    unhandle: (protocol: string) => Promise<void>
  }
  connectionManager: {
    openConnection: (target: PeerId | Multiaddr[], options?: { signal?: AbortSignal }) => Promise<Connection>
  }
}

export function fromComponents(components: NetworkComponents): Libp2pPort {
  return {
    peerId: components.peerId,
    dial: async (target, options) => await components.connectionManager.openConnection(target, options),
    handle: async (protocol, handler, options) => {
      await components.registrar.handle(protocol, handler, options)
    },
    unhandle: async protocol => {
      await components.registrar.unhandle(protocol)
    }
  }
}

export class Libp2pNetwork implements Network, Responder {
  readonly #port: Libp2pPort
  readonly #log: Log
  /** Bounded by the connection limit times three protocols; an entry leaves when its stream ends. */
  readonly #channels = new Map<string, Opening>()
  /** Bounded by connections × streams per peer; an entry leaves when its stream ends. */
  readonly #responders = new Set<StreamResponder>()
  readonly #stopped = new AbortController()

  constructor(port: Libp2pPort, log: Log) {
    this.#port = port
    this.#log = log
  }

  /** Open answering streams, for metrics. */
  get openResponders(): number {
    return this.#responders.size
  }

  async channel(peer: PeerAddress, protocol: Protocol, options: CallOptions = {}): Promise<Channel> {
    if (this.#stopped.signal.aborted) throw new MailboxError('CLOSED', 'The network has been stopped.')
    const key = `${peer.id} ${protocol}`
    const kept = this.#channels.get(key)
    // nothing may be waited for between finding none and keeping the new one: callers begin at the same moment
    if (kept !== undefined) {
      const channel = kept.channel ?? (await channelOf(kept, options))
      if (channel !== undefined && !channel.closed.aborted) return channel
      // what failed another caller is not this caller's failure: the first to come here opens again, for all that waited
      const again = this.#channels.get(key)
      if (again !== undefined && again !== kept) return await this.#shared(again, peer, protocol, options)
    }
    const opening: Opening = { work: this.#open(peer, protocol, options), channel: undefined }
    this.#channels.set(key, opening)
    const forget = (): void => {
      if (this.#channels.get(key) === opening) this.#channels.delete(key)
    }
    opening.work.then(opened => {
      opening.channel = opened
      opened.closed.addEventListener('abort', forget, { once: true })
    }, forget)
    return await opening.work
  }

  /** What another caller opens. Its failure is shared, its abort is not: bounded by the callers that abort. */
  async #shared(opening: Opening, ...call: Parameters<Network['channel']>): Promise<Channel> {
    const [, , options = {}] = call
    const channel = await channelOf(opening, options)
    if (channel !== undefined) return channel
    try {
      // it has ended, so that this waits for nobody
      return await opening.work
    } catch (error) {
      if (isMailboxError(error, 'ABORTED')) return await this.channel(...call)
      throw error
    }
  }

  async handle(protocol: Protocol, handler: Handler): Promise<void> {
    await this.#port.handle(
      protocol,
      (stream: Stream, connection: Connection) => {
        const peers = {
          localPeer: this.#port.peerId.toMultihash().bytes,
          remotePeer: connection.remotePeer.toMultihash().bytes,
          group: groupOf(connection.remoteAddr)
        }
        const responder = new StreamResponder(stream, peers, handler, error => {
          // what the other end brought about is no news, however often: it is counted where it is refused
          const level = isMailboxError(error) && error.code !== 'UNAVAILABLE' ? 'debug' : 'warn'
          this.#log(level, 'stream_failed', { protocol, peer: connection.remotePeer.toString(), error: String(error) })
        })
        this.#responders.add(responder)
        stream.addEventListener(
          'close',
          () => {
            this.#responders.delete(responder)
          },
          { once: true }
        )
      },
      { maxInboundStreams: streamsPerPeerMax }
    )
  }

  async unhandle(protocol: Protocol): Promise<void> {
    await this.#port.unhandle(protocol)
  }

  /** Ends every stream of this port; the libp2p node itself stays as it is. */
  async stop(): Promise<void> {
    const reason = new MailboxError('CLOSED', 'The network has been stopped.')
    this.#stopped.abort(reason)
    for (const responder of [...this.#responders]) responder.abort(reason)
    const channels = await Promise.allSettled([...this.#channels.values()].map(async ({ work }) => await work))
    for (const channel of channels) if (channel.status === 'fulfilled') channel.value.abort(reason)
  }

  async #open(peer: PeerAddress, protocol: Protocol, options: CallOptions): Promise<StreamChannel> {
    const signal = anySignal([
      options.signal,
      this.#stopped.signal,
      AbortSignal.timeout(options.deadlineMs ?? dialTimeoutMs)
    ])
    try {
      const connection = await this.#port.dial(dialTarget(peer), { signal })
      const stream = await connection.newStream(protocol, {
        signal,
        maxOutboundStreams: streamsPerPeerMax,
        negotiateFully: true
      })
      return new StreamChannel(stream, {
        localPeer: this.#port.peerId.toMultihash().bytes,
        remotePeer: connection.remotePeer.toMultihash().bytes
      })
    } catch (error) {
      if (isMailboxError(error)) throw error
      if (options.signal?.aborted === true)
        throw new MailboxError('ABORTED', 'Opening a stream was aborted.', { cause: error })
      throw new MailboxError('NO_RELAY', `Relay ${peer.id} could not be reached.`, { cause: error })
    } finally {
      signal.clear()
    }
  }
}

/** A channel that is being opened, and the channel once it is. */
interface Opening {
  readonly work: Promise<StreamChannel>
  channel: StreamChannel | undefined
}

/**
 * What another caller opens, for as long as this one would wait for its own; undefined: it has failed.
 * @throws MailboxError ABORTED, TIMEOUT
 */
async function channelOf({ work }: Opening, options: CallOptions): Promise<StreamChannel | undefined> {
  const deadlineMs = options.deadlineMs ?? dialTimeoutMs
  const signal = anySignal([options.signal, AbortSignal.timeout(deadlineMs)])
  const own = Promise.withResolvers<never>()
  const give = (): void => {
    own.reject(
      options.signal?.aborted === true
        ? new MailboxError('ABORTED', 'Waiting for a stream was aborted.', { cause: options.signal.reason })
        : new MailboxError('TIMEOUT', `No stream was opened within ${deadlineMs} ms.`)
    )
  }
  signal.addEventListener('abort', give, { once: true })
  if (signal.aborted) give()
  try {
    return await Promise.race([work.catch(() => undefined), own.promise])
  } finally {
    signal.removeEventListener('abort', give)
    signal.clear()
  }
}

function dialTarget(peer: PeerAddress): PeerId | Multiaddr[] {
  if (peer.addresses.length === 0) return peerIdFromString(peer.id)
  return peer.addresses.map(text => multiaddr(text.includes('/p2p/') ? text : `${text}/p2p/${peer.id}`))
}

export interface TransportOptions {
  /** Multiaddrs to listen on; none for a client. */
  listen?: readonly string[]
  /** Multiaddrs to announce instead of the observed ones. */
  announce?: readonly string[]
  /** How often streams may be opened; the defaults of SPEC §5.6 when absent. */
  opens?: OpenLimits
  /** Of what remote ends make this node hold; one with the default bound when absent. */
  account?: Account
  /** Who may be connected; whoever comes when absent, up to `connectionsMax`, and strangers are all the same. */
  door?: Door
  /** Counts what was refused and cut. */
  observe?: WireObserve
}

/** createLibp2p options shared by relays and clients; callers add the DHT, a key, a datastore and their services. */
export function libp2pDefaults(options: TransportOptions = {}) {
  const { opens = defaultOpenLimits, account = new Account(), door, observe } = options
  const known = { ...(door === undefined ? {} : { door }), ...(observe === undefined ? {} : { observe }) }
  return {
    addresses: { listen: [...(options.listen ?? [])], announce: [...(options.announce ?? [])] },
    ...connections(),
    connectionEncrypters: [quietNoise()],
    streamMuxers: [guardedYamux({ opens: new Opens(opens), account, ...known })],
    connectionGater: { denyDialMultiaddr: () => false, ...door?.gater },
    connectionManager: {
      maxConnections: connectionsMax,
      inboundConnectionThreshold: 100,
      maxIncomingPendingConnections: pendingConnectionsMax,
      ...door?.manager,
      dialTimeout: dialTimeoutMs,
      inboundUpgradeTimeout: negotiationMs,
      inboundStreamProtocolNegotiationTimeout: negotiationMs,
      outboundStreamProtocolNegotiationTimeout: negotiationMs
    },
    // says nothing of the platform or the version
    nodeInfo: { name: 'libp2p-mailbox', version: '0', userAgent: 'libp2p-mailbox' },
    connectionMonitor: { pingInterval: 60_000, abortConnectionOnPingFailure: false },
    services: {
      identify: briefIdentify(),
      ping: ping({ maxInboundStreams: 16, maxOutboundStreams: 16 })
    }
  }
}
