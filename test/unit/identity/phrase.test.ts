import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { identityFromSeed } from '../../../src/identity/keys.ts'
import { identityFromPhrase, recoveryPhrase } from '../../../src/identity/phrase.ts'
import { bob, hex } from '../../vectors/fixed.ts'

const phrase = recoveryPhrase(bob)
const words = phrase.split(' ')

function refusal(text: string): string {
  try {
    return identityFromPhrase(text).address
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'PHRASE')
    return inspect(error)
  }
}

// trezor/python-mnemonic, vectors.json, english: entropy and phrase
const published = [
  ['00', `${'abandon '.repeat(23)}art`],
  [
    '7f',
    `${'legal winner thank year wave sausage worth useful '.repeat(2)}legal winner thank year wave sausage worth title`
  ],
  ['ff', `${'zoo '.repeat(23)}vote`]
] as const

test('the words of a seed are those that BIP-39 publishes for this entropy', () => {
  for (const [byte, text] of published) {
    const identity = identityFromSeed(new Uint8Array(32).fill(parseInt(byte, 16)))
    assert.equal(recoveryPhrase(identity), text)
    assert.equal(identityFromPhrase(text).address, identity.address)
  }
})

test('every seed comes back from its 24 words, in capitals and over several lines', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), seed => {
      const text = recoveryPhrase(identityFromSeed(seed))
      assert.equal(text.split(' ').length, 24)
      assert.equal(hex(identityFromPhrase(text).seed), hex(seed))
      assert.equal(hex(identityFromPhrase(`\n ${text.toUpperCase().replaceAll(' ', ' \r\n\t')} \n`).seed), hex(seed))
    }),
    { numRuns: 50 }
  )
})

test('another count of words is PHRASE with both numbers', () => {
  assert.match(refusal(words.slice(1).join(' ')), /has 24 words, not 23\./)
  assert.match(refusal(`${phrase} abandon`), /has 24 words, not 25\./)
  assert.match(refusal('  '), /has 24 words, not 0\./)
  assert.match(refusal('abandon '.repeat(200)), /too long to be one/)
})

test('words that are not in the list are PHRASE with their numbers', () => {
  assert.match(
    refusal(words.with(6, 'mailbox').join(' ')),
    /Word 7 of the recovery phrase is not in the English BIP-39 list/
  )
  assert.match(
    refusal(words.with(0, 'mailbox').with(4, 'x').with(23, 'ünd').join(' ')),
    /Words 1, 5 and 24 of .* are not/
  )
})

test('a wrong word of the list, or two that changed places, is PHRASE for its checksum', () => {
  const other = words[23] === 'abandon' ? 'ability' : 'abandon'
  assert.match(refusal(words.with(23, other).join(' ')), /do not belong together \(checksum\)/)
  const [first = '', second = ''] = words
  assert.match(refusal([second, first, ...words.slice(2)].join(' ')), /do not belong together \(checksum\)/)
})

test('an error about a phrase, its cause and stack included, repeats no word of it', () => {
  const secret = words.with(3, 'hippopotamuses')
  for (const text of [secret.join(' '), words.slice(2).join(' '), words.toReversed().join(' ')]) {
    const shown = refusal(text)
    const repeated = text.split(' ').filter(word => word.length > 6 && shown.includes(word))
    assert.deepEqual(repeated, [])
  }
})
