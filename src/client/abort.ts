/** Waiting that ends when a signal does. */
import { MailboxError } from '../errors.ts'

export const aborted = (signal: AbortSignal | undefined): MailboxError =>
  signal?.reason instanceof MailboxError
    ? signal.reason
    : new MailboxError('ABORTED', 'Stopped by the caller.', { cause: signal?.reason })

/** @throws MailboxError ABORTED (or the signal's own MailboxError) when `signal` has aborted */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted(signal)
}

/** `work`, or the abort of `signal`, whichever is first. The work goes on; only the waiting ends. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work
  throwIfAborted(signal)
  const stopped = Promise.withResolvers<never>()
  const stop = (): void => {
    stopped.reject(aborted(signal))
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, stopped.promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Resolves with `work` or when `signal` aborts, whichever is first. */
export async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const stopped = Promise.withResolvers<undefined>()
  const stop = (): void => {
    stopped.resolve(undefined)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    await Promise.race([work, stopped.promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

export function anyOf(...signals: Array<AbortSignal | undefined>): AbortSignal {
  return AbortSignal.any(signals.filter(signal => signal !== undefined))
}

/**
 * Runs `work` over `items`, at most `width` at a time; results in the order of the items. All of it has ended when this
 * settles; the first failure is thrown.
 */
export async function bounded<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length)
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++
      results[at] = await work(items[at] as T)
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, worker))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return results
}
