/**
 * npm run faultlab: real relay processes, real disks, real signals; every fault, and what it cost.
 *
 *   npm run faultlab
 *   npm run faultlab -- --only pause,partition --rounds 3 --seed abc
 *
 * A fault whose tools are missing is skipped and counted as that. Ends with 1 when anything was lost, came back or came
 * twice, when a fault could not be made, or when the programs that are broken on purpose lost nothing.
 */
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { faults } from './faults/index.ts'
import type { Fault, Row } from './fault.ts'
import { problems } from './fault.ts'
import { Lab } from './lab.ts'
import { enclosed } from './enclosure.ts'
import { heading, textOf, totalsOf } from './table.ts'
import { missing } from './tools.ts'

const count = { passed: 0, failed: 0, skipped: 0 }
const rows: Row[] = []

let running: Lab | undefined

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function runFault(fault: Fault, seed: string): Promise<void> {
  const lacking = missing(fault.needs)
  if (lacking.length > 0) {
    count.skipped++
    print(`${fault.name} | skipped: needs ${lacking.join(', ')}`)
    return
  }
  const startedMs = performance.now()
  try {
    await using lab = (running = new Lab(`${seed}/${fault.name}`))
    for await (const row of fault.run(lab)) {
      rows.push(row)
      if (problems(row).length === 0) count.passed++
      else count.failed++
      print(textOf(row))
    }
  } catch (error) {
    count.failed++
    print(`${fault.name} | FAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  }
  print(`    ${((performance.now() - startedMs) / 1000).toFixed(0)} s, seed ${seed}`)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      rounds: { type: 'string', default: '1' },
      seed: { type: 'string', default: randomBytes(4).toString('hex') }
    }
  })
  const wanted = values.only.split(',').filter(name => name !== '')
  const strange = wanted.filter(name => !faults.some(fault => fault.name === name))
  if (strange.length > 0) throw new RangeError(`the faults are: ${faults.map(({ name }) => name).join(', ')}`)
  const rounds = Number(values.rounds)
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new RangeError(`"${values.rounds}" is not a number of rounds`)
  print(heading)
  for (let round = 0; round < rounds; round++) {
    for (const fault of faults.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
      await runFault(fault, round === 0 ? values.seed : `${values.seed}-${round}`)
  }
  print(totalsOf(rows))
  print(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
  process.exitCode = count.failed === 0 ? 0 : 1
}

if (!(await enclosed())) {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void running?.[Symbol.asyncDispose]().then(() => process.kill(process.pid, signal)))
  await main()
}
