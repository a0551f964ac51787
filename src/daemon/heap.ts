/**
 * How the process of a relay collects its garbage. Records lie outside V8's heap, which counts them with the old
 * generation: at a few megabytes of them V8 begins to mark the whole heap again, some ten times a second under load,
 * although the next collection of the young generation, a hundredth of the work, would free them. Measured: a fifth of
 * the CPU of a deposit, and pauses of 20 ms. So marking begins when most of the room above the last collection is used.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { collectEveryMs } from '../limits.ts'

/** Of the room between the heap's size after its last full collection and its limit, in percent. */
const startMarkingAt = 80
const markAtOnceAt = 95

/** For a process that is a relay and nothing else, before it has done much: the flags are V8's, for the whole process. */
export function tuneHeap(): void {
  setFlagsFromString(`--incremental-marking-soft-trigger=${startMarkingAt}`)
  setFlagsFromString(`--incremental-marking-hard-trigger=${markAtOnceAt}`)
}

/** Share of `memoryBytesMax` from which on garbage is collected without waiting for V8. */
const fullAt = 0.7

export interface HeapInit {
  readonly memoryBytesMax: number
  /** Bytes that the process has resident. */
  readonly resident: () => number
  readonly collect: () => void
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
}

/**
 * V8 takes the room there is before it collects, and knows nothing of `memoryBytesMax`: a relay that is flooded would be
 * over it by garbage alone (SPEC §5.6). So it is told when much is resident, and not again for a while: what is resident
 * after that is in use, and the account's business.
 */
export class Garbage {
  readonly #init: HeapInit
  #againMs = 0

  constructor(init: HeapInit) {
    this.#init = init
  }

  /** Cheap: it reads one number of the system. */
  readonly look = (): void => {
    const { memoryBytesMax, resident, collect, now } = this.#init
    if (now() < this.#againMs || resident() < memoryBytesMax * fullAt) return
    collect()
    this.#againMs = now() + collectEveryMs
  }
}

/** For a process that is a relay and nothing else. @returns to be called often */
export function collectWhenFull(memoryBytesMax: number): () => void {
  setFlagsFromString('--expose-gc')
  // a context that is made now has what the flag exposes
  const collect = runInNewContext('gc') as () => void
  const { look } = new Garbage({
    memoryBytesMax,
    resident: () => process.memoryUsage.rss(),
    collect,
    now: () => performance.now()
  })
  return look
}
