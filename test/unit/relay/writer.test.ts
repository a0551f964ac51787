import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromString } from 'uint8arrays'
import { commitGroupMax, commitQueueMax } from '../../../src/limits.ts'
import { Rows } from '../../../src/relay/database.ts'
import { metaKey, readU64 } from '../../../src/relay/keys.ts'
import type { CommitReport, Operation } from '../../../src/relay/writer.ts'
import { Writer } from '../../../src/relay/writer.ts'
import { aTurn, GatedLevel } from '../../helpers/relays.ts'

const put = (name: string, value = 1): Operation<string> => ({
  reads: [],
  bytes: 1,
  apply: tx => {
    tx.put(fromString(name), Uint8Array.of(value))
    return name
  }
})
const heldIn = async (db: GatedLevel, ...names: string[]): Promise<Array<number | undefined>> =>
  (await new Rows(db).getMany(names.map(name => fromString(name)))).map(value => value?.[0])
const numbered: Operation<number> = { reads: [], bytes: 1, apply: tx => tx.nextSeq() }

async function opened(db = new GatedLevel()): Promise<{ db: GatedLevel; writer: Writer; reports: CommitReport[] }> {
  const rows = new Rows(db)
  await rows.open()
  const seq = await rows.get(metaKey('seq'))
  const reports: CommitReport[] = []
  return {
    db,
    reports,
    writer: new Writer(rows, seq === undefined ? 0 : readU64(seq), {
      committed: report => {
        reports.push(report)
      }
    })
  }
}

test('what is submitted while a commit runs goes into the next batch, all of it', async () => {
  const { db, writer, reports } = await opened()
  const { entered, release } = db.hold()
  const first = writer.submit(put('first'))
  await entered
  const rest = Array.from({ length: 100 }, async (_, n) => await writer.submit(put(`k${n}`)))
  assert.equal(writer.queued, 100)
  release()
  await Promise.all([first, ...rest])
  assert.equal(db.batches, 2)
  assert.deepEqual(
    reports.map(({ operations }) => operations),
    [1, 100]
  )
})

test('operations of one turn share one batch, and a batch holds no more than commitGroupMax of them', async () => {
  const { db, writer, reports } = await opened()
  await Promise.all(Array.from({ length: commitGroupMax + 1 }, async (_, n) => await writer.submit(put(`k${n}`))))
  assert.equal(db.batches, 2)
  assert.deepEqual(
    reports.map(({ operations }) => operations),
    [commitGroupMax, 1]
  )
})

test('nobody is answered before the batch is written', async () => {
  const { db, writer } = await opened()
  const { entered, release } = db.hold()
  let answered = false
  const written = writer.submit(put('k')).then(() => {
    answered = true
  })
  await entered
  // as long as it would take to answer
  for (let turn = 0; turn < 10; turn++) await aTurn()
  assert.equal(answered, false)
  release()
  await written
  assert.deepEqual(await heldIn(db, 'k'), [1])
})

test('G1: every batch is written with sync', async () => {
  const asked: unknown[] = []
  class Recorder extends GatedLevel {
    override async _batch(...args: unknown[]): Promise<void> {
      asked.push((args[1] as { sync?: unknown }).sync)
      await super._batch(...args)
    }
  }
  const { writer } = await opened(new Recorder())
  await writer.submit(put('one'))
  await writer.submit(numbered)
  assert.deepEqual(asked, [true, true])
})

test('a group is answered when its own batch is written, while the next one still waits for the disk', async () => {
  const { db, writer } = await opened()
  const first = db.hold()
  const written = writer.submit(put('first'))
  await first.entered
  const waiting = writer.submit(put('second'))
  first.release()
  const second = db.hold()
  await second.entered
  assert.equal(await written, 'first')
  assert.deepEqual(await heldIn(db, 'first', 'second'), [1, undefined])
  second.release()
  assert.equal(await waiting, 'second')
})

test('an operation that throws is dropped alone, with all it had written', async () => {
  const { db, writer } = await opened()
  const refusal = new Error('refused')
  const refused: Operation<void> = {
    reads: [],
    bytes: 1,
    apply: tx => {
      tx.put(fromString('half'), Uint8Array.of(1))
      throw refusal
    }
  }
  const results = await Promise.allSettled([writer.submit(put('a')), writer.submit(refused), writer.submit(put('b'))])
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled']
  )
  assert.equal(results[1].status === 'rejected' && results[1].reason, refusal)
  assert.equal(db.batches, 1)
  assert.deepEqual(await heldIn(db, 'a', 'half', 'b'), [1, undefined, 1])
})

test('an operation sees what earlier ones of its group wrote and removed', async () => {
  const { writer } = await opened()
  const key = fromString('k')
  const seen = (): Operation<number | undefined> => ({ reads: [key], bytes: 1, apply: tx => tx.get(key)?.[0] })
  const removed: Operation<void> = {
    reads: [key],
    bytes: 1,
    apply: tx => {
      tx.del(key)
    }
  }
  assert.deepEqual(
    await Promise.all([
      writer.submit(seen()),
      writer.submit(put('k', 7)),
      writer.submit(seen()),
      writer.submit(removed),
      writer.submit(seen())
    ]),
    [undefined, 'k', 7, undefined, undefined]
  )
})

test('arrival numbers rise and are never given twice, also after a crash between two commits', async () => {
  const db = new GatedLevel()
  const before = await opened(db)
  const given = await Promise.all([1, 2, 3].map(async () => await before.writer.submit(numbered)))
  assert.deepEqual(given, [1, 2, 3])
  // the process is gone without close; another opens the same store
  const after = await opened(db)
  const next = await after.writer.submit(numbered)
  assert.ok(next > Math.max(...given))
})

test('a number that a refused operation took leaves its block reserved', async () => {
  const db = new GatedLevel()
  const before = await opened(db)
  const refused: Operation<never> = {
    reads: [],
    bytes: 1,
    apply: tx => {
      throw new Error(`refused ${tx.nextSeq()}`)
    }
  }
  const [, given] = await Promise.allSettled([before.writer.submit(refused), before.writer.submit(numbered)])
  assert.ok(given.status === 'fulfilled')
  const after = await opened(db)
  assert.ok((await after.writer.submit(numbered)) > given.value)
})

test('G11: after a batch that failed, its operations and all later ones are STORE, also when the disk is back', async () => {
  const { db, writer } = await opened()
  db.left = 0
  const results = await Promise.allSettled([writer.submit(put('a')), writer.submit(put('b'))])
  for (const result of results)
    assert.equal(result.status === 'rejected' && (result.reason as { code: string }).code, 'STORE')
  db.left = Infinity
  await assert.rejects(writer.submit(put('c')), { code: 'STORE' })
  assert.equal(writer.failure?.code, 'STORE')
  assert.equal(db.batches, 0)
})

test('a full queue is BUSY, names the limit and refuses nothing that it took', async () => {
  const { db, writer } = await opened()
  const { entered, release } = db.hold()
  const first = writer.submit(put('first'))
  await entered
  const taken = Array.from({ length: commitQueueMax }, async (_, n) => await writer.submit(put(`k${n % 10}`)))
  await assert.rejects(writer.submit(put('over')), { code: 'BUSY', limit: 'commitQueueMax' })
  release()
  await Promise.all([first, ...taken])
  await writer.submit(put('again'))
})

test('G12: close completes what was accepted and refuses what comes after', async () => {
  const { db, writer } = await opened()
  const accepted = [writer.submit(put('a')), writer.submit(put('b'))]
  const closed = writer.close()
  await assert.rejects(writer.submit(put('late')), { code: 'CLOSED' })
  await closed
  assert.deepEqual(await Promise.all(accepted), ['a', 'b'])
  assert.deepEqual(await heldIn(db, 'a', 'b'), [1, 1])
})
