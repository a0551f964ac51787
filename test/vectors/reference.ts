/**
 * Sealing by another implementation of HPKE, with the KEM's randomness given: vectors that do not come from the code
 * they test, the same at every run. Each step of SPEC §3.7 can be replaced, to make records that must be refused.
 */
import { Chacha20Poly1305 } from '@hpke/chacha20poly1305'
import { CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { XWing } from '@hpke/hybridkem-x-wing'
import { EnvelopeHeader, Inner, ToBeSigned } from '../../src/wire/messages.js'
import type { Record } from '../../src/wire/messages.js'
import type { BundleKey } from '../../src/identity/bundle.ts'
import { senderAuthInput } from '../../src/identity/inner.ts'
import type { Identity } from '../../src/identity/keys.ts'
import { alice, fixedBytes, nowHour, nowMs } from './fixed.ts'

const other = { kdf: new HkdfSha256(), aead: new Chacha20Poly1305() }

export function referenceSuite(suite: number): CipherSuite {
  return new CipherSuite({ ...other, kem: suite === 1 ? new DhkemX25519HkdfSha256() : new XWing() })
}

export function referenceInfo(mailbox: Uint8Array, domain = 'mailbox/1/envelope'): Uint8Array {
  return Uint8Array.of(...Buffer.from(domain), 0, ...mailbox)
}

/** `u32be length ‖ inner ‖ zeros`, up to `size`. */
export function referencePad(inner: Uint8Array, size: number): Uint8Array {
  const padded = Buffer.alloc(size)
  padded.writeUInt32BE(inner.length)
  padded.set(inner, 4)
  return new Uint8Array(padded)
}

export interface Steps {
  mailbox: Uint8Array
  key: BundleKey
  sender?: Identity
  body?: string
  expiresHour?: number
  header?: Uint8Array
  info?: Uint8Array
  /** Signing input → signature. */
  sign?: (input: Uint8Array) => Promise<Uint8Array>
  input?: (parts: Parameters<typeof senderAuthInput>[0]) => Uint8Array
  inner?: (inner: { sender: Uint8Array; authType: number; auth: Uint8Array; tbs: Uint8Array }) => Uint8Array
  pad?: (inner: Uint8Array) => Uint8Array
}

export interface Sealed {
  record: Record
  tbs: Uint8Array
  input: Uint8Array
  inner: Uint8Array
}

export function headerOf(steps: Pick<Steps, 'mailbox' | 'key' | 'expiresHour'>): Uint8Array {
  const { suite, keyId } = steps.key
  const expiresHour = steps.expiresHour ?? nowHour + 14 * 24
  return EnvelopeHeader.encode({ version: 1, mailbox: steps.mailbox, suite, keyId, expiresHour, class: 0 })
}

export async function sealReference(steps: Steps): Promise<Sealed> {
  const { mailbox, key, sender = alice } = steps
  const header = steps.header ?? headerOf(steps)
  const suite = referenceSuite(key.suite)
  const publicKey = await suite.kem.deserializePublicKey(new Uint8Array(key.publicKey).buffer)
  const context = await suite.createSenderContext({
    recipientPublicKey: publicKey,
    info: steps.info ?? referenceInfo(mailbox),
    ekm: fixedBytes(`ekm ${key.suite} ${steps.body}`, key.suite === 1 ? 32 : 64)
  })
  const enc = new Uint8Array(context.enc)
  const tbs = ToBeSigned.encode({
    uid: fixedBytes('uid', 16),
    createdMs: nowMs,
    contentType: 'text/plain',
    body: new TextEncoder().encode(steps.body ?? 'The meeting is at noon.')
  })
  const parts = { suite: key.suite, mailbox, sender: sender.key, header, enc, tbs }
  const input = (steps.input ?? senderAuthInput)(parts)
  const auth = await (steps.sign ?? sender.sign.bind(sender))(input)
  const inner = (steps.inner ?? Inner.encode)({ sender: sender.key, authType: 1, auth, tbs })
  const plaintext = (steps.pad ?? (bytes => referencePad(bytes, 1024)))(inner)
  const ct = new Uint8Array(await context.seal(plaintext, header))
  return { record: { header, enc, ct }, tbs, input, inner }
}
