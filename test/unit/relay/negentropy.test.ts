/** Our answering end against another implementation's asking end (SPEC §9.6): nostr-tools, whose keys end at 2^31. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reconcileListMax } from '../../../src/limits.ts'
import { Initiator, ItemSet, respond, type Item } from '../../../src/relay/reconcile.ts'

interface TheirSet {
  insert: (timestamp: number, id: string) => void
  seal: () => void
}
interface TheirEnd {
  initiate: () => string
  reconcile: (message: string, onHave: (id: string) => void, onNeed: (id: string) => void) => string | null
}
// the package does not export this module
const module = new URL('../../../node_modules/nostr-tools/lib/esm/nip77.js', import.meta.url)
const { Negentropy, NegentropyStorageVector } = (await import(module.href)) as {
  Negentropy: new (set: TheirSet) => TheirEnd
  NegentropyStorageVector: new () => TheirSet
}

const roundsMax = 50

/** Deterministic ids that are spread evenly. */
function itemsOf(from: number, to: number): Item[] {
  return Array.from({ length: to - from }, (_, n) => {
    const id = new Uint8Array(32)
    for (let at = 0; at < 8; at++)
      new DataView(id.buffer).setUint32(4 * at, Math.imul(from + n + 1, 2_654_435_761 + at))
    return { key: 490_000 + ((from + n) % 700), id }
  })
}

const textOf = (id: Uint8Array): string => Buffer.from(id).toString('hex')

function theirSet(items: readonly Item[]): TheirSet {
  const set = new NegentropyStorageVector()
  for (const { key, id } of items) set.insert(key, textOf(id))
  set.seal()
  return set
}

for (const [size, ours, theirs] of [
  [0, 0, 3],
  [40, 2, 0],
  [1_000, 0, 0],
  [1_000, 10, 10],
  [10_000, 100, 100]
] as const) {
  test(`their end finds ${ours} and ${theirs} differences in ${size} items through ours`, () => {
    const common = itemsOf(0, size)
    const [here, there] = [itemsOf(100_000, 100_000 + ours), itemsOf(200_000, 200_000 + theirs)]
    const set = new ItemSet([...common, ...here])
    const end = new Negentropy(theirSet([...common, ...there]))
    const [have, need]: [string[], string[]] = [[], []]
    let question: string | null = end.initiate()
    let rounds = 0
    while (question !== null && question !== '' && rounds < roundsMax) {
      rounds++
      const answer = respond(set, Buffer.from(question, 'hex'))
      question = end.reconcile(
        textOf(answer),
        id => have.push(id),
        id => need.push(id)
      )
    }
    assert.ok(rounds < roundsMax)
    assert.deepEqual(have.sort(), there.map(({ id }) => textOf(id)).sort())
    assert.deepEqual(need.sort(), here.map(({ id }) => textOf(id)).sort())
  })
}

test('both ends begin alike, where both split', () => {
  const items = itemsOf(0, 10 * reconcileListMax)
  assert.equal(textOf(new Initiator(new ItemSet(items)).start()), new Negentropy(theirSet(items)).initiate())
})
