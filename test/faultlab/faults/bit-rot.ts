/** Bits of one relay's store flip while it is stopped, in its tables or in its log. Whatever it does then, it does not lie. */
import { closeSync, globSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Chance } from '../../sim/chance.ts'
import type { Fault, Row } from '../fault.ts'
import type { Lab, Trio } from '../lab.ts'
import { Load } from '../load.ts'
import type { LabRelayProcess } from '../relay.ts'
import { heldBy, settle } from '../settle.ts'
import { pause } from '../waiting.ts'

const flips = 6
/** The relay is equal to the others within this time, or it is replaced. */
const mendsMs = 20_000
const pollMs = 500
const storedMs = 60_000
/** Characters shown of what the command says. */
const wordsMax = 300

export const bitRot: Fault = {
  name: 'bit-rot',
  needs: [],
  async *run(lab): AsyncGenerator<Row> {
    const trio = await lab.trio()
    for (const kind of ['ldb', 'log']) yield await rot(lab, trio, kind)
  }
}

async function rot(lab: Lab, trio: Trio, kind: string): Promise<Row> {
  const relay = lab.chance.pick(trio.relays)
  const load = await Load.open(lab, trio.relays)
  load.start()
  await load.more(80)
  // what was in its log is in a table after this
  await relay.end('SIGTERM')
  await trio.restart(relay)
  await load.more(60)
  await relay.end()
  await load.more(10)
  await load.stop()
  await load.flush(storedMs)
  const where = flipBits(lab.chance, relay.data, kind)
  const notes = [`flipped: ${where.join(', ')}`, ...(await startAgain(lab, load, trio, relay))]
  const title = `${flips} bits flip in the ${kind === 'ldb' ? 'tables' : 'log'} of one relay`
  // with its disk went the acks that only it had confirmed
  const settled = await settle(load, await lab.observer(), trio.relays, { ackedBy: 2 })
  return { title, keeps: true, notes, ...settled }
}

/** One bit each at places by chance, among all bytes of the files of that kind. @returns file@offset */
function flipBits(chance: Chance, data: string, kind: string): string[] {
  const files = globSync(join(data, 'store', `*.${kind}`)).filter(path => statSync(path).size > 0)
  return Array.from({ length: flips }, () => {
    const path = chance.pick(files)
    const at = chance.below(statSync(path).size)
    const file = openSync(path, 'r+')
    const byte = new Uint8Array(1)
    readSync(file, byte, 0, 1, at)
    byte[0] = (byte[0] ?? 0) ^ (1 << chance.below(8))
    writeSync(file, byte, 0, 1, at)
    closeSync(file)
    return `${path.slice(path.lastIndexOf('/') + 1)}@${at}`
  })
}

/**
 * Starts it on what is left. A relay that does not start, or does not become equal to the others by itself, has its
 * store repaired by the command; when that is not enough either, it gets a new one.
 */
async function startAgain(lab: Lab, load: Load, trio: Trio, relay: LabRelayProcess): Promise<string[]> {
  const notes: string[] = []
  const first = await attempt(lab, load, trio, relay, notes)
  if (first) return notes
  await relay.end('SIGTERM')
  const { code, printed } = relay.repairStore()
  notes.push(`mailbox relay repair ended with ${code}: ${printed.trim().slice(0, wordsMax)}`)
  if (code === 0 && (await attempt(lab, load, trio, relay, notes))) return notes
  await replace(load, trio, relay)
  return [...notes, 'it was given a new store']
}

/** @returns whether it started and came to hold what the others hold @throws Error when it was killed */
async function attempt(lab: Lab, load: Load, trio: Trio, relay: LabRelayProcess, notes: string[]): Promise<boolean> {
  try {
    await trio.restart(relay)
  } catch (error) {
    if (typeof (await relay.ended) !== 'number') throw error
    notes.push(`it did not start (${/"code":"(\w+)"/.exec(relay.words)?.[1] ?? 'no code'})`)
    return false
  }
  const before = await compared(lab, load, trio, relay)
  let now = before
  for (let waited = 0; waited < mendsMs && now !== equal; waited += pollMs) {
    await pause(pollMs)
    now = await compared(lab, load, trio, relay)
  }
  notes.push(`it started and ${before}; ${now === equal ? 'then' : `after ${mendsMs / 1000} s`} it ${now}`)
  return now === equal
}

const equal = 'held what the others hold'

/** What the relay gives, beside what another gives. */
async function compared(lab: Lab, load: Load, { relays }: Trio, relay: LabRelayProcess): Promise<string> {
  const observer = await lab.observer()
  const others = relays.filter(other => other !== relay)
  const ids = await heldBy(relay, load.mailboxes, observer)
  if (ids === undefined) return 'gave errors'
  load.ledger.served(ids)
  const wanted = await Promise.all(others.map(async other => await heldBy(other, load.mailboxes, observer)))
  const all = wanted.reduce<ReadonlySet<string>>((sum, set) => sum.union(set ?? new Set()), new Set())
  const lacking = all.difference(ids).size
  const more = ids.difference(all).size
  if (lacking === 0 && more === 0 && wanted.every(set => set?.size === all.size)) return equal
  return `lacked ${lacking} of ${all.size} and had ${more} more`
}

/** The same relay, with its key and without its store; the owners open their mailboxes there again. */
async function replace(load: Load, trio: Trio, relay: LabRelayProcess): Promise<void> {
  await relay.end()
  rmSync(join(relay.data, 'store'), { recursive: true })
  await trio.restart(relay)
  await Promise.all(load.owners.map(async ({ mailbox }) => await mailbox.register()))
}
