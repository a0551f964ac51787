/**
 * The attackers of one attack, or a part of them, as a process: their processor time is theirs. Used as:
 * node attacker-process.ts JSON (see `Brief`), with an IPC channel. It says `ready`, begins when it is told `go`, stops
 * when it is told `stop`, and says what it counted.
 */
import { once } from 'node:events'
import { argv } from 'node:process'
import { setMaxListeners } from 'node:events'
import { pause } from '../faultlab/waiting.ts'
import type { Brief } from './attacker.ts'
import { Attacker } from './attacker.ts'
import { attackNamed } from './attacks/index.ts'

export type Word =
  // `done`: nothing is left to do
  | { readonly type: 'ready' | 'done' }
  | { readonly type: 'counts'; readonly counts: ReadonlyArray<readonly [string, number]> }

/** Of what was begun, after it was told to stop. */
const lingerMs = 10_000

const say = (word: Word): void => {
  process.send?.(word)
}

async function main(brief: Brief): Promise<void> {
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  // a peer that is cut off in the middle of anything is what an attacker has to expect
  process.on('uncaughtException', error => {
    attacker.count(`uncaught: ${error.name}`)
  })
  process.on('unhandledRejection', () => {
    attacker.count('unhandled rejection')
  })
  process.once('disconnect', () => {
    process.exitCode = 1
    stop.abort()
  })
  const attacker = new Attacker(brief, stop.signal)
  const attack = attackNamed(brief.attack)
  await attack.prime?.(attacker)
  const told = once(process, 'message')
  say({ type: 'ready' })
  await told
  const stopped = once(process, 'message').then(() => {
    stop.abort()
  })
  // what still hangs on a relay when the attack is over is not waited for
  const over = stopped.then(async () => {
    await pause(lingerMs)
  })
  await Promise.race([attack.strike(attacker), over])
  if (!stop.signal.aborted) say({ type: 'done' })
  await stopped
  say({ type: 'counts', counts: [...attacker.counts] })
  // it has nothing to keep: the runner ends it, and with it its connections
  process.disconnect()
}

const [, , brief] = argv
if (brief !== undefined) await main(JSON.parse(brief) as Brief)
