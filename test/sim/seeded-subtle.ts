/**
 * WebCrypto for a simulation. Its operations end on threads, in any order, and draw their own randomness; here results
 * are handed out one by one in the order of the calls, and what is random comes from the seed.
 */
import { createHash } from 'node:crypto'
import type { Chance } from './chance.ts'

type Subtle = typeof crypto.subtle
interface KeyPair {
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}

const x25519Pkcs8 = Buffer.from('302e020100300506032b656e04220420', 'hex')
const mlkemCiphertextBytes = 1_088

export class SeededSubtle {
  readonly subtle: Subtle
  readonly #native: Subtle
  readonly #chance: Chance
  /** What has been called and not been handed out; each entry resolves with the handing out. */
  readonly #calls: Array<Promise<() => void>> = []

  constructor(native: Subtle, chance: Chance) {
    this.#native = native
    this.#chance = chance
    this.subtle = new Proxy(native, { get: (_, name) => this.#method(name) })
  }

  /** Hands out the result of the earliest call, once it is there. False: nothing has been called. */
  async release(): Promise<boolean> {
    const first = this.#calls.shift()
    if (first === undefined) return false
    const handOut = await first
    handOut()
    return true
  }

  #method(name: string | symbol): unknown {
    const method: unknown = this.#own(name) ?? Reflect.get(this.#native, name)
    if (typeof method !== 'function') return method
    return async (...args: unknown[]): Promise<unknown> => {
      const working = Promise.resolve(Reflect.apply(method, this.#native, args))
      return await new Promise((resolve, reject) => {
        this.#calls.push(
          working.then(
            value => () => {
              resolve(value)
            },
            (error: unknown) => () => {
              reject(error instanceof Error ? error : new Error(String(error)))
            }
          )
        )
      })
    }
  }

  #own(name: string | symbol): ((...args: never[]) => Promise<unknown>) | undefined {
    if (name === 'generateKey') return async () => await this.#x25519()
    if (name === 'encapsulateBits') return async () => this.#encapsulated()
    if (name === 'decapsulateBits')
      return async (_algorithm: unknown, _key: unknown, ciphertext: Uint8Array) => secretOf(ciphertext)
    return undefined
  }

  /** The only kind of key that is generated: the ephemeral one of a KEM. */
  async #x25519(): Promise<KeyPair> {
    const native = this.#native
    const pkcs8 = Buffer.concat([x25519Pkcs8, this.#chance.bytes(32)])
    const privateKey = await native.importKey('pkcs8', pkcs8, 'X25519', true, ['deriveBits'])
    const { kty, crv, x } = await native.exportKey('jwk', privateKey)
    const open = { ...(kty === undefined ? {} : { kty }), ...(crv === undefined ? {} : { crv }) }
    const publicKey = await native.importKey('jwk', { ...open, ...(x === undefined ? {} : { x }) }, 'X25519', true, [])
    return { privateKey, publicKey }
  }

  /** ML-KEM takes no randomness from outside. Nobody attacks it here: what it wraps is a function of the ciphertext. */
  #encapsulated(): { ciphertext: Uint8Array; sharedKey: Uint8Array } {
    const ciphertext = this.#chance.bytes(mlkemCiphertextBytes)
    return { ciphertext, sharedKey: secretOf(ciphertext) }
  }
}

function secretOf(ciphertext: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(ciphertext).digest())
}
