/** The network of a simulation: latency by chance, parted nodes, one-way and random loss, and a trace of every frame. */
import type { Environment } from '../../src/environment.ts'
import { MemoryNetwork } from '../../src/testing/network.ts'
import type { Flight } from '../../src/testing/network.ts'
import type { PeerAddress } from '../../src/wire/port.ts'
import type { Chance } from './chance.ts'
import type { VirtualTime } from './virtual-time.ts'

const latencyMs = { min: 1, max: 150 }

export class Links {
  readonly network: MemoryNetwork
  /** Pairs that are parted, by how many faults: a pair is joined again when the last of them has ended. */
  readonly #parted = new Map<string, number>()

  constructor(time: VirtualTime, chance: Chance, trace: (line: string, bytes: Uint8Array) => void) {
    const env: Environment = {
      now: () => time.now,
      random: n => chance.bytes(n),
      // of the network's own waits only a frame's way has no signal
      delay: async (ms, signal) => {
        await time.delay(signal === undefined ? chance.between(latencyMs.min, latencyMs.max) : ms, signal)
      }
    }
    this.network = new MemoryNetwork({ env, latencyMs: latencyMs.max })
    this.network.lose(({ from, to, protocol, direction, bytes }) => {
      trace(`${from} ${to} ${protocol} ${direction}`, bytes)
      return false
    })
  }

  /** Parts each of one side from each of the other. @returns what ends it */
  part(one: readonly PeerAddress[], other: readonly PeerAddress[], silent: boolean): () => void {
    const pairs = one.flatMap(a => other.filter(b => b.id !== a.id).map(b => [a, b] as const))
    for (const [a, b] of pairs) {
      this.#count(a, b, 1)
      this.network.cut(a, b, { silent })
    }
    return () => {
      for (const [a, b] of pairs) if (this.#count(a, b, -1) === 0) this.network.heal(a, b)
    }
  }

  lose(rule: (flight: Flight) => boolean): () => void {
    return this.network.lose(rule)
  }

  #count(a: PeerAddress, b: PeerAddress, change: 1 | -1): number {
    const pair = [a.id, b.id].sort().join(' ')
    const count = (this.#parted.get(pair) ?? 0) + change
    this.#parted.set(pair, count)
    return count
  }
}
