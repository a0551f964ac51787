/**
 * How the process of a relay collects its garbage. Records lie outside V8's heap, which counts them with the old
 * generation: at a few megabytes of them V8 begins to mark the whole heap again, some ten times a second under load,
 * although the next collection of the young generation, a hundredth of the work, would free them. Measured: a fifth of
 * the CPU of a deposit, and pauses of 20 ms. So marking begins when most of the room above the last collection is used.
 */
import { setFlagsFromString } from 'node:v8'

/** Of the room between the heap's size after its last full collection and its limit, in percent. */
const startMarkingAt = 80
const markAtOnceAt = 95

/** For a process that is a relay and nothing else, before it has done much: the flags are V8's, for the whole process. */
export function tuneHeap(): void {
  setFlagsFromString(`--incremental-marking-soft-trigger=${startMarkingAt}`)
  setFlagsFromString(`--incremental-marking-hard-trigger=${markAtOnceAt}`)
}
