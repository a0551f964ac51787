/**
 * Sealing and opening messages: HPKE base mode with the sender's signature inside (SPEC §3.6 to §3.8). The only file
 * that touches an AEAD; nothing a relay runs may import it.
 */
import { CipherSuite, type Key } from 'hpke'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { chacha20Poly1305, dhkemX25519, hkdfSha256, mlkem768X25519 } from '../crypto/hpke.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { EnvelopeHeader, type Record } from '../wire/messages.js'
import type { BundleKey } from './bundle.ts'
import { domains } from './domains.ts'
import {
  decodeInner,
  decodeSigned,
  encodeInner,
  encodeSigned,
  pad,
  senderAuthInput,
  uidBytes,
  unpad,
  type Inner
} from './inner.ts'
import { parseIdentityKey, verify, type Identity, type IdentityKey, type KeptKeys, type SealedBytes } from './keys.ts'
import type { Prekey } from './prekey.ts'
import { checkSizes, decodeHeader, recordId, type Header } from './record.ts'

export interface Outgoing {
  /** At most 64 bytes of UTF-8. */
  contentType: string
  /** At most `bodyBytesMax` bytes. */
  body: Uint8Array
  /** The sender's claim, shown and never acted on. */
  createdMs: number
  /** At most `subjectBytesMax` bytes of UTF-8. */
  subject?: string
  /** Record id, 32 bytes. */
  inReplyTo?: Uint8Array
  /** Signed locator of the sender, so that an answer needs no lookup. */
  returnLocator?: Uint8Array
  /** The token of an invitation of the recipient's that the sender has accepted, 16 bytes (SPEC §4.8). */
  invitation?: Uint8Array
  /** The seed of a gate of the sender's own mailbox, 32 bytes: the recipient may deposit there (SPEC §4.9). */
  gate?: Uint8Array
}

export interface Opened extends Outgoing {
  /** Record id, 32 bytes. */
  id: Uint8Array
  mailbox: IdentityKey
  /** Proved by its signature over this mailbox and record (G7). */
  sender: IdentityKey
  /** 16 bytes, chosen by the sender: the same for a message sealed twice. */
  uid: Uint8Array
  expiresHour: number
}

interface Sealed {
  header: Uint8Array
  enc: Uint8Array
  plaintext: Uint8Array
}

const hpke = new Map([
  [1, new CipherSuite(dhkemX25519, hkdfSha256, chacha20Poly1305)],
  [2, new CipherSuite(mlkem768X25519, hkdfSha256, chacha20Poly1305)]
])

/** HPKE info: `domain ‖ 00 ‖ mailbox` (SPEC §3.6). */
export function envelopeInfo(mailbox: Uint8Array): Uint8Array {
  return concat([new TextEncoder().encode(domains.envelope), Uint8Array.of(0), mailbox])
}

/**
 * Seals a message for a mailbox to one of its prekeys (SPEC §3.7). `random` gives the uid; the KEM uses the
 * platform's randomness.
 * @throws MailboxError SIZE: a field over its limit or the whole over the ladder; KEY: the prekey is not usable;
 *   VERSION: its suite is not known
 */
export async function seal(o: {
  mailbox: IdentityKey
  key: BundleKey
  sender: Identity
  message: Outgoing
  expiresHour: number
  random: (n: number) => Uint8Array
}): Promise<{ record: Record; id: Uint8Array; uid: Uint8Array }> {
  const { mailbox, key, sender } = o
  // SPEC §3.7 steps 2 to 6
  const uid = o.random(uidBytes)
  const tbs = encodeSigned({ ...o.message, uid })
  const header = EnvelopeHeader.encode({
    version: 1,
    mailbox,
    suite: key.suite,
    keyId: key.keyId,
    expiresHour: o.expiresHour,
    class: 0
  })
  const { enc, ctx } = await setupSender(key, mailbox)
  const auth = await sender.sign(senderAuthInput({ suite: key.suite, mailbox, sender: sender.key, header, enc, tbs }))
  const ct = await ctx.Seal(pad(encodeInner(sender.key, auth, tbs)), header)
  const record = { header, enc, ct }
  return { record, id: recordId(record), uid }
}

async function setupSender(
  key: Pick<BundleKey, 'suite' | 'publicKey'>,
  mailbox: IdentityKey
): Promise<{ enc: Uint8Array; ctx: Awaited<ReturnType<CipherSuite['SetupSender']>>['ctx'] }> {
  const suite = suiteOf(key.suite)
  try {
    const publicKey = await suite.DeserializePublicKey(key.publicKey)
    const { encapsulatedSecret: enc, ctx } = await suite.SetupSender(publicKey, { info: envelopeInfo(mailbox) })
    return { enc, ctx }
  } catch (cause) {
    throw new MailboxError('KEY', 'The prekey to seal to is not a usable key.', { cause })
  }
}

function suiteOf(number: number): CipherSuite {
  const suite = hpke.get(number)
  if (suite === undefined) throw new MailboxError('VERSION', `Suite ${number} is not known.`)
  return suite
}

/**
 * Opens a record (SPEC §3.8 checks 1 to 9). Whether it has expired is the caller's question.
 * @param o.keys held prekeys by key id in hex
 * @returns undefined when the record is not for us: another mailbox, or a key id that is not held
 * @throws MailboxError RECORD, VERSION, SIZE: not a record that could be stored; SEAL: header, enc or ct changed;
 *   PADDING: the inner form; SIGNATURE: the sender did not sign this for this mailbox and record
 */
export async function open(
  record: Record,
  o: { mailbox: IdentityKey; keys: ReadonlyMap<string, Prekey> }
): Promise<Opened | undefined> {
  // SPEC §3.8 check 1
  const header = decodeHeader(record.header)
  // SPEC §3.8 checks 2 and 3
  if (!equals(header.mailbox, o.mailbox)) return undefined
  const key = o.keys.get(toString(header.keyId, 'hex'))
  if (key === undefined) return undefined
  // SPEC §3.8 check 4
  checkSizes(record, header)
  if (key.suite !== header.suite) throw new MailboxError('RECORD', 'The suite of a record is not that of its key.')
  // SPEC §3.8 check 5
  const plaintext = await unseal(record, o.mailbox, key)
  return openInner({ ...record, plaintext }, header, recordId(record), o.mailbox)
}

/**
 * Whether a key opens what is sealed to it, here and now: when it does, a record to it that does not open has itself to
 * blame, and not a damaged secret or this platform. False for a key of a wallet, which is not asked for that.
 */
export async function isSound(key: Prekey, mailbox: IdentityKey): Promise<boolean> {
  if (key.open !== undefined) return false
  const [header, probe] = [new Uint8Array(0), new Uint8Array(32)]
  try {
    const { enc, ctx } = await setupSender(key, mailbox)
    return equals(await unseal({ header, enc, ct: await ctx.Seal(probe, header) }, mailbox, key), probe)
  } catch (error) {
    if (isMailboxError(error)) return false
    throw error
  }
}

async function unseal(record: Record, mailbox: IdentityKey, key: Prekey): Promise<Uint8Array> {
  if (key.open !== undefined) return await unsealKept(record, mailbox, key.suite, key.open)
  const suite = suiteOf(key.suite)
  const secret = await secretOf(suite, key)
  try {
    return await suite.Open(secret, record.enc, record.ct, { info: envelopeInfo(mailbox), aad: record.header })
  } catch (cause) {
    throw new MailboxError('SEAL', 'The record was sealed for this mailbox but does not open.', { cause })
  }
}

/** With a key that a wallet keeps (SPEC §2.7). */
async function unsealKept(
  { enc, ct, header }: Record,
  mailbox: IdentityKey,
  suite: number,
  open: KeptKeys['open']
): Promise<Uint8Array> {
  const plaintext = await open({ suite, enc, ct, info: envelopeInfo(mailbox), aad: header })
  if (plaintext !== undefined) return plaintext
  throw new MailboxError('SEAL', 'The record was sealed for this mailbox but does not open.')
}

/**
 * Bytes sealed to one key as a record's are, to try whether its keeper opens them. Not a record.
 * @throws MailboxError KEY, VERSION
 */
export async function sealProbe(
  key: Pick<BundleKey, 'suite' | 'publicKey'>,
  mailbox: IdentityKey,
  probe: { plaintext: Uint8Array; aad: Uint8Array }
): Promise<SealedBytes> {
  const { enc, ctx } = await setupSender(key, mailbox)
  const { plaintext, aad } = probe
  return { suite: key.suite, enc, ct: await ctx.Seal(plaintext, aad), info: envelopeInfo(mailbox), aad }
}

async function secretOf(suite: CipherSuite, key: Prekey): Promise<Key> {
  try {
    return await suite.DeserializePrivateKey(key.secret)
  } catch (cause) {
    throw new MailboxError('KEY', 'The secret of a held prekey is not usable.', { cause })
  }
}

function openInner(sealed: Sealed, header: Header, id: Uint8Array, mailbox: IdentityKey): Opened {
  // SPEC §3.8 checks 6 and 7
  const inner = decodeInner(unpad(sealed.plaintext))
  // SPEC §3.8 check 8
  const sender = senderOf(inner)
  const { suite, expiresHour } = header
  const input = senderAuthInput({ suite, mailbox, sender, header: sealed.header, enc: sealed.enc, tbs: inner.tbs })
  if (!verify(sender, input, inner.auth)) {
    throw new MailboxError('SIGNATURE', 'The sender did not sign this message for this mailbox and record.')
  }
  // SPEC §3.8 check 9: the fields are read from the bytes that were signed, never before check 8
  return { ...decodeSigned(inner.tbs), id, mailbox, sender, expiresHour }
}

function senderOf(inner: Inner): IdentityKey {
  try {
    return parseIdentityKey(inner.sender)
  } catch (cause) {
    throw new MailboxError('SIGNATURE', 'The sender of a message is not a usable key.', { cause })
  }
}
