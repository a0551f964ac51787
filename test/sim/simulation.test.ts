/** The simulation runs in processes of its own: the hooks of node:test make promises, of which it is full, much slower. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { faultNames } from './faults.ts'
import { sabotages } from './sabotage.ts'

const seeds = 6
/** Of the first test: about a minute where two cores have nothing else to do. */
const timeoutMs = 280_000
/** The one that is run again: a short one, and not the first of its process. */
const againSeed = '3'
/** Enough where something is looked for that any mailbox may show. */
const few = ['--mailboxes', '6', '--jobs', '1']

async function simulate(...args: string[]): Promise<{ code: number; output: string }> {
  const script = join(import.meta.dirname, 'main.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const exited = once(child, 'exit')
  const output = await text(child.stdout)
  const [code] = (await exited) as [number]
  return { code, output }
}

describe('five relays and forty mailboxes, hours of virtual time, faults by chance', () => {
  /** Seed → its history. */
  const histories = new Map<string, string>()

  test(
    'nothing is lost, resurrected, duplicated or unexpected (G1, G2, G3, G4, G5, G6, G11, G12)',
    { timeout: timeoutMs },
    async t => {
      const { code, output } = await simulate('--seeds', String(seeds), '--histories')
      assert.equal(code, 0, output)
      const stored = Number(/stored (\d+)/.exec(output)?.[1])
      assert.ok(stored > 20 * seeds, output)
      for (const name of faultNames) assert.match(output, new RegExp(`^ +[1-9]\\d*  ${name}$`, 'm'), output)
      for (const [, seed = '', history = ''] of output.matchAll(/^seed (\d+): .*history ([0-9a-f]{64})$/gm))
        histories.set(seed, history)
      t.diagnostic(output)
    }
  )

  test('one seed has one history, whatever its process ran before, and no two seeds have the same', async () => {
    assert.equal(histories.size, seeds)
    assert.equal(new Set(histories.values()).size, seeds)
    const { output } = await simulate('--seed', againSeed)
    assert.equal(/history ([0-9a-f]{64})/.exec(output)?.[1], histories.get(againSeed))
  })
})

// one process for each, so two at a time
describe('the simulation notices that a', { concurrency: 2 }, () => {
  /** What is found, and the seed from which it is looked for: it is found there soonest. */
  const found = new Map([
    ['relay answers before it has synced', { kind: 'lost', from: 4 }],
    ['relay forgets acks', { kind: 'resurrected', from: 2 }],
    ['client acks before it has synced', { kind: 'lost', from: 4 }],
    ['client forgets what it has had', { kind: 'duplicated', from: 2 }]
  ])

  test('sabotage is tried of every kind', () => {
    assert.deepEqual([...found.keys()], Object.keys(sabotages))
  })

  for (const [name, { kind, from }] of found) {
    test(name, async () => {
      const seeds = ['--from', String(from), '--seeds', '20']
      const { code, output } = await simulate(...seeds, '--sabotage', name, '--until', kind, ...few)
      assert.equal(code, 1, output)
      assert.match(output, new RegExp(`${kind}: m`))
    })
  }
})
