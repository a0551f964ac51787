import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { parseSafetyNumber, safetyNumber } from '../../../src/identity/safety.ts'
import { alice, bob, carol } from '../../vectors/fixed.ts'

test('a safety number is 12 groups of 5 digits, the same from both sides', () => {
  const number = safetyNumber(alice.key, bob.key)
  assert.match(number, /^\d{5}( \d{5}){11}$/)
  assert.equal(safetyNumber(bob.key, alice.key), number)
})

test('another key gives another safety number, and its half stays the same', () => {
  const [one, other] = [safetyNumber(alice.key, bob.key), safetyNumber(alice.key, carol.key)]
  assert.notEqual(one, other)
  const halves = (number: string): string[] => [number.slice(0, 35), number.slice(36)]
  assert.equal(halves(one).filter(half => halves(other).includes(half)).length, 1)
})

test('a half is what SPEC §2.6 says: SHA-512, 5,200 times, the first 30 bytes in groups of 40 bits modulo 100,000', () => {
  let hash = createHash('sha512').update('mailbox/1/safety-number\0').update(bob.key).digest()
  for (let i = 1; i < 5_200; i++) hash = createHash('sha512').update(hash).update(bob.key).digest()
  const half = [0, 5, 10, 15, 20, 25]
    .map(at => (hash.readUIntBE(at, 5) % 100_000).toString().padStart(5, '0'))
    .join(' ')
  assert.ok(safetyNumber(alice.key, bob.key).split(half).length === 2)
})

test('a typed safety number is read with any spaces, hyphens and line ends, and with nothing else', () => {
  const number = safetyNumber(alice.key, bob.key)
  const plain = number.replaceAll(' ', '')
  for (const text of [plain, ` ${number}\n`, number.replaceAll(' ', '-'), number.replaceAll(' ', '\r\n')])
    assert.equal(parseSafetyNumber(text), number)
  for (const text of ['', plain.slice(1), `${plain}0`, `${plain.slice(1)}x`, '٣'.repeat(60), ' '.repeat(500) + plain])
    assert.equal(parseSafetyNumber(text), undefined)
})
