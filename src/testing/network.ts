/**
 * A network of function calls: the ports of wire/port.ts without sockets, for tests and for whole networks in one
 * process on a virtual clock. It keeps what callers may rely on with libp2p streams: one channel per peer and
 * protocol, responses in any order, deadlines, frame limits, a session per channel, and an end that is noticed.
 */
import { base58btc } from 'multiformats/bases/base58'
import type { Environment } from '../environment.ts'
import { noLongerAwaited, systemEnvironment } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { dialTimeoutMs, frameBytesMax, requestDeadlineMs } from '../limits.ts'
import type { CallOptions, Channel, Handler, Network, PeerAddress, Protocol, Responder, Session } from '../wire/port.ts'

/** One frame on its way. */
export interface Flight {
  /** Peer id texts of the two ends. */
  readonly from: string
  readonly to: string
  readonly protocol: Protocol
  readonly direction: 'request' | 'response'
  readonly bytes: Uint8Array
}

/** One node of a `MemoryNetwork`. */
export interface MemoryNode {
  readonly network: Network
  readonly responder: Responder
  readonly address: PeerAddress
  /** Ends every channel of the node and makes it unreachable; its handlers stay. */
  stop: () => void
  /** Makes a stopped node reachable again. */
  start: () => void
}

export interface MemoryNetworkInit {
  env?: Environment
  /** Milliseconds a frame travels; 0 (default): one microtask. */
  latencyMs?: number
}

type Pair = string
const pairOf = (a: string, b: string): Pair => (a < b ? `${a} ${b}` : `${b} ${a}`)
/** What a lost frame becomes. Whoever awaits it also awaits a deadline, so nothing is held for long. */
const never = async (): Promise<never> => await new Promise<never>(() => undefined)

export class MemoryNetwork {
  readonly env: Environment
  readonly #latencyMs: number
  /** Bounded by the calls to `join`. */
  readonly #nodes = new Map<string, Node>()
  /** Bounded by the pairs of nodes; true: frames vanish, false: the connection is refused. */
  readonly #cuts = new Map<Pair, boolean>()
  readonly #losses = new Set<(flight: Flight) => boolean>()
  #joined = 0

  constructor(init: MemoryNetworkInit = {}) {
    this.env = init.env ?? systemEnvironment
    this.#latencyMs = init.latencyMs ?? 0
  }

  /**
   * Adds a node. `peerId` is a peer id's multihash bytes. The id of a stopped node may join again, with no handlers:
   * that is a restarted process. `group` is where others see it come from; absent: not known.
   */
  join(peerId: Uint8Array, group?: string): MemoryNode {
    const id = base58btc.baseEncode(peerId)
    if (this.#nodes.get(id)?.running === true) throw new TypeError(`${id} is in this network already`)
    const n = this.#joined++
    const address = { id, addresses: [`/ip4/10.${(n >> 8) & 255}.${n & 255}.1/tcp/4001`] }
    const node = new Node(this, peerId.slice(), address, group)
    this.#nodes.set(id, node)
    return node
  }

  /**
   * Parts two nodes. Their channels end and new ones are refused; with `silent` nothing ends and every frame between
   * them is lost, as behind a firewall that drops.
   */
  cut(a: PeerAddress, b: PeerAddress, o: { silent?: boolean } = {}): void {
    this.#cuts.set(pairOf(a.id, b.id), o.silent === true)
    if (o.silent === true) return
    this.#nodes.get(a.id)?.endWith(b.id)
    this.#nodes.get(b.id)?.endWith(a.id)
  }

  /** Joins two nodes again. */
  heal(a: PeerAddress, b: PeerAddress): void {
    this.#cuts.delete(pairOf(a.id, b.id))
  }

  /** Loses every frame for which `rule` answers true, until the returned function is called. */
  lose(rule: (flight: Flight) => boolean): () => void {
    this.#losses.add(rule)
    return () => {
      this.#losses.delete(rule)
    }
  }

  /** @internal The node behind `id` as `from` sees it. */
  async reach(from: string, id: string): Promise<Node> {
    await this.#travel()
    if (this.#cuts.get(pairOf(from, id)) === true) return await never()
    const node = this.#nodes.get(id)
    if (node?.running !== true || from === id || this.#cuts.has(pairOf(from, id))) {
      throw new MailboxError('NO_RELAY', `${id} cannot be reached`)
    }
    return node
  }

  /** @internal Resolves when the frame has arrived; never when it is lost. */
  async deliver(flight: Flight): Promise<void> {
    await this.#travel()
    if (this.#cuts.has(pairOf(flight.from, flight.to))) await never()
    for (const rule of this.#losses) if (rule(flight)) await never()
  }

  async #travel(): Promise<void> {
    if (this.#latencyMs > 0) await this.env.delay(this.#latencyMs)
    else await Promise.resolve()
  }
}

class Node implements MemoryNode, Network, Responder {
  readonly network: Network = this
  readonly responder: Responder = this
  readonly handlers = new Map<Protocol, Handler>()
  /** Both directions; a channel leaves when it ends, so this is bounded by open channels. */
  readonly channels = new Set<MemoryChannel>()
  running = true

  readonly owner: MemoryNetwork
  readonly peerId: Uint8Array
  readonly address: PeerAddress
  readonly group: string | undefined

  constructor(owner: MemoryNetwork, peerId: Uint8Array, address: PeerAddress, group: string | undefined) {
    this.owner = owner
    this.peerId = peerId
    this.address = address
    this.group = group
  }

  async channel(peer: PeerAddress, protocol: Protocol, options: CallOptions = {}): Promise<Channel> {
    const open = this.#openTo(peer.id, protocol)
    if (open !== undefined) return open
    return await within(this.owner.env, this.#dial(peer.id, protocol), { deadlineMs: dialTimeoutMs, ...options })
  }

  async handle(protocol: Protocol, handler: Handler): Promise<void> {
    if (this.handlers.has(protocol)) throw new TypeError(`${protocol} has a handler already`)
    this.handlers.set(protocol, handler)
  }

  async unhandle(protocol: Protocol): Promise<void> {
    this.handlers.delete(protocol)
    for (const channel of this.channels) if (channel.answering === this && channel.protocol === protocol) channel.end()
  }

  stop(): void {
    this.running = false
    for (const channel of this.channels) channel.end()
  }

  start(): void {
    this.running = true
  }

  endWith(id: string): void {
    for (const channel of this.channels) {
      if (channel.asking.address.id === id || channel.answering.address.id === id) channel.end()
    }
  }

  #openTo(id: string, protocol: Protocol): MemoryChannel | undefined {
    for (const channel of this.channels) {
      if (channel.asking === this && channel.answering.address.id === id && channel.protocol === protocol)
        return channel
    }
    return undefined
  }

  async #dial(id: string, protocol: Protocol): Promise<Channel> {
    const remote = await this.owner.reach(this.address.id, id)
    if (!this.running) throw new MailboxError('NO_RELAY', 'this node is stopped')
    const handler = remote.handlers.get(protocol)
    if (handler === undefined) throw new MailboxError('NO_RELAY', `${id} does not speak ${protocol}`)
    // Two dials may have run side by side; the first one's channel serves both.
    return this.#openTo(id, protocol) ?? new MemoryChannel(this, remote, protocol, handler)
  }
}

class MemoryChannel implements Channel {
  readonly asking: Node
  readonly answering: Node
  readonly protocol: Protocol
  readonly localPeer: Uint8Array
  readonly remotePeer: Uint8Array
  readonly closed: AbortSignal
  readonly #end = new AbortController()
  readonly #handler: Handler
  readonly #session: Session

  constructor(asking: Node, answering: Node, protocol: Protocol, handler: Handler) {
    this.asking = asking
    this.answering = answering
    this.protocol = protocol
    this.localPeer = asking.peerId
    this.remotePeer = answering.peerId
    this.closed = this.#end.signal
    this.#handler = handler
    this.#session = {
      localPeer: answering.peerId,
      remotePeer: asking.peerId,
      group: asking.group,
      signal: this.closed,
      state: new Map()
    }
    asking.channels.add(this)
    answering.channels.add(this)
  }

  async call(request: Uint8Array, options: CallOptions = {}): Promise<Uint8Array> {
    if (request.length > frameBytesMax) throw new MailboxError('SIZE', 'the request is larger than one frame')
    const limits = { deadlineMs: requestDeadlineMs, ...options, closed: this.closed }
    const response = await within(this.asking.owner.env, this.#exchange(request.slice()), limits)
    if (response.length <= frameBytesMax) return response
    this.end()
    throw new MailboxError('MALFORMED', 'the response is larger than one frame')
  }

  end(): void {
    this.asking.channels.delete(this)
    this.answering.channels.delete(this)
    this.#end.abort(new MailboxError('DISCONNECTED', 'the channel ended'))
  }

  #ended(): boolean {
    return this.closed.aborted
  }

  async #exchange(request: Uint8Array): Promise<Uint8Array> {
    if (this.#ended()) return await never()
    const from = this.asking.address.id
    const to = this.answering.address.id
    const { protocol } = this
    await this.asking.owner.deliver({ from, to, protocol, direction: 'request', bytes: request })
    if (this.#ended()) return await never()
    const response = (await this.#answer(request)).slice()
    await this.asking.owner.deliver({ from: to, to: from, protocol, direction: 'response', bytes: response })
    return response
  }

  async #answer(request: Uint8Array): Promise<Uint8Array> {
    try {
      return await this.#handler(request, this.#session)
    } catch (cause) {
      // As with a stream: a handler that throws ends it, and the caller learns no more than that.
      this.end()
      throw new MailboxError('DISCONNECTED', 'the other end closed the channel', { cause })
    }
  }
}

interface Limits extends CallOptions {
  closed?: AbortSignal
}

/** `work`, or the first of: the deadline, the caller's abort, the end of the channel. */
async function within<T>(env: Environment, work: Promise<T>, limits: Limits): Promise<T> {
  const { signal, closed, deadlineMs = requestDeadlineMs } = limits
  const settled = new AbortController()
  const late = env.delay(deadlineMs, settled.signal).then(() => {
    throw new MailboxError('TIMEOUT', `no answer within ${deadlineMs} ms`)
  })
  const stopped = Promise.withResolvers<never>()
  const onAbort = (): void => {
    stopped.reject(new MailboxError('ABORTED', 'stopped by the caller', { cause: signal?.reason }))
  }
  const onEnd = (): void => {
    stopped.reject(new MailboxError('DISCONNECTED', 'the channel ended'))
  }
  if (signal?.aborted === true) onAbort()
  if (closed?.aborted === true) onEnd()
  signal?.addEventListener('abort', onAbort)
  closed?.addEventListener('abort', onEnd)
  try {
    return await Promise.race([stopped.promise, work, late])
  } finally {
    signal?.removeEventListener('abort', onAbort)
    closed?.removeEventListener('abort', onEnd)
    settled.abort(noLongerAwaited)
  }
}
