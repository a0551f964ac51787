/**
 * The node that a client sends through: deposits, and the questions before them, go out under a libp2p key that is made for
 * one batch and forgotten after it. So no relay can join by the peer id what an owner sends and what it authenticates as,
 * nor one batch and the next (SPEC §7).
 */
import type { Environment, Log } from '../environment.ts'
import { pause } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { sendingCallsMax, sendingIdleMs, sendingNodesMax } from '../limits.ts'
import type { Closest } from '../placement/dht.ts'
import type { CallOptions, Channel, Network, PeerAddress, Protocol } from '../wire/port.ts'
import type { ClientNode } from './node.ts'

export interface Sending {
  readonly network: Network
  readonly closest: Closest
  /** Ends what was started to send through, and nothing else. */
  readonly stop: () => Promise<void>
}

export interface SendingNodesInit {
  /** A node with a new key. */
  readonly start: () => Promise<ClientNode>
  readonly env: Environment
  readonly log: Log
}

export class SendingNodes implements Sending, Network {
  readonly network: Network = this
  readonly #init: SendingNodesInit
  /** Bounded by `sendingNodesMax`: while so many run, the newest goes on. */
  readonly #batches = new Set<Batch>()
  #newest: Batch | undefined
  #isStopped = false

  constructor(init: SendingNodesInit) {
    this.#init = init
  }

  async channel(peer: PeerAddress, protocol: Protocol, options?: CallOptions): Promise<Channel> {
    const batch = this.#batch()
    const channel = await batch.use(async node => await node.network.channel(peer, protocol, options))
    return new BatchChannel(channel, batch)
  }

  readonly closest: Closest = async (key, signal) =>
    await this.#batch().use(async node => await node.closest(key, signal))

  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all(
      [...this.#batches].map(async batch => {
        await batch.stop()
      })
    )
  }

  #batch(): Batch {
    if (this.#isStopped) throw new MailboxError('CLOSED', 'The mailbox has been closed.')
    const newest = this.#newest
    if (newest !== undefined && this.#batches.has(newest)) {
      if (newest.calls < sendingCallsMax || this.#batches.size >= sendingNodesMax) return newest
    }
    const batch = new Batch(this.#init, () => this.#batches.delete(batch))
    this.#batches.add(batch)
    this.#newest = batch
    return batch
  }
}

/** One node, from its first use until it has been idle for `sendingIdleMs`. */
class Batch {
  calls = 0
  readonly #init: SendingNodesInit
  readonly #node: Promise<ClientNode>
  readonly #ended: () => void
  #working = 0
  #busy = new AbortController()
  #stopping: Promise<void> | undefined

  constructor(init: SendingNodesInit, ended: () => void) {
    this.#init = init
    this.#ended = ended
    this.#node = init.start()
  }

  async use<T>(work: (node: ClientNode) => Promise<T>): Promise<T> {
    this.calls++
    this.#working++
    this.#busy.abort()
    try {
      return await work(await this.#node)
    } finally {
      this.#working--
      if (this.#working === 0) void this.#rest()
    }
  }

  async stop(): Promise<void> {
    this.#ended()
    this.#busy.abort()
    this.#stopping ??= this.#stop()
    await this.#stopping
  }

  async #rest(): Promise<void> {
    const busy = new AbortController()
    this.#busy = busy
    if ((await pause(this.#init.env, sendingIdleMs, busy.signal)) && this.#working === 0) await this.stop()
  }

  async #stop(): Promise<void> {
    try {
      const node = await this.#node
      await node.stop()
    } catch (error) {
      // what it was used for has failed with this before, or is done
      this.#init.log('warn', 'sending_node_failed', { error: String(error) })
    }
  }
}

/** Its calls keep the batch from ending. */
class BatchChannel implements Channel {
  readonly localPeer: Uint8Array
  readonly remotePeer: Uint8Array
  readonly closed: AbortSignal
  readonly #channel: Channel
  readonly #batch: Batch

  constructor(channel: Channel, batch: Batch) {
    this.localPeer = channel.localPeer
    this.remotePeer = channel.remotePeer
    this.closed = channel.closed
    this.#channel = channel
    this.#batch = batch
  }

  async call(request: Uint8Array, options?: CallOptions): Promise<Uint8Array> {
    return await this.#batch.use(async () => await this.#channel.call(request, options))
  }
}
