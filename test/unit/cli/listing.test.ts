import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { eachOf, find, idOf, parseTime } from '../../../src/cli/listing.ts'
import { isMailboxError } from '../../../src/errors.ts'

const idA = 'aaaa'.padEnd(64, '0')
const idB = 'aaab'.padEnd(64, '0')
const shelf = {
  get: async (id: string) => await Promise.resolve([idA, idB].includes(id) ? { id } : undefined),
  list: async function* () {
    yield* await Promise.resolve([{ id: idA }, { id: idB }])
  },
  called: 'this inbox',
  command: 'mailbox inbox'
}

test('a message is named by its id or by enough of its beginning', async () => {
  assert.equal(await idOf(shelf, 'AAAA0'), idA)
  assert.deepEqual(await find(shelf, idB), { id: idB })
})

test('a beginning of several ids or of none, and what is no id, are said to be so', async () => {
  for (const [text, code] of [
    ['aaa', 'USAGE'],
    ['latest', 'USAGE'],
    ['a'.repeat(65), 'USAGE'],
    ['bbbb', 'NOT_FOUND'],
    ['b'.repeat(64), 'NOT_FOUND']
  ] as const)
    await assert.rejects(find(shelf, text), error => isMailboxError(error, code), text)
  const twins = { ...shelf, list: () => Readable.from([{ id: idA }, { id: idA.replace(/0$/, '1') }]) }
  await assert.rejects(idOf(twins, 'aaaa'), /begins 2 ids in this inbox/)
})

test('a time is a date, a date with a time, or how long ago', () => {
  const now = Date.UTC(2026, 0, 31)
  assert.equal(parseTime('2026-01-31', now), now)
  assert.equal(parseTime('2026-01-31T10:00Z', now), now + 36_000_000)
  assert.deepEqual(
    ['30m', '12h', '7d', '2w'].map(text => now - (parseTime(text, now) ?? 0)),
    [1_800_000, 43_200_000, 604_800_000, 1_209_600_000]
  )
  assert.deepEqual(
    ['yesterday', '31.01.2026', '2026-13-01', '7 d', '', '-1d'].map(text => parseTime(text, now)),
    Array.from({ length: 6 })
  )
})

test('a list is read in pages until its limit, and says where the rest begins', async () => {
  const items = Array.from({ length: 200 }, (_, at) => String(at))
  const asked: number[] = []
  const page = async ({ seek = '0', limit }: { seek?: string; limit: number }) => {
    asked.push(limit)
    const first = Number(seek)
    const next = items[first + limit]
    return await Promise.resolve({ items: items.slice(first, first + limit), ...(next === undefined ? {} : { next }) })
  }
  const seen: string[] = []
  const query = { limit: 150, order: 'newest' as const }
  const next = await eachOf(page, query, item => {
    seen.push(item)
  })
  assert.deepEqual([seen, next, asked], [items.slice(0, 150), '150', [64, 64, 22]])
  assert.equal(await eachOf(page, { ...query, limit: 1_000 }, () => undefined), undefined)
})
