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
/** Enough where something is looked for that any mailbox may show. */
const few = ['--mailboxes', '6']

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
  test(
    'nothing is lost, resurrected, duplicated or unexpected (G1, G2, G3, G4, G5, G6, G11, G12)',
    { timeout: timeoutMs },
    async t => {
      const { code, output } = await simulate('--seeds', String(seeds))
      assert.equal(code, 0, output)
      const stored = Number(/stored (\d+)/.exec(output)?.[1])
      assert.ok(stored > 20 * seeds, output)
      for (const name of faultNames) assert.match(output, new RegExp(`^ +[1-9]\\d*  ${name}$`, 'm'), output)
      t.diagnostic(output)
    }
  )

  test('one seed has one history, and two seeds have two', async () => {
    const historyOf = async (seed: number): Promise<string | undefined> =>
      /history ([0-9a-f]{64})/.exec((await simulate('--seed', String(seed), ...few)).output)?.[1]
    const first = await historyOf(5)
    assert.ok(first !== undefined)
    assert.equal(await historyOf(5), first)
    assert.notEqual(await historyOf(6), first)
  })
})

describe('the simulation notices that a', () => {
  const found = new Map([
    ['relay answers before it has synced', 'lost'],
    ['relay forgets acks', 'resurrected'],
    ['client acks before it has synced', 'lost'],
    ['client forgets what it has had', 'duplicated']
  ])

  test('sabotage is tried of every kind', () => {
    assert.deepEqual([...found.keys()], Object.keys(sabotages))
  })

  for (const [name, kind] of found) {
    test(name, async () => {
      const { code, output } = await simulate('--seeds', '20', '--sabotage', name, '--until', kind, ...few)
      assert.equal(code, 1, output)
      assert.match(output, new RegExp(`${kind}: m`))
    })
  }
})
