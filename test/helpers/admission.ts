/** What tests of admission give with a record: proofs of gates and stamps, and bundles that ask for them. */
import assert from 'node:assert/strict'
import { Status } from '../../src/errors.ts'
import { openBundle, signBundle, type BundleGate, type KeyBundleFields } from '../../src/identity/bundle.ts'
import { generateGate, type Gate } from '../../src/identity/gate.ts'
import type { PrivateIdentity } from '../../src/identity/keys.ts'
import { gateProof, stampProof } from '../../src/identity/proof.ts'
import { recordId } from '../../src/identity/record.ts'
import { stampBits, stampPrefix } from '../../src/identity/stamp.ts'
import type { Record } from '../../src/wire/messages.js'
import type { RelayWorld } from './relays.ts'

export const newGate = (share = 50): Gate & BundleGate => {
  const gate = generateGate()
  return Object.assign(gate, { share, revokedHour: 0 })
}

export const revoked = ({ publicKey, id, share }: BundleGate, hour: number): BundleGate => ({
  publicKey,
  id,
  share,
  revokedHour: hour
})

/** The owner changes what its bundle says, on these relays, or on all. */
export async function rebundled(
  world: RelayWorld,
  owner: PrivateIdentity,
  change: Partial<KeyBundleFields>,
  hosts = world.hosts
): Promise<void> {
  const peer = world.peer()
  for (const host of hosts) {
    const { bundle } = await peer.info(host, owner.key)
    assert.ok(bundle !== undefined)
    const held = await openBundle(bundle, { mailbox: owner.key, nowHour: world.nowHour })
    const { bytes } = await signBundle(owner, { ...held, ...change, seq: held.seq + 1 })
    assert.equal(await peer.prove(host, owner), Status.OK)
    assert.equal((await peer.owner(host, { config: { mailbox: owner.key, bundle: bytes } })).status, Status.OK)
  }
}

export const byGate = async (gate: Gate, mailbox: Uint8Array, record: Record): Promise<{ proof: Uint8Array }> => ({
  proof: await gateProof(gate, mailbox, recordId(record))
})

/** A stamp with exactly this many zero bits; few, so that it is found at once. */
export function stamped(mailbox: Uint8Array, record: Record, bits: number): { proof: Uint8Array } {
  const prefix = stampPrefix('record', mailbox, recordId(record))
  const nonce = new Uint8Array(8)
  for (let n = 0; ; n++) {
    new DataView(nonce.buffer).setUint32(0, n)
    if (stampBits(prefix, nonce) === bits) return { proof: stampProof(nonce) }
  }
}
