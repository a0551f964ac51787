/** Links between relays are cut and mended: each relay is on a machine of its own. */
import type { Fault, Row } from '../fault.ts'
import { Load } from '../load.ts'
import { Streets } from '../network.ts'
import { settle } from '../settle.ts'
import { pause } from '../waiting.ts'

/** Longer than a coordinator (3 s) and a dial (5 s) are waited for; and than a coordinator and after it a relay (10 s). */
const cutMs = 8_000
const longCutMs = 14_000

type Place = 0 | 1 | 2 | 'lab'
type Pairs = ReadonlyArray<readonly [Place, Place]>

const both = (...pairs: Pairs): Pairs => pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const])

const partitions: ReadonlyArray<{ title: string; pairs: Pairs; ms?: number }> = [
  { title: 'one relay from all others', pairs: both([0, 1], [0, 2], [0, 'lab']) },
  { title: 'one relay with the clients from two', pairs: both([0, 1], [0, 2], [1, 'lab'], [2, 'lab']), ms: longCutMs },
  { title: 'one way, from one relay to another', pairs: [[0, 1]] },
  { title: 'bridge: two relays that only a third can reach', pairs: both([0, 2]) }
]

export const partition: Fault = {
  name: 'partition',
  needs: ['root', 'namespaces', 'ip netns', 'nft'],
  async *run(lab): AsyncGenerator<Row> {
    const streets = new Streets(3)
    lab.defer(() => {
      streets.release()
    })
    streets.build()
    const { relays } = await lab.trio(n => ({ prefix: streets.prefix(n), ip: streets.ip(n) }))
    const observer = await lab.observer()
    for (const { title, pairs, ms = cutMs } of partitions) {
      const load = await Load.open(lab, relays)
      load.start()
      await load.more(20)
      streets.drop(pairs)
      await pause(ms)
      streets.heal()
      const settled = await settle(load, observer, relays)
      const { vain, unsure } = load.counts
      const notes = [`${vain} times a relay was asked in vain, ${unsure} sends unsure at first`]
      yield { title: `partition: ${title}`, keeps: true, notes, ...settled }
    }
  }
}
