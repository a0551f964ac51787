/** Randomness from a seed: the only source of chance in a simulation (sfc32, seeded by SHA-256). */
import { createHash } from 'node:crypto'

export class Chance {
  readonly #seed: string
  readonly #state: Uint32Array

  constructor(seed: string) {
    const digest = createHash('sha256').update(seed).digest()
    this.#seed = seed
    this.#state = Uint32Array.from({ length: 4 }, (_, at) => digest.readUInt32LE(4 * at))
  }

  /** A stream of its own: what one place draws changes nothing elsewhere. */
  fork(name: string): Chance {
    return new Chance(`${this.#seed}/${name}`)
  }

  /** 0 to 2³² − 1. */
  #next(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#state
    const sum = (a + b + d) >>> 0
    this.#state.set([b ^ (b >>> 9), c + (c << 3), ((c << 21) | (c >>> 11)) + sum, d + 1])
    return sum
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#next() >>> 24)
  }

  /** 0 or more, below 1. */
  share(): number {
    return this.#next() / 2 ** 32
  }

  /** A whole number, 0 or more, below `end`. */
  below(end: number): number {
    return Math.floor(this.share() * end)
  }

  between(from: number, to: number): number {
    return from + this.share() * (to - from)
  }

  happens(probability: number): boolean {
    return this.share() < probability
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('nothing to pick from')
    return items[this.below(items.length)] as T
  }

  shuffled<T>(items: readonly T[]): T[] {
    const rest = [...items]
    return items.map(() => rest.splice(this.below(rest.length), 1)[0] as T)
  }
}
