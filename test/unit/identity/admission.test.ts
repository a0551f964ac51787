import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { gateFromSeed, gateIdOf, generateGate } from '../../../src/identity/gate.ts'
import { decodeProof, gateProof, stampProof, verifyGateProof } from '../../../src/identity/proof.ts'
import { stampBits, stampPrefix } from '../../../src/identity/stamp.ts'
import { proofBytesMax } from '../../../src/limits.ts'
import { Proof } from '../../../src/wire/messages.js'
import { alice, bob, fixedBytes, hex } from '../../vectors/fixed.ts'

const id = fixedBytes('record', 32)

test('a gate is its seed, and only somebody who asks for the seed sees it', () => {
  const gate = generateGate(n => fixedBytes('seed', n))
  assert.deepEqual(hex(gateFromSeed(gate.seed).publicKey), hex(gate.publicKey))
  assert.equal(hex(gateIdOf(gate.publicKey)), hex(gate.id))
  assert.equal(gate.id.length, 8)
  const seed = hex(gate.seed)
  for (const shown of [inspect(gate), JSON.stringify(gate)]) {
    assert.ok(!shown.includes(seed))
    assert.ok(!shown.includes('seed'))
  }
  // what is given out is a copy
  gate.seed.fill(0)
  assert.equal(hex(gate.seed), seed)
})

test('two new gates are not the same, and a seed of another length is refused', () => {
  assert.notEqual(hex(generateGate().seed), hex(generateGate().seed))
  for (const length of [0, 31, 33]) assert.throws(() => gateFromSeed(new Uint8Array(length)), { code: 'KEY' })
})

test('G10: a gate lets in the record that was signed, in the mailbox that was named, and nothing else', async () => {
  const [gate, other] = [generateGate(), generateGate()]
  const proof = decodeProof(await gateProof(gate, bob.key, id))
  assert.ok(proof.kind === 'gate')
  assert.equal(hex(proof.gate), hex(gate.id))
  const { signature } = proof
  assert.ok(await verifyGateProof(gate.publicKey, bob.key, id, signature))
  assert.ok(!(await verifyGateProof(other.publicKey, bob.key, id, signature)))
  assert.ok(!(await verifyGateProof(gate.publicKey, alice.key, id, signature)))
  assert.ok(!(await verifyGateProof(gate.publicKey, bob.key, fixedBytes('other', 32), signature)))
  assert.ok(!(await verifyGateProof(gate.publicKey, bob.key, id, signature.subarray(1))))
})

test('a public key of a gate that is no key lets nothing in and throws nothing', async () => {
  const signature = new Uint8Array(64)
  for (const key of [new Uint8Array(0), new Uint8Array(32), new Uint8Array(32).fill(0xff), fixedBytes('no point', 33)])
    assert.equal(await verifyGateProof(key, bob.key, id, signature), false)
})

test('both kinds of proof are of the size that the limit leaves room for', async () => {
  const sizes = [(await gateProof(generateGate(), bob.key, id)).length, stampProof(new Uint8Array(8)).length]
  assert.deepEqual(sizes, [76, 10])
  assert.ok(Math.max(...sizes) <= proofBytesMax)
})

test('no proof is none, absent or empty', () => {
  assert.deepEqual(decodeProof(undefined), { kind: 'none' })
  assert.deepEqual(decodeProof(new Uint8Array(0)), { kind: 'none' })
  const empty = { gate: new Uint8Array(0), signature: new Uint8Array(0), nonce: new Uint8Array(0) }
  assert.deepEqual(decodeProof(Proof.encode(empty)), { kind: 'none' })
})

test('zero bits are counted from the first, and a stamp is for one record, one mailbox, one purpose', () => {
  const nonce = fixedBytes('nonce', 8)
  const seen = new Set([
    stampBits(stampPrefix('record', bob.key, id), nonce),
    stampBits(stampPrefix('record', alice.key, id), nonce),
    stampBits(stampPrefix('registration', bob.key, id), nonce)
  ])
  assert.ok([...seen].every(bits => bits >= 0 && bits <= 256))
  // half of all nonces have no zero bit, a quarter exactly one: what a count from the wrong end would change
  const prefix = stampPrefix('record', bob.key, id)
  const counts = Array.from({ length: 4_096 }, (_, n) => stampBits(prefix, fixedBytes(`nonce ${n}`, 8)))
  const share = (bits: number): number => counts.filter(count => count >= bits).length / counts.length
  for (const bits of [1, 2, 3, 4, 5])
    assert.ok(Math.abs(share(bits) * 2 ** bits - 1) < 0.3, `${bits} bits: ${share(bits)}`)
  assert.ok(counts.some(count => count > 8))
})
