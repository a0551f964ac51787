/** Tombstones, receipts and challenge answers that must be refused (SPEC §7.4, §8.1, §8.7). */
import { scopes } from '../../src/identity/device.ts'
import { domains, payloadTypes } from '../../src/identity/domains.ts'
import type { Identity } from '../../src/identity/keys.ts'
import { createOwnerAuth } from '../../src/identity/ownerauth.ts'
import { signingInput } from '../../src/identity/signed.ts'
import { createTombstone } from '../../src/identity/tombstone.ts'
import { Tombstone, TombstoneBody, type Receipt } from '../../src/wire/messages.js'
import { alice, bob, client, device, fixedBytes, hex, nowHour, nowMs, peerOf, relays } from './fixed.ts'
import type { NegativeVector } from './negative.ts'
import { certificateWith, challengeAnswer, receiptGroup, receiptJson, serial } from './positive.ts'

export async function negativeOwner(): Promise<NegativeVector[]> {
  return [...(await tombstones()), ...(await receipts()), ...(await answers())]
}

const fields = { ids: [fixedBytes('record id 0', 32)], dropAfterHour: nowHour + 336, issuedMs: nowMs }

function tombstoneVector(name: string, code: string, bytes: Uint8Array, revoked: Uint8Array[] = []): NegativeVector {
  return {
    name,
    check: 'openTombstone',
    code,
    input: { now_hour: nowHour, revoked: revoked.map(hex), bytes: hex(bytes) }
  }
}

async function signedBody(
  change: object,
  signer: Identity = bob,
  domain: string = domains.tombstone
): Promise<Uint8Array> {
  const body = TombstoneBody.encode({ ...fields, mailbox: bob.key, ids: fields.ids[0] as Uint8Array, ...change })
  const signature = await signer.sign(signingInput(domain, payloadTypes.tombstone, body))
  return Tombstone.encode({ body, signer: signer.key, signature })
}

async function tombstones(): Promise<NegativeVector[]> {
  const granted = (await certificateWith(serial, scopes.tombstone)).bytes
  const pullOnly = (await certificateWith(serial, scopes.pull)).bytes
  const byDevice = { ...fields, mailbox: bob.key }
  return [
    tombstoneVector(
      'tombstone by a revoked device',
      'AUTH',
      await createTombstone(device, { ...byDevice, deviceCert: granted }),
      [serial]
    ),
    tombstoneVector(
      'tombstone by a device without the scope',
      'AUTH',
      await createTombstone(device, { ...byDevice, deviceCert: pullOnly })
    ),
    tombstoneVector('tombstone by a device without a certificate', 'AUTH', await createTombstone(device, byDevice)),
    tombstoneVector(
      'tombstone with the certificate of another device',
      'AUTH',
      await createTombstone(alice, { ...byDevice, deviceCert: granted })
    ),
    tombstoneVector('tombstone by somebody else', 'AUTH', await createTombstone(alice, byDevice)),
    tombstoneVector('tombstone signed in another domain', 'AUTH', await signedBody({}, bob, domains.ownerAuth)),
    tombstoneVector(
      'tombstone to be kept too long',
      'MALFORMED',
      await signedBody({ dropAfterHour: nowHour + 720 + 3 })
    ),
    tombstoneVector('tombstone without ids', 'MALFORMED', await signedBody({ ids: new Uint8Array(0) })),
    tombstoneVector('tombstone with half an id', 'MALFORMED', await signedBody({ ids: new Uint8Array(48) })),
    tombstoneVector('tombstone that cannot be read', 'MALFORMED', Uint8Array.of(0x0a, 0x7f))
  ]
}

async function receipts(): Promise<NegativeVector[]> {
  const [first, second] = (await receiptGroup(3)) as [Receipt, Receipt]
  const relay = relays[0] as (typeof relays)[number]
  const other = await relay.sign(signingInput(domains.tombstone, payloadTypes.receipt, new Uint8Array(36)))
  const changes: [string, Partial<Receipt>][] = [
    ['receipt with the body of another', { body: second.body }],
    ['receipt in another place of its group', { index: 1 }],
    ['receipt outside its group', { index: 3 }],
    ['receipt of a group of another size', { leaves: 4 }],
    ['receipt of a group that is too large', { leaves: 65_537 }],
    ['receipt with a path that is too short', { path: first.path.slice(1) }],
    ['receipt with a path that is too long', { path: [...first.path, new Uint8Array(32)] }],
    ['receipt of another relay', { relay: peerOf((relays[1] as (typeof relays)[number]).key) }],
    ['receipt of a small-order relay key', { relay: peerOf(new Uint8Array(32).with(0, 1)) }],
    ['receipt signed in another domain', { signature: other }]
  ]
  return changes.map(([name, change]) => {
    return { name, check: 'verifyReceipt', code: 'RECEIPT', input: { receipt: receiptJson({ ...first, ...change }) } }
  })
}

async function answers(): Promise<NegativeVector[]> {
  const call = await challengeAnswer()
  const [relay, otherRelay] = relays.map(identity => peerOf(identity.key)) as [Uint8Array, Uint8Array]
  const ends = { relay, client: peerOf(client.key), nonce: fixedBytes('nonce', 32) }
  const wish = { ...ends, mailbox: bob.key, scopes: scopes.all, expiresHour: nowHour + 24 }
  const deviceCert = (await certificateWith(serial, scopes.pull)).bytes
  const byDevice = await createOwnerAuth(device, { ...wish, scopes: scopes.pull, deviceCert })
  const base = { relay: hex(relay), client: hex(ends.client), nonce: hex(ends.nonce), now_hour: nowHour, revoked: [] }
  const json = (answer: typeof call): object => ({
    body: hex(answer.body),
    signature: hex(answer.signature),
    ...(answer.deviceCert === undefined ? {} : { device_cert: hex(answer.deviceCert) })
  })
  const wrongDomain = await bob.sign(signingInput(domains.tombstone, payloadTypes.ownerAuth, call.body))
  const cases: [string, object, object][] = [
    ['challenge answer relayed to another relay', json(call), { relay: hex(otherRelay) }],
    ['challenge answer of another client', json(call), { client: hex(relay) }],
    ['challenge answer to another nonce', json(call), { nonce: hex(fixedBytes('other nonce', 32)) }],
    ['challenge answer after its end', json(call), { now_hour: nowHour + 24 }],
    [
      'challenge answer for too long a session',
      json(await createOwnerAuth(bob, { ...wish, expiresHour: nowHour + 26 })),
      {}
    ],
    ['challenge answer with unknown scopes', json(await createOwnerAuth(bob, { ...wish, scopes: 8 })), {}],
    ['challenge answer signed in another domain', json({ ...call, signature: wrongDomain }), {}],
    ['challenge answer by somebody else', json(await createOwnerAuth(alice, wish)), {}],
    ['challenge answer by a revoked device', json(byDevice), { revoked: [hex(serial)] }],
    [
      'challenge answer by a device that asks for more than its scopes',
      json(await createOwnerAuth(device, { ...wish, deviceCert })),
      {}
    ]
  ]
  return cases.map(([name, call, change]) => ({
    name,
    check: 'verifyOwnerAuth',
    code: 'AUTH',
    input: { ...base, ...change, call }
  }))
}
