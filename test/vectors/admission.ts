/** Gates, stamps and proofs: what must come out, and what must be refused (SPEC §4.9, §7.6, §8.2). */
import { createHash } from 'node:crypto'
import { identityFromSeed } from '../../src/identity/keys.ts'
import { signingInput } from '../../src/identity/signed.ts'
import { Proof } from '../../src/wire/messages.js'
import { alice, bob, fixedBytes, hex } from './fixed.ts'
import type { NegativeVector } from './negative.ts'

const recordId = fixedBytes('admitted record id', 32)
const otherId = fixedBytes('other record id', 32)
const none = new Uint8Array(0)
const gateType = Uint8Array.of(0x8c, 0x82, 0xc0, 0x01)

interface GateParts {
  readonly seed: Uint8Array
  readonly key: Uint8Array
  readonly id: Uint8Array
  readonly sign: (domain: string, ...parts: readonly Uint8Array[]) => Promise<Uint8Array>
}

/** Without the code under test but for Ed25519. */
function gateOf(name: string): GateParts {
  const { seed, key, sign } = signerOf(fixedBytes(name, 32))
  const id = sha256('mailbox/1/gate-id', key).subarray(0, 8)
  return {
    seed,
    key,
    id,
    sign: async (domain, ...parts) => await sign(signingInput(domain, gateType, new Uint8Array(Buffer.concat(parts))))
  }
}

function signerOf(seed: Uint8Array): {
  seed: Uint8Array
  key: Uint8Array
  sign: (m: Uint8Array) => Promise<Uint8Array>
} {
  const identity = identityFromSeed(seed)
  return { seed, key: identity.key, sign: async message => await identity.sign(message) }
}

function sha256(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

/** As a person would count them. */
function zeroBits(hash: Uint8Array): number {
  const bits = [...hash].map(byte => byte.toString(2).padStart(8, '0')).join('')
  return bits.indexOf('1')
}

/** The first nonce, counted from 0, that gives `wanted` bits or more; few enough to be found at once. */
function solve(wanted: number, ...prefix: readonly (Uint8Array | string)[]): { nonce: string; bits: number } {
  for (let n = 0; ; n++) {
    const nonce = Buffer.alloc(8)
    nonce.writeUInt32BE(n, 4)
    const bits = zeroBits(sha256(...prefix, nonce))
    if (bits >= wanted) return { nonce: hex(nonce), bits }
  }
}

const encoded = (proof: Partial<Proof>): string =>
  hex(Proof.encode({ gate: none, signature: none, nonce: none, ...proof }))

export async function admissionVectors(): Promise<object> {
  const gates = ['gate 1', 'gate 2'].map(gateOf)
  const stamp = fixedBytes('stamp nonce', 8)
  return {
    mailbox: hex(bob.key),
    record_id: hex(recordId),
    gates: await Promise.all(
      gates.map(async ({ seed, key, id, sign }) => {
        const signature = await sign('mailbox/1/gate', bob.key, recordId)
        const proof = encoded({ gate: id, signature })
        return { seed: hex(seed), public_key: hex(key), id: hex(id), signature: hex(signature), proof }
      })
    ),
    stamps: [0, 8, 12].map(wanted => solve(wanted, 'mailbox/1/stamp', bob.key, recordId)),
    registration_stamps: [12].map(wanted => solve(wanted, 'mailbox/1/registration-stamp', bob.key)),
    stamp_proof: { nonce: hex(stamp), proof: encoded({ nonce: stamp }) },
    no_proof: ''
  }
}

export async function negativeAdmission(): Promise<NegativeVector[]> {
  return [...forms(), ...(await signatures()), ...stamps()]
}

function forms(): NegativeVector[] {
  const [gate, signature, nonce] = [fixedBytes('g', 8), fixedBytes('s', 64), fixedBytes('n', 8)]
  const cases: [string, string][] = [
    ['proof with a gate and a stamp', encoded({ gate, signature, nonce })],
    ['proof with a gate id of 9 bytes', encoded({ gate: fixedBytes('g', 9), signature })],
    ['proof with a signature of 63 bytes', encoded({ gate, signature: signature.subarray(1) })],
    ['proof with a gate and no signature', encoded({ gate })],
    ['proof with a signature and no gate', encoded({ signature })],
    ['stamp of 7 bytes', encoded({ nonce: nonce.subarray(1) })],
    ['stamp of 9 bytes', encoded({ nonce: fixedBytes('n', 9) })],
    ['proof of more bytes than a proof may have', `${encoded({ gate, signature })}7a34${'00'.repeat(52)}`],
    ['proof that is no message', 'ff']
  ]
  return cases.map(([name, bytes]) => ({ name, check: 'decodeProof', code: 'MALFORMED', input: { bytes } }))
}

async function signatures(): Promise<NegativeVector[]> {
  const { key, sign } = gateOf('gate 1')
  const signature = await sign('mailbox/1/gate', bob.key, recordId)
  const good = { public_key: hex(key), mailbox: hex(bob.key), record_id: hex(recordId), signature: hex(signature) }
  const identityPoint = new Uint8Array(32).with(0, 1)
  const constant = hex(new Uint8Array(Buffer.concat([identityPoint, new Uint8Array(32)])))
  const cases: [string, object][] = [
    ['gate proof for another record', { record_id: hex(otherId) }],
    ['gate proof for another mailbox', { mailbox: hex(alice.key) }],
    ['gate proof by another gate', { public_key: hex(gateOf('gate 2').key) }],
    ['gate proof in another domain', { signature: hex(await sign('mailbox/1/relay-invite', bob.key, recordId)) }],
    ['gate proof with a changed bit', { signature: hex(signature.with(40, (signature[40] ?? 0) ^ 1)) }],
    ['constant signature of a gate of small order', { public_key: hex(identityPoint), signature: constant }]
  ]
  return cases.map(([name, change]) => ({
    name,
    check: 'verifyGateProof',
    result: false,
    input: { ...good, ...change }
  }))
}

function stamps(): NegativeVector[] {
  const { nonce, bits } = solve(12, 'mailbox/1/stamp', bob.key, recordId)
  const good = { purpose: 'record', parts: [hex(bob.key), hex(recordId)], nonce, bits }
  const cases: [string, object][] = [
    ['stamp for another record', { parts: [hex(bob.key), hex(otherId)] }],
    ['stamp for another mailbox', { parts: [hex(alice.key), hex(recordId)] }],
    ['stamp of a record in the place of a registration', { purpose: 'registration', parts: [hex(bob.key)] }],
    ['stamp with one bit less than is asked for', { bits: bits + 1 }]
  ]
  return cases.map(([name, change]) => ({ name, check: 'stamp', result: false, input: { ...good, ...change } }))
}
