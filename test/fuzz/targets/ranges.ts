/** Reconciliation messages, at both ends (SPEC §9.6). The first byte is the size of the set that they meet. */
import assert from 'node:assert/strict'
import { reconcileBytesMax } from '../../../src/limits.ts'
import { RangeReader } from '../../../src/relay/ranges.ts'
import { Initiator, ItemSet, respond, type Item } from '../../../src/relay/reconcile.ts'
import { fixedBytes } from '../../vectors/fixed.ts'
import { joined } from '../mutate.ts'
import type { Target } from '../target.ts'

const item = (n: number): Item => ({ key: 100 + (n % 7), id: fixedBytes(`item ${n}`, 32) })
const items = Array.from({ length: 255 }, (_, n) => item(n))
const sets = [0, 1, 3, 40, 255].map(size => new ItemSet(items.slice(0, size)))
const setOf = (n: number): ItemSet => sets[n % sets.length] as ItemSet

export const ranges: Target = {
  name: 'ranges',
  reads: 'reconciliation messages, asked and answered (§9.6)',
  codes: ['MALFORMED'],
  head: 1,
  seeds: async () => {
    const theirs = sets.map(set => new Initiator(set).start())
    return theirs.flatMap((question, n) =>
      [0, 2, 3, 4].map(size => joined([Uint8Array.of(size), n % 2 === 0 ? question : respond(setOf(size), question)]))
    )
  },
  run: async input => {
    const set = setOf(input[0] ?? 0)
    const message = input.subarray(1)
    const answer = respond(set, message)
    assert(answer.length <= reconcileBytesMax, 'an answer over its limit')
    wholeMessage(answer)
    const { question } = new Initiator(set).next(message)
    if (question !== undefined) {
      assert(question.length <= reconcileBytesMax, 'a question over its limit')
      wholeMessage(question)
    }
  },
  // each range of at least three bytes is split into sixteen, or listed with an id of 32 bytes for each item of the set
  work: { base: 150_000, perByte: 1_500 }
}

/** What an end says is read to its end. */
function wholeMessage(message: Uint8Array): void {
  const reader = new RangeReader(message)
  while (!reader.ended) {
    reader.bound()
    const mode = reader.varint()
    if (mode === 1) reader.bytes(16)
    else if (mode === 2) reader.ids()
    else assert.equal(mode, 0)
  }
}
