/**
 * What a sender can learn from answers (SPEC §7.2 check 7, §7.4): whether a record is new, held or acked is in none of
 * their bytes. Each is compared with the answer to a record that is new at that moment.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { msPerHour } from '../../../src/environment.ts'
import { Status } from '../../../src/errors.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { recordId } from '../../../src/identity/record.ts'
import { gateProof } from '../../../src/identity/proof.ts'
import { createTombstone } from '../../../src/identity/tombstone.ts'
import {
  DepositResponse,
  OwnerResponse,
  Receipt,
  ReceiptBody,
  type DepositCall,
  type OwnerRequest,
  type Record
} from '../../../src/wire/messages.js'
import { byGate, newGate, rebundled, revoked, stamped } from '../../helpers/admission.ts'
import { hosting, RelayWorld, type Peer, type RelayHost } from '../../helpers/relays.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** All of an answer but what must differ: the record's id, and what is signed and hashed over it. Order is of arrival. */
function visible(answer: DepositResponse): unknown {
  const receipts = answer.receipts.map(receipt => {
    const { recordId: id, mailbox, ...body } = ReceiptBody.decode(receipt.body)
    const { relay, path, signature, index, leaves } = receipt
    return {
      relay: hex(relay),
      mailbox: hex(mailbox),
      body,
      bytes: Receipt.encode(receipt).length,
      lengths: [id.length, receipt.body.length, signature.length, ...path.map(hash => hash.length)],
      places: [index, leaves]
    }
  })
  const bytes = DepositResponse.encode(answer).length
  return { ...answer, receipts: receipts.toSorted((a, b) => (a.relay < b.relay ? -1 : 1)), bytes }
}

type Show = (record: Record) => Promise<Partial<DepositCall>> | Partial<DepositCall>

/** What a record comes with, by which lane it is to come in: the owner's bundle asks strangers for 6 bits. */
const contact = newGate()
const bob = generateIdentity()
const lanes: ReadonlyArray<readonly [name: string, strangers: 'open' | 'pow', show: Show]> = [
  ['without a proof', 'open', () => ({})],
  ['with a stamp', 'pow', record => stamped(bob.key, record, 7)],
  ['by a gate', 'pow', async record => await byGate(contact, bob.key, record)]
]

interface Scene {
  readonly world: RelayWorld
  readonly host: RelayHost
  /** One that is known from the first answer on. */
  readonly record: Record
  /** A new one with the same expiry, so that a receipt promises the same. */
  readonly fresh: (who: Peer) => Promise<Record>
  readonly answers: (who: Peer, fanOut: boolean) => Promise<void>
  readonly ack: () => Promise<void>
}

async function scene(relays: number, strangers: 'open' | 'pow' = 'open', show: Show = () => ({})): Promise<Scene> {
  const world = await RelayWorld.start(relays)
  await world.registered(bob)
  await rebundled(world, bob, { strangers, powBits: strangers === 'pow' ? 6 : 0, gates: [contact] })
  const host = world.host(0)
  const record = await world.peer().record(host, bob.key)
  const startHour = world.nowHour
  const fresh = async (who: Peer): Promise<Record> =>
    await who.record(host, bob.key, { ttlHours: 24 - (world.nowHour - startHour) })
  const answers = async (who: Peer, fanOut: boolean): Promise<void> => {
    const answer = await who.deposit(host, record, { fanOut, ...(await show(record)) })
    const other = await fresh(who)
    const control = await who.deposit(host, other, { fanOut, ...(await show(other)) })
    assert.equal(answer.status, Status.OK)
    assert.equal(answer.receipts.length, fanOut ? relays : 1)
    assert.deepEqual(visible(answer), visible(control))
    for (const { body } of answer.receipts)
      assert.equal(ReceiptBody.decode(body).receivedMs, world.nowHour * msPerHour, 'the hour of the answer')
  }
  const ack = async (): Promise<void> => {
    for (const each of world.hosts) {
      const owner = world.peer()
      assert.equal(await owner.prove(each, bob), Status.OK)
      const o = { ids: [recordId(record)], dropAfterHour: startHour + 24, issuedMs: world.clock.now() }
      const tombstone = await createTombstone(bob, o)
      assert.equal((await owner.owner(each, { tombstone: { tombstone } })).status, Status.OK)
    }
  }
  return { world, host, record, fresh, answers, ack }
}

for (const [name, strangers, show] of lanes) {
  for (const fanOut of [false, true]) {
    test(`G6: ${name}, no byte of an answer ${fanOut ? 'of a coordinator ' : ''}tells whether a record is new, held or acked`, async t => {
      const { world, answers, ack } = await scene(fanOut ? 3 : 1, strangers, show)
      t.after(async () => {
        await world.close()
      })
      const [first, second] = [world.peer(), world.peer()]
      await answers(first, fanOut)
      await answers(first, fanOut)
      world.clock.advance(msPerHour + 61_234)
      for (const who of [first, second]) await answers(who, fanOut)
      await ack()
      for (const who of [first, second]) await answers(who, fanOut)
      world.clock.advance(2 * msPerHour)
      for (const who of [first, second, world.peer()]) await answers(who, fanOut)
    })
  }
}

/** Proofs that let nothing in while strangers are asked for 6 bits; `old` is a gate that was revoked. */
const old = newGate()
const refused: ReadonlyArray<readonly [name: string, show: Show]> = [
  ['without a proof', () => ({})],
  ['with a stamp of too few bits', record => stamped(bob.key, record, 3)],
  ["by a gate that is not the owner's", async record => await byGate(newGate(), bob.key, record)],
  ['by a gate that was revoked', async record => await byGate(old, bob.key, record)],
  [
    "with a gate's signature of another record",
    async () => ({ proof: await gateProof(contact, bob.key, new Uint8Array(32)) })
  ]
]

test('G6: no refusal tells whether the record is new, held or acked', async t => {
  const byContact: Show = async record => await byGate(contact, bob.key, record)
  const { world, host, record, fresh, answers, ack } = await scene(1, 'pow', byContact)
  t.after(async () => {
    await world.close()
  })
  await rebundled(world, bob, { gates: [contact, revoked(old, world.nowHour)] })
  const peer = world.peer()
  const compare = async (): Promise<void> => {
    for (const [name, show] of refused) {
      const other = await fresh(peer)
      const [known, unknown] = [
        await peer.deposit(host, record, await show(record)),
        await peer.deposit(host, other, await show(other))
      ]
      assert.notEqual(known.status, Status.OK, name)
      assert.deepEqual(DepositResponse.encode(known), DepositResponse.encode(unknown), name)
    }
  }
  await compare()
  await answers(peer, false)
  await compare()
  await ack()
  await compare()
})

test('G7: who has not proved to be the owner is answered the same whether the mailbox is here or not', async t => {
  const { world, host, bob: owner } = await hosting(t)
  const [nobody, stranger] = [generateIdentity(), generateIdentity()]
  const ofMailbox = async (mailbox: typeof owner): Promise<Array<[string, Uint8Array]>> => {
    const said: Array<[string, Uint8Array]> = []
    const page = { mailbox: mailbox.key, recordsMax: 0, bytesMax: 0 }
    const o = { ids: [new Uint8Array(32)], dropAfterHour: world.nowHour + 24, issuedMs: world.clock.now() }
    const calls: OwnerRequest[] = [
      { status: { mailbox: mailbox.key } },
      { pull: page },
      { subscribe: { ...page, waitMs: 1_000 } },
      { ack: { mailbox: mailbox.key, upTo: { epoch: new Uint8Array(16), seq: 1 } } },
      { config: { mailbox: mailbox.key } },
      { tombstone: { tombstone: await createTombstone(mailbox, o) } }
    ]
    const askAll = async (when: string, peer: Peer): Promise<void> => {
      for (const call of calls)
        said.push([`${Object.keys(call)[0] ?? ''} ${when}`, OwnerResponse.encode(await peer.owner(host, call))])
    }
    const [first, second] = [world.peer(), world.peer()]
    await askAll('without a proof', first)
    // signed by somebody else for this mailbox
    said.push(['auth', Uint8Array.of(await first.prove(host, stranger, { mailbox: mailbox.key }))])
    assert.equal(await second.prove(host, stranger), Status.OK)
    await askAll("with a stranger's proof of another mailbox", second)
    return said
  }
  assert.deepEqual(await ofMailbox(nobody), await ofMailbox(owner))
})

test('G6: the answer to a record that is known waits for the disk as that to a new one', async t => {
  const { world, host, answers } = await scene(1)
  t.after(async () => {
    await world.close()
  })
  const peer = world.peer()
  await answers(peer, false)
  const before = host.database.batches
  await answers(peer, false)
  assert.equal(host.database.batches - before, 2, 'one write for the repeat, one for the new record')
})

test('G6: a relay with no room on its disk writes nothing for a record that it knows', async t => {
  const { world, host } = await scene(1)
  t.after(async () => {
    await world.close()
  })
  const carol = generateIdentity()
  await world.registered(carol)
  const peer = world.peer()
  const record = await peer.record(host, carol.key)
  assert.equal((await peer.deposit(host, record)).status, Status.OK)
  host.disk.level = 'owners-only'
  const before = host.database.batches
  assert.equal((await peer.deposit(host, record)).status, Status.OK)
  assert.equal(host.database.batches, before)
})
