/** Owner authentication: a signed answer to a relay's challenge, good on one stream only (SPEC §8.1). */
import { equals } from 'uint8arrays/equals'
import { MailboxError } from '../errors.ts'
import { clockSkewHours, sessionHoursMax } from '../limits.ts'
import { OwnerAuthBody, type AuthCall } from '../wire/messages.js'
import { checkDevice, scopes } from './device.ts'
import { domains, payloadTypes } from './domains.ts'
import { parseIdentityKey, verify, type Identity, type IdentityKey } from './keys.ts'
import { signingInput } from './signed.ts'

export { scopes } from './device.ts'

/**
 * Answers a challenge. `relay` and `client` are the peer ids of the two ends, multihash bytes, as the transport's
 * handshake proved them; a device gives its certificate.
 */
export async function createOwnerAuth(
  signer: Identity,
  a: {
    relay: Uint8Array
    client: Uint8Array
    nonce: Uint8Array
    mailbox: Uint8Array
    scopes: number
    expiresHour: number
    deviceCert?: Uint8Array | undefined
  }
): Promise<AuthCall> {
  const { relay, client, nonce, mailbox, expiresHour, deviceCert } = a
  const body = OwnerAuthBody.encode({
    relay,
    client,
    nonce,
    mailbox,
    signer: signer.key,
    scopes: a.scopes,
    expiresHour
  })
  const signature = await signer.sign(signingInput(domains.ownerAuth, payloadTypes.ownerAuth, body))
  return { body, signature, ...(deviceCert === undefined ? {} : { deviceCert }) }
}

/**
 * Checks the answer to a challenge (SPEC §8.1 checks 1 to 6).
 * @throws MailboxError AUTH
 */
export async function verifyOwnerAuth(
  call: AuthCall,
  expected: {
    relay: Uint8Array
    client: Uint8Array
    nonce: Uint8Array
    nowHour: number
    revoked?: readonly Uint8Array[] | undefined
  }
): Promise<{ mailbox: IdentityKey; signer: IdentityKey; scopes: number; expiresHour: number }> {
  // SPEC §8.1 check 1
  const body = decode(call.body)
  require(equals(body.relay, expected.relay) &&
    equals(body.client, expected.client), 'An answer for another pair of peers.')
  // SPEC §8.1 check 2
  require(equals(body.nonce, expected.nonce), 'An answer to another challenge.')
  // SPEC §8.1 check 3
  const hours = body.expiresHour - expected.nowHour
  require(hours > 0 && hours <= sessionHoursMax + clockSkewHours, 'The session has ended or would last too long.')
  // SPEC §8.1 check 4
  require(body.scopes > 0 && (body.scopes & ~scopes.all) === 0, 'The scopes asked for are not known.')
  // SPEC §8.1 checks 5 and 6
  const mailbox = authKey(body.mailbox)
  const signer = await signerOf(call, body, mailbox, expected)
  require(verify(
    signer,
    signingInput(domains.ownerAuth, payloadTypes.ownerAuth, call.body),
    call.signature
  ), 'The signature does not verify.')
  return { mailbox, signer, scopes: body.scopes, expiresHour: body.expiresHour }
}

async function signerOf(
  call: AuthCall,
  body: OwnerAuthBody,
  mailbox: IdentityKey,
  expected: { nowHour: number; revoked?: readonly Uint8Array[] | undefined }
): Promise<IdentityKey> {
  if (equals(body.signer, mailbox)) return mailbox
  if (call.deviceCert === undefined) throw new MailboxError('AUTH', 'Not signed by the owner.')
  const { nowHour, revoked } = expected
  const device = await checkDevice(call.deviceCert, { mailbox, nowHour, scopes: body.scopes, revoked })
  require(equals(device, body.signer), 'The device certificate is for another device.')
  return device
}

function decode(body: Uint8Array): OwnerAuthBody {
  try {
    return OwnerAuthBody.decode(body)
  } catch (cause) {
    throw new MailboxError('AUTH', 'The answer to a challenge cannot be read.', { cause })
  }
}

function authKey(bytes: Uint8Array): IdentityKey {
  try {
    return parseIdentityKey(bytes)
  } catch (cause) {
    throw new MailboxError('AUTH', 'The mailbox named is not a usable key.', { cause })
  }
}

function require(condition: boolean, otherwise: string): void {
  if (!condition) throw new MailboxError('AUTH', otherwise)
}
