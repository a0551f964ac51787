/** The thread in which Node looks for a stamp: started by solve.ts, which ends it. */
import { parentPort, workerData } from 'node:worker_threads'
import { StampSearch, type Sought, type ThreadWord } from './search.ts'

/** Between two words: about a tenth of a second. */
const hashesPerWord = 2 ** 17

const { prefix, bits, triesMax } = workerData as Sought
const tell = (word: ThreadWord): void => parentPort?.postMessage(word)
const search = new StampSearch(prefix, bits)
let nonce: Uint8Array | undefined
for (let hashes = 0; nonce === undefined && hashes < triesMax; hashes += hashesPerWord) {
  if (hashes > 0) tell({ hashes })
  nonce = search.run(Math.min(hashesPerWord, triesMax - hashes))
}
tell({ nonce })
