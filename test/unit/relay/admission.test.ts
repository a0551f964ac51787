/** Who may leave something, and how much of a mailbox each may take (SPEC §7.6). */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Status, statusName } from '../../../src/errors.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { gateProof } from '../../../src/identity/proof.ts'
import { recordId } from '../../../src/identity/record.ts'
import { createTombstone } from '../../../src/identity/tombstone.ts'
import { gatesMax, limitName, powBitsMax } from '../../../src/limits.ts'
import type { RelayLimits } from '../../../src/relay/options.ts'
import { StoredRecord, type DepositCall, type DepositResponse, type Record } from '../../../src/wire/messages.js'
import { byGate, newGate, rebundled, revoked, stamped } from '../../helpers/admission.ts'
import { hosting, type Hosting } from '../../helpers/relays.ts'

/** The peer has proved to be Bob. */
async function scene(t: TestContext, limits: Partial<RelayLimits> = {}): Promise<Hosting> {
  const here = await hosting(t, limits)
  assert.equal(await here.peer.prove(here.host, here.bob), Status.OK)
  return here
}

const record = async (
  { peer, host, bob }: Hosting,
  o: { body?: Uint8Array; ttlHours?: number } = {}
): Promise<Record> => await peer.record(host, bob.key, o)

type Show = (record: Record) => Promise<Partial<DepositCall>> | Partial<DepositCall>

async function left(here: Hosting, show: Show, made?: Record): Promise<DepositResponse> {
  const sealed = made ?? (await record(here))
  return await here.peer.deposit(here.host, sealed, await show(sealed))
}

/** A status, and the limit where one is named. */
const said = ({ status, limit }: DepositResponse): string => limitName(limit) ?? statusName(status)

const asStranger: Show = () => ({})

test('a gate of the bundle lets in what a closed mailbox refuses strangers, and is told to the owner', async t => {
  const here = await scene(t)
  const { world, bob, peer, host } = here
  const gate = newGate()
  await rebundled(world, bob, { strangers: 'closed', gates: [gate] })
  assert.equal(said(await left(here, asStranger)), 'POLICY')
  assert.equal(said(await left(here, of => stamped(bob.key, of, 12))), 'POLICY')
  assert.equal(said(await left(here, async of => await byGate(gate, bob.key, of))), 'OK')
  const { mailbox } = await peer.owner(host, { status: { mailbox: bob.key } })
  assert.ok(mailbox !== undefined)
  assert.deepEqual([mailbox.records, mailbox.strangersRecords, mailbox.strangersBytes], [1, 0, 0])
  assert.deepEqual(mailbox.gates, [{ gate: gate.id, records: 1, bytes: mailbox.bytes }])
})

test('the proof is kept with the record, and comes with it to the owner', async t => {
  const here = await scene(t)
  const { world, bob, peer, host } = here
  const gate = newGate()
  await rebundled(world, bob, { gates: [gate] })
  const sealed = await record(here)
  const { proof } = await byGate(gate, bob.key, sealed)
  await peer.deposit(host, sealed, { proof })
  await left(here, () => ({ proof: new Uint8Array(0) }))
  const [first, second] = (await peer.pulled(host, bob.key)).map(bytes => StoredRecord.decode(bytes).proof)
  assert.deepEqual([first, second], [proof, undefined])
})

test('a proof that is none is refused by its form, before anything else', async t => {
  const here = await scene(t)
  const sealed = await record(here)
  for (const proof of [Uint8Array.of(0xff), new Uint8Array(200), Uint8Array.of(0x1a, 1, 7)]) {
    assert.equal(said(await left(here, () => ({ proof }), sealed)), 'MALFORMED')
  }
  assert.equal(here.host.relay.stats().records, 0)
})

test('G10: a gate that is not known or revoked, and a signature for something else, let nothing in', async t => {
  const here = await scene(t)
  const { world, bob, host } = here
  const [gate, old, other] = [newGate(), newGate(), newGate()]
  await rebundled(world, bob, { gates: [gate, revoked(old, world.nowHour)] })
  const sealed = await record(here)
  const id = recordId(sealed)
  const proofs = [
    await gateProof(other, bob.key, id),
    await gateProof(old, bob.key, id),
    await gateProof(gate, generateIdentity().key, id),
    await gateProof(gate, bob.key, recordId(await record(here)))
  ]
  for (const proof of proofs) assert.equal(said(await left(here, () => ({ proof }), sealed)), 'AUTH')
  assert.equal(host.relay.stats().records, 0)
})

test('a stamp needs the bits of the bundle and is for one record in one mailbox; the answer says how many', async t => {
  const here = await scene(t)
  const { world, bob, host, peer } = here
  await rebundled(world, bob, { strangers: 'pow', powBits: 9 })
  assert.equal((await peer.info(host, bob.key)).powBits, 9)
  const sealed = await record(here)
  const shows: Show[] = [
    asStranger,
    of => stamped(bob.key, of, 8),
    of => stamped(generateIdentity().key, of, 9),
    async () => stamped(bob.key, await record(here), 9)
  ]
  for (const show of shows) {
    const refused = await left(here, show, sealed)
    // the last two have nine bits of something else: as good as none, nearly always
    if (refused.status === Status.OK) continue
    assert.deepEqual([said(refused), refused.powBits], ['POW', 9])
  }
  assert.equal(said(await left(here, of => stamped(bob.key, of, 9))), 'OK')
})

test('strangers have their own class and time to live, and contacts the general ones', async t => {
  const here = await scene(t)
  const { world, bob } = here
  const gate = newGate()
  await rebundled(world, bob, { gates: [gate], strangersClassBytesMax: 4_096, strangersTtlHoursMax: 24 })
  const contact: Show = async of => await byGate(gate, bob.key, of)
  const large = await record(here, { body: new Uint8Array(5_000) })
  const long = await record(here, { ttlHours: 26 })
  assert.deepEqual([said(await left(here, asStranger, large)), said(await left(here, contact, large))], ['SIZE', 'OK'])
  assert.deepEqual([said(await left(here, asStranger, long)), said(await left(here, contact, long))], ['EXPIRED', 'OK'])
})

test('G10: strangers who fill their lane take nothing of what contacts may leave, and acks make it free again', async t => {
  const here = await scene(t, { strangersRecords: 3, recordsPerMailbox: 10 })
  const { world, bob, host, peer } = here
  const gate = newGate(100)
  await rebundled(world, bob, { gates: [gate] })
  const first = await record(here)
  assert.equal(said(await left(here, asStranger, first)), 'OK')
  for (let n = 1; n < 3; n++) assert.equal(said(await left(here, asStranger)), 'OK')
  const refused = await left(here, asStranger)
  assert.deepEqual([statusName(refused.status), said(refused)], ['QUOTA', 'strangersRecordsMax'])
  assert.ok(refused.retryAfterMs > 0)
  // G6: what is here is answered as ever
  assert.equal(said(await left(here, asStranger, first)), 'OK')
  for (let n = 0; n < 10; n++) assert.equal(said(await left(here, async of => await byGate(gate, bob.key, of))), 'OK')
  assert.equal(said(await left(here, async of => await byGate(gate, bob.key, of))), 'gateShare')
  // full both ways: the owner pulls and acks
  assert.equal((await peer.pulled(host, bob.key)).length, 13)
  const fields = { ids: [recordId(first)], dropAfterHour: world.nowHour + 24, issuedMs: world.clock.now() }
  const tombstone = await createTombstone(bob, fields)
  assert.equal((await peer.owner(host, { tombstone: { tombstone } })).status, Status.OK)
  assert.equal(said(await left(here, asStranger)), 'OK')
  assert.equal(said(await left(here, asStranger)), 'strangersRecordsMax')
})

test('G10: the bytes of strangers are bounded as well', async t => {
  const here = await scene(t, { strangersBytes: 9_000 })
  const large = async (): Promise<Record> => await record(here, { body: new Uint8Array(3_000) })
  assert.equal(said(await left(here, asStranger, await large())), 'OK')
  assert.equal(said(await left(here, asStranger, await large())), 'strangersBytesMax')
})

test('G10: a leaked gate fills its share and no more; other gates and strangers go on', async t => {
  const here = await scene(t, { recordsPerMailbox: 10, strangersRecords: 2 })
  const { world, bob } = here
  const [leaked, other] = [newGate(50), newGate(50)]
  await rebundled(world, bob, { gates: [leaked, other] })
  const through =
    (gate: typeof leaked): Show =>
    async of =>
      await byGate(gate, bob.key, of)
  for (let n = 0; n < 5; n++) assert.equal(said(await left(here, through(leaked))), 'OK')
  const refused = await left(here, through(leaked))
  assert.deepEqual([statusName(refused.status), said(refused)], ['QUOTA', 'gateShare'])
  for (let n = 0; n < 5; n++) assert.equal(said(await left(here, through(other))), 'OK')
  for (let n = 0; n < 2; n++) assert.equal(said(await left(here, asStranger)), 'OK')
  await rebundled(world, bob, { gates: [revoked(leaked, world.nowHour), other, newGate(100)] })
  assert.equal(said(await left(here, through(leaked))), 'AUTH')
})

test('G10: all gates together take no more than the mailbox, whatever their shares', async t => {
  const here = await scene(t, { recordsPerMailbox: 4 })
  const { world, bob } = here
  const gates = Array.from({ length: 5 }, () => newGate(100))
  await rebundled(world, bob, { gates })
  const outcomes: string[] = []
  for (const gate of gates) outcomes.push(said(await left(here, async of => await byGate(gate, bob.key, of))))
  assert.deepEqual(outcomes, ['OK', 'OK', 'OK', 'OK', 'recordsPerMailboxMax'])
})

test('a gate of more than its share by bytes is refused, with the limit', async t => {
  const here = await scene(t, { bytesPerMailbox: 10_000 })
  const { world, bob } = here
  const gate = newGate(50)
  await rebundled(world, bob, { gates: [gate] })
  const show: Show = async of => await byGate(gate, bob.key, of)
  assert.equal(said(await left(here, show, await record(here, { body: new Uint8Array(7_000) }))), 'gateShare')
  assert.equal(said(await left(here, show)), 'OK')
})

test('a filling strangers lane asks for a bit more with each quarter; G6: a repeat gets its receipt all the same', async t => {
  const here = await scene(t, { strangersRecords: 4 })
  const { world, bob, host, peer } = here
  await rebundled(world, bob, { strangers: 'pow', powBits: 4 })
  const asked: number[] = []
  const first = await record(here)
  for (let n = 0; n < 4; n++) {
    const sealed = n === 0 ? first : await record(here)
    const { powBits } = await peer.info(host, bob.key)
    asked.push(powBits)
    const cheap = await left(here, of => stamped(bob.key, of, powBits - 1), sealed)
    assert.deepEqual([said(cheap), cheap.powBits], ['POW', powBits])
    assert.equal(said(await left(here, of => stamped(bob.key, of, powBits), sealed)), 'OK')
    // with the bits that were enough when it came
    assert.equal(said(await left(here, of => stamped(bob.key, of, 4), first)), 'OK')
  }
  assert.deepEqual(asked, [4, 5, 6, 7])
  assert.equal(said(await left(here, of => stamped(bob.key, of, 8))), 'strangersRecordsMax')
  assert.equal(host.relay.stats().records, 4)
})

test('no more bits are asked for than anybody may ask for', async t => {
  const here = await scene(t, { strangersRecords: 2 })
  await left(here, asStranger)
  await rebundled(here.world, here.bob, { strangers: 'pow', powBits: powBitsMax })
  assert.equal((await here.peer.info(here.host, here.bob.key)).powBits, powBitsMax)
})

test('a relay that takes nothing of strangers says so as a limit', async t => {
  const here = await scene(t, { strangersRecords: 0, strangersBytes: 0 })
  await rebundled(here.world, here.bob, { strangers: 'pow', powBits: 3 })
  assert.equal(said(await left(here, of => stamped(here.bob.key, of, 7))), 'strangersRecordsMax')
  assert.equal((await here.peer.info(here.host, here.bob.key)).powBits, 7)
})

test('G6: a record that came by a stamp and comes again by a gate is answered alike, counted once', async t => {
  const here = await scene(t)
  const { world, bob, peer, host } = here
  const gate = newGate()
  await rebundled(world, bob, { strangers: 'pow', powBits: 3, gates: [gate] })
  const sealed = await record(here)
  const shows: Show[] = [of => stamped(bob.key, of, 3), async of => await byGate(gate, bob.key, of)]
  const bodies = []
  for (const show of [...shows, ...shows]) bodies.push((await left(here, show, sealed)).receipts[0]?.body)
  for (const body of bodies) assert.deepEqual(body, bodies[0])
  const { mailbox } = await peer.owner(host, { status: { mailbox: bob.key } })
  assert.deepEqual([mailbox?.records, mailbox?.strangersRecords, mailbox?.gates[0]?.records], [1, 1, 0])
})

test('G10: gates that come and go leave no more in the counters than a relay counts', async t => {
  const here = await scene(t)
  const { world, bob, peer, host } = here
  const outcomes: string[] = []
  // more generations of gates than are counted, each with one record that stays
  for (let generation = 0; generation < 3; generation++) {
    const gates = Array.from({ length: gatesMax }, () => newGate())
    await rebundled(world, bob, { gates })
    for (const gate of gates) outcomes.push(said(await left(here, async of => await byGate(gate, bob.key, of))))
  }
  const count = (what: string): number => outcomes.filter(outcome => outcome === what).length
  assert.deepEqual([count('OK'), count('gateShare')], [2 * gatesMax, gatesMax])
  const { mailbox } = await peer.owner(host, { status: { mailbox: bob.key } })
  assert.equal(mailbox?.gates.length, gatesMax)
})

test('lanes are counted the same after the relay has started again and looked at its store', async t => {
  const here = await scene(t, { strangersRecords: 1 })
  const { world, bob, host } = here
  const gate = newGate()
  await rebundled(world, bob, { gates: [gate] })
  await left(here, asStranger)
  await left(here, async of => await byGate(gate, bob.key, of))
  await host.relay.stop()
  await host.start()
  assert.equal(said(await left(here, asStranger)), 'strangersRecordsMax')
})
