/**
 * npm run bench: what leaving and collecting cost on this machine, beside the floor that does the same work with the
 * least code (floor.ts). Everything runs on loopback in directories under the system's temporary one.
 */
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { answersText, answerTimes } from './answers.ts'
import { marksOf, runCase, runEndToEnd, type Case, type CaseResult, type EndToEnd } from './cases.ts'
import { listCosts } from './lists.ts'
import type { Load } from './measure.ts'
import { memoryCosts } from './memory.ts'
import { repairCosts } from './reconciliation.ts'
import { caseText, endToEndText, listsText, marksText, memoryText, repairText } from './table.ts'

const usage = `node test/bench/main.ts [options]
  --quick         one round of a tenth of the messages
  --only NAMES    of 1k, small, 64k, e2e, repair, lists, answers, memory, and size when --size is given; separated by commas
  --messages N    messages of each case (10,000; a tenth of it for 64k)
  --size BYTES    one more case with bodies of this size
  --rounds N      how often everything is measured; medians are printed (3)
  --json          one JSON document on stdout instead of the tables`

/** What is measured besides the cases. */
const besides = ['e2e', 'repair', 'lists', 'answers', 'memory']

interface Plan {
  readonly cases: readonly Case[]
  readonly endToEnd: Load | undefined
  readonly repair: boolean
  /** Undefined: not. */
  readonly lists: 'full' | 'quick' | undefined
  /** Of each kind; undefined: not. */
  readonly answers: number | undefined
  /** Share of the usual numbers; undefined: not. */
  readonly memory: number | undefined
  readonly rounds: number
  readonly json: boolean
}

function plan(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      messages: { type: 'string' },
      size: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'boolean', default: false }
    }
  })
  const messages = positive(values.messages ?? (values.quick ? '1000' : '10000'))
  const small = loadOf(messages)
  const large = loadOf(Math.max(1, Math.round(messages / 10)))
  const cases: Case[] = [
    { name: '1k', title: '1 KiB bodies, suite 2 (the default)', bodyBytes: 1024, suite: 2, load: small },
    { name: 'small', title: 'Smallest record, suite 1', bodyBytes: 512, suite: 1, load: small },
    { name: '64k', title: '64 KiB bodies, suite 2', bodyBytes: 65_536, suite: 2, load: large }
  ]
  if (values.size !== undefined) {
    const bodyBytes = positive(values.size)
    cases.push({
      name: 'size',
      title: 'Chosen size, suite 2',
      bodyBytes,
      suite: 2,
      load: bodyBytes > 16_384 ? large : small
    })
  }
  const only = values.only?.split(',')
  const unknown = only?.find(name => !besides.includes(name) && !cases.some(one => one.name === name))
  if (unknown !== undefined) throw new Error(`there is no case ${unknown}`)
  return {
    cases: cases.filter(({ name }) => only === undefined || only.includes(name)),
    endToEnd: only === undefined || only.includes('e2e') ? large : undefined,
    repair: only === undefined || only.includes('repair'),
    lists: only === undefined || only.includes('lists') ? (values.quick ? 'quick' : 'full') : undefined,
    answers: only?.includes('answers') === true ? (values.quick ? 200 : 2_000) : undefined,
    memory: only?.includes('memory') === true ? (values.quick ? 0.25 : 1) : undefined,
    rounds: positive(values.rounds ?? (values.quick ? '1' : '3')),
    json: values.json
  }
}

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${text} is not a positive whole number`)
  return value
}

/** As many messages again before the clock: a relay's code is compiled after some ten thousand. */
function loadOf(messages: number): Load {
  // a hundred messages each, and more mailboxes than collectors
  const mailboxes = Math.min(messages, 100, Math.max(16, Math.ceil(messages / 100)))
  return { messages, mailboxes, warmMessages: messages, warmMailboxes: mailboxes, senders: 8, collectors: 8 }
}

function machine(): string {
  const [load = 0] = loadavg()
  return `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, load ${load.toFixed(2)} at the start`
}

async function run({ cases, endToEnd, repair, lists, answers, memory, rounds, json }: Plan): Promise<void> {
  const progress = (text: string): void => {
    if (process.stderr.isTTY) console.error(text)
  }
  const say = (text: string): void => {
    if (!json) console.log(`${text}\n`)
  }
  const started = machine()
  say(
    `${started}; ${rounds === 1 ? 'one round' : `medians of ${rounds} rounds`}; loopback; CPU is that of the system's processes for each message`
  )
  const results: CaseResult[] = []
  for (const one of cases) {
    const result = await runCase(one, rounds, progress)
    results.push(result)
    say(caseText(result))
  }
  const ends: EndToEnd[] = []
  if (endToEnd !== undefined) {
    for (const suite of [1, 2] as const) ends.push(await runEndToEnd(suite, endToEnd, rounds, progress))
    say(endToEndText(ends))
  }
  const repairs = repair ? repairCosts() : []
  if (repair) say(repairText(repairs))
  const listed = lists === undefined ? [] : await listCosts(lists === 'quick', progress)
  if (lists !== undefined) say(listsText(listed))
  const costs = memory === undefined ? [] : await memoryCosts(memory)
  if (memory !== undefined) say(memoryText(costs))
  if (answers !== undefined) say(answersText(await answerTimes(answers)))
  const measured = results.find(result => result.case.name === '1k')
  const marks = measured === undefined ? [] : marksOf(measured)
  if (measured !== undefined) say(marksText(marks))
  const found = { machine: started, rounds, cases: results, endToEnd: ends, repairs, marks, memory: costs }
  if (json)
    console.log(
      JSON.stringify(
        { ...found, lists: listed.map(({ messages, ms }) => ({ messages, ms: Object.fromEntries(ms) })) },
        null,
        2
      )
    )
}

let chosen: Plan | undefined
try {
  chosen = plan(process.argv.slice(2))
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  process.exitCode = 64
}
if (chosen !== undefined) await run(chosen)
