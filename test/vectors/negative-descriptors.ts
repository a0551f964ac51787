/** Locators, bundles and certificates that must be refused (SPEC §4). */
import { RecordEnvelope } from '@libp2p/peer-record'
import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import { concat } from 'uint8arrays/concat'
import { domains, payloadTypes } from '../../src/identity/domains.ts'
import { scopes } from '../../src/identity/device.ts'
import { sealDescriptor } from '../../src/identity/signed.ts'
import {
  KeyBundle,
  Locator,
  type KeyBundle as Bundle,
  type Locator as LocatorMessage
} from '../../src/wire/messages.js'
import { alice, bob, fixedBytes, hex, nowHour, nowMs, peerOf, prekeyOf, relays } from './fixed.ts'
import type { NegativeVector } from './negative.ts'
import { certificateWith, locatorAt, serial } from './positive.ts'

const validUntilHour = nowHour + 90 * 24
const peers = relays.map(relay => peerOf(relay.key))

export async function negativeDescriptors(): Promise<NegativeVector[]> {
  return [
    ...(await signatures()),
    ...(await locators()),
    ...(await bundles()),
    ...(await order()),
    ...(await devices())
  ]
}

function locatorMessage(change: Partial<LocatorMessage> = {}): Uint8Array {
  const listed = peers.map(peerId => ({ peerId, addresses: [], role: 1 }))
  const fields = { version: 1, seq: nowMs, issuedHour: nowHour, validUntilHour, relays: listed, writeQuorum: 2 }
  return Locator.encode({ ...fields, bundleMinSeq: 1, closed: false, ...change })
}

function openLocator(name: string, code: string, bytes: Uint8Array): NegativeVector {
  return { name, check: 'openLocator', code, input: { mailbox: hex(bob.key), now_hour: nowHour, bytes: hex(bytes) } }
}

async function signatures(): Promise<NegativeVector[]> {
  const payload = locatorMessage()
  const identityPoint = new Uint8Array(32).with(0, 1)
  const smallOrder = new RecordEnvelope({
    publicKey: publicKeyFromRaw(identityPoint),
    payloadType: payloadTypes.locator,
    payload,
    signature: concat([identityPoint, new Uint8Array(32)])
  }).marshal()
  const input = { mailbox: hex(identityPoint), now_hour: nowHour, bytes: hex(smallOrder) }
  return [
    {
      name: 'locator with the constant signature of a small-order key',
      check: 'openLocator',
      code: 'DESCRIPTOR',
      input
    },
    openLocator(
      'locator signed in another domain',
      'DESCRIPTOR',
      await sealDescriptor(bob, domains.bundle, payloadTypes.locator, payload)
    ),
    openLocator(
      'locator of another payload type',
      'DESCRIPTOR',
      await sealDescriptor(bob, domains.locator, payloadTypes.bundle, payload)
    ),
    openLocator(
      'locator signed by another identity',
      'DESCRIPTOR',
      await sealDescriptor(alice, domains.locator, payloadTypes.locator, payload)
    ),
    openLocator('locator cut short', 'DESCRIPTOR', (await locatorAt(1)).bytes.subarray(0, -1)),
    openLocator('locator over 2 KiB', 'SIZE', new Uint8Array(2049))
  ]
}

async function locators(): Promise<NegativeVector[]> {
  const [first, second, third] = peers as [Uint8Array, Uint8Array, Uint8Array]
  const relay = (peerId: Uint8Array, role = 1): LocatorMessage['relays'][number] => ({ peerId, addresses: [], role })
  const rsaLike = concat([Uint8Array.of(0x12, 0x20), first.subarray(6)])
  const changes: [string, string, Partial<LocatorMessage>][] = [
    ['locator past its validity', 'EXPIRED', { issuedHour: nowHour - 10, validUntilHour: nowHour }],
    ['locator valid for more than 100 days', 'EXPIRED', { validUntilHour: nowHour + 100 * 24 + 1 }],
    ['locator version 2', 'VERSION', { version: 2 }],
    ['locator with seq 0', 'DESCRIPTOR', { seq: 0 }],
    ['locator with a quorum below a majority', 'DESCRIPTOR', { writeQuorum: 1 }],
    ['locator with a quorum above its relays', 'DESCRIPTOR', { writeQuorum: 4 }],
    ['locator that names a relay twice', 'DESCRIPTOR', { relays: [relay(first), relay(second), relay(first)] }],
    ['locator with no active relay', 'DESCRIPTOR', { relays: [relay(first, 2)], writeQuorum: 1 }],
    [
      'locator with three standby relays',
      'DESCRIPTOR',
      { relays: [relay(first, 2), relay(second, 2), relay(third, 2)] }
    ],
    ['locator with an unknown role', 'DESCRIPTOR', { relays: [relay(first), relay(second, 3)] }],
    ['locator with a peer id that is not Ed25519', 'DESCRIPTOR', { relays: [relay(first), relay(rsaLike)] }],
    ['closed locator that names relays', 'DESCRIPTOR', { closed: true }],
    ['open locator without relays', 'DESCRIPTOR', { relays: [], writeQuorum: 0 }],
    [
      'locator with an address that is no multiaddr',
      'DESCRIPTOR',
      { relays: [{ peerId: first, addresses: [Uint8Array.of(0xff)], role: 1 }], writeQuorum: 1 }
    ]
  ]
  return await Promise.all(
    changes.map(async ([name, code, change]) => {
      const bytes = await sealDescriptor(bob, domains.locator, payloadTypes.locator, locatorMessage(change))
      return openLocator(name, code, bytes)
    })
  )
}

async function bundles(): Promise<NegativeVector[]> {
  const { suite, keyId, publicKey, notAfterHour } = await prekeyOf('bob', 1)
  const key = { suite, keyId, publicKey, notAfterHour, lastResort: false }
  const fields = {
    version: 1,
    seq: 1,
    issuedHour: nowHour,
    validUntilHour,
    keys: [key],
    strangers: 3,
    classBytesMax: 8192,
    ttlHoursMax: 336,
    powBits: 20,
    strangersClassBytesMax: 4096,
    strangersTtlHoursMax: 168,
    gates: []
  }
  const gate = { publicKey: relays[0]?.key ?? new Uint8Array(0), share: 50, revokedHour: 0 }
  const many = Array.from({ length: 33 }, (_, n) => ({ ...gate, publicKey: fixedBytes(`gate ${n}`, 32) }))
  const before = { strangers: 3, powBits: 0, untilHour: nowHour }
  const changes: [string, string, Partial<Bundle>][] = [
    ['bundle past its validity', 'EXPIRED', { issuedHour: nowHour - 10, validUntilHour: nowHour }],
    ['bundle version 2', 'VERSION', { version: 2 }],
    ['bundle with an unknown strangers policy', 'VERSION', { strangers: 4 }],
    ['bundle with a key id of another key', 'DESCRIPTOR', { keys: [{ ...key, keyId: new Uint8Array(8) }] }],
    [
      'bundle with a public key of the wrong length',
      'DESCRIPTOR',
      { keys: [{ ...key, publicKey: publicKey.subarray(1) }] }
    ],
    ['bundle without keys', 'DESCRIPTOR', { keys: [] }],
    ['bundle with a class that is not on the ladder', 'DESCRIPTOR', { classBytesMax: 1500 }],
    ['bundle with a time to live beyond the limit', 'DESCRIPTOR', { ttlHoursMax: 721 }],
    ['bundle with a class for strangers that is not on the ladder', 'DESCRIPTOR', { strangersClassBytesMax: 4095 }],
    ['bundle that takes more from strangers than from all', 'DESCRIPTOR', { strangersClassBytesMax: 16_384 }],
    ['bundle that says nothing of a class for strangers', 'DESCRIPTOR', { strangersClassBytesMax: 0 }],
    ['bundle that keeps records of strangers longer than all', 'DESCRIPTOR', { strangersTtlHoursMax: 337 }],
    ['bundle with no time to live for strangers', 'DESCRIPTOR', { strangersTtlHoursMax: 0 }],
    ['bundle that asks for a stamp of 33 bits', 'DESCRIPTOR', { powBits: 33 }],
    ['bundle with 33 gates', 'DESCRIPTOR', { gates: many }],
    ['bundle that names a gate twice', 'DESCRIPTOR', { gates: [gate, { ...gate, share: 10 }] }],
    ['bundle with a gate of 31 bytes', 'DESCRIPTOR', { gates: [{ ...gate, publicKey: fixedBytes('gate', 31) }] }],
    ['bundle with a gate without a share', 'DESCRIPTOR', { gates: [{ ...gate, share: 0 }] }],
    ['bundle with a gate of more than everything', 'DESCRIPTOR', { gates: [{ ...gate, share: 101 }] }],
    ['bundle with an unknown policy before', 'DESCRIPTOR', { before: { ...before, strangers: 0 } }],
    ['bundle with 33 bits before', 'DESCRIPTOR', { before: { ...before, powBits: 33 } }]
  ]
  return await Promise.all(
    changes.map(async ([name, code, change]) => {
      const bytes = await sealDescriptor(
        bob,
        domains.bundle,
        payloadTypes.bundle,
        KeyBundle.encode({ ...fields, ...change })
      )
      return { name, check: 'openBundle', code, input: { mailbox: hex(bob.key), now_hour: nowHour, bytes: hex(bytes) } }
    })
  )
}

/** G8: an older seq, or another envelope around the same payload, does not replace what is held. */
async function order(): Promise<NegativeVector[]> {
  const held = (await locatorAt(nowMs)).bytes
  const old = (await locatorAt(nowMs - 1)).bytes
  const rewrapped = concat([held, Uint8Array.of(0x7a, 1, 0xff)])
  const replaces = (name: string, offered: Uint8Array): NegativeVector => {
    return {
      name,
      check: 'supersedes',
      result: false,
      input: { now_hour: nowHour, offered: hex(offered), current: hex(held) }
    }
  }
  return [
    replaces('locator with an old seq', old),
    replaces('the same locator', held),
    replaces('the same locator in an envelope with an extra field', rewrapped)
  ]
}

async function devices(): Promise<NegativeVector[]> {
  const certificate = await certificateWith(serial, scopes.pull)
  const base = {
    mailbox: hex(bob.key),
    now_hour: nowHour,
    scopes: scopes.pull,
    revoked: [],
    bytes: hex(certificate.bytes)
  }
  const changes: [string, object][] = [
    ['revoked device certificate', { revoked: [hex(serial)] }],
    ['device certificate after its end', { now_hour: nowHour + 24 }],
    ['device certificate before its begin', { now_hour: nowHour - 2 }],
    ['device certificate without the scope asked for', { scopes: scopes.tombstone }],
    ['device certificate of another mailbox', { mailbox: hex(alice.key) }]
  ]
  return changes.map(([name, change]) => ({ name, check: 'checkDevice', code: 'AUTH', input: { ...base, ...change } }))
}
