import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { StampSearch, type Solve } from '../../../src/client/search.ts'
import { solveInSlices } from '../../../src/client/slices.ts'
import { createStamper } from '../../../src/client/stamper.ts'
import { root } from '../../helpers/twins.ts'

const never = new AbortController().signal
const zeros = (prefix: Uint8Array, nonce: Uint8Array): number => {
  const digest = hash('sha256', Buffer.concat([prefix, nonce]), 'hex')
  return digest.length * 4 - BigInt(`0x${digest}`).toString(2).length
}

describe('the search for a stamp', () => {
  it('finds what the platform hashes to enough zero bits, whatever the length of the prefix', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 10 }), (prefix, bits) => {
        const nonce = new StampSearch(prefix, bits).run(2 ** (bits + 6))
        assert.ok(nonce !== undefined && nonce.length === 8)
        assert.ok(zeros(prefix, nonce) >= bits)
      })
    )
  })

  it('tries every nonce once and stops where it is told to', () => {
    const prefix = Uint8Array.of(1, 2, 3)
    const search = new StampSearch(prefix, 6)
    const found: number[] = []
    for (let at = 0; at < 512; at++) if (search.run(1) !== undefined) found.push(at)
    const nonce = (n: number): Uint8Array => Uint8Array.of(0, 0, 0, 0, 0, 0, n >> 8, n & 255)
    assert.deepEqual(
      found,
      Array.from({ length: 512 }, (_, n) => n).filter(n => zeros(prefix, nonce(n)) >= 6)
    )
  })
})

const searches: ReadonlyArray<readonly [string, Solve | undefined]> = [
  ['in a thread', undefined],
  ['in slices, as in browsers', solveInSlices]
]
for (const [where, search] of searches) {
  describe(`a stamper ${where}`, () => {
    it('makes a stamp and says how far it is', async () => {
      const prefix = Buffer.from('a record')
      const said: number[] = []
      const progress = (hashes: number, expected: number): void => {
        assert.equal(expected, 2 ** 12)
        said.push(hashes)
      }
      const nonce = await createStamper(search).stamp(prefix, 12, { signal: never, progress })
      assert.ok(zeros(prefix, nonce) >= 12)
      assert.equal(said[0], 0)
    })

    it('ends at once when it is cancelled, and the next in turn goes on', async () => {
      const stamper = createStamper(search)
      const stop = new AbortController()
      const going = Promise.withResolvers<undefined>()
      const first = stamper.stamp(Buffer.from('1'), 32, {
        signal: stop.signal,
        progress: hashes => {
          if (hashes > 0) going.resolve(undefined)
        }
      })
      const second = stamper.stamp(Buffer.from('2'), 4, { signal: never })
      const cancelled = assert.rejects(first, { code: 'ABORTED' })
      await going.promise
      stop.abort()
      await cancelled
      assert.ok(zeros(Buffer.from('2'), await second) >= 4)
    })
  })
}

describe('a stamper', () => {
  it('waits for its turn no longer than its caller does', async () => {
    const stamper = createStamper()
    const stop = new AbortController()
    const first = assert.rejects(stamper.stamp(Buffer.from('1'), 32, { signal: stop.signal }), { code: 'ABORTED' })
    await assert.rejects(stamper.stamp(Buffer.from('2'), 4, { signal: AbortSignal.abort() }), { code: 'ABORTED' })
    stop.abort()
    await first
  })

  it('refuses more bits than anybody may ask for', async () => {
    await assert.rejects(createStamper().stamp(Buffer.from('1'), 33, { signal: never }), { code: 'POW' })
  })

  it('takes no stamp from a search that is wrong, and gives up when there is none', async () => {
    const wrong = createStamper(async () => await Promise.resolve(new Uint8Array(8)))
    await assert.rejects(wrong.stamp(Buffer.from('1'), 30, { signal: never }), { code: 'POW' })
    const none = createStamper(async () => await Promise.resolve(undefined))
    await assert.rejects(none.stamp(Buffer.from('1'), 4, { signal: never }), { code: 'POW' })
  })

  it('keeps no process alive that nobody waits in', () => {
    const file = JSON.stringify(join(root, 'src/client/stamper.ts'))
    const script = `
      const { createStamper } = await import(${file})
      const signal = new AbortController().signal
      void createStamper().stamp(new Uint8Array(1), 32, { signal }).catch(() => undefined)
      console.log('abandoned')`
    // ends by itself, or the time is up and this throws
    const options = { encoding: 'utf8', timeout: 60_000 } as const
    assert.equal(execFileSync(process.execPath, ['--input-type=module', '-e', script], options), 'abandoned\n')
  })
})
