/**
 * How long a deposit's answer takes when the record is new, held or acked: what somebody who repeats a deposit could tell
 * by the clock (SPEC §7.2 check 7). A real relay on LevelDB with synced writes, called without a network, which would only
 * blur it; one call at a time, the kinds in an order by chance.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { MemoryLevel } from 'memory-level'
import { Mailbox } from '../../src/client/mailbox.ts'
import { hourOf, silent, systemEnvironment as env } from '../../src/environment.ts'
import { Status } from '../../src/errors.ts'
import {
  openBundle,
  pickKey,
  signBundle,
  type BundleKey,
  type KeyBundle,
  type KeyBundleFields
} from '../../src/identity/bundle.ts'
import { seal } from '../../src/identity/envelope.ts'
import { generateGate, type Gate } from '../../src/identity/gate.ts'
import { generateIdentity, type IdentityKey, type PrivateIdentity } from '../../src/identity/keys.ts'
import { createOwnerAuth, scopes } from '../../src/identity/ownerauth.ts'
import { gateProof } from '../../src/identity/proof.ts'
import { recordId } from '../../src/identity/record.ts'
import { createTombstone } from '../../src/identity/tombstone.ts'
import { tombstoneIdsMax } from '../../src/limits.ts'
import { defaultLimits, type RelayLimits } from '../../src/relay/options.ts'
import { Relay } from '../../src/relay/relay.ts'
import { MemoryNetwork } from '../../src/testing/network.ts'
import { DepositRequest, DepositResponse, OwnerRequest, OwnerResponse, type Record } from '../../src/wire/messages.js'
import { protocols, type Handler, type Protocol, type Session } from '../../src/wire/port.ts'
import { stamped } from '../helpers/admission.ts'
import { openToAll } from '../helpers/clients.ts'
import { peerIdOf } from '../helpers/fake-relay.ts'
import { generousRates } from '../helpers/rates.ts'

export const answerKinds = ['new', 'held', 'acked', 'no mailbox'] as const
export type AnswerKind = (typeof answerKinds)[number]
/** By what a record is let in. */
export const answerLanes = ['no proof', 'stamp', 'gate'] as const
export type AnswerLane = (typeof answerLanes)[number]
/** Milliseconds of each answer, and of refusals: a gate that is not the owner's, of a record that is new or held. */
export type AnswerTimes = ReadonlyMap<string, readonly number[]>
export type LaneTimes = ReadonlyMap<AnswerLane, AnswerTimes>

/** Of a stamp: so few that making it takes no time, and so few records of what is allowed that no more are asked for. */
const stampBits = 4
const roomFor = 1_000

interface Shown {
  readonly record: Record
  readonly proof?: Uint8Array
}

class Desk {
  readonly handlers = new Map<Protocol, Handler>()
  readonly #self: Uint8Array
  readonly #sessions = new Map<Protocol, Session>()

  constructor(self: Uint8Array) {
    this.#self = self
  }

  async ask(protocol: Protocol, request: Uint8Array): Promise<Uint8Array> {
    const handler = this.handlers.get(protocol)
    if (handler === undefined) throw new TypeError(`${protocol} is not handled`)
    return await handler(request, this.session(protocol))
  }

  session(protocol: Protocol): Session {
    const held = this.#sessions.get(protocol)
    if (held !== undefined) return held
    const ends = { localPeer: this.#self, remotePeer: peerIdOf(generateIdentity()) }
    const session: Session = { ...ends, signal: new AbortController().signal, state: new Map() }
    this.#sessions.set(protocol, session)
    return session
  }

  async deposit({ record, proof }: Shown): Promise<number> {
    const request = DepositRequest.encode({
      deposit: { record, fanOut: false, ...(proof === undefined ? {} : { proof }) }
    })
    return DepositResponse.decode(await this.ask(protocols.deposit, request)).status
  }

  async owner(call: OwnerRequest): Promise<OwnerResponse> {
    return OwnerResponse.decode(await this.ask(protocols.owner, OwnerRequest.encode(call)))
  }
}

/** @param count answers of each kind in each lane */
export async function answerTimes(count: number): Promise<LaneTimes> {
  const folder = mkdtempSync(join(tmpdir(), 'mailbox-answers-'))
  const identity = generateIdentity()
  const network = new MemoryNetwork()
  const node = network.join(peerIdOf(identity))
  const desk = new Desk(peerIdOf(identity))
  const relay = await Relay.start({
    database: new ClassicLevel(folder),
    network: node.network,
    responder: {
      handle: async (protocol, handler) => {
        desk.handlers.set(protocol, handler)
        await node.responder.handle(protocol, handler)
      },
      unhandle: async protocol => {
        await node.responder.unhandle(protocol)
      }
    },
    self: peerIdOf(identity),
    sign: async message => await identity.sign(message),
    limits: { ...defaultLimits, ...generousRates, registrationBits: 0, ...roomOf(roomFor * count) },
    env,
    log: silent,
    observe: () => undefined
  })
  try {
    const bob = generateIdentity()
    const client = network.join(peerIdOf(generateIdentity())).network
    const closest = async (): Promise<(typeof node.address)[]> => await Promise.resolve([node.address])
    const o = { identity: bob, store: new MemoryLevel(), network: client, closest, strangersLane: openToAll }
    const mailbox = await Mailbox.open(o)
    await mailbox.register({ active: 1, standby: 0 })
    await mailbox.close()
    const times = new Map<AnswerLane, AnswerTimes>()
    for (const lane of answerLanes) times.set(lane, await measured(desk, bob, lane, count))
    return times
  } finally {
    await relay.stop()
    rmSync(folder, { recursive: true })
  }
}

const roomOf = (records: number): Partial<RelayLimits> => ({
  strangersRecords: records,
  strangersBytes: records * 4_096,
  recordsPerMailbox: records,
  bytesPerMailbox: records * 4_096
})

async function measured(desk: Desk, bob: PrivateIdentity, lane: AnswerLane, count: number): Promise<AnswerTimes> {
  const gate = await opened(desk, bob, lane)
  const proofOf = async (record: Record, mailbox: Uint8Array): Promise<Shown> => {
    if (lane === 'no proof') return { record }
    if (lane === 'gate') return { record, proof: await gateProof(gate, mailbox, recordId(record)) }
    return { record, ...stamped(mailbox, record, stampBits) }
  }
  const records = await recordsFor(desk, bob, count)
  const shown = new Map<string, readonly Shown[]>()
  for (const [kind, { mailbox, made }] of records)
    shown.set(kind, await Promise.all(made.map(async record => await proofOf(record, mailbox))))
  for (const one of [...(shown.get('held') ?? []), ...(shown.get('acked') ?? [])]) await desk.deposit(one)
  await bury(desk, bob, records.get('acked')?.made ?? [])
  if (lane === 'gate') for (const [kind, refused] of await refusals(records, gate)) shown.set(kind, refused)
  return await timed(desk, shown)
}

/** Proofs of a gate that is not the owner's: what is asked is refused before the record is looked for. */
async function refusals(records: Sealed, { id }: Gate): Promise<ReadonlyArray<readonly [string, Shown[]]>> {
  const other = generateGate(env.random)
  return await Promise.all(
    (['new', 'held'] as const).map(async kind => {
      const { mailbox, made } = records.get(kind) ?? { mailbox: id, made: [] }
      const refused = made.map(async record => ({ record, proof: await gateProof(other, mailbox, recordId(record)) }))
      return [`refused, ${kind}`, await Promise.all(refused)] as const
    })
  )
}

const wanted: ReadonlyMap<string, number> = new Map([
  ['no mailbox', Status.NO_MAILBOX],
  ['refused, new', Status.AUTH],
  ['refused, held', Status.AUTH]
])

async function timed(desk: Desk, shown: ReadonlyMap<string, readonly Shown[]>): Promise<AnswerTimes> {
  const order = [...shown].flatMap(([kind, all]) => all.map(one => ({ kind, one, at: Math.random() })))
  const times = new Map<string, number[]>([...shown.keys()].map(kind => [kind, []]))
  for (const { kind, one } of order.toSorted((a, b) => a.at - b.at)) {
    const startedMs = performance.now()
    const status = await desk.deposit(one)
    times.get(kind)?.push(performance.now() - startedMs)
    if (status !== (wanted.get(kind) ?? Status.OK)) throw new Error(`a record that is ${kind} was answered ${status}`)
  }
  return times
}

/** The owner's bundle says what this lane needs. @returns the gate that is in force */
async function opened(desk: Desk, bob: PrivateIdentity, lane: AnswerLane): Promise<Gate> {
  const gate = generateGate(env.random)
  const held = await bundleFrom(desk, bob)
  const policy = lane === 'stamp' ? { strangers: 'pow', powBits: stampBits } : { strangers: 'open', powBits: 0 }
  const fields = { ...held, ...policy, seq: held.seq + 1, gates: [{ ...gate, share: 100, revokedHour: 0 }] } as const
  const { bytes: bundle } = await signBundle(bob, fields as KeyBundleFields)
  await prove(desk, bob)
  const { status } = await desk.owner({ config: { mailbox: bob.key, bundle } })
  if (status !== Status.OK) throw new Error(`the bundle was answered ${status}`)
  return gate
}

type Sealed = ReadonlyMap<AnswerKind, { readonly mailbox: IdentityKey; readonly made: readonly Record[] }>

async function bundleFrom(desk: Desk, { key: mailbox }: PrivateIdentity): Promise<KeyBundle> {
  const info = await desk.ask(protocols.deposit, DepositRequest.encode({ info: { mailbox } }))
  const { bundle } = DepositResponse.decode(info)
  if (bundle === undefined) throw new Error('the relay gave no key bundle')
  return await openBundle(bundle, { mailbox, nowHour: hourOf(env.now()) })
}

async function recordsFor(desk: Desk, bob: PrivateIdentity, count: number): Promise<Sealed> {
  const nowHour = hourOf(env.now())
  const key = pickKey(await bundleFrom(desk, bob), nowHour)
  const records = new Map<AnswerKind, { mailbox: IdentityKey; made: Record[] }>()
  const sender = generateIdentity()
  for (const kind of answerKinds) {
    const mailbox = kind === 'no mailbox' ? generateIdentity().key : bob.key
    const sealed = Array.from({ length: count }, async () => await recordOf(mailbox, key, sender, nowHour))
    records.set(kind, { mailbox, made: await Promise.all(sealed) })
  }
  return records
}

async function recordOf(
  mailbox: IdentityKey,
  key: BundleKey,
  sender: PrivateIdentity,
  nowHour: number
): Promise<Record> {
  const message = { contentType: 'text/plain', body: env.random(100), createdMs: env.now() }
  const o = { mailbox, key, sender, message, expiresHour: nowHour + 24, random: env.random }
  return (await seal(o)).record
}

async function prove(desk: Desk, bob: PrivateIdentity): Promise<void> {
  const { localPeer: relay, remotePeer: client } = desk.session(protocols.owner)
  const { challenge } = await desk.owner({ challenge: {} })
  const nonce = challenge?.nonce ?? new Uint8Array(0)
  const expiresHour = hourOf(env.now()) + 12
  const ends = { relay, client, nonce, mailbox: bob.key, scopes: scopes.all, expiresHour }
  await desk.owner({ auth: await createOwnerAuth(bob, ends) })
}

async function bury(desk: Desk, bob: PrivateIdentity, records: readonly Record[]): Promise<void> {
  await prove(desk, bob)
  for (let at = 0; at < records.length; at += tombstoneIdsMax) {
    const ids = records.slice(at, at + tombstoneIdsMax).map(recordId)
    const o = { ids, dropAfterHour: hourOf(env.now()) + 24, issuedMs: env.now() }
    const { status } = await desk.owner({ tombstone: { tombstone: await createTombstone(bob, o) } })
    if (status !== Status.OK) throw new Error(`the tombstone was answered ${status}`)
  }
}

/** The largest difference of two distributions (Kolmogorov-Smirnov): 0 alike, 1 apart; the gain of the best guess. */
export function distance(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [a.toSorted((p, q) => p - q), b.toSorted((p, q) => p - q)]
  let [i, j, largest] = [0, 0, 0]
  while (i < x.length && j < y.length) {
    const at = Math.min(x[i] ?? Infinity, y[j] ?? Infinity)
    while ((x[i] ?? Infinity) <= at) i++
    while ((y[j] ?? Infinity) <= at) j++
    largest = Math.max(largest, Math.abs(i / x.length - j / y.length))
  }
  return largest
}

/** What chance alone exceeds once in a hundred times. */
export const distanceByChance = (n: number, m: number): number => 1.63 * Math.sqrt((n + m) / (n * m))

export function answersText(lanes: LaneTimes): string {
  return [...lanes].map(([lane, times]) => laneText(lane, times)).join('\n\n')
}

function laneText(lane: AnswerLane, times: AnswerTimes): string {
  const fresh = times.get('new') ?? []
  const held = times.get('held') ?? []
  const at = (sorted: readonly number[], share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(3)
  const rows = [...times].map(([kind, all]) => {
    const sorted = all.toSorted((a, b) => a - b)
    // a refusal is compared with that of a new record
    const likeNew = kind.startsWith('refused') ? (times.get('refused, new') ?? []) : fresh
    const cells = [
      at(sorted, 0.5),
      at(sorted, 0.9),
      at(sorted, 0.99),
      distance(likeNew, all).toFixed(3),
      distance(held, all).toFixed(3)
    ]
    return [kind.padEnd(14), ...cells.map(cell => cell.padStart(9))].join(' ')
  })
  const chance = distanceByChance(fresh.length, fresh.length).toFixed(3)
  return [
    `Answers to a deposit, ${lane}, ${fresh.length} of each kind, smallest record, milliseconds; KS: distance from new and from held (by chance below ${chance})`,
    ['record is'.padEnd(14), ...['p50', 'p90', 'p99', 'KS new', 'KS held'].map(head => head.padStart(9))].join(' '),
    ...rows
  ].join('\n')
}
