import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Cast } from '../../src/cli/cast.ts'
import { openDirectory, openStore } from '../../src/daemon/directory.ts'
import type { MailboxNode } from '../../src/daemon/node.ts'
import { createNode } from '../../src/daemon/node.ts'

const root = mkdtempSync(join(tmpdir(), 'mailbox-daemon-'))
const cast = new Cast(process.env, AbortSignal.timeout(120_000))
after(async () => {
  await cast[Symbol.asyncDispose]()
  rmSync(root, { recursive: true })
})
let made = 0
const fresh = (): string => join(root, String(made++))
const quiet = { listen: ['/ip4/127.0.0.1/tcp/0'], admin: '127.0.0.1:0', stopDeadlineMs: 2_000, ballastBytes: 0 }

/** A relay whose network never stops: js-libp2p has known cases. */
async function startHanging(data: string): Promise<MailboxNode> {
  const node = createNode({ ...quiet, data })
  await node.start()
  const { libp2p } = node
  assert.ok(libp2p !== undefined)
  const stop = libp2p.stop.bind(libp2p)
  libp2p.stop = async () => {
    await new Promise<never>(() => undefined)
  }
  after(stop)
  return node
}

test('G12: SIGTERM drains and exits with 0', async () => {
  const relay = await cast.relay('relay', fresh(), { port: '0', bootstrap: [] })
  assert.equal((await fetch(`${relay.admin}/health/ready`)).status, 200)
  assert.equal(await relay.end('SIGTERM'), 0)
})

test('a second signal ends the process at once, with a code of its own', async () => {
  const relay = await cast.relay('relay', fresh(), { port: '0', bootstrap: [] })
  process.kill(relay.pid, 'SIGINT')
  assert.equal(await relay.end('SIGTERM'), 2)
})

test('a relay that was killed starts again at once, as the same relay', async () => {
  const data = fresh()
  const before = await cast.relay('relay', data, { port: '0', bootstrap: [] })
  assert.equal(await before.end('SIGKILL'), 'SIGKILL')
  const again = await cast.relay('relay', data, { port: '0', bootstrap: [] })
  assert.equal(again.id, before.id)
  assert.equal(await again.end('SIGTERM'), 0)
})

test('a second process on one data directory is LOCKED and the first goes on', async () => {
  const data = fresh()
  const first = await cast.relay('relay', data, { port: '0', bootstrap: [] })
  await assert.rejects(cast.relay('second', data, { port: '0', bootstrap: [] }), {
    code: 'DEMO',
    message: /\(LOCKED\)|"LOCKED"/
  })
  assert.equal((await fetch(`${first.admin}/health/ready`)).status, 200)
  assert.equal(await first.end('SIGTERM'), 0)
})

test('G12: a stop keeps its deadline although the network never stops, and the store is closed', async () => {
  const data = fresh()
  const node = await startHanging(data)
  const startedMs = performance.now()
  await node.stop()
  assert.ok(performance.now() - startedMs < quiet.stopDeadlineMs)
  await (await openStore(await openDirectory(data, 'relay'))).close()
})

test('a relay that stops is alive and not ready', async () => {
  const node = await startHanging(fresh())
  const url = node.admin
  const stopped = node.stop()
  const ready = await fetch(`${String(url)}/health/ready`)
  const { phase } = (await ready.json()) as { phase: string }
  assert.deepEqual([ready.status, phase], [503, 'stopping'])
  assert.equal((await fetch(`${String(url)}/health/live`)).status, 200)
  await stopped
})

test('a relay that is leaving says so at once, after a restart, and no more when it stays', async () => {
  const data = fresh()
  const draining = async ({ admin }: MailboxNode): Promise<unknown> =>
    ((await (await fetch(`${String(admin)}/health/ready`)).json()) as { draining: unknown }).draining
  {
    await using node = createNode({ ...quiet, data })
    await node.start()
    await node.drain(true)
    assert.equal(await draining(node), true)
  }
  await using node = createNode({ ...quiet, data })
  await node.start()
  assert.equal(await draining(node), true)
  await node.drain(false)
  assert.equal(await draining(node), false)
})

test('without gossip a relay serves all the same', async () => {
  await using node = createNode({ ...quiet, data: fresh(), gossip: false })
  await node.start()
  assert.ok(!('pubsub' in (node.libp2p?.services ?? {})))
  const text = await (await fetch(`${String(node.admin)}/metrics`)).text()
  assert.match(text, /^mailbox_adverts 0$/m)
  assert.match(text, /^mailbox_ready 1$/m)
})

test('a start that fails closes what it had opened', async () => {
  const taken = createServer()
  await new Promise<void>(resolve => {
    taken.listen(0, '127.0.0.1', resolve)
  })
  const data = fresh()
  const { port } = taken.address() as AddressInfo
  const node = createNode({ ...quiet, data, listen: [`/ip4/127.0.0.1/tcp/${port}`] })
  await assert.rejects(node.start(), { code: 'CONFIG', message: /cannot listen/ })
  assert.equal(node.phase, 'failed')
  taken.close()
  await (await openStore(await openDirectory(data, 'relay'))).close()
})

test('the relay key is made once, readable by its owner only', async () => {
  const data = fresh()
  const path = join(data, 'relay.key')
  {
    await using node = createNode({ ...quiet, data })
    await node.start()
    assert.equal(statSync(path).mode & 0o777, 0o600)
  }
  const key = readFileSync(path, 'utf8')
  chmodSync(path, 0o644)
  const events: string[] = []
  await using node = createNode(
    { ...quiet, data },
    {
      log: (_level, event) => {
        events.push(event)
      }
    }
  )
  await node.start()
  assert.equal(readFileSync(path, 'utf8'), key)
  assert.ok(events.includes('key_exposed'))
})

test('a store whose relay key is gone is refused: locators name that key', async () => {
  const data = fresh()
  {
    await using node = createNode({ ...quiet, data })
    await node.start()
  }
  rmSync(join(data, 'relay.key'))
  await assert.rejects(createNode({ ...quiet, data }).start(), { code: 'DATA_DIR', message: /relay\.key is missing/ })
})

test('two relays in one process do not share metrics', async () => {
  await using one = createNode({ ...quiet, data: fresh() })
  await using two = createNode({ ...quiet, data: fresh() })
  await one.start()
  await two.start()
  for (const node of [one, two])
    assert.match(await (await fetch(`${String(node.admin)}/metrics`)).text(), /^mailbox_ready 1$/m)
})
