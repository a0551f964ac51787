import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isMailboxError } from '../../src/errors.ts'
import { checks, type CheckInput } from './checks.ts'
import type { NegativeVector } from './negative.ts'

const file = readFileSync(join(import.meta.dirname, 'negative.json'), 'utf8')
const { vectors } = JSON.parse(file) as { vectors: NegativeVector[] }

for (const vector of vectors) {
  test(`${vector.check}: ${vector.name}: ${vector.code ?? String(vector.result)}`, async () => {
    const check = checks[vector.check]
    assert.ok(check !== undefined, `no check is called ${vector.check}`)
    const outcome = await attempt(check, vector.input as unknown as CheckInput)
    // the code alone: refused for another reason is a failure
    if (vector.code !== undefined) assert.equal(outcome.code, vector.code, outcome.text)
    else assert.equal(outcome.result, vector.result, outcome.text)
  })
}

async function attempt(
  check: (input: CheckInput) => unknown,
  input: CheckInput
): Promise<{ code?: string; result?: unknown; text: string }> {
  try {
    return { result: await check(input), text: 'accepted' }
  } catch (error) {
    if (isMailboxError(error)) return { code: error.code, text: error.message }
    throw error
  }
}
