/** A hardware module for tests: holds a seed and an X25519 key, signs and opens, and gives neither away. */
import { sign, createPrivateKey, type KeyObject } from 'node:crypto'
import { Chacha20Poly1305 } from '@hpke/chacha20poly1305'
import { CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import type { SealedBytes } from '../../src/identity/keys.ts'

const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const buffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

export class FakeHsm {
  readonly publicKey: Uint8Array
  /** Public half of its encryption key, suite 1. */
  readonly openKey: Uint8Array
  readonly #native: KeyObject
  readonly #scalar: Uint8Array
  /** Messages it was asked to sign, and how many records to open. */
  readonly signed: Uint8Array[] = []
  opened = 0
  /** What a person in front of it would say. */
  answer: 'yes' | 'no' | 'nothing' = 'yes'

  constructor(seed: Uint8Array, scalar: Uint8Array) {
    this.#native = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' })
    this.#scalar = new Uint8Array(scalar)
    this.publicKey = ed25519.getPublicKey(seed)
    this.openKey = x25519.getPublicKey(scalar)
  }

  sign = async (message: Uint8Array): Promise<Uint8Array> => {
    await this.#ask()
    this.signed.push(message)
    return sign(null, message, this.#native)
  }

  open = async ({ suite, enc, ct, info, aad }: SealedBytes): Promise<Uint8Array | undefined> => {
    await this.#ask()
    this.opened++
    if (suite !== 1) return undefined
    const hpke = new CipherSuite({
      kem: new DhkemX25519HkdfSha256(),
      kdf: new HkdfSha256(),
      aead: new Chacha20Poly1305()
    })
    const recipientKey = await hpke.kem.importKey('raw', buffer(this.#scalar), false)
    try {
      const context = await hpke.createRecipientContext({ recipientKey, enc: buffer(enc), info: buffer(info) })
      return new Uint8Array(await context.open(buffer(ct), buffer(aad)))
    } catch {
      // any failure of HPKE is one answer: it does not open
      return undefined
    }
  }

  async #ask(): Promise<void> {
    if (this.answer === 'no') throw new Error('declined at the device')
    if (this.answer === 'nothing') await new Promise<never>(() => undefined)
  }
}
