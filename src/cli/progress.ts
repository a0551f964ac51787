/** A word on what takes longer than a second, for people at a terminal. */
import type { Outbox } from '../client/outbox.ts'
import { isMailboxError } from '../errors.ts'
import type { StampProgress } from '../client/stamper.ts'
import type { Io } from './io.ts'
import { talk } from './io.ts'

const patienceMs = 1_000
/** Between two words on a stamp that is being made. */
const stampTalkMs = 2_000

/** Runs `work`; says `what` on stderr when it takes more than a second and stderr is a terminal. */
export async function progress<T>(io: Io, what: string, work: () => Promise<T>): Promise<T> {
  if (io.stderr.isTTY !== true) return await work()
  const timer = setTimeout(() => {
    talk(io, `${what} …`)
  }, patienceMs)
  try {
    return await work()
  } finally {
    clearTimeout(timer)
  }
}

const millions = (hashes: number): string => (hashes / 1_000_000).toFixed(1)

/** Says on stderr, where that is a terminal, how far a stamp is; calls `busy` each time that it hears of it. */
export function stampProgress(
  io: Io,
  busy: () => void,
  now: () => number = performance.now.bind(performance)
): StampProgress {
  let saidMs = now()
  return (hashes, expected) => {
    busy()
    if (io.stderr.isTTY !== true || now() - saidMs < stampTalkMs) return
    saidMs = now()
    // twice as many as expected are no accident, and there is no telling how many it will be
    talk(io, `Proof of work: ${millions(hashes)} million hashes, about ${millions(expected)} are needed …`)
  }
}

/** The same of the stamp that a message in the outbox waits for, until `signal` aborts. */
export async function outboxProgress(io: Io, outbox: Outbox, signal: AbortSignal): Promise<void> {
  if (io.stderr.isTTY !== true) return
  const say = stampProgress(io, () => undefined)
  try {
    for await (const event of outbox.watch({ signal })) {
      const stamping = event.type === 'state' ? event.entry.stamping : undefined
      if (stamping !== undefined) say(stamping.hashes, stamping.expected)
    }
  } catch (error) {
    // what the command itself waits for says more than a reader of its progress
    if (!isMailboxError(error)) throw error
  }
}
