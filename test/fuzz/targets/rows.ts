/**
 * Rows of a relay's store whose checksum is right and whose content is not: a survey says so, mends once, and then finds
 * a sound store (SPEC §9.11). An input is the number of a row, a length for its key, and its value.
 */
import assert from 'node:assert/strict'
import { MemoryLevel } from 'memory-level'
import { Rows, sealed } from '../../../src/relay/database.ts'
import { createTombstone } from '../../../src/identity/tombstone.ts'
import { recordId } from '../../../src/identity/record.ts'
import {
  dueKey,
  encodeEntry,
  entryKey,
  mailboxKey,
  markKey,
  metaKey,
  recordKey,
  tombstoneKey,
  u32,
  u64
} from '../../../src/relay/keys.ts'
import { countIn, encodeCounters, noCounters, strangersLane } from '../../../src/relay/counters.ts'
import { encodeLease } from '../../../src/relay/operations.ts'
import { encodeRuns } from '../../../src/relay/runs.ts'
import { storeVersion } from '../../../src/relay/beginning.ts'
import { RelayStore } from '../../../src/relay/store.ts'
import { survey } from '../../../src/relay/survey.ts'
import { LeftMailbox, StoredRecord, Tombstone } from '../../../src/wire/messages.js'
import { createHash } from 'node:crypto'
import { bob, fixedBytes, nowHour, nowMs } from '../../vectors/fixed.ts'
import { locatorAt } from '../../vectors/positive.ts'
import { ManualClock } from '../../helpers/clients.ts'
import { joined } from '../mutate.ts'
import { bundleOf, configOf, recordOf } from '../signed.ts'
import type { Target } from '../target.ts'

type Row = readonly [key: Uint8Array, value: Uint8Array]
const views = { keyEncoding: 'view', valueEncoding: 'view' } as const
const mailbox = bob.key

async function soundRows(): Promise<Row[]> {
  const record = await recordOf(1, 'a stored message')
  const stored = StoredRecord.encode({ receivedMs: nowMs, ...record })
  const expiresHour = nowHour + 14 * 24
  const bytes = 4 + stored.length
  const removed = fixedBytes('removed', 32)
  const signed = await createTombstone(bob, { ids: [removed], dropAfterHour: nowHour + 20, issuedMs: nowMs })
  const digest = createHash('sha256').update(Tombstone.decode(signed).body).digest()
  const locator = await locatorAt(nowMs)
  const entry = { live: true, seq: 1, receivedMs: nowMs, expiresHour, bytes, lane: strangersLane }
  const buried = { live: false, seq: 0, receivedMs: 0, expiresHour: nowHour + 22, bytes: 0, lane: strangersLane }
  const counters = { ...noCounters(), tombstones: 2 }
  countIn(counters, strangersLane, bytes)
  return [
    [recordKey(mailbox, 1), joined([u32(expiresHour), stored])],
    [entryKey(mailbox, recordId(record)), encodeEntry(entry)],
    [entryKey(mailbox, removed), encodeEntry(buried)],
    [tombstoneKey(mailbox, digest), joined([u32(nowHour + 22), signed])],
    [mailboxKey('counters', mailbox), encodeCounters(counters)],
    [mailboxKey('lease', mailbox), encodeLease({ untilHour: nowHour + 100, registeredMs: nowMs })],
    [mailboxKey('locator', mailbox), locator.bytes],
    [mailboxKey('bundle', mailbox), (await bundleOf()).bytes],
    [mailboxKey('config', mailbox), (await configOf()).bytes],
    [mailboxKey('shelf', mailbox), joined([u32(locator.validUntilHour), locator.bytes])],
    [
      mailboxKey('left', mailbox),
      LeftMailbox.encode({ sinceHour: nowHour, locator: locator.bytes, proved: [], dropped: false })
    ],
    [markKey(mailbox, mailbox), u64(1)],
    [dueKey(expiresHour, mailbox), new Uint8Array(0)],
    [dueKey(nowHour + 22, mailbox), new Uint8Array(0)],
    [dueKey(locator.validUntilHour, mailbox), new Uint8Array(0)],
    [metaKey('seq'), u64(131_072)],
    [metaKey('runs'), encodeRuns([{ epoch: fixedBytes('epoch', 16), after: 65_536 }])],
    [metaKey('version'), u32(storeVersion)]
  ]
}

const sound = await soundRows()

async function opened(rows: readonly Row[]): Promise<MemoryLevel> {
  const database = new MemoryLevel()
  await database.batch(
    rows.map(([key, value]) => ({ type: 'put' as const, key, value: sealed(key, value) })),
    views
  )
  return database
}

export const rows: Target = {
  name: 'rows',
  reads: 'rows of a store, with a right checksum (§9.1, §9.11)',
  codes: ['STORE_VERSION', 'STORE'],
  head: 2,
  seeds: async () => sound.map(([, value], n) => joined([Uint8Array.of(n, 255), value])),
  run: async input => {
    const [which = 0, keyLength = 255] = input
    const at = which % sound.length
    const [key, value] = sound[at] as Row
    const changed = [key.subarray(0, Math.max(1, Math.min(keyLength, key.length))), input.subarray(2)] as const
    const database = await opened(sound.toSpliced(at, 1, changed))
    const env = new ManualClock(nowMs)
    await survey(new Rows(database), { env, mend: true })
    const { problems } = await survey(new Rows(database), { env, mend: false })
    assert.deepEqual([...problems], [], 'a store that is not sound after it was mended')
    const store = await RelayStore.open(database, env)
    await store.page(mailbox, 0, { recordsMax: 10, bytesMax: 100_000, nowHour })
    await store.close()
    if (value.length === changed[1].length && Buffer.compare(value, changed[1]) === 0)
      assert(store.failure === undefined)
  },
  work: { base: 1_000_000, perByte: 500 }
}
