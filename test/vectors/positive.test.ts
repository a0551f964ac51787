import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openAdvert } from '../../src/identity/advert.ts'
import { parseAddress, parsePrivateKey } from '../../src/identity/address.ts'
import { openBundle } from '../../src/identity/bundle.ts'
import { openDeviceCertificate, openHostConfig } from '../../src/identity/device.ts'
import { open } from '../../src/identity/envelope.ts'
import { gateFromSeed } from '../../src/identity/gate.ts'
import { keyFileHeader, openKeyFile } from '../../src/identity/keyfile.ts'
import { openInvitation } from '../../src/identity/invitation.ts'
import { identityFromSeed } from '../../src/identity/keys.ts'
import { openLocator } from '../../src/identity/locator.ts'
import { locatorKeys } from '../../src/placement/neighbourhood.ts'
import { verifyOwnerAuth } from '../../src/identity/ownerauth.ts'
import { identityFromPhrase, recoveryPhrase } from '../../src/identity/phrase.ts'
import { lastResortPrekey } from '../../src/identity/prekey.ts'
import { decodeProof, gateProof, stampProof, verifyGateProof } from '../../src/identity/proof.ts'
import { ReceiptVerifier } from '../../src/identity/receipt.ts'
import { safetyNumber } from '../../src/identity/safety.ts'
import { checkRecord, ladderFor, recordId } from '../../src/identity/record.ts'
import { stampBits, stampPrefix } from '../../src/identity/stamp.ts'
import { openTextileBox } from '../../src/identity/textile.ts'
import { openTombstone } from '../../src/identity/tombstone.ts'
import { authCallFrom, heldFor, receiptFrom, recordFrom, type CheckInput } from './checks.ts'
import { hex, unhex } from './fixed.ts'
import { vectorFiles } from './generate.ts'

function load(name: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'))
}

test('running the generator again writes the same bytes', async () => {
  for (const [name, content] of await vectorFiles()) {
    assert.equal(content, readFileSync(join(import.meta.dirname, name), 'utf8'), name)
  }
})

interface Keys {
  identities: {
    name: string
    seed: string
    key: string
    address: string
    private_key_text: string
    locator_key: string
    locator_key_2: string
  }[]
  last_resort: { seed: string; epoch: number; suite: number; secret: string; public_key: string; key_id: string }[]
}

test('a locator has the two keys of keys.json', () => {
  for (const { key, locator_key: first, locator_key_2: second } of (load('keys.json') as Keys).identities)
    assert.deepEqual(locatorKeys(unhex(key)).map(hex), [first, second])
})

test('identities have the keys and texts of keys.json', () => {
  for (const { seed, key, address, private_key_text: text } of (load('keys.json') as Keys).identities) {
    const identity = identityFromSeed(unhex(seed))
    assert.equal(hex(identity.key), key)
    assert.equal(identity.address, address)
    assert.equal(hex(parseAddress(address)), key)
    assert.equal(hex(parsePrivateKey(text).seed), seed)
  }
})

test('last-resort keys come from the seed alone', async () => {
  for (const vector of (load('keys.json') as Keys).last_resort) {
    const key = await lastResortPrekey(identityFromSeed(unhex(vector.seed)), vector.suite, vector.epoch)
    assert.deepEqual(
      [hex(key.secret), hex(key.publicKey), hex(key.keyId)],
      [vector.secret, vector.public_key, vector.key_id]
    )
  }
})

interface Care {
  key_files: { passphrase: string; seed: string; log_n: number; text: string }[]
  phrases: { seed: string; address: string; phrase: string }[]
}

test('key files and phrases of identity.json give their seeds, and the seeds their phrases', async () => {
  const care = load('identity.json') as Care
  for (const { passphrase, seed, log_n: logN, text } of care.key_files) {
    assert.equal(keyFileHeader(text).cost.logN, logN)
    assert.equal(hex((await openKeyFile(text, passphrase)).seed), seed)
  }
  for (const { seed, address, phrase } of care.phrases) {
    assert.equal(identityFromPhrase(phrase).address, address)
    assert.equal(recoveryPhrase(identityFromSeed(unhex(seed))), phrase)
  }
})

interface SealedJson {
  suite: number
  mailbox_seed: string
  prekey_secret: string
  sender: string
  expires_hour: number
  created_ms: number
  uid: string
  body: string
  header: string
  enc: string
  ct: string
  record_id: string
}

test('records sealed by another implementation open in both suites', async () => {
  for (const vector of (load('record.json') as { sealed: SealedJson[] }).sealed) {
    const record = recordFrom(vector)
    assert.equal(hex(recordId(record)), vector.record_id)
    assert.equal(checkRecord(record, { nowHour: vector.expires_hour - 1 }).suite, vector.suite)
    const keys = heldFor(record, { suite: vector.suite, secret: vector.prekey_secret })
    const opened = await open(record, { mailbox: identityFromSeed(unhex(vector.mailbox_seed)).key, keys })
    assert.ok(opened !== undefined)
    assert.equal(new TextDecoder().decode(opened.body), vector.body)
    assert.deepEqual([hex(opened.sender), hex(opened.uid)], [vector.sender, vector.uid])
    assert.deepEqual([opened.createdMs, opened.expiresHour], [vector.created_ms, vector.expires_hour])
  }
})

test('padding follows the ladder at every boundary', () => {
  const { ladder, too_large: tooLarge } = load('padding.json') as {
    ladder: { bytes: number; padded: number }[]
    too_large: number
  }
  for (const { bytes, padded } of ladder) assert.equal(ladderFor(bytes), padded)
  assert.throws(() => ladderFor(tooLarge), { code: 'SIZE' })
})

const policies = ['closed', 'pow', 'open']

interface Signed {
  bytes: string
  digest: string
}

interface Descriptors {
  mailbox: string
  now_hour: number
  locator: Signed & { write_quorum: number }
  closed_locator: Signed
  bundle: Signed & {
    key_ids: string[]
    strangers: { policy: number; pow_bits: number; class_bytes_max: number; ttl_hours_max: number }
    before: { policy: number; pow_bits: number; until_hour: number }
    gates: { public_key: string; id: string; share: number; revoked_hour: number }[]
  }
  host_config: Signed
  device_certificate: Signed & { device: string; serial: string }
  advert: { bytes: string; relay: string; issued_ms: number; valid_until_ms: number; room: number; draining: boolean }
}

test('descriptors open with the digests of descriptors.json', async () => {
  const vector = load('descriptors.json') as Descriptors
  const o = { mailbox: unhex(vector.mailbox), nowHour: vector.now_hour }
  const locator = await openLocator(unhex(vector.locator.bytes), o)
  const closed = await openLocator(unhex(vector.closed_locator.bytes), o)
  const bundle = await openBundle(unhex(vector.bundle.bytes), o)
  const config = await openHostConfig(unhex(vector.host_config.bytes), o)
  const certificate = await openDeviceCertificate(unhex(vector.device_certificate.bytes), o)
  assert.deepEqual(
    [locator, closed, bundle, config].map(descriptor => hex(descriptor.digest)),
    [vector.locator, vector.closed_locator, vector.bundle, vector.host_config].map(signed => signed.digest)
  )
  assert.deepEqual(
    bundle.keys.map(key => hex(key.keyId)),
    vector.bundle.key_ids
  )
  const { strangers, before, gates } = vector.bundle
  assert.deepEqual(
    [bundle.strangers, bundle.powBits, bundle.strangersClassBytesMax, bundle.strangersTtlHoursMax],
    [policies[strangers.policy - 1], strangers.pow_bits, strangers.class_bytes_max, strangers.ttl_hours_max]
  )
  const { policy, pow_bits: powBits, until_hour: untilHour } = before
  assert.deepEqual(bundle.before, { strangers: policies[policy - 1], powBits, untilHour })
  assert.deepEqual(
    bundle.gates.map(gate => [hex(gate.publicKey), hex(gate.id), gate.share, gate.revokedHour]),
    gates.map(gate => [gate.public_key, gate.id, gate.share, gate.revoked_hour])
  )
  assert.deepEqual([locator.writeQuorum, locator.relays.length, closed.closed], [vector.locator.write_quorum, 3, true])
  assert.equal(hex(certificate.device), vector.device_certificate.device)
})

test('the advert of descriptors.json is that of its relay', async () => {
  const { advert } = load('descriptors.json') as Descriptors
  const opened = await openAdvert(unhex(advert.bytes), { nowMs: advert.issued_ms })
  assert.deepEqual(
    [opened.relay, opened.validUntilMs, opened.room, opened.draining],
    [advert.relay, advert.valid_until_ms, advert.room, advert.draining]
  )
})

interface Owner {
  now_hour: number
  tombstone: { bytes: string; mailbox: string; ids: string[]; drop_after_hour: number }
  receipts: CheckInput['receipt'][]
  owner_auth: CheckInput['call'] & { relay: string; client: string; nonce: string }
}

test('the tombstone, receipts and challenge answer of owner.json are accepted', async () => {
  const vector = load('owner.json') as Owner
  const tombstone = await openTombstone(unhex(vector.tombstone.bytes), { nowHour: vector.now_hour })
  assert.deepEqual(tombstone.ids.map(hex), vector.tombstone.ids)
  assert.equal(hex(tombstone.mailbox), vector.tombstone.mailbox)
  const verifier = new ReceiptVerifier()
  const ids = vector.receipts.map(receipt => hex(verifier.verify(receiptFrom(receipt)).recordId))
  assert.deepEqual(ids.slice(0, 2), vector.tombstone.ids)
  const { relay, client, nonce } = vector.owner_auth
  const expected = { relay: unhex(relay), client: unhex(client), nonce: unhex(nonce), nowHour: vector.now_hour }
  const proved = await verifyOwnerAuth(authCallFrom(vector.owner_auth), expected)
  assert.deepEqual([hex(proved.mailbox), proved.scopes], [vector.tombstone.mailbox, 7])
})

interface ContactJson {
  safety_numbers: { a: string; b: string; number: string }[]
  now_ms: number
  invitations: {
    uri: string
    address: string
    token: string
    expires_hour: number
    name?: string
    relays: object[]
    gate?: string
    gate_id?: string
  }[]
}

test('safety numbers are those of contact.json, the same from both sides', () => {
  for (const { a, b, number } of (load('contact.json') as ContactJson).safety_numbers)
    assert.deepEqual([safetyNumber(unhex(a), unhex(b)), safetyNumber(unhex(b), unhex(a))], [number, number])
})

test('invitations hold what contact.json says', async () => {
  const { invitations, now_ms: nowMs } = load('contact.json') as ContactJson
  for (const vector of invitations) {
    const { address, token, expiresHour, name, relays, gate } = await openInvitation(vector.uri, { nowMs })
    assert.deepEqual(
      [address, hex(token), expiresHour, name, relays],
      [vector.address, vector.token, vector.expires_hour, vector.name, vector.relays]
    )
    assert.equal(gate === undefined ? undefined : hex(gate), vector.gate)
    if (gate !== undefined) assert.equal(hex(gateFromSeed(gate).id), vector.gate_id)
  }
  assert.equal(invitations.filter(({ gate }) => gate !== undefined).length, 1)
})

test('the ciphertext that Textile published opens, and its damaged copy does not', () => {
  const vector = load('textile.json') as {
    private_key: string
    ciphertext: string
    plaintext: string
    damaged_ciphertext: string
  }
  const seed = unhex(vector.private_key).subarray(4, 36)
  assert.equal(new TextDecoder().decode(openTextileBox(seed, unhex(vector.ciphertext))), vector.plaintext)
  assert.throws(() => openTextileBox(seed, unhex(vector.damaged_ciphertext)), { code: 'SEAL' })
})

interface Admission {
  mailbox: string
  record_id: string
  gates: { seed: string; public_key: string; id: string; signature: string; proof: string }[]
  stamps: { nonce: string; bits: number }[]
  registration_stamps: { nonce: string; bits: number }[]
  stamp_proof: { nonce: string; proof: string }
  no_proof: string
}

test('gates of admission.json have their ids and let the record in, by exactly these bytes', async () => {
  const { gates, mailbox, record_id: id } = load('admission.json') as Admission
  for (const vector of gates) {
    const gate = gateFromSeed(unhex(vector.seed))
    assert.deepEqual([hex(gate.publicKey), hex(gate.id)], [vector.public_key, vector.id])
    assert.equal(hex(await gateProof(gate, unhex(mailbox), unhex(id))), vector.proof)
    const proof = decodeProof(unhex(vector.proof))
    assert.ok(proof.kind === 'gate')
    assert.deepEqual([hex(proof.gate), hex(proof.signature)], [vector.id, vector.signature])
    assert.ok(await verifyGateProof(gate.publicKey, unhex(mailbox), unhex(id), proof.signature))
  }
})

test('stamps of admission.json have their bits, of a record and of a registration', () => {
  const vector = load('admission.json') as Admission
  const record = stampPrefix('record', unhex(vector.mailbox), unhex(vector.record_id))
  for (const { nonce, bits } of vector.stamps) assert.equal(stampBits(record, unhex(nonce)), bits)
  const registration = stampPrefix('registration', unhex(vector.mailbox))
  for (const { nonce, bits } of vector.registration_stamps) assert.equal(stampBits(registration, unhex(nonce)), bits)
  const { nonce, proof } = vector.stamp_proof
  assert.equal(hex(stampProof(unhex(nonce))), proof)
  assert.deepEqual(decodeProof(unhex(proof)), { kind: 'stamp', nonce: unhex(nonce) })
  assert.deepEqual(decodeProof(unhex(vector.no_proof)), { kind: 'none' })
})
