/** Processes that stand still for longer than every deadline, and go on as if no time had passed. */
import type { Fault, Row } from '../fault.ts'
import type { Lab } from '../lab.ts'
import { Load } from '../load.ts'
import type { LabRelayProcess } from '../relay.ts'
import { settle } from '../settle.ts'
import { pause } from '../waiting.ts'

/** Longer than a coordinator (3 s) and after it a relay (10 s) have to answer. */
const standMs = 14_000

export const pauseFault: Fault = {
  name: 'pause',
  needs: [],
  async *run(lab): AsyncGenerator<Row> {
    const { relays } = await lab.trio()
    for (const victims of [1, 2]) yield await paused(lab, relays, { victims, ms: standMs })
  }
}

/** So many of the relays stand still for `ms`. */
export async function paused(
  lab: Lab,
  relays: readonly LabRelayProcess[],
  { victims, ms }: { victims: number; ms: number }
): Promise<Row> {
  const load = await Load.open(lab, relays)
  load.start()
  await load.more(20)
  const standing = lab.chance.shuffled(relays).slice(0, victims)
  for (const relay of standing) relay.signal('SIGSTOP')
  await pause(ms)
  for (const relay of standing) relay.signal('SIGCONT')
  const settled = await settle(load, await lab.observer(), relays)
  const notes = [`${load.counts.vain} times a relay was asked in vain, ${load.counts.unsure} sends unsure at first`]
  return { title: `SIGSTOP of ${victims} of 3 relays for ${ms / 1000} s`, keeps: true, notes, ...settled }
}
