/** Chance from a seed: the same seed gives the same run. */
export interface Chance {
  /** A whole number from 0, below `n`. */
  below: (n: number) => number
  /** True once in `n` times. */
  once: (n: number) => boolean
  of: <T>(list: readonly T[]) => T
  bytes: (n: number) => Uint8Array
}

/** mulberry32. */
export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const below = (n: number): number => Math.floor(next() * n)
  return {
    below,
    once: n => below(n) === 0,
    of: list => {
      if (list.length === 0) throw new RangeError('nothing to choose from')
      return list[below(list.length)] as (typeof list)[number]
    },
    bytes: n => Uint8Array.from({ length: n }, () => below(256))
  }
}
