/**
 * Those of whom nothing is known but where they come from, so many at a time: when it is full, the one that has waited
 * longest, of the group that has most here, makes room; of those that have said nothing, if there is one. Who says
 * nothing keeps nobody out, and interrupts nobody who speaks (SPEC §5.6). Pure.
 */
export interface Waiting {
  /** Undefined: not known. */
  readonly group: string | undefined
  /** Whether a byte has come. */
  readonly said: () => boolean
}

export class Lobby<T extends Waiting> {
  readonly #max: number
  /** In the order they came. */
  readonly #waiting = new Set<T>()

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#waiting.size
  }

  /** @returns who has left for it */
  enter(one: T): T | undefined {
    const leaves = this.#waiting.size < this.#max ? undefined : this.#longest()
    if (leaves !== undefined) this.#waiting.delete(leaves)
    this.#waiting.add(one)
    return leaves
  }

  /** @returns whether it was here */
  leave(one: T): boolean {
    return this.#waiting.delete(one)
  }

  #longest(): T | undefined {
    const silent = [...this.#waiting].filter(one => !one.said())
    const candidates = silent.length > 0 ? silent : [...this.#waiting]
    const counts = new Map<string | undefined, number>()
    for (const { group } of candidates) counts.set(group, (counts.get(group) ?? 0) + 1)
    const most = Math.max(...counts.values())
    return candidates.find(({ group }) => counts.get(group) === most)
  }
}
