import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { report } from '../../../src/cli/failure.ts'
import type { Io } from '../../../src/cli/io.ts'
import { errorTable, MailboxError } from '../../../src/errors.ts'
import type { ErrorCode } from '../../../src/errors.ts'

function ioOf(): { io: Io; said: () => string } {
  const stderr = new PassThrough()
  const stdout = new PassThrough()
  const io = { stdin: new PassThrough(), stdout, stderr, variables: {}, signal: new AbortController().signal }
  return { io, said: () => String(stderr.read() ?? '') }
}

test('every code ends with the exit code of the table', () => {
  for (const code of Object.keys(errorTable) as ErrorCode[]) {
    const { io, said } = ioOf()
    assert.equal(report(io, new MailboxError(code, 'Something.'), false), errorTable[code].exit)
    assert.equal(said(), `mailbox: Something. (${code})\n`)
  }
})

test('as JSON the error names the limit and when to retry', () => {
  const { io, said } = ioOf()
  report(io, new MailboxError('QUOTA', 'Full.', { limit: 'recordsPerMailboxMax', retryAfterMs: 5 }), true)
  assert.deepEqual(JSON.parse(said()), {
    error: { code: 'QUOTA', message: 'Full.', limit: 'recordsPerMailboxMax', retryAfterMs: 5 }
  })
})

test('a fault of the program is INTERNAL with exit code 70 and its stack', () => {
  const { io, said } = ioOf()
  assert.equal(report(io, new RangeError('oops'), false), 70)
  assert.match(said(), /\(INTERNAL\)\nRangeError: oops\n {4}at /)
})

test('control characters in a message of a remote are shown', () => {
  const { io, said } = ioOf()
  report(io, new MailboxError('STORE', 'a\u001b[2Jb'), false)
  assert.equal(said(), 'mailbox: a\\u{1b}[2Jb (STORE)\n')
})
