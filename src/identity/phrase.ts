/** The recovery phrase: an identity's seed as 24 words, to be written on paper (SPEC §2.5). */
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { MailboxError } from '../errors.ts'
import { phraseCharactersMax } from '../limits.ts'
import { identityFromSeed, type PrivateIdentity } from './keys.ts'

const wordCount = 24
const words = new Set(wordlist)

/** The 24 words of an identity, lower case, with one space between two. Whoever has them is the identity. */
export function recoveryPhrase(identity: PrivateIdentity): string {
  return entropyToMnemonic(identity.seed, wordlist)
}

/**
 * The identity of 24 words, in any case and with any white space between them.
 * @throws MailboxError PHRASE; its message never repeats a word
 */
export function identityFromPhrase(text: string): PrivateIdentity {
  if (text.length > phraseCharactersMax) {
    throw new MailboxError('PHRASE', `A recovery phrase has ${wordCount} words; this text is too long to be one.`, {
      limit: 'phraseCharactersMax'
    })
  }
  const given = text.normalize('NFKD').toLowerCase().trim().split(/\s+/)
  const count = text.trim() === '' ? 0 : given.length
  if (count !== wordCount) throw new MailboxError('PHRASE', `A recovery phrase has ${wordCount} words, not ${count}.`)
  const unknown = given.flatMap((word, at) => (words.has(word) ? [] : [at + 1]))
  if (unknown.length > 0) throw new MailboxError('PHRASE', notWords(unknown))
  return identityFromSeed(entropyOf(given.join(' ')))
}

function entropyOf(phrase: string): Uint8Array {
  try {
    return mnemonicToEntropy(phrase, wordlist)
  } catch {
    // without its cause: that of the library would repeat the phrase in some versions
    throw new MailboxError(
      'PHRASE',
      'Every word is one of the list, but they do not belong together (checksum): one is wrong, or two have changed places; compare them with what was written down.'
    )
  }
}

function notWords(numbers: readonly number[]): string {
  const [which, verb] =
    numbers.length === 1
      ? [`Word ${String(numbers[0])}`, 'is']
      : [`Words ${numbers.slice(0, -1).join(', ')} and ${String(numbers.at(-1))}`, 'are']
  return `${which} of the recovery phrase ${verb} not in the English BIP-39 list; check the spelling.`
}
