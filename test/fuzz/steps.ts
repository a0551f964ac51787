/** Inputs that are several steps, one after the other: what is done, on which stream, with which bytes. */
import type { Chance } from './chance.ts'
import { joined, mutated } from './mutate.ts'

export interface Step {
  readonly op: number
  readonly stream: number
  readonly data: Uint8Array
}

/** Of one input. */
export const stepsMax = 16
const streams = 4

export function writtenSteps(steps: readonly Step[]): Uint8Array {
  return joined(
    steps.flatMap(({ op, stream, data }) => [Uint8Array.of(op, stream, data.length >> 8, data.length & 255), data])
  )
}

/** What is left over at the end is the last step's. */
export function stepsOf(input: Uint8Array): Step[] {
  const steps: Step[] = []
  for (let at = 0; at + 4 <= input.length && steps.length < stepsMax;) {
    const [op = 0, stream = 0, high = 0, low = 0] = input.subarray(at, at + 4)
    const length = high * 256 + low
    steps.push({ op, stream: stream % streams, data: input.subarray(at + 4, at + 4 + length) })
    at += 4 + length
  }
  return steps
}

export function changedSteps(input: Uint8Array, other: Uint8Array, ops: number, chance: Chance): Uint8Array {
  const steps = stepsOf(input)
  const others = stepsOf(other)
  const at = chance.below(steps.length)
  const step = steps[at]
  if (step === undefined) return other.slice()
  const from = others.length === 0 ? step : chance.of(others)
  switch (chance.below(8)) {
    case 0:
      return writtenSteps(steps.toSpliced(at, 1))
    case 1:
      return writtenSteps(steps.toSpliced(at, 0, step))
    case 2:
      return writtenSteps(steps.toSpliced(chance.below(steps.length + 1), 0, from))
    case 3:
      return writtenSteps(steps.toSpliced(at, 1, { ...step, stream: chance.below(streams) }))
    case 4:
      return writtenSteps(steps.toSpliced(at, 1, { ...step, op: chance.below(ops) }))
    default:
      return writtenSteps(steps.toSpliced(at, 1, { ...step, data: mutated(step.data, from.data, chance, 0) }))
  }
}
