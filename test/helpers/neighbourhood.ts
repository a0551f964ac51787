/** Locators and the relays that hold them, over function calls and a clock that the test moves. */
import { setImmediate } from 'node:timers/promises'
import type { MemoryLevel } from 'memory-level'
import type { ErrorCode } from '../../src/errors.ts'
import { isMailboxError, statusName } from '../../src/errors.ts'
import { hourOf, silent } from '../../src/environment.ts'
import type { PrivateIdentity } from '../../src/identity/keys.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import type { Locator } from '../../src/identity/locator.ts'
import { signLocator } from '../../src/identity/locator.ts'
import { peerText } from '../../src/identity/peer.ts'
import { LocatorHolder } from '../../src/placement/holder.ts'
import { Neighbourhood } from '../../src/placement/neighbourhood.ts'
import { Shelf } from '../../src/relay/shelf.ts'
import { RelayStore } from '../../src/relay/store.ts'
import type { MemoryNode } from '../../src/testing/network.ts'
import { MemoryNetwork } from '../../src/testing/network.ts'
import { LocatorRequest, LocatorResponse } from '../../src/wire/messages.js'
import type { Handler, PeerAddress, Session } from '../../src/wire/port.ts'
import { protocols } from '../../src/wire/port.ts'
import { ManualClock } from './clients.ts'
import { peerIdOf } from './fake-relay.ts'
import { holderRates } from './rates.ts'

const relayId = peerText(peerIdOf(generateIdentity()))

export async function locatorOf(
  owner: PrivateIdentity,
  seq: number,
  nowMs: number,
  o: { validHours?: number } = {}
): Promise<Locator> {
  const issuedHour = hourOf(nowMs)
  return await signLocator(owner, {
    seq,
    issuedHour,
    validUntilHour: issuedHour + (o.validHours ?? 24),
    relays: [{ id: relayId, addresses: ['/ip4/127.0.0.1/tcp/4001'], role: 'active' }],
    writeQuorum: 1,
    bundleMinSeq: 1,
    closed: false
  })
}

export const sessionOf = (): Session => ({
  localPeer: peerIdOf(generateIdentity()),
  remotePeer: peerIdOf(generateIdentity()),
  signal: new AbortController().signal,
  state: new Map()
})

/** One call to a holder's handler; the status by name. */
export async function ask(
  handler: Handler,
  request: Parameters<typeof LocatorRequest.encode>[0],
  session: Session = sessionOf()
): Promise<Omit<LocatorResponse, 'status'> & { status: string }> {
  const response = LocatorResponse.decode(await handler(LocatorRequest.encode(request), session))
  return { ...response, status: statusName(response.status) }
}

/** A holder on a relay's own shelf; opening it again on the same database is a restart. */
export async function holderOn(
  db: MemoryLevel,
  clock: ManualClock,
  o: { heldMax?: number } = {}
): Promise<LocatorHolder> {
  const shelf = new Shelf(await RelayStore.open(db, clock))
  await shelf.recount()
  return new LocatorHolder({
    shelf,
    env: clock,
    self: peerIdOf(generateIdentity()),
    log: silent,
    rates: holderRates(clock),
    ...o
  })
}

/** Relays of one neighbourhood, and a node that asks them. */
export class Village {
  readonly clock = new ManualClock()
  readonly network = new MemoryNetwork({ env: this.clock })
  readonly asker: MemoryNode = this.network.join(peerIdOf(generateIdentity()))
  readonly peers: PeerAddress[] = []
  readonly neighbourhood = this.another()
  /** Requests that were answered, by all relays together. */
  answered = 0

  /** What a node knows that has asked nothing yet. */
  another(): Neighbourhood {
    return new Neighbourhood({
      network: this.asker.network,
      closest: async () => await Promise.resolve([...this.peers]),
      env: this.clock
    })
  }

  async add(handler: Handler): Promise<MemoryNode> {
    const node = this.network.join(peerIdOf(generateIdentity()))
    await node.responder.handle(protocols.locator, async (request, session) => {
      const response = await handler(request, session)
      this.answered++
      return response
    })
    this.peers.push(node.address)
    return node
  }

  /** A relay that holds what `locator` says. */
  async honest(open: () => Promise<LocatorHolder>, locator?: Locator): Promise<MemoryNode> {
    const holder = await open()
    if (locator !== undefined) await ask(holder.handler, { put: { locator: locator.bytes } })
    return await this.add(holder.handler)
  }

  /** Resolves when `count` requests were answered and what they set off has run. */
  async settled(count: number): Promise<void> {
    for (let turn = 0; this.answered < count; turn++) {
      if (turn > 10_000) throw new Error(`${this.answered} of ${count} requests were answered`)
      await setImmediate()
    }
    await setImmediate()
    await setImmediate()
  }
}

export const failsWith =
  (code: ErrorCode) =>
  (error: unknown): boolean =>
    isMailboxError(error, code)
