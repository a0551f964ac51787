/** The relays of a mailbox die and are replaced, one after the other, while mail keeps arriving (SPEC §10.7). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Testnet, until, type Person } from '../helpers/testnet.ts'

const first = 3
// one more than those of the mailbox: a locator is published when more than half of the relays near it take it
const net = await Testnet.start(2 * first + 1)
const bob = await net.person('bob')
const alice = await net.person('alice')
const listed = net.relays.slice(0, first)
await net.run(bob.name, 'register', '--standby', '0', ...listed.flatMap(relay => ['--relay', relay.address]))

/** Sends one message after the other, each by a command, until it is told to stop. @returns the SHA-256 of what is stored */
function sending(from: Person, to: Person): { stop: () => Promise<string[]>; sent: () => number } {
  const stored: string[] = []
  const stopping = new AbortController()
  const ended = (async () => {
    // bounded by the test's own time
    while (!stopping.signal.aborted) {
      const { path, sha256 } = net.file(1_000)
      await net.send(from, to, path)
      stored.push(sha256)
    }
  })()
  return {
    sent: () => stored.length,
    stop: async () => {
      stopping.abort()
      await ended
      return stored
    }
  }
}

test('G2: each of the three relays dies and is replaced while messages keep arriving, and none is lost', async t => {
  const { stop, sent } = sending(alice, bob)
  for (let n = 0; n < first; n++) {
    const before = sent()
    await until(async () => await Promise.resolve(sent() > before + 1), 'nothing arrives')
    await net.kill(n)
    const next = net.relay(n + first)
    await net.run(bob.name, 'relays', 'replace', net.relay(n).id, next.address)
    // one repair round: the new relay and those that live hold the same
    const living = [...Array(first).keys()].map(k => n + 1 + k)
    await until(
      async () => {
        const held = await Promise.all(living.map(async k => net.metric(k, 'mailbox_records')))
        return held.every(records => records === held[0])
      },
      `R${n + first} has not caught up`
    )
  }
  const stored = await stop()
  t.diagnostic(`${stored.length} stored while all three relays were replaced`)

  // two of the three that could have signed are gone and were never asked: not even Bob's client can know (G3)
  await assert.rejects(net.inbox(bob), /INCOMPLETE/)
  const { messages } = await net.inbox(bob, '--offline', '--limit', '1000')
  assert.deepEqual(messages.map(({ sha256 }) => sha256).sort(), [...stored].sort())
})
