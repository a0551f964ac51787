import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { after, test } from 'node:test'
import type { Io } from '../../../src/cli/io.ts'
import { givenPassphrase, newPassphrase, passphraseFor, withPassphrase } from '../../../src/cli/passphrase.ts'
import { MailboxError } from '../../../src/errors.ts'

const dir = mkdtempSync(join(tmpdir(), 'mailbox-passphrase-'))
after(() => {
  rmSync(dir, { recursive: true })
})

const none = { passphraseFile: '' }
const enter = '\r'

interface Terminal {
  readonly io: Io
  /** Everything on the screen, questions included. */
  readonly shown: () => string
  readonly stop: AbortController
}

/** A terminal at which somebody types the next of `answers` when a question is open. */
function terminal(answers: readonly string[], variables: Io['variables'] = {}): Terminal {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  const stderr = new PassThrough()
  // as the process's own, which a pipe into it does not end
  stderr.end = () => stderr
  let shown = ''
  let given = 0
  stderr.on('data', (chunk: Buffer) => {
    shown += chunk.toString()
    const parts = shown.split('✔ ')
    const open = parts.at(-1)?.includes('[input is masked]') === true
    const answer = answers[given]
    if (!open || given !== parts.length - 1 || answer === undefined) return
    given++
    // the prompt reads from the next turn on
    setImmediate(() => stdin.write(answer))
  })
  const stop = new AbortController()
  const io: Io = { stdin, stdout: new PassThrough(), stderr, variables, signal: stop.signal }
  return { io, shown: () => shown, stop }
}

const piped = (variables: Io['variables'] = {}): Io => ({ ...terminal([], variables).io, stdin: new PassThrough() })

/** Opens with one passphrase only, as a key file does. */
const opener =
  (right: string) =>
  async (passphrase: string): Promise<string> => {
    if (passphrase !== right) throw new MailboxError('PASSPHRASE', 'Wrong.')
    return await Promise.resolve('open')
  }

test('a passphrase typed at the terminal is taken and never shown', async () => {
  const { io, shown } = terminal([`hunter2${enter}`])
  assert.equal(await passphraseFor(io, none, 'The identity'), 'hunter2')
  assert.ok(shown().includes('Passphrase') && !shown().includes('hunter'))
})

test('a wrong passphrase is asked for again, three times in all', async () => {
  const good = terminal([`one${enter}`, `two${enter}`, `three${enter}`])
  assert.equal(await withPassphrase(good.io, none, { what: 'It', open: opener('three') }), 'open')
  assert.equal(good.shown().match(/mailbox: Wrong\./g)?.length, 2)
  const bad = terminal([`one${enter}`, `two${enter}`, `three${enter}`, `four${enter}`])
  await assert.rejects(withPassphrase(bad.io, none, { what: 'It', open: opener('four') }), { code: 'PASSPHRASE' })
})

test('a passphrase that was given is tried once, and nobody is asked', async () => {
  const { io, shown } = terminal([`right${enter}`], { MAILBOX_PASSPHRASE: 'wrong' })
  await assert.rejects(withPassphrase(io, none, { what: 'It', open: opener('right') }), { code: 'PASSPHRASE' })
  assert.equal(shown(), '')
})

test('without a terminal a passphrase that is missing is PASSPHRASE, with the ways to give it', async () => {
  await assert.rejects(passphraseFor(piped(), none, 'The identity in /data'), {
    code: 'PASSPHRASE',
    message:
      'The identity in /data is under a passphrase, and there is no terminal to ask for it: give it with --passphrase-file FILE or the variable MAILBOX_PASSPHRASE.'
  })
  assert.equal(await newPassphrase(piped(), undefined, ''), undefined)
})

test('a new passphrase is asked for twice; two that differ are PASSPHRASE, an empty one is none', async () => {
  assert.equal(await newPassphrase(terminal([`a b${enter}`, `a b${enter}`]).io, undefined, ''), 'a b')
  await assert.rejects(newPassphrase(terminal([`a${enter}`, `b${enter}`]).io, undefined, ''), {
    code: 'PASSPHRASE',
    message: /two passphrases differ; nothing was changed/
  })
  const { io, shown } = terminal([enter])
  assert.equal(await newPassphrase(io, undefined, ' (empty: none)'), undefined)
  assert.match(shown(), /New passphrase \(empty: none\)/)
})

test('Ctrl-C or a signal at the question is ABORTED', async () => {
  await assert.rejects(passphraseFor(terminal(['\u0003']).io, none, 'It'), { code: 'ABORTED' })
  const { io, stop } = terminal([])
  const asked = passphraseFor(io, none, 'It')
  stop.abort(new MailboxError('ABORTED', 'Stopped by SIGTERM.'))
  await assert.rejects(asked, { code: 'ABORTED' })
})

test('a passphrase file gives its first line, whatever its line ends, and wins over the variable', async () => {
  const path = join(dir, 'pass')
  const io = piped({ MAILBOX_PASSPHRASE: 'variable' })
  assert.equal(await givenPassphrase(io, none), 'variable')
  assert.equal(await givenPassphrase(piped({ MAILBOX_PASSPHRASE: '' }), none), undefined)
  for (const [content, line] of [
    ['one', 'one'],
    ['one\ntwo\n', 'one'],
    [' one \r\ntwo', ' one '],
    ['\none', ''],
    ['', '']
  ] as const) {
    writeFileSync(path, content)
    assert.equal(await givenPassphrase(io, { passphraseFile: path }), line)
  }
  await assert.rejects(givenPassphrase(io, { passphraseFile: dir }), {
    code: 'USAGE',
    message: /cannot be read \(EISDIR\)/
  })
})
