import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sizeText, textOf, visible, visibleLine } from '../../../src/cli/visible.ts'

test('escape sequences, carriage returns and bells are shown, not sent', () => {
  assert.equal(
    visible('\u001b[2J\u001b]0;title\u0007 a\rb \u009b31m'),
    '\\u{1b}[2J\\u{1b}]0;title\\u{7} a\\u{d}b \\u{9b}31m'
  )
})

test('direction marks and invisible format characters are shown', () => {
  assert.equal(visible('pay\u202Ecod.exe\u2066\uFEFF'), 'pay\\u{202e}cod.exe\\u{2066}\\u{feff}')
})

test('letters, accents, emoji joined by joiners, tabs and line feeds stay', () => {
  const text = 'Grüße\tनमस्ते שלום\n👩‍👩‍👧'
  assert.equal(visible(text), text)
})

test('on one line a line feed is shown too', () => {
  assert.equal(visibleLine('subject\n  from  somebody else'), 'subject\\u{a}  from  somebody else')
})

test('a body is text when the sender says so and the bytes are UTF-8', () => {
  assert.equal(textOf('text/plain; charset=utf-8', new TextEncoder().encode('ä')), 'ä')
  assert.equal(textOf('text/plain', Uint8Array.of(0xff, 0xfe)), undefined)
  assert.equal(textOf('application/octet-stream', Uint8Array.of(65)), undefined)
})

test('sizes are given in the largest unit that keeps them above one', () => {
  assert.deepEqual([1_023, 1_024, 1_048_576].map(sizeText), ['1023 B', '1.0 KiB', '1.0 MiB'])
})
