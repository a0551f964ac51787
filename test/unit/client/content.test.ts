import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Body } from '../../../src/client/content.ts'
import { checkSubject, contentOf, jsonOf, textOf } from '../../../src/client/content.ts'
import { contentTypeBytesMax, subjectBytesMax } from '../../../src/limits.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const refused = (body: Body, type: string | undefined, message: RegExp, code: string = 'CONTENT'): void => {
  assert.throws(() => contentOf(body, type), { code, message })
}

test('text, bytes and JSON have the content type of what they are, unless another is given', () => {
  assert.deepEqual(contentOf('hello', undefined), { contentType: 'text/plain', body: bytes('hello') })
  assert.equal(contentOf(Uint8Array.of(255), undefined).contentType, 'application/octet-stream')
  assert.deepEqual(contentOf({ json: { a: [1, null, 'ü'] } }, undefined), {
    contentType: 'application/json',
    body: bytes('{"a":[1,null,"ü"]}')
  })
  assert.equal(contentOf('# hello', 'Text/Markdown; charset=UTF-8').contentType, 'Text/Markdown; charset=UTF-8')
  assert.equal(contentOf({ json: 1 }, 'application/activity+json').contentType, 'application/activity+json')
})

test('a content type of another form is CONTENT, which says what is expected', () => {
  const wrong = [
    '',
    'text',
    'text/',
    '/plain',
    'text/plain/x',
    'te xt/plain',
    'text/plain; charset',
    'text/plain;',
    'text/plain, image/png'
  ]
  for (const type of [...wrong, 'text/plain; a=1; a=2', 'text/plain; a="\n"', 'täxt/plain', 'text/plain\u001b[2J'])
    refused(Uint8Array.of(1), type, /expected type\/subtype\[; name=value\]/)
  refused('x', `text/${'x'.repeat(contentTypeBytesMax)}`, /contentTypeBytesMax is 64/, 'SIZE')
})

test('a body that is not what its content type says is CONTENT before it is sent', () => {
  refused(Uint8Array.of(0xc3, 0x28), 'text/plain', /says it is text in utf-8 and is not/)
  refused(bytes('{"a":'), 'application/json', /is no JSON/)
  refused('not json', 'application/json', /is no JSON/)
  refused('half of \ud83d', undefined, /lone surrogate/)
  assert.equal(contentOf(Uint8Array.of(0xe9), 'text/plain; charset=iso-8859-1').body.length, 1)
  refused(Uint8Array.of(0xe9), 'text/plain; charset=klingon', /klingon/)
  refused('café', 'text/plain; charset=iso-8859-1', /Text is sent in utf-8 and would read otherwise/)
  refused('café', 'text/plain; charset=us-ascii', /leave the charset out, or send bytes/)
  assert.deepEqual(contentOf('cafe', 'text/plain; charset=us-ascii').body, bytes('cafe'))
  assert.deepEqual(contentOf('\ufeffcafé', 'text/plain').body, bytes('\ufeffcafé'))
})

test('a value that JSON cannot hold is CONTENT', () => {
  refused({ json: undefined }, undefined, /type undefined/)
  refused({ json: () => 1 }, undefined, /type function/)
  refused({ json: 10n }, undefined, /cannot be written as JSON/)
  const circle: Record<string, unknown> = {}
  circle.self = circle
  refused({ json: circle }, undefined, /cannot be written as JSON/)
  refused({ json: 1 }, 'text/plain', /application\/json/)
})

test('a subject over its limit is SIZE with limit and figure, and one that is no text is CONTENT', () => {
  checkSubject('x'.repeat(subjectBytesMax))
  assert.throws(
    () => {
      checkSubject('ü'.repeat(subjectBytesMax / 2 + 1))
    },
    { code: 'SIZE', message: /1026 bytes; subjectBytesMax is 1024/ }
  )
  assert.throws(
    () => {
      checkSubject('\udc00')
    },
    { code: 'CONTENT' }
  )
})

test('what came is text or JSON only when its type says so and its bytes are', () => {
  const of = (contentType: string, body: Uint8Array) => ({ contentType, body })
  assert.equal(textOf(of('text/html; charset=utf-8', bytes('<p>'))), '<p>')
  assert.equal(textOf(of('text/plain; charset=windows-1252', Uint8Array.of(0x80))), '€')
  assert.deepEqual(jsonOf(of('application/ld+json', bytes('{"__proto__":1}'))), JSON.parse('{"__proto__":1}'))
  assert.equal(textOf(of('application/json; charset=utf-16', bytes('[]'))), '[]')
  for (const message of [
    of('image/png', bytes('x')),
    of('', bytes('x')),
    of('nonsense \u0000', bytes('x')),
    of('text/plain', Uint8Array.of(0xff))
  ])
    assert.throws(() => textOf(message), { code: 'CONTENT' })
  for (const message of [
    of('text/plain', bytes('{}')),
    of('application/json', bytes('{')),
    of('application/json', Uint8Array.of(0xff))
  ])
    assert.throws(() => jsonOf(message), { code: 'CONTENT' })
})
