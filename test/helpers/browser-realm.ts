/**
 * A thread in which a bundle sees what a browser has and nothing of Node: no global that is not of the language or of the
 * web, and timers that are numbers. Tells its parent what the bundle tells, and how it ended.
 */
import { runInNewContext, runInThisContext } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { IDBKeyRange, indexedDB } from 'fake-indexeddb'

/** What the bundle leaves behind: one function, which is given the input and may tell the parent things. */
export type Scenario = (input: unknown, tell: (word: unknown) => void) => Promise<unknown>

export type Word =
  { type: 'told'; word: unknown } | { type: 'done'; result: unknown } | { type: 'failed'; error: string }

const webGlobals = [
  ...[
    'AbortController',
    'AbortSignal',
    'BroadcastChannel',
    'CloseEvent',
    'Crypto',
    'CryptoKey',
    'CustomEvent',
    'DOMException',
    'ErrorEvent'
  ],
  ...['Event', 'EventTarget', 'MessageEvent', 'Performance', 'SubtleCrypto', 'TextDecoder', 'TextEncoder', 'URL'],
  ...['URLSearchParams', 'WebSocket', 'atob', 'btoa', 'clearInterval', 'clearTimeout', 'console', 'crypto', 'fetch'],
  ...['navigator', 'performance', 'queueMicrotask', 'setInterval', 'setTimeout', 'structuredClone']
]

/** The globals that a bundle sees; its own `globalThis` has no others. */
function seen(): Record<string, unknown> {
  const language = runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[]
  const known = new Set([...language, ...webGlobals])
  const all = Object.getOwnPropertyNames(globalThis).filter(name => known.has(name))
  const globals: Record<string, unknown> = Object.fromEntries(
    all.map(name => [name, (globalThis as Record<string, unknown>)[name]])
  )
  const numbered = (timer: typeof setTimeout) => (work: () => void, ms?: number) => Number(timer(work, ms))
  Object.assign(globals, { setTimeout: numbered(setTimeout), setInterval: numbered(setInterval as typeof setTimeout) })
  // the one thing of a browser that Node lacks and a client's store needs
  Object.assign(globals, { indexedDB, IDBKeyRange })
  return Object.assign(globals, { globalThis: globals, self: globals, window: globals })
}

/**
 * The bundle in strict code whose parameters stand before every global of this thread: those of `seen` as they are,
 * those of Node undefined. Node's own WebSocket needs them, so they cannot be taken away for good.
 */
function scenarioOf(code: string): Scenario {
  const globals = seen()
  const names = new Set([...Object.getOwnPropertyNames(globalThis), ...Object.keys(globals), 'require', 'module'])
  const parameters = [...names].filter(name => /^[A-Za-z_$][\w$]*$/.test(name) && !constants.has(name))
  const wrapped = `(function (${parameters.join(', ')}) { "use strict"; ${code}\n; return bundled.scenario })`
  const load = runInThisContext(wrapped) as (...values: unknown[]) => Scenario
  return load(...parameters.map(name => globals[name]))
}

/** Not names of parameters in strict code. */
const constants = new Set(['undefined', 'NaN', 'Infinity', 'eval', 'arguments'])

async function run({ code, input }: { code: string; input: unknown }): Promise<void> {
  const tell = (word: Word): void => parentPort?.postMessage(word)
  try {
    const result = await scenarioOf(code)(input, word => {
      tell({ type: 'told', word })
    })
    tell({ type: 'done', result })
  } catch (error) {
    tell({ type: 'failed', error: error instanceof Error ? String(error.stack) : String(error) })
  }
}

await run(workerData as { code: string; input: unknown })
