import assert from 'node:assert/strict'
import { test } from 'node:test'
import { base32 } from 'multiformats/bases/base32'
import { keyFileCost, keyFileHeader, openKeyFile, sealKeyFile } from '../../../src/identity/keyfile.ts'
import { keyFileMemoryBytesMax, keyFileWorkMax, passphraseBytesMax } from '../../../src/limits.ts'
import { alice, bob, fixedBytes, hex } from '../../vectors/fixed.ts'

/** Cheap, for tests of everything but the cost. */
const cost = { logN: 4, r: 1, p: 1 }
const random = (n: number): Uint8Array => fixedBytes('key file', n)
const text = await sealKeyFile(bob, 'correct horse', { random, cost })

/** The text with one of its bytes, or several, put otherwise. */
function changed(changes: Record<number, number>): string {
  const bytes = base32.decode(text)
  for (const [at, byte] of Object.entries(changes)) bytes[Number(at)] = byte
  return base32.encode(bytes)
}

test('a key file opens with its passphrase, and shows its address without', async () => {
  assert.match(text, /^bnvrgwz[a-z2-7]{199}$/)
  assert.deepEqual(keyFileHeader(text), { address: bob.address, cost })
  assert.equal(hex((await openKeyFile(text, 'correct horse')).seed), hex(bob.seed))
})

test('a key file made with the default cost takes 128 MiB and opens', async () => {
  const strong = await sealKeyFile(alice, 'correct horse', { random })
  assert.deepEqual(keyFileHeader(strong).cost, { logN: 17, r: 8, p: 1 })
  assert.equal(128 * 2 ** keyFileCost.logN * keyFileCost.r, 128 * 1024 * 1024)
  assert.equal((await openKeyFile(strong, 'correct horse')).address, alice.address)
})

test('a wrong passphrase is PASSPHRASE, and says that damage would look the same', async () => {
  await assert.rejects(openKeyFile(text, 'Correct horse'), {
    code: 'PASSPHRASE',
    message: /wrong, or the file is damaged, which cannot be told apart/
  })
})

test('any bit of a key file that is changed keeps it from opening, its address and cost included', async () => {
  const bytes = base32.decode(text)
  for (let at = 0; at < bytes.length; at++) {
    const other = changed({ [at]: (bytes[at] ?? 0) ^ 1 })
    await assert.rejects(openKeyFile(other, 'correct horse'), (error: { code?: string }) =>
      ['PASSPHRASE', 'KEY', 'VERSION'].includes(error.code ?? '')
    )
  }
})

test('a passphrase is the same in every Unicode form, and spaces in it count', async () => {
  const composed = await sealKeyFile(bob, 'café', { random, cost })
  assert.equal((await openKeyFile(composed, 'cafe\u0301')).address, bob.address)
  await assert.rejects(openKeyFile(composed, 'café '), { code: 'PASSPHRASE' })
})

test('an empty or endless passphrase is PASSPHRASE', async () => {
  await assert.rejects(sealKeyFile(bob, '', { random, cost }), { code: 'PASSPHRASE', message: /is empty/ })
  const long = 'x'.repeat(passphraseBytesMax + 1)
  await assert.rejects(sealKeyFile(bob, long, { random, cost }), { code: 'PASSPHRASE', limit: 'passphraseBytesMax' })
})

test('a text that is no key file is KEY, says what one is, and is not repeated', () => {
  for (const [given, said] of [
    [bob.toText(), /206 characters .*; this begins otherwise/],
    [text.slice(0, -1), /; this has 205 characters: take another copy/],
    [`${text.slice(0, -1)}1`, /; this one contains an error: take another copy/],
    ['', /begins otherwise/]
  ] as const) {
    assert.throws(() => keyFileHeader(given), { code: 'KEY', message: said })
  }
  assert.throws(
    () => keyFileHeader(bob.toText()),
    (error: Error) => !error.message.includes(bob.toText().slice(7, 20))
  )
})

test('a key file of a newer version is VERSION, whatever follows in it', () => {
  assert.throws(() => keyFileHeader(changed({ 4: 2 })), { code: 'VERSION', message: /version 2.*reads version 1/ })
  const longer = base32.encode(new Uint8Array([...base32.decode(changed({ 4: 2 })), 1, 2, 3]))
  assert.throws(() => keyFileHeader(longer), { code: 'VERSION' })
})

test('a hostile cost is KEY with its limit, before any memory is taken', async () => {
  for (const [logN, r, p, limit] of [
    [18, 9, 1, 'keyFileMemoryBytesMax'],
    [255, 255, 255, 'keyFileMemoryBytesMax'],
    [17, 8, 5, 'keyFileWorkMax'],
    [0, 8, 1, undefined],
    [17, 0, 1, undefined],
    [17, 8, 0, undefined]
  ] as const) {
    const before = process.memoryUsage().arrayBuffers
    await assert.rejects(
      openKeyFile(changed({ 5: logN, 6: r, 7: p }), 'x'),
      (error: { code?: string; limit?: string }) => {
        assert.deepEqual([error.code, error.limit], ['KEY', limit])
        return true
      }
    )
    assert.ok(process.memoryUsage().arrayBuffers - before < 1024 * 1024)
  }
  assert.ok(128 * 2 ** 17 * 8 * 2 <= keyFileMemoryBytesMax && 2 ** 17 * 8 * 4 <= keyFileWorkMax)
})

test('a header that names another address than the seed has is KEY', async () => {
  const other = { ...alice, key: alice.key, address: alice.address, seed: bob.seed, toText: () => '' }
  const forged = await sealKeyFile(other, 'correct horse', { random, cost })
  assert.equal(keyFileHeader(forged).address, alice.address)
  await assert.rejects(openKeyFile(forged, 'correct horse'), { code: 'KEY', message: /not that of its address/ })
})

test('opening ends when its signal aborts', async () => {
  const strong = await sealKeyFile(bob, 'x', { random, cost: { logN: 12, r: 8, p: 1 } })
  const stop = new AbortController()
  const opening = openKeyFile(strong, 'x', { signal: stop.signal })
  stop.abort(new Error('enough'))
  await assert.rejects(opening, /enough/)
})
