/**
 * A real relay over sockets whose bytes are kept: what it is asked and answers, above the encryption, and what goes
 * through a proxy in front of it, below.
 */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Libp2p } from '@libp2p/interface'
import { createLibp2p } from 'libp2p'
import { MemoryLevel } from 'memory-level'
import { silent, systemEnvironment } from '../../src/environment.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { privateDht } from '../../src/placement/dht.ts'
import { defaultLimits } from '../../src/relay/options.ts'
import { Relay } from '../../src/relay/relay.ts'
import { libp2pDefaults, Libp2pNetwork } from '../../src/wire/libp2p.ts'
import type { Protocol, Responder } from '../../src/wire/port.ts'
import { peerIdOf } from './fake-relay.ts'

/** One request and its answer, as the relay has them. */
export interface Seen {
  readonly protocol: Protocol
  readonly request: Uint8Array
  readonly response: Uint8Array
}

export class TappedRelay {
  /** Through the proxy. */
  readonly address: string
  readonly libp2p: Libp2p
  readonly seen: Seen[] = []
  /** Of all connections, both ways, as they came. */
  readonly wire: Uint8Array[] = []
  readonly #stop: () => Promise<void>

  private constructor(address: string, libp2p: Libp2p, stop: () => Promise<void>) {
    this.address = address
    this.libp2p = libp2p
    this.#stop = stop
  }

  static async start(): Promise<TappedRelay> {
    const identity = generateIdentity()
    const proxy = new TcpProxy()
    const port = await proxy.listen()
    const announced = `/ip4/127.0.0.1/tcp/${port}`
    const defaults = libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'], announce: [announced] })
    const libp2p = await createLibp2p({
      ...defaults,
      privateKey: await generateKeyPairFromSeed('Ed25519', identity.seed),
      services: { ...defaults.services, dht: privateDht({ clientMode: false }) }
    })
    proxy.target = portOf(libp2p, port)
    const network = new Libp2pNetwork(libp2p, silent)
    const relay: { stop?: () => Promise<void> } = {}
    const tapped = new TappedRelay(`${announced}/p2p/${libp2p.peerId.toString()}`, libp2p, async () => {
      await relay.stop?.()
      await network.stop()
      await libp2p.stop()
      proxy.close()
    })
    proxy.heard = bytes => tapped.wire.push(bytes)
    const started = await Relay.start({
      database: new MemoryLevel(),
      network,
      responder: tapped.#tap(network),
      self: peerIdOf(identity),
      sign: async message => await identity.sign(message),
      limits: { ...defaultLimits, registrationBits: 0 },
      env: systemEnvironment,
      log: silent,
      observe: () => undefined
    })
    relay.stop = async () => {
      await started.stop()
    }
    return tapped
  }

  #tap(responder: Responder): Responder {
    return {
      handle: async (protocol, handler) => {
        await responder.handle(protocol, async (request, session) => {
          // a view into the received bytes
          const asked = request.slice()
          const response = await handler(request, session)
          this.seen.push({ protocol, request: asked, response: response.slice() })
          return response
        })
      },
      unhandle: async protocol => {
        await responder.unhandle(protocol)
      }
    }
  }

  async stop(): Promise<void> {
    await this.#stop()
  }
}

/** The port that a node listens on, besides the one that it announces. */
function portOf(libp2p: Libp2p, announced: number): number {
  const { components } = libp2p as unknown as {
    components: { transportManager: { getAddrs: () => Array<{ toString: () => string }> } }
  }
  const ports = components.transportManager
    .getAddrs()
    .map(address => Number(/\/tcp\/(\d+)/.exec(address.toString())?.[1]))
  const port = ports.find(one => one !== announced)
  if (port === undefined) throw new TypeError('the node listens nowhere')
  return port
}

class TcpProxy {
  target = 0
  heard: (bytes: Uint8Array) => void = () => undefined
  readonly #server = createServer(socket => {
    this.#join(socket)
  })
  readonly #sockets = new Set<Socket>()

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #join(near: Socket): void {
    const far = connect(this.target, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near]
    ] as const) {
      this.#sockets.add(from)
      from.on('data', (bytes: Buffer) => {
        this.heard(new Uint8Array(bytes))
        to.write(bytes)
      })
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.#sockets.delete(from)
        to.end()
      })
    }
  }
}
