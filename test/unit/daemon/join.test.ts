import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Libp2p } from '@libp2p/interface'
import { join } from '../../../src/daemon/join.ts'
import { silent } from '../../../src/environment.ts'
import { joinRetryMsMax, joinRetryMsMin } from '../../../src/limits.ts'

const bootstrap = ['/ip4/127.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/2']

/** A libp2p whose dials all fail until `reachable`, on a clock that notes what it is asked to wait. */
function world(roundsMax: number) {
  const stop = new AbortController()
  const waits: number[] = []
  const state = { reachable: false, connections: 0, dials: 0 }
  const libp2p = {
    dial: async () => {
      state.dials++
      if (!state.reachable) throw new Error('refused')
      state.connections++
      return undefined as never
    },
    getConnections: () => new Array<never>(state.connections)
  } as unknown as Libp2p
  const env = {
    now: () => 0,
    random: (n: number) => new Uint8Array(n).fill(255),
    delay: async (ms: number) => {
      waits.push(ms)
      if (waits.length >= roundsMax) stop.abort()
    }
  }
  return { libp2p, state, waits, options: { env, log: silent, signal: stop.signal } }
}

test('a relay without bootstrap relays dials nobody', async () => {
  const { libp2p, state, options } = world(1)
  await join(libp2p, [], options)
  assert.equal(state.dials, 0)
})

test('unreachable bootstrap relays are dialled again, each time later, at most a minute apart', async () => {
  const { libp2p, state, waits, options } = world(9)
  await join(libp2p, bootstrap, options)
  assert.equal(state.dials, 9 * bootstrap.length)
  assert.equal(waits[0], 2 * joinRetryMsMin)
  assert.deepEqual(
    waits,
    [...waits].sort((a, b) => a - b)
  )
  assert.equal(waits.at(-1), joinRetryMsMax)
})

test('a relay that has a connection dials nobody', async () => {
  const { libp2p, state, options } = world(3)
  state.connections = 1
  await join(libp2p, bootstrap, options)
  assert.equal(state.dials, 0)
})

test('a relay that has lost its last connection dials again', async () => {
  const { libp2p, state, options } = world(2)
  state.reachable = true
  const { delay } = options.env
  options.env.delay = async ms => {
    state.connections = 0
    await delay(ms)
  }
  await join(libp2p, bootstrap, options)
  assert.equal(state.dials, 2 * bootstrap.length)
})
