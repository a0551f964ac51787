/** Ids ground next to a mailbox's keys (SPEC §6.2, §7.5). `npm run sybil` does more of each and prints tables. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { besiegedContacts } from '../../attack/sybil-contact.ts'
import { captures, sybil, type SybilRow } from '../../attack/sybil.ts'

const lookups = 2
const honest = 60

async function rowsOf(
  which: (row: { first: number; second: number; oneNetwork?: boolean }) => boolean
): Promise<SybilRow[]> {
  const rows: SybilRow[] = []
  for await (const row of sybil({ lookups, honest, wanted: captures.filter(which) })) rows.push(row)
  return rows
}

test('with all 20 places next to one key held by liars every stranger finds the mailbox, where one key alone finds none', async () => {
  const rows = await rowsOf(({ first, second }) => first >= 20 && second === 0)
  assert.equal(rows.length, 5)
  for (const row of rows) assert.deepEqual([row.lie, row.found, row.foundByFirst], [row.lie, lookups, 0])
})

test('with 19 of 20 places next to both keys held by liars every stranger finds the mailbox', async () => {
  for (const row of await rowsOf(({ first, second }) => first === 19 && second === 19)) assert.equal(row.found, lookups)
})

test('40 liars next to both keys on one network do not hide a mailbox', async () => {
  for (const row of await rowsOf(({ oneNetwork }) => oneNetwork === true)) assert.equal(row.found, lookups)
})

test('with all 20 places next to both keys held by liars on many networks strangers are lost: what is not promised is seen', async () => {
  const rows = await rowsOf(({ first, second, oneNetwork }) => first === 20 && second === 20 && oneNetwork !== true)
  for (const row of rows) assert.equal(row.found, 0)
})

test('whoever has heard from a contact delivers to it at once with all of both neighbourhoods lying, moved or not', async () => {
  for await (const { lie, moved, tries, delivered } of besiegedContacts({ tries: 1 }))
    assert.deepEqual([lie, moved, delivered], [lie, moved, tries])
})
