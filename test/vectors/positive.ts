/** The vectors that must come out, or be accepted, exactly as written (SPEC §2 to §4, §7.4, §8). */
import { createHash } from 'node:crypto'
import { ladderBytes } from '../../src/limits.ts'
import { signBundle, type BundleGate } from '../../src/identity/bundle.ts'
import { signDeviceCertificate, signHostConfig } from '../../src/identity/device.ts'
import { signAdvert, type AdvertFields } from '../../src/identity/advert.ts'
import { domains } from '../../src/identity/domains.ts'
import { gateFromSeed } from '../../src/identity/gate.ts'
import { signLocator } from '../../src/identity/locator.ts'
import { createOwnerAuth, scopes } from '../../src/identity/ownerauth.ts'
import { peerText } from '../../src/identity/peer.ts'
import { lastResortPrekey } from '../../src/identity/prekey.ts'
import { signReceipts } from '../../src/identity/receipt.ts'
import { ladderFor, recordId } from '../../src/identity/record.ts'
import { createTombstone } from '../../src/identity/tombstone.ts'
import type { Receipt } from '../../src/wire/messages.js'
import {
  alice,
  bob,
  carol,
  client,
  device,
  fixedBytes,
  hex,
  nowHour,
  nowMs,
  peerOf,
  prekeyOf,
  relays
} from './fixed.ts'
import { sealReference } from './reference.ts'

export async function keyVectors(): Promise<object> {
  const identities = [
    { name: 'bob', identity: bob },
    { name: 'alice', identity: alice },
    { name: 'carol', identity: carol }
  ].map(({ name, identity }) => ({
    name,
    seed: hex(identity.seed),
    key: hex(identity.key),
    address: identity.address,
    private_key_text: identity.toText(),
    peer_id: peerText(peerOf(identity.key)),
    locator_key: hex(createHash('sha256').update(domains.locatorKey).update(identity.key).digest()),
    locator_key_2: hex(createHash('sha256').update(domains.locatorKey2).update(identity.key).digest())
  }))
  const prekeys = await Promise.all([1, 2].map(async suite => await prekeyOf('bob', suite)))
  const last = await Promise.all([1, 2].map(async suite => await lastResortPrekey(bob, suite, 0)))
  return {
    identities,
    prekeys: prekeys.map(publicOf),
    last_resort: last.map(key => ({ seed: hex(bob.seed), epoch: 0, ...publicOf(key) }))
  }
}

function publicOf(key: { suite: number; secret: Uint8Array; publicKey: Uint8Array; keyId: Uint8Array }): object {
  return { suite: key.suite, secret: hex(key.secret), public_key: hex(key.publicKey), key_id: hex(key.keyId) }
}

export async function recordVectors(): Promise<object> {
  const sealed = []
  for (const suite of [1, 2]) {
    const key = await prekeyOf('bob', suite)
    const { record, tbs, input, inner } = await sealReference({
      mailbox: bob.key,
      key,
      body: 'The meeting is at noon.'
    })
    sealed.push({
      suite,
      mailbox_seed: hex(bob.seed),
      prekey_secret: hex(key.secret),
      sender: hex(alice.key),
      expires_hour: nowHour + 14 * 24,
      created_ms: nowMs,
      uid: hex(fixedBytes('uid', 16)),
      content_type: 'text/plain',
      body: 'The meeting is at noon.',
      header: hex(record.header),
      tbs: hex(tbs),
      sender_auth_input: hex(input),
      inner: hex(inner),
      enc: hex(record.enc),
      ct: hex(record.ct),
      record_id: hex(recordId(record))
    })
  }
  return { sealed }
}

export async function paddingVectors(): Promise<object> {
  const boundaries = ladderBytes.flatMap(size => [size - 1, size, size + 1]).filter(bytes => bytes <= 262_144)
  return { ladder: boundaries.map(bytes => ({ bytes, padded: ladderFor(bytes) })), too_large: 262_145 }
}

export async function locatorAt(seq: number): ReturnType<typeof signLocator> {
  return await signLocator(bob, {
    seq,
    issuedHour: nowHour,
    validUntilHour: nowHour + 90 * 24,
    relays: relays.map((relay, index) => ({
      id: peerText(peerOf(relay.key)),
      addresses: [`/ip4/192.0.2.${index + 1}/tcp/4001`, `/dns4/relay${index + 1}.example/tcp/443/wss`],
      role: 'active'
    })),
    writeQuorum: 2,
    bundleMinSeq: 1,
    closed: false
  })
}

export async function certificateWith(serial: Uint8Array, granted: number): ReturnType<typeof signDeviceCertificate> {
  const validity = { notBeforeHour: nowHour, notAfterHour: nowHour + 24 }
  return await signDeviceCertificate(bob, { device: device.key, scopes: granted, ...validity, serial })
}

export const serial = fixedBytes('serial', 16)

export const advertFields: AdvertFields = {
  issuedMs: nowMs,
  validUntilMs: nowMs + 7_200_000,
  addresses: ['/ip4/192.0.2.1/tcp/4001', '/dns4/relay1.example/tcp/443/wss'],
  program: 'libp2p-mailbox/0.1.0',
  room: 17,
  recordsPerMailbox: 10_000,
  bytesPerMailbox: 67_108_864,
  classBytesMax: 262_144,
  ttlHoursMax: 720,
  registration: 'open',
  registrationBits: 22,
  draining: true
}

export async function advertAt(issuedMs: number): ReturnType<typeof signAdvert> {
  const fields = { ...advertFields, issuedMs, validUntilMs: issuedMs + 7_200_000 }
  return await signAdvert(relays[0] as (typeof relays)[number], fields)
}

/** One in force and one that was revoked. */
export function bundleGates(): BundleGate[] {
  return ['gate 1', 'gate 2'].map((name, at) => {
    const { publicKey, id } = gateFromSeed(fixedBytes(name, 32))
    return { publicKey, id, share: 50, revokedHour: at === 0 ? 0 : nowHour }
  })
}

export async function descriptorVectors(): Promise<object> {
  const locator = await locatorAt(nowMs)
  const fields = { seq: 1, issuedHour: nowHour, validUntilHour: nowHour + 90 * 24 }
  const closed = await signLocator(bob, { ...fields, relays: [], writeQuorum: 0, bundleMinSeq: 0, closed: true })
  const keys = [await prekeyOf('bob', 2), await prekeyOf('bob', 1), await lastResortPrekey(bob, 2, 0)]
  const policy = { strangers: 'pow', classBytesMax: 262_144, ttlHoursMax: 336, powBits: 20 } as const
  const forStrangers = { strangersClassBytesMax: 4_096, strangersTtlHoursMax: 168 }
  const before = { strangers: 'open', powBits: 0, untilHour: nowHour + 722 } as const
  const gates = bundleGates()
  const bundle = await signBundle(bob, { ...fields, ...policy, ...forStrangers, keys, gates, before })
  const certificate = await certificateWith(serial, scopes.pull + scopes.tombstone)
  const config = await signHostConfig(bob, {
    seq: 1,
    issuedHour: nowHour,
    deviceCerts: [certificate.bytes],
    revoked: [fixedBytes('revoked serial', 16)],
    quotaBytes: 67_108_864
  })
  return {
    mailbox: hex(bob.key),
    now_hour: nowHour,
    locator: { bytes: hex(locator.bytes), digest: hex(locator.digest), seq: locator.seq, write_quorum: 2 },
    closed_locator: { bytes: hex(closed.bytes), digest: hex(closed.digest), seq: 1 },
    bundle: {
      bytes: hex(bundle.bytes),
      digest: hex(bundle.digest),
      key_ids: keys.map(key => hex(key.keyId)),
      strangers: { policy: 2, pow_bits: 20, class_bytes_max: 4_096, ttl_hours_max: 168 },
      before: { policy: 3, pow_bits: 0, until_hour: nowHour + 722 },
      gates: gates.map(({ publicKey, id, share, revokedHour }) => {
        return { public_key: hex(publicKey), id: hex(id), share, revoked_hour: revokedHour }
      })
    },
    device_certificate: { bytes: hex(certificate.bytes), device: hex(device.key), serial: hex(serial), scopes: 3 },
    host_config: { bytes: hex(config.bytes), digest: hex(config.digest) },
    advert: await advertJson()
  }
}

async function advertJson(): Promise<object> {
  const { bytes, relay, issuedMs, validUntilMs, room, draining } = await advertAt(nowMs)
  return { bytes: hex(bytes), relay, issued_ms: issuedMs, valid_until_ms: validUntilMs, room, draining }
}

export async function receiptGroup(count: number): Promise<Receipt[]> {
  const relay = relays[0] as (typeof relays)[number]
  const facts = Array.from({ length: count }, (_, index) => ({
    mailbox: bob.key,
    recordId: fixedBytes(`record id ${index}`, 32),
    receivedMs: nowMs + index,
    keepUntilHour: nowHour + 336
  }))
  return await signReceipts(peerOf(relay.key), facts, message => relay.sign(message))
}

export function receiptJson(receipt: Receipt): object {
  const { relay, body, index, leaves, path, signature } = receipt
  return { relay: hex(relay), body: hex(body), index, leaves, path: path.map(hex), signature: hex(signature) }
}

export async function challengeAnswer(): ReturnType<typeof createOwnerAuth> {
  const relay = peerOf((relays[0] as (typeof relays)[number]).key)
  const nonce = fixedBytes('nonce', 32)
  const ends = { relay, client: peerOf(client.key), nonce }
  return await createOwnerAuth(bob, { ...ends, mailbox: bob.key, scopes: scopes.all, expiresHour: nowHour + 24 })
}

export async function ownerVectors(): Promise<object> {
  const ids = [fixedBytes('record id 0', 32), fixedBytes('record id 1', 32)]
  const tombstone = await createTombstone(bob, { ids, dropAfterHour: nowHour + 336, issuedMs: nowMs })
  const auth = await challengeAnswer()
  const relay = relays[0] as (typeof relays)[number]
  return {
    now_hour: nowHour,
    tombstone: { bytes: hex(tombstone), mailbox: hex(bob.key), ids: ids.map(hex), drop_after_hour: nowHour + 336 },
    receipts: (await receiptGroup(3)).map(receiptJson),
    owner_auth: {
      relay: hex(peerOf(relay.key)),
      client: hex(peerOf(client.key)),
      nonce: hex(fixedBytes('nonce', 32)),
      body: hex(auth.body),
      signature: hex(auth.signature)
    }
  }
}
