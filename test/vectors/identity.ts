/** Key files and recovery phrases, made without the code under test (SPEC §2.4, §2.5). */
import { createHash, scryptSync } from 'node:crypto'
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { base32 } from 'multiformats/bases/base32'
import { alice, bob, carol, fixedBytes, hex } from './fixed.ts'
import type { NegativeVector } from './negative.ts'

interface Sealing {
  readonly seed: Uint8Array
  readonly key: Uint8Array
  readonly passphrase: string
  readonly cost: readonly [logN: number, r: number, p: number]
}

const salt = fixedBytes('key file salt', 16)
const nonce = fixedBytes('key file nonce', 24)

function keyFile({ seed, key, passphrase, cost }: Sealing): { secret: Uint8Array; text: string } {
  const [logN, r, p] = cost
  const header = Buffer.concat([Buffer.from('mbkf'), Buffer.from([1, ...cost]), key, salt, nonce])
  const password = Buffer.from(passphrase.normalize('NFKC'))
  const salted = Buffer.concat([Buffer.from('mailbox/1/key-file'), salt])
  const secret = scryptSync(password, salted, 32, { N: 2 ** logN, r, p, maxmem: 2 ** 30 })
  return {
    secret,
    text: base32.encode(Buffer.concat([header, xchacha20poly1305(secret, nonce, header).encrypt(seed)]))
  }
}

/** 256 bits and 8 of their hash, in words of 11 bits. */
function phrase(seed: Uint8Array): string {
  const bytes = [...seed, createHash('sha256').update(seed).digest()[0] ?? 0]
  const bits = bytes.map(byte => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{11}/g) ?? []).map(group => wordlist[parseInt(group, 2)]).join(' ')
}

export function identityVectors(): object {
  const sealings: Sealing[] = [
    { ...of(bob), passphrase: 'correct horse battery staple', cost: [17, 8, 1] },
    { ...of(alice), passphrase: 'cafe\u0301 \u2460', cost: [4, 8, 2] }
  ]
  return {
    key_files: sealings.map(sealing => {
      const { secret, text } = keyFile(sealing)
      const [logN, r, p] = sealing.cost
      const parts = { log_n: logN, r, p, salt: hex(salt), nonce: hex(nonce), secret: hex(secret) }
      return { passphrase: sealing.passphrase, seed: hex(sealing.seed), ...parts, text }
    }),
    phrases: [bob, alice, carol].map(({ seed, address }) => ({ seed: hex(seed), address, phrase: phrase(seed) }))
  }
}

const of = ({ seed, key }: { seed: Uint8Array; key: Uint8Array }): { seed: Uint8Array; key: Uint8Array } => ({
  seed,
  key
})

export function negativeIdentities(): NegativeVector[] {
  return [...keyFiles(), ...phrases()]
}

function keyFiles(): NegativeVector[] {
  const passphrase = 'correct horse'
  const cheap: Sealing = { ...of(bob), passphrase, cost: [4, 8, 1] }
  const { text } = keyFile(cheap)
  const changed = (at: number, ...bytes: number[]): string =>
    base32.encode(base32.decode(text).map((byte, place) => bytes[place - at] ?? byte))
  const cases: [string, string, string][] = [
    ['key file with another passphrase', 'PASSPHRASE', keyFile({ ...cheap, passphrase: 'other' }).text],
    ['key file with a changed salt', 'PASSPHRASE', changed(40, (salt[0] ?? 0) ^ 1)],
    ['key file with the address of another', 'KEY', keyFile({ ...cheap, key: alice.key }).text],
    ['key file whose address is of small order', 'KEY', keyFile({ ...cheap, key: new Uint8Array(32) }).text],
    ['key file of version 2', 'VERSION', changed(4, 2)],
    ['key file that asks for 512 MiB', 'KEY', changed(5, 19)],
    ['key file that asks for five times the work', 'KEY', changed(5, 17, 8, 5)],
    ['key file cut short', 'KEY', text.slice(0, -1)],
    ['key file in upper case', 'KEY', text.toUpperCase()],
    ['key file that is a private key', 'KEY', bob.toText()]
  ]
  return cases.map(([name, code, given]) => ({
    name,
    check: 'openKeyFile',
    code,
    input: { text: given, passphrase }
  }))
}

function phrases(): NegativeVector[] {
  const words = phrase(bob.seed).split(' ')
  const cases: [string, string[]][] = [
    ['phrase of 23 words', words.slice(1)],
    ['phrase of 12 words', 'legal winner thank year wave sausage worth useful legal winner thank yellow'.split(' ')],
    ['phrase with a word that is not in the list', words.with(6, 'mailbox')],
    ['phrase whose checksum is wrong', words.with(0, words[0] === 'zoo' ? 'zone' : 'zoo')]
  ]
  return cases.map(([name, given]) => ({
    name,
    check: 'identityFromPhrase',
    code: 'PHRASE',
    input: { text: given.join(' ') }
  }))
}
