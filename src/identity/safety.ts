/**
 * The safety number of two identities: 60 digits that both people see alike and compare out of band (SPEC §2.6). Each
 * half is a slow hash of one key, so that a key with a wanted half costs 5,200 times as much to look for.
 */
import { sha512 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { domains } from './domains.ts'

/** As many as in Signal's numeric fingerprints. */
const iterations = 5_200
const groupsPerKey = 6
const groupBytes = 5
const groupDigits = 5
const digits = 2 * groupsPerKey * groupDigits

/** 12 groups of 5 digits with spaces between; the same whichever of the two keys comes first. */
export function safetyNumber(a: Uint8Array, b: Uint8Array): string {
  return [half(a), half(b)]
    .toSorted()
    .join('')
    .replaceAll(/(\d{5})(?=\d)/g, '$1 ')
}

/**
 * A safety number as somebody typed or pasted it, in the form of `safetyNumber`: spaces, line ends and hyphens make no
 * difference. Undefined: not 60 digits.
 */
export function parseSafetyNumber(text: string): string | undefined {
  // longer than any way of writing it that a person would choose
  if (text.length > 4 * digits) return undefined
  const plain = text.replaceAll(/[\s-]/g, '')
  return /^\d+$/.test(plain) && plain.length === digits ? plain.replaceAll(/(\d{5})(?=\d)/g, '$1 ') : undefined
}

/** 30 digits of one key. */
function half(key: Uint8Array): string {
  let hash = sha512(concat([new TextEncoder().encode(domains.safetyNumber), Uint8Array.of(0), key]))
  for (let i = 1; i < iterations; i++) hash = sha512(concat([hash, key]))
  return Array.from({ length: groupsPerKey }, (_, group) => groupOf(hash, group)).join('')
}

/** 40 bits, of which the remainder by 100,000 is off evenness by less than one in ten million. */
function groupOf(hash: Uint8Array, group: number): string {
  const bytes = hash.subarray(group * groupBytes, (group + 1) * groupBytes)
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  return (value % 10 ** groupDigits).toString().padStart(groupDigits, '0')
}
