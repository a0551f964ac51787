/** Many seeds, in as many processes as wanted: a simulation takes over its process's clock and cryptography. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Run } from './run.ts'

export interface Order {
  readonly seed: number
  /** Name of a faulty relay or client. */
  readonly sabotage: string | undefined
  readonly repair: boolean
  readonly mailboxes: number | undefined
}

export type Outcome = Omit<Run, 'errors'> & { readonly errors: readonly string[] }

const script = join(import.meta.dirname, 'seed-worker.ts')
/** Machines that crash leave waits that never end, and these hold their whole world: about 25 MB a seed. */
const seedsPerProcess = 10

/** Runs the orders, `jobs` at a time, and gives the outcomes in the order of the orders. */
export async function* runAll(orders: readonly Order[], jobs: number): AsyncGenerator<Outcome> {
  const workers = new Map(Array.from({ length: Math.min(jobs, orders.length) }, () => [fork(script), 0]))
  const idle = [...workers.keys()]
  const waiting: Array<(worker: ChildProcess) => void> = []
  const release = (worker: ChildProcess): void => {
    const ready = renewed(workers, worker)
    const next = waiting.shift()
    if (next === undefined) idle.push(ready)
    else next(ready)
  }
  const runOne = async (order: Order): Promise<Outcome> => {
    const worker = idle.pop() ?? (await new Promise<ChildProcess>(resolve => waiting.push(resolve)))
    const outcome = outcomeOf(worker, order.seed)
    worker.send(order)
    try {
      return await outcome
    } finally {
      release(worker)
    }
  }
  // in order, for whoever reads: no more run ahead than there are processes
  const running: Array<Promise<Outcome>> = []
  let next = 0
  try {
    for (let at = 0; at < orders.length; at++) {
      while (next < orders.length && next < at + 2 * jobs) running.push(runOne(orders[next++] as Order))
      yield await (running[at] as Promise<Outcome>)
    }
  } finally {
    for (const worker of workers.keys()) worker.kill()
    await Promise.allSettled(running)
  }
}

/** The same process, or a new one in its place after `seedsPerProcess` seeds. */
function renewed(workers: Map<ChildProcess, number>, worker: ChildProcess): ChildProcess {
  const seeds = (workers.get(worker) ?? 0) + 1
  if (seeds < seedsPerProcess) {
    workers.set(worker, seeds)
    return worker
  }
  workers.delete(worker)
  worker.kill()
  const next = fork(script)
  workers.set(next, 0)
  return next
}

async function outcomeOf(worker: ChildProcess, seed: number): Promise<Outcome> {
  const over = new AbortController()
  const ended = once(worker, 'exit', { signal: over.signal }).then(() => {
    throw new Error(`seed ${seed}: its process ended`)
  })
  try {
    const [outcome] = (await Promise.race([once(worker, 'message', { signal: over.signal }), ended])) as [Outcome]
    return outcome
  } finally {
    over.abort()
    // the loser of the race: it ends because of the abort
    ended.catch(() => undefined)
  }
}
