/** Textile's sealed box as the free functions of `@textile/crypto`. */
import { systemEnvironment } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { parseIdentityKey } from '../identity/keys.ts'
import { openTextileBox, sealTextileBox, textileBoxRandomBytes } from '../identity/textile.ts'

/**
 * The box of `data` for whoever has the secret of a 32-byte public key: 72 bytes longer.
 * @throws MailboxError KEY
 */
export async function encrypt(data: Uint8Array, pubKey: Uint8Array, type: string = 'ed25519'): Promise<Uint8Array> {
  if (type !== 'ed25519') throw new MailboxError('KEY', `Boxes are for keys of type ed25519, not ${type}.`)
  return sealTextileBox(parseIdentityKey(pubKey), data, systemEnvironment.random(textileBoxRandomBytes))
}

/**
 * What is in a box; `privKey` is a seed of 32 bytes, or seed and public key, 64, or those with the public key twice, 96.
 * @throws MailboxError SEAL when it does not open with this key or was changed, KEY
 */
export async function decrypt(
  ciphertext: Uint8Array,
  privKey: Uint8Array,
  type: string = 'ed25519'
): Promise<Uint8Array> {
  if (type !== 'ed25519') throw new MailboxError('KEY', `Boxes are for keys of type ed25519, not ${type}.`)
  if (![32, 64, 96].includes(privKey.length)) {
    throw new MailboxError('KEY', `A private key has 32, 64 or 96 bytes, not ${privKey.length}.`)
  }
  return openTextileBox(privKey.subarray(0, 32), ciphertext)
}
