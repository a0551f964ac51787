/** A relay's pages, whatever the sizes of the records and the limits of a pull (SPEC §8.5). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemoryLevel } from 'memory-level'
import { systemEnvironment } from '../../src/environment.ts'
import { deposit } from '../../src/relay/operations.ts'
import { RelayStore } from '../../src/relay/store.ts'

const mailbox = new Uint8Array(32).fill(7)
const nowHour = 10
const lane = { kind: 'strangers', room: { records: 1_000, bytes: 1_000_000 } } as const

const idOf = (n: number): Uint8Array => {
  const id = new Uint8Array(32)
  new DataView(id.buffer).setUint32(0, n)
  return id
}

async function storeWith(records: ReadonlyArray<{ bytes: number; expired: boolean }>): Promise<RelayStore> {
  const store = await RelayStore.open(new MemoryLevel(), systemEnvironment)
  const writes = records.map(async ({ bytes, expired }, n) => {
    const stored = new Uint8Array(bytes)
    new DataView(stored.buffer).setUint32(0, n)
    const fields = { mailbox, id: idOf(n), stored, receivedMs: 1, lane }
    await store.write(deposit({ ...fields, expiresHour: expired ? nowHour : nowHour + 1 }))
  })
  await Promise.all(writes)
  return store
}

test('pages hold every live record once and in order, keep their limits, and say truly whether there is more', async () => {
  const record = fc.record({ bytes: fc.integer({ min: 4, max: 400 }), expired: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 2_000 }),
      async (records, recordsMax, bytesMax) => {
        const store = await storeWith(records)
        const live = records.flatMap(({ expired }, n) => (expired ? [] : [n]))
        const got: number[] = []
        // one live record a page at least
        for (let after = 0, more = true, pages = 0; more; pages++) {
          assert.ok(pages <= live.length)
          const page = await store.page(mailbox, after, { recordsMax, bytesMax, nowHour })
          const bytes = page.records.reduce((sum, { byteLength }) => sum + 4 + byteLength, 0)
          assert.ok(page.records.length <= recordsMax)
          assert.ok(page.records.length === 1 || bytes <= bytesMax)
          for (const stored of page.records) got.push(new DataView(stored.buffer, stored.byteOffset).getUint32(0))
          assert.equal(page.more, got.length < live.length)
          ;({ lastSeq: after, more } = page)
        }
        assert.deepEqual(got, live)
      }
    ),
    { numRuns: 200 }
  )
})
