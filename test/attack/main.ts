/**
 * npm run attack: real relay processes, attackers in processes and address groups of their own, and honest clients beside
 * them.
 *
 *   npm run attack
 *   npm run attack -- --only connection-flood,slow-loris --seconds 20 --seed abc
 *   npm run attack -- --markdown      and the rows as the README has them
 *
 * Ends with 1 when an honest client was kept from what it wanted, a relay used more memory than it states or ended, or an
 * attack reached its own aim.
 */
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Attack, Row } from './attack.ts'
import { problems } from './attack.ts'
import { attacks } from './attacks/index.ts'
import { perform, type Schedule } from './scene.ts'
import { heading, markdownOf, textOf } from './table.ts'

const count = { passed: 0, failed: 0 }
const rows: Row[] = []

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function run(attack: Attack, schedule: Schedule): Promise<void> {
  try {
    const row = await perform(attack, schedule)
    rows.push(row)
    if (problems(row).length === 0) count.passed++
    else count.failed++
    print(textOf(row))
  } catch (error) {
    count.failed++
    print(`${attack.name} | FAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      seconds: { type: 'string', default: '10' },
      markdown: { type: 'boolean', default: false },
      seed: { type: 'string', default: randomBytes(4).toString('hex') }
    }
  })
  const wanted = values.only.split(',').filter(name => name !== '')
  const strange = wanted.filter(name => !attacks.some(attack => attack.name === name))
  if (strange.length > 0) throw new RangeError(`the attacks are: ${attacks.map(({ name }) => name).join(', ')}`)
  const seconds = Number(values.seconds)
  if (!(seconds > 0)) throw new RangeError(`"${values.seconds}" is not a number of seconds`)
  print(`${heading}\n    ${seconds} s before, ${seconds} s during; seed ${values.seed}`)
  for (const attack of attacks.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
    await run(attack, { seconds, seed: values.seed })
  if (values.markdown) print(markdownOf(rows))
  print(`${count.passed} passed, ${count.failed} failed`)
  process.exitCode = count.failed === 0 ? 0 : 1
}

await main()
