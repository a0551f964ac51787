/**
 * The four protocols of a real relay, called in sequence: raw requests on several streams, and requests whose documents
 * are signed by the owner whatever they say. Every request is answered with a status that is documented and is not
 * UNAVAILABLE, or ends its stream with AUTH (SPEC §8.1); what is in the store afterwards is sound (SPEC §9.11).
 */
import assert from 'node:assert/strict'
import { isMailboxError, Status } from '../../../src/errors.ts'
import { domains, payloadTypes } from '../../../src/identity/domains.ts'
import { sealDescriptor, signingInput } from '../../../src/identity/signed.ts'
import { frameBytesMax, limitName } from '../../../src/limits.ts'
import { RangeReader } from '../../../src/relay/ranges.ts'
import * as m from '../../../src/wire/messages.js'
import { protocols, type Protocol } from '../../../src/wire/port.ts'
import { bob, fixedBytes, nowHour, nowMs } from '../../vectors/fixed.ts'
import { RelayUnderTest } from '../relay.ts'
import { requestsAndAnswers } from '../samples.ts'
import { bundleOf, configOf, recordOf } from '../signed.ts'
import { changedSteps, stepsOf, writtenSteps, type Step } from '../steps.ts'
import { peekDescriptor } from '../../../src/identity/signed.ts'
import { locatorHere } from '../relay.ts'
import type { Target } from '../target.ts'

const answers: { readonly [protocol in Protocol]: { readonly decode: (bytes: Uint8Array) => Answer } } = {
  [protocols.locator]: m.LocatorResponse,
  [protocols.deposit]: m.DepositResponse,
  [protocols.owner]: m.OwnerResponse,
  [protocols.sync]: m.SyncResponse
}
interface Answer {
  readonly status: number
  readonly limit: number
  readonly ranges?: Uint8Array
}

const mailbox = bob.key
const record = await recordOf(1, 'a message')
const bundle = (await bundleOf()).bytes
const locator = (await locatorHere()).bytes
const nothing = new Uint8Array(0)

/** A request, and where it goes. */
type Call = readonly [protocol: Protocol, request: Uint8Array]
type Make = (step: Step, state: State) => Promise<Call | undefined> | Call | undefined

class State {
  readonly relay: RelayUnderTest
  /** Salted ids that the relay listed last. */
  listed: Uint8Array[] = []
  readonly pending = new Set<Promise<void>>()
  readonly wrong: unknown[] = []

  constructor(relay: RelayUnderTest) {
    this.relay = relay
  }
}

const owner = (call: m.OwnerRequest): Call => [protocols.owner, m.OwnerRequest.encode(call)]
const sealed = async (name: 'locator' | 'bundle' | 'config', payload: Uint8Array): Promise<Uint8Array> =>
  await sealDescriptor(bob, domains[name], payloadTypes[name], payload)
const signed = async (name: 'tombstone' | 'ownerAuth', body: Uint8Array): Promise<Uint8Array> =>
  await bob.sign(signingInput(domains[name], payloadTypes[name], body))

/** By number, as an input names them: the raw ones first. */
const ops: readonly Make[] = [
  ({ data }) => [protocols.locator, data],
  ({ data }) => [protocols.deposit, data],
  ({ data }) => [protocols.owner, data],
  ({ data }) => [protocols.sync, data],
  async ({ stream }, { relay }) => {
    await relay.prove(stream)
    return undefined
  },
  async ({ data }) => owner({ register: { locator: await sealed('locator', data), bundle } }),
  async ({ data }) => owner({ register: { locator, bundle: await sealed('bundle', data) } }),
  async ({ data }) => {
    const tombstone = { body: data, signer: bob.key, signature: await signed('tombstone', data) }
    return owner({ tombstone: { tombstone: m.Tombstone.encode(tombstone) } })
  },
  async ({ data }) => owner({ config: { mailbox, config: await sealed('config', data) } }),
  async ({ data }) => [protocols.locator, m.LocatorRequest.encode({ put: { locator: await sealed('locator', data) } })],
  async ({ stream, data }, { relay }) => {
    const nonce = await relay.challenge(stream)
    const body = m.OwnerAuthBody.encode({ ...bodyOf(data), nonce })
    return owner({ auth: { body, signature: await signed('ownerAuth', body) } })
  },
  ({ data }, { relay }) => {
    relay.clock.advance((data[0] ?? 1) * 600_000)
    return undefined
  },
  ({ stream, data }, { relay }) => {
    relay.end(Object.values(protocols)[(data[0] ?? 0) % 4] as Protocol, stream)
    return undefined
  },
  ({ data }) => [
    protocols.deposit,
    m.DepositRequest.encode({ deposit: { record: { ...record, header: data }, fanOut: data.length % 2 === 1 } })
  ],
  ({ data }) => [protocols.sync, m.SyncRequest.encode({ give: { mailbox, items: [{ kind: 1, value: data }] } })],
  ({ data }, { listed }) => [
    protocols.sync,
    m.SyncRequest.encode({ want: { mailbox, ids: listed.slice(0, 1_024), noRecords: data[0] === 1 } })
  ]
]

function bodyOf(data: Uint8Array): m.OwnerAuthBody {
  try {
    return m.OwnerAuthBody.decode(data)
  } catch {
    // bytes that are no body are one without anything in it
    return m.OwnerAuthBody.decode(nothing)
  }
}

const aTurn = async (): Promise<unknown> =>
  await new Promise(resolve => {
    setImmediate(resolve)
  })

/** Lets `work` go on for some turns: long polls and dials wait for the clock. */
async function someTurns(work: Promise<void>, turns: number): Promise<void> {
  const state = { settled: false }
  void work.then(() => {
    state.settled = true
  })
  for (let n = 0; n < turns && !state.settled; n++) await aTurn()
}

async function perform(step: Step, state: State): Promise<void> {
  const make = ops[step.op % ops.length] as Make
  const call = await make(step, state)
  if (call === undefined) return
  const work = ask(state, call, step.stream)
  state.pending.add(work)
  void work.finally(() => state.pending.delete(work))
  await someTurns(work, 30)
}

/** Never rejects: what is wrong is noted. */
async function ask(state: State, [protocol, request]: Call, stream: number): Promise<void> {
  const { relay } = state
  try {
    const bytes = await relay.handler(protocol)(request, relay.session(protocol, stream))
    assert(bytes.length <= frameBytesMax, 'an answer over the frame limit')
    const answer = answers[protocol].decode(bytes)
    assert((Object.values(Status) as number[]).includes(answer.status), `status ${answer.status} is not documented`)
    assert.notEqual(answer.status, Status.UNAVAILABLE, 'UNAVAILABLE because of what was asked')
    assert(answer.limit === 0 || limitName(answer.limit) !== undefined, `limit ${answer.limit} is not documented`)
    if (answer.ranges !== undefined && answer.ranges.length > 0) state.listed = idsIn(answer.ranges)
  } catch (error) {
    relay.end(protocol, stream)
    if (!isMailboxError(error, 'AUTH') || protocol !== protocols.owner) state.wrong.push(error)
  }
}

function idsIn(ranges: Uint8Array): Uint8Array[] {
  const reader = new RangeReader(ranges)
  const ids: Uint8Array[] = []
  while (!reader.ended) {
    reader.bound()
    const mode = reader.varint()
    if (mode === 1) reader.bytes(16)
    if (mode === 2) ids.push(...reader.ids())
  }
  return ids
}

async function run(input: Uint8Array): Promise<void> {
  const relay = await RelayUnderTest.start()
  const state = new State(relay)
  for (const step of stepsOf(input)) await perform(step, state)
  relay.endAll()
  for (let n = 0; n < 20 && state.pending.size > 0; n++) {
    relay.clock.advance(10_000)
    await someTurns(
      Promise.all(state.pending).then(() => undefined),
      20
    )
  }
  assert.equal(state.pending.size, 0, 'a request that is never answered')
  // whatever was asked, others are served
  await ask(state, [protocols.deposit, m.DepositRequest.encode({ info: {} })], 3)
  const problems = await relay.unsound()
  if (state.wrong.length > 0) throw state.wrong[0]
  assert.deepEqual(problems, [], 'the store is not sound')
}

const op = (number: number, data: Uint8Array = nothing, stream = 0): Step => ({ op: number, stream, data })

async function seeds(): Promise<Uint8Array[]> {
  const samples = await requestsAndAnswers()
  const raw = ['LocatorRequest', 'DepositRequest', 'OwnerRequest', 'SyncRequest']
  const single = samples
    .filter(([name]) => raw.includes(name))
    .map(([name, data]) => writtenSteps([op(raw.indexOf(name), data, name === 'SyncRequest' ? 2 : 0)]))
  return [...single, ...(await conversations())]
}

/** What honest ends do, so that what is changed of it leads far. */
async function conversations(): Promise<Uint8Array[]> {
  const deposit = m.DepositRequest.encode({ deposit: { record, fanOut: true } })
  const alone = m.DepositRequest.encode({ deposit: { record, fanOut: false } })
  const pull = { mailbox, recordsMax: 10, bytesMax: 100_000 }
  const asked = (call: m.OwnerRequest, stream = 0): Step => op(2, m.OwnerRequest.encode(call), stream)
  const sync = (call: m.SyncRequest): Step => op(3, m.SyncRequest.encode(call), 2)
  const ids = m.TombstoneBody.encode({
    mailbox,
    ids: fixedBytes('id', 32),
    dropAfterHour: nowHour + 20,
    issuedMs: nowMs
  })
  const everything = Uint8Array.of(0x61, 0, 0, 2, 0)
  const body = m.OwnerAuthBody.encode({
    relay: nothing,
    client: nothing,
    nonce: nothing,
    mailbox,
    signer: mailbox,
    scopes: 7,
    expiresHour: nowHour + 20
  })
  const payload = (bytes: Uint8Array): Uint8Array => peekDescriptor(bytes).payload
  return [
    [op(1, deposit, 1), asked({ pull }), asked({ status: { mailbox } }), op(7, ids), op(1, alone, 1)],
    [asked({ subscribe: { ...pull, waitMs: 1_000 } }), op(1, alone, 1), op(11, Uint8Array.of(1))],
    [
      op(4, nothing, 1),
      asked({ status: { mailbox } }, 1),
      op(12, Uint8Array.of(2), 1),
      asked({ status: { mailbox } }, 1)
    ],
    [
      op(5, payload(locator)),
      op(6, payload(bundle)),
      op(8, payload((await configOf()).bytes)),
      op(9, payload(locator))
    ],
    [
      op(10, body, 1),
      op(13, record.header, 1),
      op(11, Uint8Array.of(7)),
      op(14, m.StoredRecord.encode({ receivedMs: nowMs, ...record }), 2)
    ],
    [
      op(1, alone, 1),
      sync({ hello: { salt: fixedBytes('salt', 16) } }),
      sync({ mailboxes: { ranges: everything, first: true } }),
      sync({ items: { mailbox, ranges: everything, first: true, locator } }),
      op(15, nothing, 2)
    ]
  ].map(writtenSteps)
}

export const handlers: Target = {
  name: 'handlers',
  reads: 'requests of all four protocols, in sequences, by a real relay (§5 to §9)',
  codes: [],
  seeds,
  run,
  mutate: (input, other, chance) => changedSteps(input, other, ops.length, chance),
  // a relay begins, opens a mailbox and ends; each step may check some signatures and hash some keys
  work: { base: 3_000_000, perByte: 3_000 },
  memoryBytes: 1_048_576
}
