/**
 * What one connection, one stream and one request in service cost a relay in memory, at a real process: so many of them,
 * its garbage collected before and after, divided. The constants of SPEC §5.6 are to be above these figures.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { MemoryLevel } from 'memory-level'
import { Mailbox } from '../../src/client/mailbox.ts'
import { Owner } from '../../src/client/owner.ts'
import { silent, systemEnvironment as env } from '../../src/environment.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import {
  connectionCostBytes,
  inFlightMax,
  pendingCostBytes,
  requestCostBytes,
  streamCostBytes,
  streamsPerPeerMax,
  subscribeWaitMsMax
} from '../../src/limits.ts'
import { Libp2pNetwork, libp2pDefaults } from '../../src/wire/libp2p.ts'
import { protocols, type PeerAddress } from '../../src/wire/port.ts'
import { openToAll } from '../helpers/lanes.ts'
import { boundTo } from '../helpers/bound.ts'

const program = fileURLToPath(new URL('memory-process.ts', import.meta.url))

/** What a relay process says of itself. */
interface Reading {
  readonly residentBytes: number
  readonly liveBytes: number
  readonly connections: number
  readonly streams: number
}

export interface MemoryCost {
  readonly what: string
  readonly count: number
  /** Bytes each: resident, but for what V8 keeps and does not use, and of that what JavaScript holds. */
  readonly residentBytes: number
  readonly liveBytes: number
  /** What the account counts for one. */
  readonly countedBytes: number
}

class MeasuredRelay implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #directory: string
  readonly peer: PeerAddress

  private constructor(child: ChildProcess, directory: string, peer: PeerAddress) {
    this.#child = child
    this.#directory = directory
    this.peer = peer
  }

  static async start(): Promise<MeasuredRelay> {
    const directory = mkdtempSync(join(tmpdir(), 'mailbox-memory-'))
    const child = fork(program, [join(directory, 'relay')], { execArgv: [...process.execArgv, '--expose-gc'] })
    const [peer] = (await once(child, 'message')) as [PeerAddress]
    return new MeasuredRelay(child, directory, peer)
  }

  async reading(): Promise<Reading> {
    const answered = once(this.#child, 'message')
    this.#child.send('read')
    const [reading] = (await answered) as [Reading]
    return reading
  }

  /** Until it has as many as that, of what `of` picks. */
  async until(of: (reading: Reading) => number, count: number): Promise<Reading> {
    for (let tries = 0; tries < 1_000; tries++) {
      const reading = await this.reading()
      if (of(reading) >= count) return reading
    }
    throw new Error(`the relay never had ${count}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
    rmSync(this.#directory, { recursive: true })
  }
}

function costOf(o: { what: string; count: number; counted: number; before: Reading; after: Reading }): MemoryCost {
  const { what, count, counted, before, after } = o
  return {
    what,
    count,
    residentBytes: (after.residentBytes - before.residentBytes) / count,
    liveBytes: (after.liveBytes - before.liveBytes) / count,
    countedBytes: counted
  }
}

/** Peers, each from an address of its own. */
async function peers(count: number): Promise<Libp2p[]> {
  const nodes: Libp2p[] = []
  for (let n = 0; n < count; n++) nodes.push(await createLibp2p(boundTo(`127.9.${n >> 8}.${n & 0xff || 1}`)))
  return nodes
}

async function dialAll(nodes: readonly Libp2p[], { addresses: [address = ''] }: PeerAddress): Promise<void> {
  for (const node of nodes) await node.dial(multiaddr(address))
}

/** What the first ones bring is there once. */
const first = 50

/** Connections of peers that have been identified, without a stream. */
async function connectionCost(count: number): Promise<MemoryCost> {
  await using relay = await MeasuredRelay.start()
  const nodes = await peers(count + first)
  try {
    await dialAll(nodes.slice(0, first), relay.peer)
    const before = await relay.until(({ connections, streams }) => connections - streams, first)
    await dialAll(nodes.slice(first), relay.peer)
    const after = await relay.until(({ connections, streams }) => connections - streams, count + first)
    return costOf({ what: 'connection', count, counted: connectionCostBytes, before, after })
  } finally {
    await Promise.all(nodes.map(async node => node.stop()))
  }
}

/** Streams of the mailbox protocols on which nothing was asked. */
async function streamCost(count: number): Promise<MemoryCost> {
  await using relay = await MeasuredRelay.start()
  const perPeer = 4 * streamsPerPeerMax
  const nodes = await peers(1 + Math.ceil(count / perPeer))
  const open = async (node: Libp2p): Promise<void> => {
    const [connection] = node.getConnections()
    for (const protocol of Object.values(protocols)) {
      for (let n = 0; n < streamsPerPeerMax; n++)
        await connection?.newStream(protocol, { maxOutboundStreams: streamsPerPeerMax, negotiateFully: true })
    }
  }
  try {
    await dialAll(nodes, relay.peer)
    const [one, ...others] = nodes
    if (one !== undefined) await open(one)
    const before = await relay.until(({ streams }) => streams, perPeer)
    for (const node of others) await open(node)
    const opened = perPeer * others.length
    const after = await relay.until(({ streams }) => streams, perPeer + opened)
    return costOf({ what: 'stream', count: opened, counted: streamCostBytes, before, after })
  } finally {
    await Promise.all(nodes.map(async node => node.stop()))
  }
}

/** SUBSCRIBEs of one owner, which are in service until something comes. */
async function requestCost(count: number): Promise<MemoryCost> {
  await using relay = await MeasuredRelay.start()
  const identity = generateIdentity()
  const nodes = await Promise.all(
    Array.from({ length: Math.ceil(count / inFlightMax) }, async () => await createLibp2p(libp2pDefaults()))
  )
  const networks = nodes.map(node => new Libp2pNetwork(node, silent))
  const ended = new AbortController()
  const asked: Array<Promise<unknown>> = []
  try {
    const [network] = networks as [Libp2pNetwork]
    const closest = async (): Promise<PeerAddress[]> => await Promise.resolve([relay.peer])
    const store = new MemoryLevel<string, Uint8Array>({ keyEncoding: 'utf8', valueEncoding: 'view' })
    const mailbox = await Mailbox.open({ identity, store, network, closest, strangersLane: openToAll })
    await mailbox.register({ active: 1, standby: 0 })
    await mailbox.close()
    const ask = (owner: Owner): void => {
      const subscribe = { mailbox: identity.key, recordsMax: 1, bytesMax: 0, waitMs: subscribeWaitMsMax }
      const call = owner.call(relay.peer, { subscribe }, { signal: ended.signal, deadlineMs: subscribeWaitMsMax })
      asked.push(call.catch(() => undefined))
    }
    const owners = networks.map(network => new Owner({ network, identity, env }))
    for (const owner of owners) await owner.call(relay.peer, { status: { mailbox: identity.key } })
    const before = await relay.reading()
    for (const owner of owners) for (let n = 0; n < inFlightMax - 1; n++) ask(owner)
    // one slot of each stream is left: what is answered there came after all the others
    for (const owner of owners) await owner.call(relay.peer, { status: { mailbox: identity.key } })
    const after = await relay.reading()
    return costOf({ what: 'request', count: asked.length, counted: requestCostBytes, before, after })
  } finally {
    ended.abort()
    await Promise.all(asked)
    await Promise.all(nodes.map(async node => node.stop()))
  }
}

/** TCP connections on which half a handshake has been said: as many as are negotiated at a time. */
async function pendingCost(count: number): Promise<MemoryCost> {
  await using relay = await MeasuredRelay.start()
  const port = Number(/\/tcp\/(\d+)/.exec(relay.peer.addresses[0] ?? '')?.[1])
  const line = Buffer.from('\x13/multistream/1.0.0\n\x07/noise\n', 'latin1')
  const sockets: Socket[] = []
  try {
    const before = await relay.reading()
    for (let n = 0; n < count; n++) {
      const socket = connect({ host: '127.0.0.1', port, localAddress: `127.10.0.${n + 1}` })
      sockets.push(socket.on('error', () => undefined))
      await once(socket, 'connect')
      socket.write(line)
      await once(socket, 'data')
    }
    const after = await relay.reading()
    return costOf({ what: 'connection that is negotiated', count, counted: pendingCostBytes, before, after })
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

/** @param share of the usual numbers */
export async function memoryCosts(share: number): Promise<MemoryCost[]> {
  return [
    await connectionCost(Math.ceil(share * 400)),
    await streamCost(Math.ceil(share * 1_600)),
    await requestCost(Math.ceil(share * 4_096)),
    await pendingCost(60)
  ]
}
