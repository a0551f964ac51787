/** The wall clock of one relay jumps while it runs, forward and back, by less than the skew that is allowed. */
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fault, Row } from '../fault.ts'
import { Load } from '../load.ts'
import { settle } from '../settle.ts'
import { faketimeLibrary } from '../tools.ts'

/** Δ is an hour. */
const stepMinutes = 45
/** A receipt's time differs from ours by the step, give or take this. */
const toleranceMs = 60_000

export const clockStep: Fault = {
  name: 'clock-step',
  needs: ['libfaketime'],
  async *run(lab): AsyncGenerator<Row> {
    const clock = join(lab.directory, 'clock')
    const set = (minutes: number): void => {
      writeFileSync(`${clock}.new`, `${minutes >= 0 ? '+' : ''}${minutes}m\n`)
      renameSync(`${clock}.new`, clock)
    }
    set(0)
    const env = {
      LD_PRELOAD: faketimeLibrary() ?? '',
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: '1',
      // timers go on: only the wall clock is wrong
      FAKETIME_DONT_FAKE_MONOTONIC: '1'
    }
    const { relays } = await lab.trio(n => (n === 1 ? { env } : {}))
    const relay = relays[1]
    if (relay === undefined) throw new RangeError('three relays have a second')
    const load = await Load.open(lab, relays)
    const notes: string[] = []
    load.start()
    await load.more(20)
    for (const minutes of [stepMinutes, -stepMinutes]) {
      set(minutes)
      await load.more(60)
      const { aheadMs } = load.of(relay)
      if (!(Math.abs(aheadMs - minutes * 60_000) <= toleranceMs))
        throw new Error(`the relay's clock is ${aheadMs} ms ahead, and not ${minutes} minutes: it did not move`)
      notes.push(`${minutes > 0 ? '+' : ''}${minutes} min: its receipts say ${Math.round(aheadMs / 1000)} s`)
    }
    const title = `clock of one relay jumps by ±${stepMinutes} min`
    yield { title, keeps: true, notes, ...(await settle(load, await lab.observer(), relays)) }
  }
}
