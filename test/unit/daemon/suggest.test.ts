import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from '../../../src/daemon/suggest.ts'

test('a name one or two edits away is suggested, a stranger is not', () => {
  const known = ['listen', 'logLevel', 'bootstrap']
  assert.equal(nearest('listn', known), 'listen')
  assert.equal(nearest('loglevel', known), 'logLevel')
  assert.equal(nearest('bootstarp', known), 'bootstrap')
  assert.equal(nearest('colour', known), undefined)
  assert.equal(nearest('', known), undefined)
})

test('two letters in the wrong order are one edit', () => {
  assert.equal(nearest('opne', ['open', 'list']), 'open')
})
