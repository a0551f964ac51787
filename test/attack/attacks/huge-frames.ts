/** Lengths that no frame has, and frames that never end. */
import type { Stream } from '@libp2p/interface'
import { kadProtocol } from '../../../src/placement/dht.ts'
import { protocols } from '../../../src/wire/port.ts'
import type { Attack, Counts } from '../attack.ts'
import type { Attacker } from '../attacker.ts'
import { varint } from '../forging.ts'

const perSecond = 60
const atOnce = 16
const chunk = new Uint8Array(64 * 1024).fill(1)
/** A stream that takes more than this of one frame is not bounded by any frame limit here; windows are 1 MiB. */
const takenBytesMax = 6 * 1024 * 1024
const stallMs = 2_000

/** 4 GiB less a byte, or as much as the frame of the protocol can announce. */
const fixed = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 1)
const announced = varint(2 ** 32 - 1)
/** 60 MiB and more of zero bytes that would be a varint. */
const endless = new Uint8Array(64).fill(255)

const beginnings: ReadonlyArray<readonly [string, string, Uint8Array]> = [
  ...Object.values(protocols).map(protocol => [protocol, '4 GiB', fixed] as const),
  ...[kadProtocol, '/meshsub/1.2.0'].flatMap(
    name =>
      [
        [name, '4 GiB', announced],
        [name, '2^53', varint(2 ** 53 - 1)],
        [name, 'a length without an end', endless]
      ] as const
  )
]

/** Sends until the other end will not take more. @returns bytes that it took */
async function pour(attacker: Attacker, stream: Stream, beginning: Uint8Array): Promise<number> {
  let taken = 0
  let writable: (() => void) | undefined
  stream.addEventListener('drain', () => writable?.())
  stream.addEventListener('close', () => writable?.())
  let more = stream.send(beginning)
  while (stream.status === 'open' && !attacker.signal.aborted && taken <= takenBytesMax) {
    if (!more) {
      const drained = new Promise<true>(resolve => {
        writable = () => {
          resolve(true)
        }
      })
      // nothing is taken any more: the rest of the frame waits for whoever reads it
      if ((await Promise.race([drained, attacker.pause(stallMs)])) !== true) break
    }
    if (stream.writeStatus === 'closing' || stream.writeStatus === 'closed') break
    more = stream.send(chunk)
    taken += chunk.byteLength
  }
  return taken
}

export const hugeFrames: Attack = {
  name: 'huge-frames',
  title: `${perSecond} streams a second that announce 4 GiB, 2^53 or an endless length, on six protocols, and send what they announce until they are ended`,
  crew: 1,
  strike: async attacker => {
    const nodes = await Promise.all(Array.from({ length: 8 }, async () => await attacker.node()))
    await attacker.every(perSecond, atOnce, async n => {
      const [name, length, beginning] = attacker.chance.pick(beginnings)
      const connection = await attacker.connect(attacker.chance.pick(nodes), n)
      const stream = await connection.newStream(name, { signal: AbortSignal.timeout(10_000) })
      attacker.count('frames begun')
      const taken = await pour(attacker, stream, beginning)
      attacker.count('MiB taken', taken / 1024 / 1024)
      if (taken > takenBytesMax) attacker.count(`unbounded: ${length} on ${name}`)
      if (stream.status !== 'open') attacker.count('streams ended by a relay')
      stream.abort(new Error('done'))
    })
    attacker.counts.set('MiB taken', Math.round(attacker.counts.get('MiB taken') ?? 0))
  },
  judge: async (_scene, counts: Counts) => {
    const unbounded = [...counts].filter(([what]) => what.startsWith('unbounded'))
    return await Promise.resolve(unbounded.map(([what, times]) => `${what}, ${times} times`))
  }
}
