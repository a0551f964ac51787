/** The floor as a system to measure: its process and its clients. */
import { randomFillSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { selfSigned } from './certificate.ts'
import { FloorReader, floorFrame, floorOps } from './floor-frame.ts'
import { end, serve, type Served } from './proc.ts'
import { mailboxOf, type Collector, type Sender, type System, type Work } from './system.ts'

const script = fileURLToPath(new URL('floor.ts', import.meta.url))

export interface FloorInit {
  readonly work: Work
  readonly messageBytes: number
  readonly tls: boolean
  /** Collect as `bench-peers` does on every system: a connection for each mailbox, a request for each removal. */
  readonly oneByOne?: boolean
}

export class Floor implements System {
  readonly #init: FloorInit
  readonly #message: Buffer
  #root = ''
  #served: Served | undefined

  constructor(init: FloorInit) {
    this.#init = init
    this.#message = randomFillSync(Buffer.alloc(init.messageBytes))
  }

  get pids(): number[] {
    return this.#served === undefined ? [] : [this.#served.pid]
  }

  get directories(): string[] {
    return [join(this.#root, 'data')]
  }

  async start(root: string): Promise<void> {
    this.#root = root
    await mkdir(join(root, 'data'), { recursive: true })
    if (this.#init.tls) {
      const { key, cert } = selfSigned('127.0.0.1')
      writeFileSync(join(root, 'key.pem'), key, { mode: 0o600 })
      writeFileSync(join(root, 'cert.pem'), cert)
    }
    await this.#launch()
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.#launch()
  }

  async stop(): Promise<void> {
    if (this.#served !== undefined) await end(this.#served)
    this.#served = undefined
  }

  async sender(): Promise<Sender> {
    const link = await this.#link()
    return {
      // each deposit has bytes of its own, as sealed records have
      deposit: async i => {
        const message = Buffer.from(this.#message)
        message.writeUInt32BE(i, 0)
        await link.call(floorOps.deposit, mailboxOf(this.#init.work, i), message)
      },
      close: async () => link.close()
    }
  }

  async collector(): Promise<Collector> {
    if (this.#init.oneByOne === true)
      return { drain: async mailbox => await this.#drainAlone(mailbox), close: async () => undefined }
    const link = await this.#link()
    return { drain: async mailbox => await drain(link, mailbox, false), close: async () => link.close() }
  }

  async #drainAlone(mailbox: number): Promise<number> {
    const link = await this.#link()
    try {
      return await drain(link, mailbox, true)
    } finally {
      link.close()
    }
  }

  async #launch(): Promise<void> {
    const pem = this.#init.tls ? ['key.pem', 'cert.pem'].map(name => join(this.#root, name)) : []
    this.#served = await serve(script, [join(this.#root, 'data'), ...pem])
  }

  async #link(): Promise<FloorLink> {
    const port = Number(this.#served?.firstLine)
    return await FloorLink.open(port, this.#init.tls ? readFileSync(join(this.#root, 'cert.pem')) : undefined)
  }
}

/** Takes page after page and removes each page with one request, as an owner does with a tombstone, or each message. */
async function drain(link: FloorLink, mailbox: number, oneByOne: boolean): Promise<number> {
  const seen = new Set<bigint>()
  const after = Buffer.alloc(8)
  for (let more = true; more;) {
    const page = await link.call(floorOps.pull, mailbox, after)
    more = page[0] === 1
    const seqs: Buffer[] = []
    for (let at = 1; at < page.byteLength; at += 12 + page.readUInt32BE(at + 8)) {
      seqs.push(page.subarray(at, at + 8))
      seen.add(page.readBigUInt64BE(at))
    }
    if (seqs.length === 0) break
    seqs.at(-1)?.copy(after)
    const removals = oneByOne ? seqs : [Buffer.concat(seqs)]
    await Promise.all(removals.map(async removal => link.call(floorOps.remove, mailbox, removal)))
  }
  return seen.size
}

class FloorLink {
  readonly #socket: Socket
  /** Bounded by the callers, each of which waits for its answer. */
  readonly #calls = new Map<number, { resolve: (body: Buffer) => void; reject: (error: Error) => void }>()
  #last = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    const reader = new FloorReader(({ request, body }) => {
      this.#calls.get(request)?.resolve(body)
      this.#calls.delete(request)
    })
    socket.on('data', chunk => {
      reader.push(chunk)
    })
    socket.on('close', () => {
      for (const call of this.#calls.values()) call.reject(new Error('the floor closed the connection'))
    })
  }

  static async open(port: number, ca: Buffer | undefined): Promise<FloorLink> {
    const socket =
      ca === undefined
        ? connect({ port, host: '127.0.0.1' })
        : connectTls({ port, host: '127.0.0.1', ca, minVersion: 'TLSv1.3' })
    socket.setNoDelay(true)
    await new Promise<void>((resolve, reject) => {
      socket.once(ca === undefined ? 'connect' : 'secureConnect', resolve).once('error', reject)
    })
    socket.on('error', () => socket.destroy())
    return new FloorLink(socket)
  }

  async call(op: number, mailbox: number, body: Uint8Array): Promise<Buffer> {
    const request = (this.#last = (this.#last + 1) >>> 0)
    return await new Promise<Buffer>((resolve, reject) => {
      this.#calls.set(request, { resolve, reject })
      this.#socket.write(floorFrame(op, request, mailbox, body))
    })
  }

  close(): void {
    this.#socket.destroy()
  }
}
