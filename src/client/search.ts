/**
 * The search for a stamp (SPEC §7.6): the first nonce with which SHA-256(prefix ‖ nonce) begins with enough zero bits.
 * One nonce after the other, each with the one compression that it changes; whoever uses a nonce checks it with the
 * crypto of the platform.
 */

export interface Sought {
  readonly prefix: Uint8Array
  readonly bits: number
  readonly triesMax: number
}

/** A whole search, wherever it runs: undefined after `triesMax` hashes. Rejects as `signal` does. */
export type Solve = (
  sought: Sought,
  progress: (hashes: number) => void,
  signal: AbortSignal
) => Promise<Uint8Array | undefined>

/** What a thread that searches tells. */
export type ThreadWord = { readonly hashes: number } | { readonly nonce: Uint8Array | undefined }

/** A nonce has 8 bytes: what counts is in the last four, so that all before them is hashed once in 2^32 times. */
export const nonceBytes = 8
const counterBytes = 4
const blockBytes = 64
const wrapped = 2 ** 32

/** SHA-256: the first 32 bits of the fractional parts of the square roots, and of the cube roots, of primes. */
const begin = rootsOf(8, 1 / 2)
const constants = rootsOf(64, 1 / 3)

export class StampSearch {
  readonly #bits: number
  readonly #message: DataView
  /** Where the counter is, and the first block that it changes. */
  readonly #counterAt: number
  readonly #changing: number
  readonly #before = new Int32Array(8)
  readonly #state = new Int32Array(8)
  readonly #words = new Int32Array(64)
  #high = 0
  #low = 0

  /** @param bits 0 to 32 */
  constructor(prefix: Uint8Array, bits: number) {
    this.#bits = bits
    this.#message = new DataView(padded(prefix).buffer)
    this.#counterAt = prefix.length + nonceBytes - counterBytes
    this.#changing = Math.floor(this.#counterAt / blockBytes) * blockBytes
    this.#begin()
  }

  /** Tries `count` nonces more. @returns the one that does, and from there on it goes on behind it */
  run(count: number): Uint8Array | undefined {
    for (let tried = 0; tried < count; tried++) {
      this.#message.setUint32(this.#counterAt, this.#low)
      const word = this.#hash()
      const found = Math.clz32(word) >= this.#bits
      const nonce = found ? this.#nonce() : undefined
      this.#advance()
      if (nonce !== undefined) return nonce
    }
    return undefined
  }

  #advance(): void {
    this.#low++
    if (this.#low < wrapped) return
    this.#low = 0
    this.#high++
    this.#begin()
  }

  /** All that the counter does not change. */
  #begin(): void {
    this.#message.setUint32(this.#counterAt - counterBytes, this.#high)
    this.#before.set(begin)
    for (let at = 0; at < this.#changing; at += blockBytes) compress(this.#before, this.#message, at, this.#words)
  }

  /** The first 32 bits of the hash. */
  #hash(): number {
    this.#state.set(this.#before)
    const end = this.#message.byteLength
    for (let at = this.#changing; at < end; at += blockBytes) compress(this.#state, this.#message, at, this.#words)
    return this.#state[0] ?? 0
  }

  #nonce(): Uint8Array {
    const at = this.#counterAt - counterBytes
    return new Uint8Array(this.#message.buffer.slice(at, at + nonceBytes))
  }
}

/** What is hashed: prefix, nonce, a one, zeros, and the length in bits. */
function padded(prefix: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = prefix.length + nonceBytes
  const message = new Uint8Array(Math.ceil((bytes + 9) / blockBytes) * blockBytes)
  message.set(prefix)
  message[bytes] = 0x80
  new DataView(message.buffer).setUint32(message.length - 4, bytes * 8)
  return message
}

/** FIPS 180-4 §6.2.2, on one block. Written out, since this is where the time goes: calls and arrays would treble it. */
function compress(state: Int32Array, message: DataView, at: number, words: Int32Array): void {
  schedule(message, at, words)
  let a = state[0] as number
  let b = state[1] as number
  let c = state[2] as number
  let d = state[3] as number
  let e = state[4] as number
  let f = state[5] as number
  let g = state[6] as number
  let h = state[7] as number
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (constants[i] as number) + (words[i] as number)) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + s0 + ((b & c) ^ (b & d) ^ (c & d))) | 0
  }
  state[0] = (state[0] as number) + a
  state[1] = (state[1] as number) + b
  state[2] = (state[2] as number) + c
  state[3] = (state[3] as number) + d
  state[4] = (state[4] as number) + e
  state[5] = (state[5] as number) + f
  state[6] = (state[6] as number) + g
  state[7] = (state[7] as number) + h
}

function schedule(message: DataView, at: number, words: Int32Array): void {
  for (let i = 0; i < 16; i++) words[i] = message.getInt32(at + 4 * i)
  for (let i = 16; i < 64; i++) {
    const a = words[i - 15] as number
    const b = words[i - 2] as number
    const s0 = ((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3)
    const s1 = ((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10)
    words[i] = s0 + s1 + (words[i - 7] as number) + (words[i - 16] as number)
  }
}

/** 32 fractional bits of that power of each of the first `count` primes; exact, which a test compares. */
function rootsOf(count: number, power: number): Int32Array {
  const roots: number[] = []
  for (let n = 2; roots.length < count; n++)
    if (isPrime(n)) roots.push(((n ** power - Math.floor(n ** power)) * wrapped) | 0)
  return Int32Array.from(roots)
}

function isPrime(n: number): boolean {
  for (let by = 2; by * by <= n; by++) if (n % by === 0) return false
  return true
}
