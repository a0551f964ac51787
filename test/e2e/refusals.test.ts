/** Issue 2, Bad input: records and calls that are well-formed frames and yet wrong, to a relay process. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { MemoryLevel } from 'memory-level'
import { toString } from 'uint8arrays'
import { Mailbox } from '../../src/client/mailbox.ts'
import { hourOf, systemEnvironment } from '../../src/environment.ts'
import { Status, statusName } from '../../src/errors.ts'
import { openBundle, pickKey } from '../../src/identity/bundle.ts'
import { seal } from '../../src/identity/envelope.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { createOwnerAuth, scopes } from '../../src/identity/ownerauth.ts'
import { peerBytes } from '../../src/identity/peer.ts'
import { recordId } from '../../src/identity/record.ts'
import { createTombstone } from '../../src/identity/tombstone.ts'
import { requestDeadlineMs, ttlHoursMax, unauthenticatedCallsMax } from '../../src/limits.ts'
import { encodeFrame } from '../../src/wire/frame.ts'
import type { AuthCall, Record } from '../../src/wire/messages.js'
import {
  DepositRequest,
  DepositResponse,
  EnvelopeHeader,
  OwnerRequest,
  OwnerResponse
} from '../../src/wire/messages.js'
import type { Protocol } from '../../src/wire/port.ts'
import { protocols } from '../../src/wire/port.ts'
import { sound } from '../helpers/clients.ts'
import { openToAll } from '../helpers/lanes.ts'
import type { RawStream } from '../helpers/raw.ts'
import { RawPeer } from '../helpers/raw.ts'
import { Testnet } from '../helpers/testnet.ts'

const net = await Testnet.start(1)
const { id, address, pid } = net.relay(0)
const owner = generateIdentity()
const bob = await Mailbox.open({
  identity: owner,
  store: new MemoryLevel(),
  bootstrap: [address],
  strangers: 'inbox',
  strangersLane: openToAll
})
const stranger = await RawPeer.start()
const honest = await RawPeer.start()
after(async () => Promise.all([bob.close(), stranger.stop(), honest.stop()]))
before(async () => {
  await bob.register()
})

const opened: RawStream[] = []
const open = async (protocol: Protocol): Promise<RawStream> => {
  const stream = await stranger.open(address, protocol)
  opened.push(stream)
  return stream
}

async function info(mailbox: Uint8Array): Promise<DepositResponse> {
  const channel = await honest.network.channel({ id, addresses: [address] }, protocols.deposit)
  return DepositResponse.decode(await channel.call(DepositRequest.encode({ info: { mailbox } })))
}

afterEach(async () => {
  for (const stream of opened.splice(0)) stream.drop()
  process.kill(pid, 0)
  assert.equal((await info(owner.key)).status, Status.OK)
})

/** A record for `owner` that is in order, unless told otherwise. */
async function sealed(o: { mailbox?: typeof owner.key; ttlHours?: number; text?: string } = {}): Promise<Record> {
  const nowHour = hourOf(Date.now())
  const bundle = await openBundle((await info(owner.key)).bundle ?? new Uint8Array(0), { mailbox: owner.key, nowHour })
  const { record } = await seal({
    mailbox: o.mailbox ?? owner.key,
    key: pickKey(bundle, nowHour),
    sender: generateIdentity(),
    message: { contentType: 'text/plain', body: new TextEncoder().encode(o.text ?? ''), createdMs: Date.now() },
    expiresHour: nowHour + (o.ttlHours ?? 24),
    random: systemEnvironment.random
  })
  return record
}

async function deposit(record: Record): Promise<string> {
  const stream = await open(protocols.deposit)
  const answer = await stream.ask(1, DepositRequest.encode({ deposit: { record, fanOut: true } }))
  return statusName(DepositResponse.decode(answer).status)
}

const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, n) => (n === at ? byte ^ 1 : byte))
const header = (record: Record, change: Partial<EnvelopeHeader>): Record => ({
  ...record,
  header: EnvelopeHeader.encode({ ...EnvelopeHeader.decode(record.header), ...change })
})

describe('a relay refuses', () => {
  const refused: Array<[string, string, (record: Record) => Record]> = [
    ['a ct one byte short', 'SIZE', record => ({ ...record, ct: record.ct.subarray(1) })],
    ['a ct one byte long', 'SIZE', record => ({ ...record, ct: new Uint8Array(record.ct.length + 1) })],
    ['an empty ct', 'SIZE', record => ({ ...record, ct: new Uint8Array(0) })],
    ['an enc one byte short', 'MALFORMED', record => ({ ...record, enc: record.enc.subarray(1) })],
    ['a header of noise', 'MALFORMED', record => ({ ...record, header: new Uint8Array(64).fill(255) })],
    ['a header over its limit', 'MALFORMED', record => ({ ...record, header: new Uint8Array(10_000) })],
    ['a mailbox of 31 bytes', 'MALFORMED', record => header(record, { mailbox: new Uint8Array(31) })],
    ['an unknown suite', 'VERSION', record => header(record, { suite: 77 })],
    ['an unknown version', 'VERSION', record => header(record, { version: 2 })],
    ['a mailbox that nobody has opened', 'NO_MAILBOX', record => header(record, { mailbox: generateIdentity().key })],
    ['a record past its expiry', 'EXPIRED', record => header(record, { expiresHour: hourOf(Date.now()) })],
    [
      'a record that expires too late',
      'EXPIRED',
      record => header(record, { expiresHour: hourOf(Date.now()) + ttlHoursMax + 2 })
    ]
  ]
  for (const [what, status, change] of refused) {
    test(`${what}: ${status}, and keeps nothing`, async () => {
      const records = await net.metric(0, 'mailbox_records')
      assert.equal(await deposit(change(await sealed())), status)
      assert.equal(await net.metric(0, 'mailbox_records'), records)
    })
  }
})

test('G7: tampered records fail with SEAL at the recipient, and the one in order arrives', async () => {
  const record = await sealed()
  const { expiresHour } = EnvelopeHeader.decode(record.header)
  const tampered = [
    header(record, { expiresHour: expiresHour + 1 }),
    header(record, { keyId: new Uint8Array(8) }),
    { ...record, enc: flipped(record.enc, 0) },
    { ...record, enc: new Uint8Array(record.enc.length) },
    { ...record, ct: flipped(record.ct, 0) },
    { ...record, ct: flipped(record.ct, record.ct.length - 1) }
  ]
  for (const each of tampered) assert.equal(await deposit(each), 'OK')
  assert.equal(await deposit(await sealed({ text: 'in order' })), 'OK')
  const { received, failed, complete } = await bob.inbox.pull()
  assert.deepEqual([received, complete], [1, true])
  const wanted = tampered.map(each => ({ id: toString(recordId(each), 'hex'), code: 'SEAL' }))
  assert.deepEqual(
    failed.map(({ id, code }) => `${id} ${code}`).sort(),
    wanted.map(({ id, code }) => `${id} ${code}`).sort()
  )
  const [message] = await sound(bob.inbox.list())
  assert.deepEqual(message?.body, new TextEncoder().encode('in order'))
})

const askOwner = async (stream: RawStream, n: number, request: OwnerRequest): Promise<OwnerResponse> =>
  OwnerResponse.decode(await stream.ask(n, OwnerRequest.encode(request)))

/** An answer to the challenge of this stream, by the owner of the mailbox unless told otherwise. */
async function proofOf(stream: RawStream, o: { relay?: Uint8Array; signer?: typeof owner } = {}): Promise<AuthCall> {
  const { challenge } = await askOwner(stream, 1, { challenge: {} })
  return await createOwnerAuth(o.signer ?? owner, {
    relay: o.relay ?? peerBytes(id),
    client: stranger.id,
    nonce: challenge?.nonce ?? new Uint8Array(0),
    mailbox: owner.key,
    scopes: scopes.all,
    expiresHour: hourOf(Date.now()) + 2
  })
}

const page = { mailbox: owner.key, recordsMax: 1, bytesMax: 1 }
const ownerCalls: Array<[string, () => Promise<OwnerRequest>]> = [
  ['PULL', async () => ({ pull: page })],
  ['SUBSCRIBE', async () => ({ subscribe: { ...page, waitMs: 60_000 } })],
  ['STATUS', async () => ({ status: { mailbox: owner.key } })],
  ['ACK', async () => ({ ack: { mailbox: owner.key, upTo: { epoch: new Uint8Array(16), seq: 1 } } })],
  ['CONFIG', async () => ({ config: { mailbox: owner.key } })],
  [
    'REGISTER',
    async () => {
      const { locator, bundle } = await info(owner.key)
      return { register: { locator: locator ?? new Uint8Array(0), bundle: bundle ?? new Uint8Array(0) } }
    }
  ],
  [
    'TOMBSTONE',
    async () => {
      const dropAfterHour = hourOf(Date.now()) + ttlHoursMax
      return {
        tombstone: {
          tombstone: await createTombstone(owner, { ids: [new Uint8Array(32)], dropAfterHour, issuedMs: Date.now() })
        }
      }
    }
  ]
]

describe('G7: without a proof of the owner on the same stream,', () => {
  for (const [name, call] of ownerCalls) {
    test(`${name} is AUTH`, async () => {
      const stream = await open(protocols.owner)
      assert.equal((await askOwner(stream, 1, await call())).status, Status.AUTH)
    })
  }

  test('a stream that asks again and again is ended', async () => {
    const stream = await open(protocols.owner)
    for (let n = 1; n <= unauthenticatedCallsMax; n++)
      assert.equal((await askOwner(stream, n, { pull: page })).status, Status.AUTH)
    stream.write(encodeFrame(99, OwnerRequest.encode({ pull: page })))
    await stream.ended()
  })

  test('a proof is good once, on its own stream, for the challenge it answers', async () => {
    const [first, second] = [await open(protocols.owner), await open(protocols.owner)]
    const auth = await proofOf(first)
    assert.equal((await askOwner(second, 2, { auth })).status, Status.AUTH, 'before a challenge')
    assert.equal((await askOwner(second, 3, { challenge: {} })).status, Status.OK)
    assert.equal((await askOwner(second, 4, { auth })).status, Status.AUTH, 'to another challenge')
    assert.equal((await askOwner(second, 5, { pull: page })).status, Status.AUTH)
    assert.equal((await askOwner(first, 6, { auth })).status, Status.OK)
    assert.equal((await askOwner(first, 7, { auth })).status, Status.AUTH, 'a second time')
    assert.equal((await askOwner(first, 8, { pull: page })).status, Status.OK)
  })

  test('a proof for another relay, or signed by another key, is AUTH', async () => {
    const stream = await open(protocols.owner)
    assert.equal(
      (await askOwner(stream, 2, { auth: await proofOf(stream, { relay: stranger.id }) })).status,
      Status.AUTH
    )
    const other = await open(protocols.owner)
    assert.equal(
      (await askOwner(other, 2, { auth: await proofOf(other, { signer: generateIdentity() }) })).status,
      Status.AUTH
    )
  })
})

test('a peer that asks thousands of times and reads no answer is slowed, then cut off; memory stays bounded', async () => {
  const memory = await net.metric(0, 'mailbox_resident_memory_bytes')
  const stream = await open(protocols.deposit)
  stream.stream.pause()
  const request = DepositRequest.encode({ info: { mailbox: owner.key } })
  const startedMs = performance.now()
  for (let n = 1; n <= 20_000; n++) stream.write(encodeFrame(n, request))
  assert.equal((await info(owner.key)).status, Status.OK)
  await stream.ended()
  assert.ok(performance.now() - startedMs >= requestDeadlineMs)
  const grown = (await net.metric(0, 'mailbox_resident_memory_bytes')) - memory
  assert.ok(grown < 128 * 1024 * 1024, `${grown} bytes more`)
})
