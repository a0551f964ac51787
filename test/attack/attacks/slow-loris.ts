/** Peers that begin and do not end: a handshake, a frame, an answer that is not read; a byte a second keeps them alive. */
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { Connection, Stream } from '@libp2p/interface'
import { requestDeadlineMs } from '../../../src/limits.ts'
import { kadProtocol } from '../../../src/placement/dht.ts'
import { protocols } from '../../../src/wire/port.ts'
import type { Attack, Counts } from '../attack.ts'
import type { Attacker } from '../attacker.ts'

/** Groups, each with one connection; and one half-open handshake of each kind each. */
const peers = 24
const dribbleMs = 1_000
/** Nobody needs longer for what one frame or handshake carries; the watch of a deadline may be as late as it is long. */
const longMs = 2 * requestDeadlineMs

/** Beginnings of something: a frame of 4,096 bytes, of which three are here. */
const frame = Uint8Array.of(0, 0, 0x10, 0, 0, 0, 0)
const lengthPrefixed = Uint8Array.of(0x80, 0x20, 1, 2, 3)
const names: ReadonlyArray<readonly [string, Uint8Array]> = [
  ...Object.values(protocols).map(protocol => [protocol, frame] as const),
  [kadProtocol, lengthPrefixed],
  ['/meshsub/1.2.0', lengthPrefixed],
  ['/ipfs/id/1.0.0', new Uint8Array(0)],
  ['/ipfs/ping/1.0.0', new Uint8Array(31)]
]
/** What a connection begins with, cut off: nothing, half a line, the line, and the first bytes of noise. */
const text = (line: string): Buffer => Buffer.from(`${String.fromCharCode(line.length + 1)}${line}\n`, 'latin1')
const handshakes: ReadonlyArray<readonly [string, Uint8Array]> = [
  ['silence', new Uint8Array(0)],
  ['half a line', text('/multistream/1.0.0').subarray(0, 9)],
  ['no choice', text('/multistream/1.0.0')],
  ['half of noise', Buffer.concat([text('/multistream/1.0.0'), text('/noise'), Buffer.of(0, 32, 1, 2)])]
]

const handshakeName = (name: string): string => `handshake, ${name}`
const everything = [...names.map(([name]) => name), ...handshakes.map(([name]) => handshakeName(name))]

/** What a relay has ended. Bounded by what there is. */
const ended = new Set<string>()

/** Counts what came to its end, and what was still there after `longMs`. */
class Hold {
  readonly #attacker: Attacker
  readonly #what: string
  readonly #begunMs = performance.now()

  constructor(attacker: Attacker, what: string) {
    this.#attacker = attacker
    this.#what = what
    attacker.count('begun')
  }

  /** At the end of either. */
  over(): void {
    const held = performance.now() - this.#begunMs
    if (held > longMs) this.#attacker.count(`held too long: ${this.#what}`)
    else if (!this.#attacker.signal.aborted) {
      ended.add(this.#what)
      this.#attacker.count('ended by a relay')
    }
  }
}

async function holdStream(attacker: Attacker, connection: Connection, at: number): Promise<void> {
  const [name = '', beginning = frame] = names[at % names.length] ?? []
  const stream: Stream = await connection.newStream(name, { signal: AbortSignal.timeout(10_000) })
  const hold = new Hold(attacker, name)
  // what comes is not read
  stream.pause()
  const over = Promise.withResolvers<undefined>()
  stream.addEventListener('close', () => {
    over.resolve(undefined)
  })
  const end = Promise.race([over.promise, attacker.end()])
  if (beginning.byteLength > 0) {
    stream.send(beginning)
    // a ping has 32 bytes, and must not be complete
    while (!attacker.signal.aborted && stream.status === 'open' && name !== '/ipfs/ping/1.0.0') {
      if (stream.writeStatus === 'writable') stream.send(Uint8Array.of(0))
      await Promise.race([attacker.pause(dribbleMs), over.promise])
    }
  }
  await end
  hold.over()
}

async function holdHandshake(attacker: Attacker, n: number): Promise<void> {
  const [name = '', beginning] = handshakes[n % handshakes.length] ?? []
  const socket: Socket = connect({ host: '127.0.0.1', port: attacker.port(n), localAddress: attacker.addressOf(n) })
  const hold = new Hold(attacker, handshakeName(name))
  const over = Promise.withResolvers<undefined>()
  socket.on('error', () => {
    attacker.count('TCP connections reset')
  })
  socket.on('close', () => {
    over.resolve(undefined)
  })
  if (beginning !== undefined) socket.write(beginning)
  await Promise.race([over.promise, attacker.end()])
  hold.over()
  socket.destroy()
}

export const slowLoris: Attack = {
  name: 'slow-loris',
  title: `${peers} groups with ${names.length} streams each that begin a frame and go on by a byte a second, reading nothing, and ${peers} half-open handshakes; what is ended is begun again`,
  crew: 1,
  secondsMin: (longMs + 5_000) / 1_000,
  strike: async attacker => {
    const again = async (work: () => Promise<void>): Promise<void> => {
      while (!attacker.signal.aborted) {
        await work().catch((error: unknown) => {
          attacker.count(`failed: ${error instanceof Error ? error.name : String(error)}`)
        })
        await attacker.pause(1_000)
      }
    }
    const holdAll = async (n: number): Promise<void> => {
      const node = await attacker.node(attacker.addressOf(n))
      let connection: Connection | undefined
      await Promise.all(
        names.map(async (_, at) => {
          await again(async () => {
            if (connection?.status !== 'open') connection = await attacker.connect(node, n)
            await holdStream(attacker, connection, at)
          })
        })
      )
    }
    await Promise.all(
      Array.from({ length: peers }, async (_, n) => {
        await Promise.all([
          again(async () => {
            await holdHandshake(attacker, n)
          }),
          holdAll(n)
        ])
      })
    )
    for (const what of everything) if (!ended.has(what)) attacker.count(`never ended by a relay: ${what}`)
  },
  judge: async (_scene, counts: Counts) => {
    const held = [...counts].filter(([what]) => /^(held too long|never ended by a relay)/.test(what))
    return await Promise.resolve(held.map(([what, times]) => `${what}, ${times} times`))
  }
}
