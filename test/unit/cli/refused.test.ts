import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusedLine } from '../../../src/cli/refused.ts'
import type { RelayStatus } from '../../../src/client/mailbox.ts'
import type { Refusal } from '../../../src/client/refused.ts'

const lastMs = Date.UTC(2026, 10, 30, 12, 0)
const relay = (...refused: Refusal[]): RelayStatus => ({ id: 'R', role: 'active', online: true, refused })

test('no line when nobody was refused, or no relay answered', () => {
  assert.equal(refusedLine([]), undefined)
  assert.equal(refusedLine([relay(), { id: 'S', role: 'active', online: false, code: 'NO_RELAY' }]), undefined)
})

test('one line sums up what all relays refused, and says what to do about most of it', () => {
  const line = refusedLine([
    relay({ status: 'QUOTA', limit: 'strangersRecordsMax', count: 3, lastMs: 1 }, { status: 'POW', count: 2, lastMs }),
    relay({ status: 'QUOTA', limit: 'strangersRecordsMax', count: 4, lastMs: 2 })
  ])
  assert.match(line ?? '', /^ {2}refused 7 strangersRecordsMax, 2 POW, last 2026-11-30/)
  assert.match(line ?? '', /What strangers may leave is full\. Take what is there: "mailbox inbox"\.$/)
  assert.doesNotMatch(line ?? '', /\n/)
})

test('a rate needs nothing done, and a refusal that is not known no advice', () => {
  const busy = relay({ status: 'BUSY', limit: 'groupDepositsPerSecondMax', count: 9, lastMs })
  assert.match(refusedLine([busy]) ?? '', /They try again by themselves\.$/)
  assert.match(refusedLine([relay({ status: 'VERSION', count: 1, lastMs })]) ?? '', /1 VERSION, last \S+ \S+\.$/)
})
