/** A word on what takes longer than a second, for people at a terminal. */
import type { Io } from './io.ts'
import { talk } from './io.ts'

const patienceMs = 1_000

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
