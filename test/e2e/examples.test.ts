import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'

const root = join(import.meta.dirname, '..', '..')
const dir = mkdtempSync(join(tmpdir(), 'mailbox-examples-'))
const running: ChildProcess[] = []
after(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(dir, { recursive: true })
})

function start(example: string, args: readonly string[]) {
  const self = join(root, 'config', 'source.ts')
  const child = spawn(process.execPath, ['--import', self, join(root, 'examples', example), ...args], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  running.push(child)
  return child
}

test('an application embeds a client in at most 25 lines, and another mounts a relay in its libp2p node', async () => {
  const relay = start('relay.ts', [join(dir, 'relay')])
  const printed = await createInterface({ input: relay.stdout })[Symbol.asyncIterator]().next()
  assert.ok(printed.done !== true, 'the relay ended before it printed an address')
  const address = printed.value
  const client = start('client.ts', [join(dir, 'client'), address])
  const [output, [code]] = await Promise.all([text(client.stdout), once(client, 'exit') as Promise<[number]>])
  assert.match(output, /^address (bbaarei\w+)\nstored, signed by 1 relays\nfrom \1: a note to myself\n$/)
  assert.equal(code, 0)
  const ended = once(relay, 'exit') as Promise<[number | null]>
  relay.kill('SIGTERM')
  assert.equal((await ended)[0], 0)
})

for (const example of ['client.ts', 'relay.ts']) {
  test(`examples/${example} has at most 25 lines`, () => {
    assert.ok(
      readFileSync(join(root, 'examples', example), 'utf8')
        .trimEnd()
        .split('\n').length <= 25
    )
  })
}
