/** Signed things of fixed keys, with the words of today's SPEC. */
import { signBundle, type KeyBundle } from '../../src/identity/bundle.ts'
import { gateFromSeed } from '../../src/identity/gate.ts'
import { signHostConfig, type HostConfig } from '../../src/identity/device.ts'
import { scopes } from '../../src/identity/ownerauth.ts'
import { lastResortPrekey } from '../../src/identity/prekey.ts'
import type { Record } from '../../src/wire/messages.js'
import { bob, fixedBytes, nowHour, prekeyOf } from '../vectors/fixed.ts'
import { certificateWith, serial } from '../vectors/positive.ts'
import { sealReference } from '../vectors/reference.ts'

export const gate = gateFromSeed(fixedBytes('gate', 32))
const revokedGate = gateFromSeed(fixedBytes('revoked gate', 32))

export async function recordOf(suite: number, body: string): Promise<Record> {
  return (await sealReference({ mailbox: bob.key, key: await prekeyOf('bob', suite), body })).record
}

/** Strangers are admitted, so that a deposit without a proof leads on; one gate is in force and one revoked. */
export async function bundleOf(): Promise<KeyBundle> {
  const keys = [await prekeyOf('bob', 1), await lastResortPrekey(bob, 1, 0)]
  const fields = { seq: 1, issuedHour: nowHour, validUntilHour: nowHour + 90 * 24 }
  const policy = { strangers: 'open', classBytesMax: 262_144, ttlHoursMax: 720, powBits: 0 } as const
  const forStrangers = { strangersClassBytesMax: 262_144, strangersTtlHoursMax: 720 }
  const gates = [gate, revokedGate].map(({ publicKey, id }, n) => ({
    publicKey,
    id,
    share: 50,
    revokedHour: n * nowHour
  }))
  const before = { strangers: 'open', powBits: 0, untilHour: nowHour + 722 } as const
  return await signBundle(bob, { ...fields, ...policy, ...forStrangers, keys, gates, before })
}

export async function configOf(): Promise<HostConfig> {
  const certificate = await certificateWith(serial, scopes.pull + scopes.tombstone)
  return await signHostConfig(bob, {
    seq: 1,
    issuedHour: nowHour,
    deviceCerts: [certificate.bytes],
    revoked: [fixedBytes('revoked serial', 16)],
    quotaBytes: 67_108_864
  })
}
