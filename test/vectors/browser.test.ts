/** The vectors once more, on the modules that a bundler puts in the place of Node's: the `browser` field of package.json. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { replaced } from '../helpers/browser-field.ts'

await import('./positive.test.ts')
await import('./negative.test.ts')

test('the vectors above were read, sealed and opened without the native crypto of Node', () => {
  assert.deepEqual([...replaced].sort(), ['src/crypto/hpke.ts', 'src/crypto/primitives.ts'])
})
