/** Time that passes only when nothing is left to do: a queue of events, by due time and then in order of insertion. */
interface Event {
  readonly dueMs: number
  readonly order: number
  /** Undefined once it is called off. */
  fire: (() => void) | undefined
}

const before = (a: Event, b: Event): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)

export class VirtualTime {
  now: number
  /** A binary heap; bounded by what the simulated processes wait for. */
  readonly #heap: Event[] = []
  #order = 0

  constructor(startMs: number) {
    this.now = startMs
  }

  /** Calls `fire` in `ms` milliseconds. @returns what calls it off */
  after(ms: number, fire: () => void): () => void {
    const event: Event = { dueMs: this.now + Math.max(0, ms), order: this.#order++, fire }
    this.#push(event)
    return () => {
      event.fire = undefined
    }
  }

  delay = async (ms: number, signal?: AbortSignal): Promise<void> => {
    await new Promise<void>((resolve, reject) => {
      const aborted = (): void => {
        callOff()
        reject(signal?.reason as Error)
      }
      const callOff = this.after(ms, () => {
        signal?.removeEventListener('abort', aborted)
        resolve()
      })
      if (signal?.aborted === true) aborted()
      else signal?.addEventListener('abort', aborted, { once: true })
    })
  }

  /** Moves to the next event and fires it. False: there is none up to `untilMs`, which is now. */
  step(untilMs: number): boolean {
    for (let first = this.#heap[0]; first !== undefined && first.dueMs <= untilMs; first = this.#heap[0]) {
      this.#pop()
      if (first.fire === undefined) continue
      this.now = first.dueMs
      first.fire()
      return true
    }
    this.now = untilMs
    return false
  }

  #push(event: Event): void {
    const heap = this.#heap
    let at = heap.push(event) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (before(heap[parent] as Event, event)) break
      heap[at] = heap[parent] as Event
      at = parent
    }
    heap[at] = event
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const right = left + 1
      if (left >= heap.length) break
      const child = right < heap.length && before(heap[right] as Event, heap[left] as Event) ? right : left
      if (before(last, heap[child] as Event)) break
      heap[at] = heap[child] as Event
      at = child
    }
    heap[at] = last
  }
}
