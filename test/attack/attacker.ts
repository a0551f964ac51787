/** What an attacker's process works with: source addresses in many groups, nodes bound to them, and a tally. */
import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { Libp2p } from 'libp2p'
import { createLibp2p } from 'libp2p'
import { streamsPerPeerMax } from '../../src/limits.ts'
import type { PeerAddress, Protocol } from '../../src/wire/port.ts'
import { boundTo } from '../helpers/bound.ts'
import { RawStream } from '../helpers/raw.ts'
import { Chance } from '../sim/chance.ts'
import { pause } from '../faultlab/waiting.ts'

/** What the runner tells an attacker's process. */
export interface Brief {
  readonly attack: string
  readonly seed: string
  /** Which of the processes of the attack this is. */
  readonly member: number
  readonly relays: readonly PeerAddress[]
  /** Text of the mailbox that the honest clients use. */
  readonly mailbox: string
  readonly given: Readonly<Record<string, string>>
}

/** Source addresses of one process: a botnet, each of them a group of its own. */
export const groups = 50
/** A second octet that no honest client has. */
const firstNet = 64

export class Attacker {
  readonly brief: Brief
  readonly chance: Chance
  readonly signal: AbortSignal
  readonly counts = new Map<string, number>()
  /** Bounded by `groups`. */
  readonly #nodes = new Map<string, Promise<Libp2p>>()
  #turn = 0

  constructor(brief: Brief, signal: AbortSignal) {
    this.brief = brief
    this.chance = new Chance(`${brief.seed}/${brief.attack}/${brief.member}`)
    this.signal = signal
  }

  count(what: string, times: number = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times)
  }

  /** The next source address, of `groups` in turn. */
  address(): string {
    return this.addressOf(this.#turn++)
  }

  addressOf(group: number): string {
    return `127.${firstNet + this.brief.member}.${1 + (group % groups)}.1`
  }

  relay(n: number): PeerAddress {
    const relay = this.brief.relays[n % this.brief.relays.length]
    if (relay === undefined) throw new RangeError('there is no relay to attack')
    return relay
  }

  /** TCP port of a relay. */
  port(n: number): number {
    return Number(/\/tcp\/(\d+)/.exec(this.relay(n).addresses[0] ?? '')?.[1])
  }

  /** A libp2p node that dials from `address`; it ends with this process. */
  async node(address: string = this.address()): Promise<Libp2p> {
    return await createLibp2p(boundTo(address))
  }

  /** The node of a group: its connections serve whatever comes from there. */
  async nodeOf(group: number): Promise<Libp2p> {
    const address = this.addressOf(group)
    const node = this.#nodes.get(address) ?? this.node(address)
    this.#nodes.set(address, node)
    return await node
  }

  async connect(node: Libp2p, n: number = 0): Promise<Connection> {
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(10_000)])
    return await node.dial(multiaddr(this.relay(n).addresses[0]), { signal })
  }

  async open(connection: Connection, protocol: Protocol): Promise<RawStream> {
    const options = { maxOutboundStreams: streamsPerPeerMax, negotiateFully: true }
    return new RawStream(await connection.newStream(protocol, { ...options, signal: this.#soon() }))
  }

  /**
   * Begins `work` so many times a second until the attack ends, and no more of it at once than `atOnce`: what does not
   * fit is not made up for. A failure is counted by its name.
   */
  async every(perSecond: number, atOnce: number, work: (n: number) => Promise<void>): Promise<void> {
    const startedMs = performance.now()
    const going = new Set<Promise<void>>()
    for (let n = 0; !this.signal.aborted;) {
      const due = Math.floor(((performance.now() - startedMs) / 1_000) * perSecond)
      for (; n < due; n++) {
        if (going.size >= atOnce) {
          this.count('held up', due - n)
          n = due
          break
        }
        const one = this.#counted(work(n)).finally(() => going.delete(one))
        going.add(one)
      }
      await this.pause(20)
    }
    await Promise.all(going)
  }

  /** Does `work` so many times, so much of it at once, unless the attack ends before. A failure is counted by its name. */
  async times(count: number, atOnce: number, work: (n: number) => Promise<void>): Promise<void> {
    let next = 0
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (next < count && !this.signal.aborted) await this.#counted(work(next++))
      })
    )
  }

  /** Until it has passed or the attack ends. */
  async pause(ms: number): Promise<void> {
    await pause(ms, this.signal).catch((error: unknown) => {
      if (!this.signal.aborted) throw error
    })
  }

  /** Resolves when the attack ends. */
  async end(): Promise<void> {
    if (this.signal.aborted) return
    const over = Promise.withResolvers<undefined>()
    this.signal.addEventListener('abort', () => {
      over.resolve(undefined)
    })
    await over.promise
  }

  async #counted(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      if (!this.signal.aborted) this.count(`failed: ${error instanceof Error ? error.name : String(error)}`)
    }
  }

  #soon(): AbortSignal {
    return AbortSignal.any([this.signal, AbortSignal.timeout(10_000)])
  }
}
