import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roomOf, signAdvert, type Advert, type AdvertFields } from '../../../src/identity/advert.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import { advertsHeldMax, advertSpacingMs, advertValidMs } from '../../../src/limits.ts'
import { AdvertBook } from '../../../src/placement/adverts.ts'
import { advertFields } from '../../vectors/positive.ts'

const startMs = advertFields.issuedMs

async function advert(relay: PrivateIdentity, change: Partial<AdvertFields> = {}): Promise<Advert> {
  const { issuedMs = startMs } = change
  return await signAdvert(relay, {
    ...advertFields,
    draining: false,
    validUntilMs: issuedMs + advertValidMs,
    ...change
  })
}

test('the room is told in powers of two', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 100_000, Infinity].map(roomOf), [0, 1, 2, 2, 3, 17, 32])
})

test('of one relay the latest advert counts, and an older one never replaces it', async () => {
  const book = new AdvertBook()
  const relay = generateIdentity()
  const [first, second] = [await advert(relay), await advert(relay, { issuedMs: startMs + 1_000, draining: true })]
  await book.take(first.bytes, startMs)
  assert.equal(book.hint(first.relay, startMs), 'yes')
  await book.take(second.bytes, startMs + advertSpacingMs)
  assert.equal(book.hint(first.relay, startMs + advertSpacingMs), 'no')
  for (const old of [first, second])
    await assert.rejects(book.take(old.bytes, startMs + 2 * advertSpacingMs), { code: 'POLICY' })
})

test('adverts of one relay are taken only so fast', async () => {
  const book = new AdvertBook()
  const relay = generateIdentity()
  await book.take((await advert(relay)).bytes, startMs)
  const next = (await advert(relay, { issuedMs: startMs + 1_000 })).bytes
  await assert.rejects(book.take(next, startMs + advertSpacingMs / 2 - 1), { code: 'POLICY' })
  await book.take(next, startMs + advertSpacingMs / 2)
})

test('two adverts of one relay at the same time: one is taken', async () => {
  const book = new AdvertBook()
  const relay = generateIdentity()
  const both = [await advert(relay), await advert(relay, { issuedMs: startMs + 1_000 })]
  const ends = await Promise.allSettled(both.map(async ({ bytes }) => await book.take(bytes, startMs)))
  assert.deepEqual(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})

test('an advert counts until it has expired', async () => {
  const book = new AdvertBook()
  const { bytes, relay } = await advert(generateIdentity())
  await book.take(bytes, startMs)
  assert.deepEqual(
    book.offers(startMs).map(({ id }) => id),
    [relay]
  )
  const over = startMs + advertValidMs
  assert.deepEqual([book.hint(relay, over), book.offers(over), book.count(over)], ['unknown', [], 0])
})

test('a full book takes no more, keeps those it has, and takes again when they have expired', async () => {
  const book = new AdvertBook()
  const adverts: Advert[] = []
  for (let n = 0; n < advertsHeldMax; n++) adverts.push(await advert(generateIdentity()))
  for (const { bytes } of adverts) await book.take(bytes, startMs)
  const late = await advert(generateIdentity(), { issuedMs: startMs + advertValidMs })
  await assert.rejects(book.take((await advert(generateIdentity())).bytes, startMs), { code: 'QUOTA' })
  assert.equal(book.count(startMs), advertsHeldMax)
  await book.take(late.bytes, startMs + advertValidMs)
  assert.equal(book.count(startMs + advertValidMs), 1)
})
