/** The disk of one relay fills up under load; it is started again while it is full, and when there is room again. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { LoopDisk } from '../disk.ts'
import type { Fault, Row } from '../fault.ts'
import type { Lab, Trio } from '../lab.ts'
import { Load } from '../load.ts'
import type { LabRelayProcess } from '../relay.ts'
import { heldBy, settle } from '../settle.ts'
import { until } from '../waiting.ts'

const diskMiB = 48
const MiB = 1024 * 1024
const env = { MAILBOX_DISK_FREE_BYTES_MIN: String(8 * MiB), MAILBOX_BALLAST_BYTES: String(12 * MiB) }
/** The relay serves again within this time after room was made, or it is started again. */
const recoversMs = 10_000
const answersMs = 15_000
/** Messages stored without a receipt of the relay, after which it is said to refuse. */
const unsignedRun = 20
const runsMax = 20

/** Writes until nothing fits any more. */
function fill(disk: LoopDisk): void {
  const file = openSync(filler(disk), 'a')
  try {
    for (const bytes of [MiB, 4096, 1]) writeAll(file, new Uint8Array(bytes).fill(1))
  } finally {
    closeSync(file)
  }
}

const filler = ({ path }: LoopDisk): string => join(path, 'filler')

/** Bounded by the disk. */
function writeAll(file: number, chunk: Uint8Array): void {
  try {
    while (writeSync(file, chunk) === chunk.byteLength);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

export const diskFull: Fault = {
  name: 'disk-full',
  needs: ['root', 'mkfs.ext4', 'loop'],
  async *run(lab): AsyncGenerator<Row> {
    const disk = lab.disk('small', diskMiB)
    const trio = await lab.trio(n => (n === 1 ? { data: `${disk.path}/relay`, env } : {}))
    const relay = trio.relay(1)
    const load = await Load.open(lab, trio.relays)
    load.start()
    await load.more(20)
    fill(disk)
    await refuses(load, relay)
    const notes = [`full: ${await answers(lab, load, relay)}`]
    notes.push(`full: ${await confirmsAcks(load, relay)}`)
    notes.push(`started again then: ${await restart(lab, load, trio, relay)}`)
    fill(disk)
    notes.push(`started with nothing free at all: ${await restart(lab, load, trio, relay)}`)
    rmSync(filler(disk))
    notes.push(`with room again: ${await recovers(load, trio, relay)}`)
    const settled = await settle(load, await lab.observer(), trio.relays)
    yield { title: 'the disk of one relay is full', keeps: true, notes, ...settled }
  }
}

async function refuses(load: Load, relay: LabRelayProcess): Promise<void> {
  for (let run = 0; run < runsMax; run++) {
    const { receipts } = load.of(relay)
    await load.more(unsignedRun)
    if (load.of(relay).receipts === receipts) return
  }
  throw new Error('the relay on the full disk still signs')
}

/** @throws Error unless it gives what it holds */
async function answers(lab: Lab, load: Load, relay: LabRelayProcess): Promise<string> {
  const observer = await lab.observer()
  let held: ReadonlySet<string> | undefined
  // a store that failed may just be opened again
  await until(answersMs, `${relay.name} answers pulls`, async () => {
    held = await heldBy(relay, load.mailboxes, observer)
    return held !== undefined
  })
  return `it gives the ${held?.size} records it holds, and says ${(await relay.ready()) === true ? 'ready' : 'not ready'}`
}

/** @throws Error unless it confirms acks that come now */
async function confirmsAcks(load: Load, relay: LabRelayProcess): Promise<string> {
  const { acks } = load.of(relay)
  await until(answersMs, `${relay.name} confirms acks`, () => load.of(relay).acks > acks)
  return 'it confirms acks'
}

/** Whether it serves then, or with which code it refuses to. @throws Error when it just dies */
async function restart(lab: Lab, load: Load, trio: Trio, relay: LabRelayProcess): Promise<string> {
  await relay.end('SIGTERM')
  try {
    await trio.restart(relay)
  } catch (error) {
    const end = await relay.ended
    const code = /"code":"(\w+)"/.exec(relay.words)?.[1]
    if (typeof end !== 'number' || code === undefined) throw error
    return `it ends with ${end}, ${code}`
  }
  return await answers(lab, load, relay)
}

async function recovers(load: Load, trio: Trio, relay: LabRelayProcess): Promise<string> {
  if (relay.running) {
    const { receipts } = load.of(relay)
    try {
      await until(recoversMs, 'it signs again', () => load.of(relay).receipts > receipts)
      return 'it signs again by itself'
    } catch {
      await relay.end('SIGTERM')
    }
  }
  await trio.restart(relay)
  return 'it was started again'
}
