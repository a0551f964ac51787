/** Waiting, always with a bound: faults take real time. */
import { setTimeout as delay } from 'node:timers/promises'

const pollMs = 100

export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal })
}

/** Polls until `holds`. @throws Error when it does not within `ms` */
export async function until(ms: number, what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + ms
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`)
    await delay(pollMs)
  }
}

/** @throws Error when `work` takes longer */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const over = new AbortController()
  const late = delay(ms, undefined, { signal: over.signal }).then(
    () => {
      throw new Error(`not within ${ms} ms: ${what}`)
    },
    (): never => {
      throw new Error('cancelled')
    }
  )
  // when `work` is first, nobody waits for this any more
  late.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } finally {
    over.abort()
  }
}
