import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sizeText, textOf, visible, visibleJson, visibleLine } from '../../../src/cli/visible.ts'

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

test('characters that take no room are shown, joiners where they join nothing included', () => {
  assert.equal(
    visible('al\u200dice\u200c \u3164\u115f\u00ad\u{e0041}'),
    'al\\u{200d}ice\\u{200c} \\u{3164}\\u{115f}\\u{ad}\\u{e0041}'
  )
  const joined = 'می\u200cخواهم क्\u200dष ❤\ufe0f 🏳\ufe0f\u200d🌈'
  assert.equal(visible(joined), joined)
})

test('JSON keeps its meaning and holds nothing that a terminal obeys', () => {
  const said = { text: '\u009b2J\u007f \u202e \u{e0041} \ud83d ä 👩\u200d👧' }
  const json = visibleJson(JSON.stringify(said))
  assert.match(json, /\\u009b2J\\u007f \\u202e \\udb40\\udc41 \\ud83d ä 👩/)
  assert.deepEqual(JSON.parse(json), said)
})

test('on one line a line feed is shown too', () => {
  assert.equal(visibleLine('subject\n  from  somebody else'), 'subject\\u{a}  from  somebody else')
})

test('a body is text when the sender says so and the bytes are of its charset', () => {
  assert.equal(textOf('text/plain; charset=utf-8', new TextEncoder().encode('ä')), 'ä')
  assert.equal(textOf('text/plain; charset=iso-8859-1', Uint8Array.of(0xe4)), 'ä')
  assert.equal(textOf('application/activity+json', new TextEncoder().encode('{}')), '{}')
  assert.equal(textOf('text/plain', Uint8Array.of(0xff, 0xfe)), undefined)
  assert.equal(textOf('text/plain; charset=klingon', Uint8Array.of(65)), undefined)
  assert.equal(textOf('application/octet-stream', Uint8Array.of(65)), undefined)
})

test('sizes are given in the largest unit that keeps them above one', () => {
  assert.deepEqual([1_023, 1_024, 1_048_576].map(sizeText), ['1023 B', '1.0 KiB', '1.0 MiB'])
})
