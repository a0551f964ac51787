/** Adverts among libp2p nodes on loopback: what is passed on, and what is not (SPEC §6.6). */
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { after, test, type TestContext } from 'node:test'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Connection, Libp2p } from '@libp2p/interface'
import type { GossipSub } from '@libp2p/gossipsub'
import { createLibp2p } from 'libp2p'
import { systemEnvironment, type Environment, type Log } from '../../src/environment.ts'
import { signAdvert, type AdvertFields } from '../../src/identity/advert.ts'
import { generateIdentity, type PrivateIdentity } from '../../src/identity/keys.ts'
import { advertBytesMax, advertSpacingMs, advertValidMs } from '../../src/limits.ts'
import { AdvertGossip, advertTopic, relayGossip } from '../../src/placement/gossip.ts'
import { advertise } from '../../src/relay/advertise.ts'
import { defaultLimits } from '../../src/relay/options.ts'
import { libp2pDefaults } from '../../src/wire/libp2p.ts'

const nowMs = (): number => Math.floor(Date.now() / 1_000) * 1_000

const fields = (change: Partial<AdvertFields> = {}): AdvertFields => ({
  issuedMs: nowMs(),
  validUntilMs: nowMs() + advertValidMs,
  addresses: ['/ip4/192.0.2.1/tcp/4501'],
  program: 'test/1',
  room: 3,
  recordsPerMailbox: 10,
  bytesPerMailbox: 1_000_000,
  classBytesMax: 262_144,
  ttlHoursMax: 720,
  registration: 'open',
  registrationBits: 22,
  draining: false,
  ...change
})

class Node {
  readonly identity: PrivateIdentity
  readonly libp2p: Libp2p<{ pubsub: GossipSub }>
  /** `advert_taken` and `advert_dropped`, as the node logs them. */
  readonly events = new EventEmitter()

  private constructor(identity: PrivateIdentity, libp2p: Libp2p<{ pubsub: GossipSub }>) {
    this.identity = identity
    this.libp2p = libp2p
  }

  static async start(t: TestContext): Promise<Node> {
    const identity = generateIdentity()
    const defaults = libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'] })
    const libp2p = await createLibp2p({
      ...defaults,
      privateKey: await generateKeyPairFromSeed('Ed25519', identity.seed),
      services: { ...defaults.services, pubsub: relayGossip() }
    })
    t.after(async () => {
      await libp2p.stop()
    })
    return new Node(identity, libp2p)
  }

  get pubsub(): GossipSub {
    return this.libp2p.services.pubsub
  }

  gossip(env: Environment = systemEnvironment): AdvertGossip {
    const log: Log = (_level, event, detail) => {
      this.events.emit(event, detail)
    }
    return new AdvertGossip({ pubsub: this.pubsub, env, log })
  }

  async dial(other: Node): Promise<Connection> {
    return await this.libp2p.dial(other.libp2p.getMultiaddrs())
  }

  /** Resolves when this node has begun to pass adverts on to `other`. */
  async meshedWith(other: Node): Promise<void> {
    await new Promise<void>(resolve => {
      this.pubsub.addEventListener('gossipsub:graft', ({ detail }) => {
        if (detail.peerId === other.libp2p.peerId.toString()) resolve()
      })
    })
  }

  async dropped(): Promise<string> {
    const [detail] = (await once(this.events, 'advert_dropped')) as [{ code: string }]
    return detail.code
  }
}

test('an advert reaches relays beyond the neighbours; what is forged, oversized, stale or too much stops at the first', async t => {
  const [mallory, middle, far] = [await Node.start(t), await Node.start(t), await Node.start(t)]
  // says anything, checks nothing
  mallory.pubsub.subscribe(advertTopic)
  const book = { middle: middle.gossip().book, far: far.gossip().book }
  const arrived: number[] = []
  const validator = far.pubsub.topicValidators.get(advertTopic)
  far.pubsub.topicValidators.set(advertTopic, async (peer, message) => {
    arrived.push(message.data.length)
    return (await validator?.(peer, message)) ?? assert.fail('there is a validator')
  })
  const meshed = Promise.all([mallory.meshedWith(middle), middle.meshedWith(far)])
  await mallory.dial(middle)
  await middle.dial(far)
  await meshed

  const refused = async (bytes: Uint8Array): Promise<string> => {
    const dropped = middle.dropped()
    await mallory.pubsub.publish(advertTopic, bytes)
    return await dropped
  }
  const relay = generateIdentity()
  const good = await signAdvert(relay, fields())
  const forged = good.bytes.slice()
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
  assert.equal(await refused(forged), 'DESCRIPTOR', 'forged')
  assert.equal(await refused(new Uint8Array(advertBytesMax + 1)), 'SIZE', 'oversized')
  const past = nowMs() - advertValidMs
  assert.equal(
    await refused((await signAdvert(relay, fields({ issuedMs: past, validUntilMs: past + 1_000 }))).bytes),
    'EXPIRED',
    'stale'
  )

  const taken = once(far.events, 'advert_taken')
  await mallory.pubsub.publish(advertTopic, good.bytes)
  await taken
  assert.deepEqual(book.far.of(good.relay, Date.now())?.addresses, ['/ip4/192.0.2.1/tcp/4501'])
  assert.equal(book.middle.hint(good.relay, Date.now()), 'yes')

  // a relay that floods: each is newer than the one before, and comes too soon after it
  const next = await signAdvert(relay, fields({ issuedMs: good.issuedMs + 1_000 }))
  assert.equal(await refused(next.bytes), 'POLICY', 'flooded')
  // the last one through says that nothing else has been passed on before it
  const again = once(far.events, 'advert_taken')
  const other = await signAdvert(generateIdentity(), fields({ program: 'test/2 with a longer name' }))
  await mallory.pubsub.publish(advertTopic, other.bytes)
  await again
  assert.deepEqual(arrived, [good.bytes.length, other.bytes.length])
})

test('a relay advertises to who is there, and again when it leaves', async t => {
  const [leaving, listener] = [await Node.start(t), await Node.start(t)]
  const stop = new AbortController()
  after(() => {
    stop.abort()
  })
  let skewMs = 0
  const env: Environment = { ...systemEnvironment, now: () => Date.now() + skewMs }
  const gossip = leaving.gossip(env)
  const heard = listener.gossip(env)
  let draining = false
  const counts = { mailboxes: 1, listing: 1, records: 0, bytes: 0, locators: 0, relaysWaiting: 0 }
  const advertising = advertise({
    gossip,
    privateKey: await generateKeyPairFromSeed('Ed25519', leaving.identity.seed),
    peerId: leaving.libp2p.peerId,
    addresses: () => leaving.libp2p.getMultiaddrs(),
    stats: () => ({ ...counts, draining }),
    limits: defaultLimits,
    program: 'test/1',
    env,
    log: () => undefined,
    signal: stop.signal
  })
  const id = leaving.libp2p.peerId.toString()
  const first = once(listener.events, 'advert_taken')
  await listener.dial(leaving)
  await first
  const advert = heard.book.of(id, env.now())
  assert.deepEqual(
    advert?.addresses,
    leaving.libp2p.getMultiaddrs().map(address => address.toString().replace(`/p2p/${id}`, ''))
  )
  assert.deepEqual([advert.draining, heard.book.hint(id, env.now())], [false, 'yes'])

  const second = once(listener.events, 'advert_taken')
  draining = true
  // both clocks go on, so that nobody has to wait
  skewMs += advertSpacingMs
  await second
  assert.deepEqual([heard.book.of(id, env.now())?.draining, heard.book.hint(id, env.now())], [true, 'no'])
  stop.abort()
  await advertising
})
