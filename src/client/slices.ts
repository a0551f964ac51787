/** The search for a stamp between other events, where there is no thread for it. */
import { throwIfAborted } from './abort.ts'
import { StampSearch, type Solve } from './search.ts'

/** Of one slice: about ten milliseconds, in which nothing else happens. */
const hashesPerSlice = 2 ** 13

export const solveInSlices: Solve = async ({ prefix, bits, triesMax }, progress, signal) => {
  const search = new StampSearch(prefix, bits)
  for (let hashes = 0; hashes < triesMax; hashes += hashesPerSlice) {
    throwIfAborted(signal)
    const nonce = search.run(Math.min(hashesPerSlice, triesMax - hashes))
    if (nonce !== undefined) return nonce
    progress(hashes + hashesPerSlice)
    await new Promise<void>(resolve => {
      setTimeout(resolve)
    })
  }
  return undefined
}
