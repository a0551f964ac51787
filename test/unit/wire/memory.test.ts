import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { connectionsMax, memoryBytesMax } from '../../../src/limits.ts'
import {
  connectionWorstBytes,
  memoryBytesMin,
  otherBytes,
  otherParts,
  remoteBytesOf,
  unboundedBytes
} from '../../../src/wire/memory.ts'

const MiB = 2 ** 20
const spec = readFileSync(new URL('../../../SPEC.md', import.meta.url), 'utf8')

/** As the table of SPEC §5.6 has it. */
const inTable = (bytes: number): string => `${Number((bytes / MiB).toFixed(1))} MiB`

test('the parts of a relay’s memory add up to its bound', () => {
  assert.equal(otherBytes + remoteBytesOf(memoryBytesMax), memoryBytesMax)
})

test('SPEC §5.6 has the sum as it is', () => {
  for (const bytes of [...Object.values(otherParts), remoteBytesOf(memoryBytesMax), memoryBytesMax])
    assert.ok(spec.includes(`| ${inTable(bytes)} |`) || spec.includes(`**${inTable(bytes)}**`), inTable(bytes))
})

test('the smallest bound has room for a connection at its worst not even once: connections are cut, not served worse', () => {
  assert.ok(remoteBytesOf(memoryBytesMin) < connectionWorstBytes)
})

test('without an account a relay’s connections could hold 400 GiB and more', () => {
  assert.ok(unboundedBytes(connectionsMax) > 400 * 1024 * MiB)
  assert.ok(unboundedBytes(connectionsMax) < 420 * 1024 * MiB)
})
