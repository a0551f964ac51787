/** Tombstones: the owner's signed list of records that are to go, for ever (SPEC §8.7). */
import { equals } from 'uint8arrays/equals'
import { MailboxError } from '../errors.ts'
import { clockSkewHours, tombstoneBytesMax, tombstoneIdsMax, ttlHoursMax } from '../limits.ts'
import { Tombstone, TombstoneBody } from '../wire/messages.js'
import { checkDevice, scopes } from './device.ts'
import { domains, payloadTypes } from './domains.ts'
import { parseIdentityKey, verify, type Identity, type IdentityKey } from './keys.ts'
import { signingInput } from './signed.ts'

export interface TombstoneFacts {
  mailbox: IdentityKey
  /** Record ids, 32 bytes each, 1 to `tombstoneIdsMax`. */
  ids: Uint8Array[]
  dropAfterHour: number
  issuedMs: number
  /** The identity, or a device certified by it. */
  signer: IdentityKey
}

const idBytes = 32

/**
 * Signs a tombstone. A device gives its own identity as signer, the mailbox and its certificate.
 * @param t.dropAfterHour largest expiry hour among the ids
 * @throws MailboxError SIZE for more than `tombstoneIdsMax` ids, MALFORMED for none or an id that has not 32 bytes
 */
export async function createTombstone(
  signer: Identity,
  t: {
    ids: readonly Uint8Array[]
    dropAfterHour: number
    issuedMs: number
    mailbox?: IdentityKey
    deviceCert?: Uint8Array
  }
): Promise<Uint8Array> {
  if (t.ids.some(id => id.length !== idBytes)) throw new MailboxError('MALFORMED', 'A record id has 32 bytes.')
  checkCount(t.ids.length * idBytes)
  const ids = new Uint8Array(t.ids.length * idBytes)
  t.ids.forEach((id, index) => {
    ids.set(id, index * idBytes)
  })
  const { dropAfterHour, issuedMs, deviceCert } = t
  const body = TombstoneBody.encode({ mailbox: t.mailbox ?? signer.key, ids, dropAfterHour, issuedMs })
  const signature = await signer.sign(signingInput(domains.tombstone, payloadTypes.tombstone, body))
  return Tombstone.encode({ body, signer: signer.key, signature, ...(deviceCert === undefined ? {} : { deviceCert }) })
}

/**
 * Opens a tombstone (SPEC §8.7 checks 1 to 6).
 * @throws MailboxError MALFORMED: form, or drop_after further ahead than any record can expire; SIZE: too many ids;
 *   AUTH: not signed by the owner or by a device certified and not revoked
 */
export async function openTombstone(
  bytes: Uint8Array,
  context: { nowHour: number; revoked?: readonly Uint8Array[] | undefined }
): Promise<TombstoneFacts> {
  // SPEC §8.7 checks 1 and 2
  if (bytes.length > tombstoneBytesMax)
    throw new MailboxError('SIZE', `A tombstone has at most ${tombstoneBytesMax} bytes.`, {
      limit: 'tombstoneBytesMax'
    })
  const { tombstone, body } = decode(bytes)
  checkCount(body.ids.length)
  // SPEC §8.7 check 3
  if (body.mailbox.length !== 32 || !Number.isSafeInteger(body.issuedMs)) {
    throw new MailboxError('MALFORMED', 'The body of a tombstone has the wrong form.')
  }
  // SPEC §8.7 check 4
  if (body.dropAfterHour > context.nowHour + ttlHoursMax + 2 * clockSkewHours) {
    throw new MailboxError('MALFORMED', 'A tombstone that would be kept longer than any record can live.')
  }
  // SPEC §8.7 checks 5 and 6
  const signer = await signerOf(tombstone, body.mailbox, context)
  if (!verify(signer, signingInput(domains.tombstone, payloadTypes.tombstone, tombstone.body), tombstone.signature)) {
    throw new MailboxError('AUTH', 'The signature of a tombstone does not verify.')
  }
  const { dropAfterHour, issuedMs } = body
  return { mailbox: authKey(body.mailbox), ids: split(body.ids), dropAfterHour, issuedMs, signer }
}

function decode(bytes: Uint8Array): { tombstone: Tombstone; body: TombstoneBody } {
  try {
    const tombstone = Tombstone.decode(bytes)
    return { tombstone, body: TombstoneBody.decode(tombstone.body) }
  } catch (cause) {
    throw new MailboxError('MALFORMED', 'A tombstone cannot be read.', { cause })
  }
}

function checkCount(length: number): void {
  if (length === 0 || length % idBytes !== 0) {
    throw new MailboxError('MALFORMED', 'A tombstone names at least one record, 32 bytes each.')
  }
  if (length > tombstoneIdsMax * idBytes) {
    throw new MailboxError('SIZE', `A tombstone names at most ${tombstoneIdsMax} records.`, {
      limit: 'tombstoneIdsMax'
    })
  }
}

async function signerOf(
  tombstone: Tombstone,
  mailbox: Uint8Array,
  context: { nowHour: number; revoked?: readonly Uint8Array[] | undefined }
): Promise<IdentityKey> {
  if (equals(tombstone.signer, mailbox)) return authKey(mailbox)
  if (tombstone.deviceCert === undefined) throw new MailboxError('AUTH', 'A tombstone not signed by the owner.')
  const { nowHour, revoked } = context
  const device = await checkDevice(tombstone.deviceCert, { mailbox, nowHour, scopes: scopes.tombstone, revoked })
  if (!equals(device, tombstone.signer)) {
    throw new MailboxError('AUTH', 'The device certificate of a tombstone is for another device.')
  }
  return device
}

function authKey(bytes: Uint8Array): IdentityKey {
  try {
    return parseIdentityKey(bytes)
  } catch (cause) {
    throw new MailboxError('AUTH', 'The mailbox of a tombstone is not a usable key.', { cause })
  }
}

/** Copies, so that an id kept for weeks does not keep the whole request alive. */
function split(ids: Uint8Array): Uint8Array[] {
  const list: Uint8Array[] = []
  for (let at = 0; at < ids.length; at += idBytes) list.push(new Uint8Array(ids.subarray(at, at + idBytes)))
  return list
}
