/**
 * What the door sends as the body of a message: the application's bytes, and before them what both sides need to hand
 * out the very boxes and signatures of Textile (SPEC §10.11). The boxes themselves never leave a machine.
 */
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { hkdf, sha256 } from '../crypto/primitives.ts'
import { systemEnvironment } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { domains } from '../identity/domains.ts'
import type { IdentityKey } from '../identity/keys.ts'
import { verify } from '../identity/keys.ts'
import { sealTextileBox, textileBoxRandomBytes } from '../identity/textile.ts'
import { bodyBytesMax } from '../limits.ts'
import type { Identity } from './keys.ts'

export const textileContentType = 'application/x-textile'

const saltBytes = 16
const signatureBytes = 64
const preambleBytes = saltBytes + 2 * signatureBytes
const nothing = new Uint8Array(0)

/** A body as Textile's libraries hand it out: a box for its owner, and the sender's signature of the box. */
export interface SignedBox {
  readonly body: Uint8Array
  /** 64 bytes; empty when the sender made none for this box. */
  readonly signature: Uint8Array
}

interface Parties {
  readonly from: IdentityKey
  readonly to: IdentityKey
}

/**
 * The content that says `body`, and the box that its sender keeps.
 * @throws MailboxError SIZE
 */
export async function writeContent(
  body: Uint8Array,
  { identity, from, to }: Parties & { identity: Identity }
): Promise<{ content: Uint8Array; own: SignedBox }> {
  const bytesMax = bodyBytesMax - preambleBytes
  if (body.length > bytesMax) {
    throw new MailboxError('SIZE', `The body has ${body.length} bytes; here ${bytesMax} is the most.`, {
      limit: 'bodyBytesMax'
    })
  }
  const salt = systemEnvironment.random(saltBytes)
  const own = box(salt, body, { from, to: from })
  const [signature, ownSignature] = [await identity.sign(box(salt, body, { from, to })), await identity.sign(own)]
  if (!verify(from, own, ownSignature)) {
    throw new MailboxError('KEY', 'What this identity signs does not verify with its own public key.')
  }
  return { content: concat([salt, signature, ownSignature, body]), own: { body: own, signature: ownSignature } }
}

interface Received {
  readonly contentType: string
  readonly body: Uint8Array
}

/** The application's bytes of a message, whether the door sent it or any other client of this package. */
export function readContent(message: Received): Uint8Array {
  return isTextile(message) ? message.body.subarray(preambleBytes) : message.body
}

/** The box of a message that came, for its recipient. */
export function receivedBox(message: Received, { from, to }: Parties): SignedBox {
  return boxOf(message, { from, to, signer: from, at: saltBytes })
}

/** The box of a message that was sent, for its sender. */
export function sentBox(message: Received, from: IdentityKey): SignedBox {
  return boxOf(message, { from, to: from, signer: from, at: saltBytes + signatureBytes })
}

function boxOf(message: Received, o: Parties & { signer: IdentityKey; at: number }): SignedBox {
  const plaintext = readContent(message)
  if (!isTextile(message)) {
    return {
      body: sealTextileBox(o.to, plaintext, systemEnvironment.random(textileBoxRandomBytes)),
      signature: nothing
    }
  }
  const body = box(message.body.subarray(0, saltBytes), plaintext, o)
  const signature = message.body.slice(o.at, o.at + signatureBytes)
  return { body, signature: verify(o.signer, body, signature) ? signature : nothing }
}

function isTextile({ contentType, body }: Received): boolean {
  return contentType === textileContentType && body.length >= preambleBytes
}

/** The same for all who know the salt, which are its sender and its recipient. */
function box(salt: Uint8Array, plaintext: Uint8Array, { from, to }: Parties): Uint8Array {
  const info = concat([fromString(domains.textileBox), from, to, sha256(plaintext)])
  return sealTextileBox(to, plaintext, hkdf(salt, info, textileBoxRandomBytes))
}
