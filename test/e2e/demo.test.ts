import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')

interface Step {
  step: number
  checked: string
}

/** Runs the demo; `onFirst` gets its process id and those of the relays once they run. */
async function demo(onFirst: (demo: number, relays: readonly number[]) => void) {
  const child = spawn(process.execPath, [main, 'demo', '--json'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit') as Promise<[number | null]>
  const stderr = text(child.stderr)
  const steps: Step[] = []
  let relays: number[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const step = JSON.parse(line) as Step
    steps.push(step)
    if (step.step > 1) continue
    relays = (/processes ([\d, ]+):/.exec(step.checked)?.[1] ?? '').split(', ').map(Number)
    onFirst(child.pid ?? 0, relays)
  }
  return { steps, relays, stderr: await stderr, code: (await ended)[0] }
}

function assertGone(pids: readonly number[]): void {
  assert.equal(pids.length, 3)
  for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
}

test('the demo passes every check, says each in one line, and leaves no process', async () => {
  const { steps, relays, stderr, code } = await demo(() => undefined)
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  assert.deepEqual(
    steps.map(({ step }) => step),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
  )
  assert.ok(steps.every(({ checked }) => checked.length > 20 && !checked.includes('\n')))
  assertGone(relays)
})

test('a check that fails ends the demo with DEMO, exit code 1 and no process left', async () => {
  const { relays, stderr, code } = await demo((_demo, [relay = 0]) => {
    process.kill(relay, 'SIGKILL')
  })
  assert.equal(code, 1, stderr)
  assert.match(stderr, /^\{"error":\{"code":"DEMO","message":"[^\n]+"\}\}\n$/)
  assertGone(relays)
})

test('an interrupted demo ends with ABORTED and leaves no process', async () => {
  const { relays, stderr, code } = await demo(child => {
    process.kill(child, 'SIGINT')
  })
  assert.equal(code, 130, stderr)
  assert.match(stderr, /\{"error":\{"code":"ABORTED"/)
  assertGone(relays)
})
