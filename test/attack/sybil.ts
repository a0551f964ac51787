/**
 * Peer ids made to stand next to a mailbox's keys, and what they achieve: real placement code over function calls, in a
 * network of 200 honest relays, with a search that always finds the closest. Ids are ground until none of the honest
 * relays is closer to the key; no signature is asked of them, so they are random bytes in the form of a peer id.
 */
import { randomBytes } from 'node:crypto'
import { concat } from 'uint8arrays/concat'
import { compare } from 'uint8arrays/compare'
import { toString } from 'uint8arrays/to-string'
import { xor } from 'uint8arrays/xor'
import { hourOf, silent } from '../../src/environment.ts'
import { Status } from '../../src/errors.ts'
import { generateIdentity, type PrivateIdentity } from '../../src/identity/keys.ts'
import { signLocator, type Locator } from '../../src/identity/locator.ts'
import { peerText } from '../../src/identity/peer.ts'
import { locatorAcceptRelays, locatorCallMs, neighbourhoodPerNetwork, neighbourhoodRelays } from '../../src/limits.ts'
import { apart, type Placed } from '../../src/placement/apart.ts'
import { kadPosition, type Closest } from '../../src/placement/dht.ts'
import { LocatorHolder } from '../../src/placement/holder.ts'
import { locatorKey, locatorKeys, Neighbourhood } from '../../src/placement/neighbourhood.ts'
import { MemoryNetwork } from '../../src/testing/network.ts'
import { LocatorRequest, LocatorResponse } from '../../src/wire/messages.js'
import type { Handler, PeerAddress } from '../../src/wire/port.ts'
import { protocols } from '../../src/wire/port.ts'
import { ManualClock } from '../helpers/clients.ts'
import { holderRates } from '../helpers/rates.ts'

/** What a liar answers: `none` NO_MAILBOX, `old` an earlier locator, `silent` nothing, `slow` the old one, late. */
export type Lie = 'none' | 'old' | 'silent' | 'slow'

export interface Capture {
  /** Of the 20 places next to each key, those that liars have; more: liars behind them too. */
  readonly first: number
  readonly second: number
  readonly lie: Lie
  /** True: all liars are on one network, each honest relay on its own. Default: each liar on its own as well. */
  readonly oneNetwork?: boolean
}

export interface SybilRow extends Capture {
  readonly lookups: number
  /** Lookups of strangers that gave the mailbox's newest locator. */
  readonly found: number
  /** The same, had the first neighbourhood alone been asked. */
  readonly foundByFirst: number
  /** Lookups that said there is no mailbox. */
  readonly none: number
  /** Mean of the relays asked, of their answers in bytes, and of the time in the clock of the network, without its delays. */
  readonly asked: number
  readonly bytes: number
  readonly ms: number
}

export const captures: readonly Capture[] = [
  { first: 0, second: 0, lie: 'none' },
  { first: 20, second: 0, lie: 'none' },
  { first: 20, second: 0, lie: 'old' },
  { first: 20, second: 0, lie: 'silent' },
  { first: 20, second: 0, lie: 'slow' },
  { first: 40, second: 0, lie: 'old' },
  { first: 10, second: 10, lie: 'old' },
  { first: 19, second: 19, lie: 'old' },
  { first: 20, second: 20, lie: 'none' },
  { first: 20, second: 20, lie: 'old' },
  { first: 40, second: 40, lie: 'old', oneNetwork: true }
]

const honestRelays = 200
const slowMs = locatorCallMs - 500

interface Relay extends Placed {
  readonly position: Uint8Array
}

/** A search that always gives the closest of these, as the DHT's does when nobody stands in its way. */
function nearest(relays: readonly Relay[], key: Uint8Array): Placed[] {
  const target = kadPosition(key)
  return relays
    .map(relay => ({ relay, distance: xor(relay.position, target) }))
    .sort((a, b) => compare(a.distance, b.distance))
    .map(({ relay }) => relay)
}

const inlinePrefix = Uint8Array.of(0, 36, 8, 1, 18, 32)

/** How near to a place, by 32 bits, which tell a few hundred relays apart. */
const nearness = (position: Uint8Array, place: Uint8Array): number =>
  (Buffer.from(position).readUInt32BE() ^ Buffer.from(place).readUInt32BE()) >>> 0

/** `count` ids that are closer to `key` than every one of `positions`, and not to `other`, where they would count as well. */
function ground(o: {
  key: Uint8Array
  other: Uint8Array
  positions: readonly Uint8Array[]
  count: number
}): Uint8Array[] {
  const [target, elsewhere] = [kadPosition(o.key), kadPosition(o.other)]
  const closestTo = (place: Uint8Array): number => Math.min(...o.positions.map(position => nearness(position, place)))
  const [closest, closestElsewhere] = [closestTo(target), closestTo(elsewhere)]
  const ids: Uint8Array[] = []
  // each try succeeds with about one chance in as many as there are relays
  while (ids.length < o.count) {
    const id = concat([inlinePrefix, randomBytes(32)])
    const position = kadPosition(id)
    if (nearness(position, target) < closest && nearness(position, elsewhere) > closestElsewhere) ids.push(id)
  }
  return ids
}

class Field {
  readonly clock = new ManualClock()
  readonly network = new MemoryNetwork({ env: this.clock })
  readonly honest: Relay[] = []
  readonly #nearest = new Map<string, PeerAddress[]>()
  /** Questions that honest relays or hasty liars work on, and all that were answered, with their bytes. */
  working = 0
  asked = 0
  bytes = 0

  async settle(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      const self = concat([inlinePrefix, randomBytes(32)])
      const held = new Map<string, Uint8Array>()
      const holder = new LocatorHolder({
        env: this.clock,
        log: silent,
        self,
        closest: this.#known(self),
        rates: holderRates(this.clock),
        shelf: {
          get: async mailbox => await Promise.resolve(held.get(toString(mailbox, 'hex'))),
          put: async (mailbox, { bytes }) => {
            held.set(toString(mailbox, 'hex'), bytes)
            await Promise.resolve()
          },
          count: () => held.size
        }
      })
      this.honest.push(await this.add(self, holder.handler, `/ip4/${1 + n}.${n}.0.1/tcp/4001`))
    }
  }

  /** Every honest relay knows all honest ones. */
  #known(self: Uint8Array): Closest {
    const own = peerText(self)
    return async key => await Promise.resolve(this.#near(key).filter(({ id }) => id !== own))
  }

  /** Worked out once for both keys of a mailbox. */
  #near(key: Uint8Array): PeerAddress[] {
    const name = toString(key, 'hex')
    const kept = this.#nearest.get(name)
    if (kept !== undefined) return kept
    const near = nearest(this.honest, key)
      .slice(0, locatorAcceptRelays + 1)
      .map(({ peer }) => peer)
    if (this.#nearest.size > 1) this.#nearest.clear()
    this.#nearest.set(name, near)
    return near
  }

  async add(id: Uint8Array, handler: Handler, seenAt: string): Promise<Relay> {
    const { responder, address } = this.network.join(id)
    await responder.handle(protocols.locator, async (request, session) => {
      this.asked++
      this.working++
      try {
        const response = await handler(request, session)
        this.bytes += request.length + response.length
        return response
      } finally {
        this.working--
      }
    })
    return { peer: address, position: kadPosition(id), seenAt }
  }

  /** What a stranger knows that has asked nobody yet. */
  stranger(relays: readonly Relay[], keyOf: (key: Uint8Array) => Uint8Array = key => key): Neighbourhood {
    const spread = { count: neighbourhoodRelays, perNetwork: neighbourhoodPerNetwork }
    return new Neighbourhood({
      network: this.network.join(concat([inlinePrefix, randomBytes(32)])).network,
      closest: async key => await Promise.resolve(apart(nearest(relays, keyOf(key)).slice(0, 100), spread)),
      env: this.clock
    })
  }

  /** Runs `work`; its time passes when nobody is at work any more. */
  async passing<T>(work: Promise<T>): Promise<T> {
    const state = { isOver: false }
    void Promise.allSettled([work]).then(() => {
      state.isOver = true
    })
    for (let quiet = 0; !state.isOver;) {
      await new Promise(resolve => {
        setImmediate(resolve)
      })
      quiet = this.working === 0 ? quiet + 1 : 0
      if (quiet > 20) this.clock.advance(100)
    }
    return await work
  }
}

function answer(status: number, locator?: Uint8Array): Uint8Array {
  const response = { status, retryAfterMs: 0, limit: 0, want: [] }
  return LocatorResponse.encode(locator === undefined ? response : { ...response, locator })
}

/** It takes what is written, and forgets it. */
function liar(field: Field, lie: Lie, old: Locator): Handler {
  const stolen = answer(Status.OK, old.bytes)
  return async request => {
    if (LocatorRequest.decode(request).get === undefined) return answer(Status.OK)
    if (lie === 'none') return answer(Status.NO_MAILBOX)
    if (lie === 'old') return stolen
    // waiting is no work
    field.working--
    try {
      await field.clock.delay(lie === 'slow' ? slowMs : 10 * locatorCallMs)
    } finally {
      field.working++
    }
    return stolen
  }
}

async function locatorOf(owner: PrivateIdentity, seq: number, nowMs: number): Promise<Locator> {
  const issuedHour = hourOf(nowMs)
  const relays = Array.from({ length: 3 }, (_, at) => ({
    id: peerText(concat([inlinePrefix, randomBytes(32)])),
    addresses: [`/ip4/192.0.2.${at + 1}/tcp/4001`],
    role: 'active' as const
  }))
  const fields = { issuedHour, validUntilHour: issuedHour + 2160, writeQuorum: 2, bundleMinSeq: 1, closed: false }
  return await signLocator(owner, { seq, relays, ...fields })
}

/** The liars stand there before the owner writes: what is written in their places is lost. */
async function besieged(field: Field, owner: PrivateIdentity, capture: Capture): Promise<readonly Relay[]> {
  const old = await locatorOf(owner, 1, field.clock.now())
  const positions = field.honest.map(({ position }) => position)
  const liars: Relay[] = []
  const [first, second] = locatorKeys(owner.key)
  for (const place of [
    { key: first, other: second, count: capture.first },
    { key: second, other: first, count: capture.second }
  ]) {
    for (const id of ground({ ...place, positions })) {
      const n = liars.length
      const seenAt = capture.oneNetwork === true ? `/ip4/8.8.${n}.1/tcp/4001` : `/ip4/${100 + n}.200.0.1/tcp/4001`
      liars.push(await field.add(id, liar(field, capture.lie, old), seenAt))
    }
  }
  return [...field.honest, ...liars]
}

async function lookup(
  field: Field,
  owner: PrivateIdentity,
  reader: Neighbourhood
): Promise<'found' | 'none' | 'old' | 'failed'> {
  try {
    const found = await field.passing(reader.find(owner.key))
    if (found === undefined) return 'none'
    return found.seq === 2 ? 'found' : 'old'
  } catch {
    return 'failed'
  }
}

async function lookUp(field: Field, capture: Capture, tally: Record<'found' | 'first' | 'none' | 'ms', number>) {
  const owner = generateIdentity()
  const relays = await besieged(field, owner, capture)
  await field.passing(field.stranger(relays).publish(await locatorOf(owner, 2, field.clock.now())))
  const firstKey = locatorKey(owner.key)
  const byFirst = await lookup(
    field,
    owner,
    field.stranger(relays, () => firstKey)
  )
  if (byFirst === 'found') tally.first++
  const [beganMs, asked, bytes] = [field.clock.now(), field.asked, field.bytes]
  const outcome = await lookup(field, owner, field.stranger(relays))
  tally.ms += field.clock.now() - beganMs
  if (outcome === 'found') tally.found++
  if (outcome === 'none') tally.none++
  return { asked: field.asked - asked, bytes: field.bytes - bytes }
}

/** One row for each of `wanted`. @param o.lookups mailboxes that a stranger looks for, each with liars of its own; @param o.honest relays that do not lie */
export async function* sybil(o: {
  lookups: number
  wanted?: readonly Capture[]
  honest?: number
}): AsyncGenerator<SybilRow> {
  for (const capture of o.wanted ?? captures) {
    const field = new Field()
    await field.settle(o.honest ?? honestRelays)
    const tally = { found: 0, first: 0, none: 0, ms: 0 }
    const cost = { asked: 0, bytes: 0 }
    for (let n = 0; n < o.lookups; n++) {
      // as in the world, a relay is not asked everything in one moment
      field.clock.advance(1_000)
      const { asked, bytes } = await lookUp(field, capture, tally)
      cost.asked += asked
      cost.bytes += bytes
    }
    const mean = (sum: number): number => sum / o.lookups
    yield {
      ...capture,
      lookups: o.lookups,
      found: tally.found,
      foundByFirst: tally.first,
      none: tally.none,
      asked: mean(cost.asked),
      bytes: mean(cost.bytes),
      ms: mean(tally.ms)
    }
  }
}

/** Keys that a machine makes in a second, and how many 20 ids next to one key take among `relays`. */
export function grinding(relays: number): { keys: number; seconds: number } {
  const sample = 2_000
  const beganMs = performance.now()
  for (let n = 0; n < sample; n++) generateIdentity()
  const perKeyMs = (performance.now() - beganMs) / sample
  const keys = neighbourhoodRelays * relays
  return { keys, seconds: (keys * perKeyMs) / 1_000 }
}

const says: Record<Lie, string> = {
  none: 'no mailbox',
  old: 'an old locator',
  silent: 'nothing',
  slow: 'an old one, late'
}

const heading = [
  'next to 1st key',
  'next to 2nd',
  'liars say',
  'strangers find it',
  'with one key',
  'asked',
  'KiB',
  'ms'
]

export function sybilText(rows: readonly SybilRow[]): string {
  const share = (of: number, all: number): string => `${((100 * of) / all).toFixed(1)} %`
  const lines = rows.map(row => [
    `${row.first}${row.oneNetwork === true ? ', one network' : ''}`,
    `${row.second}`,
    row.first + row.second === 0 ? '' : says[row.lie],
    share(row.found, row.lookups),
    share(row.foundByFirst, row.lookups),
    row.asked.toFixed(0),
    (row.bytes / 1024).toFixed(1),
    row.ms.toFixed(0)
  ])
  return [heading, heading.map(() => '---'), ...lines].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/** A stranger finds the mailbox unless liars that are not on one network have all 20 places next to both keys. */
export function sybilHolds(rows: readonly SybilRow[]): boolean {
  const isLost = ({ first, second, oneNetwork }: Capture): boolean =>
    Math.min(first, second) >= neighbourhoodRelays && oneNetwork !== true
  return rows.every(row => row.found === row.lookups || isLost(row))
}

/** Every row as text, as they come, and whether what is promised holds. */
export async function sybilReport(o: { lookups: number; print: (text: string) => void }): Promise<boolean> {
  const rows: SybilRow[] = []
  for await (const row of sybil(o)) rows.push(row)
  o.print(sybilText(rows))
  const { keys, seconds } = grinding(honestRelays)
  o.print(`${keys} keys are made for 20 ids next to one key among ${honestRelays} relays: ${seconds.toFixed(1)} s`)
  return sybilHolds(rows)
}
