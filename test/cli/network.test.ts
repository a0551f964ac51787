import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { Cast } from '../../src/cli/cast.ts'
import { perform, readScenes } from '../helpers/transcript.ts'

// the command line against three relay processes; the scenes share them and run in order
const dir = mkdtempSync(join(tmpdir(), 'mailbox-cli-'))
const cast = new Cast(process.env, AbortSignal.timeout(120_000))
after(async () => {
  await cast[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true })
})

writeFileSync(join(dir, 'bytes.bin'), Uint8Array.of(0, 27, 91, 50, 74))
const values = new Map([
  ['dir', dir],
  ['data1', join(dir, 'R1')],
  ['nasty', '\u001b[2Jcleared\u0007'],
  ['nobody1', '/ip4/127.0.0.1/tcp/9/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'],
  ['nobody2', '/ip4/127.0.0.1/tcp/9/p2p/12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq']
])
const bootstrap: string[] = []
for (const name of ['R1', 'R2', 'R3']) {
  const relay = await cast.relay(name, join(dir, name), { port: '0', bootstrap: bootstrap.slice(0, 1) })
  bootstrap.push(relay.address)
  values.set(name.toLowerCase(), relay.address)
}

for (const scene of readScenes(join(import.meta.dirname, 'transcripts', 'network.txt'))) {
  test(scene.name, async () => {
    await perform(scene, values, { HOME: dir })
  })
}

test('a watch says drained, shows what comes, and ends with 0 when it is interrupted', async () => {
  const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
  const watch = spawn(process.execPath, [main, 'inbox', 'watch', '--json', '--data', join(dir, 'bob')], {
    stdio: ['ignore', 'pipe', 'ignore']
  })
  const ended = once(watch, 'exit') as Promise<[number | null]>
  const lines = createInterface({ input: watch.stdout })[Symbol.asyncIterator]()
  const next = async (type: string): Promise<Record<string, unknown>> => {
    // bounded by the watch: the test's deadline ends it
    for (;;) {
      const { value, done } = await lines.next()
      assert.ok(done !== true, `the watch ended without a "${type}"`)
      const line = JSON.parse(value) as Record<string, unknown>
      if (line.type === type) return line
    }
  }
  assert.equal((await next('drained')).complete, true)
  const client = ['--data', join(dir, 'alice'), '--bootstrap', values.get('r1') ?? '']
  await cast.command('alice', ['send', values.get('bob') ?? '', 'Are you there?', ...client])
  assert.deepEqual([(await next('message')).text], ['Are you there?'])
  watch.kill('SIGINT')
  assert.equal((await ended)[0], 0)
})
