/**
 * A whole store, looked at or made sound while no relay runs on it (SPEC §9.11): its mailboxes one by one, and what
 * belongs to none.
 */
import { concat } from 'uint8arrays/concat'
import type { Environment } from '../environment.ts'
import { hourOf } from '../environment.ts'
import { isMailboxError } from '../errors.ts'
import { openBundle } from '../identity/bundle.ts'
import { openHostConfig } from '../identity/device.ts'
import { openLocator } from '../identity/locator.ts'
import { quarantinedMax } from '../limits.ts'
import { checkVersion, storeVersion } from './beginning.ts'
import { corrupt, unsealed, type Range, type Rows, type Write } from './database.ts'
import { asideIn, examine, keepingAside, type Examined, type Problem } from './examine.ts'
import {
  inviteKeyBytes,
  isCutShort,
  kinds,
  mailboxOfKey,
  metaKey,
  nameOf,
  quarantineKey,
  rangeOf,
  readU64,
  u32,
  u64
} from './keys.ts'
import { decodeRuns, encodeRuns, epochBytes } from './runs.ts'

export interface Survey {
  /** With a lease, run out or not. */
  readonly mailboxes: number
  readonly records: number
  /** Of records. */
  readonly bytes: number
  /** Ids and tombstones remembered. */
  readonly tombstones: number
  /** Rows set aside, now and before. */
  readonly quarantined: number
  readonly problems: ReadonlyMap<Problem, number>
}

const slash = 0x2f
const dueKeyBytes = 1 + 4 + 32
const mailboxKinds = [
  kinds.record,
  kinds.entry,
  kinds.counters,
  kinds.lease,
  kinds.locator,
  kinds.bundle,
  kinds.config,
  kinds.mark,
  kinds.tombstone,
  kinds.shelf,
  kinds.left
]

/** What belongs to no mailbox, and kinds that this version does not write; keys of libp2p's own data begin with '/'. */
const elsewhere: readonly Range[] = [
  { lt: rangeOf(kinds.meta).gte },
  rangeOf(kinds.meta),
  rangeOf(kinds.due),
  rangeOf(kinds.quarantine),
  rangeOf(kinds.invite),
  { gte: rangeOf(kinds.invite).lt, lt: rangeOf(slash).gte },
  { gte: rangeOf(slash).lt }
]
const metaNames = ['version', 'runs', 'seq'].map(name => nameOf(metaKey(name)))

class SurveyTally {
  mailboxes = 0
  records = 0
  bytes = 0
  tombstones = 0
  quarantined = 0
  lastSeq = 0
  readonly problems = new Map<Problem, number>()

  found(problem: Problem): void {
    this.problems.set(problem, (this.problems.get(problem) ?? 0) + 1)
  }

  mailbox({ problems, isHosted, after, lastSeq }: Examined): void {
    if (isHosted) this.mailboxes++
    this.records += after.records
    this.bytes += after.bytes
    this.tombstones += after.tombstones
    this.lastSeq = Math.max(this.lastSeq, lastSeq)
    for (const problem of problems) this.found(problem)
  }
}

/**
 * @param o.mend writes what makes the store sound; else nothing is written
 * @throws MailboxError STORE_VERSION; STORE when something cannot be written, or the store cannot be read at all
 */
export async function survey(rows: Rows, o: { env: Environment; mend: boolean }): Promise<Survey> {
  const tally = new SurveyTally()
  const write = async (writes: readonly Write[]): Promise<void> => {
    if (!o.mend || writes.length === 0) return
    const kept = keepingAside(writes, quarantinedMax - tally.quarantined)
    tally.quarantined += asideIn(kept)
    await rows.write(kept)
  }
  const isBegun = await checkVersion(rows)
  await eachRow(rows, tally, rangeOf(kinds.quarantine), () => {
    tally.quarantined++
    return []
  })
  const { mailboxes, strays } = await mailboxesIn(rows, tally)
  const options = { nowHour: hourOf(o.env.now()), checkDocument }
  for (const mailbox of mailboxes.values()) {
    try {
      const examined = await examine(rows, mailbox, options)
      tally.mailbox(examined)
      await write(examined.writes)
    } catch (error) {
      if (!isMailboxError(error, 'STORE') || o.mend) throw error
      tally.found('unreadable')
    }
  }
  for (const key of strays) await write(await setAside(rows, tally, { gte: key, lt: concat([key, Uint8Array.of(0)]) }))
  for (const range of elsewhere) await write(await setAside(rows, tally, range))
  await write(await numbers(rows, tally, isBegun, o.env))
  return tally
}

/** Sets aside what is corrupt there, or has no place there; what falls due is written again with its mailbox. */
async function setAside(rows: Rows, tally: SurveyTally, range: Range): Promise<Write[]> {
  return await eachRow(rows, tally, range, (key, bytes) => {
    if (belongs(key, bytes)) return []
    tally.found('corrupt')
    // all that a used invite says is in its key: set aside it could be used again
    if (isInvite(key)) return [{ type: 'put', key, value: new Uint8Array(0) }]
    const removed: Write = { type: 'del', key }
    return key[0] === kinds.quarantine ? [removed] : [removed, { type: 'put', key: quarantineKey(key), value: bytes }]
  })
}

function belongs(key: Uint8Array, bytes: Uint8Array): boolean {
  if (key[0] === kinds.meta) {
    // what is wrong with the numbers is said once, by whoever writes them anew
    return metaNames.includes(nameOf(key))
  }
  const isDue = key[0] === kinds.due && key.byteLength === dueKeyBytes
  const isPlaced = isDue || isInvite(key) || key[0] === kinds.quarantine
  return isPlaced && unsealed(key, bytes) !== corrupt
}

const isInvite = (key: Uint8Array): boolean => key[0] === kinds.invite && key.byteLength === inviteKeyBytes

/** Arrival numbers go on above every one that is there. If they are not known no cursor from before holds. */
async function numbers(rows: Rows, tally: SurveyTally, isBegun: boolean, env: Environment): Promise<Write[]> {
  const [seq, runs] = await rows.lookAll([metaKey('seq'), metaKey('runs')])
  const given = seq === undefined || seq === corrupt ? 0 : readU64(seq)
  const isKnown = seq !== corrupt && runs !== corrupt && decodeRuns(runs).length > 0
  const isSound = isBegun ? isKnown && tally.lastSeq <= given : tally.lastSeq === 0
  if (isSound) return []
  tally.found('arrival numbers wrong')
  const after = Math.max(given, tally.lastSeq)
  return [
    { type: 'put', key: metaKey('version'), value: u32(storeVersion) },
    { type: 'put', key: metaKey('seq'), value: u64(after) },
    { type: 'put', key: metaKey('runs'), value: encodeRuns([{ epoch: env.random(epochBytes), after }]) }
  ]
}

/**
 * Every mailbox that a row names, by name, and the keys that are too short to name one. Bounded by the mailboxes of the
 * relay and of its neighbourhood, and by what is damaged.
 */
async function mailboxesIn(
  rows: Rows,
  tally: SurveyTally
): Promise<{ mailboxes: Map<string, Uint8Array>; strays: Uint8Array[] }> {
  const mailboxes = new Map<string, Uint8Array>()
  const strays: Uint8Array[] = []
  for (const kind of mailboxKinds) {
    await eachRow(rows, tally, { ...rangeOf(kind), values: false }, key => {
      // its beginning would be taken for that of other mailboxes
      if (isCutShort(key)) strays.push(key.slice())
      else mailboxes.set(nameOf(mailboxOfKey(key)), mailboxOfKey(key))
      return []
    })
  }
  return { mailboxes, strays }
}

async function eachRow(
  rows: Rows,
  tally: SurveyTally,
  range: Range,
  see: (key: Uint8Array, bytes: Uint8Array) => readonly Write[]
): Promise<Write[]> {
  const writes: Write[] = []
  const cursor = rows.scanRaw(range)
  try {
    for (;;) {
      const found = await cursor.nextv(1_024)
      if (found.length === 0) return writes
      for (const [key, bytes] of found) writes.push(...see(key, bytes))
    }
  } catch (error) {
    if (!isMailboxError(error, 'STORE')) throw error
    // LevelDB gives up at a block that it cannot read
    tally.found('unreadable')
    return writes
  } finally {
    await cursor.close()
  }
}

async function checkDocument(kind: number, mailbox: Uint8Array, bytes: Uint8Array): Promise<unknown> {
  const o = { mailbox }
  if (kind === kinds.locator || kind === kinds.shelf) return await openLocator(bytes, o)
  if (kind === kinds.bundle) return await openBundle(bytes, o)
  return kind === kinds.config ? await openHostConfig(bytes, o) : undefined
}
