import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { concat } from 'uint8arrays/concat'
import { checkRecord, decodeHeader, ladderFor, recordId } from '../../../src/identity/record.ts'
import { bob, hex, nowHour, prekeyOf } from '../../vectors/fixed.ts'
import { headerOf, sealReference } from '../../vectors/reference.ts'

const key = await prekeyOf('bob', 1)
const { record } = await sealReference({ mailbox: bob.key, key, expiresHour: nowHour + 5 })

function lengthPrefixed(bytes: Uint8Array): Uint8Array {
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32BE(bytes.length)
  return concat([prefix, bytes])
}

test('a record id is the SHA-256 of the domain and the length-prefixed fields', () => {
  const input = concat([Buffer.from('mailbox/1/record'), ...[record.header, record.enc, record.ct].map(lengthPrefixed)])
  assert.equal(hex(recordId(record)), createHash('sha256').update(input).digest('hex'))
})

test('bytes moved from one field to the next change the record id', () => {
  const moved = { ...record, enc: record.enc.subarray(0, -1), ct: concat([record.enc.subarray(-1), record.ct]) }
  assert.notEqual(hex(recordId(moved)), hex(recordId(record)))
})

test('a header reads back as it was written', () => {
  const header = decodeHeader(record.header)
  assert.deepEqual(
    [header.version, hex(header.mailbox), header.suite, hex(header.keyId), header.expiresHour, header.class],
    [1, hex(bob.key), 1, hex(key.keyId), nowHour + 5, 0]
  )
})

test('a record is taken until the hour it expires in begins, without grace', () => {
  assert.equal(checkRecord(record, { nowHour: nowHour + 4 }).expiresHour, nowHour + 5)
  assert.throws(() => checkRecord(record, { nowHour: nowHour + 5 }), { code: 'EXPIRED' })
})

test('an expiry is taken up to the time to live and one hour of clock difference', () => {
  const limits = { nowHour, ttlHoursMax: 4 }
  assert.ok(checkRecord(record, limits))
  assert.throws(() => checkRecord(record, { ...limits, ttlHoursMax: 3 }), { code: 'EXPIRED' })
})

test('a record above the largest class taken is refused', () => {
  assert.ok(checkRecord(record, { nowHour, classBytesMax: 1024 }))
  assert.throws(() => checkRecord(record, { nowHour, classBytesMax: 1023 }), { code: 'SIZE' })
})

test('checks come in order: form, version, size, expiry', () => {
  const late = { ...record, header: headerOf({ mailbox: bob.key, key, expiresHour: 1 }) }
  const wrongSize = { ...late, ct: late.ct.subarray(1) }
  const wrongForm = { ...wrongSize, enc: wrongSize.enc.subarray(1) }
  assert.throws(() => checkRecord(late, { nowHour }), { code: 'EXPIRED' })
  assert.throws(() => checkRecord(wrongSize, { nowHour }), { code: 'SIZE' })
  assert.throws(() => checkRecord(wrongForm, { nowHour }), { code: 'RECORD' })
})

test('the ladder has nine sizes and nothing above them', () => {
  assert.equal(ladderFor(0), 1024)
  assert.equal(ladderFor(262_144), 262_144)
  assert.throws(() => ladderFor(262_145), { code: 'SIZE' })
})
