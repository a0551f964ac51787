/** Who may leave something, and how much, asked of a relay process: one row for each refusal of SPEC §7.6. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { MemoryLevel } from 'memory-level'
import { Mailbox } from '../../src/client/mailbox.ts'
import { Owner } from '../../src/client/owner.ts'
import { hourOf, systemEnvironment } from '../../src/environment.ts'
import { Status, statusName } from '../../src/errors.ts'
import { openBundle, pickKey, signBundle, type KeyBundleFields } from '../../src/identity/bundle.ts'
import { seal } from '../../src/identity/envelope.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { gateProof } from '../../src/identity/proof.ts'
import { recordId } from '../../src/identity/record.ts'
import { limitName } from '../../src/limits.ts'
import { DepositRequest, DepositResponse, Proof, type Record } from '../../src/wire/messages.js'
import { protocols } from '../../src/wire/port.ts'
import { byGate, newGate, revoked, stamped } from '../helpers/admission.ts'
import { RawPeer } from '../helpers/raw.ts'
import { Testnet } from '../helpers/testnet.ts'

const limits = { 'strangers-records-max': 3, 'strangers-bytes-max': 9_000, 'records-per-mailbox-max': 4 }
const flags = Object.entries(limits).flatMap(([name, value]) => [`--${name}`, String(value)])
const net = await Testnet.start(1, { flags })
const { id, address } = net.relay(0)
const relay = { id, addresses: [address] }
const identity = generateIdentity()
const bob = await Mailbox.open({ identity, store: new MemoryLevel(), bootstrap: [address], strangers: 'inbox' })
const peer = await RawPeer.start()
after(async () => Promise.all([bob.close(), peer.stop()]))

const nowHour = hourOf(Date.now())
const [gate, other, third, old, unknown] = [newGate(50), newGate(50), newGate(50), newGate(), newGate()]
const owner = new Owner({ network: peer.network, identity, env: systemEnvironment })

async function asked(request: DepositRequest): Promise<DepositResponse> {
  const channel = await peer.network.channel(relay, protocols.deposit)
  return DepositResponse.decode(await channel.call(DepositRequest.encode(request)))
}

const held = async (): Promise<Awaited<ReturnType<typeof openBundle>>> => {
  const { bundle } = await asked({ info: { mailbox: identity.key } })
  return await openBundle(bundle ?? new Uint8Array(0), { mailbox: identity.key, nowHour })
}

/** The owner's word from now on. */
async function says(change: Partial<KeyBundleFields>): Promise<void> {
  const before = await held()
  const { bytes } = await signBundle(identity, { ...before, ...change, seq: before.seq + 1 })
  const { status } = await owner.call(relay, { config: { mailbox: identity.key, bundle: bytes } })
  assert.equal(status, Status.OK)
}

async function sealed(o: { bytes?: number; ttlHours?: number } = {}): Promise<Record> {
  const key = pickKey(await held(), nowHour)
  const message = { contentType: 'text/plain', body: new Uint8Array(o.bytes ?? 1), createdMs: Date.now() }
  const expiresHour = nowHour + (o.ttlHours ?? 24)
  const { random } = systemEnvironment
  const { record } = await seal({
    mailbox: identity.key,
    key,
    sender: generateIdentity(),
    message,
    expiresHour,
    random
  })
  return record
}

type Show = (record: Record) => Promise<{ proof?: Uint8Array }> | { proof?: Uint8Array }
const nothing: Show = () => ({})
const through =
  (by: typeof gate): Show =>
  async of =>
    await byGate(by, identity.key, of)
const work =
  (bits: number): Show =>
  of =>
    stamped(identity.key, of, bits)

/** The status, with the limit or the bits that it names. */
async function left(show: Show, record?: Record): Promise<string> {
  const made = record ?? (await sealed())
  const answer = await asked({ deposit: { record: made, fanOut: true, ...(await show(made)) } })
  const { status, limit, powBits, retryAfterMs } = answer
  assert.equal(answer.receipts.length, status === Status.OK ? 1 : 0)
  assert.equal(retryAfterMs > 0, status === Status.QUOTA)
  return [statusName(status), limitName(limit), powBits === 0 ? undefined : powBits].filter(Boolean).join(' ')
}

const forms = (change: Partial<Proof>): Show => {
  const proof = { gate: gate.id, signature: new Uint8Array(64), nonce: new Uint8Array(0), ...change }
  return () => ({ proof: Proof.encode(proof) })
}

before(async () => {
  await bob.register()
  const forStrangers = { strangersClassBytesMax: 4_096, strangersTtlHoursMax: 48 }
  await says({ ...forStrangers, strangers: 'pow', powBits: 6, gates: [gate, other, third, revoked(old, nowHour)] })
})

describe('a relay refuses', () => {
  const rows: Array<[string, string, Show, Parameters<typeof sealed>[0]?]> = [
    ['a proof of two kinds', 'MALFORMED', forms({ nonce: new Uint8Array(8) })],
    ['a proof with half a signature', 'MALFORMED', forms({ signature: new Uint8Array(32) })],
    ['a proof that is longer than one may be', 'MALFORMED', () => ({ proof: new Uint8Array(129) })],
    ['a gate that the owner does not have', 'AUTH', through(unknown)],
    ['a gate that was revoked', 'AUTH', through(old)],
    ['a signature that is not the gate’s', 'AUTH', forms({})],
    [
      'a signature for another record',
      'AUTH',
      async () => ({ proof: await gateProof(gate, identity.key, recordId(await sealed())) })
    ],
    ['a stranger’s record of a larger class', 'SIZE', work(6), { bytes: 5_000 }],
    ['a stranger’s record with a longer time to live', 'EXPIRED', work(6), { ttlHours: 50 }],
    ['a stranger without a stamp', 'POW 6', nothing],
    ['a stranger with too few bits', 'POW 6', work(5)]
  ]
  for (const [what, answer, show, o] of rows) {
    test(`${what}: ${answer}, and keeps nothing`, async () => {
      assert.equal(await left(show, await sealed(o)), answer)
      assert.equal(await net.metric(0, 'mailbox_records'), 0)
    })
  }
})

describe('G10: each lane ends where the next begins', () => {
  test('strangers pay more as theirs fills, and find it full', async () => {
    assert.equal(await left(work(6)), 'OK')
    assert.equal(await left(work(6)), 'POW 7')
    assert.equal(await left(work(7)), 'OK')
    assert.equal(await left(work(9), await sealed({ bytes: 3_000 })), 'QUOTA strangersBytesMax')
    assert.equal(await left(work(9)), 'OK')
    assert.equal(await left(work(12)), 'QUOTA strangersRecordsMax')
  })

  test('a gate fills its share, and others go on until the mailbox is full', async () => {
    for (const by of [gate, gate]) assert.equal(await left(through(by)), 'OK')
    assert.equal(await left(through(gate)), 'QUOTA gateShare')
    for (const by of [other, other]) assert.equal(await left(through(by)), 'OK')
    assert.equal(await left(through(third)), 'QUOTA recordsPerMailboxMax')
  })

  test('the owner sees what each has left, pulls and acks, and all lanes are free again', async () => {
    const { mailbox } = await owner.call(relay, { status: { mailbox: identity.key } })
    assert.deepEqual([mailbox?.records, mailbox?.strangersRecords], [7, 3])
    assert.deepEqual(
      mailbox?.gates.map(({ records }) => records),
      [2, 2, 0, 0]
    )
    const { received, complete } = await bob.inbox.pull()
    assert.deepEqual([received, complete], [7, true])
    assert.equal(await net.metric(0, 'mailbox_records'), 0)
    assert.equal(await left(work(6)), 'OK')
    assert.equal(await left(through(gate)), 'OK')
  })

  test('a closed mailbox takes nothing of strangers, and gates as before', async () => {
    await says({ strangers: 'closed' })
    assert.equal(await left(work(10)), 'POLICY')
    assert.equal(await left(through(gate)), 'OK')
  })
})
