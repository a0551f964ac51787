/** Peers that are there and do not answer: suspended processes, whose connections stay open (G12). */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { stopDeadlineMs } from '../../src/limits.ts'
import { Testnet, until } from '../helpers/testnet.ts'

const net = await Testnet.start(3)
const bob = await net.person('bob')
const alice = await net.person('alice')
await net.run('bob', 'register')

/** Bob's `inbox watch`, suspended as soon as it has drained its relays and subscribes to them. */
async function suspendedWatch(): Promise<void> {
  const entry = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
  const bootstrap = net.relays.flatMap(relay => ['--bootstrap', relay.address])
  const args = [entry, 'inbox', 'watch', '--strangers', 'inbox', '--json', '--data', net.path('bob'), ...bootstrap]
  const watch = spawn(process.execPath, [...process.execArgv, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  after(async () => {
    watch.kill('SIGKILL')
    if (watch.exitCode === null && watch.signalCode === null) await once(watch, 'exit')
  })
  for await (const line of createInterface(watch.stdout)) {
    if ((JSON.parse(line) as { type: string }).type === 'drained') break
  }
  watch.kill('SIGSTOP')
}

test('G12: with a co-replica and a reader that are stuck, SIGTERM ends a relay within its deadline, and all is kept', async t => {
  await suspendedWatch()
  process.kill(net.relay(2).pid, 'SIGSTOP')
  const sent = [net.file(1), net.file(200 * 1024)]
  for (const { path } of sent) assert.ok(!(await net.send(alice, bob, path)).includes(net.relay(2).id))
  await until(async () => (await net.metric(0, 'mailbox_repair_relays_waiting')) === 1, 'R0 does not wait for R2')

  const startedMs = performance.now()
  assert.equal(await net.relay(0).end('SIGTERM'), 0)
  const tookMs = performance.now() - startedMs
  t.diagnostic(`stopped in ${Math.round(tookMs)} ms of ${stopDeadlineMs}`)
  assert.ok(tookMs < stopDeadlineMs)

  await net.restart(0)
  assert.equal(await net.metric(0, 'mailbox_records'), sent.length)
})
