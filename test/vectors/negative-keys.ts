/** Keys that must not be parsed or sealed to (SPEC §2.1, §3.7). */
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import { bob, hex, prekeyOf, unhex } from './fixed.ts'
import type { NegativeVector } from './negative.ts'

/** The point of order 8 that all others are multiples of, and the one of order 2. */
const [, order8, , , order2] = ED25519_TORSION_SUBGROUP as [string, string, string, string, string]

/** y = p + 1: the identity point, encoded in a way that RFC 8032 does not allow. */
const nonCanonicalIdentity = 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'

export async function negativeKeys(): Promise<NegativeVector[]> {
  const point = ed25519.Point.fromBytes(bob.key)
  const mixed = [order2, order8].map(text => point.add(ed25519.Point.fromBytes(unhex(text))).toHex())
  const keys: [string, string][] = [
    ...ED25519_TORSION_SUBGROUP.map((key, at): [string, string] => [`small-order identity key ${at}`, key]),
    ...mixed.map((key, at): [string, string] => [`identity key with a torsion component ${at}`, key]),
    ['identity key with a non-canonical encoding', nonCanonicalIdentity],
    ['identity key that is no point', `02${'00'.repeat(31)}`],
    ['identity key of 31 bytes', hex(bob.key.subarray(0, 31))]
  ]
  return [
    ...keys.map(([name, key]) => ({ name, check: 'parseIdentityKey', code: 'KEY', input: { key } })),
    ...addresses(),
    ...(await prekeys())
  ]
}

function addresses(): NegativeVector[] {
  const last = bob.address.at(-1) as string
  // 290 bits of text for 288 bits of key: the last two must be zero
  const spareBits = `${bob.address.slice(0, -1)}${last === 'z' ? 'y' : String.fromCharCode(last.charCodeAt(0) + 1)}`
  const texts: [string, string][] = [
    ['address in upper case', bob.address.toUpperCase()],
    ['address with a character missing', bob.address.slice(0, -1)],
    ['address with a bit set after the key', spareBits],
    ['address that is a private key', bob.toText()],
    ['address with a space', ` ${bob.address}`]
  ]
  return texts.map(([name, text]) => ({ name, check: 'parseAddress', code: 'ADDRESS', input: { text } }))
}

async function prekeys(): Promise<NegativeVector[]> {
  const hybrid = (await prekeyOf('bob', 2)).publicKey
  const unreduced = new Uint8Array(hybrid)
  // first coefficient 4095, above q = 3329
  unreduced.set([0xff, (hybrid[1] ?? 0) | 0x0f])
  const lowOrderHalf = new Uint8Array(hybrid)
  lowOrderHalf.fill(0, 1184)
  const lowOrder = [
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'
  ]
  const keys: [string, number, string][] = [
    ...lowOrder.map((key, at): [string, number, string] => [`low-order X25519 prekey ${at}`, 1, key]),
    ['hybrid prekey whose ML-KEM half is not reduced', 2, hex(unreduced)],
    ['hybrid prekey whose X25519 half has low order', 2, hex(lowOrderHalf)],
    ['hybrid prekey of the wrong length', 2, hex(hybrid.subarray(1))]
  ]
  return keys.map(([name, suite, key]) => ({ name, check: 'seal', code: 'KEY', input: { suite, public_key: key } }))
}
