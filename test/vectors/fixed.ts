/** Everything the vectors start from: fixed seeds, a fixed clock, and bytes that look random and are not. */
import { createHash } from 'node:crypto'
import { identityFromSeed } from '../../src/identity/keys.ts'
import type { Prekey } from '../../src/identity/prekey.ts'
import { generatePrekey } from '../../src/identity/prekey.ts'

/** 2026-01-01T00:00:00Z, in hours and milliseconds. */
export const nowHour = 490_896
export const nowMs = nowHour * 3_600_000

/** `n` bytes that depend on the name only. */
export function fixedBytes(name: string, n: number): Uint8Array {
  const hash = createHash('shake256', { outputLength: n }).update(`mailbox test vector: ${name}`)
  return new Uint8Array(hash.digest())
}

export const bob = identityFromSeed(fixedBytes('bob', 32))
export const alice = identityFromSeed(fixedBytes('alice', 32))
export const carol = identityFromSeed(fixedBytes('carol', 32))
export const device = identityFromSeed(fixedBytes('device', 32))
export const relays = ['relay 1', 'relay 2', 'relay 3'].map(name => identityFromSeed(fixedBytes(name, 32)))
export const client = identityFromSeed(fixedBytes('client', 32))

/** The peer id of an Ed25519 key, multihash bytes. */
export function peerOf(key: Uint8Array): Uint8Array {
  return Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20, ...key)
}

export async function prekeyOf(owner: string, suite: number): Promise<Prekey> {
  return await generatePrekey(suite, { nowHour, random: n => fixedBytes(`${owner} prekey ${suite}`, n) })
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
export const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))
