/**
 * A real relay of fixed keys, on a clock and a chance of its own: the same calls give the same answers. One mailbox is
 * open on it; another relay that its locator lists cannot be reached.
 */
import { createHash } from 'node:crypto'
import { MemoryLevel } from 'memory-level'
import { createOwnerAuth, scopes } from '../../src/identity/ownerauth.ts'
import { peerText } from '../../src/identity/peer.ts'
import { signLocator, type Locator } from '../../src/identity/locator.ts'
import { Rows } from '../../src/relay/database.ts'
import { survey } from '../../src/relay/survey.ts'
import { MemoryNetwork } from '../../src/testing/network.ts'
import { OwnerRequest, OwnerResponse } from '../../src/wire/messages.js'
import { protocols, type Handler, type Protocol, type Session } from '../../src/wire/port.ts'
import { ManualClock } from '../helpers/clients.ts'
import { RelayHost } from '../helpers/relays.ts'
import { bob, client, fixedBytes, nowHour, nowMs, peerOf, relays } from '../vectors/fixed.ts'
import { bundleOf } from './signed.ts'

const [first, second] = relays as [(typeof relays)[number], (typeof relays)[number]]
export const relayPeer = peerOf(first.key)
/** Who speaks on each stream: the owner, two strangers, and the other relay of the mailbox. */
export const peers = [
  peerOf(client.key),
  peerOf(fixedBytes('stranger', 32)),
  peerOf(second.key),
  peerOf(fixedBytes('another stranger', 32))
]

export async function locatorHere(): Promise<Locator> {
  return await signLocator(bob, {
    seq: nowMs,
    issuedHour: nowHour,
    validUntilHour: nowHour + 90 * 24,
    relays: [first, second].map(({ key }, n) => ({
      id: peerText(peerOf(key)),
      addresses: [`/ip4/192.0.2.${n + 1}/tcp/4001`],
      role: 'active' as const
    })),
    writeQuorum: 2,
    bundleMinSeq: 1,
    closed: false
  })
}
const registration = { locator: (await locatorHere()).bytes, bundle: (await bundleOf()).bytes }

export class FixedClock extends ManualClock {
  #drawn = 0

  constructor() {
    super(nowMs)
    this.random = n => {
      const drawn = createHash('shake256', { outputLength: n }).update(`drawn ${this.#drawn++}`).digest()
      return new Uint8Array(drawn)
    }
  }
}

export class RelayUnderTest {
  readonly clock = new FixedClock()
  readonly host: RelayHost
  readonly #sessions = new Map<string, { session: Session; end: AbortController }>()

  private constructor() {
    this.host = new RelayHost(new MemoryNetwork({ env: this.clock }), { registrationBits: 0 }, first)
  }

  static async start(): Promise<RelayUnderTest> {
    const relay = new RelayUnderTest()
    await relay.host.start()
    await relay.prove(0)
    await relay.owner(0, { register: registration })
    return relay
  }

  handler(protocol: Protocol): Handler {
    const handler = this.host.handlers.get(protocol)
    if (handler === undefined) throw new TypeError(`${protocol} is not handled`)
    return handler
  }

  session(protocol: Protocol, stream: number): Session {
    const name = `${protocol} ${stream}`
    const held = this.#sessions.get(name)
    if (held !== undefined) return held.session
    const end = new AbortController()
    const remotePeer = peers[stream % peers.length] as Uint8Array
    const session: Session = { localPeer: relayPeer, remotePeer, signal: end.signal, state: new Map() }
    this.#sessions.set(name, { session, end })
    return session
  }

  /** What a stream's peer does when it has enough. */
  end(protocol: Protocol, stream: number): void {
    const name = `${protocol} ${stream}`
    this.#sessions.get(name)?.end.abort()
    this.#sessions.delete(name)
  }

  endAll(): void {
    for (const { end } of this.#sessions.values()) end.abort()
    this.#sessions.clear()
  }

  async owner(stream: number, call: OwnerRequest): Promise<OwnerResponse> {
    const handler = this.handler(protocols.owner)
    return OwnerResponse.decode(await handler(OwnerRequest.encode(call), this.session(protocols.owner, stream)))
  }

  /** The body of an answer to a challenge that was just asked for. */
  async challenge(stream: number): Promise<Uint8Array> {
    return (await this.owner(stream, { challenge: {} })).challenge?.nonce ?? new Uint8Array(0)
  }

  async prove(stream: number): Promise<OwnerResponse> {
    const ends = { relay: relayPeer, client: peers[stream % peers.length] as Uint8Array }
    const nonce = await this.challenge(stream)
    const auth = await createOwnerAuth(bob, {
      ...ends,
      nonce,
      mailbox: bob.key,
      scopes: scopes.all,
      expiresHour: nowHour + 20
    })
    return await this.owner(stream, { auth })
  }

  /** What is not sound in the store, once the relay has stopped. */
  async unsound(): Promise<string[]> {
    await this.host.relay.stop()
    const bytes = { keyEncoding: 'view', valueEncoding: 'view' } as const
    // stopping closes what the host was given
    const database = new MemoryLevel()
    const rows = await this.host.database.iterator<Uint8Array, Uint8Array>(bytes).all()
    await database.batch(
      rows.map(([key, value]) => ({ type: 'put' as const, key, value })),
      bytes
    )
    return [...(await survey(new Rows(database), { env: this.clock, mend: false })).problems.keys()]
  }
}
