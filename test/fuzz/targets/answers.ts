/**
 * What relays answer to a client: raw bytes, honest answers with fields added, and documents, receipts and messages that
 * are signed properly whatever they say. The first byte says what the client does; each step is the answer to the next
 * request of its protocol. Every call settles, with what its documentation names; what the client has kept afterwards is
 * read by another one, and is no older than before.
 */
import assert from 'node:assert/strict'
import { isMailboxError, MailboxError, Status, type ErrorCode } from '../../../src/errors.ts'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import { isBad } from '../../../src/client/message.ts'
import { LocalStore, type Database } from '../../../src/client/store.ts'
import { domains, payloadTypes } from '../../../src/identity/domains.ts'
import { encodeInner, pad, senderAuthInput } from '../../../src/identity/inner.ts'
import { openLocator } from '../../../src/identity/locator.ts'
import { peekDescriptor, sealDescriptor, signingInput } from '../../../src/identity/signed.ts'
import { sha256 } from '../../../src/crypto/primitives.ts'
import { requestDeadlineMs } from '../../../src/limits.ts'
import * as m from '../../../src/wire/messages.js'
import { protocols, type Protocol } from '../../../src/wire/port.ts'
import { alice, bob, fixedBytes, nowMs, peerOf, relays } from '../../vectors/fixed.ts'
import type { Chance } from '../chance.ts'
import {
  aliceDocuments,
  HonestRelays,
  honestly,
  openClient,
  receiptFor,
  record,
  registered,
  RepliedNetwork,
  sealedToBob,
  type Asked
} from '../client.ts'
import { joined } from '../mutate.ts'
import { FixedClock } from '../relay.ts'
import { requestsAndAnswers } from '../samples.ts'
import { changedSteps, stepsOf, writtenSteps, type Step } from '../steps.ts'
import type { Target } from '../target.ts'

const nothing = new Uint8Array(0)
const readers = [protocols.locator, protocols.deposit, protocols.owner] as const

type Make = (asked: Asked, data: Uint8Array, clock: FixedClock) => Promise<Uint8Array> | Uint8Array

/** An honest answer with these fields in place of its own. */
function changed({ protocol, honest }: Asked, fields: object): Uint8Array {
  if (protocol === protocols.locator)
    return m.LocatorResponse.encode({ ...m.LocatorResponse.decode(honest), ...fields })
  if (protocol === protocols.deposit)
    return m.DepositResponse.encode({ ...m.DepositResponse.decode(honest), ...fields })
  return m.OwnerResponse.encode({ ...m.OwnerResponse.decode(honest), ...fields })
}

/** A locator of whoever the request is about, with this payload. */
async function locatorWith({ protocol, request }: Asked, payload: Uint8Array): Promise<Uint8Array> {
  const { get } = protocol === protocols.locator ? m.LocatorRequest.decode(request) : { get: undefined }
  const isBobs = protocol === protocols.owner || (protocol === protocols.locator && get?.mailbox[0] !== alice.key[0])
  return await sealDescriptor(isBobs ? bob : alice, domains.locator, payloadTypes.locator, payload)
}

async function receiptWith(relay: number, body: Uint8Array): Promise<m.Receipt> {
  const signer = relays[relay] as (typeof relays)[number]
  const payload = joined([sha256(Uint8Array.of(0), body), Uint8Array.of(0, 0, 0, 1)])
  const signature = await signer.sign(signingInput(domains.receipt, payloadTypes.receipt, payload))
  return { relay: peerOf(signer.key), body, index: 0, leaves: 1, path: [], signature }
}

/** A message of Alice's whose signed fields these are. */
async function messageWith(tbs: Uint8Array): Promise<m.Record> {
  return await sealedToBob({
    body: `${tbs.length}`,
    input: parts => senderAuthInput({ ...parts, tbs }),
    inner: ({ auth }) => encodeInner(alice.key, auth, tbs),
    pad: inner => pad(inner)
  })
}

const pageOf = (asked: Asked, stored: Uint8Array, seq: number): Uint8Array =>
  changed(asked, { page: { next: { epoch: fixedBytes('epoch', 16), seq }, records: [stored], more: false } })
const storedOf = (given: m.Record): Uint8Array => m.StoredRecord.encode({ receivedMs: nowMs, ...given })

const failures: readonly ErrorCode[] = ['DISCONNECTED', 'TIMEOUT', 'MALFORMED', 'BUSY', 'NO_RELAY']

/** By number, as an input names them. */
const ops: readonly Make[] = [
  async (asked, _data, clock) => await honestly(asked, clock),
  (_, data) => data,
  // of a field that is there twice the last one counts
  ({ honest }, data) => joined([honest, data]),
  async (asked, data) => changed(asked, { locator: await locatorWith(asked, data) }),
  async (asked, data) => changed(asked, { status: Status.MOVED, locator: await locatorWith(asked, data) }),
  async (asked, data) =>
    changed(asked, { bundle: await sealDescriptor(alice, domains.bundle, payloadTypes.bundle, data) }),
  async (asked, data) => changed(asked, { receipts: [await receiptWith(asked.relay, data)] }),
  (asked, data) => pageOf(asked, data, 2),
  async (asked, data) => pageOf(asked, storedOf(await messageWith(data)), 2),
  (asked, data) => pageOf(asked, storedOf({ ...record, header: data }), 2),
  (_, data) => {
    throw new MailboxError(failures[(data[0] ?? 0) % failures.length] ?? 'DISCONNECTED', 'as the input says')
  },
  async ({ options }, _data, clock) => {
    await clock.delay(options.deadlineMs ?? requestDeadlineMs, options.signal)
    throw new MailboxError('TIMEOUT', 'nobody answers')
  },
  ({ honest }, data, clock) => {
    clock.advance((data[0] ?? 1) * 600_000)
    return honest
  }
]

/** What the client does, and what it may say of it. ABORTED: what lasts longer than ten minutes is stopped. */
interface Doing {
  readonly codes: readonly ErrorCode[]
  readonly run: (mailbox: Mailbox, signal: AbortSignal) => Promise<unknown>
}

const doings: readonly Doing[] = [
  {
    codes: ['ABORTED'],
    run: async (mailbox, signal) => {
      const { id, state } = await mailbox.send(alice.address, 'a message', { signal })
      if (state !== 'stored') return
      const { relays: signed, writeQuorum } = await mailbox.outbox.stored(id)
      assert(new Set(signed.map(({ relay }) => relay)).size >= writeQuorum, 'stored without its receipts')
    }
  },
  { codes: ['ABORTED', 'NO_RELAY'], run: async (mailbox, signal) => await mailbox.inbox.pull({ signal }) },
  {
    codes: ['ABORTED', 'NO_RELAY', 'TOO_FEW_RELAYS'],
    run: async (mailbox, signal) => await mailbox.register({ signal })
  },
  { codes: ['ABORTED'], run: async (mailbox, signal) => await mailbox.status({ signal }) },
  {
    codes: [],
    run: async (mailbox, signal) => {
      for await (const { type } of mailbox.inbox.watch({ signal })) if (type === 'drained') break
    }
  },
  { codes: ['ABORTED'], run: async (mailbox, signal) => await mailbox.outbox.flush({ signal }) }
]

const aTurn = async (): Promise<unknown> =>
  await new Promise(resolve => {
    setImmediate(resolve)
  })

const turnsOfRound = 500
const roundsMax = 60

/** Lets time pass until `work` has settled; what is not done in ten minutes is stopped, and then it is. */
async function whileTimePasses(clock: FixedClock, work: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
  const stop = new AbortController()
  const running = new Set([work(stop.signal)])
  const outcome: unknown[] = []
  for (const one of running) {
    const end = (error?: unknown): void => {
      running.delete(one)
      outcome.push(error)
    }
    void one.then(() => {
      end()
    }, end)
  }
  for (let round = 0; round < 2 * roundsMax && running.size > 0; round++) {
    if (round === roundsMax) stop.abort()
    for (let turn = 0; turn < turnsOfRound && running.size > 0; turn++) await aTurn()
    if (running.size > 0) clock.advance(10_000)
  }
  assert.equal(running.size, 0, 'a call that never settles')
  return outcome[0]
}

async function perform(mailbox: Mailbox, clock: FixedClock, { codes, run }: Doing): Promise<void> {
  const error = await whileTimePasses(clock, async signal => await run(mailbox, signal))
  if (error === undefined) return
  assert(isMailboxError(error), error instanceof Error ? error : 'no error that is one')
  // not a refusal of the input: it is documented, or it is a finding
  assert(codes.includes(error.code), `${error.code} is not documented: ${error.stack ?? ''}`)
}

class Replies {
  /** Of each protocol, in order; used up they are honest. */
  readonly #left: Map<Protocol, Step[]>
  readonly #clock: FixedClock

  constructor(steps: readonly Step[], clock: FixedClock) {
    this.#clock = clock
    this.#left = new Map(
      readers.map((protocol, n) => [protocol, steps.filter(({ stream }) => stream % readers.length === n)])
    )
  }

  reply = async (asked: Asked): Promise<Uint8Array> => {
    const step = this.#left.get(asked.protocol)?.shift()
    if (step === undefined) return await honestly(asked, this.#clock)
    return await (ops[step.op % ops.length] as Make)(asked, step.data, this.#clock)
  }
}

async function seqIn(store: Database): Promise<number> {
  const row = await (await LocalStore.open(store, bob.key)).registration.get('')
  assert(row !== undefined, 'the registration is gone')
  return (await openLocator(row.locator, { mailbox: bob.key })).seq
}

async function run(input: Uint8Array): Promise<void> {
  const clock = new FixedClock()
  const { store, relays: honest } = await registered()
  const before = await seqIn(store)
  const network = new RepliedNetwork(honest, new Replies(stepsOf(input.subarray(1)), clock).reply)
  const mailbox = await openClient(network, store, clock)
  for (const [n, doing] of doings.entries())
    if (((input[0] ?? 0) & (1 << n)) !== 0) await perform(mailbox, clock, doing)
  await mailbox.close()
  assert((await seqIn(store)) >= before, 'an older locator in place of a newer one')
  const again = await openClient(new RepliedNetwork(new HonestRelays(), async () => await nobody()), store, clock)
  for await (const item of again.inbox.list()) assert(!isBad(item), 'a message that is kept and cannot be read')
  for await (const { id } of again.outbox.list()) assert((await again.outbox.message(id)) !== undefined)
  await again.close()
}

const nobody = async (): Promise<never> => await Promise.reject(new MailboxError('DISCONNECTED', 'nobody is asked'))

const step = (op: number, stream: number, data: Uint8Array = nothing): Step => ({ op, stream, data })
const [sends, pulls, registers, asks, watches, flushes] = [1, 2, 4, 8, 16, 32] as const

async function seeds(): Promise<Uint8Array[]> {
  const samples = (await requestsAndAnswers()).filter(([name]) => /^(Locator|Deposit|Owner)Response$/.test(name))
  const raw = samples.map(([name, bytes]) => {
    const stream = ['LocatorResponse', 'DepositResponse', 'OwnerResponse'].indexOf(name)
    return {
      does: stream === 2 ? pulls + registers + asks : sends,
      steps: [step(1, stream, bytes), step(2, stream, bytes)]
    }
  })
  const [, tbs = nothing] = (await requestsAndAnswers()).find(([name]) => name === 'ToBeSigned') ?? []
  const { payload } = peekDescriptor(aliceDocuments.locator)
  const bundle = peekDescriptor(aliceDocuments.bundle).payload
  const [, own = nothing] = (await requestsAndAnswers()).find(([name]) => name === 'Locator') ?? []
  const receipt = await receiptFor(relays[0] as (typeof relays)[number], record)
  const signed = [
    { does: sends, steps: [step(3, 0, payload), step(4, 1, payload), step(5, 1, bundle), step(6, 1, receipt.body)] },
    { does: sends + flushes, steps: [step(10, 1, Uint8Array.of(1)), step(11, 1), step(12, 1, Uint8Array.of(3))] },
    { does: pulls, steps: [step(0, 2), step(0, 2), step(8, 2, tbs), step(9, 2, record.header), step(4, 2, own)] },
    { does: watches, steps: [step(0, 2), step(0, 2), step(7, 2, storedOf(record)), step(11, 2)] },
    { does: registers + asks, steps: [step(0, 2), step(0, 2), step(4, 2, own), step(4, 0, own)] }
  ]
  const silent = { does: sends + pulls + registers + asks + watches, steps: [] }
  return [silent, ...raw, ...signed].map(({ does, steps }) => joined([Uint8Array.of(does), writtenSteps(steps)]))
}

function mutate(input: Uint8Array, other: Uint8Array, chance: Chance): Uint8Array {
  const [does, rest] = [input.subarray(0, 1), input.subarray(1)]
  if (rest.length === 0 || chance.once(12)) return joined([Uint8Array.of(1 + chance.below(63)), other.subarray(1)])
  return joined([does, changedSteps(rest, other.subarray(1), ops.length, chance)])
}

export const answers: Target = {
  name: 'answers',
  reads: "relays' answers, in sequences, by a real client (§5 to §10)",
  codes: [],
  head: 1,
  seeds,
  run,
  mutate,
  // a client opens a store twice, signs, seals and checks
  work: { base: 3_000_000, perByte: 3_000 },
  memoryBytes: 1_048_576
}
