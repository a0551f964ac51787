/**
 * The search for a stamp in a thread of its own, which ends with it: this is Node. In a bundle for browsers
 * `solve.browser.ts` takes its place (the `browser` field of package.json).
 */
import { Worker } from 'node:worker_threads'
import { abortable } from './abort.ts'
import type { Solve, Sought, ThreadWord } from './search.ts'
import { solveInSlices } from './slices.ts'

/** Beside this module, as TypeScript in the repository and as JavaScript in the package. */
const file = import.meta.url.endsWith('.ts') ? './stamp-thread.ts' : './stamp-thread.js'
const heapMibMax = 32

export const solve: Solve = async (sought, progress, signal) => {
  const answer = await inThread(sought, progress, signal)
  // an application in one file, or one that may not start threads, has none: slower, and the same
  return answer === 'no thread' ? await solveInSlices(sought, progress, signal) : answer.nonce
}

type Answer = { readonly nonce: Uint8Array | undefined } | 'no thread'

async function inThread(sought: Sought, progress: (hashes: number) => void, signal: AbortSignal): Promise<Answer> {
  const thread = start(sought)
  if (thread === undefined) return 'no thread'
  try {
    return await abortable(answerOf(thread, progress), signal)
  } finally {
    void thread.terminate()
  }
}

function start(workerData: Sought): Worker | undefined {
  try {
    const resourceLimits = { maxOldGenerationSizeMb: heapMibMax }
    return new Worker(new URL(file, import.meta.url), { workerData, execArgv: [], resourceLimits })
  } catch {
    return undefined
  }
}

async function answerOf(thread: Worker, progress: (hashes: number) => void): Promise<Answer> {
  return await new Promise(resolve => {
    thread.on('message', (word: ThreadWord) => {
      if ('nonce' in word) resolve(word)
      else progress(word.hashes)
    })
    thread.on('error', () => {
      resolve('no thread')
    })
    thread.on('exit', () => {
      resolve('no thread')
    })
    // keeps no process alive, which a listener would: whoever waits for a stamp has a mailbox open
    thread.unref()
  })
}
