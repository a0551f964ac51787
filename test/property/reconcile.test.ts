/** Reconciliation finds exactly what differs, whatever the sets (SPEC §9.6). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { reconcileBytesMax, reconcileRoundsMax } from '../../src/limits.ts'
import { Initiator, ItemSet, respond, type Item } from '../../src/relay/reconcile.ts'
import { differences } from '../helpers/reconciliation.ts'

const textOf = (ids: readonly Uint8Array[]): string[] => ids.map(id => Buffer.from(id).toString('hex')).sort()

/** Few keys and few distinct bytes, so that items share keys and prefixes. */
const item = fc
  .tuple(fc.integer({ min: 0, max: 5 }), fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.boolean())
  .map(([hour, bytes, far]): Item => {
    const id = new Uint8Array(32).fill(far ? 0xff : 0)
    id.set(bytes, 28)
    return { key: 500_000 + hour, id }
  })
const items = fc.uniqueArray(item, { maxLength: 400, selector: ({ key, id }) => `${key} ${textOf([id])[0] ?? ''}` })

test('G9: the difference found is the difference there is', () => {
  fc.assert(
    fc.property(items, fc.array(fc.nat(3), { minLength: 400, maxLength: 400 }), (all, places) => {
      const ours = all.filter((_, n) => places[n] !== 1)
      const theirs = all.filter((_, n) => places[n] !== 2)
      const { have, need } = differences(new ItemSet(ours), new ItemSet(theirs))
      assert.deepEqual(textOf(have), textOf(all.filter((_, n) => places[n] === 2).map(({ id }) => id)))
      assert.deepEqual(textOf(need), textOf(all.filter((_, n) => places[n] === 1).map(({ id }) => id)))
    }),
    { numRuns: 200 }
  )
})

test('any bytes are answered or refused as MALFORMED, and the answer keeps its limit', () => {
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map(bytes => Buffer.concat([Uint8Array.of(0x61), bytes])),
    fc.uint8Array({ maxLength: 40 })
  )
  fc.assert(
    fc.property(items, message, (all, bytes) => {
      const set = new ItemSet(all)
      for (const answer of [(): Uint8Array => respond(set, bytes), () => new Initiator(set).next(bytes).question]) {
        try {
          assert.ok((answer() ?? '').length <= reconcileBytesMax)
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'MALFORMED')
        }
      }
    }),
    { numRuns: 500 }
  )
})

test('two large sets that share nothing are told apart within the rounds allowed', () => {
  const set = (first: number): ItemSet =>
    new ItemSet(
      Array.from({ length: 10_000 }, (_, n) => {
        const id = new Uint8Array(32).fill(first)
        new DataView(id.buffer).setUint32(8, n * 2_654_435_761)
        return { key: 500_000 + (n % 300), id }
      })
    )
  const { have, need, rounds } = differences(set(1), set(2))
  assert.equal(have.length, 10_000)
  assert.equal(need.length, 10_000)
  assert.ok(rounds <= reconcileRoundsMax, `${rounds} rounds`)
})
