/** Processes that stand still for longer than every deadline, and go on as if no time had passed. */
import type { Fault, Row } from '../fault.ts'
import { Load } from '../load.ts'
import { settle } from '../settle.ts'
import { pause } from '../waiting.ts'

/** Longer than a coordinator (3 s) and after it a relay (10 s) have to answer. */
const standMs = 14_000

export const pauseFault: Fault = {
  name: 'pause',
  needs: [],
  async *run(lab): AsyncGenerator<Row> {
    const { relays } = await lab.trio()
    const observer = await lab.observer()
    for (const victims of [1, 2]) {
      const load = await Load.open(lab, relays)
      load.start()
      await load.more(20)
      const paused = lab.chance.shuffled(relays).slice(0, victims)
      for (const relay of paused) relay.signal('SIGSTOP')
      await pause(standMs)
      for (const relay of paused) relay.signal('SIGCONT')
      const notes = [`after ${load.unsure} first attempts the sender did not know`]
      const title = `SIGSTOP of ${victims} of 3 relays for ${standMs / 1000} s`
      yield { title, keeps: true, notes, ...(await settle(load, observer, relays)) }
    }
  }
}
