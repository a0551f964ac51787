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
import { openBundle, pickKey, type BundleKey } from '../../src/identity/bundle.ts'
import { seal } from '../../src/identity/envelope.ts'
import { generateIdentity, type IdentityKey, type PrivateIdentity } from '../../src/identity/keys.ts'
import { createOwnerAuth, scopes } from '../../src/identity/ownerauth.ts'
import { recordId } from '../../src/identity/record.ts'
import { createTombstone } from '../../src/identity/tombstone.ts'
import { defaultLimits } from '../../src/relay/options.ts'
import { Relay } from '../../src/relay/relay.ts'
import { MemoryNetwork } from '../../src/testing/network.ts'
import { DepositRequest, DepositResponse, OwnerRequest, OwnerResponse, type Record } from '../../src/wire/messages.js'
import { protocols, type Handler, type Protocol, type Session } from '../../src/wire/port.ts'
import { openToAll } from '../helpers/clients.ts'
import { peerIdOf } from '../helpers/fake-relay.ts'
import { generousRates } from '../helpers/rates.ts'

export const answerKinds = ['new', 'held', 'acked', 'no mailbox'] as const
export type AnswerKind = (typeof answerKinds)[number]
/** Milliseconds of each answer. */
export type AnswerTimes = ReadonlyMap<AnswerKind, readonly number[]>

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

  async deposit(record: Record): Promise<number> {
    const request = DepositRequest.encode({ deposit: { record, fanOut: false } })
    return DepositResponse.decode(await this.ask(protocols.deposit, request)).status
  }

  async owner(call: OwnerRequest): Promise<OwnerResponse> {
    return OwnerResponse.decode(await this.ask(protocols.owner, OwnerRequest.encode(call)))
  }
}

/** @param count answers of each kind */
export async function answerTimes(count: number): Promise<AnswerTimes> {
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
    limits: { ...defaultLimits, ...generousRates, registrationBits: 0, strangersRecords: 10 * count },
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
    return await measured(desk, bob, count)
  } finally {
    await relay.stop()
    rmSync(folder, { recursive: true })
  }
}

async function measured(desk: Desk, bob: PrivateIdentity, count: number): Promise<AnswerTimes> {
  const records = await recordsFor(desk, bob, count)
  for (const record of [...(records.get('held') ?? []), ...(records.get('acked') ?? [])]) await desk.deposit(record)
  await bury(desk, bob, records.get('acked') ?? [])
  const order = answerKinds.flatMap(kind =>
    (records.get(kind) ?? []).map(record => ({ kind, record, at: Math.random() }))
  )
  const times = new Map<AnswerKind, number[]>(answerKinds.map(kind => [kind, []]))
  for (const { kind, record } of order.toSorted((a, b) => a.at - b.at)) {
    const startedMs = performance.now()
    const status = await desk.deposit(record)
    times.get(kind)?.push(performance.now() - startedMs)
    const wanted = kind === 'no mailbox' ? Status.NO_MAILBOX : Status.OK
    if (status !== wanted) throw new Error(`a record that is ${kind} was answered ${status}`)
  }
  return times
}

async function recordsFor(desk: Desk, bob: PrivateIdentity, count: number): Promise<Map<AnswerKind, Record[]>> {
  const info = await desk.ask(protocols.deposit, DepositRequest.encode({ info: { mailbox: bob.key } }))
  const { bundle } = DepositResponse.decode(info)
  if (bundle === undefined) throw new Error('the relay gave no key bundle')
  const nowHour = hourOf(env.now())
  const key = pickKey(await openBundle(bundle, { mailbox: bob.key, nowHour }), nowHour)
  const records = new Map<AnswerKind, Record[]>()
  const sender = generateIdentity()
  for (const kind of answerKinds) {
    const mailbox = kind === 'no mailbox' ? generateIdentity().key : bob.key
    const sealed = Array.from({ length: count }, async () => await recordOf(mailbox, key, sender, nowHour))
    records.set(kind, await Promise.all(sealed))
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

async function bury(desk: Desk, bob: PrivateIdentity, records: readonly Record[]): Promise<void> {
  const { localPeer: relay, remotePeer: client } = desk.session(protocols.owner)
  const { challenge } = await desk.owner({ challenge: {} })
  const nonce = challenge?.nonce ?? new Uint8Array(0)
  const nowHour = hourOf(env.now())
  const ends = { relay, client, nonce, mailbox: bob.key, scopes: scopes.all, expiresHour: nowHour + 12 }
  await desk.owner({ auth: await createOwnerAuth(bob, ends) })
  const o = { ids: records.map(recordId), dropAfterHour: nowHour + 24, issuedMs: env.now() }
  const { status } = await desk.owner({ tombstone: { tombstone: await createTombstone(bob, o) } })
  if (status !== Status.OK) throw new Error(`the tombstone was answered ${status}`)
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

export function answersText(times: AnswerTimes): string {
  const fresh = times.get('new') ?? []
  const held = times.get('held') ?? []
  const at = (sorted: readonly number[], share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(3)
  const rows = [...times].map(([kind, all]) => {
    const sorted = all.toSorted((a, b) => a - b)
    const cells = [
      at(sorted, 0.5),
      at(sorted, 0.9),
      at(sorted, 0.99),
      distance(fresh, all).toFixed(3),
      distance(held, all).toFixed(3)
    ]
    return [kind.padEnd(12), ...cells.map(cell => cell.padStart(9))].join(' ')
  })
  const chance = distanceByChance(fresh.length, fresh.length).toFixed(3)
  return [
    `Answers to a deposit, ${fresh.length} of each kind, smallest record, milliseconds; KS: distance from new and from held (by chance below ${chance})`,
    ['record is'.padEnd(12), ...['p50', 'p90', 'p99', 'KS new', 'KS held'].map(head => head.padStart(9))].join(' '),
    ...rows
  ].join('\n')
}
