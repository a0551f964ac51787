/**
 * Coverage-guided: an input that makes a block run that never ran, or another number of times than ever (in powers of
 * two), is kept and changed further. Import after `instrument`.
 */
import { isMailboxError } from '../../src/errors.ts'
import { frameBytesMax } from '../../src/limits.ts'
import { chanceFrom, type Chance } from './chance.ts'
import { blocks, meter, resetMeter } from './instrument.ts'
import { mutated } from './mutate.ts'
import type { Target } from './target.ts'

export interface Finding {
  readonly target: string
  readonly input: Uint8Array
  readonly what: string
}

export interface Tally {
  readonly target: string
  executions: number
  accepted: number
  ms: number
  /** What brought something new, in the order of finding. */
  readonly corpus: Uint8Array[]
  /** Numbers of the blocks that ran. */
  readonly covered: Set<number>
  readonly findings: Finding[]
}

/** Blocks of one execution unless the target says otherwise. */
const workDefault = { base: 20_000, perByte: 60 }
/** Of one target in one run: what fails in one place fails again and again. */
const findingsMax = 10

const aTurn = async (): Promise<unknown> =>
  await new Promise(resolve => {
    setImmediate(resolve)
  })

/** What went unhandled since the last look. */
const unhandled: unknown[] = []
process.on('unhandledRejection', reason => unhandled.push(reason))
process.on('uncaughtException', error => unhandled.push(error))

/** Runs one input and judges it. @returns what may not happen, or whether it was accepted */
export async function judge(target: Target, input: Uint8Array): Promise<{ wrong?: string; accepted: boolean }> {
  const given = input.slice()
  resetMeter()
  unhandled.length = 0
  let accepted = false
  let wrong: string | undefined
  try {
    await target.run(given)
    accepted = true
  } catch (error) {
    if (!isMailboxError(error)) wrong = stackOf(error)
    else if (!target.codes.includes(error.code)) wrong = `${error.code} is not documented here: ${stackOf(error)}`
  }
  wrong ??= excess(target, input)
  if (unhandled.length > 0) wrong ??= `unhandled: ${stackOf(unhandled[0])}`
  return wrong === undefined ? { accepted } : { wrong, accepted }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** More memory or more work than such an input may cost. */
function excess(target: Target, input: Uint8Array): string | undefined {
  const { base, perByte } = target.work ?? workDefault
  const memory = 2 * frameBytesMax + (target.memoryBytes ?? 0)
  if (meter.largest > memory) return `asked for ${meter.largest} bytes at once for an input of ${input.length}`
  let work = 0
  for (let n = 0; n < blocks(); n++) work += meter.counts[n] ?? 0
  return work > base + perByte * input.length ? `ran ${work} blocks for an input of ${input.length} bytes` : undefined
}

/** Goes on until `until` answers true, one input after the other. */
export class Fuzzer {
  readonly tally: Tally
  readonly #target: Target
  readonly #chance: Chance
  /** For each block the powers of two of its counts that were seen, as bits. */
  readonly #seen = new Uint32Array(meter.counts.length)

  constructor(target: Target, seed: number) {
    this.#target = target
    this.#chance = chanceFrom(seed)
    this.tally = {
      target: target.name,
      executions: 0,
      accepted: 0,
      ms: 0,
      corpus: [],
      covered: new Set(),
      findings: []
    }
  }

  /** Runs what is known first, so that nothing of it counts as new. */
  async begin(inputs: readonly Uint8Array[]): Promise<void> {
    for (const input of inputs) await this.#one(input)
    if (this.tally.corpus.length === 0) this.tally.corpus.push(inputs[0] ?? new Uint8Array(0))
  }

  async run(until: (executions: number) => boolean): Promise<void> {
    const startedMs = performance.now()
    const { tally } = this
    while (tally.findings.length < findingsMax && !until(tally.executions)) {
      await this.#one(this.#next())
      // what was promised and broken is told between turns
      if (tally.executions % 64 === 0) await aTurn()
    }
    tally.ms += performance.now() - startedMs
  }

  #next(): Uint8Array {
    const { corpus } = this.tally
    // half of them from the newest tenth: what is new leads on
    const newest = Math.max(1, Math.floor(corpus.length / 10))
    const at = this.#chance.once(2) ? corpus.length - 1 - this.#chance.below(newest) : this.#chance.below(corpus.length)
    const [input, other] = [corpus[at] as Uint8Array, this.#chance.of(corpus)]
    return this.#target.mutate === undefined
      ? mutated(input, other, this.#chance, this.#target.head ?? 0)
      : this.#target.mutate(input, other, this.#chance)
  }

  async #one(input: Uint8Array): Promise<void> {
    const { tally } = this
    const { wrong, accepted } = await judge(this.#target, input)
    tally.executions++
    if (accepted) tally.accepted++
    if (wrong !== undefined) {
      const place = placeOf(wrong)
      if (!tally.findings.some(({ what }) => placeOf(what) === place))
        tally.findings.push({ target: this.#target.name, input, what: wrong })
    } else if (this.#isNew()) tally.corpus.push(input)
  }

  #isNew(): boolean {
    let isNew = false
    for (let n = 0; n < blocks(); n++) {
      const count = meter.counts[n] ?? 0
      if (count === 0) continue
      const bit = 1 << (31 - Math.clz32(count))
      const seen = this.#seen[n] ?? 0
      if ((seen & bit) !== 0) continue
      if (seen === 0) this.tally.covered.add(n)
      this.#seen[n] = seen | bit
      isNew = true
    }
    return isNew
  }
}

/** Findings of one place are one finding. */
function placeOf(what: string): string {
  return what.split('\n', 2).join('\n').replaceAll(/\d+/g, 'n')
}

/** Few inputs that together run all that `inputs` run, each block at least once: small ones first. */
export async function fewest(target: Target, inputs: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const kept: Uint8Array[] = []
  const covered = new Set<number>()
  for (const input of inputs.toSorted((a, b) => a.length - b.length)) {
    await judge(target, input)
    let isNew = false
    for (let n = 0; n < blocks(); n++) {
      if ((meter.counts[n] ?? 0) === 0 || covered.has(n)) continue
      covered.add(n)
      isNew = true
    }
    if (isNew) kept.push(input)
  }
  return kept
}
