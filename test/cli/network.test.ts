import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess, ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { after, test } from 'node:test'
import { Cast } from '../../src/cli/cast.ts'
import { perform, readScenes } from '../helpers/transcript.ts'

// the command line against three relay processes; the scenes share them and run in order
const dir = mkdtempSync(join(tmpdir(), 'mailbox-cli-'))
const cast = new Cast(process.env, AbortSignal.timeout(400_000))
/** Commands that a test has not seen the end of; bounded by the tests. */
const left = new Set<ChildProcess>()
after(async () => {
  for (const child of left) child.kill('SIGKILL')
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

// in a network of its own, and for whom its operator invites
const closed = await cast.relay('R4', join(dir, 'R4'), {
  port: '0',
  bootstrap: [],
  flags: ['--registration', 'invite']
})
values.set('r4', closed.address).set('data4', closed.data)

for (const scene of readScenes(join(import.meta.dirname, 'transcripts', 'network.txt'))) {
  test(scene.name, async () => {
    await perform(scene, values, { HOME: dir, MAILBOX_STRANGERS_LANE: 'open' })
  })
}

interface Running {
  readonly child: ChildProcessByStdio<Writable, Readable, null>
  /** The next line of that type. */
  readonly next: (type: string) => Promise<Record<string, unknown>>
  readonly ended: Promise<[number | null]>
}

function running(...args: readonly string[]): Running {
  const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
  const child = spawn(process.execPath, [main, ...args, '--json'], { stdio: ['pipe', 'pipe', 'ignore'] })
  left.add(child)
  child.once('exit', () => left.delete(child))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (type: string): Promise<Record<string, unknown>> => {
    // bounded by the command: the test's deadline ends it
    for (;;) {
      const { value, done } = await lines.next()
      assert.ok(done !== true, `the command ended without a "${type}"`)
      const line = JSON.parse(value) as Record<string, unknown>
      if (line.type === type) return line
    }
  }
  return { child, next, ended: once(child, 'exit') as Promise<[number | null]> }
}

test('a watch says drained, shows what comes, and ends with 0 when it is interrupted', async () => {
  const watch = running('inbox', 'watch', '--data', join(dir, 'bob'))
  assert.equal((await watch.next('drained')).complete, true)
  const client = ['--data', join(dir, 'alice'), '--bootstrap', values.get('r1') ?? '']
  await cast.command('alice', ['send', values.get('bob') ?? '', 'Are you there?', ...client])
  assert.deepEqual([(await watch.next('message')).text], ['Are you there?'])
  watch.child.kill('SIGINT')
  assert.equal((await watch.ended)[0], 0)
})

test('two chats hear each other, and end with 0 when their input does', async () => {
  const bootstrap = ['--bootstrap', values.get('r1') ?? '']
  const bob = running('chat', 'Alice', '--data', join(dir, 'bob'), ...bootstrap)
  const alice = running('chat', values.get('bob') ?? '', '--data', join(dir, 'alice'), ...bootstrap)
  await Promise.all([bob.next('drained'), alice.next('drained')])
  alice.child.stdin.write('Shall we?\n')
  const { text, name } = await bob.next('message')
  assert.deepEqual([text, name], ['Shall we?', 'Alice'])
  assert.equal((await alice.next('sent')).state, 'stored')
  bob.child.stdin.end('Let us.\n')
  assert.equal((await alice.next('message')).text, 'Let us.')
  alice.child.stdin.end()
  assert.deepEqual(
    [await bob.ended, await alice.ended].map(([code]) => code),
    [0, 0]
  )
})
