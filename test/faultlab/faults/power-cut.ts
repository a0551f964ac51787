/**
 * The power of one relay, and of all three, is cut under load: each relay's data is on a file system of its own, which is
 * shut down without writing its journal. The same is done to relays that never sync: the lab must see what these lose.
 */
import type { LoopDisk } from '../disk.ts'
import { cutPower } from '../disk.ts'
import type { Fault, Row } from '../fault.ts'
import { heldOnDisk } from '../held.ts'
import type { Lab, Trio } from '../lab.ts'
import { Load } from '../load.ts'
import type { LabRelayProcess } from '../relay.ts'
import { settle } from '../settle.ts'

const diskMiB = 64
/** Messages stored before the cut, at full speed. */
const storedBefore = 150

const unsynced = { lab: { sync: false } }

interface Machine {
  readonly relay: LabRelayProcess
  readonly disk: LoopDisk
}

export const powerCut: Fault = {
  name: 'power-cut',
  needs: ['root', 'mkfs.ext4', 'fsck.ext4', 'loop', 'python3 or perl'],
  async *run(lab): AsyncGenerator<Row> {
    const disks = [0, 1, 2].map(n => lab.disk(`disk${n}`, diskMiB))
    const trio = await lab.trio(n => ({ data: `${disks[n]?.path}/relay` }))
    const machines = disks.map((disk, n) => ({ disk, relay: trio.relay(n) }))
    for (const sync of [true, false]) {
      if (!sync) await withoutSync(trio)
      yield await cut(lab, trio, { sync, victims: [lab.chance.pick(machines)], of: machines })
      yield await cut(lab, trio, { sync, victims: machines, of: machines })
    }
  }
}

/** The same relays, run by a program that leaves everything in the page cache. */
async function withoutSync(trio: Trio): Promise<void> {
  for (const relay of trio.relays) await relay.end('SIGTERM')
  for (const relay of trio.relays) await trio.restart(relay, unsynced)
}

async function cut(
  lab: Lab,
  trio: Trio,
  o: { sync: boolean; victims: readonly Machine[]; of: readonly Machine[] }
): Promise<Row> {
  const observer = await lab.observer()
  const load = await Load.open(lab, trio.relays, { pauseMs: 0, owners: o.sync })
  // the mailboxes are opened; what counts is what comes after
  for (const { disk } of o.of) disk.sync()
  load.start()
  await load.more(storedBefore)
  cutPower(o.victims.map(({ disk }) => disk))
  await Promise.all(o.victims.map(async ({ relay }) => await relay.end()))
  const notes: string[] = []
  for (const { relay, disk } of o.victims) {
    disk.recover()
    const { ids, opens } = await heldOnDisk(relay.data)
    const broken = load.ledger.heldAlone(relay.id, ids)
    notes.push(
      `${relay.name}: ${opens ? `holds ${ids.size} records` : 'its store does not open'}, ${broken} receipts broken`
    )
  }
  await Promise.all(o.victims.map(async ({ relay }) => await trio.restart(relay, o.sync ? {} : unsynced)))
  const title = `power cut of ${o.victims.length} of 3 relays${o.sync ? '' : ', sync off: must lose'}`
  return { title, keeps: o.sync, notes, ...(await settle(load, observer, trio.relays)) }
}
