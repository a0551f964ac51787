/** Addresses and private key texts, as people paste them (SPEC §2.2). */
import { equals } from 'uint8arrays/equals'
import { MailboxError } from '../errors.ts'
import { identityFromSeed, parseIdentityKey, type IdentityKey, type PrivateIdentity } from './keys.ts'
import { addressLength, privateData, publicData, publicText, textBytes } from './text.ts'

/**
 * The address of a 32-byte identity key: 59 characters, `bbaarei…`.
 * @throws MailboxError KEY unless the key has 32 bytes
 */
export function addressOf(key: Uint8Array): string {
  if (key.length !== 32) throw new MailboxError('KEY', `An identity key has 32 bytes, not ${key.length}.`)
  return publicText(key)
}

/**
 * The key inside an address. The text must be exactly what `addressOf` writes (SPEC §2.2).
 * @throws MailboxError ADDRESS; its message never repeats the text, which may be a private key pasted by mistake
 */
export function parseAddress(text: string): IdentityKey {
  const bytes = textBytes(text)
  if (bytes === undefined) throw new MailboxError('ADDRESS', notAnAddress(text))
  const data = publicData(bytes)
  if (data === undefined) {
    if (privateData(bytes) === undefined) throw new MailboxError('ADDRESS', notAnAddress(text))
    throw new MailboxError('ADDRESS', 'This is the text of a private key, not an address: do not give it to anybody.')
  }
  try {
    return parseIdentityKey(data)
  } catch (cause) {
    throw new MailboxError('ADDRESS', 'The key inside this address is not usable.', { cause })
  }
}

function notAnAddress(text: string): string {
  const wanted = `An address is ${addressLength} characters of lower-case base32 that begin with bbaarei`
  if (text.length !== addressLength) return `${wanted}; this has ${text.length} characters.`
  return text.startsWith('bbaarei') ? `${wanted}; this one contains an error.` : `${wanted}; this begins otherwise.`
}

/**
 * The text of a private key: 110 characters, `bbaareq…`.
 * @throws MailboxError KEY unless the seed has 32 bytes
 */
export function privateKeyText(seed: Uint8Array): string {
  return identityFromSeed(seed).toText()
}

/**
 * The identity of a private key text, with 64 bytes of data (seed, public key) or the legacy 96 (public key twice).
 * @throws MailboxError KEY; its message never repeats the text
 */
export function parsePrivateKey(text: string): PrivateIdentity {
  const bytes = textBytes(text)
  const data = bytes === undefined ? undefined : privateData(bytes)
  if (data === undefined) {
    throw new MailboxError(
      'KEY',
      'A private key is lower-case base32 of an Ed25519 key that begins with bbaareq, or bbaarey in the legacy form.'
    )
  }
  const identity = identityFromSeed(data.subarray(0, 32))
  for (let at = 32; at < data.length; at += 32) {
    if (!equals(data.subarray(at, at + 32), identity.key)) {
      throw new MailboxError('KEY', 'The public half of this private key does not belong to its seed.')
    }
  }
  return identity
}
