/**
 * What a relay does for whom in a second (SPEC §9.12): budgets by peer, by group, by mailbox and in all. Nothing that a
 * stranger does spends what an owner has, and a group always has its floor. Pure but for the time it is given.
 */
import type { Environment } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import {
  authFailuresPerSecondMax,
  depositFloorBurst,
  depositFloorPerSecond,
  locatorPutBurstMax,
  locatorPutsPerSecondMax,
  ratesHeldMax,
  reconcileBurstMax,
  reconcilesPerSecondMax,
  requestFloorBurst,
  requestFloorPerSecond,
  unauthenticatedCallsMax,
  type LimitName
} from '../limits.ts'
import type { LocatorRates } from '../placement/holder.ts'
import { Meters, type Rate } from '../placement/meters.ts'
import type { Session } from '../wire/port.ts'
import { nameOf } from './keys.ts'
import type { RelayLimits } from './options.ts'

/** Who asks. */
export type Caller = Pick<Session, 'remotePeer' | 'group'>

/** Of deposits to one mailbox: what contacts may leave no stranger spends. */
export type Sender = 'contacts' | 'strangers'

/**
 * What calls cost, in requests: one is about what it takes to answer the cheapest. A signature to check costs 8, a
 * look into the store 1, 64 entries of a list 1.
 */
export const costs = {
  call: 1,
  lookUp: 2,
  locator: 4,
  signature: 8,
  documents: 24
} as const

/** Of `entries` of a list in a request or in an answer, and of so many bytes. */
export const costOf = (entries: number, bytes: number = 0): number =>
  Math.ceil(entries / 64) + Math.ceil(bytes / 65_536)

/** How many times the rate of a peer or a mailbox another has. */
const factors = { burst: 5, group: 2.5, total: 50, ownerBurst: 10, ownerGroup: 10, peerBurst: 2.5, burstOfMany: 2 }

/** The relay itself has one bucket of a kind. */
const relay = ''

const rate = (perSecond: number, burst: number): Rate => ({ perSecond, burst })

/** A bucket, and what it is called in a refusal. */
interface Step {
  readonly waitMs: number
  readonly limit: LimitName
  readonly take: () => void
}

export class Rates {
  readonly #peers: Meters<'requests' | 'bytes' | 'deposits' | 'failures' | 'repairs' | 'locators'>
  readonly #groups: Meters<
    'requests' | 'deposits' | 'failures' | 'requestFloor' | 'depositFloor' | 'owners' | 'locators'
  >
  readonly #mailboxes: Meters<Sender | 'forwarded' | 'owner'>
  readonly #relay: Meters<'requests' | 'deposits' | 'requestFloor' | 'depositFloor'>

  constructor(limits: RelayLimits) {
    const requests = limits.requestsPerSecond
    const { peerDepositsPerSecond: peer, groupDepositsPerSecond: group, mailboxDepositsPerSecond: mailbox } = limits
    const many = (perSecond: number): Rate => rate(perSecond, factors.burstOfMany * perSecond)
    const asking = (times: number): Rate => rate(times * requests, times * factors.burst * requests)
    const owners = (times: number): Rate => rate(times * requests, times * factors.ownerBurst * requests)
    this.#peers = new Meters(
      {
        requests: asking(1),
        bytes: many(limits.peerBytesPerSecond),
        deposits: rate(peer, factors.peerBurst * peer),
        failures: rate(1 / 60, 1),
        repairs: rate(reconcilesPerSecondMax, reconcileBurstMax),
        locators: rate(locatorPutsPerSecondMax, locatorPutBurstMax)
      },
      ratesHeldMax
    )
    this.#groups = new Meters(
      {
        requests: asking(factors.group),
        deposits: many(group),
        failures: rate(authFailuresPerSecondMax, unauthenticatedCallsMax),
        requestFloor: rate(requestFloorPerSecond, requestFloorBurst),
        depositFloor: rate(depositFloorPerSecond, depositFloorBurst),
        owners: owners(factors.ownerGroup),
        locators: rate(factors.group * locatorPutsPerSecondMax, factors.group * locatorPutBurstMax)
      },
      ratesHeldMax
    )
    this.#mailboxes = new Meters(
      { contacts: many(mailbox), strangers: many(mailbox), forwarded: many(mailbox), owner: owners(1) },
      ratesHeldMax
    )
    const total = limits.depositsPerSecond
    this.#relay = new Meters(
      {
        requests: asking(factors.total),
        deposits: many(total),
        requestFloor: rate(factors.total * requests, factors.total * requests),
        depositFloor: rate(total, total)
      },
      1
    )
  }

  /**
   * Before anything is done for a caller who has proved nothing: every call of the deposit and locator protocols, and
   * those that come before an AUTH.
   * @param o.bytes of the request
   * @throws MailboxError BUSY
   */
  request({ remotePeer, group }: Caller, nowMs: number, o: { cost: number; bytes: number }): void {
    const peer = nameOf(remotePeer)
    const step = this.#step.bind(this, nowMs)
    const own = [
      step(this.#peers, peer, 'requests', o.cost, 'requestsPerSecondMax'),
      step(this.#peers, peer, 'bytes', o.bytes, 'peerBytesPerSecondMax'),
      ...(group === undefined ? [] : [step(this.#groups, group, 'requests', o.cost, 'requestsPerSecondMax')])
    ]
    const floor = [
      step(this.#groups, group ?? relay, 'requestFloor', o.cost, 'requestsPerSecondMax'),
      step(this.#relay, relay, 'requestFloor', o.cost, 'requestsPerSecondMax')
    ]
    try {
      spend(own, [step(this.#relay, relay, 'requests', o.cost, 'requestsPerSecondMax')], floor)
    } catch (error) {
      // a refusal is work as well
      this.#peers.take(peer, 'requests', nowMs, costs.call)
      throw error
    }
  }

  /** True for a peer that goes on asking although it is refused: its stream is to end. */
  isFlooding({ remotePeer }: Caller, nowMs: number): boolean {
    return this.#peers.isOwing(nameOf(remotePeer), 'requests', nowMs)
  }

  /** Before the proof of a record is checked. @throws MailboxError BUSY */
  deposit({ remotePeer, group }: Caller, nowMs: number): void {
    const step = this.#step.bind(this, nowMs)
    spend([
      step(this.#peers, nameOf(remotePeer), 'deposits', 1, 'peerDepositsPerSecondMax'),
      ...(group === undefined ? [] : [step(this.#groups, group, 'deposits', 1, 'groupDepositsPerSecondMax')])
    ])
  }

  /** Once the proof is good. A group has its floor, whoever else uses the mailbox or the relay up. @throws MailboxError BUSY */
  admitted({ group }: Caller, nowMs: number, o: { mailbox: Uint8Array; sender: Sender }): void {
    const step = this.#step.bind(this, nowMs)
    spend(
      [],
      [
        step(this.#mailboxes, nameOf(o.mailbox), o.sender, 1, 'mailboxDepositsPerSecondMax'),
        step(this.#relay, relay, 'deposits', 1, 'depositsPerSecondMax')
      ],
      [
        step(this.#groups, group ?? relay, 'depositFloor', 1, 'depositsPerSecondMax'),
        step(this.#relay, relay, 'depositFloor', 1, 'depositsPerSecondMax')
      ]
    )
  }

  /**
   * What another relay of the mailbox forwards has had its sender's budgets there: as much as all of its relays may take.
   * @throws MailboxError BUSY
   */
  forwarded(nowMs: number, o: { mailbox: Uint8Array; relays: number }): void {
    const limit = 'mailboxDepositsPerSecondMax'
    spend([this.#step(nowMs, this.#mailboxes, nameOf(o.mailbox), 'forwarded', 1 / o.relays, limit)])
  }

  /** `worth` reconciliations. @throws MailboxError BUSY */
  repair({ remotePeer }: Caller, nowMs: number, worth: number): void {
    spend([this.#step(nowMs, this.#peers, nameOf(remotePeer), 'repairs', worth, 'requestsPerSecondMax')])
  }

  /** `puts` locators. @throws MailboxError BUSY */
  locators({ remotePeer, group }: Caller, nowMs: number, puts: number): void {
    const step = this.#step.bind(this, nowMs)
    spend([
      step(this.#peers, nameOf(remotePeer), 'locators', puts, 'locatorPutsPerSecondMax'),
      ...(group === undefined ? [] : [step(this.#groups, group, 'locators', puts, 'locatorPutsPerSecondMax')])
    ])
  }

  /** A call of an owner who has proved itself. @throws MailboxError BUSY */
  owner({ group }: Caller, nowMs: number, o: { mailbox: Uint8Array; cost: number }): void {
    const step = this.#step.bind(this, nowMs)
    spend([
      step(this.#mailboxes, nameOf(o.mailbox), 'owner', o.cost, 'requestsPerSecondMax'),
      ...(group === undefined ? [] : [step(this.#groups, group, 'owners', o.cost, 'requestsPerSecondMax')])
    ])
  }

  /** What the answer to an owner has cost besides, as it turned out. */
  answered({ group }: Caller, nowMs: number, o: { mailbox: Uint8Array; cost: number }): void {
    this.#mailboxes.take(nameOf(o.mailbox), 'owner', nowMs, o.cost)
    if (group !== undefined) this.#groups.take(group, 'owners', nowMs, o.cost)
  }

  /**
   * Before an AUTH is verified. A peer that has failed lately shares what its group may fail, so that nobody who has
   * not is kept out by a neighbour.
   * @throws MailboxError BUSY
   */
  attempt({ remotePeer, group }: Caller, nowMs: number): void {
    if (group === undefined || this.#peers.waitMs(nameOf(remotePeer), 'failures', nowMs) === 0) return
    const waitMs = this.#groups.waitMs(group, 'failures', nowMs)
    if (waitMs > 0) throw busy('requestsPerSecondMax', waitMs)
  }

  failed({ remotePeer, group }: Caller, nowMs: number): void {
    this.#peers.take(nameOf(remotePeer), 'failures', nowMs)
    if (group !== undefined) this.#groups.take(group, 'failures', nowMs)
  }

  #step<K extends string>(
    nowMs: number,
    meters: Meters<K>,
    name: string,
    kind: K,
    cost: number,
    limit: LimitName
  ): Step {
    return {
      waitMs: meters.waitMs(name, kind, nowMs, cost),
      limit,
      take: () => {
        meters.take(name, kind, nowMs, cost)
      }
    }
  }
}

/** All of `own` and of `common`, or instead of `common` all of `floor`; else nothing. @throws MailboxError BUSY */
function spend(own: readonly Step[], common: readonly Step[] = [], floor?: readonly Step[]): void {
  const [mine, shared, least] = [longest(own), longest(common), longest(floor ?? [])]
  const isCommon = shared === undefined
  if (mine === undefined && (isCommon || (floor !== undefined && least === undefined))) {
    for (const { take } of [...own, ...(isCommon ? common : (floor ?? []))]) take()
    return
  }
  if (mine !== undefined) throw busy(mine.limit, mine.waitMs)
  const { limit, waitMs } = shared as Step
  throw busy(limit, Math.min(waitMs, least?.waitMs ?? waitMs))
}

/** Of the steps that must wait, the one that must wait longest. */
function longest(steps: readonly Step[]): Step | undefined {
  return steps.filter(({ waitMs }) => waitMs > 0).sort((a, b) => b.waitMs - a.waitMs)[0]
}

function busy(limit: LimitName, retryAfterMs: number): MailboxError {
  return new MailboxError('BUSY', `Too much in a second (${limit}).`, { limit, retryAfterMs })
}

/** As the locator protocol asks for them. */
export function locatorRates(rates: Rates, env: Environment): LocatorRates {
  return {
    request: (session, { byteLength: bytes }) => {
      rates.request(session, env.now(), { cost: costs.call, bytes })
    },
    get: session => {
      rates.request(session, env.now(), { cost: costs.locator, bytes: 0 })
    },
    put: (session, puts) => {
      rates.locators(session, env.now(), puts)
    },
    isFlooding: session => rates.isFlooding(session, env.now())
  }
}
