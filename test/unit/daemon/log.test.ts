import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog } from '../../../src/daemon/log.ts'

test('an event is one line of JSON with a level, a time, a name and its fields', () => {
  const lines: string[] = []
  const log = createLog({
    level: 'info',
    destination: {
      write: line => {
        lines.push(line)
      }
    }
  })
  log('warn', 'key_exposed', { path: '/x' })
  log('debug', 'not_this_one')
  assert.equal(lines.length, 1)
  const { time, ...rest } = JSON.parse(lines[0] ?? '') as Record<string, unknown>
  assert.deepEqual(rest, { level: 'warn', event: 'key_exposed', path: '/x' })
  assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
})
